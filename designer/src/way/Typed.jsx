/* A text area for an expression, with the fields offered while a name is typed, checked by the server. */
import { useEffect, useRef, useState } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { useId } from '../shell/useId.js';
import { useProblem } from './checking.js';
import { t } from './i18n.js';

const NAME = /[\p{L}_][\p{L}\p{N}_.]*$/u;
const MOST = 8;

export function Typed({ label, value, onChange, fields, kind = 'value', field, help, rows = 2, expressionOf = (text) => text, isOffered = () => true }) {
  const id = useId();
  const area = useRef(null);
  const [draft, edit] = useState(value);
  const [offers, offer] = useState([]);
  const [at, move] = useState(0);
  const problem = useProblem(expressionOf(draft), kind);
  useEffect(() => edit(value), [value]);

  function look(text, place) {
    const begun = isOffered(text) ? (NAME.exec(text.slice(0, place))?.[0].toLowerCase() ?? '') : '';
    offer(begun ? fields.filter(({ name, title }) => name !== begun && (name.toLowerCase().includes(begun) || title.toLowerCase().includes(begun))).slice(0, MOST) : []);
    move(0);
  }
  function choose({ name }) {
    const place = area.current.selectionStart;
    const before = draft.slice(0, place).replace(NAME, name);
    const text = before + draft.slice(place);
    edit(text);
    onChange(text);
    offer([]);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(before.length, before.length);
    });
  }
  function typed(event) {
    edit(event.target.value);
    look(event.target.value, event.target.selectionStart);
  }
  function key(event) {
    const act = offers.length && { ArrowDown: () => move((at + 1) % offers.length), ArrowUp: () => move((at + offers.length - 1) % offers.length), Enter: () => choose(offers[at]), Tab: () => choose(offers[at]), Escape: () => offer([]) }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }
  return (
    <div class={`b-field b-typed ${problem ? 'has-error' : ''}`}>
      <label for={id}>{label}</label>
      <textarea
        id={id} ref={area} class="form-control" rows={rows} value={draft} spellcheck={false} data-field={field}
        role="combobox" aria-autocomplete="list" aria-expanded={offers.length > 0} aria-controls={`${id}-offers`} aria-invalid={Boolean(problem)}
        aria-activedescendant={offers.length ? `${id}-${at}` : undefined} aria-describedby={`${id}-told`}
        onInput={typed} onKeyDown={key} onChange={() => draft !== value && onChange(draft)} onBlur={() => offer([])}
      />
      <ul id={`${id}-offers`} class="b-offers" role="listbox" aria-label={t('Fields')} hidden={!offers.length}>
        {offers.map((each, place) => (
          <li key={each.name} id={`${id}-${place}`} role="option" aria-selected={place === at} onMouseDown={(event) => { event.preventDefault(); choose(each); }}>
            <span>{each.title}</span>
            <code>{each.name}</code>
          </li>
        ))}
      </ul>
      <div id={`${id}-told`}>
        {problem ? <p class="b-err"><Icon name="alert-circle" />{problem}</p> : help && <p class="b-help">{help}</p>}
      </div>
    </div>
  );
}
