/* Names and values without a form: start values, what a message carries, what a connector answers. Each keeps the kind it came with. */
import { useState } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { t } from './i18n.js';

const isNested = (value) => typeof value === 'object' && value !== null;

function read(text) {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function Value({ id, value, kind, change }) {
  if (typeof value === 'boolean') return <input id={id} class="form-check-input" type="checkbox" checked={value} onChange={(event) => change(event.target.checked)} />;
  if (kind === 'number') return <input id={id} class="form-control" type="number" step="any" value={value ?? ''} onInput={(event) => change(event.target.value === '' ? null : Number(event.target.value))} />;
  if (kind === 'nested') return <textarea id={id} class="form-control trial-json" rows="2" spellcheck={false} defaultValue={JSON.stringify(value)} onChange={(event) => change(read(event.target.value))} />;
  if (kind === 'free') return <input id={id} class="form-control" type="text" defaultValue={value ?? ''} onChange={(event) => change(read(event.target.value))} />;
  return <input id={id} class="form-control" type="text" value={value ?? ''} onInput={(event) => change(event.target.value === '' ? null : event.target.value)} />;
}

function kindOf(value) {
  if (value === null) return 'free';
  return isNested(value) ? 'nested' : typeof value;
}

export function Values({ id, label, values, titles = {}, change, more = true }) {
  const [kinds] = useState(() => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, kindOf(value)])));
  const [name, setName] = useState('');
  const add = () => {
    if (name.trim()) change({ ...values, [name.trim()]: null });
    setName('');
  };
  return (
    <div class="trial-values" role="group" aria-label={label}>
      {Object.entries(values).map(([key, value]) => (
        <div key={key} class="trial-value">
          <label htmlFor={`${id}-${key}`}>{titles[key] ?? key}</label>
          <Value id={`${id}-${key}`} value={value} kind={kinds[key] ?? 'free'} change={(next) => change({ ...values, [key]: next })} />
        </div>
      ))}
      {more && (
        <div class="trial-value">
          <input class="form-control" aria-label={t('Name of another value')} placeholder={t('another value')} value={name} onInput={(event) => setName(event.target.value)} />
          <button type="button" class="btn btn-sm" onClick={add} disabled={!name.trim()}>
            <Icon name="plus" />
            {t('Add')}
          </button>
        </div>
      )}
    </div>
  );
}
