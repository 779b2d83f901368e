/* The tab of a script task: lines “name = expression”, and a table of the draft bound to a business rule task. */
import { together, writeFile } from '../modeler/commands.js';
import { extensionOf, setExtension } from '../modeler/extensions.js';
import { Icon } from '../shell/Icon.jsx';
import { pathOf, tables } from '../shell/tables.js';
import { newTable } from '../tables/files.js';
import { Typed } from '../way/Typed.jsx';
import { useFields } from '../way/fields.js';
import { t } from './i18n.js';
import { Choice, Line } from './Line.jsx';

export function Script({ studio, element }) {
  const fields = useFields(studio, element);
  return (
    <Typed
      label={t('What is worked out')} kind="assignment" rows={10} field="script/lines" fields={fields} value={element.businessObject.script ?? ''}
      help={t('One line each: name = expression, for example total = price * count')} onChange={(script) => studio.service('modeling').updateProperties(element, { script: script.trim() ? script : undefined })}
    />
  );
}

export function Table({ studio, element }) {
  const decision = extensionOf(element, 'decision');
  const all = tables(studio.draft);
  const id = decision?.get('id') ?? '';
  const table = all.find((each) => each.id === id);
  const open = (file, wanted) => studio.say('open-table', `${file}#${wanted}`);
  function begin() {
    let made;
    together(studio, () => {
      made = newTable(studio.draft, element.businessObject.name || t('Decision table'), (file, text) => writeFile(studio, file, text));
      setExtension(studio, element, 'Decision', { id: made });
    });
    open(`${made}.dmn`, made);
  }
  return (
    <>
      <Choice label={t('Decision table')} field="table/ref" none={t('Choose…')} value={id} options={all.map((each) => ({ value: each.id, title: each.name }))} onChange={(value) => setExtension(studio, element, 'Decision', value ? { id: value } : { id: '', result: '' })} />
      {id && <Line label={t('Keep the answer as')} field="table/result" value={decision.get('result')} onChange={(result) => setExtension(studio, element, 'Decision', { result: result.trim() })} help={t('Left empty, each output becomes a field of its own.')} />}
      {table && (
        <>
          <ul class="b-comes" aria-label={t('What comes back')}>{table.outputs.map((each) => <li key={each.name}><span>{each.title}</span><code>{pathOf(table, each, decision.get('result'))}</code></li>)}</ul>
          <button type="button" class="btn btn-sm b-start" onClick={() => open(table.file, id)}>{t('Open the table')}</button>
        </>
      )}
      {!id && <button type="button" class="btn btn-sm b-start" onClick={begin}><Icon name="plus" />{t('New table')}</button>}
    </>
  );
}
