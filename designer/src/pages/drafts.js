/* What is typed is kept while it is typed, and the page says since when. */
const PAUSE = 1500;
let waiting = 0;

async function save(form) {
  const note = document.querySelector('[data-draft-note]');
  const typed = new FormData(form);
  [...typed.keys()].filter((name) => name.startsWith('files:')).forEach((name) => typed.delete(name));
  const answer = await fetch(form.dataset.draft, { method: 'POST', body: typed, headers: { 'HX-Request': 'true' } }).catch(() => null);
  if (note) note.textContent = answer?.ok ? await answer.text() : document.body.dataset.notSaved;
}

export function watchDrafts() {
  document.addEventListener('input', (event) => {
    const form = event.target.closest('form[data-draft]');
    if (!form) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => save(form), PAUSE);
  });
  document.addEventListener('submit', () => clearTimeout(waiting));
}
