/* An id that nothing else of the page has. Preact's own are unique within one tree only, and the page holds several. */
import { useState } from 'preact/hooks';

let made = 0;

export const useId = () => useState(() => `id-${(made += 1)}`)[0];
