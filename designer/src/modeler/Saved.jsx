/* Whether what was drawn is kept: when it was saved, that it is being saved, or that it is kept here until the server answers. */
import { useEffect, useState } from 'preact/hooks';

import { t } from './i18n.js';

const clock = (moment) => moment.toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: document.documentElement.dataset.zone });

export function Saved({ studio }) {
  const { draft } = studio;
  const [state, show] = useState({ kind: 'saved' });
  useEffect(() => {
    const off = [
      draft.on('change', () => show({ kind: 'changed' })),
      draft.on('saving', () => show({ kind: 'saving' })),
      draft.on('saved', () => show({ kind: 'saved' })),
      draft.on('failed', (problem) => show({ kind: 'failed', problem })),
      draft.on('unkept', () => show({ kind: 'unkept' })),
    ];
    const retry = () => draft.save();
    window.addEventListener('online', retry);
    return () => {
      off.forEach((each) => each());
      window.removeEventListener('online', retry);
    };
  }, [draft]);
  if (draft.left) return <Left draft={draft} onDone={() => show({ kind: 'saved' })} />;
  if (studio.isHeld) return <span class="b-tag b-tag--hold">{t('Read only')}</span>;
  return <span class="b-saved t-sm t-3" role="status">{SAID[state.kind](state, draft)}</span>;
}

const SAID = {
  changed: () => t('Changed…'),
  saving: () => t('Saving…'),
  saved: (_, draft) => t('Saved at {time}', { time: clock(new Date(draft.row.saved_at)) }),
  failed: ({ problem }, draft) => (
    <span class="t-late">
      {t('Not saved: what you drew is kept in this browser.')} {problem.status > 0 && problem.message} <button type="button" class="btn btn-sm" onClick={() => draft.save()}>{t('Try again')}</button>
    </span>
  ),
  unkept: () => <span class="t-late">{t('Not saved, and this browser has no room to keep it: download the picture or the files before you close the page.')}</span>,
};

function Left({ draft, onDone }) {
  const end = (act) => () => {
    act();
    onDone();
    window.location.reload();
  };
  async function use() {
    draft.useLeft();
    await draft.save();
    window.location.reload();
  }
  return (
    <span class="row-flex t-sm" role="status">
      {t('This browser kept changes that were never saved.')}
      <button type="button" class="btn btn-sm" onClick={use}>{t('Use them')}</button>
      <button type="button" class="btn btn-sm btn-quiet" onClick={end(() => draft.dropLeft())}>{t('Leave them')}</button>
    </span>
  );
}
