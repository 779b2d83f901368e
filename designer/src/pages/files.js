/* Files that are too much for one request are told of before they are sent: the server would hang up in the middle. */
const chosenIn = (form) => [...document.querySelectorAll('input[type=file]:enabled')].filter((input) => input.form === form && input.files.length > 0);
const sizeOf = (inputs) => inputs.flatMap((input) => [...input.files]).reduce((sum, file) => sum + file.size, 0);
const isTooMuch = (inputs) => sizeOf(inputs) > Number(document.body.dataset.mostBytes);

/* Any answer may take a field with files away, or bring it back. */
function tell({ target: { form } }) {
  if (!form) return;
  form.querySelector('[data-too-much]')?.remove();
  const chosen = chosenIn(form);
  if (!isTooMuch(chosen)) return;
  const note = document.createElement('div');
  note.className = 'b-err';
  note.dataset.tooMuch = '';
  note.setAttribute('role', 'alert');
  note.textContent = document.body.dataset.tooMuch.replace('{size}', Math.ceil(sizeOf(chosen) / 1e6));
  chosen.at(-1).after(note);
}

function hold(event) {
  const chosen = chosenIn(event.target);
  if (!isTooMuch(chosen)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  chosen.at(-1).focus();
}

export function watchFiles() {
  document.addEventListener('change', tell);
  document.addEventListener('submit', hold, true);
}
