/* The class picker: a few letters, arrows, Enter. The list comes from the server; the code travels in a hidden field. */
function choose(picker, button) {
  picker.querySelector('input[type=hidden]').value = button.dataset.code;
  const input = picker.querySelector('[role=combobox]');
  input.value = button.dataset.words;
  input.setAttribute('aria-expanded', 'false');
  picker.querySelector('[role=listbox]').replaceChildren();
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

function move(picker, step) {
  const options = [...picker.querySelectorAll('[role=option]')];
  if (!options.length) return;
  const at = options.findIndex((option) => option.getAttribute('aria-selected') === 'true');
  const next = options[(at + step + options.length) % options.length];
  options.forEach((option) => option.setAttribute('aria-selected', String(option === next)));
  picker.querySelector('[role=combobox]').setAttribute('aria-activedescendant', next.id);
  next.scrollIntoView({ block: 'nearest' });
}

function onKey(picker, event) {
  const current = picker.querySelector('[aria-selected=true]');
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    move(picker, event.key === 'ArrowDown' ? 1 : -1);
  } else if (event.key === 'Enter' && !event.ctrlKey && current) {
    event.preventDefault();
    choose(picker, current);
  } else if (event.key === 'Escape') {
    picker.querySelector('[role=listbox]').replaceChildren();
  }
}

export function watchClasses(root) {
  root.querySelectorAll?.('[data-classes]').forEach((picker) => {
    if (picker.dataset.ready !== undefined) return;
    picker.dataset.ready = '';
    picker.addEventListener('keydown', (event) => onKey(picker, event));
    picker.addEventListener('click', (event) => {
      const option = event.target.closest('[role=option]');
      if (option) choose(picker, option);
    });
    picker.addEventListener('htmx:afterSwap', () => {
      const found = picker.querySelector('[role=option]');
      picker.querySelector('[role=combobox]').setAttribute('aria-expanded', String(Boolean(found)));
      if (found) move(picker, 1);
    });
    picker.querySelector('[role=combobox]').addEventListener('input', () => {
      picker.querySelector('input[type=hidden]').value = '';
    });
  });
}
