/* The kinds of fields, to be dragged into the form or added behind the chosen field. */
import { Icon } from '../../shell/Icon.jsx';
import { isChinese } from '../../shell/i18n.js';
import { t } from '../i18n.js';
import { begin, end } from './drag.js';
import { KINDS } from './kinds.js';

/* A click adds a field and goes on with its label, and so does a double click, whose second press takes the focus; a key adds and stays, for several. */
function add(builder, kind, clicks) {
  if (clicks < 2) builder.add(kind);
  if (clicks) setTimeout(() => document.getElementById(`f-label-${isChinese() ? 'zh' : 'en'}`)?.select());
}

export function Palette({ builder }) {
  return (
    <nav class="f-kinds" aria-labelledby="f-kinds-h">
      <h2 id="f-kinds-h">{t('Fields')}</h2>
      <p class="b-help mt-0">{t('Drag into the form, or click to add behind the chosen field.')}</p>
      <ul>
        {KINDS.map((kind) => (
          <li key={kind.id}>
            <button type="button" class="f-kind" data-kind={kind.id} draggable onDragStart={(event) => begin(event, { kind: kind.id })} onDragEnd={end} onClick={(event) => add(builder, kind.id, event.detail)}>
              <Icon name={kind.icon} />{t(kind.title)}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
