/* Forms: which one a step shows, and the builder in which they are made. The builder is loaded when it is opened. */
import './forms.css';
import { t } from './i18n.js';
import { FormTab } from './tab.jsx';

const SHOWS_FORM = new Set(['bpmn:UserTask', 'bpmn:StartEvent']);

export function start(studio) {
  studio.addTab({ id: 'form', title: t('Form'), order: 20, applies: (element) => SHOWS_FORM.has(element.type), Panel: FormTab });

  /* Open the builder with a form of the draft, one at a time; ``options`` may name a ``field`` to begin with and what the step shows ``readOnly``. */
  let opened = null;
  studio.openForm = (name, options = {}) => {
    opened ??= import('./builder/index.jsx')
      .then(({ openBuilder }) => openBuilder(studio, name, options))
      .finally(() => {
        opened = null;
      });
    return opened;
  };
}
