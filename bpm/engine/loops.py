# ruff: noqa: SLF001 (SpiffWorkflow names its hooks as private)
# mypy: disable-error-code="misc, no-untyped-call"
"""Activities that are done several times: multi-instance and standard loops. A unit's own variables stay with the unit."""

from bisect import insort
from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from bpm.engine.data import Ambient, three_way, work_out, work_out_value
from bpm.engine.elements import Guard, name_of, one
from bpm.engine.expressions import holds
from bpm.engine.faults import DataError, LoopError
from bpm.errors import N_

MAX_UNITS = 1_000


class Repeated(Guard, LoopTask, BpmnSpecMixin):
    """What loops have in common. ``task_spec`` names the step that is done."""

    drawn = False  # each unit reports for itself
    task_spec: str

    def start_unit(self, my_task: Task, index: int, given: dict[str, Any]) -> None:
        """Let a unit begin with variables of its own."""
        unit = my_task._add_child(my_task.workflow.spec.task_specs[self.task_spec], S.WAITING)
        unit.triggered = True
        unit.internal_data["index"] = index
        unit.data.update(given)
        unit.task_spec._update(unit)

    def finish(self, my_task: Task) -> None:
        """No unit is wanted any more."""
        for unit in self._instances(my_task):
            if not unit._state & S.FINISHED_MASK:
                unit.cancel()
        my_task._set_state(S.READY)


class MultiInstance(Repeated):
    """Once for each item of a list, or a number of times; at once or one by one; results in the order of the units."""

    def __init__(  # noqa: PLR0913 - one for each thing that BPMN lets one say
        self,
        spec: Any,
        name: str,
        *,
        sequential: bool,
        cardinality: str | None,
        source: str | None,
        item: str | None,
        output: str | None,
        output_item: str | None,
        condition: str | None,
        **options: Any,
    ) -> None:
        super().__init__(spec, name, **options)
        self.sequential, self.cardinality, self.source, self.item = sequential, cardinality, source, item
        self.output, self.output_item, self.condition = output, output_item, condition

    def _update_hook(self, my_task: Task) -> bool:
        super()._update_hook(my_task)
        drawn = one(my_task.workflow.spec.task_specs[self.task_spec], "assignment")
        items = self._everyone(my_task, drawn) if drawn.get("everyone") == "true" and self.source is None else self._items(my_task)
        if len(items) > MAX_UNITS:
            raise LoopError(
                N_("“{step}” would be done {count} times; {limit} are allowed."), step=name_of(self), count=len(items), limit=MAX_UNITS
            )
        memory = my_task.internal_data
        memory.update(units=len(items), finished=[], results=[])
        if self.output:
            my_task.data[self.output] = []
        if not items:
            return True
        if self.sequential:
            memory["items"] = items
        my_task._set_state(S.STARTED)
        for index in range(1 if self.sequential else len(items)):
            self.start_unit(my_task, index, self._given(items[index]))
        return False

    def _items(self, my_task: Task) -> list[Any]:
        if self.source is not None:
            found = work_out(self.source, my_task)
            if not isinstance(found, list):
                raise DataError(N_("“{source}”, for whose items “{step}” is done, is not a list."), source=self.source, step=name_of(self))
            return found
        count = work_out(self.cardinality or "0", my_task)
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise DataError(
                N_("How many times “{step}” is done must be a whole number, not {found}."), step=name_of(self), found=str(count)[:60]
            )
        return list(range(min(count, MAX_UNITS + 1)))

    def _everyone(self, my_task: Task, drawn: dict[str, str]) -> list[Any]:
        """The logins of all who play the role in the unit that the drawing names."""
        role, unit, city = (work_out_value(drawn.get(name, ""), my_task) for name in ("role", "unit", "city"))
        found = my_task.workflow.top_workflow.clock.members(str(role or ""), str(unit or ""), str(city) if city else None)
        if not found:
            raise DataError(N_("“{step}” is for everybody of a unit, but nobody is there."), step=name_of(self))
        return list(found)

    def _given(self, item: Any) -> dict[str, Any]:
        return {self.item: deepcopy(item)} if self.item else {}

    def merge_child(self, _workflow: Any, unit: Task) -> None:
        """A unit has ended: take over what it leaves, then go on, wait or end."""
        my_task = unit.parent
        memory, index = my_task.internal_data, unit.internal_data["index"]
        if index not in memory["finished"]:  # a unit whose end has failed ends again
            insort(memory["finished"], index)
            self._take_over(my_task, unit, memory["finished"].index(index))
        done = len(memory["finished"])
        if done >= memory["units"] or self._enough(my_task, unit):
            self.finish(my_task)
        elif self.sequential:
            self.start_unit(my_task, done, self._given(memory["items"][done]))

    def _take_over(self, my_task: Task, unit: Task, place: int) -> None:
        left = {name: found for name, found in unit.data.items() if name != self.item}
        if self.output and self.output_item:
            results = my_task.internal_data["results"]
            results.insert(place, left.get(self.output_item))
            my_task.data[self.output] = list(results)
        else:
            if self.item in my_task.data:
                left[self.item] = my_task.data[self.item]
            my_task.data = three_way(my_task.parent.data, left, dict(my_task.data))

    def _enough(self, my_task: Task, unit: Task) -> bool:
        if self.condition is None:
            return False
        units, done = my_task.internal_data["units"], len(my_task.internal_data["finished"])
        counts = {"nrOfInstances": units, "nrOfCompletedInstances": done, "nrOfActiveInstances": 1 if self.sequential else units - done}
        return holds(self.condition, {**my_task.data, **unit.data, **self._collected(my_task), **counts}, Ambient(my_task.workflow))

    def _collected(self, my_task: Task) -> dict[str, Any]:
        return {self.output: my_task.data[self.output]} if self.output else {}


class Loop(Repeated):
    """Again and again while a condition holds, at most so many times."""

    def __init__(self, spec: Any, name: str, *, maximum: int | None, condition: str | None, test_before: bool, **options: Any) -> None:
        super().__init__(spec, name, **options)
        self.maximum, self.condition, self.test_before = maximum, condition, test_before

    def _update_hook(self, my_task: Task) -> bool:
        super()._update_hook(my_task)
        my_task.internal_data["done"] = 0
        if self.test_before and not self._another(my_task):
            return True
        my_task._set_state(S.STARTED)
        self.start_unit(my_task, 0, {})
        return False

    def merge_child(self, _workflow: Any, unit: Task) -> None:
        """A round has ended: its variables are those of the next one."""
        my_task = unit.parent
        my_task.data = dict(unit.data)
        my_task.internal_data["done"] = unit.internal_data["index"] + 1
        if self._another(my_task):
            self.start_unit(my_task, my_task.internal_data["done"], {})
        else:
            self.finish(my_task)

    def _another(self, my_task: Task) -> bool:
        if self.maximum is not None and my_task.internal_data["done"] >= self.maximum:
            return False
        return self.condition is None or holds(self.condition, my_task.data, Ambient(my_task.workflow))


def unit_of(task: Task) -> int | None:
    """Which unit of a multi-instance a step belongs to, by itself or by the scopes around it; None: to none."""
    here: Task | None = task
    while here is not None:
        if "index" in here.internal_data and here.parent is not None and isinstance(here.parent.task_spec, MultiInstance):
            index: int = here.internal_data["index"]
            return index
        here = here.workflow.top_workflow.host_of(here.workflow)
    return None
