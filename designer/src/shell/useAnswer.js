/* What the server answers to a question that changes while somebody types; the last question counts. */
import { useEffect, useState } from 'preact/hooks';

import { post } from './api.js';

const PAUSE = 250;

/* {answer, problem}; ``body`` null asks nothing. */
export function useAnswer(path, body) {
  const [found, set] = useState({ answer: null, problem: null });
  const asked = body === null ? null : JSON.stringify(body);
  useEffect(() => {
    if (asked === null) {
      set({ answer: null, problem: null });
      return undefined;
    }
    let isOld = false;
    const timer = setTimeout(() => {
      post(path, JSON.parse(asked)).then(
        (answer) => isOld || set({ answer, problem: null }),
        (problem) => isOld || set({ answer: null, problem: problem.message }),
      );
    }, PAUSE);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [path, asked]);
  return found;
}
