/* The open step that is played now: a person's task, a connector's call, or an incident. */
import { useState } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { Fields, given } from './Fields.jsx';
import { t } from './i18n.js';
import { shortMoment } from './moments.js';
import { Stopped } from './Stopped.jsx';
import { useFocus } from './useFocus.js';
import { Values } from './Values.jsx';

export function Current({ trial, item }) {
  const Part = { task: Task, call: Call, incident: Incident }[item.kind];
  return <Part trial={trial} item={item} />;
}

function refused(trial) {
  return trial.stopped && trial.stopped !== trial.state.stopped ? trial.stopped : null;
}

function Task({ trial, item }) {
  const [answers, setAnswers] = useState(item.form?.answers ?? {});
  const [who, setWho] = useState(item.doer?.login ?? '');
  const stopped = refused(trial);
  const button = useFocus(stopped);
  const deed = { element: item.element, index: item.index, as: who || null };
  const complete = (event) => {
    event.preventDefault();
    trial.do({ do: 'complete', ...deed, answers: given(item.form, answers) });
  };
  return (
    <form id="trial-form" class="stack" onSubmit={complete} noValidate aria-labelledby="trial-h">
      <TaskHead item={item} />
      <Who item={item} who={who} choose={setWho} />
      {item.limit && <Limit limit={item.limit} zone={trial.state.zone} />}
      <Stopped stopped={item.problem ? { sentence: item.problem } : stopped} />
      {item.form && <Fields form={item.form} answers={answers} wrong={stopped?.fields} change={(name, value) => setAnswers((before) => ({ ...before, [name]: value }))} />}
      <Acts trial={trial} item={item} deed={deed} button={button} />
    </form>
  );
}

const Acts = ({ trial, item, deed, button }) => (
  <div class="row-flex trial-acts">
    <button ref={button} type="submit" class="btn btn-primary" disabled={trial.busy || Boolean(item.problem)}>{item.form?.ui?.primary ?? t('Complete the step')}</button>
    <button type="button" class="btn" disabled={trial.busy} onClick={() => trial.do({ do: 'return', ...deed, note: t('Returned in a trial') })}>
      {item.way_back ? t('Return') : t('Back to the step before')}
    </button>
  </div>
);

const TaskHead = ({ item }) => (
  <div>
    <div class="t-xs t-3">{item.unit ? `${item.unit.name} · ${item.role}` : t('Nobody is drawn')}</div>
    <h2 id="trial-h">{item.name}</h2>
    {item.why && <p class="t-sm t-2">{item.why}</p>}
  </div>
);

function Who({ item, who, choose }) {
  const people = item.person && !item.people.some(({ login }) => login === item.person.login) ? [item.person, ...item.people] : item.people;
  if (!people.length) return <p class="t-sm t-late">{t('Nobody there can take this step.')}</p>;
  return (
    <div class="b-field">
      <label htmlFor="trial-who">{item.person ? t('Goes to') : t('Anyone of the queue; here')}</label>
      <select id="trial-who" class="form-select" value={who} onChange={(event) => choose(event.target.value)}>
        {people.map(({ login, name }) => (
          <option key={login} value={login}>{name}</option>
        ))}
      </select>
    </div>
  );
}

function Limit({ limit, zone }) {
  return (
    <div class="t-sm">
      <div>
        <Icon name="clock" /> {t('Due {moment}', { moment: shortMoment(limit.due, zone) })}
      </div>
      {limit.rungs.length > 0 && (
        <details>
          <summary>{t('Ladder: {count} rungs', { count: limit.rungs.length })}</summary>
          <ul class="trial-rungs">
            {limit.rungs.map((rung, index) => (
              <li key={index} class={rung.rung ? 't-late' : ''}>
                {shortMoment(rung.at, zone)} · {rung.tier ? t('tier {tier}', rung) : t('warning')} · {rung.to.join(', ')}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Call({ trial, item }) {
  const [answer, setAnswer] = useState(item.example ?? {});
  const [code, setCode] = useState(item.errors[0]?.code ?? '');
  const stopped = refused(trial);
  const button = useFocus(stopped);
  const submit = (event) => {
    event.preventDefault();
    trial.do({ do: 'answer', element: item.element, index: item.index, result: answer });
  };
  return (
    <form id="trial-form" class="stack" onSubmit={submit} aria-labelledby="trial-h">
      <div>
        <div class="t-xs t-3">{item.title}</div>
        <h2 id="trial-h">{item.name}</h2>
        <p class="t-sm t-2">{t('Nothing is called in a trial: say what the connector answers.')}</p>
      </div>
      <div class="t-sm">
        {Object.entries(item.inputs).map(([name, value]) => (
          <div key={name} class="trial-input">
            <span class="t-3">{item.titles[name] ?? name}</span> {typeof value === 'string' ? value : JSON.stringify(value)}
          </div>
        ))}
      </div>
      <Stopped stopped={stopped} />
      <Values id="trial-answer" label={t('Its answer')} values={answer} titles={item.titles} change={setAnswer} />
      <button ref={button} type="submit" class="btn btn-primary" disabled={trial.busy}>{t('It answers this')}</button>
      <div class="b-field">
        <label htmlFor="trial-error">{t('Or it fails')}</label>
        <div class="row-flex">
          <select id="trial-error" class="form-select grow" value={code} onChange={(event) => setCode(event.target.value)}>
            {item.errors.map((error) => (
              <option key={error.code} value={error.code}>{error.text}</option>
            ))}
            <option value="">{t('It does not answer at all')}</option>
          </select>
          <button type="button" class="btn" disabled={trial.busy} onClick={() => trial.do({ do: 'fail', element: item.element, index: item.index, code: code || null })}>{t('Fail')}</button>
        </div>
      </div>
    </form>
  );
}

function Incident({ trial, item }) {
  const button = useFocus(item.key);
  const at = { element: item.element, index: item.index };
  return (
    <div class="stack">
      <h2>{item.name}</h2>
      <Stopped stopped={item} />
      <p class="t-sm t-2">{t('An incident would stand here until an administrator deals with it.')}</p>
      <div class="row-flex trial-acts">
        <button ref={button} type="button" class="btn" onClick={() => trial.do({ do: 'retry', ...at })}>{t('Try again')}</button>
        <button type="button" class="btn" onClick={() => trial.do({ do: 'skip', ...at })}>{t('Pass over')}</button>
      </div>
    </div>
  );
}
