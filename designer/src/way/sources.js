/* The fields that forms, decision tables, connectors and scripts of a draft bring to conditions. */
import { said } from '../shell/english.js';
import { pathOf, tables } from '../shell/tables.js';
import { t } from './i18n.js';

const MONEY = new Set(['integer', 'number']);
const REMOTE = new Set(['classes', 'units']);

/* The fields of ``forms/<name>.json``. */
export function formFields(studio, name, from) {
  const form = studio.draft.readJson(`forms/${name}.json`);
  const schema = form?.schema ?? form;
  const rules = Object.entries(schema?.properties ?? {}).filter(([, rule]) => rule && typeof rule === 'object');
  return rules.map(([key, rule]) => ({ name: key, title: said(studio.draft, rule.title) || key, type: typeOf(rule), choices: choicesOf(studio, rule), from }));
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
  const plain = Array.isArray(rule.enum) ? rule.enum.map((value) => ({ value, title: said(studio.draft, String(value)) })) : null;
  const titled = Array.isArray(rule.oneOf) && rule.oneOf.every((each) => each && 'const' in each) ? rule.oneOf.map((each) => ({ value: each.const, title: said(studio.draft, each.title) ?? String(each.const) })) : null;
  const remote = REMOTE.has(rule['x-options']);
  return remote ? [] : (titled ?? plain ?? []);
}

/* What a business rule task leaves behind, as the engine does: an object under its result, or its outputs by their names. */
export function decisionFields(studio, { id, result }, from) {
  const table = tables(studio.draft).find((each) => each.id === id);
  if (!table) return [];
  if (table.collects) return result ? [{ name: result, title: table.name, type: 'list', choices: [], from }] : [];
  return table.outputs.map((output) => ({ ...output, name: pathOf(table, output, result), from }));
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
