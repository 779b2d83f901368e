/* A list of name and value: payload of a message, variables of a called process. */
import { extensionsOf, plain, setExtensions } from '../modeler/extensions.js';
import { Icon } from '../shell/Icon.jsx';
import { Expression } from '../way/Expression.jsx';
import { useFields } from '../way/fields.js';
import { t } from './i18n.js';
import { Line } from './Line.jsx';

export function Pairs({ studio, element, type, nameKey, title, nameLabel, field }) {
  const fields = useFields(studio, element);
  const pairs = extensionsOf(element, type).map(plain);
  const put = (list) => setExtensions(studio, element, type, list);
  const change = (place, attributes) => put(pairs.map((each, at) => (at === place ? { ...each, ...attributes } : each)));
  return (
    <fieldset class="b-field stack">
      <legend>{title}</legend>
      {pairs.map((pair, place) => (
        <div key={place} class="b-pair">
          <Line label={nameLabel} field={field} value={pair[nameKey]} onChange={(value) => change(place, { [nameKey]: value.trim() })} />
          <Expression label={t('Value')} fields={fields} value={pair.value ?? ''} onChange={(value) => change(place, { value })} />
          <button type="button" class="btn btn-sm btn-quiet b-start" onClick={() => put(pairs.filter((_, at) => at !== place))}>
            <Icon name="trash" />
            {t('Remove')}
          </button>
        </div>
      ))}
      <button type="button" class="btn btn-sm b-start" onClick={() => put([...pairs, { [nameKey]: freeName(pairs, nameKey), value: '= null' }])}>
        <Icon name="plus" />
        {t('Add a row')}
      </button>
    </fieldset>
  );
}

function freeName(pairs, nameKey) {
  let number = pairs.length + 1;
  while (pairs.some((each) => each[nameKey] === `value${number}`)) number += 1;
  return `value${number}`;
}
