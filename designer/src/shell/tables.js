/* The decision tables of a draft, read from its files, which may be anything. */
import { ENGLISH, said } from './english.js';
import { childOf, childrenOf, named, parsed, textOf } from './xml.js';

const TYPES = { number: 'number', integer: 'number', long: 'number', double: 'number', boolean: 'boolean', date: 'date' };
const LITERAL = /"(?:[^"\\]|\\.)*"/g;
const LISTS = ['COLLECT', 'RULE ORDER', 'OUTPUT ORDER'];
const read = new WeakMap();

/* {id, name, file, collects, outputs: [{name, title, type, declared (type), choices}], rules: [{description, outputs (texts)}]}. */
export function tables(draft) {
  return draft.names('.dmn').flatMap((file) => tablesOf(draft, file));
}

/* Read again only when the file, or the English of its texts, has changed. */
function tablesOf(draft, file) {
  const xml = draft.read(file);
  const kept = read.get(draft) ?? read.set(draft, new Map()).get(draft);
  const known = kept.get(file);
  const english = draft.read(ENGLISH);
  if (known?.xml === xml && known.english === english) return known.found;
  const found = named(parsed(xml), 'decision').map((decision) => tableOf(draft, file, decision));
  kept.set(file, { xml, english, found });
  return found;
}

function tableOf(draft, file, decision) {
  const grid = childOf(decision, 'decisionTable');
  const rules = childrenOf(grid, 'rule').map((rule) => ({ description: childOf(rule, 'description')?.textContent.trim() ?? '', outputs: childrenOf(rule, 'outputEntry').map(textOf) }));
  return {
    id: decision.getAttribute('id'),
    name: said(draft, decision.getAttribute('name')) || decision.getAttribute('id'),
    file,
    collects: LISTS.includes(grid?.getAttribute('hitPolicy')) && !grid?.getAttribute('aggregation'),
    outputs: childrenOf(grid, 'output').map((output, column) => outputOf(draft, output, rules.map((rule) => rule.outputs[column] ?? ''))),
    rules,
  };
}

function outputOf(draft, output, written) {
  const name = output.getAttribute('name') || output.getAttribute('id');
  const declared = output.getAttribute('typeRef');
  const type = TYPES[declared] ?? 'text';
  const values = childOf(output, 'outputValues')?.textContent ?? '';
  const literals = [...(values.match(LITERAL) ?? []), ...written.filter((text) => text.match(LITERAL)?.[0] === text)];
  const choices = type === 'text' ? [...new Set(literals)].map(unquoted).filter((value) => value !== null) : [];
  return { name, title: said(draft, output.getAttribute('label')) || name, type, declared, choices: choices.map((value) => ({ value, title: said(draft, value) })) };
}

function unquoted(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/* What an output is called in the case, when the table's answer is kept under ``result``, or by the outputs' own names. */
export function pathOf(table, output, result) {
  if (!result) return output.name;
  return table.outputs.length > 1 ? `${result}.${output.name}` : result;
}
