/* Every feature of the designer, and the modules they add to bpmn-js. */
import { appendModule, start as append } from '../append/index.js';
import { arrangeModules, start as arrange } from '../arrange/index.js';
import { clipboardModule } from '../clipboard/index.js';
import { start as diagrams } from '../diagrams/index.js';
import { start as forms } from '../forms/index.js';
import { start as keyboard } from '../keyboard/index.js';
import { start as lanes } from '../lanes/index.js';
import { start as limit } from '../limit/index.js';
import wholeBounds from '../opening/bounds.js';
import { paletteModule, start as palette } from '../palette/index.js';
import { start as picture } from '../picture/index.js';
import { start as problems } from '../problems/index.js';
import { start as search } from '../search/index.js';
import { start as steps } from '../steps/index.js';
import { start as tables } from '../tables/index.js';
import { start as tour } from '../tour/index.jsx';
import { start as trial } from '../trial/index.js';
import { start as versions } from '../versions/index.jsx';
import { start as who } from '../who/index.js';
import { start as call } from '../call/index.js';
import { start as general } from '../general/index.js';
import { start as way } from '../way/index.js';
import wordsModule from '../words/index.js';
import { start as commands } from './commands.js';
import { start as history } from './history.js';
import { start as narrow } from './narrow.js';
import { start as touch } from './touch.js';

export const modules = [wholeBounds, wordsModule, paletteModule, appendModule, clipboardModule, ...arrangeModules];

export const features = [
  diagrams,
  commands,
  history,
  palette,
  append,
  steps,
  lanes,
  arrange,
  search,
  keyboard,
  picture,
  forms,
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
  narrow,
  touch,
];
