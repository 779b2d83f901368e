/* The rows that are kept as tests of a table, and how they turned out. */
import { useState } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { t } from './i18n.js';
import { flat } from './values.js';

export function Tests({ rows, titles, results, keep, run, load }) {
  if (!rows.length) return <p class="t-sm t-2">{t('Results that are right can be kept as tests: after every change they are run with one click.')}</p>;
  const failed = results?.filter(({ passed }) => !passed).length ?? 0;
  return (
    <section class="stack" aria-label={t('Tests')}>
      <div class="row-flex">
        <h2 class="h4">{t('Tests ({count})', { count: rows.length })}</h2>
        <button type="button" class="btn btn-sm push" onClick={run}>
          <Icon name="player-play" />
          {t('Run all')}
        </button>
      </div>
      {results && (
        <p role="status" class={failed ? 't-late' : 't-ok'}>
          {failed ? t('{failed} of {count} give something else.', { failed, count: rows.length }) : t('All {count} give what is expected.', { count: rows.length })}
        </p>
      )}
      <ol class="b-tables__rows">
        {rows.map((row, at) => (
          <Row key={at} row={row} titles={titles} result={results?.[at]} load={() => load(row.data)} expect={(expected) => keep(rows.map((each, place) => (place === at ? { ...each, expected } : each)))} remove={() => keep(rows.filter((_, place) => place !== at))} />
        ))}
      </ol>
    </section>
  );
}

function Row({ row, titles, result, load, expect, remove }) {
  const [wrong, setWrong] = useState(false);
  const said = Object.entries(flat(row.data)).map(([name, value]) => `${titles[name] ?? name} ${value}`);
  const change = ({ target }) => {
    try {
      expect(JSON.parse(target.value || 'null'));
      setWrong(false);
    } catch {
      setWrong(true);
    }
  };
  return (
    <li class={result ? (result.passed ? 'is-ok' : 'is-late') : ''}>
      <button type="button" class="b-tables__load" onClick={load} title={t('Fill in these values')}>
        {said.join(t(', ')) || t('nothing filled in')}
      </button>
      <label class="t-sm">
        {t('Expected')}
        <input class="form-control t-sm" value={JSON.stringify(row.expected)} onChange={change} aria-invalid={wrong} />
      </label>
      {wrong && <p class="t-late t-sm">{t('Write a text in quotes, a number, true, false, null or a JSON object.')}</p>}
      <div class="row-flex t-sm">
        {result && (
          <span class={result.passed ? 't-ok' : 't-late'}>
            <Icon name={result.passed ? 'circle-check' : 'alert-circle'} /> {result.passed ? t('as expected') : (result.problem ?? t('gives {result}', { result: JSON.stringify(result.result) }))}
          </span>
        )}
        <button type="button" class="btn btn-sm btn-quiet btn-icon-only push" aria-label={t('Delete this test')} onClick={remove}>
          <Icon name="trash" />
        </button>
      </div>
    </li>
  );
}
