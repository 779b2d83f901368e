/* The intake desk: the number that was typed looks its customer up; a sum says whether it is within the agent's authority. */
export function watchIntake() {
  let before = ''; /* whom the desk knew until this look-up */
  document.body.addEventListener('htmx:configRequest', (event) => {
    if (!event.target.matches('[data-number]')) return;
    event.detail.parameters.set('number', event.target.value);
    before = document.getElementById('panel')?.dataset.name ?? '';
  });
  document.body.addEventListener('htmx:afterSettle', () => {
    const name = document.getElementById('in-contact_name');
    const found = document.getElementById('panel')?.dataset.name ?? '';
    if (name && (!name.value || name.value === before)) name.value = found; /* another number, another name; what was typed stays */
  });
  /* Enter after the number looks the customer up and goes on; the complaint is not told yet. */
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.isComposing || !event.target.matches('[data-number]')) return;
    event.preventDefault();
    document.getElementById('in-title').focus();
  });
  document.addEventListener('input', (event) => {
    if (!event.target.matches('[data-sum]')) return;
    const note = document.querySelector('[data-authority-note]');
    const sum = Number(event.target.value);
    const within = sum <= Number(document.getElementById('authority').dataset.limit);
    note.textContent = sum > 0 ? (within ? note.dataset.within : note.dataset.over) : '';
    note.className = `b-tag ${within ? 'b-tag--ok' : 'b-tag--warn'}`;
  });
}
