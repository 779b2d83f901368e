/* The tab "Form": which form the step shows, and which of its fields are only to be read there. */
import { useEffect, useReducer } from 'preact/hooks';

import { extensionOf, setExtension } from '../modeler/extensions.js';
import { Icon } from '../shell/Icon.jsx';
import { readEnglish, said } from '../shell/english.js';
import { createForm, fieldsOf, formNames, readForm } from './files.js';
import { t } from './i18n.js';

export function FormTab({ studio, element }) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  useEffect(() => studio.draft.on('change', redraw), [studio]);
  const given = extensionOf(element, 'Form');
  const ref = given?.get('ref') ?? '';
  const say = (text) => said(studio.draft, text);
  const set = (attributes) => setExtension(studio, element, 'Form', attributes);
  const form = ref ? readForm(studio.draft, ref) : null;
  const isLost = Boolean(ref) && !form;

  function create(event) {
    if (event.detail > 1) return; /* a double click makes one form */
    const title = element.businessObject.name || t('New form');
    const name = createForm(studio.draft, title, readEnglish(studio.draft)?.[title] ?? title);
    set({ ref: name, readOnly: undefined });
    studio.openForm(name, { step: element });
  }

  return (
    <div class="stack">
      <div class="b-field">
        <label for="form-ref">{t('Form of this step')}</label>
        <select id="form-ref" class="form-select" value={ref} aria-describedby="form-ref-h" onChange={(event) => set({ ref: event.target.value, readOnly: undefined })}>
          <option value="">{element.type === 'bpmn:StartEvent' ? t('No form: it begins at once') : t('No form: only a button “Submit”')}</option>
          {isLost && <option value={ref}>{ref}</option>}
          {formNames(studio.draft).map((name) => (
            <option key={name} value={name}>{say(readForm(studio.draft, name)?.title ?? name)}</option>
          ))}
        </select>
        <p class="b-help" id="form-ref-h">{t('Steps may share one form.')}</p>
        {isLost && <p class="b-err"><Icon name="alert-circle" />{t('There is no such form in this draft, or its file is broken. Choose another one or make a new one.')}</p>}
      </div>
      <div class="row-flex">
        {form && (
          <button type="button" class="btn btn-primary" onClick={() => studio.openForm(ref, { step: element })}>
            <Icon name="pencil" />{t('Open the form')}
          </button>
        )}
        <button type="button" class="btn" onClick={create}><Icon name="plus" />{t('New form')}</button>
      </div>
      {form && element.type === 'bpmn:UserTask' && <ReadOnly form={form} say={say} value={given.get('readOnly') ?? ''} set={set} />}
    </div>
  );
}

/* Which fields this step only shows. The server takes no answer to them. */
function ReadOnly({ form, say, value, set }) {
  const fields = fieldsOf(form);
  const chosen = new Set(value.split(/\s+/).filter(Boolean));
  const lost = [...chosen].filter((name) => !(name in fields));

  function toggle(name) {
    if (chosen.has(name)) chosen.delete(name);
    else chosen.add(name);
    set({ readOnly: [...chosen].join(' ') });
  }

  return (
    <fieldset class="b-field f-only">
      <legend>{t('Read-only at this step')}</legend>
      <p class="b-help">{t('Ticked fields are shown here and cannot be changed. Other steps with the same form are not affected.')}</p>
      <div class="b-choices b-choices--many">
        {Object.entries(fields).map(([name, rule]) => (
          <label key={name} class="form-check mb-0">
            <input type="checkbox" class="form-check-input" checked={chosen.has(name)} onChange={() => toggle(name)} />
            <span class="form-check-label">{say(rule?.title ?? name)}</span>
          </label>
        ))}
        {Object.keys(fields).length === 0 && <span class="t-3 t-sm">{t('The form has no fields yet.')}</span>}
        {lost.map((name) => (
          <label key={name} class="form-check mb-0">
            <input type="checkbox" class="form-check-input" checked onChange={() => toggle(name)} />
            <span class="form-check-label t-late">{t('{name} (not in the form any more)', { name })}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
