/* Try a call out on the connector's simulator, with values of one's own. */
import { useState } from 'preact/hooks';

import { post } from '../shell/api.js';
import { Icon } from '../shell/Icon.jsx';
import { t } from './i18n.js';

export function Try({ connector, operation }) {
  const [values, fill] = useState({});
  const [answer, tell] = useState(null);
  const [isAsking, ask] = useState(false);
  const rules = Object.entries(operation.inputs.properties ?? {});

  async function send(event) {
    event.preventDefault();
    ask(true);
    const given = rules.map(([name, rule]) => [name, typed(values[name] ?? '', rule)]).filter(([, value]) => value !== undefined);
    tell(await post('/designer/connectors/try', { connector: connector.name, operation: operation.name, inputs: Object.fromEntries(given) }).catch((problem) => ({ error: problem.message })));
    ask(false);
  }
  return (
    <details class="b-fold">
      <summary>{t('Try it on the simulator')}</summary>
      <form class="stack" onSubmit={send}>
        {rules.map(([name, rule]) => (
          <label key={name} class="b-field">
            <span class="b-label">{rule.title}</span>
            <input class="form-control" value={values[name] ?? ''} onInput={(event) => fill({ ...values, [name]: event.target.value })} />
          </label>
        ))}
        <button type="submit" class="btn btn-sm b-start" disabled={isAsking}>
          <Icon name="player-play" />
          {t('Try this call')}
        </button>
        <div role="status">{answer && <Answer answer={answer} outputs={operation.outputs.properties ?? {}} />}</div>
      </form>
    </details>
  );
}

function Answer({ answer, outputs }) {
  if (answer.error) return <p class="b-note b-note--warn"><Icon name="alert-triangle" /><span>{answer.error}</span></p>;
  return (
    <dl class="b-facts">
      {Object.entries(answer.result).map(([name, value]) => (
        <>
          <dt>{outputs[name]?.title ?? name}</dt>
          <dd>{shown(value)}</dd>
        </>
      ))}
    </dl>
  );
}

function shown(value) {
  if (typeof value === 'boolean') return value ? t('yes') : t('no');
  return value === null ? t('blank') : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/* What was typed, as the kind that the input asks for; nothing where nothing was typed. What does not fit is sent as it is and refused there. */
function typed(text, { type }) {
  if (text === '') return undefined;
  if (type === 'boolean') return ['true', '1', 'yes', t('yes')].includes(text.toLowerCase());
  if (type === 'integer' || type === 'number') return Number.isNaN(Number(text)) ? text : Number(text);
  if (type !== 'object' && type !== 'array') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
