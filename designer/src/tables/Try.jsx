/* Try a table: fill in what it looks at, see which rules match and why the others do not; keep rows as tests and run them all. */
import { useEffect, useState } from 'preact/hooks';

import { post } from '../shell/api.js';
import { Icon } from '../shell/Icon.jsx';
import { named, parsed } from '../shell/xml.js';
import { fieldsOf, outputsOf, testsOf, writeTests } from './files.js';
import { t } from './i18n.js';
import { Tests } from './Tests.jsx';
import { dataOf, flat, isNumber } from './values.js';

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
      <Tests rows={rows} titles={Object.fromEntries(fields.map(({ path, label }) => [path, label]))} results={results} keep={keep} run={run} load={(data) => (setValues(flat(data)), attempt(data))} />
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
