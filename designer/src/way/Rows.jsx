/* The rows of a condition: field, operator, value; groups of them with “all” or “any”. */

import { Icon } from '../shell/Icon.jsx';
import { Kept } from '../shell/Kept.jsx';
import { useId } from '../shell/useId.js';
import { FieldChoice } from './FieldChoice.jsx';
import { t } from './i18n.js';
import { operatorsOf } from './words.js';

const NEW = { field: '', op: '==', value: '' };
const ORDERING = new Set(['<', '<=', '>', '>=']);

/* ``onChange`` is told the whole condition, finished or not. */
export function Rows({ condition, fields, onChange, nested = false }) {
  const put = (place, part) => onChange({ ...condition, parts: condition.parts.map((each, at) => (at === place ? part : each)) });
  const add = (part) => onChange({ ...condition, parts: [...condition.parts, part] });
  const drop = (place) => onChange({ ...condition, parts: condition.parts.filter((_, at) => at !== place) });
  return (
    <div class={`b-rows ${nested ? 'b-rows--in' : ''}`} role="group" aria-label={nested ? t('Group of conditions') : t('Condition')}>
      {condition.parts.length > 1 && <Join join={condition.join} onChange={(join) => onChange({ ...condition, join })} />}
      {condition.parts.map((part, place) => (
        <div key={place} class="b-rows__i">
          {part.parts ? <Rows condition={part} fields={fields} nested onChange={(next) => put(place, next)} /> : <Row row={part} fields={fields} onChange={(next) => put(place, next)} />}
          <button type="button" class="btn btn-quiet btn-icon-only btn-sm" aria-label={t('Remove this condition')} onClick={() => drop(place)}>
            <Icon name="x" />
          </button>
        </div>
      ))}
      <div class="row-flex">
        <button type="button" class="btn btn-sm" onClick={() => add(NEW)}>
          <Icon name="plus" />
          {t('Condition')}
        </button>
        {!nested && condition.parts.length > 0 && (
          <button type="button" class="btn btn-sm btn-quiet" onClick={() => add({ join: condition.join === 'and' ? 'or' : 'and', parts: [NEW] })}>
            {t('Group')}
          </button>
        )}
      </div>
    </div>
  );
}

function Join({ join, onChange }) {
  const name = useId();
  return (
    <div class="b-pick b-pick--sm" role="radiogroup" aria-label={t('How the conditions are joined')}>
      {[['and', 'All of them'], ['or', 'Any of them']].map(([value, title]) => (
        <label key={value}>
          <input type="radio" name={name} checked={join === value} onChange={() => onChange(value)} />
          <span>{t(title)}</span>
        </label>
      ))}
    </div>
  );
}

function Row({ row, fields, onChange }) {
  const field = fields.find((each) => each.name === row.field);
  const offered = operatorsOf(field);
  const operators = offered.some(({ op }) => op === row.op) ? offered : operatorsOf(null);
  return (
    <div class="b-row">
      <FieldChoice label={t('Field')} value={row.field} fields={fields} field="way/condition" onChange={(name) => onChange(forField(fields.find((each) => each.name === name), name, row))} />
      <select class="form-select" aria-label={t('Comparison')} value={row.op} onChange={(event) => onChange(forOperator(row, event.target.value, field))}>
        {operators.map(({ op, title }) => <option key={op} value={op}>{t(title)}</option>)}
      </select>
      <Value row={row} field={field} fields={fields} onChange={(value) => onChange({ ...row, value })} />
    </div>
  );
}

function forField(field, name, row) {
  const { op } = operatorsOf(field).find((each) => each.op === row.op) ?? operatorsOf(field)[0];
  return forOperator({ field: name, op, value: '' }, op, field);
}

/* Comparing a number that nobody has filled in stops the process; so it counts as 0. */
function forOperator({ field: name, value }, op, field) {
  const base = { field: name, op };
  if (op === 'empty' || op === 'filled') return base;
  const kept = op === 'in' || op === 'not in' ? listOf(value) : (listOf(value)[0] ?? '');
  return { ...base, value: kept, ...(ORDERING.has(op) && mayBeNumber(field) ? { or: 0 } : {}) };
}

const mayBeNumber = (field) => !field || field.type === 'number' || field.type === 'any';

function listOf(value) {
  if (Array.isArray(value)) return value;
  return value === '' || value === undefined ? [] : [value];
}

function Value({ row, field, fields, onChange }) {
  if (row.op === 'empty' || row.op === 'filled') return null;
  if (row.op === 'in' || row.op === 'not in') return <Values row={row} field={field} onChange={onChange} />;
  if (row.value !== null && typeof row.value === 'object') return <FieldChoice label={t('Value: a field')} value={row.value.field} fields={fields} onChange={(name) => onChange(name ? { field: name } : '')} />;
  return (
    <>
      <One value={row.value} field={field} onChange={onChange} />
      <button type="button" class="btn btn-quiet btn-sm b-row__other" onClick={() => onChange({ field: '' })}>{t('Compare with a field')}</button>
    </>
  );
}

function One({ value, field, onChange }) {
  const choices = field?.type === 'boolean' ? [{ value: true, title: t('yes') }, { value: false, title: t('no') }] : (field?.choices ?? []);
  if (choices.length) return <Choice value={value} choices={choices} onChange={onChange} />;
  const isNumber = field ? field.type === 'number' : typeof value === 'number';
  const plainType = field?.type === 'date' ? 'date' : 'text';
  return <Kept class="form-control" type={isNumber ? 'number' : plainType} step="any" aria-label={t('Value')} value={String(value)} onChange={(event) => onChange(read(event.target.value, isNumber, field))} />;
}

/* A value that is no longer among the choices stays one. */
function Choice({ value, choices, onChange }) {
  const isKnown = value === '' || choices.some((each) => each.value === value);
  const all = isKnown ? choices : [...choices, { value, title: String(value) }];
  return (
    <select class="form-select" aria-label={t('Value')} value={value === '' ? '' : all.findIndex((each) => each.value === value)} onChange={(event) => onChange(event.target.value === '' ? '' : all[Number(event.target.value)].value)}>
      <option value="">{t('Choose…')}</option>
      {all.map((each, place) => <option key={place} value={place}>{each.title}</option>)}
    </select>
  );
}

function read(text, isNumber, field) {
  if (isNumber || (field?.type === 'any' && /^-?\d+(\.\d+)?$/.test(text))) return text === '' ? '' : Number(text);
  return text;
}

function Values({ row, field, onChange }) {
  if (!field?.choices.length) {
    const typed = (text) => text.split(/[,，、]/).map((each) => each.trim()).filter(Boolean).map((each) => read(each, field?.type === 'number', field));
    return <Kept class="form-control" aria-label={t('Values, with commas between them')} value={row.value.join(', ')} onChange={(event) => onChange(typed(event.target.value))} />;
  }
  const missing = row.value.filter((value) => !field.choices.some((each) => each.value === value)).map((value) => ({ value, title: String(value) }));
  const toggle = (value, isOn) => onChange([...field.choices, ...missing].map((each) => each.value).filter((each) => (each === value ? isOn : row.value.includes(each))));
  return (
    <div class="b-choices b-row__wide" role="group" aria-label={t('Values')}>
      {[...field.choices, ...missing].map(({ value, title }) => (
        <label key={String(value)}>
          <input type="checkbox" class="form-check-input" checked={row.value.includes(value)} onChange={(event) => toggle(value, event.target.checked)} />
          <span>{title}</span>
        </label>
      ))}
    </div>
  );
}
