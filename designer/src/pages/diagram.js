/* The picture of a process is loaded only where there is one; a button beside it may show another drawing of the same case. */
async function start(place) {
  place.dataset.started = '';
  if (!document.querySelector('link[data-of=diagram]')) {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: place.dataset.stylesheet });
    link.dataset.of = 'diagram';
    document.head.prepend(link);
  }
  const viewer = await import(/* @vite-ignore */ place.dataset.viewer);
  await viewer.start(place);
}

export function startDiagrams(root) {
  const places = [...(root.querySelectorAll?.('[data-diagram]:not([data-started])') ?? [])];
  if (root.matches?.('[data-diagram]:not([data-started])')) places.push(root);
  places.forEach(start);
}

export function watchDrawings() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-drawing]');
    if (!button) return;
    const card = button.closest('.card');
    card.querySelectorAll('[data-drawing]').forEach((each) => each.setAttribute('aria-pressed', String(each === button)));
    const old = card.querySelector('[data-diagram]');
    const fresh = old.cloneNode(false);
    fresh.dataset.xml = button.dataset.drawing;
    fresh.dataset.standing = button.dataset.drawingStanding;
    fresh.setAttribute('aria-busy', 'true');
    old.replaceWith(fresh);
    start(fresh);
  });
}
