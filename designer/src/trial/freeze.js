/* While something is tried or only read, nothing is drawn: palette, context pad, dragging, typing and keys of the canvas are off. */
const MAY = /^(hand|lasso)/;

export function freeze(studio) {
  const trying = () => studio.mode !== 'edit';
  const unless = (name, method, except = () => false) => {
    const service = studio.service(name);
    const original = service[method].bind(service);
    service[method] = (...given) => (trying() && !except(...given) ? undefined : original(...given));
  };
  unless('dragging', 'init', (event, prefix) => MAY.test(prefix));
  unless('contextPad', 'open');
  unless('directEditing', 'activate');
  unless('popupMenu', 'open');
  ['execute', 'undo', 'redo'].forEach((method) => unless('commandStack', method));
  studio.on('mode', (mode) => {
    studio.root.classList.toggle('is-trial', mode === 'trial');
    studio.root.classList.toggle('is-read', mode === 'read');
    const keyboard = studio.service('keyboard');
    if (mode === 'trial') {
      studio.service('contextPad').close();
      studio.service('directEditing').cancel();
      keyboard.unbind();
    } else {
      keyboard.bind();
    }
  });
}
