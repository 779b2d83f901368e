/* The right-hand panel of a trial: how the case begins, then what is to be done now and by whom. */
import { useEffect, useRef, useState } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { Fields, shownFields } from './Fields.jsx';
import { t } from './i18n.js';
import { shortMoment } from './moments.js';
import { SaveScenario } from './Scenarios.jsx';
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

/* The control with which one goes on has the focus, so that Enter alone leads through a case. */
function useFocus(key) {
  const button = useRef(null);
  useEffect(() => {
    const wrong = document.querySelector('.trial-panel [aria-invalid=true]');
    (wrong ?? button.current)?.focus({ preventScroll: !wrong });
  }, [key]);
  return button;
}

function StartForm({ trial, begin }) {
  const [at, setAt] = useState(begin.at);
  const [element, setElement] = useState(begin.starts[0]?.element ?? '');
  const [values, setValues] = useState(begin.variables);
  const [typed, type] = useState({});
  const button = useFocus(begin);
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

function Current({ trial, item }) {
  const Part = { task: Task, call: Call, incident: Incident }[item.kind];
  return <Part trial={trial} item={item} />;
}

const Stopped = ({ stopped }) =>
  stopped && (
    <div class="b-note b-note--late" role="alert">
      <Icon name="alert-circle" />
      <div>{stopped.sentence}</div>
    </div>
  );

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

/* The answers to the fields that are shown beside the others. */
function given(form, answers) {
  const shown = form ? shownFields(form, answers) : [];
  return Object.fromEntries(shown.filter((name) => answers[name] !== undefined).map((name) => [name, answers[name]]));
}

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
