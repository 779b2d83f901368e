/* When a field is required: always, never, or beside certain answers (allOf: if - then, as forms write it). */
import { change, fieldsOf, forgetBranches, schemaOf } from './form.js';
import { typeOf } from './kinds.js';

const TESTS = { enum: 'in', const: 'in', maximum: 'most', minimum: 'least' };
const keys = (object) => Object.keys(object ?? {});
const only = (object, ...known) => keys(object).every((key) => known.includes(key));

/* What a branch asks, as {field, test, value}; null where somebody wrote it by hand in another way. */
export function readBranch(branch) {
  if (!branch || !only(branch, 'if', 'then') || !only(branch.then, 'required', 'properties') || !isPlain(branch.then)) return null;
  return readIf(branch.if);
}

function readIf(asked) {
  const [[field, rule] = [], ...more] = Object.entries(asked?.properties ?? {});
  const [[test, value] = [], ...others] = Object.entries(rule ?? {});
  const isWhole = test in TESTS && !more.length && !others.length && only(asked, 'properties', 'required') && String(asked.required) === field;
  return isWhole ? { field, test: TESTS[test], value: test === 'const' ? [value] : value } : null;
}

function isPlain(then) {
  const asked = then?.required ?? [];
  return asked.length > 0 && Object.entries(then.properties ?? {}).every(([name, rule]) => asked.includes(name) && only(rule, 'minLength', 'minItems') && Object.values(rule).every((least) => least === 1));
}

export function requirement(form, name) {
  const schema = schemaOf(form);
  const when = (schema.allOf ?? []).map((branch, at) => ({ at, ...readBranch(branch), names: branch?.then?.required ?? [] }));
  return { always: (schema.required ?? []).includes(name), when: when.filter((each) => each.field !== undefined && each.names.includes(name)) };
}

function written({ field, test, value }) {
  const rule = { in: { enum: value }, most: { maximum: value }, least: { minimum: value } }[test];
  return { properties: { [field]: rule }, required: [field] };
}

function ask(schema, name, condition) {
  const asked = written(condition);
  schema.allOf ??= [];
  const there = schema.allOf.find((branch) => readBranch(branch) && JSON.stringify(branch.if) === JSON.stringify(asked));
  const then = there?.then ?? { required: [] };
  if (!there) schema.allOf.push({ if: asked, then });
  if (!then.required.includes(name)) then.required.push(name);
  if (typeOf(schema.properties[name]) === 'array') then.properties = { ...then.properties, [name]: { minItems: 1 } };
}

function forgetAt(schema, name, at) {
  const holder = { allOf: [schema.allOf[at]] };
  forgetBranches(holder, name);
  schema.allOf.splice(at, 1, ...(holder.allOf ?? []));
  if (schema.allOf.length === 0) delete schema.allOf;
}

/* "never", "always", or "when" with a first condition. Lists that must be filled in hold at least one. */
export function setRequirement(form, name, how, condition) {
  return change(form, (next) => {
    const schema = schemaOf(next);
    schema.required = (schema.required ?? []).filter((each) => each !== name);
    requirement(next, name).when.map(({ at }) => at).reverse().forEach((at) => forgetAt(schema, name, at));
    const rule = fieldsOf(next)[name];
    if (typeOf(rule) === 'array' && rule.format !== 'files') {
      if (how === 'always') rule.minItems ??= 1;
      else if (rule.minItems === 1) delete rule.minItems;
    }
    if (how === 'always') schema.required.push(name);
    if (how === 'when') ask(schema, name, condition);
  });
}

export const addWhen = (form, name, condition) => change(form, (next) => ask(schemaOf(next), name, condition));

export const removeWhen = (form, name, at) => change(form, (next) => forgetAt(schemaOf(next), name, at));

/* Change a condition; other fields that share it keep theirs. */
export function changeWhen(form, name, at, condition) {
  return change(form, (next) => {
    const schema = schemaOf(next);
    if (schema.allOf[at].then.required.length === 1) {
      schema.allOf[at].if = written(condition);
      return;
    }
    const least = schema.allOf[at].then.properties?.[name];
    forgetAt(schema, name, at);
    schema.allOf.splice(at + 1, 0, { if: written(condition), then: { required: [name], ...(least ? { properties: { [name]: least } } : {}) } });
  });
}
