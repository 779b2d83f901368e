import { resolve } from 'node:path';
import { defineConfig } from 'vite';

/* One script that a test can put into an empty page. */
export default defineConfig({
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    minify: false,
    rollupOptions: {
      input: resolve(import.meta.dirname, 'roundtrip.js'),
      output: { format: 'iife', codeSplitting: false, entryFileNames: 'roundtrip.js', assetFileNames: '[name][extname]' },
    },
  },
});
