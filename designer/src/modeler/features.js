/* Every feature of the designer, and the modules they add to bpmn-js. */
import { start as diagrams } from '../diagrams/index.js';
import { start as panel } from '../panel/index.js';
import { start as trial } from '../trial/index.js';
import { start as versions } from '../versions/index.jsx';

export const modules = [];

export const features = [
  diagrams,
  panel,
  trial,
  versions,
];
