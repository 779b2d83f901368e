/* Every feature of the designer, and the modules they add to bpmn-js. */
import { start as diagrams } from '../diagrams/index.js';
import { start as forms } from '../forms/index.js';
import { start as panel } from '../panel/index.js';
import { start as tables } from '../tables/index.js';
import { start as limit } from '../limit/index.js';
import { start as tour } from '../tour/index.jsx';
import { start as trial } from '../trial/index.js';
import { start as versions } from '../versions/index.jsx';
import { start as who } from '../who/index.js';
import { start as problems } from '../problems/index.js';
import { start as call } from '../call/index.js';
import { start as general } from '../general/index.js';
import { start as way } from '../way/index.js';

export const modules = [];
export const features = [
  diagrams,
  forms,
  panel,
  tables,
  tour,
  trial,
  versions,
  who,
  limit,
  problems,
  call,
  general,
  way,
];
