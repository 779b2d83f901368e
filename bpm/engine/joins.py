# ruff: noqa: SLF001 (SpiffWorkflow names its hooks as private)
# mypy: disable-error-code="misc, no-untyped-call"
"""Where tokens meet. A waiting join task is a token on one incoming flow; history is never read.

SpiffWorkflow's own parallel join counts tasks of earlier rounds as arrivals and so fires too early in loops.
"""

from collections import Counter
from typing import Any

from SpiffWorkflow.bpmn.specs import mixins as m
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit, _EndJoin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from bpm.engine.data import merge_branches
from bpm.engine.elements import Guard, name_of
from bpm.engine.faults import GatewayError
from bpm.engine.workflow import ACTIVE
from bpm.errors import N_


def arrive(my_task: Task) -> None:
    """A token has come to a join: it waits with the variables that it brings."""
    if my_task._state != S.WAITING:
        my_task.data = dict(my_task.parent.data)
        my_task._set_state(S.WAITING)


def meet(chosen: Task, taken: list[Task]) -> None:
    """One token stands for all that meet, with what all of them bring."""
    data = merge_branches(taken)
    for task in taken:
        if task is not chosen:
            task._set_state(S.CANCELLED)
            task._drop_children(force=True)
    chosen.data = data


def fire(my_task: Task, taken: list[Task]) -> bool:
    """Consume the tokens that meet; one goes on. Tells whether it is ``my_task``."""
    chosen = my_task if my_task in taken else taken[-1]
    meet(chosen, taken)
    if chosen is my_task:
        return True
    chosen._ready()
    return False


class ParallelGateway(Guard, m.ParallelGatewayMixin, m.BpmnSpecMixin):
    """Waits for one token on each incoming flow; tokens too many wait for the next round."""

    polls = True

    def _update_hook(self, my_task: Task) -> bool:
        arrive(my_task)
        wanted: Counter[str] = Counter(self._inputs)
        here: dict[str, list[Task]] = {}
        moved: list[Task] = []  # put here by hand: they stand for any branch
        for task in my_task.workflow.tasks.in_state(S.WAITING):
            if task.task_spec is self:
                name = task.parent.task_spec.name
                (here.setdefault(name, []) if name in wanted else moved).append(task)
        taken: list[Task] = []
        for name, count in wanted.items():
            found = here.get(name, [])[:count]
            while len(found) < count and moved:
                found.append(moved.pop())
            if len(found) < count:
                return False
            taken += found
        return fire(my_task, taken)

    def _run_hook(self, my_task: Task) -> bool:
        return True


class InclusiveGateway(Guard, m.InclusiveGatewayMixin, m.BpmnSpecMixin):
    """Waits as long as a token elsewhere can still come to one of its empty flows (BPMN 2.0, 13.4.3)."""

    polls = True

    def _update_hook(self, my_task: Task) -> bool:
        arrive(my_task)
        mine = [task for task in my_task.workflow.tasks.in_state(S.WAITING) if task.task_spec is self]
        tokens = self._tokens(my_task)
        if tokens is None:
            return False
        full = {task.parent.task_spec.name for task in mine}
        empty = [name for name in self._inputs if name not in full]
        for spec in tokens:  # a boundary event can bring a token here, but it is no reason to go on before
            reach = self._reach(spec)
            if any(name in reach for name in empty) and full.isdisjoint(self._reach(spec, events=False)):
                return False
        first: dict[str, Task] = {}
        for task in mine:
            first.setdefault(task.parent.task_spec.name, task)
        return fire(my_task, [task for task in mine if task.parent is first[task.parent.task_spec.name].parent])

    def _tokens(self, my_task: Task) -> set[Any] | None:
        """The steps where other tokens stand; None when one of them is just coming here."""
        scope, found = my_task.workflow, set()
        for task in scope.tasks.in_state(ACTIVE):
            if not getattr(task.task_spec, "bystander", False) and not (task.task_spec is self and task._state == S.WAITING):
                found.add(task.task_spec)
        for task in scope.tasks.in_state(S.FUTURE):  # the split before has just run: its other branches are tokens as well
            if task is my_task or task.parent is None or task.parent._state != S.COMPLETED:
                continue
            if task.task_spec is self:
                return None
            found.add(task.task_spec)
        return found

    def _reach(self, spec: Any, *, events: bool = True) -> set[str]:
        """The steps that a token at ``spec`` can come to without passing here; ``events``: also by the events attached to it."""
        seen: set[str] = set()
        todo = [spec]
        while todo:
            step = todo.pop()
            if step.name in seen or step is self:
                continue
            seen.add(step.name)
            todo += step.outputs
            if events and step is spec:
                todo += [each for before in step.inputs if isinstance(before, BoundaryEventSplit) for each in before.outputs]
        return seen

    def _run_hook(self, my_task: Task) -> bool:
        matching, default = self._get_matching_outputs(my_task)
        ways = matching or default
        if not ways:
            raise GatewayError(N_("No condition behind “{gateway}” holds, and there is no default flow."), gateway=name_of(self))
        go_on(my_task, ways)
        return True


def go_on(my_task: Task, ways: list[Any]) -> None:
    """Let the token leave by these flows."""
    my_task._sync_children(ways, S.FUTURE)
    for child in my_task.children:
        child.task_spec._predict(child, mask=S.FUTURE | S.PREDICTED_MASK)


class EndJoin(_EndJoin):
    """The end of a scope: all tokens are here; waiting event sub-processes do not count.

    Tokens that are here become one at once, so that reminders and the like do not pile up.
    """

    polls = True
    bystander = True

    def _update_hook(self, my_task: Task) -> bool:
        arrive(my_task)
        mine, listeners, others = [], [], False
        for task in my_task.workflow.tasks.in_state(ACTIVE):
            waiting = task._state == S.WAITING
            if waiting and task.task_spec is self:
                mine.append(task)
            elif getattr(task.task_spec, "listens", False) and (waiting or "incident" in task.internal_data):
                listeners.append(task)
            else:
                others = True
        if others:
            if len(mine) > 1:
                meet(my_task, mine)
            return False
        for task in listeners:
            task.cancel()
        return fire(my_task, mine)

    def _run_hook(self, my_task: Task) -> bool:
        my_task.workflow.data.update(my_task.data)
        return True


class ProcessSpec(BpmnProcessSpec):
    """The steps of one process or sub-process."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.end.__class__ = EndJoin
