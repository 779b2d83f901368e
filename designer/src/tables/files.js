/* The decision tables among a draft's files, their tests, and what a new one begins with. */
import { childOf, named, parsed } from '../shell/xml.js';
import { t } from './i18n.js';

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text) => text.replace(/[&<>"]/g, (sign) => escapes[sign]);

/* Every decision with its file: {file, id, name, kind: table | expression | broken}. */
export function decisionsOf(draft) {
  return draft.names('.dmn').flatMap((file) => {
    const found = decisionsIn(draft.read(file));
    return found?.length ? found.map((each) => ({ file, ...each })) : [{ file, id: '', name: file, kind: 'broken' }];
  });
}

/* The decisions of a text; null when it is no XML. */
export function decisionsIn(xml) {
  const read = parsed(xml);
  return read && named(read, 'decision').map((each) => ({
    id: each.getAttribute('id') ?? '',
    name: each.getAttribute('name') || each.getAttribute('id') || '',
    kind: childOf(each, 'decisionTable') ? 'table' : 'expression',
  }));
}

/* What the outputs of a decision are called, by their names. */
export function outputsOf(draft, { file, id }) {
  const decision = named(parsed(draft.read(file)), 'decision').find((each) => each.getAttribute('id') === id);
  return Object.fromEntries(named(decision, 'output').map((each) => [each.getAttribute('name'), each.getAttribute('label') || each.getAttribute('name')]));
}

function freeName(draft, wanted) {
  const plain = wanted.replace(/[^\w-]+/g, '_').replace(/^_+|_+$/g, '') || 'table';
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? plain : `${plain}_${number}`;
    if (!draft.read(`${id}.dmn`) && !decisionsOf(draft).some((each) => each.id === id)) return id;
  }
}

/* Add a blank table of a name that people read; returns its id. */
/* ``write`` puts the file into the draft, as a step of undo where one stands beside the canvas. */
export function newTable(draft, name, write = (file, text) => draft.write(file, text)) {
  const id = freeName(draft, /^[a-z]\w*$/i.test(name) ? name : 'table');
  write(`${id}.dmn`, blankTable(id, name, { input: t('Condition'), output: t('Result') }));
  return id;
}

/* A table with one input, one output and one empty rule: the first rule that matches answers. */
function blankTable(id, name, words) {
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="definitions_${id}" name="${escaped(name)}" namespace="urn:baton:decision:${id}">
  <decision id="${id}" name="${escaped(name)}">
    <decisionTable id="${id}_table" hitPolicy="FIRST">
      <input id="${id}_input_1" label="${escaped(words.input)}">
        <inputExpression id="${id}_expression_1" typeRef="string"><text></text></inputExpression>
      </input>
      <output id="${id}_output_1" label="${escaped(words.output)}" name="result" typeRef="string" />
      <rule id="${id}_1">
        <inputEntry id="${id}_1_in_1"><text></text></inputEntry>
        <outputEntry id="${id}_1_out_1"><text></text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>
`;
}

export const testsFile = (decision) => `tests/${decision}.json`;

export function testsOf(draft, decision) {
  const read = draft.readJson(testsFile(decision));
  return Array.isArray(read?.rows) ? read.rows.filter((row) => row && typeof row.data === 'object') : [];
}

export function writeTests(draft, decision, rows) {
  if (rows.length) draft.writeJson(testsFile(decision), { decision, rows });
  else draft.remove(testsFile(decision));
}

/* What the forms of the draft ask for: {path, label, kind, choices}, to be looked at by a column. */
export function fieldsOf(draft) {
  const found = new Map();
  for (const file of draft.names('.json').filter((name) => name.startsWith('forms/'))) {
    Object.entries(propertiesOf(draft, file)).forEach(([path, rule]) => {
      if (!found.has(path)) found.set(path, { path, label: String(rule?.title ?? path), kind: kindOf(rule), choices: textsOf(rule) });
    });
  }
  return [...found.values()];
}

function propertiesOf(draft, file) {
  const form = draft.readJson(file);
  return (form?.schema ?? form)?.properties ?? {};
}

const textsOf = (rule) => (rule?.oneOf?.map((each) => each?.const) ?? rule?.enum ?? []).filter((each) => typeof each === 'string');

function kindOf(rule) {
  return { integer: 'integer', number: 'number', boolean: 'boolean' }[rule?.type] ?? 'string';
}
