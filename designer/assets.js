/* What every page is served with, made from npm's packages: one stylesheet (the part of Tabler that the pages use, then ours), htmx, the icons in use. */
import { readFileSync, writeFileSync } from 'node:fs';
import { transform } from 'lightningcss';
import { PurgeCSS } from 'purgecss';

const WEB = '../bpm/web';
const OUT = `${WEB}/static/built`;
const read = (file) => readFileSync(file, 'utf8');

function minified(css, name) {
  return transform({ filename: name, code: Buffer.from(css), minify: true }).code;
}

async function stylesheet() {
  const [{ css }] = await new PurgeCSS().purge({
    content: [`${WEB}/templates/**/*.html`, `${WEB}/static/*.js`, `${WEB}/*.py`, 'src/**/*.{js,jsx}'],
    css: ['node_modules/@tabler/core/dist/css/tabler.css'],
    safelist: { standard: ['disabled', 'show', 'active', 'btn-danger', 'btn-primary'], variables: [/^--tblr-/] },
    variables: true,
  });
  writeFileSync(`${OUT}/pages.css`, minified(css + read(`${WEB}/static/baton.css`), 'pages.css'));
}

function viewerStylesheet() {
  const files = ['diagram-js.css', 'bpmn-js.css'].map((name) => read(`node_modules/bpmn-js/dist/assets/${name}`));
  writeFileSync(`${OUT}/diagram.css`, minified(files.join('\n'), 'diagram.css'));
}

function icons() {
  const symbols = JSON.parse(read('icons.json')).map((name) => {
    const [, body] = read(`node_modules/@tabler/icons/icons/outline/${name}.svg`).match(/<svg[^>]*>([\s\S]*)<\/svg>/);
    return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/<path stroke="none"[^>]*\/>/, '').replace(/\s+/g, ' ').trim()}</symbol>`;
  });
  writeFileSync(`${OUT}/icons.svg`, `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`);
}

await stylesheet();
viewerStylesheet();
icons();
writeFileSync(`${OUT}/htmx.js`, read('node_modules/htmx.org/dist/htmx.min.js'));
