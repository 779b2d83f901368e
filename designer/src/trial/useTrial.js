/* Draw a part anew whenever the trial has changed. */
import { useEffect, useReducer } from 'preact/hooks';

export function useTrial(studio) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    const off = [studio.trial.on('change', redraw), studio.on('select', redraw), studio.draft.on('change', redraw)];
    return () => off.forEach((each) => each());
  }, [studio]);
  return studio.trial;
}
