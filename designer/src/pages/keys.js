/* Keys of one letter. They can be switched off in the profile (WCAG 2.1.4) and sleep while somebody types or composes. */
import { openDialog } from './dialogs.js';
import { rows, select, selected, toggle } from './pane.js';

const find = (selector) => document.querySelector(selector);

/* The element a key stands for: <button data-key="c">, in the pane or in the list. */
function press(key) {
  const target = find(`#pane [data-key="${key}"]:not(:disabled)`) ?? find(`[data-key="${key}"]:not(:disabled)`);
  target?.click();
  return Boolean(target);
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

export function watchKeys() {
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') {
      event.target.form?.requestSubmit(event.target.form.querySelector('[data-enter]'));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.body.dataset.shortcuts !== 'on') return;
    if (isTyping(event.target)) {
      if (event.key === 'Escape') event.target.blur();
      return;
    }
    if (find('dialog[open]') || (ONLY_IN_LISTS.has(event.key) && !rows().length)) return;
    if (event.target.matches('input') && event.key.startsWith('Arrow')) return;
    const act = KEYS[event.key] ?? (OF_BUTTONS.includes(event.key) ? () => press(event.key) : null);
    if (!act) return;
    event.preventDefault();
    act();
  });
}
