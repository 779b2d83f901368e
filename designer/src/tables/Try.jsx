/* Try a table: fill in what it looks at, see which rules match and why the others do not; keep rows as tests and run them all. */
import { useEffect, useState } from 'preact/hooks';

import { post } from '../shell/api.js';
import { Icon } from '../shell/Icon.jsx';
import { named, parsed } from '../shell/xml.js';
import { fieldsOf, outputsOf, testsOf, writeTests } from './files.js';
import { t } from './i18n.js';

const tablesOf = (draft) => Object.fromEntries(draft.names('.dmn').map((name) => [name, draft.read(name)]));

export function Try({ draft, chosen, edits, flush, see, example }) {
  const [fields, setFields] = useState([]);
  const [values, setValues] = useState({});
  const [tried, setTried] = useState(null);
  const [problem, setProblem] = useState('');
  const [rows, setRows] = useState(() => testsOf(draft, chosen.id));
  const [results, setResults] = useState(null);
  const question = () => ({ files: tablesOf(draft), decision: chosen.id });

  useEffect(() => {
    let gone = false;
    post('/designer/tables/fields', question()).then(
      ({ fields: asked }) => !gone && (setFields(labelled(asked, draft)), setProblem('')),
      (error) => !gone && setProblem(sentenceOf(error)),
    );
    return () => {
      gone = true;
    };
  }, [edits, chosen]);
  useEffect(() => {
    if (!example) return;
    setValues(flat(example.data));
    attempt(example.data);
  }, [example]);

  async function attempt(data) {
    await flush();
    try {
      const answer = await post('/designer/tables/try', { ...question(), data });
      setTried({ data, ...answer });
      setProblem('');
      see(seen(answer, draft, chosen));
    } catch (error) {
      setTried(null);
      setProblem(sentenceOf(error));
    }
  }
  function keep(list) {
    setRows(list);
    setResults(null);
    writeTests(draft, chosen.id, list);
  }
  async function run() {
    await flush();
    try {
      setResults((await post('/designer/tables/run', { ...question(), rows })).results);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
  }
  return (
    <>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          attempt(dataOf(fields, values));
        }}
      >
        {fields.map((field) => (
          <Entry key={field.path} field={field} value={values[field.path] ?? ''} set={(value) => setValues({ ...values, [field.path]: value })} />
        ))}
        {!fields.length && !problem && <p class="t-sm t-2">{t('The table looks at nothing yet: say in the head of a column which field it is about.')}</p>}
        <div class="row-flex">
          <button type="submit" class="btn btn-sm btn-primary">
            <Icon name="player-play" />
            {t('Try')}
          </button>
          <button type="button" class="btn btn-sm btn-quiet" onClick={() => (setValues({}), setTried(null), see({}))}>
            {t('Clear')}
          </button>
        </div>
      </form>
      {problem && (
        <p class="b-note b-note--late" role="alert">
          {problem}
        </p>
      )}
      {tried && <Outcome tried={tried} names={outputsOf(draft, chosen)} keep={() => keep([...rows, { data: tried.data, expected: tried.result }])} />}
      <Rows rows={rows} titles={Object.fromEntries(fields.map(({ path, label }) => [path, label]))} results={results} keep={keep} run={run} load={(data) => (setValues(flat(data)), attempt(data))} />
    </>
  );
}

/* A variable that only an expression names is called as the forms call it. */
function labelled(asked, draft) {
  const known = new Map(fieldsOf(draft).map((field) => [field.path, field]));
  return asked.map((field) => (field.label === field.path && known.has(field.path) ? { ...field, label: known.get(field.path).label, kind: field.kind || known.get(field.path).kind } : field));
}

const sentenceOf = (error) => error.findings?.find(({ level }) => level === 'error')?.sentence ?? error.message;

/* The rules that match, and of each other one the first cell that does not. */
function seen({ cells, rules }, draft, chosen) {
  const read = parsed(draft.read(chosen.file));
  const missed = cells.filter(({ matches }) => matches.includes(false)).map(({ rule, matches }) => cellOf(read, rule, matches.indexOf(false)));
  return { matched: rules, missed: missed.filter(Boolean) };
}

function cellOf(read, rule, place) {
  const found = named(read, 'rule').find((each) => each.getAttribute('id') === rule);
  return [...(found?.children ?? [])].filter(({ localName }) => localName === 'inputEntry')[place]?.getAttribute('id');
}

function Entry({ field, value, set }) {
  const id = `try-${field.path}`;
  const onInput = ({ target }) => set(target.value);
  return (
    <div class="b-field">
      <label for={id}>
        {field.label}
        {field.label !== field.path && <small class="t-3"> {field.path}</small>}
      </label>
      {field.kind === 'boolean' ? (
        <select id={id} class="form-select" value={value} onChange={onInput}>
          <option value="">{t('not filled in')}</option>
          <option value="true">{t('yes')}</option>
          <option value="false">{t('no')}</option>
        </select>
      ) : (
        <>
          <input id={id} class="form-control" list={`${id}-l`} inputMode={isNumber(field.kind) ? 'decimal' : undefined} placeholder={t('not filled in')} value={value} onInput={onInput} autocomplete="off" />
          <datalist id={`${id}-l`}>
            {field.values.map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </>
      )}
    </div>
  );
}

const isNumber = (kind) => ['number', 'integer', 'double', 'long'].includes(kind);

/* The variables out of what was typed; what is empty is left out. */
function dataOf(fields, values) {
  const data = {};
  fields.forEach(({ path, kind }) => {
    const typed = (values[path] ?? '').trim();
    if (typed !== '') put(data, path.split('.'), valueOf(typed, kind));
  });
  return data;
}

function put(data, [first, ...rest], value) {
  if (!rest.length) data[first] = value;
  else put((data[first] = typeof data[first] === 'object' && data[first] ? data[first] : {}), rest, value);
}

function valueOf(typed, kind) {
  if (kind === 'string' || kind === 'date') return typed;
  if (['true', 'false', 'null'].includes(typed)) return JSON.parse(typed);
  return typed !== '' && Number.isFinite(Number(typed)) ? Number(typed) : typed.replace(/^"(.*)"$/, '$1');
}

function flat(data, before = '') {
  return Object.entries(data ?? {}).reduce((found, [name, value]) => {
    const path = before + name;
    if (value && typeof value === 'object' && !Array.isArray(value)) return { ...found, ...flat(value, `${path}.`) };
    return { ...found, [path]: value === null ? '' : String(value) };
  }, {});
}

function Outcome({ tried, names, keep }) {
  return (
    <div class="card card-body stack b-tables__outcome" role="status">
      {tried.problem ? (
        <p class="t-late">{tried.problem}</p>
      ) : (
        <p>
          {tried.rules.length ? t('Result') : t('No rule matches. Result')}
          {t(': ')}
          <Value value={tried.result} names={names} />
        </p>
      )}
      {tried.why && <p class="t-sm t-2">{t('Why: {why}', tried)}</p>}
      {!tried.problem && (
        <button type="button" class="btn btn-sm" onClick={keep}>
          <Icon name="plus" />
          {t('Keep as a test')}
        </button>
      )}
    </div>
  );
}

function Value({ value, names }) {
  if (value === null) return <em>{t('nothing')}</em>;
  if (typeof value !== 'object' || Array.isArray(value)) return <strong>{written(value)}</strong>;
  return (
    <dl class="b-tables__value">
      {Object.entries(value).map(([name, each]) => (
        <div key={name}>
          <dt>{names[name] ?? name}</dt>
          <dd>{each === null ? t('nothing') : written(each)}</dd>
        </div>
      ))}
    </dl>
  );
}

function written(value) {
  if (value === true) return t('yes');
  if (value === false) return t('no');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function Rows({ rows, titles, results, keep, run, load }) {
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
