/* <button data-dialog="id"> opens it; what it asks for is typed inside. */
export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return false;
  dialog.showModal();
  return true;
}

export function watchDialogs() {
  document.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-dialog]');
    if (opener && openDialog(opener.dataset.dialog)) {
      event.preventDefault();
      return;
    }
    if (event.target.closest('[data-close-dialog]')) event.target.closest('dialog').close();
    const menu = document.querySelector('details.b-menu[open]');
    if (menu && !menu.contains(event.target)) menu.open = false;
    const copier = event.target.closest('[data-copy]');
    if (copier && navigator.clipboard) navigator.clipboard.writeText(copier.dataset.copy);
  });
}
