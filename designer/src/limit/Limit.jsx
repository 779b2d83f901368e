/* The tab "limit" of a step of people: how long, in whose hours, and who is told when. */
import { useMemo, useState } from 'preact/hooks';

import { extensionOf, plain, setExtension } from '../modeler/extensions.js';
import { get } from '../shell/api.js';
import { fields, isExpression, outputs, same } from '../shell/sources.js';
import { usePointed } from '../shell/usePointed.js';
import { useRead } from '../shell/useRead.jsx';
import { CalendarField } from './CalendarField.jsx';
import { Foresight } from './Foresight.jsx';
import { LadderField } from './LadderField.jsx';
import { MinutesField } from './MinutesField.jsx';
import { readLadder, ladders } from './ladders.js';
import { ALL_THE_TIME, calendarOf, limitWords } from './words.js';

/* The catalogue of the organisation, and how long a working day of each calendar is. */
export function useHours(studio) {
  return useRead(async () => {
    const [catalogue, days] = await Promise.all([studio.catalogue(), get('/designer/working-days')]);
    return { catalogue, days: days.minutes };
  }, [studio]);
}

export function Limit({ studio, element }) {
  const place = usePointed(studio, 'limit');
  const [hours, meanwhile] = useHours(studio);
  const sources = useMemo(() => ({ fields: fields(studio, element), outputs: outputs(studio.draft) }), [studio, element]);
  const [group, choose] = useState(0);
  if (!hours) return meanwhile;

  const given = valuesOf(element, 'Limit');
  const assignment = valuesOf(element, 'Assignment');
  const counting = countingOf(given, assignment, hours);
  const ladder = ladderOf(studio.draft, given.ladder);
  const groups = groupsOf(ladder);
  const rungs = (groups[group] ?? groups[0])?.rungs ?? [];
  const change = (attributes) => setExtension(studio, element, 'Limit', attributes);
  const source = sourceName(given.minutes, sources);
  const shared = { studio, element, given, change, sources, hours, assignment, counting };
  return (
    <div class="stack" ref={place}>
      <p class="b-note" data-said="limit">
        {limitWords(given, { ...counting, source, rungs })}
      </p>
      <MinutesField {...shared} />
      {given.minutes && (
        <>
          <CalendarField {...shared} />
          <LadderField {...shared} ladder={ladder} groups={groups} group={group} onGroup={choose} />
          <Foresight {...shared} rungs={rungs} />
        </>
      )}
    </div>
  );
}

function valuesOf(element, type) {
  const there = extensionOf(element, type);
  return there ? plain(there) : {};
}

/* By which hours the limit counts, as far as that is known before a case runs. */
function countingOf(given, assignment, { catalogue, days }) {
  const ofUnit = assignment.unit && !isExpression(assignment.unit) ? calendarOf(catalogue, assignment.unit) : null;
  const calendar = given.calendar && !isExpression(given.calendar) ? given.calendar : given.calendar ? null : ofUnit;
  return { calendar, dayMinutes: calendar === ALL_THE_TIME ? 1440 : days[calendar] };
}

function ladderOf(draft, id) {
  const found = ladders(draft).find((each) => each.id === id);
  return found ? { ...found, ...readLadder(draft, found.file, id) } : null;
}

/* The rungs of a ladder by the conditions under which they count: [{tests, rungs}], without those that count from the statutory date. */
function groupsOf(ladder) {
  const found = new Map();
  (ladder?.rungs ?? []).forEach((rung, index) => {
    const key = rung.tests.join(' | ');
    const group = found.get(key) ?? found.set(key, { tests: rung.tests, rungs: [], others: [] }).get(key);
    (rung.percent === null ? group.others : group.rungs).push({ ...rung, index });
  });
  return [...found.values()];
}

function sourceName(minutes, { fields: asked, outputs: told }) {
  const found = [...told, ...asked].find((each) => same(each.value, minutes));
  return found?.label ?? (minutes ?? '').replace(/^\s*=\s*/, '');
}
