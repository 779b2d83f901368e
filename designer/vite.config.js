import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const entry = (path) => resolve(import.meta.dirname, path);
const DESIGNER = entry('src/modeler/index.jsx');
const OTHERS = [entry('src/pages/index.js'), entry('src/viewer/index.js')];

/* Tell whether an entry needs a module at once, and not only when something is opened. */
function isNeeded(id, entries, bundle, seen = new Set()) {
  if (entries.includes(id)) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  return (bundle.getModuleInfo(id)?.importers ?? []).some((importer) => isNeeded(importer, entries, bundle, seen));
}

/* The page loads the entry by an address with a hash, which what is loaded later cannot know: an entry that it imported would run a
   second time. So the entry holds nothing but the import of a chunk, and all others import that chunk by the same address. */
function ofDesigner(id, bundle) {
  if (id === DESIGNER.replace('index.jsx', 'entry.js')) return null;
  return isNeeded(id, [DESIGNER], bundle) && !isNeeded(id, OTHERS, bundle) ? 'designer' : null;
}

/* Every island is an entry; what two of them share becomes a chunk of its own. Pages add the hash of a file to its address; what is loaded
   by another script has it in its name. */
function nameOf({ names }) {
  const isLate = names.some((name) => name.endsWith('.css') && name !== 'designer.css');
  return isLate ? '[name]-[hash][extname]' : '[name][extname]';
}

/* That file may not be changed (license of bpmn.io), so it is given what it imports in another form. */
const unstyledMark = {
  name: 'unstyled-mark',
  enforce: 'pre',
  resolveId: (source, importer) => (source === 'min-dom' && importer?.endsWith('dmn-js-shared/lib/util/PoweredByUtil.js') ? entry('src/tables/unstyled.js') : null),
};

export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [unstyledMark],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../bpm/web/static/built',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, /* the content security policy lets no font in that is written into a stylesheet */
    rollupOptions: {
      input: {
        designer: entry('src/modeler/entry.js'),
        pages: entry('src/pages/index.js'),
        viewer: entry('src/viewer/index.js'),
      },
      preserveEntrySignatures: 'allow-extension',
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js', assetFileNames: nameOf, codeSplitting: { groups: [{ name: ofDesigner, debugName: 'designer', includeDependenciesRecursively: false }] } },
    },
  },
});
