/* Files that are too much for one request are told of before they are sent: the server would hang up in the middle. */
const inputsOf = (form) => [...form.elements].filter((each) => each.type === 'file');
const sizeOf = (form) => inputsOf(form).reduce((sum, input) => [...input.files].reduce((all, file) => all + file.size, sum), 0);
const isTooMuch = (form) => form.method === 'post' && sizeOf(form) > Number(document.body.dataset.mostBytes);

function tell({ target }) {
  if (target.type !== 'file' || !target.form) return;
  target.form.querySelector('[data-too-much]')?.remove();
  if (!isTooMuch(target.form)) return;
  const note = document.createElement('div');
  note.className = 'b-err';
  note.dataset.tooMuch = '';
  note.setAttribute('role', 'alert');
  note.textContent = document.body.dataset.tooMuch.replace('{size}', Math.ceil(sizeOf(target.form) / 1e6));
  target.after(note);
}

function hold(event) {
  if (!isTooMuch(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  inputsOf(event.target).find((input) => input.files.length > 0).focus();
}

export function watchFiles() {
  document.addEventListener('change', tell);
  document.addEventListener('submit', hold, true);
}
