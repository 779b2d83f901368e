/* Over the canvas: why a diagram cannot be drawn or saved and what to do, and what of other tools is kept aside. */
import { useReducer, useEffect, useState } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { Damages } from '../opening/Damages.jsx';
import { t } from './i18n.js';

const FAULTS = {
  empty: () => t('This file is empty. Choose another diagram, or begin a new one.'),
  'not-xml': () => t('This file is not well-formed XML, so there is nothing to draw. Go back to an earlier state in History, or import the file again.'),
  'not-bpmn': () => t('This file is XML, but not a BPMN diagram. Import the .bpmn file that your tool exports.'),
  'no-process': () => t('There is no process in this file. Choose another diagram, or begin a new one.'),
  'no-picture': () => t('This process has no picture: the file says what the steps are, not where they stand.'),
  'not-drawn': () => t('This diagram cannot be drawn. Go back to an earlier state in History, or import the file again.'),
};

export function Notices({ studio }) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  const [closed, close] = useState(null);
  useEffect(() => studio.on('diagram', redraw), [studio]);
  const { opening } = studio;
  return (
    <div class="b-notices" role="status">
      <Damages studio={studio} />
      {opening.fault && <Fault studio={studio} opening={opening} />}
      {opening.losses.length > 0 && (
        <div class="b-note b-note--warn">
          <Icon name="lock" />
          <div class="grow">
            {t('Read only: saving would lose what this designer does not understand.')}
            <ul>{opening.losses.slice(0, 8).map((each) => <li key={each} class="mono">{each}</li>)}</ul>
            {opening.losses.length > 8 && t('and {count} more', { count: opening.losses.length - 8 })}
          </div>
        </div>
      )}
      {opening.aside.length > 0 && closed !== studio.diagram && (
        <div class="b-note">
          <Icon name="info-circle" />
          <div class="grow">
            {t('Kept aside, unchanged, from another tool:')} {opening.aside.map(({ prefix, uri, count }) => <span key={uri} class="b-tag" title={uri}>{prefix || uri} × {count}</span>)}
          </div>
          <button type="button" class="btn btn-quiet btn-icon-only" aria-label={t('Close')} onClick={() => close(studio.diagram)}>
            <Icon name="x" />
          </button>
        </div>
      )}
    </div>
  );
}

function Fault({ studio, opening }) {
  const [problem, tell] = useState('');
  return (
    <div class="b-note b-note--late">
      <Icon name="alert-circle" />
      <div class="grow">
        <strong>{studio.diagram}</strong> {FAULTS[opening.fault]()}
        {opening.detail && <p class="t-sm mono">{opening.detail}</p>}
        {problem && <p>{problem}</p>}
        {opening.fault === 'no-picture' && (
          <p>
            <button type="button" class="btn btn-sm btn-primary" onClick={() => studio.drawPicture().catch((error) => tell(error.message))}>{t('Draw it for me')}</button>
          </p>
        )}
      </div>
    </div>
  );
}
