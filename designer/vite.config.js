import { resolve } from 'node:path';
import { defineConfig } from 'vite';

/* Every island is an entry; what two of them share becomes a chunk of its own. Pages add the hash of a file to its address. */
export default defineConfig({
  base: './',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../bpm/web/static/built',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, /* the content security policy lets no font in that is written into a stylesheet */
    rollupOptions: {
      input: {
        designer: resolve(import.meta.dirname, 'src/modeler/index.jsx'),
        pages: resolve(import.meta.dirname, 'src/pages/index.js'),
        viewer: resolve(import.meta.dirname, 'src/viewer/index.js'),
      },
      preserveEntrySignatures: 'exports-only',
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunk-[name].js', assetFileNames: '[name][extname]' },
    },
  },
});
