/* The tab of a service task: which operation of which connector, with what, what comes back, and what happens when it fails. */
import { useState } from 'preact/hooks';

import { extensionOf, extensionsOf, plain, setExtension, setExtensions } from '../modeler/extensions.js';
import { Icon } from '../shell/Icon.jsx';
import { Kept } from '../shell/Kept.jsx';
import { useRead } from '../shell/useRead.jsx';
import { useId } from '../shell/useId.js';
import { Expression } from '../way/Expression.jsx';
import { learnCatalogue, useFields } from '../way/fields.js';
import { together } from '../modeler/commands.js';
import { Failure } from './Failure.jsx';
import { foundOperations } from './finding.js';
import { t } from './i18n.js';
import { Try } from './Try.jsx';

export function Call({ studio, element }) {
  const [catalogue, meanwhile] = useRead(() => learnCatalogue(studio), [studio]);
  const [isChoosing, choose] = useState(false);
  if (!catalogue) return meanwhile;
  const call = extensionOf(element, 'call');
  const connector = catalogue.connectors.find(({ name }) => name === call?.get('connector'));
  const operation = connector?.operations.find(({ name }) => name === call?.get('operation'));
  if (isChoosing || !operation) {
    return (
      <Choose
        catalogue={catalogue} lost={call && !operation ? `${call.get('connector')}.${call.get('operation')}` : null} onBack={operation ? () => choose(false) : null}
        onChoose={(found) => {
          take(studio, element, found);
          choose(false);
        }}
      />
    );
  }
  return <Chosen studio={studio} element={element} connector={connector} operation={operation} onChange={() => choose(true)} />;
}

/* Inputs that the new operation knows too are kept. */
function take(studio, element, { connector, operation }) {
  const known = Object.keys(operation.inputs.properties ?? {});
  const before = extensionOf(element, 'call')?.get('result');
  const hasAnswer = Object.keys(operation.outputs?.properties ?? {}).length > 0;
  together(studio, () => {
    setExtension(studio, element, 'Call', { connector: connector.name, operation: operation.name, result: before ?? (hasAnswer ? operation.name : ''), tries: '', onFailure: '' });
    setExtensions(studio, element, 'Input', extensionsOf(element, 'input').map(plain).filter(({ name }) => known.includes(name)));
    if (!element.businessObject.name) studio.service('modeling').updateProperties(element, { name: operation.title });
  });
}

function Choose({ catalogue, lost, onBack, onChoose }) {
  const id = useId();
  const [sought, seek] = useState('');
  const found = foundOperations(catalogue, sought);
  return (
    <>
      {lost && <p class="b-note b-note--warn"><Icon name="alert-triangle" /><span>{t('“{name}” is not among the connectors of this system. Its settings are kept until you choose another.', { name: lost })}</span></p>}
      <div class="b-field">
        <label for={id}>{t('What shall the system do?')}</label>
        <input id={id} class="form-control" type="search" data-field="call/connector" value={sought} placeholder={t('for example: send mail, look up a bill')} onInput={(event) => seek(event.target.value)} />
      </div>
      <ul class="b-list b-operations">
        {found.map(({ connector, operation }) => (
          <li key={`${connector.name}.${operation.name}`}>
            <button type="button" class="b-operation" data-field="call/operation" onClick={() => onChoose({ connector, operation })}>
              <strong>{operation.title}</strong>
              <span class="t-sm t-3">{connector.title}</span>
              {!connector.ready && <span class="b-tag b-tag--warn">{t('not set up')}</span>}
            </button>
          </li>
        ))}
      </ul>
      {!found.length && <p class="b-help" role="status">{t('No connector does this.')}</p>}
      {onBack && <button type="button" class="btn btn-sm btn-quiet b-start" onClick={onBack}>{t('Keep the present one')}</button>}
    </>
  );
}

function Chosen({ studio, element, connector, operation, onChange }) {
  const fields = useFields(studio, element);
  return (
    <>
      <div class="b-chosen">
        <div>
          <strong>{operation.title}</strong>
          <div class="t-sm t-3">{connector.title}</div>
        </div>
        <button type="button" class="btn btn-sm push" onClick={onChange}>{t('Change')}</button>
      </div>
      {!connector.ready && <p class="b-note b-note--warn"><Icon name="alert-triangle" /><span>{t('This connector is not set up here; calls to it will fail.')}</span></p>}
      <Inputs key={`${element.id} ${operation.name}`} studio={studio} element={element} operation={operation} fields={fields} />
      <Result studio={studio} element={element} operation={operation} />
      <Failure studio={studio} element={element} operation={operation} />
      <Try connector={connector} operation={operation} />
    </>
  );
}

/* Inputs that need not be given, and were not when the step was chosen, are folded away. */
function Inputs({ studio, element, operation, fields }) {
  const given = extensionsOf(element, 'input').map(plain);
  const rules = operation.inputs.properties ?? {};
  const must = operation.inputs.required ?? [];
  const [first] = useState(() => Object.keys(rules).filter((name) => must.includes(name) || given.some((each) => each.name === name)));
  const further = Object.keys(rules).filter((name) => !first.includes(name));
  const unknown = given.filter(({ name }) => !(name in rules));
  function put(name, value) {
    const others = given.filter((each) => each.name !== name);
    const order = Object.keys(rules);
    const all = value === '' ? others : [...others, { name, value }];
    setExtensions(studio, element, 'Input', all.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name)));
  }
  const shown = (name) => (
    <Expression
      isFilled key={name} label={rules[name].title ?? name} rule={rules[name]} must={must.includes(name)} fields={fields} field={`call/input.${name}`}
      value={given.find((each) => each.name === name)?.value ?? ''} onChange={(value) => put(name, value)}
    />
  );
  return (
    <>
      {first.map(shown)}
      {further.length > 0 && (
        <details class="b-fold">
          <summary>{t('More that can be given')}</summary>
          {further.map(shown)}
        </details>
      )}
      {unknown.map(({ name }) => (
        <p key={name} class="b-note b-note--warn">
          <Icon name="alert-triangle" />
          <span class="grow">{t('The call knows no input “{name}”.', { name })}</span>
          <button type="button" class="btn btn-sm" data-field={`call/input.${name}`} onClick={() => put(name, '')}>{t('Remove')}</button>
        </p>
      ))}
    </>
  );
}

function Result({ studio, element, operation }) {
  const id = useId();
  const outputs = Object.entries(operation.outputs?.properties ?? {});
  const result = extensionOf(element, 'call')?.get('result') ?? '';
  const isName = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(result);
  if (!outputs.length) return null;
  return (
    <div class={`b-field ${result && !isName ? 'has-error' : ''}`}>
      <label for={id}>{t('Keep the answer as')}</label>
      <Kept id={id} class="form-control" data-field="call/result" value={result} onChange={(event) => setExtension(studio, element, 'Call', { result: event.target.value.trim() })} />
      {result && !isName && <p class="b-err"><Icon name="alert-circle" />{t('A name has letters, digits and _, and does not begin with a digit.')}</p>}
      {result ? (
        <ul class="b-comes" aria-label={t('What comes back')}>
          {outputs.map(([name, rule]) => <li key={name}><span>{rule.title ?? name}</span><code>{result}.{name}</code></li>)}
        </ul>
      ) : <p class="b-help">{t('Without a name the answer is dropped.')}</p>}
    </div>
  );
}
