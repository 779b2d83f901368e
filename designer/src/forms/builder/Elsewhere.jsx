/* A field has got another name, and others still use the old one: shall they follow? */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

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
  return (
    <dialog class="b-dialog" ref={dialog} aria-labelledby="f-else-h" onClose={close} onKeyDown={(event) => event.stopPropagation()}>
      <div class="b-dialog__b stack">
        <h2 id="f-else-h">{t('Change “{old}” to “{name}” in these places too?', { old, name })}</h2>
        <ul class="mb-0">
          {Object.keys(KINDS).filter(count).map((kind) => <li key={kind}>{t('{kind}: {count}', { kind: t(KINDS[kind]), count: count(kind) })}</li>)}
        </ul>
        {renaming.is_given_elsewhere && <p class="b-note b-note--warn mb-0">{t('Not only forms give “{old}”: a table, a call or the work order does too. These places may mean that one.', { old })}</p>}
        {problem && <p class="b-err" role="alert">{problem}</p>}
      </div>
      <div class="b-dialog__f">
        <button type="button" class="btn" autofocus={renaming.is_given_elsewhere} onClick={close}>{t('Leave them')}</button>
        <button type="button" class="btn btn-primary" autofocus={!renaming.is_given_elsewhere} onClick={follow}>{t('Change them too')}</button>
      </div>
    </dialog>
  );
}
