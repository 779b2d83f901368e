/* A field has got another name, and others still use the old one: shall they follow? */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { Dialog } from '../../shell/Dialog.jsx';
import { t } from '../i18n.js';
import { change } from './elsewhere.js';

const KINDS = {
  condition: 'Conditions',
  who: 'Who does a step',
  when: 'Time limits and timers',
  call: 'Calls and messages',
  step: 'Scripts and steps',
  table: 'Cells of decision tables',
  form: 'Other forms',
  text: 'Texts',
  order: 'The work order',
  test: 'Scenarios and tests of tables',
};

export function Elsewhere({ studio, session, found, close }) {
  const dialog = useRef(null);
  const [problem, tell] = useState('');
  const { old, name, renaming } = found;
  useLayoutEffect(() => dialog.current.showModal(), []);
  const count = (kind) => renaming.places.filter((place) => place.kind === kind).length;
  const follow = () => change(studio, session, renaming).then(close, ({ message }) => tell(message));
  const isUnsure = renaming.is_given_elsewhere || renaming.is_taken;
  const foot = (
    <>
      <button type="button" class="btn" autofocus={isUnsure} onClick={close}>{t('Leave them')}</button>
      <button type="button" class="btn btn-primary" autofocus={!isUnsure} onClick={follow}>{t('Change them too')}</button>
    </>
  );
  return (
    <Dialog at={dialog} title={t('Change “{old}” to “{name}” in these places too?', { old, name })} foot={foot} onClose={close} onKeyDown={(event) => event.stopPropagation()}>
      <div class="stack">
        <ul class="mb-0">
          {Object.keys(KINDS).filter(count).map((kind) => <li key={kind}>{t('{kind}: {count}', { kind: t(KINDS[kind]), count: count(kind) })}</li>)}
        </ul>
        {renaming.is_given_elsewhere && <p class="b-note b-note--warn mb-0">{t('Not only forms give “{old}”: a table, a call or the work order does too. These places may mean that one.', { old })}</p>}
        {problem && <p class="b-err" role="alert">{problem}</p>}
        {renaming.is_taken && <p class="b-note b-note--warn mb-0">{t('There is a “{name}” already: the two will be one.', { name })}</p>}
      </div>
    </Dialog>
  );
}
