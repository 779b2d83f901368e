/* What is wrong in the table, and where rules overlap or are missing: each in a sentence, with what can be done about it. */
import { Icon } from '../shell/Icon.jsx';
import { t } from './i18n.js';

export function Findings({ found, show, attempt }) {
  const gaps = found.gaps.filter(({ empty }) => !empty);
  const empty = found.gaps.filter((gap) => gap.empty);
  const clean = !found.problem && !found.findings.length && !found.overlaps.length && !found.unreachable.length && !gaps.length;
  return (
    <>
      {found.problem && (
        <p class="b-note b-note--late" role="alert">
          {found.problem}
        </p>
      )}
      {clean && (
        <p class="t-ok row-flex">
          <Icon name="circle-check" /> {t('Nothing wrong, no gap, no overlap.')}
        </p>
      )}
      <ul class="b-tables__found">
        {found.findings.map((each, at) => (
          <Item key={`f${at}`} level={each.level} sentence={each.sentence} act={each.rule ? () => show([each.rule]) : undefined} label={t('Show the rule')} />
        ))}
        {found.overlaps.map((each, at) => (
          <Item
            key={`o${at}`}
            level={each.certain ? 'error' : 'warning'}
            sentence={t(each.certain ? 'Rules {first} and {second} both match: {words}.' : 'Rules {first} and {second} may both match: {words}.', { first: each.numbers[0], second: each.numbers[1], words: each.words })}
            act={() => show(each.rules)}
            label={t('Show the rules')}
          />
        ))}
        {found.unreachable.map((each) => (
          <Item key={`u${each.rule}`} level="warning" sentence={t('Rule {number} is never used: others take all that it matches.', each)} act={() => show([each.rule])} label={t('Show the rule')} />
        ))}
        {gaps.map((each, at) => (
          <Item key={`g${at}`} level="warning" sentence={t(each.certain ? 'No rule for: {words}.' : 'Perhaps no rule for: {words}.', each)} act={each.data ? () => attempt(each.data) : undefined} label={t('Try these values')} />
        ))}
      </ul>
      {empty.length > 0 && (
        <details>
          <summary>{t('When something is not filled in')}</summary>
          <ul class="b-tables__found">
            {empty.map((each, at) => (
              <Item key={`e${at}`} level="info" sentence={t('No rule for: {words}.', each)} act={each.data ? () => attempt(each.data) : undefined} label={t('Try these values')} />
            ))}
          </ul>
        </details>
      )}
      {found.skipped.length > 0 && <p class="t-sm t-2">{t('Not searched for gaps: {columns} compares with a variable or an expression.', { columns: found.skipped.map(({ column }) => column).join(t(', ')) })}</p>}
      {found.capped && <p class="t-sm t-2">{t('The table is large: only a part was searched.')}</p>}
    </>
  );
}

const ICONS = { error: 'alert-circle', warning: 'alert-triangle', info: 'info-circle' };

function Item({ level, sentence, act, label }) {
  const word = { error: t('Error'), warning: t('Warning'), info: t('Note') }[level];
  return (
    <li class={`is-${level}`}>
      <Icon name={ICONS[level]} label={word} />
      <span>
        {sentence}
        {act && (
          <button type="button" class="btn btn-sm btn-quiet" onClick={act}>
            {label}
          </button>
        )}
      </span>
    </li>
  );
}
