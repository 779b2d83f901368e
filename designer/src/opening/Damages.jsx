/* Which other files of the draft are damaged, and what has just failed: a sentence each. */
import { useEffect, useMemo, useReducer } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { Faults } from './faults.js';
import { t } from './i18n.js';

export function Damages({ studio }) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  const faults = useMemo(() => new Faults(studio.draft), [studio]);
  useEffect(() => {
    const off = [studio.on('diagram', redraw), studio.on('trouble', redraw), studio.draft.on('change', redraw)];
    return () => off.forEach((each) => each());
  }, [studio]);
  const damaged = faults.all().filter(({ file }) => file !== studio.diagram);
  const trouble = studio.trouble && t('Something did not work: {reason}. What is drawn is kept; if it happens again, load the page anew.', { reason: studio.trouble });
  if (!damaged.length && !trouble) return null;
  return (
    <div class="b-note b-note--warn" role="alert">
      <Icon name="alert-triangle" />
      <div class="grow">
        {damaged.map(({ file, sentence }) => (
          <p key={file}>{sentence}</p>
        ))}
        {trouble && <p>{trouble}</p>}
      </div>
    </div>
  );
}
