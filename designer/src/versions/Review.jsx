/* Ask a second person, approve or send back, publish with a note. */
import { useRef, useState } from 'preact/hooks';

import { get, post } from '../shell/api.js';
import { Moment, Refusal, Sheet } from './Sheet.jsx';
import { t } from './i18n.js';

const STEPS = {
  asked: 'asked for a review',
  approved: 'approved',
  sent_back: 'sent back',
  changed: 'changed the draft after it was approved',
  published: 'published',
  discarded: 'discarded',
  brought_back: 'brought back',
};
const STATES = { open: 'being drawn', review: 'waits for a second person', approved: 'approved, can be published', published: 'published', discarded: 'discarded' };

function Steps({ steps }) {
  return (
    <ul class="b-list t-sm">
      {steps.map((step) => (
        <li key={step.at}>
          <span class="grow">
            {step.by.name} {t(STEPS[step.what] ?? step.what)}
            {step.reviewer && ` → ${step.reviewer.name}`}
            {step.note && <div class="t-2">“{step.note}”</div>}
          </span>
          <span class="t-xs t-3">
            <Moment at={step.at} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Opening({ note, act }) {
  return (
    <button type="button" class="btn btn-primary" onClick={() => act('review', { note })}>
      {t('Ask for a review')}
    </button>
  );
}

function Judging({ whole, note, act }) {
  return (
    <>
      <button type="button" class="btn btn-primary" onClick={() => act('approve', { revision: whole.revision, note })}>
        {t('Approve')}
      </button>
      <button type="button" class="btn" disabled={!note.trim()} onClick={() => act('send-back', { note })}>
        {t('Send back')}
      </button>
    </>
  );
}

function Publishing({ note, act }) {
  return (
    <>
      <button type="button" class="btn btn-primary" disabled={!note.trim()} onClick={() => act('publish', { note })}>
        {t('Publish')}
      </button>
      {!note.trim() && <span class="t-sm t-3">{t('Say in a note what was changed; then it can be published.')}</span>}
    </>
  );
}

/* What can be done next, with a note; looking on is all that is left to those who may not. */
function Next({ whole, note, write, act }) {
  const { may_write: mayWrite, may_approve: mayApprove } = whole.review;
  const Buttons = { open: mayWrite && Opening, review: mayApprove && Judging, approved: mayWrite && Publishing }[whole.state];
  if (!Buttons) return whole.state === 'review' && <p class="t-3 mb-0">{t('Somebody else has to approve it: four eyes see more than two.')}</p>;
  return (
    <>
      <div class="b-field">
        <label for="review-note">{t('Note: what was changed, or what is still to be done')}</label>
        <textarea id="review-note" class="form-control" rows="3" value={note} onInput={(event) => write(event.target.value)} />
      </div>
      <div class="row-flex">
        <Buttons whole={whole} note={note} act={act} />
      </div>
    </>
  );
}

/* What was said when the review was asked for serves when it is published, too. */
const noteFor = ({ state, review }) => (state === 'approved' ? (review.steps.findLast(({ what }) => what === 'asked')?.note ?? '') : '');

export function Review({ studio }) {
  const [whole, show] = useState(null);
  const [note, write] = useState('');
  const [problem, refuse] = useState(null);
  const isActing = useRef(false);
  const { id } = studio.draft.row;
  const problems = studio.problems ?? { errors: 0 };

  async function load() {
    refuse(null);
    try {
      await studio.flush();
      await studio.draft.save();
      const found = await get(`/drafts/${id}`);
      show(found);
      write((typed) => typed || noteFor(found));
    } catch (error) {
      refuse(error);
    }
  }

  async function act(what, body) {
    if (isActing.current) return; /* a double click asks once */
    isActing.current = true;
    refuse(null);
    try {
      const answer = await post(`/drafts/${id}/${what}`, body);
      if (what === 'publish') window.location.assign(`/definitions/${answer.id}`);
      else {
        write(noteFor(answer));
        studio.draft.row = { ...studio.draft.row, state: answer.state, revision: answer.revision };
        show(answer);
        studio.say('tools');
      }
    } catch (error) {
      refuse(error);
    } finally {
      isActing.current = false;
    }
  }

  const { review } = whole ?? {};
  return (
    <Sheet studio={studio} name="open-review" title="Review and publish" wide onOpen={load}>
      <Refusal problem={problem} />
      {whole && (
        <>
          <p class="mb-0">
            {t('This draft: ')}<strong>{t(STATES[whole.state] ?? whole.state)}</strong>
          </p>
          {whole.base_id && (
            <p class="mb-0">
              <a target="_blank" rel="noopener" href={`/compare?before=definition:${whole.base_id}&after=draft:${id}`}>
                {t('See what has changed')}
              </a>
            </p>
          )}
          <Steps steps={review.steps} />
          {problems.errors > 0 && <p class="t-late mb-0">{t('{count} errors are to be fixed before it can be published.', { count: problems.errors })}</p>}
          <Next whole={whole} note={note} write={write} act={act} />
        </>
      )}
    </Sheet>
  );
}
