/* Opens the builder as a layer over the page, and gives the focus back when it is closed. */
import { render } from 'preact';

import { readForm } from '../files.js';
import { Builder } from './Builder.jsx';
import { Session } from './session.js';

/* Resolves when the builder is closed; at once where the form's file is missing or broken. */
export function openBuilder(studio, name, { step = null, field = null, readOnly = [] } = {}) {
  if (!readForm(studio.draft, name)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const before = document.activeElement;
    const layer = document.createElement('div');
    layer.className = 'f-layer';
    document.body.append(layer);
    const session = new Session(studio.draft, name);
    studio.root.inert = true;
    studio.root.classList.add('f-behind');

    function close() {
      session.write();
      render(null, layer);
      layer.remove();
      studio.root.inert = false;
      studio.root.classList.remove('f-behind');
      before?.focus?.();
      resolve(true);
    }

    render(<Builder studio={studio} session={session} step={step} field={field} readOnly={readOnly} close={close} />, layer);
  });
}
