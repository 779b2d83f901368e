/* From draft to version: its name, who is in it, its history, what has changed, comments, review and publishing. */
import { render } from 'preact';

import { Comments, start as startComments } from './comments.jsx';
import { Conflict } from './Conflict.jsx';
import { History } from './History.jsx';
import { t } from './i18n.js';
import { Presence } from './presence.jsx';
import { Rename } from './Rename.jsx';
import { Review } from './Review.jsx';
import './versions.css';

export function start(studio) {
  const layer = document.createElement('div');
  studio.root.after(layer);
  render(
    <>
      <Presence studio={studio} />
      <Conflict studio={studio} />
      <History studio={studio} />
      <Review studio={studio} />
      <Rename studio={studio} />
    </>,
    layer,
  );
  const open = (name) => () => studio.say(name);
  studio.addTool({ id: 'history', title: t('History'), icon: 'clock', order: 60, act: open('open-history') });
  studio.addTool({ id: 'compare', title: t('What has changed'), icon: 'git-branch', order: 61, hidden: () => !studio.draft.row.base_id, act: () => compareWithBase(studio) });
  studio.addTool({ id: 'review', title: t('Review and publish'), icon: 'send', order: 90, primary: true, act: open('open-review') });
  studio.addTab({ id: 'comments', title: t('Comments'), order: 95, applies: () => true, Panel: Comments, forReaders: true });
  startComments(studio);
}

async function compareWithBase(studio) {
  await studio.flush();
  await studio.draft.save();
  const { base_id: base, id } = studio.draft.row;
  window.open(`/compare?before=definition:${base}&after=draft:${id}`, '_blank', 'noopener');
}
