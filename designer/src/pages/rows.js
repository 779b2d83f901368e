/* Tables of rows in forms: rows come and go without a round to the server. Without script there are spare rows, and a button that brings more. */
const controls = (row) => [...row.querySelectorAll('input:not([type=hidden]), select, textarea')];

function isBlank(row) {
  return controls(row).every((field) => (['checkbox', 'radio'].includes(field.type) ? !field.checked : !field.value));
}

function numberOf(row) {
  return row.querySelector('input[type=hidden]').value;
}

function add(table) {
  const rows = [...table.querySelectorAll('tbody tr')];
  const row = table.blank.cloneNode(true);
  const number = String(Math.max(-1, ...rows.map((each) => Number(numberOf(each)))) + 1);
  const old = numberOf(row);
  row.querySelector('input[type=hidden]').value = number;
  for (const field of row.querySelectorAll('[name], [id], [list], [aria-label]')) {
    for (const name of ['name', 'id', 'list']) {
      const value = field.getAttribute(name);
      if (value) field.setAttribute(name, value.replace(`.${old}.`, `.${number}.`));
    }
    field.ariaLabel = field.ariaLabel?.replace(/\d+(?=\D*$)/, String(rows.length + 1)) ?? null;
  }
  table.querySelector('tbody').append(row);
  return row;
}

function begin(table) {
  const rows = [...table.querySelectorAll('tbody tr')];
  const blanks = rows.filter(isBlank);
  table.blank = (blanks.at(-1) ?? rows.at(-1)).cloneNode(true);
  controls(table.blank).forEach((field) => {
    if (['checkbox', 'radio'].includes(field.type)) field.removeAttribute('checked');
    else if (field.tagName === 'SELECT') field.selectedIndex = 0;
    else field.value = '';
  });
  blanks.slice(rows.length === blanks.length ? 1 : 0).forEach((row) => row.remove());
  table.querySelectorAll('[data-row-away]').forEach((button) => (button.hidden = false));
  table.blank.querySelectorAll('[data-row-away]').forEach((button) => (button.hidden = false));
}

export function watchRows(root) {
  (root.querySelectorAll?.('form [data-rows]:not([data-begun])') ?? []).forEach((table) => {
    table.dataset.begun = '';
    begin(table);
    table.addEventListener('click', (event) => {
      const more = event.target.closest('[name="more-rows"]');
      const away = event.target.closest('[data-row-away]');
      if (more) {
        event.preventDefault();
        controls(add(table))[0]?.focus();
      } else if (away) {
        away.closest('tr').remove();
        table.querySelector('[name="more-rows"]').focus();
        table.dispatchEvent(new Event('change', { bubbles: true }));
      }
    });
  });
}
