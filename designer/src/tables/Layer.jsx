/* The layer: the list of tables, the chosen one in its editor, and beside it what is wrong and how to try it. */
import { useCallback, useEffect, useReducer, useRef, useState } from 'preact/hooks';

import { Icon } from '../shell/Icon.jsx';
import { ExcelButtons } from './Excel.jsx';
import { decisionsIn, decisionsOf, newTable, testsFile } from './files.js';
import { Findings } from './Findings.jsx';
import { t } from './i18n.js';
import { List } from './List.jsx';
import { mark } from './marks.js';
import { Try } from './Try.jsx';
import { useEditor, useFindings, useMarks } from './useTable.js';

export function Layer({ studio, wanted, close }) {
  const { draft } = studio;
  const [, redraw] = useReducer((count) => count + 1, 0);
  const [chosen, choose] = useState(() => wantedOne(draft, wanted));
  const [version, reload] = useReducer((count) => count + 1, 0);
  const [told, setTold] = useState(null);
  const [tab, setTab] = useState('try');
  const [seen, setSeen] = useState({});
  const [example, setExample] = useState(null);
  const root = useRef(null);
  const editing = useEditor({ draft, chosen, version, redraw });
  const found = useFindings(draft, chosen, editing.edits);
  useMarks(found, seen, chosen);

  const leave = useCallback(async () => {
    await editing.flush();
    close();
  }, [editing, close]);
  useEffect(() => intoLayer(root), []);
  useEffect(() => () => mark({}), []);
  useEscape(root, leave);

  async function go(next) {
    await editing.flush();
    setSeen({});
    setExample(null);
    choose(next);
    reload();
  }
  const actions = listActions({ draft, chosen, editing, go, setTold });

  return (
    <div class="b-tables" role="dialog" aria-modal="true" aria-labelledby="tables-h" ref={root}>
      <div class="b-bar-top">
        <button type="button" class="btn btn-quiet" onClick={leave}>
          <Icon name="chevron-left" />
          {t('Back to the flow')}
        </button>
        <h1 id="tables-h">{t('Decision tables')}</h1>
        {chosen && <span class="t-2">{chosen.name}</span>}
        <span class="push row-flex">
          <button type="button" class="btn btn-sm btn-quiet" disabled={!editing.canUndo} onClick={editing.undo}>
            <Icon name="corner-up-left" />
            {t('Undo')}
          </button>
          <button type="button" class="btn btn-sm btn-quiet" disabled={!editing.canRedo} onClick={editing.redo}>
            <Icon name="arrow-forward-up" />
            {t('Redo')}
          </button>
          <ExcelButtons draft={draft} chosen={chosen} flush={editing.flush} go={go} tell={setTold} />
        </span>
      </div>
      <Told told={told} forget={() => setTold(null)} />
      <div class="b-tables__body">
        <List draft={draft} chosen={chosen} {...actions} />
        <main class="b-tables__sheet" data-bs-theme="light" aria-label={t('Table')}>
          {!chosen && <p class="b-tables__none t-2">{t('This process has no decision table yet. Begin one on the left, or bring one from Excel.')}</p>}
          {editing.problem && <Unreadable problem={editing.problem} findings={found.findings} />}
          {editing.lost.length > 0 && <p class="b-note b-note--warn">{t('This file holds something that the editor does not know. It is shown, and nothing is changed: {what}', { what: editing.lost[0] })}</p>}
          <div class="b-tables__dmn" ref={editing.holder} hidden={!chosen || Boolean(editing.problem)} inert={editing.lost.length > 0} />
        </main>
        {chosen && (
          <aside class="b-tables__side" aria-label={t('Check and try')}>
            <Tabs tab={tab} setTab={setTab} count={count(found)} />
            <div role="tabpanel" id={`tables-pan-${tab}`} aria-labelledby={`tables-tab-${tab}`} class="b-tables__pan stack">
              {tab === 'try' ? (
                <Try key={`${chosen.file}#${chosen.id}`} draft={draft} chosen={chosen} edits={editing.edits} flush={editing.flush} see={setSeen} example={example} />
              ) : (
                <Findings
                  found={found}
                  show={(rules) => setSeen({ shown: rules })}
                  attempt={(data) => {
                    setExample({ data });
                    setTab('try');
                  }}
                />
              )}
            </div>
          </aside>
        )}
      </div>
    </div>
  );
}

/* The layer itself takes no focus: dmn-js would close its menus when it does. */
function intoLayer(root) {
  root.current?.querySelector('button').focus();
}

/* Escape closes an open menu of the table first, then the layer. A menu that goes takes the focus along: it comes back to the layer. */
function useEscape(root, leave) {
  useEffect(() => {
    let hadMenu = false;
    const before = () => {
      hadMenu = Boolean(root.current.querySelector('.context-menu'));
    };
    const after = (event) => {
      if (event.key !== 'Escape') return;
      if (hadMenu) setTimeout(() => document.activeElement === document.body && intoLayer(root));
      else if (!event.defaultPrevented) leave();
    };
    document.addEventListener('keydown', before, true);
    document.addEventListener('keydown', after);
    return () => {
      document.removeEventListener('keydown', before, true);
      document.removeEventListener('keydown', after);
    };
  }, [root, leave]);
}

function wantedOne(draft, wanted) {
  const [file, id] = String(wanted ?? '').split('#');
  const all = decisionsOf(draft);
  return all.find((each) => each.file === file && (!id || each.id === id)) ?? all.find((each) => each.id && each.id === file) ?? all.find(({ kind }) => kind === 'table') ?? all[0] ?? null;
}

const count = ({ findings, gaps, overlaps, unreachable }) => findings.length + overlaps.length + unreachable.length + gaps.filter(({ empty }) => !empty).length;

function listActions({ draft, chosen, editing, go, setTold }) {
  return {
    choose: go,
    add(name) {
      const id = newTable(draft, name);
      go(decisionsOf(draft).find((each) => each.id === id));
    },
    rename: async (name) => {
      editing.rename(name);
      await editing.flush();
      go({ ...chosen, name });
    },
    remove: async () => {
      await editing.flush();
      const gone = [chosen.file, ...decisionsIn(draft.read(chosen.file) ?? '')?.map(({ id }) => testsFile(id)) ?? []].map((name) => [name, draft.read(name)]).filter(([, text]) => text !== null);
      gone.forEach(([name]) => draft.remove(name));
      setTold({
        sentence: t('“{name}” was deleted.', { name: chosen.name }),
        undo: () => {
          gone.forEach(([name, text]) => draft.write(name, text));
          go(chosen);
        },
      });
      go(decisionsOf(draft)[0] ?? null);
    },
  };
}

function Told({ told, forget }) {
  return (
    <div role="status" class="b-tables__told">
      {told && (
        <p class={`b-note ${told.wrong ? 'b-note--late' : ''} row-flex`}>
          <span>{told.sentence}</span>
          {told.undo && (
            <button
              type="button"
              class="btn btn-sm"
              onClick={() => {
                forget();
                told.undo();
              }}
            >
              {t('Undo')}
            </button>
          )}
          <button type="button" class="btn btn-sm btn-quiet btn-icon-only push" aria-label={t('Close this message')} onClick={forget}>
            <Icon name="x" />
          </button>
        </p>
      )}
    </div>
  );
}

function Unreadable({ problem, findings }) {
  const sentence = problem.message === 'expression' ? t('This decision is a single expression, not a table. It can be tried on the right.') : t('This file cannot be shown as a table.');
  return (
    <div class="b-tables__none stack" role="alert">
      <p>
        <Icon name="alert-triangle" /> {sentence}
      </p>
      <ul>
        {findings.map(({ sentence: each }) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
    </div>
  );
}

function Tabs({ tab, setTab, count: number }) {
  const tabs = [
    ['try', t('Try the table')],
    ['check', number ? t('Check ({count})', { count: number }) : t('Check')],
  ];
  const onKeyDown = ({ key }) => {
    if (key === 'ArrowLeft' || key === 'ArrowRight') setTab(tab === 'try' ? 'check' : 'try');
  };
  return (
    <div class="b-tabs" role="tablist" aria-label={t('Check and try')} onKeyDown={onKeyDown}>
      {tabs.map(([id, title]) => (
        <button key={id} type="button" role="tab" id={`tables-tab-${id}`} aria-controls={id === tab ? `tables-pan-${id}` : undefined} aria-selected={id === tab} tabIndex={id === tab ? 0 : -1} onClick={() => setTab(id)}>
          {title}
        </button>
      ))}
    </div>
  );
}
