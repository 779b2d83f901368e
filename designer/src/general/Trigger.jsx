/* What an event or a message task refers to: message, signal, error or escalation, and what goes with it. */
import { extensionOf, setExtension } from '../modeler/extensions.js';
import { Expression } from '../way/Expression.jsx';
import { useFields } from '../way/fields.js';
import { together } from '../modeler/commands.js';
import { t } from './i18n.js';
import { Choice, Line } from './Line.jsx';
import { Pairs } from './Pairs.jsx';

const KINDS = {
  'bpmn:MessageEventDefinition': { type: 'bpmn:Message', key: 'messageRef', title: 'Message', code: null },
  'bpmn:SignalEventDefinition': { type: 'bpmn:Signal', key: 'signalRef', title: 'Signal', code: null },
  'bpmn:ErrorEventDefinition': { type: 'bpmn:Error', key: 'errorRef', title: 'Error', code: 'errorCode' },
  'bpmn:EscalationEventDefinition': { type: 'bpmn:Escalation', key: 'escalationRef', title: 'Escalation', code: 'escalationCode' },
};
const MESSAGE = KINDS['bpmn:MessageEventDefinition'];
const TASKS = new Set(['bpmn:SendTask', 'bpmn:ReceiveTask']);
const THROWS = new Set(['bpmn:SendTask', 'bpmn:IntermediateThrowEvent', 'bpmn:EndEvent']);

export function Trigger({ studio, element }) {
  const object = element.businessObject;
  const definition = object.eventDefinitions?.find((each) => KINDS[each.$type]);
  const holder = TASKS.has(object.$type) ? object : definition;
  if (!holder) return null;
  const kind = definition ? KINDS[definition.$type] : MESSAGE;
  return (
    <>
      <Reference studio={studio} element={element} holder={holder} kind={kind} />
      {kind === MESSAGE && <Correlation studio={studio} element={element} />}
      {kind === MESSAGE && THROWS.has(object.$type) && <Pairs studio={studio} element={element} type="Payload" nameKey="name" nameLabel={t('Name')} title={t('What the message carries')} field="general/reference" />}
      {kind.code && !THROWS.has(object.$type) && (
        <Line label={t('Keep code and text as')} value={extensionOf(element, 'code')?.get('variable')} onChange={(variable) => setExtension(studio, element, 'Code', { variable: variable.trim() })} />
      )}
    </>
  );
}

function Reference({ studio, element, holder, kind }) {
  const definitions = studio.modeler.getDefinitions();
  const known = definitions.rootElements.filter((each) => each.$type === kind.type);
  const chosen = holder[kind.key];
  const modeling = studio.service('modeling');
  const point = (root) => (holder === element.businessObject ? modeling.updateProperties(element, { [kind.key]: root }) : modeling.updateModdleProperties(element, holder, { [kind.key]: root }));
  function make() {
    const made = studio.service('bpmnFactory').create(kind.type, { name: t(kind.title), ...(kind.code ? { [kind.code]: `${kind.key.replace('Ref', '')}-${known.length + 1}` } : {}) });
    made.$parent = definitions;
    together(studio, () => {
      modeling.updateModdleProperties(element, definitions, { rootElements: [...definitions.rootElements, made] });
      point(made);
    });
  }
  return (
    <>
      <Choice label={t(kind.title)} field="general/reference" none={kind.code ? t('any') : t('Choose…')} value={chosen?.id} options={[...known.map((each) => ({ value: each.id, title: each.name || each[kind.code] || each.id })), { value: '+', title: t('A new one…') }]} onChange={(id) => (id === '+' ? make() : point(known.find((each) => each.id === id)))} />
      {chosen && <Line label={t('Its name')} value={chosen.name} onChange={(name) => modeling.updateModdleProperties(element, chosen, { name: name.trim() })} />}
      {chosen && kind.code && <Line label={t('Its code')} value={chosen[kind.code]} onChange={(code) => modeling.updateModdleProperties(element, chosen, { [kind.code]: code.trim() || undefined })} />}
    </>
  );
}

function Correlation({ studio, element }) {
  const fields = useFields(studio, element);
  return <Expression label={t('Which case it belongs to')} fields={fields} field="general/reference" value={extensionOf(element, 'message')?.get('correlation') ?? ''} onChange={(correlation) => setExtension(studio, element, 'Message', { correlation })} help={t('A message reaches the case whose key is the same, for example the number of the work order.')} />;
}
