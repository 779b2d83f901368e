/* Which way: conditions, their order and the default, in plain words. */
import { conditionOf } from './flows.js';
import { learnCatalogue } from './fields.js';
import { t } from './i18n.js';
import { Way } from './Way.jsx';
import './way.css';

const KINDS = new Set(['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway', 'bpmn:UserTask']);

export function start(studio) {
  learnCatalogue(studio).catch(() => {});
  studio.addTab({ id: 'way', title: t('Which way'), order: 40, applies, Panel: Way });
}

function applies(element) {
  const { $type } = element.businessObject;
  return KINDS.has($type) || ($type === 'bpmn:SequenceFlow' && (Boolean(conditionOf(element)) || element.source?.outgoing.length > 1));
}
