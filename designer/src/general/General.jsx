/* Name, documentation, what staff read when it comes to them, and what the element refers to. */
import { extensionOf, setExtension } from '../modeler/extensions.js';
import { useFields } from '../way/fields.js';
import { Called } from './Called.jsx';
import { English } from './English.jsx';
import { t } from './i18n.js';
import { Line } from './Line.jsx';
import { Trigger } from './Trigger.jsx';

export function General({ studio, element }) {
  const object = element.businessObject;
  const modeling = studio.service('modeling');
  const fields = useFields(studio, element);
  const write = (text) => {
    const made = text.trim() ? [studio.service('bpmnFactory').create('bpmn:Documentation', { text })] : [];
    made.forEach((each) => {
      each.$parent = object;
    });
    modeling.updateProperties(element, { documentation: made });
  };
  const why = extensionOf(element, 'why')?.get('text');
  return (
    <>
      {object.$type !== 'bpmn:Collaboration' && <Line label={t('Name')} field="general/name" value={object.name} onChange={(name) => modeling.updateProperties(element, { name: name.trim() || undefined })} />}
      {object.$type === 'bpmn:UserTask' && (
        <Line
          label={t('Why it comes to you')} field="general/why" value={why} onChange={(text) => setExtension(studio, element, 'Why', { text: text.trim() })}
          fields={fields} help={t('One line that staff read above the form. {example} is replaced by the field.', { example: '{{title}}' })}
        />
      )}
      <English studio={studio} texts={[{ text: object.name, label: t('Name in English') }, { text: why, label: t('Why it comes to you, in English') }]} />
      {object.$type === 'bpmn:CallActivity' && <Called studio={studio} element={element} />}
      <Trigger studio={studio} element={element} />
      <Line label={t('Notes')} rows={3} field="general/documentation" value={object.documentation?.[0]?.text} onChange={write} help={t('For those who draw; staff do not see it.')} />
      <details class="b-fold">
        <summary>{t('For experts')}</summary>
        <Identity studio={studio} element={element} />
      </details>
    </>
  );
}

const ID = /^[A-Za-z_][\w.-]*$/;

function Identity({ studio, element }) {
  function rename(id) {
    const isFree = ID.test(id) && !studio.service('moddle').ids.assigned(id);
    if (isFree) studio.service('modeling').updateProperties(element, { id });
    else studio.say('changed');
  }
  return <Line key={element.id} label={t('Identifier')} value={element.businessObject.id} field="general/id" onChange={rename} help={t('Expressions and reports name the element by it. Running cases know the old one.')} />;
}
