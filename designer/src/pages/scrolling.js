/* Another page begins at its top; the same page, drawn anew, keeps its place. */
export function watchScrolling() {
  let here = window.location.pathname;
  document.body.addEventListener('htmx:pushedIntoHistory', (event) => {
    const { pathname } = new URL(event.detail.path, window.location.href);
    if (pathname !== here) window.scrollTo({ top: 0, behavior: 'instant' });
    here = pathname;
  });
}
