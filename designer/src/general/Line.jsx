/* A labelled field of the panel that writes when it is left. */
import { useRef } from 'preact/hooks';

import { Kept } from '../shell/Kept.jsx';
import { useId } from '../shell/useId.js';
import { Insert } from '../way/Insert.jsx';

/* ``fields``: those that may be put into the text. */
export function Line({ label, value, onChange, rows, field, help, list, fields, ...more }) {
  const id = useId();
  const box = useRef(null);
  const common = { id, box, class: 'form-control', 'data-field': field, value: value ?? '', onChange: (event) => onChange(event.target.value), 'aria-describedby': help ? `${id}-h` : undefined, ...more };
  return (
    <div class="b-field">
      <label for={id}>{label}</label>
      {rows ? <Kept as="textarea" rows={rows} {...common} /> : <Kept list={list ? `${id}-l` : undefined} {...common} />}
      {list && <datalist id={`${id}-l`}>{list.map((each) => <option key={each} value={each} />)}</datalist>}
      {fields && <Insert box={box} fields={fields} />}
      {help && <p class="b-help" id={`${id}-h`}>{help}</p>}
    </div>
  );
}

export function Choice({ label, value, options, onChange, field, none }) {
  const id = useId();
  const isKnown = !value || options.some((each) => each.value === value);
  return (
    <div class="b-field">
      <label for={id}>{label}</label>
      <select id={id} class="form-select" data-field={field} value={value ?? ''} onChange={(event) => onChange(event.target.value)}>
        {none && <option value="">{none}</option>}
        {!isKnown && <option value={value}>{value}</option>}
        {options.map((each) => <option key={each.value} value={each.value}>{each.title}</option>)}
      </select>
    </div>
  );
}
