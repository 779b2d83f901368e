/* Try it: a case on the real engine, played from a script that is kept nowhere; scenarios that are kept with the process. */
import './trial.css';
import { freeze } from './freeze.js';
import { t } from './i18n.js';
import { addMarks } from './marks.js';
import { Strip } from './Strip.jsx';
import { Trial } from './trial.js';
import { TrialPanel } from './TrialPanel.jsx';

export function start(studio) {
  const trial = new Trial(studio);
  studio.trial = trial;
  freeze(studio);
  addMarks(studio, trial);
  studio.addMode({ id: 'trial', Panel: TrialPanel });
  studio.addDrawer({ id: 'trial', order: 10, Drawer: Strip });
  studio.addTool({
    id: 'trial',
    title: t('Try it'),
    icon: 'player-play',
    order: 60,
    pressed: () => studio.mode === 'trial',
    act: () => (studio.mode === 'trial' ? trial.leave() : trial.enter()),
  });
}
