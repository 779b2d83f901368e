/* What a tab reads from the server when it opens: what came, or in its place why it did not. */
import { useEffect, useState } from 'preact/hooks';

import { t } from './words.js';

/* [what was read or null, what to show meanwhile]. */
export function useRead(read, inputs) {
  const [{ found, problem }, set] = useState({ found: null, problem: null });
  useEffect(() => {
    let isOld = false;
    read().then(
      (answer) => isOld || set({ found: answer, problem: null }),
      (error) => isOld || set({ found: null, problem: error.message }),
    );
    return () => {
      isOld = true;
    };
  }, inputs);
  return [found, problem ? <p class="b-err" role="alert">{problem}</p> : <p class="b-help">{t('One moment…')}</p>];
}
