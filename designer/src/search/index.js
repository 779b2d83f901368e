/* Finding elements by name: bpmn-js's search pad over the canvas. */
export function start(studio) {
  studio.find = () => {
    studio.service('canvas').focus();
    studio.service('editorActions').trigger('find');
  };
}
