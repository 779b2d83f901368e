/* Who else has the draft open. The first one draws; whoever comes later looks on, or takes the pen knowingly. */
import { useEffect, useState } from 'preact/hooks';

import { post } from '../shell/api.js';
import { Refusal } from './Sheet.jsx';
import { t } from './i18n.js';

export function Presence({ studio }) {
  const [presence, show] = useState(null);
  const [refused, refuse] = useState(null);
  const address = `/drafts/${studio.draft.row.id}/presence`;

  async function beat() {
    const now = await post(address).catch(() => null);
    if (!now) return;
    show(now);
    const isOut = !now.mine && now.editor !== null;
    studio.setReadOnly('presence', isOut);
    if (isOut) await studio.flush().catch(() => null); /* what was drawn a moment ago is in the draft, to be told of */
    if (isOut && !studio.draft.isSaved) studio.draft.say('conflict', { message: t('{name} has taken over. What you drew meanwhile is not saved yet.', { name: now.editor.name }) });
  }

  async function takeOver() {
    try {
      await post(address, { take_over: true });
      window.location.reload();
    } catch (problem) {
      refuse(problem);
    }
  }

  useEffect(() => {
    beat();
    const timer = setInterval(beat, 20_000);
    const leave = () => post(address, { leave: true }).catch(() => null);
    window.addEventListener('pagehide', leave);
    return () => {
      clearInterval(timer);
      window.removeEventListener('pagehide', leave);
    };
  }, []);

  if (!presence || (presence.mine && presence.editors.length < 2)) return null;
  const others = presence.editors.filter(({ login }) => login !== studio.login).map(({ name }) => name);
  return (
    <div class="b-presence b-note" role="status">
      <div class="grow">
        {presence.mine
          ? t('{names} is looking at this draft too.', { names: others.join(t(', ')) })
          : t('{name} is drawing here. You can look; what you change is not saved.', { name: presence.editor?.name ?? others.join(t(', ')) })}
        <Refusal problem={refused} />
      </div>
      {!presence.mine && studio.root.dataset.readOnly === undefined && (
        <button type="button" class="btn btn-sm" onClick={takeOver}>
          {t('Take over')}
        </button>
      )}
    </div>
  );
}
