/* What can be seen to be wrong with the files of a draft before anybody asks the server: a sentence each. */
import { parse } from '../shell/xml.js';
import { t } from './i18n.js';

const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const DI = 'http://www.omg.org/spec/BPMN/20100524/DI';
const DC = 'http://www.omg.org/spec/DD/20100524/DC';
const DD = 'http://www.omg.org/spec/DD/20100524/DI';
const SIDES = ['x', 'y', 'width', 'height'];
const FARTHEST = 1_000_000; /* pixels */
const DEEPEST = 100;
const SETTINGS = 'process.json';

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

const wrong = (kind, sentence) => ({ kind, sentence });

/* The first thing that keeps a .bpmn or .dmn file from being read, or null. ``kind``: empty, not-xml, not-bpmn, not-dmn, no-process, not-drawn. */
export function xmlFault(file, xml) {
  if (file == null) return wrong('empty', t('There is no diagram in this draft.'));
  if (xml == null) return wrong('empty', t('There is no file {file} in this draft.', { file }));
  if (!xml.trim()) return wrong('empty', t('The file {file} is empty.', { file }));
  if (/<!DOCTYPE/i.test(xml)) return wrong('not-xml', t('The file {file} declares a document type (DOCTYPE); such files are not read, for safety.', { file }));
  const { documentElement: root } = parse(xml);
  const broken = root.localName === 'parsererror' ? root : root.getElementsByTagName('parsererror')[0];
  if (broken) return wrong('not-xml', t('The file {file} is not well-formed XML; it goes wrong in line {line}.', { file, line: broken.textContent.match(/line (\d+)/)?.[1] ?? '?' }));
  return file.endsWith('.bpmn') ? bpmnFault(file, root) : dmnFault(file, root);
}

function bpmnFault(file, root) {
  if (root.namespaceURI !== BPMN || root.localName !== 'definitions') return wrong('not-bpmn', t('The file {file} holds XML, but no BPMN 2.0 diagram.', { file }));
  const drawn = ['process', 'collaboration'].some((name) => root.getElementsByTagNameNS(BPMN, name).length);
  if (!drawn) return wrong('no-process', t('The diagram {file} holds no process.', { file }));
  if (isTooDeep(root)) return wrong('not-drawn', t('The diagram {file} is nested too deeply.', { file }));
  const id = misplaced(root);
  return id === null ? null : wrong('not-drawn', t('In the drawing of {file}, {id} has no place that can be shown.', { file, id }));
}

function isTooDeep(root) {
  const depths = new Map([[root, 0]]);
  return [...root.getElementsByTagName('*')].some((node) => {
    const depth = depths.get(node.parentNode) + 1;
    depths.set(node, depth);
    return depth > DEEPEST;
  });
}

/* The element whose shape has no place, or one that is no number or out of all reach; null where all can be drawn. */
function misplaced(root) {
  const isWrong = (node, name) => !(Math.abs(Number(node.getAttribute(name) ?? NaN)) < FARTHEST);
  const bare = [...root.getElementsByTagNameNS(DI, 'BPMNShape')].find((shape) => ![...shape.children].some(({ localName }) => localName === 'Bounds'));
  const bounds = [...root.getElementsByTagNameNS(DC, 'Bounds')].find((box) => SIDES.some((name) => isWrong(box, name)) || Number(box.getAttribute('width')) < 0 || Number(box.getAttribute('height')) < 0);
  const bend = [...root.getElementsByTagNameNS(DD, 'waypoint')].find((point) => isWrong(point, 'x') || isWrong(point, 'y'));
  const found = bare ?? bounds ?? bend;
  return found ? (found.closest('[bpmnElement]')?.getAttribute('bpmnElement') ?? '?') : null;
}

function dmnFault(file, root) {
  if (root.localName !== 'definitions' || !/DMN/.test(root.namespaceURI ?? '')) return wrong('not-dmn', t('The file {file} holds XML, but no decision table.', { file }));
  const tables = [...root.getElementsByTagNameNS(root.namespaceURI, 'decision')];
  return tables.length ? null : wrong('not-dmn', t('The file {file} holds no decision.', { file }));
}

/* Browsers tell of the place in words of their own, and not always. */
function notJson(file, { message }, text) {
  const at = message.match(/position (\d+)/)?.[1];
  const line = message.match(/line (\d+)/)?.[1] ?? (at && text.slice(0, Number(at)).split('\n').length);
  return line ? t('The file {file} is not JSON; it goes wrong in line {line}.', { file, line }) : t('The file {file} is not JSON.', { file });
}

function jsonFault(file, text, draft) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return notJson(file, error, text);
  }
  if (!isObject(value)) return t('The file {file} must hold a JSON object.', { file });
  if (file === SETTINGS) return settingsFault(value, draft);
  return file.startsWith('forms/') ? formFault(file, value) : null;
}

function settingsFault({ main, key, name }, draft) {
  const wrong = Object.entries({ key, name, main }).find(([, value]) => value !== undefined && (typeof value !== 'string' || !value.trim()));
  if (wrong) return t('"{field}" in process.json must be a text.', { field: wrong[0] });
  if (main !== undefined && draft.read(main) === null) return t('process.json names {file} as the main diagram, which is not in this draft.', { file: main });
  return null;
}

function formFault(file, form) {
  const schema = isObject(form.schema) ? form.schema : form;
  if (!isObject(schema.properties)) return t('The form {file} has no fields ("properties").', { file });
  const wrong = Object.entries(schema.properties).find(([, field]) => !isObject(field));
  if (wrong) return t('The field "{field}" of the form {file} is not described.', { field: wrong[0], file });
  if (schema.required !== undefined && !Array.isArray(schema.required)) return t('"required" of the form {file} must be a list.', { file });
  return null;
}

/* What is wrong with each file, read again only when it has changed. */
export class Faults {
  #known = new Map();

  constructor(draft) {
    this.draft = draft;
  }

  /* [{file, sentence}], one a file at most. */
  all() {
    const found = this.draft.names().map((file) => ({ file, sentence: this.#of(file) }));
    if (!this.draft.names('.bpmn').length) found.unshift({ file: null, sentence: t('There is no diagram in this draft.') });
    if (this.draft.read(SETTINGS) === null) found.unshift({ file: SETTINGS, sentence: t('There is no file {file} in this draft.', { file: SETTINGS }) });
    return found.filter(({ sentence }) => sentence);
  }

  #of(file) {
    const text = this.draft.read(file);
    const known = this.#known.get(file);
    if (known?.read === text && file !== SETTINGS) return known.fault;
    const fault = /\.(bpmn|dmn)$/.test(file) ? (xmlFault(file, text)?.sentence ?? null) : file.endsWith('.json') ? jsonFault(file, text, this.draft) : null;
    this.#known.set(file, { read: text, fault });
    return fault;
  }
}
