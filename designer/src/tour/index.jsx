/* A short tour, offered at the first visit and there at any time: one place of the designer after the other, with a sentence. */
import { render } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { t } from './i18n.js';
import './tour.css';

const SEEN = 'baton-designer-tour';
const GAP = 12;
const STOPS = [
  { at: '.djs-palette', title: 'Steps', text: 'Drag a step onto the canvas. From a step, the + beside it adds the next one, connected.' },
  { at: '.b-props', title: 'Who, with what, until when', text: 'Choose a step; here you say who does it, which form it shows, its time limit and ladder, and where it goes.' },
  { at: '.b-under', title: 'Problems', text: 'What is still missing is said here in plain words. A click leads to the step and the field.' },
  { at: '[data-tool="trial"]', title: 'Try it', text: 'Run the process without any effect outside: fill in the forms, let time jump, see the ladder ring.' },
  { at: '[data-tool="review"]', title: 'Review and publish', text: 'A second person looks at it; then it is in use. Running cases keep their version.' },
];

function place(target, box) {
  const { left, top, right, bottom } = target.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const beside = right + GAP + width < window.innerWidth ? right + GAP : left - GAP - width;
  const x = beside > 0 ? beside : Math.min(left, window.innerWidth - width - GAP);
  const y = beside > 0 ? top : bottom + GAP;
  return { left: `${Math.max(GAP, x)}px`, top: `${Math.max(GAP, Math.min(y, window.innerHeight - height - GAP))}px` };
}

function Tour({ studio }) {
  const [at, go] = useState(null);
  const box = useRef(null);
  useEffect(() => studio.on('open-tour', () => go(0)), [studio]);
  const stops = at === null ? [] : STOPS.filter(({ at: selector }) => document.querySelector(selector)?.checkVisibility());
  const stop = stops[at];
  useLayoutEffect(() => {
    if (!stop) return undefined;
    const target = document.querySelector(stop.at);
    target.classList.add('b-toured');
    target.scrollIntoView({ block: 'nearest' });
    Object.assign(box.current.style, place(target, box.current));
    box.current.querySelector('.btn-primary').focus();
    return () => target.classList.remove('b-toured');
  }, [stop]);
  if (!stop) return null;
  const end = () => {
    localStorage.setItem(SEEN, 'yes');
    go(null);
  };
  const isLast = at === stops.length - 1;
  return (
    <div class="b-tour card" ref={box} role="dialog" aria-labelledby="tour-h" aria-describedby="tour-t" onKeyDown={(event) => event.key === 'Escape' && end()}>
      <div class="card-body stack">
        <h2 id="tour-h">{t(stop.title)}</h2>
        <p id="tour-t" class="mb-0">
          {t(stop.text)}
        </p>
        <div class="row-flex">
          <button type="button" class="btn btn-primary" onClick={() => (isLast ? end() : go(at + 1))}>
            {t(isLast ? 'Begin' : 'Next')}
          </button>
          {!isLast && (
            <button type="button" class="btn btn-quiet" onClick={end}>
              {t('Not now')}
            </button>
          )}
          <span class="push t-sm t-3">
            {at + 1} / {stops.length}
          </span>
        </div>
      </div>
    </div>
  );
}

export function start(studio) {
  const layer = document.createElement('div');
  studio.root.after(layer);
  render(<Tour studio={studio} />, layer);
  const isFirst = !localStorage.getItem(SEEN);
  studio.addTool({ id: 'tour', title: t(isFirst ? 'First time here? Take the tour' : 'Tour'), icon: 'book', order: 5, primary: isFirst, act: () => studio.say('open-tour') });
}
