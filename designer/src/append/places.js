/* Where an appended shape goes: where bpmn-js would put it, or below whatever stands there. */
import { getNewShapePosition } from 'bpmn-js/lib/features/auto-place/BpmnAutoPlaceUtil';
import { isAny } from 'bpmn-js/lib/features/modeling/util/ModelingUtil';

const GAP = 30;
const FRAMES = ['bpmn:Participant', 'bpmn:Lane', 'bpmn:Group'];

export class FreePlaces {
  constructor(eventBus, elementRegistry) {
    eventBus.on('autoPlace', 1500, ({ shape, source }) => {
      const at = getNewShapePosition(source, shape, elementRegistry);
      if (!at) return undefined;
      const others = elementRegistry.filter((each) => each.width && !each.hidden && !isAny(each, FRAMES) && each.parent === source.parent && each !== shape && each.host !== source);
      return free(at, shape, others);
    });
  }
}
FreePlaces.$inject = ['eventBus', 'elementRegistry'];

function free(at, { width, height }, others) {
  const left = at.x - width / 2;
  const meets = (y) => others.find((each) => each.x < left + width + GAP / 2 && each.x + each.width > left - GAP / 2 && each.y < y + height / 2 + GAP / 2 && each.y + each.height > y - height / 2 - GAP / 2);
  let y = at.y;
  for (let hit = meets(y); hit; hit = meets(y)) y = hit.y + hit.height + GAP + height / 2;
  return { x: at.x, y };
}
