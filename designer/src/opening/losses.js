/* What saving would drop: all that the opened text says and the saved one does not. bpmn-js warns of some of it only. */
import { parse } from '../shell/xml.js';

const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const XMLNS = 'http://www.w3.org/2000/xmlns/';
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

/* Written under another name, which means the same. */
const RENAMED = { formalExpression: 'expression', messagePath: 'expression' };
const NUMBER = /^-?\d+(\.\d+)?$/;

/* What is lost, each {id of the element that has it or null, what: its name as it is written, value}. What hangs below something lost is not named. */
export function lossesOf(before, after, moddle) {
  const kept = count(parse(after).documentElement, moddle);
  const take = (said) => {
    const left = kept.get(said) ?? 0;
    kept.set(said, left - 1);
    return left > 0;
  };
  return [...missing(parse(before).documentElement, { path: '', id: null }, moddle, take)];
}

function* missing(node, above, moddle, take) {
  const here = placed(node, above);
  if (!take(here.path)) {
    yield { id: here.id, what: node.nodeName, value: node.textContent.trim().slice(0, 80) };
    return;
  }
  for (const { said, what, value } of own(node, here, moddle)) {
    if (!take(said)) yield { id: here.id, what, value };
  }
  for (const child of node.children) yield* missing(child, here, moddle, take);
}

function count(root, moddle) {
  const all = new Map();
  const note = (said) => all.set(said, (all.get(said) ?? 0) + 1);
  const walk = (node, above) => {
    const here = placed(node, above);
    note(here.path);
    for (const { said } of own(node, here, moddle)) note(said);
    for (const child of node.children) walk(child, here);
  };
  walk(root, { path: '', id: null });
  return all;
}

function placed(node, above) {
  const id = node.getAttribute('id');
  const name = `{${node.namespaceURI}}${RENAMED[node.localName] ?? node.localName}`;
  return { path: id ? `${name}#${id}` : `${above.path}/${name}`, id: id ?? above.id };
}

/* Attributes and text of an element itself. */
function* own(node, here, moddle) {
  for (const { namespaceURI, localName, name, value } of node.attributes) {
    if (namespaceURI === XMLNS || namespaceURI === XSI || isDefault(node, name, value, moddle)) continue;
    yield { said: `${here.path}@{${namespaceURI ?? ''}}${localName}=${plainNumber(value)}`, what: name, value };
  }
  const text = [...node.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE || nodeType === Node.CDATA_SECTION_NODE).map(({ data }) => data).join('').trim();
  if (text) yield { said: `${here.path}=${text}`, what: node.nodeName, value: text };
}

function isDefault(node, name, value, moddle) {
  if (node.namespaceURI !== BPMN) return false;
  const type = `bpmn:${node.localName[0].toUpperCase()}${node.localName.slice(1)}`;
  if (!moddle.registry.typeMap[type]) return false;
  const preset = moddle.getType(type).$descriptor.propertiesByName[name]?.default;
  return preset !== undefined && String(preset) === value;
}

const plainNumber = (value) => (NUMBER.test(value) ? String(Number(value)) : value);
