/* The picture of a process is loaded only where there is one. */
export function startDiagrams(root) {
  const places = [...(root.querySelectorAll?.('[data-diagram]:not([data-started])') ?? [])];
  if (root.matches?.('[data-diagram]:not([data-started])')) places.push(root);
  places.forEach(async (place) => {
    place.dataset.started = '';
    if (!document.querySelector('link[data-of=diagram]')) {
      const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: place.dataset.stylesheet });
      link.dataset.of = 'diagram';
      document.head.prepend(link);
    }
    const { start } = await import(/* @vite-ignore */ place.dataset.viewer);
    start(place);
  });
}
