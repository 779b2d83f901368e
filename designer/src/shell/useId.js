/* An id that the page has once. Preact's own counts anew in each layer: a dialog would have the name of another. */
import { useState } from 'preact/hooks';

let count = 0;

export const useId = () => useState(() => `id-${(count += 1)}`)[0];
