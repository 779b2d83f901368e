/* A dialog of the house, opened by what the studio says. */
import { useEffect, useId, useRef } from 'preact/hooks';

import { t } from './i18n.js';

export function Dialog({ studio, name, title, wide, onOpen, children }) {
  const dialog = useRef(null);
  const heading = useId();
  useEffect(() => {
    const offOpen = studio.on(name, (detail) => {
      dialog.current.showModal();
      onOpen?.(detail);
    });
    const offClose = studio.on('close-dialogs', () => dialog.current?.close());
    return () => [offOpen, offClose].forEach((each) => each());
  });
  return (
    <dialog class={`b-dialog${wide ? ' b-dialog--wide' : ''}`} ref={dialog} aria-labelledby={heading}>
      <div class="b-dialog__b stack">
        <h2 id={heading}>{t(title)}</h2>
        {children}
      </div>
      <div class="b-dialog__f">
        <button type="button" class="btn" onClick={() => dialog.current.close()}>
          {t('Close')}
        </button>
      </div>
    </dialog>
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
