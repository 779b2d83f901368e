/* Four eyes: whose hands this step may not come into. */
import { isExpression } from '../shell/sources.js';
import { Field, Text } from '../shell/Field.jsx';
import { t } from './i18n.js';
import { ids } from './reading.js';
import { earlierSteps } from './ways.jsx';

export function Excluded({ element, given, change }) {
  if (isExpression(given.exclude)) {
    return (
      <Field name="exclude" label={t('Must be another person than')}>
        <Text value={given.exclude} onPick={(exclude) => change({ exclude })} class="form-control b-code" />
      </Field>
    );
  }
  const chosen = ids(given.exclude);
  const steps = earlierSteps(element);
  const others = chosen.filter((id) => id !== 'starter' && !steps.some(({ value }) => value === id)).map((id) => ({ value: id, label: id }));
  const options = [{ value: 'starter', label: t('Whoever started the case') }, ...steps.map(({ value, label }) => ({ value, label: t('Whoever did “{step}”', { step: label }) })), ...others];
  const toggle = (id, isOn) => change({ exclude: (isOn ? [...chosen, id] : chosen.filter((each) => each !== id)).join(' ') });
  return (
    <fieldset class="b-field" data-field="exclude">
      <legend>{t('Must be another person than')}</legend>
      <div class={`b-choices ${options.length > 5 ? 'b-choices--many' : ''}`} tabIndex={options.length > 5 ? 0 : undefined}>
        {options.map(({ value, label }) => (
          <label key={value}>
            <input type="checkbox" class="form-check-input" checked={chosen.includes(value)} onChange={({ target }) => toggle(value, target.checked)} />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
