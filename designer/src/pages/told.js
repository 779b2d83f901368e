/* What the bell has to say pops up. */
import { alertWith } from './toasts.js';

export function watchTold() {
  document.body.addEventListener('told', (event) => {
    if (event.detail.texts?.length) alertWith(event.detail.texts.join(' '));
  });
}
