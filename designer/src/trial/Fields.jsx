/* The fields of a resolved form, drawn plainly. What is typed is kept as the answers that the server checks. */
import { Fragment } from 'preact';

import { Icon } from '../shell/Icon.jsx';
import { t } from './i18n.js';

/* Kinds whose label stands inside them, and kinds that are a group of controls. */
const BARE = new Set(['yes', 'files', 'fixed']);
const GROUPS = new Set(['several', 'rows']);

const choicesOf = (rule) => (rule.oneOf ? rule.oneOf.map((each) => [each.const, each.title ?? String(each.const)]) : (rule.enum ?? []).map((each) => [each, String(each)]));

function kindOf(rule, hints) {
  const type = Array.isArray(rule.type) ? rule.type.find((each) => each !== 'null') : rule.type;
  if (type === 'array') return arrayKind(rule, hints);
  if (type === 'boolean') return 'yes';
  if (choicesOf(rule).length) return 'choice';
  if (type === 'object') return 'json';
  if (type === 'number' || type === 'integer') return 'number';
  return textKind(rule, hints);
}

function arrayKind(rule, hints) {
  if (rule.format === 'files' || hints.widget === 'files') return 'files';
  if (rule.items?.properties) return 'rows';
  return choicesOf(rule.items ?? {}).length ? 'several' : 'json';
}

function textKind(rule, hints) {
  if (hints.widget === 'textarea' || rule.format === 'textarea') return 'area';
  return { date: 'date', 'date-time': 'datetime-local', email: 'email' }[rule.format] ?? 'text';
}

const isAsked = (condition, answers) => {
  const given = answers[condition.field];
  return Array.isArray(given) ? given.some((each) => condition.in.includes(each)) : condition.in.includes(given);
};

/* As the server has it: a field is shown when its own condition holds and that of its section. */
function shows(form, name, answers) {
  const own = form.ui?.fields?.[name] ?? form.ui?.notes?.[name];
  const sections = (form.ui?.groups ?? []).filter(({ fields }) => fields?.includes(name));
  return [own, ...sections].every((each) => !each?.show || isAsked(each.show, answers));
}

function shownFields(form, answers) {
  return Object.keys(form.schema.properties).filter((name) => shows(form, name, answers));
}

function required(schema) {
  const then = (schema.allOf ?? []).flatMap((branch) => branch.then?.required ?? []);
  return new Set([...(schema.required ?? []), ...then]);
}

/* Fields and notes in the form's order, under the headings of their sections. */
export function Fields({ form, answers, wrong = {}, change }) {
  const must = required(form.schema);
  const { properties } = form.schema;
  const notes = form.ui?.notes ?? {};
  const names = [...new Set([...(form.ui?.order ?? []), ...Object.keys(properties), ...Object.keys(notes)])].filter((name) => (properties[name] || notes[name]) && shows(form, name, answers));
  const sectionOf = (name) => (form.ui?.groups ?? []).find(({ fields }) => fields?.includes(name))?.title;
  return names.map((name, index) => (
    <Fragment key={name}>
      {sectionOf(name) && sectionOf(name) !== sectionOf(names[index - 1]) && <h3 class="t-sm trial-section">{sectionOf(name)}</h3>}
      {properties[name] ? (
        <Field name={name} rule={properties[name]} hints={form.ui?.fields?.[name] ?? {}} value={answers[name]} must={must.has(name)} wrong={wrong[name]} change={(value) => change(name, value)} />
      ) : (
        <p class="t-sm t-2">{notes[name].help}</p>
      )}
    </Fragment>
  ));
}

const describing = (id, help, wrong) => [help && `${id}-help`, wrong && `${id}-wrong`].filter(Boolean).join(' ') || undefined;

function Field({ name, rule, hints, value, must, wrong, change }) {
  const kind = rule.readOnly === true ? 'fixed' : kindOf(rule, hints);
  const id = `trial-${name}`;
  const help = hints.help ?? rule.description;
  const described = describing(id, help, wrong);
  const Control = CONTROLS[kind] ?? Line;
  const label = <Label text={rule.title ?? name} must={must && !BARE.has(kind)} />;
  const Box = GROUPS.has(kind) ? 'fieldset' : 'div';
  return (
    <Box class={`b-field ${wrong ? 'has-error' : ''}`}>
      <Heading kind={kind} id={id} label={label} />
      <Control id={id} kind={kind} rule={rule} label={label} value={value} change={change} described={described} invalid={Boolean(wrong)} must={must} />
      {help && <div class="b-help" id={`${id}-help`}>{help}</div>}
      {wrong && <div class="b-error t-late t-sm" id={`${id}-wrong`}>{wrong}</div>}
    </Box>
  );
}

const Label = ({ text, must }) => (
  <>
    {text}
    {must && <span class="must" aria-hidden="true"> *</span>}
  </>
);

function Heading({ kind, id, label }) {
  if (BARE.has(kind)) return null;
  return GROUPS.has(kind) ? <legend>{label}</legend> : <label htmlFor={id}>{label}</label>;
}

const shared = ({ id, described, invalid, must }) => ({ id, 'aria-describedby': described, 'aria-invalid': invalid || undefined, 'aria-required': must || undefined });

function Line(props) {
  const { kind, value, change } = props;
  const shown = kind === 'datetime-local' ? String(value ?? '').slice(0, 16) : value ?? '';
  return <input class="form-control" type={kind} {...shared(props)} value={shown} onInput={(event) => change(event.target.value || null)} />;
}

function NumberLine(props) {
  const { value, change } = props;
  return <input class="form-control" type="number" step="any" {...shared(props)} value={value ?? ''} onInput={(event) => change(event.target.value === '' ? null : Number(event.target.value))} />;
}

function Area(props) {
  const { value, change } = props;
  return <textarea class="form-control" rows="2" {...shared(props)} value={value ?? ''} onInput={(event) => change(event.target.value || null)} />;
}

function Choice(props) {
  const { rule, value, change, must } = props;
  const choices = choicesOf(rule);
  const at = choices.findIndex(([code]) => code === value);
  return (
    <select class="form-select" {...shared(props)} value={at} onChange={(event) => change(choices[event.target.value]?.[0] ?? null)}>
      {(!must || at < 0) && <option value={-1}>{t('(nothing chosen)')}</option>}
      {choices.map(([code, title], index) => (
        <option key={String(code)} value={index}>{title}</option>
      ))}
    </select>
  );
}

function Several({ rule, value, change }) {
  const chosen = value ?? [];
  return (
    <div class="trial-several">
      {choicesOf(rule.items).map(([code, title]) => (
        <label key={String(code)} class="form-check mb-0">
          <input class="form-check-input" type="checkbox" checked={chosen.includes(code)} onChange={(event) => change(event.target.checked ? [...chosen, code] : chosen.filter((each) => each !== code))} />
          <span class="form-check-label">{title}</span>
        </label>
      ))}
    </div>
  );
}

function Yes(props) {
  const { label, value, change } = props;
  return (
    <label class="form-check mb-0">
      <input class="form-check-input" type="checkbox" {...shared(props)} checked={value === true} onChange={(event) => change(event.target.checked)} />
      <span class="form-check-label">{label}</span>
    </label>
  );
}

const Files = ({ label }) => (
  <div class="t-sm t-2">
    {label}: {t('files are left out in a trial')}
  </div>
);

/* What this step only shows. */
function Fixed({ label, rule }) {
  const title = choicesOf(rule).find(([code]) => code === rule.default)?.[1];
  const value = rule.default ?? null;
  return (
    <div class="t-sm">
      <span class="t-3">{label}</span> {title ?? (typeof value === 'object' ? JSON.stringify(value ?? '') : String(value))}
    </div>
  );
}

/* A table: each row a set of small fields. */
function Rows({ id, rule, value, change }) {
  const rows = value ?? [];
  const columns = Object.entries(rule.items.properties);
  const set = (at, name, next) => change(rows.map((row, index) => (index === at ? { ...row, [name]: next } : row)));
  return (
    <div class="stack">
      {rows.map((row, at) => (
        <div key={at} class="trial-row" role="group" aria-label={t('Row {number}', { number: at + 1 })}>
          {columns.map(([name, each]) => (
            <Field key={name} name={`${id}-${at}-${name}`} rule={{ ...each, title: each.title ?? name }} hints={{}} value={row[name]} must={rule.items.required?.includes(name)} change={(next) => set(at, name, next)} />
          ))}
          <button type="button" class="btn btn-sm btn-quiet" aria-label={t('Remove row {number}', { number: at + 1 })} onClick={() => change(rows.filter((_, index) => index !== at))}>
            <Icon name="trash" />
          </button>
        </div>
      ))}
      <button type="button" class="btn btn-sm" onClick={() => change([...rows, {}])}>
        <Icon name="plus" />
        {t('Add a row')}
      </button>
    </div>
  );
}

/* Other nested values, as JSON; while it cannot be read the last good value stands. */
function Json(props) {
  const { value, change } = props;
  const read = (event) => {
    try {
      change(event.target.value.trim() ? JSON.parse(event.target.value) : null);
      event.target.setCustomValidity('');
    } catch {
      event.target.setCustomValidity(t('This is no JSON.'));
    }
  };
  return <textarea class="form-control trial-json" rows="3" spellcheck={false} {...shared(props)} defaultValue={value === undefined || value === null ? '' : JSON.stringify(value, null, 1)} onInput={read} />;
}

const CONTROLS = { number: NumberLine, area: Area, choice: Choice, several: Several, yes: Yes, files: Files, json: Json, fixed: Fixed, rows: Rows };

/* The answers to the fields that are shown beside the others. */
export function given(form, answers) {
  const shown = form ? shownFields(form, answers) : [];
  return Object.fromEntries(shown.filter((name) => answers[name] !== undefined).map((name) => [name, answers[name]]));
}
