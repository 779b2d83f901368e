/* What stands above the canvas when something of the draft cannot be opened, or could not be kept. */
import { useEffect, useMemo, useReducer } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { t } from '../shell/i18n.js';
import { Faults } from './faults.js';

const SHOWN = 50;

export function Notice({ studio }) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  const faults = useMemo(() => new Faults(studio.draft), [studio]);
  useEffect(() => {
    const off = [studio.on('diagram', redraw), studio.on('trouble', redraw), studio.draft.on('change', redraw)];
    return () => off.forEach((each) => each());
  }, [studio]);
  const { file, fault, losses, laidOut } = studio.opened;
  if (!file && !fault) return null;
  const others = faults.all().filter((each) => !fault || each.file !== file);
  return (
    <>
      {fault && <NotOpen studio={studio} file={file} fault={fault} />}
      {losses.length > 0 && <ReadOnly studio={studio} file={file} losses={losses} />}
      {laidOut && <Strip>{t('{file} came without a drawing and was laid out. Move what you like; it is kept with your next change.', { file })}</Strip>}
      {others.length > 0 && <Damaged faults={others} />}
      {studio.trouble && <Strip>{t('Something did not work: {reason}. What is drawn is kept; if it happens again, load the page anew.', { reason: studio.trouble })}</Strip>}
    </>
  );
}

function Strip({ children }) {
  return (
    <div class="b-note b-note--warn b-notice" role="status">
      <Icon name="alert-triangle" />
      <p>{children}</p>
    </div>
  );
}

function NotOpen({ studio, file, fault }) {
  const others = studio.draft.names('.bpmn').filter((name) => name !== file);
  return (
    <div class="b-note b-note--late b-notice" role="alert">
      <Icon name="alert-triangle" />
      <div>
        <p>{t(fault.text, fault.facts)}</p>
        <p>{t('Nothing was changed. Bring back an earlier state of the draft, or import the file again.')}</p>
        {others.length > 0 && (
          <p class="row-flex">
            {t('Other diagrams of this draft:')}
            {others.map((name) => (
              <button key={name} type="button" class="btn btn-sm" onClick={() => studio.openDiagram(name)}>
                {name}
              </button>
            ))}
          </p>
        )}
      </div>
    </div>
  );
}

function ReadOnly({ studio, file, losses }) {
  return (
    <div class="b-note b-note--warn b-notice" role="alert">
      <Icon name="alert-triangle" />
      <div>
        <p>{t('{file} holds {count} things that the designer cannot keep, so it is shown for reading only.', { file, count: losses.length })}</p>
        <details>
          <summary>{t('What they are')}</summary>
          <ul>
            {losses.slice(0, SHOWN).map(({ id, what, value }) => (
              <li key={`${id} ${what} ${value}`}>
                {id ? t('{what} of {id}', { what, id }) : what}
                {value && <>: <code>{value}</code></>}
              </li>
            ))}
          </ul>
        </details>
        <p>
          <button type="button" class="btn btn-sm" onClick={() => studio.acceptLosses()}>
            {t('Edit without them')}
          </button>
        </p>
      </div>
    </div>
  );
}

function Damaged({ faults }) {
  return (
    <div class="b-note b-note--warn b-notice" role="alert">
      <Icon name="alert-triangle" />
      <div>
        {faults.map(({ file, text, facts }) => (
          <p key={file}>{t(text, facts)}</p>
        ))}
      </div>
    </div>
  );
}
