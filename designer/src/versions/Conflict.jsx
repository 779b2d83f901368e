/* Somebody else has saved, or has taken the pen: nothing is overwritten unseen, and nothing that was drawn is lost. */
import { useEffect, useRef, useState } from 'preact/hooks';

import { post } from '../shell/api.js';
import { Dialog } from '../shell/Dialog.jsx';
import { Refusal } from './Sheet.jsx';
import { t } from './i18n.js';

export function Conflict({ studio }) {
  const dialog = useRef(null);
  const [problem, show] = useState(null);
  const [refused, refuse] = useState(null);
  const { draft } = studio;
  useEffect(
    () =>
      draft.on('conflict', (found) => {
        show(found);
        if (!dialog.current.open) dialog.current.showModal();
      }),
    [draft],
  );

  async function keepAsCopy() {
    try {
      const copy = await post(`/drafts/${draft.row.id}/copy`, { name: t('{name} (copy)', { name: draft.row.name }), files: draft.files() });
      draft.forget();
      window.location.assign(`/designer/${copy.id}`);
    } catch (error) {
      refuse(error);
    }
  }

  function loadTheirs() {
    draft.forget();
    window.location.reload();
  }

  const foot = (
    <>
      <button type="button" class="btn" onClick={loadTheirs}>
        {t('Load theirs')}
      </button>
      <button type="button" class="btn btn-primary" onClick={keepAsCopy}>
        {t('Keep mine as a copy')}
      </button>
    </>
  );
  return (
    <Dialog at={dialog} title={t('Two people have changed this draft')} foot={foot}>
      <p class="mb-0">{problem?.message}</p>
      <Refusal problem={refused} />
    </Dialog>
  );
}
