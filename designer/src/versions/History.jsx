/* What the draft was after each save; each can be looked at and brought back. */
import { useState } from 'preact/hooks';

import { get, post } from '../shell/api.js';
import { Moment, Refusal, Sheet } from './Sheet.jsx';
import { t } from './i18n.js';

export function History({ studio }) {
  const [revisions, show] = useState(null);
  const [problem, refuse] = useState(null);
  const { id } = studio.draft.row;

  async function load() {
    refuse(null);
    try {
      await studio.flush();
      await studio.draft.save();
      show((await get(`/drafts/${id}/revisions`)).items);
    } catch (error) {
      refuse(error);
    }
  }

  async function restore(revision) {
    try {
      await post(`/drafts/${id}/restore`, { revision });
      window.location.reload();
    } catch (error) {
      refuse(error);
    }
  }

  return (
    <Sheet studio={studio} name="open-history" title="History of this draft" wide onOpen={load}>
      <Refusal problem={problem} />
      {revisions === null && !problem && <p class="t-3">{t('Loading…')}</p>}
      {revisions && (
        <table class="table t-sm">
          <thead>
            <tr>
              <th scope="col">{t('Saved')}</th>
              <th scope="col">{t('By')}</th>
              <th scope="col">
                <span class="visually-hidden">{t('What can be done')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {revisions.map((each, at) => (
              <tr key={each.revision}>
                <th scope="row">
                  <Moment at={each.saved_at} />
                  {each.name && <div class="t-xs t-2">{each.name}</div>}
                </th>
                <td>{each.saved_by.name}</td>
                <td class="row-flex">
                  {at === 0 ? (
                    <span class="t-3">{t('this is how it is now')}</span>
                  ) : (
                    <>
                      <a class="btn btn-sm" target="_blank" rel="noopener" href={`/compare?before=draft:${id}@${each.revision}&after=draft:${id}`}>
                        {t('What has changed since')}
                      </a>
                      <button type="button" class="btn btn-sm" onClick={() => restore(each.revision)}>
                        {t('Bring back')}
                      </button>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p class="t-sm t-3 mb-0">{t('Bringing back makes a new save; nothing is lost.')}</p>
    </Sheet>
  );
}
