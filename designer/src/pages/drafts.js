/* What is typed is kept while it is typed, and the page says since when; nothing else takes the form away before that. */
const PAUSE = 1500;
let waiting = 0;

function typedIn(form) {
  const typed = new FormData(form);
  [...typed.keys()].filter((name) => name.startsWith('files:')).forEach((name) => typed.delete(name));
  return typed;
}

async function save(form) {
  clearTimeout(waiting);
  delete form.dataset.unsaved;
  const answer = await fetch(form.dataset.draft, { method: 'POST', body: typedIn(form), headers: { 'HX-Request': 'true' } }).catch(() => null);
  const note = document.querySelector('[data-draft-note]');
  if (note) note.textContent = answer?.ok ? await answer.text() : document.body.dataset.notSaved;
}

function changed(form) {
  form.dataset.unsaved = '';
  clearTimeout(waiting);
  waiting = setTimeout(() => save(form), PAUSE);
}

const unsaved = () => document.querySelector('form[data-draft][data-unsaved]');

/* A form that came back with what is wrong holds what was typed; its draft does not yet. */
export function settleDrafts(root) {
  root.querySelectorAll?.('form[data-draft]:has(.has-error):not([data-unsaved])').forEach(changed);
}

export function watchDrafts() {
  document.addEventListener('input', (event) => {
    const form = event.target.closest('form[data-draft]');
    if (form) changed(form);
  });
  document.addEventListener('submit', (event) => {
    if (!event.target.matches('form[data-draft]')) return;
    clearTimeout(waiting);
    delete event.target.dataset.unsaved;
  });
  document.body.addEventListener('htmx:confirm', (event) => {
    const form = unsaved();
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    save(form).then(() => event.detail.issueRequest(true));
  });
  window.addEventListener('pagehide', () => {
    const form = unsaved();
    if (form) navigator.sendBeacon(form.dataset.draft, typedIn(form));
  });
}
