/* A field out of those that are known, by where they come from; one that is no longer known stays chosen. */
import { t } from './i18n.js';

export function FieldChoice({ label, none = t('Choose a field…'), value, fields, onChange, field }) {
  const groups = grouped(fields);
  return (
    <select class="form-select" aria-label={label} value={value} data-field={field} onChange={(event) => onChange(event.target.value)}>
      <option value="">{none}</option>
      {value && !fields.some((each) => each.name === value) && <option value={value}>{value}</option>}
      {[...groups].map(([from, list]) => (
        <optgroup key={from} label={from}>
          {list.map((each) => (
            <option key={each.name} value={each.name}>{each.title}</option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

function grouped(fields) {
  const groups = new Map();
  fields.forEach((each) => groups.set(each.from, [...(groups.get(each.from) ?? []), each]));
  return groups;
}
