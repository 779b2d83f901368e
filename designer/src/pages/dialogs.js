/* <button data-dialog="id"> opens it; what it asks for is typed inside. */
export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return false;
  dialog.showModal();
  return true;
}

/* Where the keyboard was when a menu was opened, it goes on. */
function closeMenu(event) {
  const menu = document.querySelector('details.b-menu[open]');
  if (event.key !== 'Escape' || !menu || document.querySelector('dialog[open]')) return;
  menu.open = false;
  menu.querySelector('summary').focus();
}

export function watchDialogs() {
  document.addEventListener('keydown', closeMenu);
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
