/* What happens when a call fails: how often it is tried, and whether a person looks at it or a drawn way is taken. */

import { together } from '../modeler/commands.js';
import { extensionOf, setExtension } from '../modeler/extensions.js';
import { Icon } from '../shell/Icon.jsx';
import { Kept } from '../shell/Kept.jsx';
import { useId } from '../shell/useId.js';
import { boundaryFor, drawBoundary } from './boundary.js';
import { t } from './i18n.js';

export function Failure({ studio, element, operation }) {
  const id = useId();
  const call = extensionOf(element, 'call');
  const put = (attributes) => setExtension(studio, element, 'Call', attributes);
  const code = call.get('onFailure') ?? '';
  function throwError() {
    const made = `${operation.name}-failed`;
    together(studio, () => {
      put({ onFailure: made });
      if (!boundaryFor(element, made)) drawBoundary(studio, element, made, t('Not reached'));
    });
  }
  return (
    <fieldset class="b-field stack">
      <legend>{t('When it fails')}</legend>
      <div class="b-field">
        <label for={id}>{t('Tries')}</label>
        <Kept id={id} class="form-control" type="number" min="1" max="50" data-field="call/tries" value={call.get('tries') ?? ''} placeholder={t('{count}, as the connector says', { count: operation.retry.tries })} onChange={(event) => put({ tries: event.target.value })} />
      </div>
      <div class="b-choices" role="radiogroup" aria-label={t('When all tries are used up')}>
        <label>
          <input type="radio" class="form-check-input" name={`${id}-f`} checked={!code} onChange={() => put({ onFailure: '' })} />
          <span>{t('Report a fault; a person looks at it')}</span>
        </label>
        <label>
          <input type="radio" class="form-check-input" name={`${id}-f`} data-field="call/onFailure" checked={Boolean(code)} onChange={throwError} />
          <span>{t('Go on by a way of its own')}</span>
        </label>
      </div>
      {code && <Code studio={studio} element={element} code={code} onChange={(onFailure) => put({ onFailure })} />}
      <Errors studio={studio} element={element} operation={operation} />
    </fieldset>
  );
}

function Code({ studio, element, code, onChange }) {
  const id = useId();
  return (
    <div class="b-field">
      <label for={id}>{t('Error code')}</label>
      <Kept id={id} class="form-control" value={code} onChange={(event) => onChange(event.target.value.trim())} />
      <Drawn studio={studio} element={element} code={code} name={t('Not reached')} />
    </div>
  );
}

/* What the other side may say that no further try would change. */
function Errors({ studio, element, operation }) {
  const final = operation.errors.filter(({ retry }) => !retry);
  if (!final.length) return null;
  return (
    <details class="b-fold" open={final.some(({ code }) => boundaryFor(element, code))}>
      <summary>{t('What the other side may refuse')}</summary>
      <ul class="b-list">
        {final.map(({ code, text }) => (
          <li key={code}>
            <span class="t-sm">{text.replace(/\{\w+\}/g, '…')}</span>
            <Drawn studio={studio} element={element} code={code} name={code} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Drawn({ studio, element, code, name }) {
  const there = boundaryFor(element, code);
  if (there) {
    return (
      <button type="button" class="btn btn-sm btn-quiet b-start" onClick={() => studio.show(there.id)}>
        <Icon name="check" />
        {t('Drawn: {name}', { name: there.businessObject.name || code })}
      </button>
    );
  }
  return (
    <button type="button" class="btn btn-sm b-start" onClick={() => drawBoundary(studio, element, code, name)}>
      <Icon name="plus" />
      {t('Draw a way out for it')}
    </button>
  );
}
