/* The intake desk: the number that was typed looks its customer up; a sum says whether it is within the agent's authority. */
export function watchIntake() {
  document.body.addEventListener('htmx:configRequest', (event) => {
    if (event.target.matches('[data-number]')) event.detail.parameters.set('number', event.target.value);
  });
  document.addEventListener('input', (event) => {
    if (!event.target.matches('[data-authority]')) return;
    const note = document.querySelector('[data-authority-note]');
    const sum = Number(event.target.value);
    const within = sum <= Number(event.target.dataset.authority);
    note.textContent = sum > 0 ? (within ? note.dataset.within : note.dataset.over) : '';
    note.className = `b-tag ${within ? 'b-tag--ok' : 'b-tag--warn'}`;
  });
}
