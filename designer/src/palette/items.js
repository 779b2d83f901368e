/* What can be drawn here: the guided list first, then all that the engine carries out. ``extensions`` are those a new one begins with. */
import { t } from './i18n.js';

const catching = (eventDefinitionType) => ({ type: 'bpmn:IntermediateCatchEvent', eventDefinitionType });
const throwing = (eventDefinitionType) => ({ type: 'bpmn:IntermediateThrowEvent', eventDefinitionType });
const ending = (eventDefinitionType) => ({ type: 'bpmn:EndEvent', eventDefinitionType });
const starting = (eventDefinitionType) => ({ type: 'bpmn:StartEvent', eventDefinitionType });

export const LADDER = 'escalation_ladder';

export const ITEMS = [
  { id: 'start', title: 'Start', icon: 'start-event-none', group: 'event', attrs: { type: 'bpmn:StartEvent' }, first: true },
  { id: 'user', title: 'Step by a person', icon: 'user-task', group: 'step', attrs: { type: 'bpmn:UserTask' } },
  { id: 'ladder', title: 'Step with time limit', icon: 'user-task', mark: true, group: 'step', attrs: { type: 'bpmn:UserTask' }, extensions: { Assignment: {}, Limit: { minutes: '120', ladder: LADDER } } },
  { id: 'service', title: 'Step by a system', icon: 'service-task', group: 'step', attrs: { type: 'bpmn:ServiceTask' } },
  { id: 'decision', title: 'Decision table', icon: 'business-rule-task', group: 'step', attrs: { type: 'bpmn:BusinessRuleTask' } },
  { id: 'call', title: 'Call a process', icon: 'call-activity', group: 'step', attrs: { type: 'bpmn:CallActivity' } },
  { id: 'branch', title: 'Branch', icon: 'gateway-xor', group: 'way', attrs: { type: 'bpmn:ExclusiveGateway' } },
  { id: 'parallel', title: 'In parallel', icon: 'gateway-parallel', group: 'way', attrs: { type: 'bpmn:ParallelGateway' } },
  { id: 'notice', title: 'Send a notice', icon: 'intermediate-event-throw-message', group: 'event', attrs: { type: 'bpmn:IntermediateThrowEvent' }, extensions: { Notice: { to: 'customer' } } },
  { id: 'wait', title: 'Wait', icon: 'intermediate-event-catch-timer', group: 'event', attrs: catching('bpmn:TimerEventDefinition') },
  { id: 'message', title: 'Wait for a message', icon: 'intermediate-event-catch-message', group: 'event', attrs: catching('bpmn:MessageEventDefinition') },
  { id: 'end', title: 'End', icon: 'end-event-none', group: 'event', attrs: { type: 'bpmn:EndEvent' } },
  { id: 'pool', title: 'Lanes', icon: 'participant', group: 'frame', pool: true },
  { id: 'note', title: 'Note', icon: 'text-annotation', group: 'frame', attrs: { type: 'bpmn:TextAnnotation' } },
  { id: 'group', title: 'Group', icon: 'group', group: 'frame', attrs: { type: 'bpmn:Group' }, lone: true },
  { id: 'script', title: 'Set values', icon: 'script-task', group: 'more', expert: true, attrs: { type: 'bpmn:ScriptTask' } },
  { id: 'manual', title: 'Offline step', icon: 'manual-task', group: 'more', expert: true, attrs: { type: 'bpmn:ManualTask' } },
  { id: 'send', title: 'Send a message', icon: 'send-task', group: 'more', expert: true, attrs: { type: 'bpmn:SendTask' } },
  { id: 'receive', title: 'Receive a message', icon: 'receive-task', group: 'more', expert: true, attrs: { type: 'bpmn:ReceiveTask' } },
  { id: 'sub', title: 'Sub-process', icon: 'subprocess-expanded', group: 'more', expert: true, attrs: { type: 'bpmn:SubProcess', isExpanded: true }, begun: true },
  { id: 'event-sub', title: 'Event sub-process', icon: 'event-subprocess-expanded', group: 'more', expert: true, attrs: { type: 'bpmn:SubProcess', triggeredByEvent: true, isExpanded: true }, lone: true },
  { id: 'transaction', title: 'Transaction', icon: 'transaction', group: 'more', expert: true, attrs: { type: 'bpmn:Transaction', isExpanded: true }, begun: true },
  { id: 'any', title: 'Several branches', icon: 'gateway-or', group: 'more', expert: true, attrs: { type: 'bpmn:InclusiveGateway' } },
  { id: 'event-gateway', title: 'Whichever comes first', icon: 'gateway-eventbased', group: 'more', expert: true, attrs: { type: 'bpmn:EventBasedGateway' } },
  { id: 'condition', title: 'Wait for a condition', icon: 'intermediate-event-catch-condition', group: 'more', expert: true, attrs: catching('bpmn:ConditionalEventDefinition') },
  { id: 'signal', title: 'Wait for a signal', icon: 'intermediate-event-catch-signal', group: 'more', expert: true, attrs: catching('bpmn:SignalEventDefinition') },
  { id: 'throw-signal', title: 'Send a signal', icon: 'intermediate-event-throw-signal', group: 'more', expert: true, attrs: throwing('bpmn:SignalEventDefinition') },
  { id: 'throw-message', title: 'Message on the way', icon: 'intermediate-event-throw-message', group: 'more', expert: true, attrs: throwing('bpmn:MessageEventDefinition') },
  { id: 'escalate', title: 'Escalate', icon: 'intermediate-event-throw-escalation', group: 'more', expert: true, attrs: throwing('bpmn:EscalationEventDefinition') },
  { id: 'compensate', title: 'Undo steps', icon: 'intermediate-event-throw-compensation', group: 'more', expert: true, attrs: throwing('bpmn:CompensateEventDefinition') },
  { id: 'start-message', title: 'Start by a message', icon: 'start-event-message', group: 'more', expert: true, attrs: starting('bpmn:MessageEventDefinition'), first: true },
  { id: 'start-timer', title: 'Start by the clock', icon: 'start-event-timer', group: 'more', expert: true, attrs: starting('bpmn:TimerEventDefinition'), first: true },
  { id: 'end-error', title: 'End with an error', icon: 'end-event-error', group: 'more', expert: true, attrs: ending('bpmn:ErrorEventDefinition') },
  { id: 'end-all', title: 'End everything', icon: 'end-event-terminate', group: 'more', expert: true, attrs: ending('bpmn:TerminateEventDefinition') },
  { id: 'data', title: 'Data object', icon: 'data-object', group: 'more', expert: true, attrs: { type: 'bpmn:DataObjectReference' }, lone: true },
];

export const titleOf = (item) => t(item.title);

const EXPERT = 'baton-expert';

export const isExpert = () => localStorage.getItem(EXPERT) === '1';

export const setExpert = (on) => localStorage.setItem(EXPERT, on ? '1' : '0');

export const offered = () => ITEMS.filter((item) => !item.expert || isExpert());
