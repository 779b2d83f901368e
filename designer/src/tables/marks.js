/* Marks on cells and rules, as rules of a stylesheet: dmn-js draws its cells anew at every key, and the marks stay. */
const sheet = new CSSStyleSheet();
const text = (words) => `"${words.replace(/[\\"]/g, '\\$&').replace(/\s+/g, ' ')}"`;
const cell = (id) => `.b-tables td[data-element-id=${text(id)}]`;
const row = (id) => `.b-tables tr > td[data-row-id=${text(id)}]`;

/* ``remarks``: [{element, level, sentence}]; ``matched``: ids of rules; ``missed``: ids of cells; ``shown``: ids of rules. */
export function mark({ remarks = [], matched = [], missed = [], shown = [] }) {
  if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const lines = [
    ...matched.map((id) => `${row(id)} { background: var(--b-ok-soft); } ${row(id)}.rule-index::after { content: " ✓"; color: var(--b-ok); }`),
    ...missed.map((id) => `${cell(id)} { background: var(--b-hold-soft); } ${cell(id)} .content-editable { text-decoration: line-through; text-decoration-color: var(--b-hold); }`),
    ...shown.map((id) => `${row(id)} { box-shadow: inset 0 2px var(--b-accent), inset 0 -2px var(--b-accent); }`),
    ...remarks.filter(({ element }) => element).map(remark),
  ];
  sheet.replaceSync(lines.join('\n'));
}

function remark({ element, level, sentence }) {
  const [ink, soft] = level === 'error' ? ['--b-late', '--b-late-soft'] : ['--b-warn', '--b-warn-soft'];
  const column = `.b-tables th[data-col-id=${text(element)}]`;
  return `${cell(element)}, ${column} { background: var(${soft}); box-shadow: inset 3px 0 var(${ink}); }
    ${cell(element)}:is(:hover, :focus-within)::after, ${column}:hover::after { content: ${text(sentence)}; position: absolute; left: 0; top: 100%; z-index: 20; inline-size: max-content; max-inline-size: 22rem;
      white-space: normal; padding: .35rem .6rem; background: var(--b-surface); color: var(${ink}); border: 1px solid var(${ink}); border-radius: 6px; font: var(--b-t-sm)/1.5 var(--b-font); text-align: start; }
    tr:last-child > ${cell(element).split(' ').at(-1)}::after { top: auto !important; bottom: 100%; }
    ${cell(element)}, ${column} { position: relative; overflow: visible; }`;
}
