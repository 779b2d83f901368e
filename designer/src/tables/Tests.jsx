/* The rows that are kept as tests of a table, and how they turned out. */
import { useState } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { t } from './i18n.js';
import { flat, resultOf, written } from './values.js';

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
  const [typed, type] = useState(null);
  const isWrong = typed !== null && resultOf(typed) === undefined;
  const said = Object.entries(flat(row.data)).map(([name, value]) => `${titles[name] ?? name} ${value}`);
  const change = ({ target }) => {
    if (resultOf(target.value) === undefined) return;
    expect(resultOf(target.value));
    type(null);
  };
  return (
    <li class={result ? (result.passed ? 'is-ok' : 'is-late') : ''}>
      <button type="button" class="b-tables__load" onClick={load} title={t('Fill in these values')}>
        {said.join(t(', ')) || t('nothing filled in')}
      </button>
      <label class="t-sm">
        {t('Expected')}
        <input class="form-control t-sm" value={typed ?? written(row.expected)} onInput={({ target }) => type(target.value)} onChange={change} aria-invalid={isWrong} />
      </label>
      {isWrong && <p class="t-late t-sm">{t('Brackets and quotation marks have to come in pairs.')}</p>}
      <div class="row-flex t-sm">
        {result && (
          <span class={result.passed ? 't-ok' : 't-late'}>
            <Icon name={result.passed ? 'circle-check' : 'alert-circle'} /> {result.passed ? t('as expected') : (result.problem ?? t('gives {result}', { result: written(result.result) }))}
          </span>
        )}
        <button type="button" class="btn btn-sm btn-quiet btn-icon-only push" aria-label={t('Delete this test')} onClick={remove}>
          <Icon name="trash" />
        </button>
      </div>
    </li>
  );
}
