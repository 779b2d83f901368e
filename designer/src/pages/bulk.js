/* Several rows at once: the bar stands above the list while something is ticked. */
import { forgetTicks, rows } from './pane.js';

function show() {
  const bar = document.getElementById('bulk');
  if (!bar) return;
  const chosen = rows().filter((row) => row.querySelector('input:checked'));
  bar.hidden = !chosen.length;
  bar.querySelector('[data-count]').textContent = bar.dataset.word.replace('0', chosen.length);
  bar.querySelectorAll('input[name=task]').forEach((input) => input.remove());
  document.querySelectorAll('[data-bulk-form]').forEach((form) => {
    form.querySelectorAll('input[name=task]').forEach((input) => input.remove());
    chosen.forEach((row) => {
      const input = document.createElement('input');
      Object.assign(input, { type: 'hidden', name: 'task', value: row.dataset.row });
      form.append(input);
    });
  });
}

export function watchBulk() {
  document.addEventListener('change', (event) => {
    if (event.target.matches('[data-tick-all]')) {
      rows().forEach((row) => {
        const box = row.querySelector('input[type=checkbox]');
        if (!box.disabled && box.checked !== event.target.checked) {
          box.checked = event.target.checked;
          box.dispatchEvent(new Event('change', { bubbles: true }));
        }
      });
    }
    if (event.target.closest('[data-row]') || event.target.matches('[data-tick-all]')) show();
  });
  document.addEventListener('click', (event) => {
    if (!event.target.closest('[data-untick]')) return;
    rows().forEach((row) => {
      row.querySelector('input').checked = false;
      row.classList.remove('is-ticked');
    });
    forgetTicks();
    show();
  });
  document.addEventListener('submit', (event) => {
    if (event.target.matches('[data-bulk-form]')) forgetTicks();
  });
  document.body.addEventListener('htmx:afterSettle', show);
}
