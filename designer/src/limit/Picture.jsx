/* A ladder on a time line, from top to bottom: working time white and to scale, nights, weekends and holidays grey and folded. */
import { t } from './i18n.js';
import { clock, date, day, said, ticks, weekday } from './moments.js';
import { listed, whenRung } from './words.js';

const WORK = 240;
const GAP = 22;
const BREAK = 10;
const NIGHT = 6 * 3600 * 1000;
const LINE = 74;
const LABEL = 34;
const MOST = 24;

/* A break is folded more than a night. */
const gapOf = (since, until) => (ticks(until) - ticks(since) < NIGHT ? BREAK : GAP);

/* Pieces of the line: {since, until, isWork, top, height}. */
function pieces(answer) {
  const spans = answer.spans.slice(0, MOST);
  const worked = spans.reduce((sum, [since, until]) => sum + ticks(until) - ticks(since), 0) || 1;
  const found = [];
  let top = 8;
  const put = (since, until, isWork) => {
    const height = isWork ? Math.max(14, (WORK * (ticks(until) - ticks(since))) / worked) : gapOf(since, until);
    found.push({ since, until, isWork, top, height });
    top += height;
  };
  let before = answer.start;
  spans.forEach(([since, until]) => {
    if (ticks(since) > ticks(before)) put(before, since, false);
    put(since, until, true);
    before = until;
  });
  return { found, bottom: top };
}

function heightOf(found, moment) {
  const here = found.find(({ until }) => ticks(moment) <= ticks(until)) ?? found[found.length - 1];
  if (!here) return 8;
  const share = (ticks(moment) - ticks(here.since)) / (ticks(here.until) - ticks(here.since) || 1);
  return here.top + here.height * Math.min(1, Math.max(0, share));
}

/* Marks from top to bottom, their labels far enough from each other to be read. */
function marksOf(answer, found) {
  const marks = [
    ...answer.rungs.map((rung) => ({ at: rung.at, rung, tone: rung.tier > 0 ? 'late' : 'warn', head: rung.tier > 0 ? t('Tier {tier}', { tier: rung.tier }) : t('Reminder'), tail: people(rung) })),
    { at: answer.due, tone: 'due', head: t('Due'), tail: '' },
  ].sort((a, b) => ticks(a.at) - ticks(b.at));
  let last = -LABEL;
  return marks.map((mark) => {
    const y = heightOf(found, mark.at);
    last = Math.max(y, last + LABEL);
    return { ...mark, y, label: last };
  });
}

const people = (rung) => (rung.people.length ? rung.people.slice(0, 3).map(({ name }) => name).join(t(', ')) : listed(rung.to));

function isNextDay(piece) {
  return day(piece.since) !== day(piece.until);
}

export function Picture({ answer }) {
  const { found, bottom } = pieces(answer);
  const marks = marksOf(answer, found);
  const height = Math.max(bottom, marks[marks.length - 1].label + LABEL) + 8;
  const words = marks.map(({ at, head }) => `${head} ${said(at)}`).join(t('; '));
  return (
    <figure class="b-ladder">
      <svg viewBox={`0 0 288 ${height}`} role="img" aria-label={t('From {start}: {marks}', { start: said(answer.start), marks: words })}>
        {found.map((piece) => (
          <g key={piece.since}>
            <rect x={LINE - 6} y={piece.top} width="12" height={piece.height} class={piece.isWork ? 'is-work' : 'is-off'} />
            {piece.isWork && (
              <text x={LINE - 12} y={piece.top + 10} class="is-time">
                {clock(piece.since)}
              </text>
            )}
            {!piece.isWork && isNextDay(piece) && (
              <text x={LINE - 12} y={piece.top + GAP - 7} class="is-day">
                {`${date(piece.until)} ${weekday(piece.until)}`}
              </text>
            )}
          </g>
        ))}
        {marks.map((mark) => (
          <g key={`${mark.at}${mark.head}`} class={`is-${mark.tone}`}>
            <path d={`M${LINE - 6} ${mark.y}H${LINE + 10}L${LINE + 20} ${mark.label}H${LINE + 26}`} />
            <text x={LINE + 30} y={mark.label + 4} class="is-head">
              {`${mark.head} · ${weekday(mark.at)} ${clock(mark.at)}`}
            </text>
            <text x={LINE + 30} y={mark.label + 18} class="is-tail">
              {mark.tail.slice(0, 26)}
            </text>
          </g>
        ))}
      </svg>
      <figcaption class="b-help">
        <ol class="b-list b-list--tight" data-said="moments">
          <li>{t('The step arrives: {moment}', { moment: said(answer.start) })}</li>
          {marks.map((mark) => (
            <li key={`${mark.at}${mark.head}`}>
              <b>{said(mark.at)}</b> {mark.head}
              {mark.rung && ` · ${whenRung(mark.rung)} · ${people(mark.rung)}`}
            </li>
          ))}
        </ol>
        {answer.spans.length > MOST && t('The line shows the first days only.')}
      </figcaption>
    </figure>
  );
}
