/* The tab “work order”: the state that the order gets, and the tier to which it rises, when a case comes here. */
import { extensionOf, setExtension } from '../modeler/extensions.js';
import { useRead } from '../shell/useRead.jsx';
import { Expression } from '../way/Expression.jsx';
import { useFields } from '../way/fields.js';
import { t } from './i18n.js';

export function Order({ studio, element }) {
  const [catalogue, meanwhile] = useRead(() => studio.catalogue(), [studio]);
  const fields = useFields(studio, element);
  if (!catalogue) return meanwhile;
  const states = catalogue.order_states;
  const order = extensionOf(element, 'order');
  const put = (attributes) => setExtension(studio, element, 'Order', attributes);
  const rule = { type: 'string', oneOf: states.map(({ code, name }) => ({ const: code, title: name })), enum: states.map(({ code }) => code) };
  return (
    <>
      <Expression label={t('State of the work order')} rule={rule} fields={fields} field="order/state" value={order?.get('state') ?? ''} onChange={(state) => put({ state })} help={t('Left empty, the state stays as it is.')} />
      <Expression label={t('Raise the tier to')} rule={{ type: 'string', enum: ['1', '2', '3', '4'] }} fields={fields} field="order/tier" value={order?.get('tier') ?? ''} onChange={(tier) => put({ tier })} />
    </>
  );
}
