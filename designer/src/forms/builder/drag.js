/* What is being dragged. The browser's own transfer cannot be read while it goes on, so it is kept here. */
let dragged = null;

export function begin(event, what) {
  dragged = what;
  event.dataTransfer.effectAllowed = 'copyMove';
  event.dataTransfer.setData('text/plain', what.kind ?? what.name);
  event.stopPropagation();
}

export function end() {
  dragged = null;
}

export const inHand = () => dragged;
