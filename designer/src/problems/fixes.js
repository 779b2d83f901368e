/* What can be done about a finding at one press. Each is one step of undo. */
import { extensionOf, extensionsOf, plain, setExtension, setExtensions } from '../modeler/extensions.js';
import { conditionOf, makeDefault, titleOf, waysOut } from '../way/flows.js';
import { t } from './i18n.js';

/* {title, act} of a finding on this element; null where only a person can tell. */
export function fixOf(studio, finding) {
  const element = finding.file === studio.diagram && finding.element ? studio.element(finding.element) : null;
  return element && finding.fix ? (FIXES[finding.fix]?.(studio, element, finding) ?? leadTo(studio, element, finding)) : null;
}

const FIXES = {
  'set-default'(studio, element) {
    const ways = waysOut(element);
    const way = ways.find((flow) => !conditionOf(flow)) ?? ways.at(-1);
    return way && { title: t('Make “{name}” the default way', { name: titleOf(way) }), act: () => makeDefault(studio, way) };
  },
  'remove-input'(studio, element, { facts: { name } }) {
    const kept = extensionsOf(element, 'input').filter((each) => each.get('name') !== name).map(plain);
    return { title: t('Remove the input “{name}”', { name }), act: () => setExtensions(studio, element, 'Input', kept) };
  },
  'remove-doer'(studio, element, { facts: { name, attribute } }) {
    const others = (extensionOf(element, 'Assignment')?.get(attribute) ?? '').split(/\s+/).filter((each) => each !== name);
    return { title: t('Take “{name}” out', { name }), act: () => setExtension(studio, element, 'Assignment', { [attribute]: others.join(' ') }) };
  },
  'remove-element': (studio, element) => ({ title: t('Remove it'), act: () => studio.service('modeling').removeElements([element]) }),
};

const LEADS = { 'choose-who': 'Choose who does it', 'make-form': 'Choose a form', 'fill-input': 'Fill it in' };

function leadTo(studio, element, { fix, field }) {
  return LEADS[fix] ? { title: t(LEADS[fix]), act: () => studio.show(element.id, field) } : null;
}
