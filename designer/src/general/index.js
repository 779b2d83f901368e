/* What can be said of an element beside who, when and which way: its name, notices, the work order, scripts, tables, messages. */
import { General } from './General.jsx';
import { t } from './i18n.js';
import { Notice } from './Notice.jsx';
import { Order } from './Order.jsx';
import { Script, Table } from './Script.jsx';
import './general.css';

const isA = (...types) => (element) => types.includes(element.businessObject?.$type);
const isNode = (element) => Boolean(element.businessObject?.$instanceOf?.('bpmn:FlowNode')) && !isA('bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway', 'bpmn:ParallelGateway', 'bpmn:EventBasedGateway')(element);

export function start(studio) {
  studio.addTab({ id: 'table', title: t('Decision table'), order: 15, applies: isA('bpmn:BusinessRuleTask'), Panel: Table });
  studio.addTab({ id: 'script', title: t('Calculation'), order: 15, applies: isA('bpmn:ScriptTask'), Panel: Script });
  studio.addTab({ id: 'notice', title: t('Notices'), order: 60, applies: isNode, Panel: Notice });
  studio.addTab({ id: 'order', title: t('Work order'), order: 70, applies: isNode, Panel: Order });
  studio.addTab({ id: 'general', title: t('Name and notes'), order: 90, applies: (element) => Boolean(element.businessObject?.$instanceOf?.('bpmn:BaseElement')), Panel: General });
}
