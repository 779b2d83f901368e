/* Tables out to Excel and in again. */
import { useRef, useState } from 'preact/hooks';

import { post, postForBlob } from '../shell/api.js';
import { Icon } from '../shell/Icon.jsx';
import { decisionsIn, decisionsOf } from './files.js';
import { t } from './i18n.js';

export function ExcelButtons({ draft, chosen, flush, go, tell }) {
  const input = useRef(null);
  const [asked, ask] = useState(null);

  async function out() {
    await flush();
    try {
      save(await postForBlob('/designer/tables/export', { xml: draft.read(chosen.file) }), chosen.file.replace(/^.*\/|\.dmn$/g, ''));
    } catch (problem) {
      tell({ sentence: problem.message, wrong: true });
    }
  }
  async function bring(file, outputs) {
    await flush();
    const sent = new FormData();
    sent.append('file', file);
    if (outputs) sent.append('outputs', String(outputs));
    ask(null);
    try {
      take(await post('/designer/tables/import', sent));
    } catch (problem) {
      tell({ sentence: problem.message, wrong: true });
      if (problem.code === 'bad-spreadsheet' && problem.facts.sheet && !outputs) ask(file);
    }
  }
  function take({ xml, decisions }) {
    const ids = decisions.map(({ id }) => id);
    const there = decisionsOf(draft).filter(({ id }) => ids.includes(id));
    const files = [...new Set(there.map(({ file }) => file))];
    const covered = files.length === 0 || (files.length === 1 && decisionsIn(draft.read(files[0])).every(({ id }) => ids.includes(id)));
    if (!covered) {
      tell({ sentence: t('The workbook has tables that are in other files together with others: {ids}. Change the code in the sheet.', { ids: there.map(({ id }) => id).join(', ') }), wrong: true });
      return;
    }
    const file = files[0] ?? `${ids[0]}.dmn`;
    const before = draft.read(file);
    draft.write(file, xml);
    const next = decisionsOf(draft).find((each) => each.file === file);
    const undo = () => {
      if (before === null) draft.remove(file);
      else draft.write(file, before);
      go(before === null ? (decisionsOf(draft)[0] ?? null) : chosen);
    };
    tell({ sentence: before === null ? t('“{name}” came from Excel.', { name: next.name }) : t('“{name}” was replaced by what came from Excel.', { name: next.name }), undo });
    go(next);
  }
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept=".xlsx"
        aria-label={t('Excel workbook')}
        onChange={({ target }) => {
          const [file] = target.files;
          target.value = '';
          if (file) bring(file);
        }}
      />
      <button type="button" class="btn btn-sm" onClick={() => input.current.click()}>
        <Icon name="upload" />
        {t('From Excel')}
      </button>
      <button type="button" class="btn btn-sm" disabled={chosen?.kind !== 'table'} onClick={out}>
        <Icon name="download" />
        {t('To Excel')}
      </button>
      {asked && <Outputs done={(number) => (number ? bring(asked, number) : ask(null))} />}
    </>
  );
}

function Outputs({ done }) {
  const [number, setNumber] = useState(1);
  return (
    <form
      class="row-flex"
      onSubmit={(event) => {
        event.preventDefault();
        done(number);
      }}
    >
      <label for="tables-outputs" class="t-sm">
        {t('How many of the last columns are results?')}
      </label>
      <input id="tables-outputs" class="form-control b-tables__number" type="number" min={1} max={20} value={number} onInput={({ target }) => setNumber(Number(target.value))} />
      <button type="submit" class="btn btn-sm btn-primary">
        {t('Import')}
      </button>
      <button type="button" class="btn btn-sm btn-quiet" onClick={() => done(0)}>
        {t('Cancel')}
      </button>
    </form>
  );
}

function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${name}.xlsx`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}
