/* What can be said of an element beside who, when and which way: its name, notices, the work order, scripts, tables, messages. */
import { addWords } from '../shell/i18n.js';
import { General } from './General.jsx';
import { Notice } from './Notice.jsx';
import { Order } from './Order.jsx';
import { Script, Table } from './Script.jsx';
import words from './zh.json';
import './general.css';

const isA = (...types) => (element) => types.includes(element.businessObject?.$type);
const isNode = (element) => Boolean(element.businessObject?.$instanceOf?.('bpmn:FlowNode')) && !isA('bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway', 'bpmn:ParallelGateway', 'bpmn:EventBasedGateway')(element);

export function start(studio) {
  addWords(words);
  studio.addTab({ id: 'table', title: 'Decision table', order: 15, applies: isA('bpmn:BusinessRuleTask'), Panel: Table });
  studio.addTab({ id: 'script', title: 'Calculation', order: 15, applies: isA('bpmn:ScriptTask'), Panel: Script });
  studio.addTab({ id: 'notice', title: 'Notices', order: 60, applies: isNode, Panel: Notice });
  studio.addTab({ id: 'order', title: 'Work order', order: 70, applies: isNode, Panel: Order });
  studio.addTab({ id: 'general', title: 'Name and notes', order: 90, applies: (element) => Boolean(element.businessObject?.$instanceOf?.('bpmn:BaseElement')), Panel: General });
}
