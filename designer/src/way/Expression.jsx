/* A value that is fixed, taken from a field, or worked out: written as text, or as "= expression". */
import { useState } from 'preact/hooks';

import { Kept } from '../shell/Kept.jsx';
import { useId } from '../shell/useId.js';
import { t } from './i18n.js';
import { Typed } from './Typed.jsx';

const PLAIN = /^=\s*([\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*)\s*$/u;
const LITERALS = new Set(['true', 'false', 'null']);
const NUMBER = /^=\s*-?\d+(\.\d+)?\s*$/;

/* fixed, field or expression: how a value is given. */
function modeOf(value, fields) {
  if (!value?.trimStart().startsWith('=')) return 'fixed';
  if (NUMBER.test(value)) return 'fixed';
  const name = PLAIN.exec(value)?.[1];
  return name && fields.some((each) => each.name === name) ? 'field' : LITERALS.has(name) ? 'fixed' : 'expression';
}

/* ``value`` and what ``onChange`` is told are texts as the drawing holds them. ``rule`` (JSON Schema) shapes the fixed value: text,
   number, boolean, choice. ``field`` is the name under which a problem leads here ("tab/name"). */
export function Expression({ label, value = '', onChange, fields, rule = { type: 'string' }, must = false, field, help }) {
  const id = useId();
  const [chosen, choose] = useState(null);
  const mode = chosen ?? modeOf(value, fields);
  function turn(next) {
    choose(next);
    if (next === 'fixed' && modeOf(value, fields) !== 'fixed') onChange('');
  }
  return (
    <fieldset class="b-field b-value">
      <legend>
        {label}
        {must && <span class="must">{t('must be given')}</span>}
      </legend>
      <div class="b-value__row">
        <select class="form-select" aria-label={t('{label}: where it comes from', { label })} value={mode} onChange={(event) => turn(event.target.value)}>
          <option value="fixed">{t('Fixed')}</option>
          <option value="field">{t('Field')}</option>
          <option value="expression">{t('Expression')}</option>
        </select>
        {mode === 'fixed' && <Fixed id={id} label={label} value={value} onChange={onChange} rule={rule} field={field} />}
        {mode === 'field' && <FieldChoice label={label} value={PLAIN.exec(value)?.[1] ?? ''} fields={fields} field={field} onChange={(name) => onChange(name ? `= ${name}` : '')} />}
      </div>
      {mode === 'expression' && (
        <Typed label={t('Expression')} value={value.replace(/^\s*=\s*/, '')} fields={fields} field={field} onChange={(text) => onChange(text.trim() ? `= ${text.trim()}` : '')} />
      )}
      {help && <p class="b-help">{help}</p>}
    </fieldset>
  );
}

/* A field out of those that are known, by where they come from; one that is no longer known stays chosen. */
export function FieldChoice({ label, value, fields, onChange, field }) {
  const groups = grouped(fields);
  return (
    <select class="form-select" aria-label={label} value={value} data-field={field} onChange={(event) => onChange(event.target.value)}>
      <option value="">{t('Choose a field…')}</option>
      {value && !fields.some((each) => each.name === value) && <option value={value}>{value}</option>}
      {[...groups].map(([from, list]) => (
        <optgroup key={from} label={from}>
          {list.map((each) => (
            <option key={each.name} value={each.name}>{each.title}</option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

function grouped(fields) {
  const groups = new Map();
  fields.forEach((each) => groups.set(each.from, [...(groups.get(each.from) ?? []), each]));
  return groups;
}

function Fixed({ id, label, value, onChange, rule, field }) {
  const shown = value.replace(/^\s*=\s*/, '');
  const choices = rule.enum ?? rule.oneOf?.map((each) => each.const);
  const common = { id, 'aria-label': label, 'data-field': field };
  if (rule.type === 'boolean' || choices) {
    const options = choices ? choices.map((each) => ({ value: String(each), title: rule.oneOf?.find((one) => one.const === each)?.title ?? String(each) })) : [{ value: 'true', title: t('yes') }, { value: 'false', title: t('no') }];
    const isText = choices && choices.every((each) => typeof each === 'string');
    return (
      <select {...common} class="form-select" value={shown} onChange={(event) => onChange(event.target.value && !isText ? `= ${event.target.value}` : event.target.value)}>
        <option value="">{t('Choose…')}</option>
        {options.map((each) => <option key={each.value} value={each.value}>{each.title}</option>)}
      </select>
    );
  }
  const isNumber = rule.type === 'number' || rule.type === 'integer';
  return <Kept {...common} class="form-control" type={isNumber ? 'number' : 'text'} step={rule.type === 'integer' ? 1 : 'any'} value={shown} onChange={(event) => onChange(isNumber && event.target.value ? `= ${event.target.value}` : event.target.value)} />;
}
