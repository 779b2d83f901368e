import { useEffect, useRef } from 'preact/hooks';

/* The control with which one goes on has the focus, so that Enter alone leads through a case. */
export function useFocus(key) {
  const button = useRef(null);
  useEffect(() => {
    const wrong = document.querySelector('.trial-panel [aria-invalid=true]');
    (wrong ?? button.current)?.focus({ preventScroll: !wrong });
  }, [key]);
  return button;
}
