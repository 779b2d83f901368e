/* The right-hand panel of a trial: how the case begins, then what is to be done now and by whom. */
import { useState } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { Current } from './Current.jsx';
import { Fields, given } from './Fields.jsx';
import { t } from './i18n.js';
import { shortMoment } from './moments.js';
import { SaveScenario } from './Scenarios.jsx';
import { Stopped } from './Stopped.jsx';
import { useFocus } from './useFocus.js';
import { useTrial } from './useTrial.js';
import { Values } from './Values.jsx';

export function TrialPanel({ studio }) {
  const trial = useTrial(studio);
  return (
    <div class="stack trial-panel" aria-busy={trial.busy}>
      {trial.problem && <Refused studio={studio} problem={trial.problem} />}
      {trial.phase === 'start' ? trial.begin && <StartForm trial={trial} begin={trial.begin} /> : <Now studio={studio} trial={trial} />}
    </div>
  );
}

function Refused({ studio, problem }) {
  return (
    <div class="b-note b-note--late" role="alert">
      <Icon name="alert-circle" />
      <div class="grow">
        <p>{problem.findings.length ? t('This cannot be tried yet:') : problem.message}</p>
        {problem.findings.map((finding) => (
          <button key={finding.file + finding.element + finding.code} type="button" class="trial-finding" onClick={() => { studio.trial.leave(); studio.leadTo(finding); }}>
            {finding.sentence}
          </button>
        ))}
      </div>
    </div>
  );
}

function StartForm({ trial, begin }) {
  const [at, setAt] = useState(begin.at);
  const [element, setElement] = useState(begin.starts[0]?.element ?? '');
  const [values, setValues] = useState(begin.variables);
  const [typed, type] = useState({});
  const button = useFocus(trial.stopped ?? begin);
  const form = begin.starts.find((start) => start.element === element)?.form;
  const answers = { ...form?.answers, ...typed };
  const submit = (event) => {
    event.preventDefault();
    trial.start({ at, element_id: element || null, variables: { ...values, ...given(form, answers) } });
  };
  const { title, ...others } = values;
  return (
    <form class="stack" onSubmit={submit} aria-labelledby="trial-h">
      <h2 id="trial-h">{t('A case begins')}</h2>
      <p class="t-sm t-2">{t('It runs on the real engine, but nothing is kept and nothing is sent.')}</p>
      {title !== undefined && (
        <div class="b-field">
          <label htmlFor="trial-title">{t('What it is about')}</label>
          <input id="trial-title" class="form-control" value={title} onInput={(event) => setValues({ ...values, title: event.target.value })} />
        </div>
      )}
      <div class="b-field">
        <label htmlFor="trial-at">{t('Begins at')}</label>
        <input id="trial-at" class="form-control" type="datetime-local" required value={at} onInput={(event) => setAt(event.target.value)} />
      </div>
      {begin.starts.length > 1 && (
        <div class="b-field">
          <label htmlFor="trial-start">{t('Begins with')}</label>
          <select id="trial-start" class="form-select" value={element} onChange={(event) => setElement(event.target.value)}>
            {begin.starts.map((start) => (
              <option key={start.element} value={start.element}>{start.name}</option>
            ))}
          </select>
        </div>
      )}
      <Stopped stopped={trial.stopped} />
      {form && <Fields form={form} answers={answers} wrong={trial.stopped?.fields} change={(name, value) => type({ ...typed, [name]: value })} />}
      <button ref={button} class="btn btn-primary" type="submit">
        <Icon name="player-play" />
        {t('Start')}
      </button>
      <details>
        <summary>{t('What is known at the start')}</summary>
        <Values id="trial-first" label={t('What is known at the start')} values={others} change={(next) => setValues({ ...(title === undefined ? {} : { title }), ...next })} />
      </details>
    </form>
  );
}

function Now({ studio, trial }) {
  const { open, current, state } = trial;
  if (!state) return null;
  return (
    <>
      {state.stopped && <Broken trial={trial} />}
      <Why studio={studio} state={state} />
      {open.length > 1 && <Choose trial={trial} open={open} current={current} />}
      {current ? <Current key={`${trial.script.steps.length}/${current.key}`} trial={trial} item={current} /> : <Nothing trial={trial} state={state} />}
      {!state.ended && state.messages.length > 0 && <Messages trial={trial} messages={state.messages} />}
      {state.order && <Order order={state.order} zone={state.zone} />}
    </>
  );
}

/* The drawing has changed, and the script does not fit it any more from some step on. */
function Broken({ trial }) {
  const { stopped } = trial.state;
  return (
    <div class="b-note b-note--warn" role="alert">
      <Icon name="alert-triangle" />
      <div class="grow">
        <p>{t('From step {step} on the script does not fit any more: {sentence}', stopped)}</p>
        <button type="button" class="btn btn-sm" onClick={() => trial.rewind(Math.max(stopped.step - 1, 0))}>{t('Go on from here')}</button>
      </div>
    </div>
  );
}

/* Why the table at the chosen element has said what it has said. */
function Why({ studio, state }) {
  const id = studio.selected?.id;
  const found = state.decisions.filter(({ element }) => element === id);
  if (!found.length) return null;
  return (
    <div class="card card-body stack">
      <h3 class="t-sm">{t('Why: {name}', { name: found[0].name })}</h3>
      {found.map((each, index) => (
        <div key={index} class="t-sm">
          <div>{each.why.join('; ') || t('No rule fits.')}</div>
          <div class="t-3">{t('Rule {rules} of {decision}', { rules: each.rules.join(', ') || '–', decision: each.decision })}</div>
          <code class="trial-result">{JSON.stringify(each.result)}</code>
        </div>
      ))}
    </div>
  );
}

function Choose({ trial, open, current }) {
  return (
    <div class="b-field">
      <label htmlFor="trial-choose">{t('{count} steps are open', { count: open.length })}</label>
      <select id="trial-choose" class="form-select" value={current.key} onChange={(event) => trial.choose(event.target.value)}>
        {open.map((each) => (
          <option key={each.key} value={each.key}>{each.unit ? `${each.name} · ${each.unit.name}` : each.name}</option>
        ))}
      </select>
    </div>
  );
}

function Nothing({ trial, state }) {
  const button = useFocus(trial.script.steps.length);
  if (state.ended) {
    return (
      <div class="stack">
        <h2>{t('The case has ended')}</h2>
        <SaveScenario trial={trial} open />
        <button ref={button} type="button" class="btn" onClick={() => trial.again()}>{t('Start again')}</button>
      </div>
    );
  }
  return (
    <div class="stack">
      <h2>{t('Nobody has anything to do')}</h2>
      <p class="t-sm">{state.next ? t('The next alarm: {name}, {moment}', { name: state.next.name, moment: shortMoment(state.next.at, state.zone) }) : t('Only a message can move it on.')}</p>
      {state.next && (
        <button ref={button} type="button" class="btn btn-primary" onClick={() => trial.do({ do: 'wait', to: 'next' })}>
          <Icon name="player-skip-forward" />
          {t('To the next alarm')}
        </button>
      )}
    </div>
  );
}

function Messages({ trial, messages }) {
  const names = [...new Set(messages.map(({ message }) => message))];
  const [name, setName] = useState(names[0]);
  const [values, setValues] = useState({});
  const chosen = names.includes(name) ? name : names[0];
  const label = (message) => messages.find((each) => each.message === message).name;
  return (
    <details>
      <summary>{t('Messages that it waits for ({count})', { count: names.length })}</summary>
      <div class="stack trial-messages">
        <div class="b-field">
          <label htmlFor="trial-message">{t('Message')}</label>
          <select id="trial-message" class="form-select" value={chosen} onChange={(event) => setName(event.target.value)}>
            {names.map((message) => (
              <option key={message} value={message}>{`${label(message)} (${message})`}</option>
            ))}
          </select>
        </div>
        <Values id="trial-payload" label={t('What it carries')} values={values} change={setValues} />
        <button type="button" class="btn" disabled={trial.busy} onClick={() => trial.do({ do: 'message', name: chosen, variables: values })}>
          <Icon name="message" />
          {t('It comes')}
        </button>
      </div>
    </details>
  );
}

function Order({ order, zone }) {
  return (
    <div class="t-sm trial-order">
      <strong>{t('Work order')}</strong> <span class="b-tag b-tag--line">{order.state_name}</span>
      {order.tier > 0 && <span class="b-tag b-tag--late">{t('tier {tier}', order)}</span>}
      {order.due && <div class="t-2">{t('To be answered by {moment}', { moment: shortMoment(order.due, zone) })}</div>}
    </div>
  );
}
