/* From draft to version: who is in it, its history, what has changed, comments, review and publishing. */
import { render } from 'preact';

import { addWords } from '../shell/i18n.js';
import { Comments, start as startComments } from './comments.jsx';
import { Conflict } from './Conflict.jsx';
import { History } from './History.jsx';
import { Presence } from './presence.jsx';
import { Review } from './Review.jsx';
import words from './zh.json';
import './versions.css';

addWords(words);

export function start(studio) {
  const layer = document.createElement('div');
  studio.root.after(layer);
  render(
    <>
      <Presence studio={studio} />
      <Conflict studio={studio} />
      <History studio={studio} />
      <Review studio={studio} />
    </>,
    layer,
  );
  const open = (name) => () => studio.say(name);
  studio.addTool({ id: 'history', title: 'History', icon: 'clock', order: 60, act: open('open-history') });
  studio.addTool({ id: 'compare', title: 'What has changed', icon: 'git-branch', order: 61, hidden: () => !studio.draft.row.base_id, act: () => compareWithBase(studio) });
  studio.addTool({ id: 'review', title: 'Review and publish', icon: 'send', order: 90, primary: true, act: open('open-review') });
  studio.addTab({ id: 'comments', title: 'Comments', order: 95, applies: () => true, Panel: Comments });
  startComments(studio);
}

async function compareWithBase(studio) {
  await studio.flush();
  await studio.draft.save();
  const { base_id: base, id } = studio.draft.row;
  window.open(`/compare?before=definition:${base}&after=draft:${id}`, '_blank', 'noopener');
}
