/* A field that is asked only after certain answers: data-show='{"field": "result", "in": ["SOLVED"]}'. The server decides the same once more. */
function answers(form, name) {
  const fields = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter((field) => !field.disabled);
  const isYesOrNo = fields.length === 1 && fields[0].type === 'checkbox' && fields[0].value === 'true';
  if (isYesOrNo) return [String(fields[0].checked)];
  return fields.filter((field) => !['radio', 'checkbox'].includes(field.type) || field.checked).map((field) => field.value);
}

function settle(form) {
  form.querySelectorAll('[data-show]').forEach((field) => {
    const { field: name, in: wanted } = JSON.parse(field.dataset.show);
    const given = answers(form, name);
    const asked = wanted.some((value) => given.includes(String(value))) && !field.parentElement.closest('[data-show][hidden]');
    field.hidden = !asked;
    field.querySelectorAll('input, select, textarea').forEach((input) => {
      input.disabled = !asked;
    });
  });
}

export function watchConditions(root) {
  const forms = [...(root.querySelectorAll?.('form:has([data-show]):not([data-settled]), .b-preview:has([data-show]):not([data-settled])') ?? [])];
  forms.forEach((form) => {
    form.dataset.settled = '';
    settle(form);
    form.addEventListener('change', () => settle(form));
  });
}
