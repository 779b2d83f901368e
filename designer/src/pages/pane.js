/* The list and the pane beside it: which row is current, which are ticked; a redrawn list keeps both, and its place. */
const ticked = new Set();
let current = null;
let asked = 0; /* the pane is to follow the hand in a moment */
let toDo = null; /* what to do when the chosen task is in the pane */

export const rows = () => [...document.querySelectorAll('[data-row]')];
export const selected = () => document.querySelector('[data-row][aria-current]');
const paneIsShown = () => document.getElementById('pane')?.offsetParent != null;

function mark(row) {
  rows().forEach((each) => each.removeAttribute('aria-current'));
  row.setAttribute('aria-current', 'true');
  current = row.dataset.row;
}

/* Go up or down; the pane follows when the hand rests. */
export function select(step) {
  const all = rows();
  const at = all.indexOf(selected());
  const row = all[Math.max(0, Math.min(all.length - 1, at + step))];
  if (!row) return;
  mark(row);
  row.querySelector('a').focus();
  stop();
  if (paneIsShown()) asked = setTimeout(follow, 200);
}

function stop() {
  clearTimeout(asked);
  asked = 0;
}

function follow() {
  stop();
  selected()?.querySelector('a').click();
}

/* Do something with the task that the list shows as chosen: at once when the pane shows it, else as soon as it does. */
export function withSelected(act) {
  const row = selected();
  const pane = document.getElementById('pane');
  if (!row || !paneIsShown() || pane.dataset.task === row.dataset.row) {
    stop();
    act();
    return;
  }
  toDo = { task: row.dataset.row, act };
  if (asked) follow();
}

function shown() {
  const waiting = toDo;
  if (!waiting) return;
  toDo = null;
  if (document.querySelector(`#pane[data-task="${CSS.escape(waiting.task)}"]`)) waiting.act();
}

export function toggle(row) {
  const box = row?.querySelector('input[type=checkbox]');
  if (!box || box.disabled) return;
  box.checked = !box.checked;
  box.dispatchEvent(new Event('change', { bubbles: true }));
}

export function forgetTicks() {
  ticked.clear();
}

function restore() {
  rows().forEach((row) => {
    const box = row.querySelector('input[type=checkbox]');
    if (box && ticked.has(row.dataset.row) && !box.disabled) {
      box.checked = true;
      row.classList.add('is-ticked');
    }
  });
  const row = current && document.querySelector(`[data-row="${CSS.escape(current)}"]`);
  if (row && document.querySelector(`#pane[data-task="${CSS.escape(current)}"]`)) mark(row);
}

export function watchPane() {
  const body = document.body;
  body.addEventListener('change', (event) => {
    const row = event.target.closest('[data-row]');
    if (!row || event.target.type !== 'checkbox') return;
    row.classList.toggle('is-ticked', event.target.checked);
    if (event.target.checked) ticked.add(row.dataset.row);
    else ticked.delete(row.dataset.row);
  });
  body.addEventListener('htmx:confirm', (event) => {
    const row = event.target.closest?.('[data-row]');
    if (!row || event.target.getAttribute('hx-target') !== '#pane') return;
    if (paneIsShown()) {
      mark(row);
      return;
    }
    event.preventDefault(); /* no room for a pane: the task has a page of its own */
    window.location.assign(event.target.getAttribute('href'));
  });
  let scrolled = 0;
  body.addEventListener('htmx:beforeSwap', (event) => {
    scrolled = document.querySelector('.b-mid__scroll')?.scrollTop ?? 0;
    if (event.detail.boosted) {
      current = null;
      stop();
    }
  });
  body.addEventListener('htmx:afterSettle', () => {
    const list = document.querySelector('.b-mid__scroll');
    if (list) list.scrollTop = scrolled;
    restore();
    shown();
  });
}
