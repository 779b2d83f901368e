/* A called process: which one, what goes in and out, and once for each of a list. */
import { get } from '../shell/api.js';
import { useRead } from '../shell/useRead.jsx';
import { itemOf, processesOf } from '../way/elements.js';
import { t } from './i18n.js';
import { Choice, Line } from './Line.jsx';
import { Pairs } from './Pairs.jsx';

export function Called({ studio, element }) {
  const [answer, meanwhile] = useRead(() => get('/definitions?limit=200'), [studio]);
  if (!answer) return meanwhile;
  const modeling = studio.service('modeling');
  const own = studio.draft.names('.bpmn').filter((file) => file !== studio.diagram).flatMap((file) => processesOf(studio.draft.read(file)).map((each) => ({ value: each.id, title: each.name, file })));
  const outside = [...new Map(answer.items.map((each) => [each.key, { value: each.key, title: t('{name} (published)', { name: each.name }) }])).values()].filter((each) => !own.some(({ value }) => value === each.value));
  const called = element.businessObject.calledElement;
  const file = own.find((each) => each.value === called)?.file;
  return (
    <>
      <Choice label={t('Process that is called')} field="general/called" none={t('Choose…')} value={called} options={[...own, ...outside]} onChange={(value) => modeling.updateProperties(element, { calledElement: value || undefined })} />
      {file && <button type="button" class="btn btn-sm b-start" onClick={() => studio.openDiagram(file)}>{t('Open its drawing')}</button>}
      <p class="b-help">{t('Without variables in and out, all go in and all come back.')}</p>
      <Pairs studio={studio} element={element} type="In" nameKey="target" nameLabel={t('Name in the called process')} title={t('Goes in')} field="general/called" />
      <Pairs studio={studio} element={element} type="Out" nameKey="target" nameLabel={t('Name in this process')} title={t('Comes back')} field="general/called" />
      <Loop studio={studio} element={element} />
    </>
  );
}

function Loop({ studio, element }) {
  const object = element.businessObject;
  const loop = object.loopCharacteristics;
  if (loop?.$type !== 'bpmn:MultiInstanceLoopCharacteristics') return null;
  const modeling = studio.service('modeling');
  const factory = studio.service('bpmnFactory');
  const list = loop.get('loopDataInputRef')?.id ?? loop.loopCardinality?.body;
  function setItem(name) {
    const item = name.trim() ? factory.create('bpmn:DataInput', { name: name.trim() }) : undefined;
    if (item) item.$parent = loop;
    modeling.updateModdleProperties(element, loop, { inputDataItem: item });
  }
  return (
    <fieldset class="b-field stack">
      <legend>{t('Once for each')}</legend>
      <p class="b-help">{list ? t('For each of {list}', { list }) : t('This drawing does not say yet how often.')}</p>
      <Line label={t('The one at hand is called')} field="general/loop" value={itemOf(object)} onChange={setItem} />
      <label class="form-check">
        <input type="checkbox" class="form-check-input" checked={Boolean(loop.isSequential)} onChange={(event) => modeling.updateModdleProperties(element, loop, { isSequential: event.target.checked })} />
        <span class="form-check-label">{t('One after the other')}</span>
      </label>
    </fieldset>
  );
}
