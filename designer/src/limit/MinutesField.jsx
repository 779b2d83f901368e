/* How long: a fixed time, what a decision table says, a field of a form, or an expression. */
import { useState } from 'preact/hooks';

import { Combobox } from '../shell/Combobox.jsx';
import { Field, Select, Text } from '../shell/Field.jsx';
import { Kept } from '../shell/Kept.jsx';
import { isExpression, same } from '../shell/sources.js';
import { t } from './i18n.js';
import { ALL_THE_TIME, duration, minutesOf, split } from './words.js';

const WAYS = { fixed: 'A fixed time', table: 'What a decision table says', field: 'A field of a form', expression: 'An expression (for experts)' };

function wayOf(minutes, { outputs, fields }) {
  if (!minutes) return '';
  if (!isExpression(minutes)) return 'fixed';
  if (outputs.some((each) => same(each.value, minutes))) return 'table';
  return fields.some((each) => same(each.value, minutes)) ? 'field' : 'expression';
}

export function MinutesField({ given, change, sources, counting }) {
  const [chosen, choose] = useState(null);
  const way = chosen ?? wayOf(given.minutes, sources);
  const put = (minutes) => change({ minutes });
  const pick = (next) => {
    choose(next);
    if (next === '') change({ minutes: undefined, calendar: undefined, ladder: undefined });
    if (next === 'fixed' && (!given.minutes || isExpression(given.minutes))) put('120');
  };
  const numbers = (list) => list.filter(({ kind }) => !kind || ['number', 'integer'].includes(kind));
  return (
    <>
      <Field name="minutes-from" label={t('Time limit')}>
        <Select value={way} empty={t('No time limit')} options={Object.entries(WAYS).map(([value, label]) => ({ value, label: t(label) }))} onPick={pick} />
      </Field>
      {way === 'fixed' && <Amount minutes={Number(given.minutes)} put={put} counting={counting} />}
      {way === 'table' && <FromList name={t('Result of a table')} value={given.minutes} options={numbers(sources.outputs)} put={put} />}
      {way === 'table' && <Values value={given.minutes} outputs={sources.outputs} counting={counting} />}
      {way === 'field' && <FromList name={t('Field of a form')} value={given.minutes} options={numbers(sources.fields)} put={put} />}
      {way === 'expression' && (
        <Field name="minutes" label={t('Minutes')} help={t('Begins with = and gives a number of minutes.')}>
          <Text value={given.minutes} onPick={put} class="form-control b-code" />
        </Field>
      )}
    </>
  );
}

export function Amount({ minutes, put, counting, name = 'minutes', label = 'How long' }) {
  const shown = split(minutes, counting.dayMinutes);
  const [unit, choose] = useState(shown.unit);
  const isWorking = counting.calendar !== ALL_THE_TIME;
  const perUnit = minutesOf(1, unit, counting.dayMinutes);
  const units = [
    { value: 'minutes', label: t('minutes') },
    { value: 'hours', label: t('hours') },
    ...(counting.dayMinutes ? [{ value: 'days', label: t(isWorking ? 'working days' : 'days') }] : []),
  ];
  const problem = minutes > 0 ? null : t('A time limit must be more than 0 minutes.');
  const write = (amount, of) => put(String(minutesOf(Number(amount) || 0, of, counting.dayMinutes)));
  return (
    <Field name={name} label={t(label)} problem={problem} help={unit === 'days' ? t('A working day of this calendar has {hours} hours.', { hours: counting.dayMinutes / 60 }) : undefined}>
      <AmountInputs
        amount={Math.round((minutes / perUnit) * 100) / 100}
        unit={unit}
        units={units}
        onAmount={(amount) => write(amount, unit)}
        onUnit={(next) => {
          const amount = minutes / perUnit;
          choose(next);
          write(amount, next);
        }}
      />
    </Field>
  );
}

function AmountInputs({ amount, unit, units, onAmount, onUnit, ...rest }) {
  return (
    <div class="b-amount">
      <Kept {...rest} type="number" min="0" step="any" class="form-control" value={amount} onChange={({ target }) => onAmount(target.value)} />
      <Select value={unit} options={units} onPick={onUnit} aria-label={t('Unit of time')} />
    </div>
  );
}

function FromList({ name, value, options, put }) {
  const known = options.find((each) => same(each.value, value))?.value ?? value;
  return (
    <Field name="minutes" label={name}>
      <Combobox value={isExpression(known) ? known : ''} options={options} placeholder={t('Type a part of its name')} onPick={put} />
    </Field>
  );
}

const MOST = 12;

/* What the table says, row by row. */
function Values({ value, outputs, counting }) {
  const chosen = outputs.find((each) => same(each.value, value));
  const rows = (chosen?.table.rules ?? []).map((rule) => ({ words: rule.description, minutes: Number(rule.outputs[chosen.column]) })).filter(({ minutes }) => minutes > 0);
  if (!rows.length) return null;
  return (
    <div class="scroll-x" role="region" tabIndex={0} aria-label={t('What the table says')}>
      <table class="table table-sm t-sm">
        <tbody>
          {rows.slice(0, MOST).map(({ words, minutes }, index) => (
            <tr key={index}>
              <th scope="row">{words || t('Row {number}', { number: index + 1 })}</th>
              <td class="nowrap">{duration(minutes, undefined, counting.calendar)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
