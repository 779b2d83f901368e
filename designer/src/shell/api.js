/* What the designer asks the server: JSON under /api/v1, a problem document where something is wrong. */
import { t } from './words.js';

let csrf = '';

class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? (status ? t('The server answered with an error ({status}).', { status }) : t('The server cannot be reached. Try again in a moment.')));
    Object.assign(this, { status, code: body.code ?? 'unreachable', findings: body.findings ?? [], facts: body.facts ?? {}, fields: body.fields ?? {} });
  }
}

export function connect(token) {
  csrf = token;
}

async function ask(method, path, body) {
  const isForm = body instanceof FormData;
  const headers = { Accept: 'application/json', 'X-CSRF-Token': csrf };
  if (body !== undefined && !isForm) headers['Content-Type'] = 'application/json';
  const payload = isForm || body === undefined ? body : JSON.stringify(body);
  const answer = await fetch(`/api/v1${path}`, { method, headers, body: payload, credentials: 'same-origin' }).catch(() => {
    throw new Problem(0, {});
  });
  if (answer.ok) return answer;
  throw new Problem(answer.status, await answer.json().catch(() => ({})));
}

const json = (answer) => (answer.status === 204 ? null : answer.json());

export const get = (path) => ask('GET', path).then(json);
export const post = (path, body = {}) => ask('POST', path, body).then(json);
export const postForBlob = (path, body = {}) => ask('POST', path, body).then((answer) => answer.blob());
export const postForText = (path, body = {}) => ask('POST', path, body).then((answer) => answer.text());
