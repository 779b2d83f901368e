/* Try it: a case on the real engine, played from a script that is kept nowhere; scenarios that are kept with the process. */
import './trial.css';
import { addWords } from '../shell/i18n.js';
import { freeze } from './freeze.js';
import { addMarks } from './marks.js';
import { Strip } from './Strip.jsx';
import { Trial } from './trial.js';
import { TrialPanel } from './TrialPanel.jsx';
import words from './zh.json';

export function start(studio) {
  addWords(words);
  const trial = new Trial(studio);
  studio.trial = trial;
  freeze(studio);
  addMarks(studio, trial);
  studio.addMode({ id: 'trial', title: 'Try it', Panel: TrialPanel });
  studio.addDrawer({ id: 'trial', order: 10, Drawer: Strip });
  studio.addTool({
    id: 'trial',
    title: 'Try it',
    icon: 'player-play',
    order: 60,
    pressed: () => studio.mode === 'trial',
    act: () => (studio.mode === 'trial' ? trial.leave() : trial.enter()),
  });
}
