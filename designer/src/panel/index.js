/* The panel beside the canvas: what can be said about the chosen element, a tab a question. */
export function start(studio) {
  studio.panel = { tab: null };
}
