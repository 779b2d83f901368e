/* The forms of a draft as files: their names and titles, a new one. */
import { ENGLISH } from '../shell/english.js';

const FOLDER = 'forms/';

export const fileOf = (name) => `${FOLDER}${name}.json`;

export function formNames(draft) {
  return draft
    .names('.json')
    .filter((file) => file.startsWith(FOLDER))
    .map((file) => file.slice(FOLDER.length, -'.json'.length));
}

/* The form's content, or null where the file is missing or no JSON object. */
export function readForm(draft, name) {
  return asObject(draft.read(fileOf(name)));
}

/* Tell whether a text stands anywhere else in the draft: its English is then still needed. */
export function isUsedBeside(draft, file, text) {
  const written = JSON.stringify(text).slice(1, -1);
  return draft.names().some((name) => name !== file && name !== ENGLISH && (draft.read(name).includes(text) || draft.read(name).includes(written)));
}

function asObject(text) {
  try {
    const read = JSON.parse(text);
    return read && typeof read === 'object' && !Array.isArray(read) ? read : null;
  } catch {
    return null;
  }
}

export function fieldsOf(form) {
  const fields = (form?.schema ?? form)?.properties;
  return fields && typeof fields === 'object' && !Array.isArray(fields) ? fields : {};
}

/* Make an empty form with a free name; answers with the name. */
export function createForm(draft, title, wanted) {
  const taken = new Set(formNames(draft));
  const base = wanted.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '') || 'form';
  let name = base;
  for (let number = 2; taken.has(name); number += 1) name = `${base}_${number}`;
  draft.writeJson(fileOf(name), {
    title,
    schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties: {}, required: [] },
    ui: { order: [], groups: [], fields: {} },
  });
  return name;
}
