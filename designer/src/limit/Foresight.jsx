/* What the limit would mean for a step that comes at a moment: asked of the server, drawn as a line. */
import { useEffect, useState } from 'preact/hooks';

import { Combobox } from '../shell/Combobox.jsx';
import { Field, Select } from '../shell/Field.jsx';
import { Kept } from '../shell/Kept.jsx';
import { isExpression, same } from '../shell/sources.js';
import { useAnswer } from '../shell/useAnswer.js';
import { isFunction, unitOptions } from '../who/places.jsx';
import { t } from './i18n.js';
import { Picture } from './Picture.jsx';
import { offsetOf } from './moments.js';

const fixed = (text) => (text && !isExpression(text) ? text : null);

function sampleOf(minutes, outputs) {
  if (!isExpression(minutes)) return Number(minutes);
  const table = outputs.find((each) => same(each.value, minutes));
  const values = (table?.table.rules ?? []).map((rule) => Number(rule.outputs[table.column])).filter((value) => value > 0);
  return values[values.length - 1] ?? 120;
}

const sent = (rungs) =>
  rungs.filter((rung) => rung.fixed).map(({ tier, percent, plus_minutes, to, how, priority }) => ({ tier, percent, plus_minutes, to: to.join(' '), how: how.join(' '), priority }));

/* The place in which the step lies, as far as the drawing says; the rest is an example that can be chosen. */
function placeOf(assignment, example) {
  const drawn = fixed(assignment.unit) ?? fixed(assignment.headOf);
  return { isDrawn: Boolean(drawn), unit: drawn ?? example.unit, role: fixed(assignment.role), city: fixed(assignment.city) ?? example.city };
}

const cityOf = (studio, catalogue) => studio.sampleCity ?? catalogue.cities[0]?.code ?? null;

/* The server's answer; a moment that was typed is one on the wall of the installation, whose offset the first answer tells. */
function useLadder(body, start) {
  const [offset, keep] = useState(null);
  const found = useAnswer('/designer/ladder', body.minutes > 0 ? { ...body, start: start && offset ? `${start}:00${offset}` : null } : null);
  const told = found.answer?.start;
  useEffect(() => {
    if (told) keep(offsetOf(told));
  }, [told]);
  return found;
}

export function Foresight({ studio, given, assignment, sources, hours, rungs }) {
  const { catalogue } = hours;
  const [example, say] = useState(() => ({ minutes: null, unit: null, start: '', city: cityOf(studio, catalogue) }));
  const minutes = (isExpression(given.minutes) && example.minutes) || sampleOf(given.minutes, sources.outputs);
  const { isDrawn, ...place } = placeOf(assignment, example);
  const { answer, problem } = useLadder({ minutes, rungs: sent(rungs), ...place, calendar: fixed(given.calendar) }, example.start);
  return (
    <section class="stack" aria-label={t('What this means')}>
      <p class="b-label mt-0">{t('What this means')}</p>
      <Example
        catalogue={catalogue}
        example={example}
        minutes={isExpression(given.minutes) ? minutes : null}
        asksCity={isFunction(catalogue, place.unit) && !fixed(assignment.city)}
        asksUnit={!isDrawn}
        say={(next) => say({ ...example, ...next })}
      />
      {problem && (
        <p class="b-note b-note--warn" role="alert">
          {problem}
        </p>
      )}
      {answer && <Picture answer={answer} />}
    </section>
  );
}

function Example({ catalogue, example, minutes, asksCity, asksUnit, say }) {
  return (
    <>
      <Field name="start" label={t('The step arrives at')}>
        <Kept type="datetime-local" class="form-control form-control-sm" value={example.start} onChange={({ target }) => say({ start: target.value })} />
      </Field>
      {minutes !== null && (
        <Field name="sample" label={t('Say, minutes')}>
          <Kept type="number" min="1" class="form-control form-control-sm" value={minutes} onChange={({ target }) => say({ minutes: Number(target.value) || null })} />
        </Field>
      )}
      {asksCity && (
        <Field name="sample-city" label={t('as in')}>
          <Select value={example.city} options={catalogue.cities.map(({ code, name }) => ({ value: code, label: name }))} onPick={(city) => say({ city })} />
        </Field>
      )}
      {asksUnit && (
        <Field name="sample-unit" label={t('As if this unit had it')}>
          <Combobox value={example.unit} options={unitOptions(catalogue)} placeholder={t('Type a part of its name')} onPick={(unit) => say({ unit })} />
        </Field>
      )}
    </>
  );
}
