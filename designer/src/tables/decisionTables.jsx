/* Puts the layer over the page: what lies below is inert meanwhile, and has the focus again afterwards. */
import { render } from 'preact';

import { Layer } from './Layer.jsx';
import './tables.css';

let close = null;

/* What had the focus may have been drawn anew meanwhile: the button of the same title. */
const again = (gone) => [...document.querySelectorAll('button[title]')].find(({ title }) => title === gone?.title);

export function openLayer(studio, wanted) {
  close?.();
  const before = document.activeElement;
  const below = [...document.body.children].filter((each) => !each.inert);
  const holder = document.createElement('div');
  below.forEach((each) => {
    each.inert = true;
  });
  close = () => {
    render(null, holder);
    holder.remove();
    below.forEach((each) => {
      each.inert = false;
    });
    (before?.isConnected ? before : again(before))?.focus();
    close = null;
  };
  document.body.append(holder);
  render(<Layer studio={studio} wanted={wanted} close={() => close?.()} />, holder);
}
