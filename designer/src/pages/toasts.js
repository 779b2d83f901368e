/* What was done, and ten seconds to undo it; what went wrong stays until it is closed. */
const SECONDS = 10;

export function settleToasts(root) {
  root.querySelectorAll?.('[data-toast="go"]:not([data-running])').forEach((toast) => {
    toast.dataset.running = '';
    setTimeout(() => toast.remove(), SECONDS * 1000);
  });
}

export function announce(text) {
  const toast = alertWith(text);
  toast.setAttribute('role', 'status');
  toast.dataset.toast = 'go';
  settleToasts(document);
}

/* Where a sentence is seen: a dialog that is open covers the rest of the page. */
const place = () => document.querySelector('dialog[open] .b-dialog__b') ?? document.getElementById('live');

const forget = () => document.querySelectorAll('#live [data-toast], dialog [data-toast]').forEach((toast) => toast.remove());

function alertWith(text) {
  const toast = document.getElementById('toast-alert').content.firstElementChild.cloneNode(true);
  toast.querySelector('[data-toast-text]').textContent = text;
  forget();
  place().append(toast);
  return toast;
}

/* What was sent may have been typed: then it is still here. */
function tellUnreached({ detail: { elt } }) {
  const { notSaved, unreached } = document.body.dataset;
  alertWith(elt.matches('form[method=post]:has(input:not([type=hidden]), select, textarea)') ? notSaved : unreached);
}

/* Who has logged in again has another secret: the forms of this page send that one from now on. */
function renewSecrets(token) {
  document.querySelectorAll('input[name=csrf_token]').forEach((field) => {
    field.value = token;
  });
}

export function watchToasts() {
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-toast-close]')) event.target.closest('[data-toast]').remove();
  });
  const body = document.body;
  body.addEventListener('alert', (event) => alertWith(event.detail.text ?? event.detail.value));
  ['htmx:sendError', 'htmx:timeout'].forEach((name) => body.addEventListener(name, tellUnreached));
  body.addEventListener('csrf', (event) => renewSecrets(event.detail.token));
  body.addEventListener('htmx:beforeSwap', ({ detail }) => {
    const stays = !detail.shouldSwap || detail.xhr.getResponseHeader('HX-Reswap') === 'none';
    if (!stays && detail.target.matches('#main, #pane')) forget(); /* not when something beside it is read anew */
  });
}
