/* Conditions in plain words: a field - is one of - answers. */
import { t } from '../i18n.js';
import { fieldsOf, orderOf } from './form.js';
import { choicesOf, typeOf } from './kinds.js';

const isNumber = (rule) => ['number', 'integer'].includes(typeOf(rule)) && !choicesOf(rule).length;

/* What can be asked for: every field that stands in the form, but not tables and files. */
function askable(form, own) {
  return orderOf(form).filter((name) => name !== own && name in fieldsOf(form) && (typeOf(fieldsOf(form)[name]) !== 'array' || choicesOf(fieldsOf(form)[name]).length));
}

/* A first condition to begin with: the nearest field before that has answers to choose from. */
export function firstCondition(form, own) {
  const names = askable(form, own);
  const order = orderOf(form);
  const before = names.filter((name) => order.indexOf(name) < order.indexOf(own)).reverse();
  const best = [...before, ...names].find((name) => choicesOf(fieldsOf(form)[name]).length || typeOf(fieldsOf(form)[name]) === 'boolean') ?? names[0];
  if (best === undefined) return null;
  const rule = fieldsOf(form)[best];
  const first = choicesOf(rule)[0]?.value ?? (typeOf(rule) === 'boolean' ? true : undefined);
  return { field: best, test: 'in', value: first === undefined ? [] : [first] };
}

export function Condition({ id, form, own, builder, condition, set, hasLimits = false }) {
  const { field, test, value } = condition;
  const rule = fieldsOf(form)[field];
  const names = askable(form, own);
  const takeField = (name) => set({ ...firstOf(form, name), field: name });
  const canLimit = hasLimits && rule && ['number', 'integer'].includes(typeOf(rule));
  return (
    <div class="f-when stack">
      <div class="row-flex">
        <select id={id} class="form-select" aria-label={t('Field')} value={field} onChange={(event) => takeField(event.target.value)}>
          {!rule && <option value={field}>{t('{name} (not in the form any more)', { name: field })}</option>}
          {names.map((name) => <option key={name} value={name}>{builder.word(fieldsOf(form)[name].title) || name}</option>)}
        </select>
        <select class="form-select" aria-label={t('Comparison')} value={test} onChange={(event) => set({ field, test: event.target.value, value: event.target.value === 'in' ? [] : 0 })}>
          <option value="in">{t('is one of')}</option>
          {(canLimit || test === 'most') && <option value="most">{t('is at most')}</option>}
          {(canLimit || test === 'least') && <option value="least">{t('is at least')}</option>}
        </select>
      </div>
      {test === 'in'
        ? <Answers rule={rule} value={value} builder={builder} put={(next) => set({ field, test, value: next })} />
        : <input class="form-control" type="number" step="any" aria-label={t('Number')} value={value} onInput={(event) => set({ field, test, value: Number(event.target.value) })} />}
    </div>
  );
}

function firstOf(form, name) {
  const rule = fieldsOf(form)[name];
  return { test: 'in', value: typeOf(rule) === 'boolean' ? [true] : choicesOf(rule).slice(0, 1).map((each) => each.value) };
}

function Answers({ rule, value, builder, put }) {
  const known = answersOf(rule, builder);
  if (!known.length) {
    const read = (text) => text.split(/[,，、]/).map((each) => each.trim()).filter(Boolean).map((each) => (rule && isNumber(rule) && each !== '' && !Number.isNaN(Number(each)) ? Number(each) : each));
    return <input class="form-control" aria-label={t('Answers, separated by commas')} placeholder={t('Answers, separated by commas')} defaultValue={value.join(', ')} onChange={(event) => put(read(event.target.value))} />;
  }
  const all = [...known, ...value.filter((each) => !known.some((one) => one.value === each)).map((each) => ({ value: each, title: String(each), isLost: true }))];
  const toggle = (one) => put(value.includes(one) ? value.filter((each) => each !== one) : all.map((each) => each.value).filter((each) => each === one || value.includes(each)));
  return (
    <div class="b-choices b-choices--many" role="group" aria-label={t('Answers')}>
      {all.map((each) => (
        <label key={String(each.value)} class="form-check mb-0">
          <input type="checkbox" class="form-check-input" checked={value.includes(each.value)} onChange={() => toggle(each.value)} />
          <span class={`form-check-label${each.isLost ? ' t-late' : ''}`}>{each.title}</span>
        </label>
      ))}
    </div>
  );
}

function answersOf(rule, builder) {
  if (!rule) return [];
  if (typeOf(rule) === 'boolean') return [{ value: true, title: t('Yes') }, { value: false, title: t('No') }];
  return choicesOf(rule).map((each) => ({ value: each.value, title: builder.word(each.title) }));
}
