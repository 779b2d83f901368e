/* A picture whose places are no numbers: words in them would be laid out for ever, and the page would stand still. */
const DEFAULTS = { x: 0, y: 0, width: 100, height: 80 };

const isWhole = (bounds) => Object.keys(DEFAULTS).every((name) => Number.isFinite(bounds[name]));

function make({ definitions }) {
  const drawn = (definitions?.diagrams ?? []).flatMap((diagram) => diagram.plane?.planeElement ?? []);
  drawn.forEach(({ bounds, label }) => {
    if (bounds && !isWhole(bounds)) Object.assign(bounds, DEFAULTS);
    if (label?.bounds && !isWhole(label.bounds)) label.bounds = undefined;
  });
}

function WholeBounds(eventBus) {
  eventBus.on('import.parse.complete', make);
}
WholeBounds.$inject = ['eventBus'];

export default { __init__: ['wholeBounds'], wholeBounds: ['type', WholeBounds] };
