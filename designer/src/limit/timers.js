/* Timer events: standard time texts (ISO 8601) and our calendar, read and written as people speak of them. */
import { isExpression } from '../shell/sources.js';
import { t } from './i18n.js';
import { duration } from './words.js';

const FORMS = ['timeDuration', 'timeDate', 'timeCycle'];
const SPAN = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/;
const CYCLE = /^R(\d*)\/(?:(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::\d\d)?\/)?(P[^/[\]]+)$/;
export const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

export const timerOf = (element) => element?.businessObject?.eventDefinitions?.find(({ $type }) => $type === 'bpmn:TimerEventDefinition') ?? null;

/* {form, text, calendar} */
export function readTimer(definition) {
  const form = FORMS.find((name) => definition[name]) ?? '';
  return { form, text: (form && definition[form].body?.trim()) || '', calendar: definition.get('baton:calendar') ?? '' };
}

export function writeTimer(studio, element, { form, text, calendar }) {
  const definition = timerOf(element);
  const made = Object.fromEntries(FORMS.map((name) => [name, undefined]));
  if (form) {
    made[form] = studio.service('bpmnFactory').create('bpmn:FormalExpression', { body: text });
    made[form].$parent = definition;
  }
  studio.service('modeling').updateModdleProperties(element, definition, { ...made, 'baton:calendar': calendar || undefined });
}

/* The minutes of a duration without months; null where it cannot be said in minutes. */
export function minutesOfSpan(text) {
  const match = SPAN.exec(text);
  if (!match || !match.slice(1).some(Boolean)) return null;
  const [weeks, days, hours, minutes] = match.slice(1).map((part) => Number(part ?? 0));
  return ((weeks * 7 + days) * 24 + hours) * 60 + minutes;
}

/* A duration of so many minutes: in days, which keep the hour on the wall, only where no calendar counts. */
export function spanOf(minutes, hasCalendar) {
  if (!hasCalendar && minutes % 1440 === 0) return `P${minutes / 1440}D`;
  return minutes % 60 === 0 ? `PT${minutes / 60}H` : `PT${minutes}M`;
}

/* {count, first, every}: how often ('' for ever), the first moment, every so long. */
export function readCycle(text) {
  const match = CYCLE.exec(text);
  return match ? { count: match[1], first: match[2] ?? '', every: match[3] } : null;
}

export const cycleOf = ({ count, first, every }) => `R${count}/${first ? `${first}:00/` : ''}${every}`;

/* The next date of a weekday (0: Sunday), as the calendar on the wall has it. */
export function nextDate(weekday, from = new Date()) {
  const ahead = weekday === null ? 1 : (weekday - from.getDay() + 7) % 7 || 7;
  const then = new Date(from.getFullYear(), from.getMonth(), from.getDate() + ahead);
  return `${then.getFullYear()}-${String(then.getMonth() + 1).padStart(2, '0')}-${String(then.getDate()).padStart(2, '0')}`;
}

export const weekdayOf = (first) => new Date(`${first.slice(0, 10)}T00:00:00Z`).getUTCDay();

/* A timer in plain words; ``name`` says what an expression comes from. */
export function timerWords({ form, text, calendar }, dayMinutes, name) {
  if (!form || !text) return t('No time is set yet.');
  if (isExpression(text)) return t(form === 'timeDate' ? 'At the moment of {source}.' : 'As {source} says.', { source: name });
  if (form === 'timeDate') return t('At {moment}.', { moment: text.replace('T', ' ') });
  if (form === 'timeCycle') return cycleWords(text);
  const minutes = minutesOfSpan(text);
  return minutes === null ? t('Wait {span}.', { span: text }) : t('Wait {span}.', { span: duration(minutes, calendar ? dayMinutes : 1440, calendar || 'CAL-247') });
}

function cycleWords(text) {
  const cycle = readCycle(text);
  if (!cycle) return text;
  const often = cycle.count ? t(', {count} times', { count: cycle.count }) : '';
  const at = cycle.first.slice(11, 16);
  if (cycle.first && cycle.every === 'P7D') return t('Every {weekday} {time}{often}.', { weekday: t(DAYS[weekdayOf(cycle.first)]), time: at, often });
  if (cycle.first && cycle.every === 'P1D') return t('Every day {time}{often}.', { time: at, often });
  const minutes = minutesOfSpan(cycle.every);
  return t('Every {span}{often}.', { span: minutes === null ? cycle.every : duration(minutes, 1440, 'CAL-247'), often });
}
