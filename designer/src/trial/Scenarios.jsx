/* Scenarios: a trial kept with the process, and what is expected of it. */
import { useState } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { t } from './i18n.js';

const isPlain = (value) => value !== null && typeof value !== 'object';

/* Keep the present trial, with the parts of its outcome that are to stay so. */
export function SaveScenario({ trial, open = false }) {
  const { state } = trial;
  const [name, setName] = useState('');
  const [kept, keep] = useState({ path: true, ended: true, state: true, told: false });
  const [names, setNames] = useState([]);
  const [saved, setSaved] = useState('');
  const variables = Object.entries(state.variables).filter(([, value]) => isPlain(value));
  const save = (event) => {
    event.preventDefault();
    trial.saveScenario(name, expectations(state, kept, names));
    setSaved(name);
    setName('');
  };
  return (
    <details open={open} class="trial-save">
      <summary>{t('Save as a scenario')}</summary>
      <form class="stack" onSubmit={save}>
        <div class="b-field">
          <label htmlFor="trial-name">{t('Name of the scenario')}</label>
          <input id="trial-name" class="form-control" required maxLength="100" value={name} onInput={(event) => setName(event.target.value)} />
        </div>
        <fieldset class="b-field">
          <legend>{t('Whenever it is run, this must be the same')}</legend>
          <Tick label={t('The way: {count} steps', { count: state.path.length })} on={kept.path} change={(path) => keep({ ...kept, path })} />
          <Tick label={state.ended ? t('That it has ended') : t('That it goes on')} on={kept.ended} change={(ended) => keep({ ...kept, ended })} />
          {state.order && <Tick label={t('The state of the order: {state}', { state: state.order.state_name })} on={kept.state} change={(each) => keep({ ...kept, state: each })} />}
          {state.notices.some(({ key }) => key) && <Tick label={t('Who is told what')} on={kept.told} change={(told) => keep({ ...kept, told })} />}
        </fieldset>
        <details>
          <summary>{t('Data ({count} chosen)', { count: names.length })}</summary>
          {variables.map(([key, value]) => (
            <Tick key={key} label={`${key} = ${value}`} on={names.includes(key)} change={(on) => setNames(on ? [...names, key] : names.filter((each) => each !== key))} />
          ))}
        </details>
        <button type="submit" class="btn">
          <Icon name="device-floppy" />
          {t('Save the scenario')}
        </button>
        <div role="status" class="t-sm t-2">{saved && t('Saved: {name}', { name: saved })}</div>
      </form>
    </details>
  );
}

function Tick({ label, on, change }) {
  return (
    <label class="form-check mb-0">
      <input class="form-check-input" type="checkbox" checked={on} onChange={(event) => change(event.target.checked)} />
      <span class="form-check-label">{label}</span>
    </label>
  );
}

function expectations(state, kept, names) {
  return {
    ...(kept.path && { path: state.path }),
    ...(kept.ended && { ended: Boolean(state.ended) }),
    ...(kept.state && state.order && { state: state.order.state }),
    ...(kept.told && { told: state.notices.filter(({ key }) => key).map(({ key }) => key) }),
    ...(names.length && { variables: Object.fromEntries(names.map((name) => [name, state.variables[name]])) }),
  };
}

export function ScenarioList({ studio, trial, state }) {
  const { results } = trial;
  const files = trial.scenarios;
  return (
    <div class="stack trial-scenarios">
      <div class="row-flex">
        <button type="button" class="btn btn-sm btn-primary" disabled={trial.busy || !files.length} onClick={() => trial.runScenarios()}>
          <Icon name="player-play" />
          {t('Run all ({count})', { count: files.length })}
        </button>
        {results && <Coverage trial={trial} results={results} />}
      </div>
      {!files.length && <p class="t-sm t-3">{t('No scenario yet. Try a case, then save it here.')}</p>}
      <ul class="trial-results">
        {files.map((file) => (
          <Row key={file} studio={studio} trial={trial} file={file} result={results?.results.find((each) => each.file === file)} />
        ))}
      </ul>
      {trial.phase === 'run' && state && !state.ended && <SaveScenario trial={trial} />}
    </div>
  );
}

function Row({ studio, trial, file, result }) {
  const scenario = studio.draft.readJson(file);
  const name = scenario?.name ?? file;
  return (
    <li>
      {result && <Icon name={result.passed ? 'circle-check' : 'alert-circle'} label={result.passed ? t('passed') : t('failed')} />}
      <span class="grow">
        <strong class="t-sm">{name}</strong>
        {result && !result.passed && <span class="t-sm t-late"> {result.difference}</span>}
      </span>
      <button type="button" class="btn btn-sm btn-quiet" aria-label={t('Play {name}', { name })} disabled={trial.busy || !scenario} onClick={() => trial.play(scenario.script)}>{t('Play')}</button>
      <button type="button" class="btn btn-sm btn-quiet" aria-label={t('Delete {name}', { name })} onClick={() => trial.removeScenario(file)}>
        <Icon name="trash" />
      </button>
    </li>
  );
}

function Coverage({ trial, results }) {
  const failed = results.results.filter(({ passed }) => !passed).length;
  return (
    <>
      <span class={`b-tag ${failed ? 'b-tag--late' : 'b-tag--ok'}`} role="status">{failed ? t('{failed} failed', { failed }) : t('All passed')}</span>
      <span class="t-sm">{t('They cover {percent} % of the drawing', results)}</span>
      <label class="form-check mb-0">
        <input class="form-check-input" type="checkbox" checked={trial.coverage} onChange={(event) => trial.showCoverage(event.target.checked)} />
        <span class="form-check-label t-sm">{t('Show it on the drawing')}</span>
      </label>
      {trial.coverage && (
        <span class="trial-legend t-sm">
          <span class="is-covered" aria-hidden="true" /> {t('covered')} <span class="is-missed" aria-hidden="true" /> {t('not covered')}
        </span>
      )}
    </>
  );
}
