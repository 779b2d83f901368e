/* Where a value can come from: fields of the forms, outputs of the decision tables of the draft. Read from its files, which may be anything. */
const BATON = 'urn:baton:bpmn:1';

/* An XML file of the draft, or null where it cannot be read. */
export function parsed(text) {
  const document = new DOMParser().parseFromString(text ?? '', 'application/xml');
  return document.getElementsByTagName('parsererror').length ? null : document;
}

export const named = (node, name) => [...(node?.getElementsByTagNameNS('*', name) ?? [])];
export const childOf = (node, name) => [...(node?.children ?? [])].find((each) => each.localName === name);
export const textOf = (node) => (childOf(node, 'text')?.textContent ?? '').trim();

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

/* Every field of the draft's forms: {value (expression), name, label, kind, form}; those that steps before ask come first. */
export function fields(studio, element) {
  const { draft } = studio;
  const asked = element ? stepsBefore(element).map((each) => each.businessObject.extensionElements?.values?.find((one) => one.$type === 'baton:Form')?.ref) : [];
  const names = draft.names('.json').filter((name) => name.startsWith('forms/'));
  const forms = names.map((name) => ({ form: name.slice(6, -5), read: draft.readJson(name) })).sort((a, b) => rank(asked, a.form) - rank(asked, b.form));
  const seen = new Set();
  return forms.flatMap(({ form, read }) => fieldsOf(form, read, seen));
}

function rank(asked, form) {
  const at = asked.indexOf(form);
  return at < 0 ? asked.length : at;
}

function fieldsOf(form, read, seen) {
  const properties = (read?.schema ?? read)?.properties ?? {};
  return Object.entries(properties)
    .filter(([name]) => !seen.has(name))
    .map(([name, rule]) => {
      seen.add(name);
      return { value: `= ${name}`, name, label: rule?.title ?? name, hint: `${read.title ?? form} · ${name}`, kind: rule?.type, format: rule?.format, form };
    });
}

/* The tables of the draft: {id, name, file, outputs: [{name, label}], inputs: [{label, expression}], rules: [{description, outputs}]}. */
export function tables(draft) {
  return draft.names('.dmn').flatMap((file) => {
    const document = parsed(draft.read(file));
    return named(document, 'decision').map((decision) => table(file, decision));
  });
}

function table(file, decision) {
  const grid = childOf(decision, 'decisionTable');
  const of = (name) => [...(grid?.children ?? [])].filter((each) => each.localName === name);
  return {
    id: decision.getAttribute('id'),
    name: decision.getAttribute('name') || decision.getAttribute('id'),
    file,
    inputs: of('input').map((each) => ({ label: each.getAttribute('label'), expression: textOf(childOf(each, 'inputExpression')) })),
    outputs: of('output').map((each) => ({ name: each.getAttribute('name'), label: each.getAttribute('label') || each.getAttribute('name'), kind: each.getAttribute('typeRef') })),
    rules: of('rule').map((rule) => ({
      description: (childOf(rule, 'description')?.textContent ?? '').trim(),
      outputs: [...rule.children].filter((each) => each.localName === 'outputEntry').map(textOf),
    })),
  };
}

/* Every output that a business rule task of the draft brings into the case: {value (expression), label, hint, table, column}. */
export function outputs(draft) {
  const known = new Map(tables(draft).map((each) => [each.id, each]));
  const asked = draft.names('.bpmn').flatMap((file) => named(parsed(draft.read(file)), 'decision').filter((each) => each.namespaceURI === BATON));
  const found = asked.flatMap((each) => {
    const asks = known.get(each.getAttribute('id'));
    const result = each.getAttribute('result');
    return (asks?.outputs ?? []).map((output, column) => {
      const path = outputPath(asks, output, result);
      return { value: `= ${path}`, label: `${asks.name} · ${output.label}`, hint: path, kind: output.kind, table: asks, column };
    });
  });
  return [...new Map(found.map((each) => [each.value, each])).values()];
}

function outputPath(asks, output, result) {
  if (!result) return output.name;
  return asks.outputs.length > 1 ? `${result}.${output.name}` : result;
}

export const isExpression = (text) => (text ?? '').trim().startsWith('=');
export const same = (one, other) => (one ?? '').replace(/\s+/g, '') === (other ?? '').replace(/\s+/g, '');
