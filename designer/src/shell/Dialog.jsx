/* A dialog: its title, what it holds, and its buttons (``foot``). Whoever opens it has it through ``at``. */
import { useId } from './useId.js';

export function Dialog({ at, title, foot, wide, onClose, onKeyDown, children }) {
  const heading = useId();
  return (
    <dialog class={`b-dialog${wide ? ' b-dialog--wide' : ''}`} ref={at} aria-labelledby={heading} onClose={onClose} onKeyDown={onKeyDown}>
      <div class="b-dialog__b">
        <h2 id={heading}>{title}</h2>
        {children}
      </div>
      <div class="b-dialog__f">{foot}</div>
    </dialog>
  );
}
