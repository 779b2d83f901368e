/* What was done, and ten seconds to undo it; what went wrong stays until it is closed. */
const SECONDS = 10;

export function settleToasts(root) {
  root.querySelectorAll?.('[data-toast="go"]:not([data-running])').forEach((toast) => {
    toast.dataset.running = '';
    setTimeout(() => toast.remove(), SECONDS * 1000);
  });
}

export function announce(text) {
  alertWith(text);
  const toast = document.getElementById('live').firstElementChild;
  toast.setAttribute('role', 'status');
  toast.dataset.toast = 'go';
  settleToasts(document);
}

export function alertWith(text) {
  const toast = document.getElementById('toast-alert').content.firstElementChild.cloneNode(true);
  toast.querySelector('[data-toast-text]').textContent = text;
  document.getElementById('live').replaceChildren(toast);
}

export function watchToasts() {
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-toast-close]')) event.target.closest('[data-toast]').remove();
  });
  const body = document.body;
  body.addEventListener('alert', (event) => alertWith(event.detail.text ?? event.detail.value));
  ['htmx:sendError', 'htmx:timeout'].forEach((name) => body.addEventListener(name, () => alertWith(body.dataset.notSaved)));
  body.addEventListener('htmx:beforeSwap', () => document.getElementById('live').replaceChildren());
}
