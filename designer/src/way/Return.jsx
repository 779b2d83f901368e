/* The drawn way back of a step: the answer of its form with which “return” completes it. */
import { extensionOf, setExtension } from '../modeler/extensions.js';
import { Kept } from '../shell/Kept.jsx';
import { FieldChoice } from './FieldChoice.jsx';
import { t } from './i18n.js';
import { formFields } from './sources.js';

export function Return({ studio, element }) {
  const back = extensionOf(element, 'return');
  const form = extensionOf(element, 'form')?.get('ref');
  const asked = form ? formFields(studio, form, t('Form of this step')).filter((each) => each.choices.length || each.type === 'boolean') : [];
  const variable = back?.get('variable') ?? '';
  const put = (attributes) => setExtension(studio, element, 'Return', attributes);
  return (
    <fieldset class="b-field stack">
      <legend>{t('Way back')}</legend>
      <p class="b-help">{t('With “return”, staff send the work back. Say which answer of the form leads to the drawn way back; without it the step before gets the work again.')}</p>
      <div class="b-field">
        <span class="b-label">{t('Answer field')}</span>
        <FieldChoice label={t('Answer field')} value={variable} fields={asked} field="way/return" onChange={(name) => put({ variable: name, value: '' })} />
      </div>
      {variable && <Answer value={back?.get('value') ?? ''} choices={choicesOf(asked.find((each) => each.name === variable))} onChange={(value) => put({ variable, value })} />}
    </fieldset>
  );
}

const choicesOf = (field) => (field?.type === 'boolean' ? [{ value: '= true', title: t('yes') }, { value: '= false', title: t('no') }] : (field?.choices ?? []));

function Answer({ value, choices, onChange }) {
  const label = t('Answer that means “return”');
  return (
    <div class="b-field">
      <span class="b-label">{label}</span>
      {choices.length > 0 && (
        <select class="form-select" aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">{t('Choose…')}</option>
          {choices.map((each) => <option key={String(each.value)} value={String(each.value)}>{each.title}</option>)}
        </select>
      )}
      {choices.length === 0 && <Kept class="form-control" aria-label={label} value={value} onChange={(event) => onChange(event.target.value)} />}
    </div>
  );
}
