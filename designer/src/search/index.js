/* Finding elements by name: bpmn-js's search pad over the canvas. Who hears the page is told that it is a box with a list to choose from. */
const LIST = 'search-found';

export function start(studio) {
  studio.find = () => {
    studio.service('canvas').focus();
    studio.service('editorActions').trigger('find');
  };
  const part = (name) => studio.service('canvas').getContainer().querySelector(`.djs-search-${name}`);
  studio.modeler.on('searchPad.opened', () => {
    const { ariaLabel } = give(part('input input'), { role: 'combobox', 'aria-controls': LIST, 'aria-expanded': 'true' });
    give(part('results'), { id: LIST, role: 'listbox', 'aria-label': ariaLabel });
  });
  studio.modeler.on('searchPad.preselected', () => {
    [...part('results').children].forEach((each, place) => {
      give(each, { id: `${LIST}-${place}`, role: 'option', 'aria-selected': String(each.classList.contains('djs-search-result-selected')) });
    });
    give(part('input input'), { 'aria-activedescendant': part('result-selected').id });
  });
  studio.modeler.on('searchPad.cleared', () => part('input input').removeAttribute('aria-activedescendant'));
}

function give(node, attributes) {
  Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
  return node;
}
