/* A value that is fixed, taken from a field, or worked out: written as text, or as "= expression". */
import { useRef, useState } from 'preact/hooks';

import { Kept } from '../shell/Kept.jsx';
import { useId } from '../shell/useId.js';
import { FieldChoice } from './FieldChoice.jsx';
import { t } from './i18n.js';
import { Insert } from './Insert.jsx';
import { Typed } from './Typed.jsx';

const PLAIN = /^=\s*([\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*)\s*$/u;
const LITERALS = new Set(['true', 'false', 'null']);
const PROSE = 300; // an input that takes so many characters takes sentences
const NUMBER = /^=\s*-?\d+(\.\d+)?\s*$/;

/* fixed, field or expression: how a value is given. */
function modeOf(value, fields) {
  if (!value?.trimStart().startsWith('=')) return 'fixed';
  if (NUMBER.test(value)) return 'fixed';
  const name = PLAIN.exec(value)?.[1];
  return name && fields.some((each) => each.name === name) ? 'field' : LITERALS.has(name) ? 'fixed' : 'expression';
}

/* ``value`` and what ``onChange`` is told are texts as the drawing holds them. ``rule`` (JSON Schema) shapes the fixed value: text,
   number, boolean, choice. ``isFilled``: {{name}} in a fixed text is replaced by that field. ``field`` is the name under which a
   problem leads here ("tab/name"). */
export function Expression({ label, value = '', onChange, fields, rule = { type: 'string' }, isFilled, must = false, field, help }) {
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
        {mode === 'fixed' && <Fixed isFilled={isFilled} id={id} label={label} value={value} onChange={onChange} fields={fields} rule={rule} field={field} />}
        {mode === 'field' && <FieldChoice label={label} value={PLAIN.exec(value)?.[1] ?? ''} fields={fields} field={field} onChange={(name) => onChange(name ? `= ${name}` : '')} />}
      </div>
      {mode === 'expression' && (
        <Typed label={t('Expression')} value={value.replace(/^\s*=\s*/, '')} fields={fields} field={field} onChange={(text) => onChange(text.trim() ? `= ${text.trim()}` : '')} />
      )}
      {help && <p class="b-help">{help}</p>}
    </fieldset>
  );
}

function Fixed({ isFilled, ...given }) {
  const Shape = isFilled && isProse(given.rule) ? Prose : Plain;
  return <Shape {...given} />;
}

const isProse = (rule) => rule.type === 'string' && rule.maxLength >= PROSE && !rule.contentMediaType;

/* Words for people, with fields in them; several lines where the call takes them. */
function Prose({ id, label, value, onChange, fields, rule, field }) {
  const box = useRef(null);
  const isLong = rule.maxLength > PROSE;
  return (
    <>
      <Insert box={box} fields={fields} />
      <Kept as={isLong ? 'textarea' : 'input'} box={box} id={id} class="form-control b-prose" rows={isLong ? 5 : undefined} aria-label={label} data-field={field} value={value} onChange={(event) => onChange(event.target.value)} />
    </>
  );
}

function Plain({ id, label, value, onChange, rule, field }) {
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
