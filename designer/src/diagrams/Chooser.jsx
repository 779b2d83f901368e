/* Which diagram of the draft is shown; a new one, its name, which is the main one. */
import { useState } from 'preact/hooks';

import { Dialog } from '../shell/Dialog.jsx';
import { Icon } from '../shell/Icon.jsx';
import { t } from './i18n.js';
import { addDiagram, mainDiagram, makeMain, removeDiagram, renameDiagram } from './index.js';

export function Chooser({ studio }) {
  const [asking, ask] = useState(null);
  const names = studio.draft.names('.bpmn');
  const main = mainDiagram(studio.draft);
  const shown = (name) => (name === main ? t('{name} (main)', { name }) : name);
  return (
    <span class="row-flex">
      <label class="visually-hidden" for="diagram">{t('Diagram')}</label>
      <select id="diagram" class="form-select b-small" value={studio.diagram} onChange={(event) => studio.openDiagram(event.currentTarget.value)}>
        {names.map((name) => <option key={name} value={name}>{shown(name)}</option>)}
      </select>
      <details class="b-menu">
        <summary class="btn btn-sm btn-quiet btn-icon-only" aria-label={t('Diagrams of this draft')}><Icon name="adjustments" /></summary>
        <div class="b-menu__body card" onClick={(event) => event.target.closest('button') && event.currentTarget.closest('details').removeAttribute('open')}>
          <button type="button" class="btn btn-quiet" disabled={studio.isReadOnly} onClick={() => ask('new')}><Icon name="plus" />{t('New diagram')}</button>
          <button type="button" class="btn btn-quiet" disabled={studio.isReadOnly} onClick={() => ask('rename')}><Icon name="pencil" />{t('Rename the file')}</button>
          <button type="button" class="btn btn-quiet" disabled={studio.isReadOnly || studio.diagram === main} onClick={() => makeMain(studio)}><Icon name="star" />{t('Make it the main diagram')}</button>
          <button type="button" class="btn btn-quiet" disabled={studio.isHeld || studio.diagram === main} onClick={() => removeDiagram(studio)}><Icon name="trash" />{t('Remove it from the draft')}</button>
        </div>
      </details>
      {asking && <Name kind={asking} studio={studio} onDone={() => ask(null)} />}
    </span>
  );
}

function Name({ kind, studio, onDone }) {
  const [problem, tell] = useState('');
  async function give(event) {
    event.preventDefault();
    const name = event.currentTarget.elements.name.value.trim();
    if (!name) return;
    if (kind === 'rename' && !(await renameDiagram(studio, name))) {
      tell(t('There is a file of this name already.'));
      return;
    }
    if (kind === 'new') await addDiagram(studio, name);
    onDone();
  }
  const foot = (
    <>
      <button type="button" class="btn" onClick={onDone}>{t('Cancel')}</button>
      <button type="submit" form="diagram-naming" class="btn btn-primary">{kind === 'new' ? t('Create') : t('Rename')}</button>
    </>
  );
  return (
    <Dialog at={(dialog) => dialog && !dialog.open && dialog.showModal()} title={kind === 'new' ? t('New diagram') : t('Rename the file')} foot={foot} onClose={onDone}>
      <form id="diagram-naming" class="b-field" onSubmit={give}>
        <label for="diagram-name">{t('Name')}</label>
        <input id="diagram-name" class="form-control" name="name" maxLength={80} defaultValue={kind === 'new' ? '' : studio.diagram.replace(/\.bpmn$/, '')} />
        {problem && <p class="b-err" role="alert">{problem}</p>}
      </form>
    </Dialog>
  );
}
