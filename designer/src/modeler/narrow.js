/* A window that is too narrow to draw in shows the picture to be read; it is drawn in again as soon as there is room. */
const NARROW = matchMedia('(max-width: 760px)');

export const isNarrow = () => NARROW.matches;

export function start(studio) {
  const tell = () => studio.setReadOnly('narrow', isNarrow());
  NARROW.addEventListener('change', tell);
  tell();
}
