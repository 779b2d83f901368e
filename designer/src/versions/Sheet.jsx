/* A dialog that opens by what the studio says and only shows, and what the dialogs of this feature share. */
import { useEffect, useRef } from 'preact/hooks';

import { Dialog } from '../shell/Dialog.jsx';
import { t } from './i18n.js';

export function Sheet({ studio, name, title, wide, onOpen, children }) {
  const dialog = useRef(null);
  useEffect(() => {
    const offOpen = studio.on(name, (detail) => {
      dialog.current.showModal();
      onOpen?.(detail);
    });
    const offClose = studio.on('close-dialogs', () => dialog.current?.close());
    return () => [offOpen, offClose].forEach((each) => each());
  });
  return (
    <Dialog at={dialog} title={t(title)} wide={wide} foot={<button type="button" class="btn" onClick={() => dialog.current.close()}>{t('Close')}</button>}>
      {children}
    </Dialog>
  );
}

export function Moment({ at }) {
  const { lang, dataset } = document.documentElement;
  const written = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short', timeZone: dataset.zone }).format(new Date(at));
  return <time dateTime={at}>{written}</time>;
}

export function Refusal({ problem }) {
  if (!problem) return null;
  return (
    <div class="b-note b-note--late" role="alert">
      <div class="grow">
        {problem.message}
        {problem.findings?.length > 0 && (
          <ul class="mb-0">
            {problem.findings.map((each) => (
              <li key={`${each.file} ${each.element} ${each.code}`}>{each.sentence}</li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
