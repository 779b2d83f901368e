# ruff: noqa: SLF001 (SpiffWorkflow names its hooks as private)
# mypy: disable-error-code="no-untyped-call"
"""A token is put at another step by hand. History stays: the step that is left is cancelled, the new token hangs under it."""

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins import UserTaskMixin
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from bpm.engine.data import Data
from bpm.engine.faults import FirstStepError, OnlyListensError, UnknownStepError
from bpm.engine.joins import InclusiveGateway, ParallelGateway, meet
from bpm.engine.normalise import OWN
from bpm.engine.workflow import OPEN

_JOINS = (ParallelGateway, InclusiveGateway)


def entry(scope: Any, element: str) -> Any:
    """Where a token enters an element of this scope. Raises UnknownStepError."""
    found = _entered(scope, element)
    if found is None:
        raise UnknownStepError(element=element)
    return found


def targets(task: Task) -> list[str]:
    """The elements to which a token could be moved; none for what only listens."""
    if _only_listens(task):
        return []
    drawn = {getattr(spec, "bpmn_id", None) for spec in task.workflow.spec.task_specs.values()}
    return sorted(element for element in drawn if element and _entered(task.workflow, element) is not None)


def _only_listens(task: Task) -> bool:
    return getattr(task.task_spec, "aside", False)


def _entered(scope: Any, element: str) -> Any:
    """Where a token enters an element; None where none could."""
    specs = scope.spec.task_specs
    for name in (element, element + OWN):
        found = specs.get(name)
        if found is not None and getattr(found, "bpmn_id", None) == element and _takes_tokens(scope, found):
            return specs.get(name + ".BoundaryEventSplit") or found
    return None


def _takes_tokens(scope: Any, spec: Any) -> bool:
    """Whether a flow leads to a step: events that listen, event sub-processes and what undoes a step come about otherwise.

    Of several starts only the one that was named goes on, so none is entered again.
    """
    starts = scope.spec.bpmn_start_events
    if getattr(spec, "aside", False) or spec in starts:
        return spec in starts and len(starts) == 1
    return any(before is not scope.spec.start and not getattr(before, "listens", False) for before in spec.inputs)


def waiting(flow: Any) -> dict[str, list[str]]:
    """The tokens that wait at joins or for conditions, of which no fact tells, by element."""
    found: dict[str, list[str]] = {}
    for task in flow.active():
        if task._state == S.WAITING and (element := getattr(task.task_spec, "bpmn_id", None)):
            found.setdefault(element, []).append(str(task.id))
    return found


def move(task: Task, element: str, variables: Data) -> None:
    """The token leaves its step (a unit of a multi-instance: the whole activity) and stands at another step of the same scope.

    Moved to the join at which it waits, it goes on with all that has come there, and waits for no more.
    Raises OnlyListensError and UnknownStepError.
    """
    if _only_listens(task):
        raise OnlyListensError(element=task.task_spec.bpmn_id)
    if isinstance(task.task_spec, _JOINS) and task._state == S.WAITING and task.task_spec.bpmn_id == element:
        meet(task, [other for other in task.workflow.tasks.in_state(S.WAITING) if other.task_spec is task.task_spec])
        task.data.update(variables)
        task._ready()
        return
    spec = entry(task.workflow, element)
    leaving = task.parent if task.parent is not None and isinstance(task.parent.task_spec, LoopTask) else task
    data = {**task.data, **variables}
    if leaving.parent is not None and isinstance(leaving.parent.task_spec, BoundaryEventSplit):
        for event in leaving.parent.children:
            if event is not leaving and event._state & (S.WAITING | S.STARTED | S.PREDICTED_MASK | S.FUTURE):
                event.cancel()
    leaving.cancel()
    _place(leaving, spec, data)


def send_back(task: Task, element: str | None, variables: Data) -> None:
    """Return to an earlier step, outwards through the scopes; every token that came out of its last run is taken back.

    Raises UnknownStepError when the step was not passed on the way here, and FirstStepError where none is named and none was done before.
    """
    here: Task = task
    while (earlier := _earlier(here, element)) is None:
        host = here.workflow.top_workflow.host_of(here.workflow)
        if host is None:
            raise FirstStepError if element is None else UnknownStepError(element=element)
        here = host
    scope, data = here.workflow, {**(task.data if here is task else here.data), **variables}
    if here.parent is not None and isinstance(here.parent.task_spec, LoopTask):
        here = here.parent  # its units are dropped with it: nothing could hang under one of them
    for other in scope.tasks.in_state(OPEN):
        if other._state & OPEN and other.id in scope.tasks and other.is_descendant_of(earlier):
            other.cancel()
    _place(here, _entry_of(earlier), data)


def _entry_of(task: Task) -> Any:
    """The step of a token, with the events attached to it."""
    specs = task.workflow.spec.task_specs
    return specs.get(task.task_spec.name + ".BoundaryEventSplit") or task.task_spec


def _earlier(task: Task, element: str | None) -> Task | None:
    """The last run of an element before this token in its scope; None for the element: the last user task."""
    unit = task.parent is not None and isinstance(task.parent.task_spec, LoopTask)
    step = _before(task.parent if unit else task)
    while step is not None:
        if _is(step, element):
            return step
        step = _before(step)
    return None


def _before(step: Task) -> Task | None:
    """The step before. Before one that was entered anew by hand stands what stood before its earlier run."""
    parent: Task | None = step.parent
    if parent is None or parent._state != S.CANCELLED:
        return parent
    run = parent
    while run is not None and run.task_spec is not step.task_spec:
        run = run.parent
    return _before(run) if run is not None else parent


def _is(step: Task, element: str | None) -> bool:
    spec = step.task_spec
    if element is not None:
        return getattr(spec, "bpmn_id", None) == element and bool(getattr(spec, "drawn", False) or isinstance(spec, LoopTask))
    inner = spec if not isinstance(spec, LoopTask) else step.workflow.spec.task_specs[spec.task_spec]
    return isinstance(inner, UserTaskMixin)


def _place(anchor: Task, spec: Any, data: Data) -> None:
    """Hang a new token under a task that is left."""
    new = anchor._add_child(spec, S.FUTURE)
    new.triggered = True
    new.data = dict(data)
    spec._predict(new, mask=OPEN)
    kept, anchor.data = anchor.data, dict(data)
    try:
        spec._update(new)
    finally:
        anchor.data = kept if anchor._state != S.CANCELLED else dict(data)
