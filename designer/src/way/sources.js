/* The fields that forms, decision tables, connectors and scripts of a draft bring. */
import { isChinese } from '../shell/i18n.js';
import { parsed } from '../shell/sources.js';
import { t } from './i18n.js';

const MONEY = new Set(['integer', 'number']);
const REMOTE = new Set(['classes', 'units']);

/* A text of the drawing in the reader's language. */
function said(studio, text) {
  if (isChinese() || !text) return text;
  return studio.draft.readJson('strings/en.json')?.[text] ?? text;
}

/* The fields of ``forms/<name>.json``. */
export function formFields(studio, name, from) {
  const form = studio.draft.readJson(`forms/${name}.json`);
  const schema = form?.schema ?? form;
  const rules = Object.entries(schema?.properties ?? {}).filter(([, rule]) => rule && typeof rule === 'object');
  return rules.map(([key, rule]) => ({ name: key, title: said(studio, rule.title) || key, type: typeOf(rule), choices: choicesOf(studio, rule), from }));
}

/* Text, number, boolean, date, datetime, list or object: what a value of a JSON Schema rule is for a condition. */
function typeOf(rule) {
  const type = Array.isArray(rule.type) ? rule.type.find((each) => each !== 'null') : rule.type;
  if (MONEY.has(type)) return 'number';
  if (type === 'boolean') return 'boolean';
  if (type === 'array') return 'list';
  if (type === 'object') return 'object';
  if (rule.format === 'date') return 'date';
  return rule.format === 'date-time' ? 'datetime' : 'text';
}

function choicesOf(studio, rule) {
  const plain = Array.isArray(rule.enum) ? rule.enum.map((value) => ({ value, title: said(studio, String(value)) })) : null;
  const titled = Array.isArray(rule.oneOf) && rule.oneOf.every((each) => each && 'const' in each) ? rule.oneOf.map((each) => ({ value: each.const, title: said(studio, each.title) ?? String(each.const) })) : null;
  const remote = REMOTE.has(rule['x-options']);
  return remote ? [] : (titled ?? plain ?? []);
}

/* The tables of the draft: {id, name, file, collects, outputs: [{name, title, type, choices}]}. */
export function tables(studio) {
  return studio.draft.names('.dmn').flatMap((file) => tablesOf(studio, file));
}

const read = new WeakMap();

function tablesOf(studio, file) {
  const xml = studio.draft.read(file);
  const kept = read.get(studio) ?? read.set(studio, new Map()).get(studio);
  const known = kept.get(file);
  if (known?.xml === xml) return known.found;
  const tree = parsed(xml);
  const found = tree ? [...tree.getElementsByTagNameNS('*', 'decision')].map((decision) => tableOf(studio, file, decision)) : [];
  kept.set(file, { xml, found });
  return found;
}

function tableOf(studio, file, decision) {
  const table = decision.getElementsByTagNameNS('*', 'decisionTable')[0];
  const outputs = [...(table?.children ?? [])].filter((child) => child.localName === 'output');
  const rules = [...(table?.children ?? [])].filter((child) => child.localName === 'rule');
  return {
    id: decision.getAttribute('id'),
    name: said(studio, decision.getAttribute('name')) || decision.getAttribute('id'),
    file,
    collects: ['COLLECT', 'RULE ORDER', 'OUTPUT ORDER'].includes(table?.getAttribute('hitPolicy')) && !table?.getAttribute('aggregation'),
    outputs: outputs.map((output, place) => outputOf(studio, output, rules.map((rule) => entry(rule, place)))),
  };
}

function entry(rule, place) {
  return [...rule.children].filter((child) => child.localName === 'outputEntry')[place]?.textContent.trim() ?? '';
}

function outputOf(studio, output, written) {
  const name = output.getAttribute('name') || output.getAttribute('id');
  const declared = [...output.children].find((child) => child.localName === 'outputValues')?.textContent ?? '';
  const literals = [...new Set([...(declared.match(/"(?:[^"\\]|\\.)*"/g) ?? []), ...written.filter((text) => /^"(?:[^"\\]|\\.)*"$/.test(text))])].map(unquoted).filter((text) => text !== null);
  const type = { number: 'number', integer: 'number', long: 'number', double: 'number', boolean: 'boolean', date: 'date' }[output.getAttribute('typeRef')] ?? 'text';
  return { name, title: said(studio, output.getAttribute('label')) || name, type, choices: type === 'text' ? literals.map((value) => ({ value, title: said(studio, value) })) : [] };
}

function unquoted(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/* What a business rule task leaves behind, as the engine does: an object under its result, or its outputs by their names. */
export function decisionFields(studio, { id, result }, from) {
  const table = tables(studio).find((each) => each.id === id);
  if (!table) return [];
  if (!result) return table.collects ? [] : table.outputs.map((output) => ({ ...output, from }));
  if (table.collects) return [{ name: result, title: table.name, type: 'list', choices: [], from }];
  if (table.outputs.length === 1) return [{ ...table.outputs[0], name: result, from }];
  return table.outputs.map((output) => ({ ...output, name: `${result}.${output.name}`, from }));
}

/* What a connector call leaves behind: the parts of its answer, under its result. */
export function callFields(studio, catalogue, { connector, operation, result }, from) {
  if (!result) return [];
  const schema = operationOf(catalogue, connector, operation)?.outputs;
  const parts = Object.entries(schema?.properties ?? {});
  return parts.map(([name, rule]) => ({ name: `${result}.${name}`, title: rule.title || name, type: typeOf(rule), choices: choicesOf(studio, rule), from }));
}

function operationOf(catalogue, connector, operation) {
  return catalogue?.connectors.find((each) => each.name === connector)?.operations.find((each) => each.name === operation);
}

export function scriptFields(script, from) {
  const names = (script ?? '').split('\n').map((line) => /^\s*([\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*)\s*=(?!=)/u.exec(line)?.[1]);
  return names.filter(Boolean).map((name) => ({ name, title: name, type: 'any', choices: [], from }));
}

const AT_START = { number: 'Number of the work order', channel: 'Channel', title: 'Title', description: 'Description', demand: 'What the customer asks for', class_code: 'Class', city: 'City', customer_number: "Customer's number", contact_name: 'Contact', contact_phone: "Contact's telephone", contact_email: "Contact's e-mail" };

/* What the desk knows when it starts a process that has a work order, and the columns that the process fills by itself. */
export function orderFields(studio, catalogue) {
  const settings = studio.draft.readJson('process.json');
  if (!settings?.order_type) return [];
  const from = t('Work order');
  const titles = new Map((catalogue?.order_columns ?? []).map(({ code, name }) => [code, name]));
  return Object.entries(AT_START).map(([name, title]) => ({ name, title: titles.get(name) ?? t(title), type: 'text', choices: [], from }));
}
