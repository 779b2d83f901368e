/* Limits, calendars and rungs in plain words. */
import { isExpression } from '../shell/sources.js';
import { t } from './i18n.js';

export const ALL_THE_TIME = 'CAL-247';

export const POSTS = {
  assignee: 'Whoever has the step',
  section_head: 'Section head',
  department_head: 'Department head',
  customer_service_head: 'Customer-service manager',
  vice_president: 'Vice president',
  first_owner: 'First owner of the complaint',
  kam: 'Key account manager',
};
export const MEANS = { popup: 'In the page', sms: 'SMS', mail: 'Mail', call: 'Phone call' };

export const post = (name) => t(POSTS[name === 'handler' ? 'assignee' : name] ?? name);
export const listed = (names) => names.map((name) => post(name)).join(t(', '));

/* The code of the calendar that a unit works by: its own, else that of the nearest unit above. */
export function calendarOf(catalogue, unit) {
  const found = catalogue.units.find(({ code }) => code === unit) ?? catalogue.units.find((each) => each.function === unit);
  let here = found;
  for (let depth = 0; here && depth < 20; depth += 1) {
    if (here.calendar) return here.calendar;
    const above = here.parent;
    here = catalogue.units.find(({ code }) => code === above);
  }
  return null;
}

/* Minutes as {amount, unit}: in days where they are whole days of the calendar, else hours, else minutes. */
export function split(minutes, dayMinutes) {
  const whole = (unit) => minutes > 0 && Number.isInteger(minutes / unit);
  if (dayMinutes && whole(dayMinutes)) return { amount: minutes / dayMinutes, unit: 'days' };
  if (whole(30) && minutes >= 60) return { amount: minutes / 60, unit: 'hours' };
  return { amount: minutes, unit: 'minutes' };
}

export const minutesOf = (amount, unit, dayMinutes) => Math.round(amount * { minutes: 1, hours: 60, days: dayMinutes || 1440 }[unit]);

const UNITS = {
  working: { minutes: '{n} working minutes', hours: '{n} working hours', days: '{n} working days' },
  natural: { minutes: '{n} minutes', hours: '{n} hours', days: '{n} days' },
};

export function duration(minutes, dayMinutes, calendar) {
  const { amount, unit } = split(minutes, dayMinutes);
  return t(UNITS[calendar === ALL_THE_TIME ? 'natural' : 'working'][unit], { n: amount });
}

/* When a rung rings. */
export function whenRung(rung) {
  const plus = rung.plus_minutes === null || rung.plus_minutes === undefined ? null : rung.plus_minutes;
  if (plus === null) return t('at {percent} %', { percent: rung.percent });
  if (rung.percent <= 100) return t('{minutes} min after the limit', { minutes: plus });
  return t('at {percent} % and {minutes} min after the limit', { percent: rung.percent, minutes: plus });
}

export const sentence = (rung) => t(rung.tier > 0 ? '{when}: tier {tier}, {people}' : '{when}: reminder, {people}', { when: whenRung(rung), tier: rung.tier, people: listed(rung.to) });

/* A limit as one sentence; ``source`` names what it is worked out from. */
export function limitWords(given, { dayMinutes, calendar, source, rungs }) {
  if (!given.minutes) return t('No time limit.');
  const start = isExpression(given.minutes) ? t('As {source} says', { source }) : duration(Number(given.minutes), dayMinutes, calendar);
  return [start, ...rungs.map(sentence)].join(t('; ')) + t('.');
}
