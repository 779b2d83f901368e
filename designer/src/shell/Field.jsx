/* A labelled field of the panel: its help and its problem are told to screen readers with it. ``name`` is the field that problems point to. */
import { cloneElement } from 'preact';

import { Kept } from './Kept.jsx';
import { useId } from './useId.js';

export function Field({ name, label, help, problem, children }) {
  const id = useId();
  const told = [help && `${id}-h`, problem && `${id}-p`].filter(Boolean).join(' ') || undefined;
  return (
    <div class={`b-field ${problem ? 'has-error' : ''}`} data-field={name}>
      <label for={id}>{label}</label>
      {cloneElement(children, { id, 'aria-describedby': told, 'aria-invalid': problem ? 'true' : undefined })}
      {help && (
        <div class="b-help" id={`${id}-h`}>
          {help}
        </div>
      )}
      {problem && (
        <div class="invalid-feedback d-block" id={`${id}-p`}>
          {problem}
        </div>
      )}
    </div>
  );
}

/* A list to choose one of: {value, label}; what stands there and is not in the list is shown as it is. */
export function Select({ value, options, onPick, empty, ...rest }) {
  const known = options.some((each) => each.value === value) || (empty !== undefined && !value);
  return (
    <select {...rest} class="form-select" value={value ?? ''} onChange={(event) => onPick(event.target.value)}>
      {empty !== undefined && <option value="">{empty}</option>}
      {!known && <option value={value ?? ''}>{value || '—'}</option>}
      {options.map((each) => (
        <option key={each.value} value={each.value}>
          {each.label}
        </option>
      ))}
    </select>
  );
}

/* A text that is taken over when it is left or confirmed, so that every change is one step of undo. */
export function Text({ value, onPick, ...rest }) {
  return <Kept type="text" class="form-control" {...rest} value={value ?? ''} onChange={(event) => onPick(event.target.value.trim())} />;
}
