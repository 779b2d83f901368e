/* The drawing surface: bpmn-js with Baton's extension elements and what the features add to it. */
import Modeler from 'bpmn-js/lib/Modeler';

import batonDescriptor from './baton.json';
import { modules } from './features.js';

export function makeModeler(container) {
  return new Modeler({ container, moddleExtensions: { baton: batonDescriptor }, additionalModules: modules });
}
