/* Asks the server, a moment after the last key, whether an expression can be read. */
import { useEffect, useState } from 'preact/hooks';

import { post } from '../shell/api.js';

const PAUSE = 350;

/* The sentence of what is wrong with an expression; null when it is fine, empty, or cannot be asked about now. */
export function useProblem(expression, kind) {
  const [problem, tell] = useState(null);
  useEffect(() => {
    let isCurrent = true;
    if (!expression?.trim()) {
      tell(null);
      return undefined;
    }
    const timer = setTimeout(async () => {
      const answer = await post('/designer/expressions/check', { expression, kind }).catch((error) => ({ problem: error.status ? error.message : null }));
      if (isCurrent) tell(answer.problem);
    }, PAUSE);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [expression, kind]);
  return problem;
}
