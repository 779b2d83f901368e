/* Comments on the chosen element, or on the whole draft; open ones are counted on the canvas. */
import { useEffect, useState } from 'preact/hooks';

import { get, post } from '../shell/api.js';
import { Moment, Refusal } from './Sheet.jsx';
import { t } from './i18n.js';

const OVERLAY = 'comments';

export function start(studio) {
  Object.assign(studio, { comments: [], commentsProblem: null });
  studio.loadComments = async () => {
    const { items } = await get(`/drafts/${studio.draft.row.id}/comments`);
    Object.assign(studio, { comments: items, commentsProblem: null });
    paint(studio);
    studio.say('comments');
  };
  studio.on('diagram', () => paint(studio));
  studio.loadComments().catch((problem) => {
    studio.commentsProblem = problem;
    studio.say('comments');
  });
}

function paint(studio) {
  if (!studio.diagram) return;
  const overlays = studio.service('overlays');
  overlays.remove({ type: OVERLAY });
  const open = studio.comments.filter((each) => each.file === studio.diagram && !each.resolved_at && studio.element(each.element_id));
  const counts = Map.groupBy(open, (each) => each.element_id);
  counts.forEach((each, id) => {
    const html = document.createElement('button');
    html.type = 'button';
    html.className = 'b-commented';
    html.textContent = String(each.length);
    html.setAttribute('aria-label', t('{count} comments', { count: each.length }));
    html.addEventListener('click', () => studio.show(id, 'comments/text'));
    overlays.add(id, OVERLAY, { position: { bottom: 10, right: 10 }, html });
  });
}

/* What belongs to the element; at the root of the drawing, what belongs to nothing else. */
function about(studio, element) {
  const isRoot = element === studio.service('canvas').getRootElement();
  return isRoot ? { file: null, element_id: null } : { file: studio.diagram, element_id: element.id };
}

export function Comments({ studio, element }) {
  const [, redraw] = useState(0);
  const [text, write] = useState('');
  const [problem, refuse] = useState(null);
  useEffect(() => studio.on('comments', () => redraw((count) => count + 1)), [studio]);
  const place = about(studio, element);
  const here = studio.comments.filter((each) => each.file === place.file && each.element_id === place.element_id);
  const address = `/drafts/${studio.draft.row.id}/comments`;

  async function act(path, body) {
    refuse(null);
    try {
      await post(path, body);
      await studio.loadComments();
      return true;
    } catch (error) {
      refuse(error);
      return false;
    }
  }

  const send = async (event) => {
    event.preventDefault();
    if (!text.trim()) return;
    write(''); /* at once: a second click has nothing to send */
    if (!(await act(address, { ...place, text }))) write(text);
  };

  return (
    <>
      <ul class="b-list t-sm">
        {here.map((each) => (
          <li key={each.id} class={each.resolved_at ? 't-3' : ''}>
            <span class="grow">
              {each.text}
              <div class="t-xs t-3">
                {each.author.name} · <Moment at={each.created_at} />
              </div>
            </span>
            <button type="button" class="btn btn-sm btn-quiet" onClick={() => act(`${address}/${each.id}/${each.resolved_at ? 'reopen' : 'resolve'}`)}>
              {t(each.resolved_at ? 'Open again' : 'Done')}
            </button>
          </li>
        ))}
      </ul>
      {here.length === 0 && !studio.commentsProblem && <p class="t-sm t-3 mb-0">{t('No comment here yet.')}</p>}
      <form class="stack" onSubmit={send}>
        <div class="b-field">
          <label for="comment-text">{t('New comment')}</label>
          <textarea id="comment-text" name="text" class="form-control" rows="3" value={text} onInput={(event) => write(event.target.value)} aria-describedby="comment-help" />
          <div class="b-help" id="comment-help">
            {t('@name tells somebody.')}
          </div>
        </div>
        <Refusal problem={problem ?? studio.commentsProblem} />
        <button class="btn btn-primary" disabled={!text.trim()}>
          {t('Comment')}
        </button>
      </form>
    </>
  );
}
