/* What a form sends: once, however often its button is clicked, and with the name of that button. */
let underway = new WeakSet();

function sendOnce(event) {
  const form = event.target;
  if (form.getAttribute('method') !== 'post') return; /* form.method would be a field of that name */
  if (underway.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  underway.add(form);
}

export function watchSubmitting() {
  document.addEventListener('submit', sendOnce, true);
  document.body.addEventListener('htmx:afterRequest', (event) => underway.delete(event.detail.elt));
  window.addEventListener('pageshow', () => {
    underway = new WeakSet(); /* back to a page that was kept: its forms may be sent again */
  });
  /* htmx does not see a button that stands outside its form. */
  document.body.addEventListener('htmx:configRequest', ({ detail }) => {
    const button = detail.triggeringEvent?.submitter;
    if (button?.name && !detail.parameters.has(button.name)) detail.parameters.set(button.name, button.value);
  });
}
