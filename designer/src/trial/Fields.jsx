/* The fields of a resolved form, drawn plainly. What is typed is kept as the answers that the server checks. */
import { t } from '../shell/i18n.js';

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
  return choicesOf(rule.items ?? {}).length ? 'several' : 'json';
}

function textKind(rule, hints) {
  if (hints.widget === 'textarea' || rule.format === 'textarea') return 'area';
  return { date: 'date', 'date-time': 'datetime-local', email: 'email' }[rule.format] ?? 'text';
}

export function shownFields(form, answers) {
  const hints = form.ui?.fields ?? {};
  const order = [...(form.ui?.order ?? []), ...Object.keys(form.schema.properties)];
  return [...new Set(order)].filter((name) => {
    const show = hints[name]?.show;
    return form.schema.properties[name] && (!show || show.in.includes(answers[show.field]));
  });
}

function required(schema) {
  const then = (schema.allOf ?? []).flatMap((branch) => branch.then?.required ?? []);
  return new Set([...(schema.required ?? []), ...then]);
}

export function Fields({ form, answers, wrong = {}, change }) {
  const must = required(form.schema);
  return shownFields(form, answers).map((name) => (
    <Field key={name} name={name} rule={form.schema.properties[name]} hints={form.ui?.fields?.[name] ?? {}} value={answers[name]} must={must.has(name)} wrong={wrong[name]} change={(value) => change(name, value)} />
  ));
}

function Field({ name, rule, hints, value, must, wrong, change }) {
  const kind = kindOf(rule, hints);
  const id = `trial-${name}`;
  const help = hints.help ?? rule.description;
  const described = [help && `${id}-help`, wrong && `${id}-wrong`].filter(Boolean).join(' ') || undefined;
  const Control = CONTROLS[kind] ?? Line;
  const label = <Label text={rule.title ?? name} must={must && kind !== 'yes'} />;
  const Box = kind === 'several' ? 'fieldset' : 'div';
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
  if (kind === 'yes' || kind === 'files') return null;
  return kind === 'several' ? <legend>{label}</legend> : <label htmlFor={id}>{label}</label>;
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

/* Rows and other nested values, as JSON; while it cannot be read the last good value stands. */
export function Json(props) {
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

const CONTROLS = { number: NumberLine, area: Area, choice: Choice, several: Several, yes: Yes, files: Files, json: Json };
