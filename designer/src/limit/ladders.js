/* Ladders: decision tables whose rows are rungs, in the form that the engine reads. A table's file keeps all that is not a rung. */
import { writeFile } from '../modeler/commands.js';
import { childOf, childrenOf, named, parsed, textOf } from '../shell/xml.js';

const DMN = 'https://www.omg.org/spec/DMN/20191111/MODEL/';
const COLUMNS = [
  ['tier', '级', 'number'],
  ['percent', '用去时限的百分比', 'number'],
  ['plus_minutes', '且超时满（工作分钟）', 'number'],
  ['before_statutory_hours', '法定期限前（小时）', 'number'],
  ['to', '通知谁', 'string'],
  ['how', '怎么通知', 'string'],
  ['priority', '加分', 'number'],
];
const TEXTS = ['to', 'how'];

export const FIRST = [
  { tests: ['-'], description: '', tier: 0, percent: 75, plus_minutes: null, before_statutory_hours: null, to: ['assignee'], how: ['popup'], priority: 0 },
  { tests: ['-'], description: '', tier: 1, percent: 100, plus_minutes: null, before_statutory_hours: null, to: ['assignee', 'section_head'], how: ['popup', 'mail'], priority: 0 },
  { tests: ['-'], description: '', tier: 2, percent: 150, plus_minutes: null, before_statutory_hours: null, to: ['department_head'], how: ['popup', 'mail'], priority: 0 },
];

const outputNames = (grid) => childrenOf(grid, 'output').map((each) => each.getAttribute('name'));

/* Every table of the draft that is a ladder: {id, name, file}. */
export function ladders(draft) {
  return draft.names('.dmn').flatMap((file) =>
    named(parsed(draft.read(file)), 'decision')
      .filter((each) => ['tier', 'percent', 'to'].every((name) => outputNames(childOf(each, 'decisionTable')).includes(name)))
      .map((each) => ({ id: each.getAttribute('id'), name: each.getAttribute('name') || each.getAttribute('id'), file })),
  );
}

const decisionIn = (document, id) => named(document, 'decision').find((each) => each.getAttribute('id') === id);

/* {inputs: [{label, expression}], rungs}: a rung that holds expressions has ``fixed: false`` and is only shown. */
export function readLadder(draft, file, id) {
  const grid = childOf(decisionIn(parsed(draft.read(file)), id), 'decisionTable');
  const names = outputNames(grid);
  return {
    inputs: childrenOf(grid, 'input').map((each) => ({ label: each.getAttribute('label'), expression: textOf(childOf(each, 'inputExpression')) })),
    columns: names,
    rungs: childrenOf(grid, 'rule').map((rule) => rung(rule, names)),
  };
}

function rung(rule, names) {
  const texts = childrenOf(rule, 'outputEntry').map(textOf);
  const found = { id: rule.getAttribute('id'), description: childOf(rule, 'description')?.textContent.trim() ?? '', tests: childrenOf(rule, 'inputEntry').map(textOf), fixed: true, texts };
  names.forEach((name, column) => {
    const value = literal(texts[column], TEXTS.includes(name));
    if (value === undefined) found.fixed = false;
    found[name] = value ?? (TEXTS.includes(name) ? [] : null);
  });
  return found;
}

/* The value of a cell; undefined where it is worked out. */
function literal(text, isWords) {
  if (!text || text === 'null') return null;
  if (isWords) return /^"[^"]*"$/.test(text) ? text.slice(1, -1).split(/[\s,、]+/).filter(Boolean) : undefined;
  return Number.isFinite(Number(text)) ? Number(text) : undefined;
}

const cell = (value) => {
  if (Array.isArray(value)) return `"${value.join(' ').replace(/["\\]/g, '')}"`;
  return value === null || value === undefined || value === '' ? 'null' : String(Number(value));
};

/* Write the rungs of a ladder back into its file; all else in it stays. */
export function writeLadder(studio, file, id, rungs) {
  const document = parsed(studio.draft.read(file));
  const grid = childOf(decisionIn(document, id), 'decisionTable');
  const names = outputNames(grid);
  const make = maker(document, grid.namespaceURI, grid.prefix);
  childrenOf(grid, 'rule').forEach((rule) => rule.remove());
  grid.append(...rungs.map((each, index) => ruleOf(make, id, each, index + 1, names)));
  writeFile(studio, file, written(document));
}

function ruleOf(make, id, rung, number, names) {
  const known = `${id}_${number}`;
  const values = rung.fixed === false ? rung.texts : names.map((name) => cell(rung[name]));
  return make('rule', { id: known }, [
    ...(rung.description ? [make('description', {}, [rung.description])] : []),
    ...rung.tests.map((test, index) => make('inputEntry', { id: `${known}_in_${index + 1}` }, [make('text', {}, [test || '-'])])),
    ...values.map((value, index) => make('outputEntry', { id: `${known}_out_${index + 1}` }, [make('text', {}, [value])])),
  ]);
}

function maker(document, space, prefix) {
  return (name, attributes, children = []) => {
    const node = document.createElementNS(space, prefix ? `${prefix}:${name}` : name);
    Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
    node.append(...children);
    return node;
  };
}

/* Make the file of a new ladder and tell its id. */
export function makeLadder(studio, name, rungs = FIRST) {
  const { draft } = studio;
  const taken = new Set(ladders(draft).map(({ id }) => id));
  let number = 1;
  while (taken.has(`ladder_${number}`) || draft.read(`ladder_${number}.dmn`) !== null) number += 1;
  const id = `ladder_${number}`;
  const document = window.document.implementation.createDocument(DMN, 'definitions', null);
  const make = maker(document, DMN, null);
  const input = make('input', { id: `${id}_input_1`, label: '级别' }, [make('inputExpression', { id: `${id}_expression_1`, typeRef: 'string' }, [make('text', {}, ['level'])])]);
  const columns = COLUMNS.map(([column, label, typeRef], index) => make('output', { id: `${id}_output_${index + 1}`, label, name: column, typeRef }));
  const rules = rungs.map((each, index) => ruleOf(make, id, each, index + 1, COLUMNS.map(([column]) => column)));
  const grid = make('decisionTable', { id: `${id}_table`, hitPolicy: 'RULE ORDER' }, [input, ...columns, ...rules]);
  Object.entries({ id: `definitions_${id}`, name, namespace: `urn:baton:decision:${id}` }).forEach(([key, value]) => document.documentElement.setAttribute(key, value));
  document.documentElement.append(make('decision', { id, name }, [grid]));
  writeFile(studio, `${id}.dmn`, written(document));
  return id;
}

function written(document) {
  indent(document.documentElement, '\n');
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(document.documentElement)}\n`;
}

/* Lay the file out as people read it: an element a line. */
function indent(node, line) {
  if (!node.children.length) return;
  [...node.childNodes].filter((each) => each.nodeType === Node.TEXT_NODE && !each.data.trim()).forEach((each) => each.remove());
  [...node.children].forEach((child) => {
    child.before(`${line}  `);
    indent(child, `${line}  `);
  });
  node.append(line);
}

/* The steps of the draft that use a ladder: [{file, element, name}]. */
export function users(draft, id) {
  return draft.names('.bpmn').flatMap((file) =>
    named(parsed(draft.read(file)), 'limit')
      .filter((each) => each.getAttribute('ladder') === id)
      .map((each) => each.parentNode.parentNode)
      .map((owner) => ({ file, element: owner.getAttribute('id'), name: owner.getAttribute('name') || owner.getAttribute('id') })),
  );
}
