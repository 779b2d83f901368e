/* Counts on the canvas where something is wrong: colour, sign and words. */
import { t } from './i18n.js';

const SIGN = { error: 'alert-circle', warning: 'alert-triangle' };
const TYPE = 'problem';
const SVG = 'http://www.w3.org/2000/svg';

export function drawMarks(studio) {
  const overlays = studio.service('overlays');
  overlays.remove({ type: TYPE });
  for (const [id, mark] of studio.problems.marks()) {
    if (studio.element(id)?.parent) overlays.add(id, TYPE, { position: { top: -12, left: -8 }, show: { minZoom: 0.3 }, html: signOf(studio, id, mark) });
  }
}

function signOf(studio, id, { level, sentences }) {
  const sign = document.createElement('button');
  sign.type = 'button';
  sign.className = `b-mark b-mark--${level}`;
  sign.title = sentences.join('\n');
  sign.setAttribute('aria-label', t(level === 'error' ? 'Errors here: {count}. {text}' : 'Remarks here: {count}. {text}', { count: sentences.length, text: sentences[0] }));
  const icon = document.createElementNS(SVG, 'svg');
  icon.setAttribute('class', 'icon');
  icon.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `${studio.root.dataset.icons}#${SIGN[level]}`);
  icon.append(use);
  sign.append(icon, String(sentences.length));
  sign.addEventListener('click', () => studio.showProblem(id));
  return sign;
}
