/* Connectors: what a service task asks of an outside system. */
import { Call } from './Call.jsx';
import { t } from './i18n.js';
import './call.css';

export function start(studio) {
  studio.addTab({ id: 'call', title: t('Connector'), order: 15, applies: (element) => element.businessObject.$type === 'bpmn:ServiceTask', Panel: Call });
}
