/* Choose one of many by typing a part of its name: {value, label, hint}. What begins with = is taken as an expression. */
import { useRef, useState } from 'preact/hooks';

import { t } from './words.js';
import { useId } from './useId.js';

const MOST = 40;

function matching(options, text) {
  const parts = text.toLowerCase().split(/\s+/).filter(Boolean);
  return options.filter(({ value, label, hint }) => parts.every((part) => `${label} ${hint ?? ''} ${value}`.toLowerCase().includes(part))).slice(0, MOST);
}

function Option({ id, option, isAt, onPick }) {
  const take = (event) => {
    event.preventDefault();
    onPick(option);
  };
  return (
    <li id={id} role="option" aria-selected={isAt} onMouseDown={take}>
      <span>{option.label}</span>
      {option.hint && <span class="b-help">{option.hint}</span>}
    </li>
  );
}

const labelOf = (value, options, shown) => shown ?? options.find((each) => each.value === value)?.label ?? value ?? '';
const isSearch = (typed) => typed !== null && !typed.trim().startsWith('=');

export function Combobox({ value, options, onPick, onType, shown, placeholder, ...rest }) {
  const list = useId();
  const input = useRef(null);
  const [typed, type] = useState(null);
  const [at, move] = useState(0);
  const isOpen = isSearch(typed);
  const found = isOpen ? matching(options, typed) : [];

  function close() {
    type(null);
    move(0);
  }

  function pick(option) {
    close();
    onPick(option.value, option);
  }

  function leave() {
    if (typed === null) return;
    const text = typed.trim();
    close();
    if (text === '' && value) onPick('', null);
    else if (text.startsWith('=') && text !== value) onPick(text, null);
  }

  const keys = {
    ArrowDown: () => (isOpen ? move(Math.min(at + 1, found.length - 1)) : type('')),
    ArrowUp: () => move(Math.max(at - 1, 0)),
    Enter: () => (isOpen && found[at] ? pick(found[at]) : leave()),
    Escape: close,
  };

  return (
    <div class="b-combo">
      <input
        {...rest}
        ref={input}
        type="text"
        class="form-control"
        role="combobox"
        autocomplete="off"
        aria-expanded={isOpen}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && found[at] ? `${list}-${at}` : undefined}
        placeholder={placeholder}
        value={typed ?? labelOf(value, options, shown)}
        onFocus={(event) => event.target.select()}
        onClick={() => typed === null && type('')}
        onInput={(event) => {
          type(event.target.value);
          move(0);
          onType?.(event.target.value);
        }}
        onBlur={leave}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (!act) return;
          event.preventDefault();
          event.stopPropagation();
          act();
        }}
      />
      <ul class="b-combo__list" id={list} role="listbox" aria-label={rest['aria-label'] ?? t('Choices')} hidden={!isOpen}>
        {found.map((option, index) => (
          <Option key={option.value} id={`${list}-${index}`} option={option} isAt={index === at} onPick={pick} />
        ))}
        {isOpen && !found.length && (
          <li role="option" aria-disabled="true" aria-selected="false" class="b-help">
            {t('Nothing with this name')}
          </li>
        )}
      </ul>
    </div>
  );
}
