/* The tab "when" of a timer event: wait so long, until a date, or again and again. */
import { useMemo, useState } from 'preact/hooks';

import { Combobox } from '../shell/Combobox.jsx';
import { Field, Select, Text } from '../shell/Field.jsx';
import { Kept } from '../shell/Kept.jsx';
import { fields, isExpression, outputs, same } from '../shell/sources.js';
import { useAnswer } from '../shell/useAnswer.js';
import { usePointed } from '../shell/usePointed.js';
import { CalendarField } from './CalendarField.jsx';
import { t } from './i18n.js';
import { useHours } from './Limit.jsx';
import { Amount } from './MinutesField.jsx';
import { said } from './moments.js';
import { DAYS, cycleOf, minutesOfSpan, nextDate, readCycle, readTimer, spanOf, timerOf, timerWords, weekdayOf, writeTimer } from './timers.js';
import { ALL_THE_TIME } from './words.js';

const KINDS = { timeDuration: 'Wait for a time', timeDate: 'Wait until a date', timeCycle: 'Repeatedly' };

/* A number of minutes makes a time by these few signs around it. */
const asTime = (each) => (['number', 'integer'].includes(each.kind) ? { ...each, value: `= ("PT" + string(${each.value.slice(1).trim()}) + "M")`, label: t('{name} (minutes)', { name: each.label }) } : each);

const fresh = { timeDuration: () => 'PT2H', timeDate: () => `${nextDate(null)}T09:00:00`, timeCycle: () => cycleOf({ count: '', first: `${nextDate(1)}T09:00`, every: 'P7D' }) };

export function Timer({ studio, element }) {
  const place = usePointed(studio, 'limit');
  const [hours, meanwhile] = useHours(studio);
  const sources = useMemo(() => [...outputs(studio.draft), ...fields(studio, element)].map(asTime), [studio, element]);
  if (!hours) return meanwhile;
  const timer = readTimer(timerOf(element));
  const put = (next) => writeTimer(studio, element, { ...timer, ...next });
  const pick = (form) => put({ form, text: form ? fresh[form]() : '', calendar: form === 'timeDuration' ? timer.calendar : '' });
  const dayMinutes = timer.calendar && !isExpression(timer.calendar) ? hours.days[timer.calendar] : undefined;
  const source = sources.find((each) => same(each.value, timer.text))?.label ?? timer.text.replace(/^\s*=\s*/, '');
  const Form = forms[timer.form];
  return (
    <div class="stack" ref={place}>
      <p class="b-note" data-said="timer">
        {timerWords(timer, dayMinutes, source)}
      </p>
      <Field name="timer" label={t('When it goes on')}>
        <Select value={timer.form} empty={t('Not set yet')} options={Object.entries(KINDS).map(([value, label]) => ({ value, label: t(label) }))} onPick={pick} />
      </Field>
      {Form && <Form key={timer.form} timer={timer} put={put} hours={hours} sources={sources} dayMinutes={dayMinutes} />}
      <Next timer={timer} />
    </div>
  );
}

/* A text that is written out, or that comes from a field or table. */
function Source({ timer, put, sources, first, children }) {
  const isOpen = isExpression(timer.text);
  const [open, choose] = useState(isOpen);
  const ways = [
    { value: 'fixed', label: t('Written here') },
    { value: 'open', label: t('From a field or table') },
  ];
  const pick = (way) => {
    choose(way === 'open');
    if (way === 'fixed' && isOpen) put({ text: first });
  };
  return (
    <>
      <Field name="time-from" label={t('Where the time comes from')}>
        <Select value={open ? 'open' : 'fixed'} options={ways} onPick={pick} />
      </Field>
      {open ? (
        <Field name="time" label={t('Field or result')} help={t('Or type = and an expression that gives a time such as PT8H or 2026-03-02T09:00.')}>
          <Combobox value={isOpen ? (sources.find((each) => same(each.value, timer.text))?.value ?? timer.text) : ''} options={sources} placeholder={t('Type a part of its name')} onPick={(text) => put({ text })} />
        </Field>
      ) : (
        children
      )}
    </>
  );
}

function Duration(shared) {
  const { timer, put, hours, dayMinutes } = shared;
  const minutes = minutesOfSpan(timer.text);
  const counting = { calendar: timer.calendar || ALL_THE_TIME, dayMinutes: timer.calendar ? dayMinutes : 1440 };
  const write = (text) => put({ text: spanOf(Number(text), Boolean(timer.calendar)) });
  return (
    <>
      <Source {...shared} first="PT2H">
        {minutes === null ? <Raw {...shared} /> : <Amount key={timer.calendar} minutes={minutes} put={write} counting={counting} name="time" />}
      </Source>
      <CalendarField given={timer} hours={{ catalogue: { calendars: hours.catalogue.calendars } }} label="Counts in the hours of" empty="Round the clock, without a calendar" change={({ calendar }) => put({ calendar })} />
    </>
  );
}

function Raw({ timer, put }) {
  return (
    <Field name="time" label={t('Time (ISO 8601)')}>
      <Text value={timer.text} onPick={(text) => put({ text })} class="form-control b-code" />
    </Field>
  );
}

function Date_({ timer, put, ...shared }) {
  const isPlain = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(timer.text);
  return (
    <Source {...shared} timer={timer} put={put} first={fresh.timeDate()}>
      {isPlain || !timer.text ? (
        <Field name="time" label={t('Date and time')}>
          <Kept type="datetime-local" class="form-control" value={timer.text.slice(0, 16)} onChange={({ target }) => target.value && put({ text: `${target.value}:00` })} />
        </Field>
      ) : (
        <Raw timer={timer} put={put} />
      )}
    </Source>
  );
}

const RHYTHMS = { week: 'Every week', day: 'Every day', span: 'At an interval' };
const rhythmOf = ({ first, every }) => (first && every === 'P7D' ? 'week' : first && every === 'P1D' ? 'day' : 'span');
const begun = { week: () => ({ first: `${nextDate(1)}T09:00`, every: 'P7D' }), day: () => ({ first: `${nextDate(null)}T09:00`, every: 'P1D' }), span: () => ({ first: '', every: 'PT2H' }) };

function Cycle({ timer, put, ...shared }) {
  const cycle = readCycle(timer.text);
  const change = (next) => put({ text: cycleOf({ ...cycle, ...next }) });
  return (
    <Source {...shared} timer={timer} put={put} first={fresh.timeCycle()}>
      {cycle ? <CycleFields cycle={cycle} change={change} /> : <Raw timer={timer} put={put} />}
    </Source>
  );
}

function CycleFields({ cycle, change }) {
  const rhythm = rhythmOf(cycle);
  const time = cycle.first.slice(11, 16);
  const minutes = minutesOfSpan(cycle.every);
  return (
    <>
      <Field name="time" label={t('How often')}>
        <Select value={rhythm} options={Object.entries(RHYTHMS).map(([value, label]) => ({ value, label: t(label) }))} onPick={(next) => change(begun[next]())} />
      </Field>
      {rhythm === 'week' && (
        <Field name="weekday" label={t('On')}>
          <Select value={String(weekdayOf(cycle.first))} options={[1, 2, 3, 4, 5, 6, 0].map((day) => ({ value: String(day), label: t(DAYS[day]) }))} onPick={(day) => change({ first: `${nextDate(Number(day))}T${time}` })} />
        </Field>
      )}
      {rhythm !== 'span' && (
        <Field name="clock" label={t('At')}>
          <Kept type="time" class="form-control" value={time} onChange={({ target }) => target.value && change({ first: `${cycle.first.slice(0, 10)}T${target.value}` })} />
        </Field>
      )}
      {rhythm === 'span' && minutes !== null && <Amount minutes={minutes} put={(text) => change({ every: spanOf(Number(text), false) })} counting={{ calendar: ALL_THE_TIME, dayMinutes: 1440 }} name="every" />}
      <Field name="count" label={t('How many times')} help={t('Empty: without end.')}>
        <Kept type="number" min="1" class="form-control" value={cycle.count} onChange={({ target }) => change({ count: target.value })} />
      </Field>
    </>
  );
}

const forms = { timeDuration: Duration, timeDate: Date_, timeCycle: Cycle };

/* When it would be due if it were reached now. */
function Next({ timer }) {
  const isFixed = timer.form && timer.text && !isExpression(timer.text) && !isExpression(timer.calendar);
  const { answer, problem } = useAnswer('/designer/timer', isFixed ? { form: timer.form, text: timer.text, calendar: timer.calendar || null } : null);
  const wrong = problem ?? answer?.problem;
  if (wrong) {
    return (
      <p class="b-note b-note--warn" role="alert">
        {wrong}
      </p>
    );
  }
  if (!answer) return null;
  return (
    <div data-said="next">
      <p class="b-label mt-0">{t('If it began now')}</p>
      <ul class="b-list b-list--tight">
        {answer.next.map((moment) => (
          <li key={moment}>{said(moment)}</li>
        ))}
      </ul>
    </div>
  );
}
