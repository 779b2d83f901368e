/* What the bell has to say pops up. */
import { announce } from './toasts.js';

export function watchTold() {
  document.body.addEventListener('told', (event) => {
    if (event.detail.texts?.length) announce(event.detail.texts.join(' '));
  });
}
