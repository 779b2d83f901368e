/* Put a field into a text, where the cursor stands: what is written is {{name}}. */
import { useState } from 'preact/hooks';

import { FieldChoice } from './FieldChoice.jsx';
import { t } from './i18n.js';

/* ``box`` is a ref to the text's field, which hears of it as if it had been typed. */
export function Insert({ box, fields }) {
  const [round, start] = useState(0); // a new list each time: the old one would show what was chosen
  function put(name) {
    const { current } = box;
    current.setRangeText(`{{${name}}}`, current.selectionStart, current.selectionEnd, 'end');
    for (const kind of ['input', 'change']) current.dispatchEvent(new Event(kind, { bubbles: true }));
    current.focus();
    start(round + 1);
  }
  if (!fields.length) return null;
  return <div class="b-insert"><FieldChoice key={round} label={t('Insert a field')} none={t('Insert a field…')} value="" fields={fields} onChange={put} /></div>;
}
