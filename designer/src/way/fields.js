/* The fields whose values are known when a token comes to an element: from forms, tables, connectors, scripts and the work order. */
import { useEffect, useMemo, useReducer } from 'preact/hooks';

import { broughtBy, broughtByFile, elementsBefore, itemOf, processesOf } from './elements.js';
import { t } from './i18n.js';
import { callFields, decisionFields, formFields, orderFields, scriptFields } from './sources.js';

const catalogues = new WeakMap();

/* Read the catalogue once, so that fieldsBefore can name what connectors answer. */
export async function learnCatalogue(studio) {
  if (!catalogues.get(studio)) catalogues.set(studio, await studio.catalogue());
  return catalogues.get(studio);
}

/* [{name, title, type, choices: [{value, title}], from}] before an element of the canvas (or a business object).
   ``type``: text, number, boolean, date, datetime, list, object, any. The nearest source of a name wins. */
function fieldsBefore(studio, element) {
  const object = element.businessObject ?? element;
  const catalogue = catalogues.get(studio);
  const near = elementsBefore(object).map(broughtBy).flatMap((brought) => fieldsOf(studio, catalogue, brought));
  return onlyOnce([...near, ...itemsAround(object), ...callersFields(studio, catalogue), ...orderFields(studio, catalogue)]);
}

/* The fields before an element, anew after each change of the drawing or the draft. */
export function useFields(studio, element) {
  const [round, again] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    const off = [studio.on('changed', again), studio.on('diagram', again), studio.draft.on('change', again)];
    learnCatalogue(studio).then(again, () => {});
    return () => off.forEach((each) => each());
  }, [studio]);
  return useMemo(() => fieldsBefore(studio, element), [studio, element, round]);
}

function fieldsOf(studio, catalogue, brought, depth = 0) {
  const { name, form, decision, call, script, outs, called } = brought;
  return [
    ...(form ? formFields(studio, form, name) : []),
    ...(decision?.id ? decisionFields(studio, decision, name) : []),
    ...(call ? callFields(studio, catalogue, call, name) : []),
    ...(script ? scriptFields(script, name) : []),
    ...outs.filter(Boolean).map((target) => ({ name: target, title: target, type: 'any', choices: [], from: name })),
    ...(called && !outs.length ? calledFields(studio, catalogue, called, depth) : []),
  ];
}

/* Without variables in and out, everything that a called process has comes back. */
function calledFields(studio, catalogue, called, depth) {
  if (depth > 2) return [];
  const file = studio.draft.names('.bpmn').find((each) => processesOf(studio.draft.read(each)).some(({ id }) => id === called));
  return file && file !== studio.diagram ? ofFile(studio, catalogue, file, depth + 1) : [];
}

function ofFile(studio, catalogue, file, depth = 0) {
  return broughtByFile(studio.draft.read(file)).flatMap((brought) => fieldsOf(studio, catalogue, brought, depth));
}

/* A process that others call knows what they know. */
function callersFields(studio, catalogue) {
  const main = studio.draft.readJson('process.json')?.main;
  if (!studio.diagram || !main || studio.diagram === main) return [];
  return ofFile(studio, catalogue, main, 2);
}

function itemsAround(object) {
  const found = [];
  for (let scope = object; scope; scope = scope.$parent) {
    const item = itemOf(scope);
    if (item) found.push({ name: item, title: t('{name}: the one at hand', { name: item }), type: 'any', choices: [], from: scope.name || scope.id });
  }
  return found;
}

/* Where two forms ask for the same field, their choices are joined. */
function onlyOnce(fields) {
  const kept = new Map();
  for (const field of fields) {
    const there = kept.get(field.name);
    if (!there) kept.set(field.name, field);
    else kept.set(field.name, { ...there, type: there.type === 'any' ? field.type : there.type, title: there.title === there.name ? field.title : there.title, choices: joined(there.choices, field.choices) });
  }
  return [...kept.values()];
}

function joined(first, second) {
  return [...first, ...second.filter(({ value }) => !first.some((each) => each.value === value))];
}
