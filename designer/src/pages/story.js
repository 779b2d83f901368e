/* The story of an order: all of it, only the hand-overs, only the contacts. */
export function watchStory() {
  document.addEventListener('change', (event) => {
    if (event.target.name !== 'story') return;
    const wanted = event.target.value;
    document.querySelectorAll('.b-story > li[data-kind]').forEach((entry) => {
      entry.hidden = wanted !== 'all' && entry.dataset.kind !== wanted;
    });
  });
}
