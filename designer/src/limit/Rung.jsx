/* One rung: when it rings, whom it tells, how, to which tier the case rises. */
import { useState } from 'preact/hooks';

import { Field, Select } from '../shell/Field.jsx';
import { Icon } from '../shell/Icon.jsx';
import { Kept } from '../shell/Kept.jsx';
import { t } from './i18n.js';
import { MEANS, POSTS, post, sentence } from './words.js';

const asNumber = (text) => (text === '' ? null : Number(text));

export function Rung({ rung, number, columns, put, remove }) {
  const isAfter = rung.plus_minutes !== null && rung.plus_minutes !== undefined;
  if (!rung.fixed) return <p class="b-help">{t('Rung {number} is worked out: change it in the table.', { number })}</p>;
  const has = (name) => columns.includes(name);
  const tiers = [0, 1, 2, 3, 4].map((tier) => ({ value: String(tier), label: tier ? t('Tier {tier}', { tier }) : t('Only a reminder') }));
  return (
    <fieldset class="b-rung">
      <legend>{sentence(rung)}</legend>
      <div class="b-rung__two">
        <Field name={`percent-${number}`} label={t('At % of the limit')}>
          <Kept type="number" min="1" max="1000" class="form-control" value={rung.percent} onChange={({ target }) => put({ percent: asNumber(target.value) ?? 100 })} />
        </Field>
        {has('plus_minutes') && (
          <Field name={`plus-${number}`} label={t('and min after it')}>
            <Kept type="number" min="0" class="form-control" value={isAfter ? rung.plus_minutes : ''} onChange={({ target }) => put({ plus_minutes: asNumber(target.value) })} />
          </Field>
        )}
        <Field name={`tier-${number}`} label={t('The case rises to')}>
          <Select value={String(rung.tier ?? 0)} options={tiers} onPick={(tier) => put({ tier: Number(tier) })} />
        </Field>
        {has('priority') && (
          <Field name={`points-${number}`} label={t('Points of priority')}>
            <Kept type="number" class="form-control" value={rung.priority ?? 0} onChange={({ target }) => put({ priority: asNumber(target.value) ?? 0 })} />
          </Field>
        )}
      </div>
      <Choices legend={t('Who is told')} chosen={rung.to} words={POSTS} say={post} onPick={(to) => put({ to })} another={t('Another: login or ROLE@UNIT')} />
      {has('how') && <Choices legend={t('How')} chosen={rung.how} words={MEANS} say={(name) => t(MEANS[name] ?? name)} onPick={(how) => put({ how })} />}
      <div>
        <button type="button" class="btn btn-sm btn-quiet" onClick={remove}>
          <Icon name="trash" />
          {t('Remove this rung')}
        </button>
      </div>
    </fieldset>
  );
}

function Choices({ legend, chosen, words, say, onPick, another }) {
  const [typed, type] = useState('');
  const names = [...Object.keys(words), ...chosen.filter((name) => !(name in words))];
  const toggle = (name, isOn) => onPick(isOn ? [...chosen, name] : chosen.filter((each) => each !== name));
  const add = () => {
    const name = typed.trim().replace(/[\s"\\]+/g, '');
    type('');
    if (name && !chosen.includes(name)) onPick([...chosen, name]);
  };
  return (
    <fieldset class="b-field">
      <legend>{legend}</legend>
      <div class="b-choices">
        {names.map((name) => (
          <label key={name}>
            <input type="checkbox" class="form-check-input" checked={chosen.includes(name)} onChange={({ target }) => toggle(name, target.checked)} />
            <span>{say(name)}</span>
          </label>
        ))}
      </div>
      {another && <input type="text" class="form-control form-control-sm" aria-label={another} placeholder={another} value={typed} onInput={({ target }) => type(target.value)} onChange={add} />}
    </fieldset>
  );
}
