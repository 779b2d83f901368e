/* Puts the focus on the field of a tab that a problem points to (``tab/name``), also when the tab opens only then. */
import { useEffect, useRef } from 'preact/hooks';

const pointed = new WeakMap();

/* Remember where problems point to, for tabs that are not open yet. */
export function watchPointed(studio) {
  studio.on('field', (target) => pointed.set(studio, target));
}

export function usePointed(studio, tab) {
  const place = useRef(null);
  const go = () => {
    const [where, name] = (pointed.get(studio) ?? '').split('/');
    const field = where === tab && name && place.current?.querySelector(`[data-field="${CSS.escape(name)}"]`);
    if (!field) return;
    pointed.delete(studio);
    field.closest('details')?.setAttribute('open', '');
    field.querySelector('input, select, textarea, button')?.focus();
  };
  useEffect(go); /* the field may come only with what the tab reads from the server */
  useEffect(() => studio.on('field', () => setTimeout(go)), [studio, tab]);
  return place;
}
