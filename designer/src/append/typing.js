/* The lists of bpmn-js filter when a key goes up; text from an input method, by voice or by paste comes without keys. */
const FIELD = '.djs-popup input, .djs-search-container input';

export function hearTyping(container) {
  const filter = ({ target, isComposing }) => {
    if (!isComposing && target.matches(FIELD)) target.dispatchEvent(new KeyboardEvent('keyup', { bubbles: true }));
  };
  container.addEventListener('input', filter);
  container.addEventListener('compositionend', filter);
  /* Enter and arrows that choose among an input method's proposals are not meant for the list. */
  container.addEventListener('keydown', (event) => event.isComposing && event.target.matches(FIELD) && event.stopPropagation(), true);
}
