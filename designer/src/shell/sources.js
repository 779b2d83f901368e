/* Where a value can come from: fields of the forms, outputs of the decision tables of the draft. */
import { said } from './english.js';
import { pathOf, tables } from './tables.js';
import { named, parsed } from './xml.js';

const BATON = 'urn:baton:bpmn:1';

/* The steps before an element, the nearest first. */
export function stepsBefore(element) {
  const seen = new Set([element]);
  const waiting = [element];
  const found = [];
  while (waiting.length) {
    const here = waiting.shift();
    const before = [...(here.incoming ?? []).map((flow) => flow.source), here.host, here.parent].filter((each) => each && each.businessObject && !seen.has(each));
    before.forEach((each) => seen.add(each));
    found.push(...before);
    waiting.push(...before);
  }
  return found.filter((each) => each.type !== 'label');
}

/* Every field of the draft's forms: {value (expression), label, hint, kind}; those that steps before ask come first. */
export function fields(studio, element) {
  const { draft } = studio;
  const asked = element ? stepsBefore(element).map((each) => each.businessObject.extensionElements?.values?.find((one) => one.$type === 'baton:Form')?.ref) : [];
  const names = draft.names('.json').filter((name) => name.startsWith('forms/'));
  const forms = names.map((name) => ({ form: name.slice(6, -5), read: draft.readJson(name) })).sort((a, b) => rank(asked, a.form) - rank(asked, b.form));
  return onlyOnce(forms.flatMap(({ form, read }) => fieldsOf(draft, form, read)));
}

function rank(asked, form) {
  const at = asked.indexOf(form);
  return at < 0 ? asked.length : at;
}

function fieldsOf(draft, form, read) {
  const properties = (read?.schema ?? read)?.properties ?? {};
  const title = said(draft, read?.title) ?? form;
  return Object.entries(properties).map(([name, rule]) => ({ value: `= ${name}`, label: said(draft, rule?.title) ?? name, hint: `${title} · ${name}`, kind: rule?.type }));
}

/* The first of each value. */
function onlyOnce(found) {
  const places = new Map();
  found.forEach(({ value }, place) => places.has(value) || places.set(value, place));
  return [...places.values()].map((place) => found[place]);
}

/* Every output that a business rule task of the draft brings into the case: {value (expression), label, hint, kind, table, column}. */
export function outputs(draft) {
  const known = new Map(tables(draft).map((each) => [each.id, each]));
  const asked = draft.names('.bpmn').flatMap((file) => named(parsed(draft.read(file)), 'decision').filter((each) => each.namespaceURI === BATON));
  return onlyOnce(asked.flatMap((each) => outputsOf(known.get(each.getAttribute('id')), each.getAttribute('result'))));
}

function outputsOf(table, result) {
  return (table?.outputs ?? []).map((output, column) => {
    const path = pathOf(table, output, result);
    return { value: `= ${path}`, label: `${table.name} · ${output.title}`, hint: path, kind: output.declared, table, column };
  });
}

export const isExpression = (text) => (text ?? '').trim().startsWith('=');
export const same = (one, other) => (one ?? '').replace(/\s+/g, '') === (other ?? '').replace(/\s+/g, '');
