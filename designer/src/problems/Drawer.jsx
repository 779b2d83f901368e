/* The drawer below the canvas: how many errors and remarks, and each in a row that leads to its element and field. */
import { useEffect, useReducer, useState } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { fixOf } from './fixes.js';
import { t } from './i18n.js';

export function Drawer({ studio }) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  const [isOpen, open] = useState(true);
  const { problems } = studio;
  useEffect(() => {
    const off = [problems.on('change', redraw), studio.on('diagram', redraw), studio.on('mode', redraw)];
    return () => off.forEach((each) => each());
  }, [studio, problems]);
  const { findings, errors, warnings } = problems;
  const { remarks } = studio.draft.row;
  return (
    <section class="b-problems" aria-labelledby="problems-h">
      <div class="row-flex px-3 py-1">
        <h2 class="t-sm" id="problems-h">{t('Problems')}</h2>
        <span class="row-flex" role="status">
          <Count level="error" count={errors} />
          <Count level="warning" count={warnings} />
          {problems.state === 'told' && !findings.length && <span class="b-tag b-tag--ok"><Icon name="circle-check" />{t('No problems')}</span>}
          {problems.state === 'waiting' && !findings.length && <span class="t-xs t-3">{t('Checking…')}</span>}
          {problems.state === 'failed' && <span class="t-xs t-late">{t('The server could not check: {reason}', { reason: problems.failure })}</span>}
        </span>
        {findings.length > 0 && (
          <button type="button" class="btn btn-sm btn-quiet push" aria-expanded={isOpen} aria-controls="problems-list" onClick={() => open(!isOpen)}>{isOpen ? t('Hide') : t('Show')}</button>
        )}
      </div>
      {isOpen && findings.length > 0 && <List id="problems-list" studio={studio} findings={findings} />}
      {remarks.length > 0 && (
        <details class="px-3 pb-1 t-sm">
          <summary>{t('Remarks on the import: {count}', { count: remarks.length })}</summary>
          <List studio={studio} findings={remarks} />
        </details>
      )}
    </section>
  );
}

function List({ id, studio, findings }) {
  return (
    <ul class="b-problems__l" id={id}>
      {findings.map((finding, place) => <Row key={`${finding.file}/${finding.element}/${finding.code}/${place}`} studio={studio} finding={finding} />)}
    </ul>
  );
}

const LOOKS = { error: { tag: 'b-tag--late', tone: 't-late', icon: 'alert-circle', word: 'Error', counts: ['{count} error', '{count} errors'] }, warning: { tag: 'b-tag--warn', tone: 't-warn', icon: 'alert-triangle', word: 'Remark', counts: ['{count} remark', '{count} remarks'] }, info: { tag: '', tone: 't-3', icon: 'info-circle', word: 'Info' } };

function Count({ level, count }) {
  const look = LOOKS[level];
  return count > 0 && <span class={`b-tag ${look.tag}`}><Icon name={look.icon} />{t(look.counts[count === 1 ? 0 : 1], { count })}</span>;
}

function Row({ studio, finding }) {
  const look = LOOKS[finding.level];
  const fix = studio.mode === 'edit' && fixOf(studio, finding);
  return (
    <li>
      <button type="button" class="b-problem" onClick={() => studio.leadTo(finding)}>
        <span class={look.tone}><Icon name={look.icon} label={t(look.word)} /></span>
        <strong>{nameOf(studio, finding)}</strong>
        <span>{finding.sentence}</span>
      </button>
      {fix && <button type="button" class="btn btn-sm btn-quiet" onClick={fix.act}>{fix.title}</button>}
    </li>
  );
}

/* The element's name; on another diagram its file. */
function nameOf(studio, { file, element }) {
  const drawn = file === studio.diagram && element ? studio.element(element) : null;
  return drawn ? drawn.businessObject.name || t('No name yet') : file;
}
