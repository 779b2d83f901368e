/* The sheet of keys. */
import { useEffect, useRef } from 'preact/hooks';

import { Dialog } from '../shell/Dialog.jsx';
import { t } from './i18n.js';

const sheet = () => [
  [t('Walk along the flow'), '← →'],
  [t('To the element above or below'), '↑ ↓'],
  [t('To the start'), 'Home'],
  [t('What comes next'), 'A'],
  [t('Type a name'), 'E'],
  [t('To the panel'), 'Enter'],
  [t('Change the kind'), 'R'],
  [t('Delete'), 'Delete'],
  [t('Move the chosen elements'), 'Shift + ← ↑ → ↓'],
  [t('Undo'), 'Ctrl + Z'],
  [t('Redo'), 'Ctrl + Y'],
  [t('Copy, cut, paste'), 'Ctrl + C, X, V'],
  [t('Duplicate'), 'Ctrl + D'],
  [t('Select everything'), 'Ctrl + A'],
  [t('Find an element'), 'Ctrl + F'],
  [t('Move the canvas'), 'Ctrl + ← ↑ → ↓'],
  [t('Zoom in, out, to 100%'), 'Ctrl + +, -, 0'],
  [t('Hand, lasso, room, connect'), 'H, L, S, C'],
  [t('These keys'), '?'],
];

export function Help({ studio }) {
  const dialog = useRef(null);
  useEffect(() => studio.on('help', () => dialog.current.showModal()), [studio]);
  return (
    <Dialog at={dialog} title={t('Keys of the designer')} foot={<button type="button" class="btn btn-primary" onClick={() => dialog.current.close()}>{t('Close')}</button>}>
      <dl class="b-facts">
        {sheet().map(([what, keys]) => [<dt key={what}><kbd>{keys}</kbd></dt>, <dd key={keys}>{what}</dd>])}
      </dl>
      <p class="b-help">{t('The keys work while the canvas has the focus: click on it, or go there with Tab.')}</p>
    </Dialog>
  );
}
