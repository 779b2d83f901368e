/* Without a mouse: the arrows walk the elements along the flow, Enter goes to the panel, A to what comes next; what is chosen is said aloud. */
import { Help } from './Help.jsx';
import { t } from './i18n.js';
import { describe, firstOf, neighbour } from './walking.js';

const ARROWS = { ArrowRight: 'next', ArrowLeft: 'previous', ArrowDown: 'below', ArrowUp: 'above' };

export function start(studio) {
  const said = document.createElement('p');
  said.className = 'visually-hidden';
  said.setAttribute('aria-live', 'polite');
  studio.root.after(said);
  studio.on('select', (element) => {
    said.textContent = element ? describe(studio, element) : '';
  });
  studio.addPart({ id: 'help', order: 90, Part: Help });
  studio.modeler.on('canvas.init', ({ svg }) => label(svg));
  const canvas = studio.service('canvas');
  if (canvas._svg) label(canvas._svg);
  giveBackFocus(canvas);
  tellPointer(studio.root);
  studio.service('keyboard').addListener(2000, ({ keyEvent }) => press(studio, keyEvent) || undefined);
  studio.root.addEventListener('keydown', (event) => {
    if (event.key === '?' && !event.target.closest('input, textarea, select, [contenteditable]')) studio.say('help');
  });
}

/* After a key that ends a name, a menu or a search, the canvas has the keys again at once. bpmn-js gives them back a moment
   later, for the sake of clicks, and then a Ctrl+C that follows quickly is lost. */
function giveBackFocus(canvas) {
  const later = canvas.restoreFocus.bind(canvas);
  canvas.restoreFocus = () => {
    if (window.event?.type !== 'keydown') later();
    else if (document.activeElement === document.body) canvas.focus();
  };
}

/* Where the keys go is shown to those who walk by keys. Browsers take the focus that a click gives the canvas for one of theirs. */
function tellPointer(root) {
  root.addEventListener('pointerdown', () => root.classList.add('is-pointed'), true);
  root.addEventListener('keydown', ({ key }) => (key === 'Tab' || key in ARROWS) && root.classList.remove('is-pointed'), true);
}

function label(svg) {
  svg.setAttribute('role', 'application');
  svg.setAttribute('aria-label', t('Canvas: arrows walk the elements, Enter opens the panel, A adds what comes next, ? shows all keys'));
}

function press(studio, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
  if (event.key in ARROWS) return walk(studio, ARROWS[event.key]);
  const act = KEYS[event.key];
  return act ? act(studio) : false;
}

function walk(studio, way) {
  const from = studio.selected;
  const to = from ? neighbour(studio, from, way) : firstOf(studio);
  if (to) {
    studio.service('selection').select(to);
    studio.service('canvas').scrollToElement(to);
  }
  return true;
}

function toPanel(studio) {
  if (!studio.selected) return false;
  studio.root.querySelector('.b-props [role=tabpanel] :is(input, select, textarea, button):enabled, .b-props [role=tab][aria-selected=true]')?.focus();
  return true;
}

function follow(studio) {
  const element = studio.selected;
  if (!element || studio.isReadOnly || !studio.service('contextPad').getEntries(element)['append.more']) return false;
  studio.service('guidedMenus').open(element);
  return true;
}

function name(studio) {
  if (!studio.selected || studio.isReadOnly) return false;
  studio.service('directEditing').activate(studio.selected);
  return true;
}

const KEYS = { Enter: toPanel, a: follow, A: follow, F2: name, Home: (studio) => walkTo(studio, firstOf(studio)), Escape: leave };

function walkTo(studio, element) {
  if (element) studio.service('selection').select(element);
  return true;
}

function leave(studio) {
  studio.service('selection').select([]);
  return false;
}
