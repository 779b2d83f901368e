/* Below the canvas: the clock of the trial and its buttons; the log, the data, what would be told, and the scenarios. */
import { useState } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { t } from './i18n.js';
import { dayAndTime, shortMoment } from './moments.js';
import { ScenarioList } from './Scenarios.jsx';
import { useTrial } from './useTrial.js';

/* What a text is that nobody has said. */
const FILLER = '…';

const VIEWS = [
  { id: 'log', title: 'Log', View: Log },
  { id: 'data', title: 'Data', View: Data },
  { id: 'told', title: 'Told', View: Told },
  { id: 'scenarios', title: 'Scenarios', View: ScenarioList },
];

export function Strip({ studio }) {
  const trial = useTrial(studio);
  const [view, setView] = useState('log');
  if (!trial.isOn) return null;
  const { View } = VIEWS.find(({ id }) => id === view);
  const running = trial.phase === 'run' && trial.state;
  return (
    <>
      <div class="b-try" role="region" aria-label={t('Try it')}>
        <strong class="t-sm">
          <Icon name="player-play" /> {t('Try it')}
        </strong>
        {running ? <Clock trial={trial} state={trial.state} /> : <span class="t-sm t-2">{t('Choose how the case begins, then start.')}</span>}
      </div>
      <div class="trial-views" role="tablist" aria-label={t('What has happened')}>
        {VIEWS.map(({ id, title }) => (
          <button key={id} type="button" role="tab" id={`trial-tab-${id}`} aria-controls="trial-view" aria-selected={id === view} tabIndex={id === view ? 0 : -1} onClick={() => setView(id)} onKeyDown={(event) => move(event, view, setView)}>
            {t(title)}
            {count(trial, id) !== null && <span class="t-3"> {count(trial, id)}</span>}
          </button>
        ))}
      </div>
      <div id="trial-view" class="trial-view" role="tabpanel" aria-labelledby={`trial-tab-${view}`} tabIndex={0}>
        <View studio={studio} trial={trial} state={trial.state} />
      </div>
    </>
  );
}

function move(event, view, setView) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  const at = (VIEWS.findIndex(({ id }) => id === view) + by + VIEWS.length) % VIEWS.length;
  setView(VIEWS[at].id);
  document.getElementById(`trial-tab-${VIEWS[at].id}`).focus();
}

function count(trial, id) {
  if (id === 'scenarios') return trial.scenarios.length;
  return id === 'told' && trial.state ? trial.state.notices.length : null;
}

function Clock({ trial, state }) {
  const { current } = trial;
  const wait = (duration) => trial.do({ do: 'wait', duration });
  const off = trial.busy || Boolean(state.ended);
  const title = trial.script.start.variables?.title;
  return (
    <>
      {title && title !== FILLER && <span class="t-sm trial-title">{title}</span>}
      <span class="b-tag b-tag--warn" title={t('The clock of this trial')}>
        <Icon name="clock" />
        {shortMoment(state.now, state.zone)}
      </span>
      <span class="btn-group" role="group" aria-label={t('Let time pass')}>
        <button class="btn btn-sm" type="button" disabled={off} onClick={() => wait('PT30M')}>{t('+30 min')}</button>
        <button class="btn btn-sm" type="button" disabled={off} onClick={() => wait('PT4H')}>{t('+4 h')}</button>
        <button class="btn btn-sm" type="button" disabled={off || !state.next} onClick={() => trial.do({ do: 'wait', to: 'next' })} title={state.next?.name}>
          {state.next ? t('To the next alarm ({moment})', { moment: dayAndTime(state.next.at, state.zone) }) : t('No alarm is set')}
        </button>
        <button class="btn btn-sm" type="button" disabled={off} onClick={() => wait('P3D')}>{t('3 days later')}</button>
      </span>
      {current?.kind === 'task' && (
        <button class="btn btn-sm" type="submit" form="trial-form" disabled={off}>{current.doer ? t('Complete as {name}', current.doer) : t('Complete the step')}</button>
      )}
      <span class="visually-hidden" role="status">{trial.busy ? '' : said(state)}</span>
      <button class="btn btn-sm btn-quiet push" type="button" onClick={() => trial.again()}>{t('Start again')}</button>
    </>
  );
}

/* What the last step has brought, for those who do not see it move. */
function said(state) {
  const last = state.log.at(-1)?.step;
  return state.log.filter(({ step }) => step === last).map(({ sentence }) => sentence).join(' ');
}

function Log({ studio, trial, state }) {
  if (!state) return <p class="t-sm t-3">{t('Nothing has happened yet.')}</p>;
  const last = state.steps.length - 1;
  return (
    <ol class="trial-log">
      {state.log.toReversed().map((entry, index) => (
        <li key={state.log.length - index} class={`is-${entry.kind}`}>
          <time dateTime={entry.at}>{shortMoment(entry.at, state.zone)}</time>
          {entry.element ? (
            <button type="button" class="trial-line" onClick={() => studio.show(entry.element)}>{entry.sentence}</button>
          ) : (
            <span class="trial-line">{entry.sentence}</span>
          )}
          {entry.step < last && (
            <button type="button" class="btn btn-sm btn-quiet trial-back" aria-label={t('Back to here: {sentence}', entry)} onClick={() => trial.rewind(entry.step)}>
              <Icon name="corner-up-left" />
              {t('Back to here')}
            </button>
          )}
        </li>
      ))}
    </ol>
  );
}

const shown = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

function Data({ state }) {
  if (!state) return <p class="t-sm t-3">{t('Nothing has happened yet.')}</p>;
  const changed = new Set(state.steps.at(-1)?.changed);
  const names = Object.keys(state.variables).sort((a, b) => changed.has(b) - changed.has(a) || a.localeCompare(b));
  return (
    <table class="table t-sm trial-data">
      <thead>
        <tr>
          <th scope="col">{t('Name')}</th>
          <th scope="col">{t('Value')}</th>
          <th scope="col">{t('Last step')}</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{shown(state.variables[name])}</td>
            <td>{changed.has(name) ? t('changed') : ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Told({ state }) {
  if (!state?.notices.length) return <p class="t-sm t-3">{t('Nobody has been told anything yet.')}</p>;
  return (
    <ul class="trial-told">
      {state.notices.map((told, index) => (
        <li key={index}>
          <div class="t-sm">
            <time dateTime={told.at}>{shortMoment(told.at, state.zone)}</time> <strong>{told.people.map(({ name }) => name).join(', ') || (told.to === 'customer' ? t('The customer') : told.to)}</strong> {told.subject}
          </div>
          <div class="t-sm t-2">{told.body}</div>
        </li>
      ))}
    </ul>
  );
}
