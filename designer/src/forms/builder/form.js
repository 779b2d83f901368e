/* The document of a form, changed in place of the words and rules that the builder knows; everything else stays as it stands.
   Every function that changes answers with a new document. */
export const schemaOf = (form) => form.schema ?? form;
export const uiOf = (form) => form.ui ?? {};
export const fieldsOf = (form) => schemaOf(form).properties ?? {};
export const notesOf = (form) => uiOf(form).notes ?? {};
export const groupsOf = (form) => uiOf(form).groups ?? [];
export const hintsOf = (form, name) => uiOf(form).fields?.[name] ?? {};
export const isNote = (form, name) => !(name in fieldsOf(form)) && name in notesOf(form);

export function change(form, act) {
  const next = structuredClone(form);
  act(next);
  return next;
}

function ui(form) {
  form.ui ??= {};
  return form.ui;
}

function groups(form) {
  ui(form).groups ??= [];
  return form.ui.groups;
}

/* Fields and notes in the order in which the page shows them. */
export function orderOf(form) {
  const names = [...(uiOf(form).order ?? []), ...Object.keys(fieldsOf(form)), ...Object.keys(notesOf(form))];
  return [...new Set(names)].filter((name) => name in fieldsOf(form) || name in notesOf(form));
}

/* The number of the section in which a field stands, or null. */
export function groupOf(form, name) {
  const at = groupsOf(form).findLastIndex((group) => group.fields?.includes(name));
  return at < 0 ? null : at;
}

/* What stands under one heading, or under none, in the page's order; sections without any field come last. */
export function runsOf(form) {
  const runs = [];
  for (const name of orderOf(form)) {
    const group = groupOf(form, name);
    if (runs.at(-1)?.group !== group || runs.length === 0) runs.push({ group, names: [] });
    runs.at(-1).names.push(name);
  }
  groupsOf(form).forEach((_, group) => runs.some((run) => run.group === group) || runs.push({ group, names: [] }));
  return runs;
}

/* Put a field or note before another one (null: at the end) and into a section (null: none). */
export function place(form, name, before, group) {
  return change(form, (next) => {
    const order = orderOf(form).filter((each) => each !== name);
    const at = before === null ? order.length : order.indexOf(before);
    order.splice(at < 0 ? order.length : at, 0, name);
    ui(next).order = order;
    const stood = groupOf(form, name);
    if (stood !== group && stood !== null) groups(next)[stood].fields = groups(next)[stood].fields.filter((each) => each !== name);
    if (group === null) return;
    const rank = (each) => (order.includes(each) ? order.indexOf(each) : order.length);
    const fields = groups(next)[group].fields ?? [];
    groups(next)[group].fields = [...new Set([...fields, name])].sort((a, b) => rank(a) - rank(b));
  });
}

/* One step up (-1) or down (1): past the neighbour, or into or out of the section that begins or ends there. Null where there is no way. */
export function step(form, name, way) {
  const order = orderOf(form);
  const at = order.indexOf(name);
  const other = order[at + way];
  const own = groupOf(form, name);
  const beside = other === undefined ? null : groupOf(form, other);
  if (own !== beside) {
    const stays = order[at + 1] ?? null;
    return place(form, name, stays, own === null ? beside : null);
  }
  if (other === undefined) return null;
  return place(form, name, way < 0 ? other : (order[at + 2] ?? null), own);
}

/* A section moves past what stands beside it. */
export function stepGroup(form, group, way) {
  const runs = runsOf(form).filter((run) => run.names.length);
  const at = runs.findIndex((run) => run.group === group);
  const beside = runs[at + way];
  if (at < 0 || !beside) return null;
  const own = runs[at].names;
  return change(form, (next) => {
    const order = orderOf(form).filter((name) => !own.includes(name));
    const single = way < 0 ? beside.names.at(-1) : beside.names[0];
    const past = beside.group === null ? single : way < 0 ? beside.names[0] : beside.names.at(-1);
    order.splice(order.indexOf(past) + (way < 0 ? 0 : 1), 0, ...own);
    ui(next).order = order;
  });
}

export function addField(form, name, rule, hints, before, group) {
  const added = change(form, (next) => {
    const schema = schemaOf(next);
    schema.properties = { ...schema.properties, [name]: rule };
    if (Object.keys(hints).length) ui(next).fields = { ...next.ui.fields, [name]: hints };
  });
  return place(added, name, before, group);
}

export function addNote(form, name, note, before, group) {
  const added = change(form, (next) => {
    ui(next).notes = { ...next.ui.notes, [name]: note };
  });
  return place(added, name, before, group);
}

/* A heading: what follows it without a section of its own comes under it. */
export function addGroup(form, group, before) {
  return change(form, (next) => {
    const order = orderOf(form);
    const from = before === null ? order.length : order.indexOf(before);
    const stood = before === null ? null : groupOf(form, before);
    const taken = [];
    for (const name of order.slice(from)) {
      if (groupOf(form, name) !== stood) break;
      taken.push(name);
    }
    if (stood !== null) groups(next)[stood].fields = groups(next)[stood].fields.filter((name) => !taken.includes(name));
    groups(next).push({ ...group, fields: taken });
    ui(next).order = order;
  });
}

/* Take a section away; its fields stay. */
export const removeGroup = (form, group) => change(form, (next) => groups(next).splice(group, 1));

export const setGroup = (form, group, values) => change(form, (next) => merge(groups(next)[group], values));

export const setNote = (form, name, values) => change(form, (next) => merge(next.ui.notes[name], values));

export const setRule = (form, name, values) => change(form, (next) => merge(schemaOf(next).properties[name], values));

export function setHints(form, name, values) {
  return change(form, (next) => {
    ui(next).fields = { ...next.ui.fields };
    next.ui.fields[name] = merge({ ...next.ui.fields[name] }, values);
    if (Object.keys(next.ui.fields[name]).length === 0) delete next.ui.fields[name];
  });
}

export const setForm = (form, values) => change(form, (next) => merge(next, values));

export function setUi(form, values) {
  return change(form, (next) => merge(ui(next), values));
}

/* Set values; undefined takes one away. */
export function merge(target, values) {
  Object.entries(values).forEach(([key, value]) => {
    if (value === undefined) delete target[key];
    else target[key] = value;
  });
  return target;
}

/* Take a field or note away. Conditions of others that ask it stay and are told as problems: nobody but the author knows what they should ask. */
export function remove(form, name) {
  return change(form, (next) => {
    const schema = schemaOf(next);
    delete schema.properties?.[name];
    delete next.ui?.fields?.[name];
    delete next.ui?.notes?.[name];
    if (next.ui?.order) next.ui.order = next.ui.order.filter((each) => each !== name);
    groupsOf(next).forEach((group) => group.fields && (group.fields = group.fields.filter((each) => each !== name)));
    if (schema.required) schema.required = schema.required.filter((each) => each !== name);
    forgetBranches(schema, name);
  });
}

function forgetBranches(schema, name) {
  const kept = (schema.allOf ?? []).filter((branch) => {
    const { then } = branch;
    if (!then?.required?.includes(name)) return true;
    then.required = then.required.filter((each) => each !== name);
    delete then.properties?.[name];
    if (then.properties && Object.keys(then.properties).length === 0) delete then.properties;
    return then.required.length > 0 || Object.keys(then).length > 1 || 'else' in branch;
  });
  if (schema.allOf) schema.allOf = kept;
  if (schema.allOf?.length === 0) delete schema.allOf;
}

export { forgetBranches };

const renamed = (object, old, name) => object && Object.fromEntries(Object.entries(object).map(([key, value]) => [key === old ? name : key, value]));
const swapped = (list, old, name) => list?.map((each) => (each === old ? name : each));

/* Give a field or note another name, wherever the form speaks of it. */
export function rename(form, old, name) {
  return change(form, (next) => {
    const schema = schemaOf(next);
    schema.properties = renamed(schema.properties, old, name);
    if (schema.required) schema.required = swapped(schema.required, old, name);
    (schema.allOf ?? []).forEach((branch) =>
      [branch.if, branch.then, branch.else].filter(Boolean).forEach((part) => {
        if (part.properties) part.properties = renamed(part.properties, old, name);
        if (part.required) part.required = swapped(part.required, old, name);
      }),
    );
    Object.values(schema.properties ?? {}).forEach((rule) => ['x-before', 'x-after'].forEach((key) => rule?.[key] === old && (rule[key] = name)));
    renameInUi(next, old, name);
  });
}

function renameInUi(next, old, name) {
  if (!next.ui) return;
  if (next.ui.order) next.ui.order = swapped(next.ui.order, old, name);
  if (next.ui.fields) next.ui.fields = renamed(next.ui.fields, old, name);
  if (next.ui.notes) next.ui.notes = renamed(next.ui.notes, old, name);
  groupsOf(next).forEach((group) => group.fields && (group.fields = swapped(group.fields, old, name)));
  const shown = [...Object.values(next.ui.fields ?? {}), ...Object.values(next.ui.notes ?? {}), ...groupsOf(next)];
  shown.forEach((each) => each?.show?.field === old && (each.show.field = name));
}

/* A name for a new field: out of its English label, else field_1. */
export function freeName(form, label, fallback = 'field') {
  const taken = new Set([...Object.keys(fieldsOf(form)), ...Object.keys(notesOf(form))]);
  const plain = label.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').slice(0, 40);
  const base = /^[a-z]/.test(plain) ? plain : '';
  if (base && !taken.has(base)) return base;
  let number = base ? 2 : 1;
  while (taken.has(`${base || fallback}_${number}`)) number += 1;
  return `${base || fallback}_${number}`;
}
