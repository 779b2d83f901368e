/* Keys of one letter. They can be switched off in the profile (WCAG 2.1.4) and sleep while somebody types or composes. */
import { openDialog } from './dialogs.js';
import { rows, select, selected, toggle, withSelected } from './pane.js';

const find = (selector) => document.querySelector(selector);

/* The element a key stands for: <button data-key="c">, in the pane, in the chosen row, or beside the list; never in another row. */
function press(key) {
  const button = `[data-key="${key}"]:not(:disabled)`;
  const target = find(`#pane ${button}`) ?? selected()?.querySelector(button) ?? find(`:not([data-row] *, #bulk *)${button}`);
  target?.click();
  target?.closest('details[open]')?.querySelector('input:not([type=hidden])')?.focus(); /* what is typed now is meant for the filter */
}

/* Where several rows are ticked, a key that the bar above the list has means all of them. */
function pressForAll(key) {
  const button = find(`#bulk:not([hidden]) [data-key="${key}"]`);
  if (button) button.click();
  else withSelected(() => press(key));
}

const KEYS = {
  j: () => select(1),
  ArrowDown: () => select(1),
  k: () => select(-1),
  ArrowUp: () => select(-1),
  x: () => toggle(selected()),
  z: () => [...document.querySelectorAll('[data-undo]')].at(-1)?.click(),
  '?': () => openDialog('keys'),
  '/': () => find('#q')?.focus(),
};
const ONLY_IN_LISTS = new Set(['j', 'k', 'x', 'ArrowDown', 'ArrowUp']);
const OF_BUTTONS = 'csrpnoafu';

function isTyping(target) {
  return target.matches('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]');
}

function isOff(event) {
  return event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.body.dataset.shortcuts !== 'on';
}

function submitWithControl(event) {
  if (!(event.ctrlKey || event.metaKey) || event.key !== 'Enter' || !event.target.form) return false;
  const { form } = event.target;
  form.requestSubmit(form.querySelector('[data-enter]'));
  return true;
}

/* What this key does here; nothing where it belongs to a field, a dialog, or a list that is not there. */
function actionOf(event) {
  const { key, target } = event;
  if (find('dialog[open]') || (ONLY_IN_LISTS.has(key) && !rows().length)) return null;
  if (target.matches('input') && key.startsWith('Arrow')) return null;
  return KEYS[key] ?? (OF_BUTTONS.includes(key) ? () => pressForAll(key) : null);
}

export function watchKeys() {
  document.addEventListener('keydown', (event) => {
    if (submitWithControl(event) || isOff(event)) return;
    if (isTyping(event.target)) {
      if (event.key === 'Escape') event.target.blur();
      return;
    }
    const act = actionOf(event);
    if (!act) return;
    event.preventDefault();
    act();
  });
}
