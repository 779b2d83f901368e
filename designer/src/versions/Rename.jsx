/* What the flow is called: in the lists of drafts, and for everybody once it is in use. */
import { useState } from 'preact/hooks';

import { post } from '../shell/api.js';
import { Refusal, Sheet } from './Sheet.jsx';
import { t } from './i18n.js';

const SETTINGS = 'process.json';

export function Rename({ studio }) {
  const [name, write] = useState('');
  const [problem, refuse] = useState(null);
  const { draft } = studio;

  function load() {
    refuse(null);
    write(draft.row.name);
  }

  async function keep(event) {
    event.preventDefault();
    try {
      const settings = draft.readJson(SETTINGS);
      if (!settings) throw new Error(t('The file process.json cannot be read, so the flow cannot be renamed. See the problems.'));
      const answer = await post(`/drafts/${draft.row.id}/name`, { name });
      draft.row = { ...draft.row, name: answer.name };
      draft.writeJson(SETTINGS, { ...settings, name: answer.name });
      studio.say('close-dialogs');
      studio.say('tools');
    } catch (error) {
      refuse(error);
    }
  }

  return (
    <Sheet studio={studio} name="open-rename" title="Rename the flow" onOpen={load}>
      <Refusal problem={problem} />
      <form class="stack" onSubmit={keep}>
        <div class="b-field">
          <label for="flow-name">{t('Name of the flow')}</label>
          <input id="flow-name" class="form-control" maxLength={200} required value={name} onInput={(event) => write(event.target.value)} aria-describedby="flow-name-help" />
          <p class="b-help" id="flow-name-help">{t('As everybody will read it, in the lists and at the desk.')}</p>
        </div>
        <button class="btn btn-primary">{t('Rename')}</button>
      </form>
    </Sheet>
  );
}
