/* In whose hours time counts. */
import { Field, Select } from '../shell/Field.jsx';
import { isExpression } from '../shell/sources.js';
import { t } from './i18n.js';
import { ALL_THE_TIME } from './words.js';

export function CalendarField({ given, change, hours, label = 'Counts in the hours of', empty = 'The unit that has the step' }) {
  const { calendars } = hours.catalogue;
  const named = [{ value: ALL_THE_TIME, label: t('Round the clock') }, ...calendars.filter(({ code }) => code !== ALL_THE_TIME).map(({ code, name }) => ({ value: code, label: name }))];
  const here = isExpression(given.calendar) ? [{ value: given.calendar, label: t('Worked out: {expression}', { expression: given.calendar.trim().slice(1).trim() }) }] : [];
  const isThere = !given.calendar || isExpression(given.calendar) || named.some(({ value }) => value === given.calendar);
  return (
    <Field name="calendar" label={t(label)} problem={isThere ? null : t('There is no working calendar “{calendar}”.', { calendar: given.calendar })}>
      <Select value={given.calendar} empty={empty === null ? undefined : t(empty)} options={[...here, ...named]} onPick={(calendar) => change({ calendar })} />
    </Field>
  );
}
