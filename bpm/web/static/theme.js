/* Before anything is painted: the theme this browser was left in. */
(function () {
  'use strict';
  var wish = null;
  try {
    wish = localStorage.getItem('baton-theme');
  } catch (error) {
    /* a private window keeps nothing */
  }
  if (!wish && window.matchMedia('(prefers-color-scheme: dark)').matches) wish = 'dark';
  if (wish) document.documentElement.setAttribute('data-bs-theme', wish);
})();
