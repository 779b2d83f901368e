# ruff: noqa: SLF001 (SpiffWorkflow names its hooks as private)
# mypy: disable-error-code="no-untyped-call"
"""Everything that an instance awaits now. The facts of a step are what this has more and less than before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from bpm.engine.elements import ExclusiveGateway, assignment_of, limit_of, name_of
from bpm.engine.events import EventGateway
from bpm.engine.facts import (
    CallDropped,
    CallRequested,
    Fact,
    MessageAwaited,
    MessageForgotten,
    Place,
    SignalAwaited,
    SignalForgotten,
    StepFailed,
    StepMended,
    TaskClosed,
    TaskOpened,
    TimerCleared,
    TimerSet,
)
from bpm.engine.joins import InclusiveGateway
from bpm.engine.loops import unit_of
from bpm.engine.templates import Words
from bpm.engine.workflow import Flow

Key = tuple[type, str, str]
"""Kind of fact, token, element."""
Awaited = dict[Key, Fact]


def awaiting(flow: Flow, processes: Mapping[str, str], names: Mapping[str, str]) -> Awaited:
    """All that is awaited, by kind, token and element. Costs the open steps, not the history."""
    out: Awaited = {}
    for task in flow.active():
        for fact in _facts(task, processes, names):
            out[type(fact), fact.place.token_id, fact.place.element_id] = fact
    return out


def _facts(task: Task, processes: Mapping[str, str], names: Mapping[str, str]) -> list[Any]:
    memory, state = task.internal_data, task._state
    if state == S.STARTED and "incident" in memory:
        mark = memory["incident"]
        return [StepFailed(_place(task, processes), mark["code"], mark["message"], mark["text"], mark["facts"], _kind(task.task_spec))]
    if state == S.READY and task.task_spec.manual:
        return [_task(task, processes)]
    if state == S.STARTED and "call" in memory:
        return [CallRequested(_place(task, processes), **memory["call"])]
    if state == S.WAITING and "armed" in memory:
        return [
            _event(_place(task, processes, known, names), armed)
            for known, armed in memory["armed"].items()
            if "due" in armed or "name" in armed
        ]
    return []


def _kind(spec: Any) -> Literal["step", "gateway", "attached"]:
    if isinstance(spec, ExclusiveGateway | InclusiveGateway | EventGateway):
        return "gateway"
    return "attached" if getattr(spec, "aside", False) else "step"


def _place(task: Task, processes: Mapping[str, str], element: str | None = None, names: Mapping[str, str] | None = None) -> Place:
    spec, top = task.task_spec, task.workflow.top_workflow
    scopes, scope = [], task.workflow
    while scope.parent_task_id is not None:
        scopes.append(str(scope.parent_task_id))
        scope = top.host_of(scope).workflow
    known = element or getattr(spec, "bpmn_id", None) or spec.name
    name = (names or {}).get(known) or name_of(spec)
    return Place(str(task.id), known, name, processes.get(task.workflow.spec.name, ""), scopes[0] if scopes else None, tuple(scopes))


def _task(task: Task, processes: Mapping[str, str]) -> TaskOpened:
    given = task.internal_data["task"]
    return TaskOpened(
        place=_place(task, processes),
        lane=task.task_spec.lane,
        form=given["form"],
        assignment=assignment_of(given["assignment"]),
        limit=limit_of(given["limit"]),
        why=Words(*given["words"]) if "words" in given else Words(given["why"]),  # a state of before has the filled text alone
        index=unit_of(task),
        way_back=given["way_back"],
    )


def _event(place: Place, armed: Mapping[str, Any]) -> Fact:
    if "due" in armed:
        return TimerSet(place, datetime.fromisoformat(armed["due"]), armed.get("calendar"))
    if "correlation" in armed:
        return MessageAwaited(place, armed["name"], armed["correlation"])
    return SignalAwaited(place, armed["name"])


def closing(key: Key, task: Task) -> Fact:
    """The fact that something is not awaited any more."""
    kind, token_id, element_id = key
    if kind is TaskOpened:
        return TaskClosed(token_id, element_id, "completed" if task._state in (S.COMPLETED, S.STARTED) else "cancelled")
    made: Fact = CLOSINGS[kind](token_id, element_id)
    return made


CLOSINGS: dict[type, Any] = {
    TimerSet: TimerCleared,
    CallRequested: CallDropped,
    MessageAwaited: MessageForgotten,
    SignalAwaited: SignalForgotten,
    StepFailed: StepMended,
}
