# ruff: noqa: SLF001 (SpiffWorkflow names its hooks as private)
# mypy: disable-error-code="misc, no-untyped-call"
"""Events that wait, and how something that happens finds the one that waits for it."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from SpiffWorkflow.bpmn.specs import mixins as m
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from bpm.engine import timers
from bpm.engine.data import Ambient, Data, scope_data, visible
from bpm.engine.elements import Guard, announce
from bpm.engine.expressions import holds
from bpm.engine.joins import go_on
from bpm.engine.triggers import NONE, Trigger, arm
from bpm.engine.workflow import OPEN, Flow


def awaited(spec: Any) -> dict[str, Trigger]:
    """What a waiting step waits for, by the id of the element that is drawn for it."""
    if isinstance(spec, EventGateway):
        return {known: trigger for known, (_, trigger) in spec.ways.items()}
    return {spec.bpmn_id: spec.event_definition}


def interrupts(spec: Any) -> bool:
    """Tell whether an event ends the activity or scope that it belongs to."""
    return bool(getattr(spec, "cancel_activity", True))


class Catch(Guard):
    """Arms once, then waits for ``fire``."""

    event_definition: Trigger

    @cached_property
    def polls(self) -> bool:
        """Only conditions are looked at again when something has changed."""
        return any(trigger.kind == "conditional" for trigger in awaited(self).values())

    def _update_hook(self, my_task: Task) -> bool:
        memory = my_task.internal_data
        if "armed" not in memory:
            BpmnTaskSpec._update_hook(self, my_task)
            memory["armed"] = {known: arm(trigger, my_task) for known, trigger in awaited(self).items()}
            if self.waits:
                announce(my_task)
        if memory.get("fired") or (self.event_definition.kind == "none" and not isinstance(self, EventGateway)):
            return True
        my_task._set_state(S.WAITING)
        for known, trigger in awaited(self).items():
            if trigger.kind == "conditional" and my_task._state == S.WAITING and _true(trigger, my_task):
                fire(my_task, known)
        return False

    def _on_ready_hook(self, my_task: Task) -> None:
        """SpiffWorkflow's own registry of waiting events is not used."""

    def _run_hook(self, my_task: Task) -> bool:
        my_task.data.update(my_task.internal_data.pop("payload", None) or {})
        return True

    def _on_cancel(self, my_task: Task) -> None:
        """SpiffWorkflow's own registry of waiting events is not used."""

    def _predict_hook(self, my_task: Task) -> None:
        super(CatchingEvent, self)._predict_hook(my_task)


def _true(trigger: Trigger, my_task: Task) -> bool:
    return holds(trigger.text, visible(my_task), Ambient(my_task.workflow))


class StartEvent(Catch, m.StartEventMixin, m.BpmnSpecMixin):
    """Of several starts of a process only the one that was named goes on."""

    def _update_hook(self, my_task: Task) -> bool:
        scope = my_task.workflow
        top: Flow = scope.top_workflow
        if scope is top and len(scope.spec.bpmn_start_events) > 1 and self.bpmn_id != top.start_at:
            my_task.cancel()
            return False
        if scope is not top and len(scope.spec.bpmn_start_events) > 1 and self.event_definition.kind != "none":
            my_task.cancel()  # a called process begins at its plain start
            return False
        BpmnTaskSpec._update_hook(self, my_task)
        return True


class CatchEvent(Catch, m.IntermediateCatchEventMixin, m.BpmnSpecMixin):
    """Waits on the way."""

    waits = True


class ReceiveTask(Catch, m.ReceiveTaskMixin, m.BpmnSpecMixin):
    """Waits for a message as an activity."""

    waits = True


class BoundaryEvent(Catch, m.BoundaryEventMixin, m.BpmnSpecMixin):
    """Waits as long as the activity it is attached to is open."""

    aside = True


class BoundaryJoin(BoundaryEventJoin):
    """When the activity ends, its events end; those whose arming had failed as well."""

    def _check_threshold_structured(self, my_task: Task) -> tuple[bool, list[Task]]:
        finished, cancel = super()._check_threshold_structured(my_task)
        if finished:
            split = my_task.find_ancestor(self.split_task)
            cancel += [task for task in split.children if isinstance(task.task_spec, BoundaryEvent) and task._state == S.STARTED]
        return finished, cancel


class Listener(Catch, CatchingEvent, BpmnTaskSpec):
    """The start of an event sub-process: waits as long as its scope lives."""

    aside = bystander = listens = True

    def __init__(self, spec: Any, name: str, element: str, trigger: Trigger, cancel_activity: bool, **options: Any) -> None:  # noqa: FBT001
        super().__init__(spec, name, trigger, **options)
        self.bpmn_id, self.cancel_activity = element, cancel_activity

    def _predict_hook(self, my_task: Task) -> None:
        """What follows is made when it fires."""

    def _run_hook(self, my_task: Task) -> bool:
        scope = my_task.workflow
        my_task.data = {**scope_data(scope), **(my_task.internal_data.pop("payload", None) or {})}
        go_on(my_task, self.outputs)
        return True


class EventGateway(Catch, m.EventBasedGatewayMixin, m.BpmnSpecMixin):
    """Waits for the first of several events. ``ways``: element id -> (step, trigger)."""

    def __init__(self, spec: Any, name: str, **options: Any) -> None:
        super().__init__(spec, name, NONE, **options)
        self.ways: dict[str, tuple[str, Trigger]] = {}

    def connect(self, child: Any) -> None:
        """Take over what the event behind waits for; the event itself is then passed."""
        BpmnTaskSpec.connect(self, child)
        self.ways[child.bpmn_id] = (child.name, child.event_definition)
        child.event_definition = NONE

    def _predict_hook(self, my_task: Task) -> None:
        my_task._sync_children(self.outputs, S.MAYBE)

    def _run_hook(self, my_task: Task) -> bool:
        super()._run_hook(my_task)
        go_on(my_task, [my_task.workflow.spec.task_specs[self.ways[my_task.internal_data["chosen"]][0]]])
        return True


def fire(task: Task, known: str | None = None, payload: Data | None = None) -> None:
    """An event has happened for the waiting step. One that does not interrupt leaves a finished twin and waits on."""
    spec = task.task_spec
    known = known or next(iter(awaited(spec)))
    trigger = awaited(spec)[known]
    happened = task
    if _comes_again(task, known, trigger):
        happened = task.parent._add_child(spec, S.WAITING)
        happened.triggered = True
        happened.internal_data["armed"] = {}
        spec._predict(happened, mask=OPEN)
        happened.data = dict(task.data)
    if isinstance(spec, BoundaryEvent):
        _leave(task, happened)
    if isinstance(spec, Listener) and spec.cancel_activity:  # at once: what it interrupts does not run on until it waits
        payload = {**scope_data(task.workflow), **(payload or {})}
        task.workflow.stop(happened)
    happened.internal_data.update(fired=True, payload=payload, chosen=known)
    spec._update(happened)


def _comes_again(task: Task, known: str, trigger: Trigger) -> bool:
    """Tell whether the event waits on; a timer is set to its next turn."""
    if interrupts(task.task_spec):
        return False
    if trigger.kind != "timer":
        return trigger.kind in ("message", "signal", "escalation")
    armed = task.internal_data["armed"][known]
    if not timers.repeats(armed):
        return False
    clock, calendar = task.workflow.top_workflow.clock, armed.get("calendar")
    if calendar:  # a hold may have moved this turn: the next is counted from when it came
        armed = {**armed, "due": max(datetime.fromisoformat(armed["due"]), clock.now).isoformat()}
    task.internal_data["armed"] = {**task.internal_data["armed"], known: timers.again(armed, clock, calendar)}
    return True


def _leave(task: Task, happened: Task) -> None:
    """The path of an attached event takes along what the activity has got so far; an interrupting one ends the activity."""
    host = next((child for child in task.parent.children if not isinstance(child.task_spec, BoundaryEvent)), None)
    if host is None:
        return
    inner = task.workflow.top_workflow.subprocesses.get(host.id)
    if inner is not None and not getattr(host.task_spec, "calls", False):
        happened.data.update(scope_data(inner))
    elif isinstance(host.task_spec, LoopTask):
        happened.data.update(host.data)
    if task.task_spec.cancel_activity:
        host.cancel()


def waiting(scope: Any, kind: type = CatchingEvent) -> list[Task]:
    """The events that wait in a scope."""
    return [task for task in scope.tasks.in_state(S.WAITING) if isinstance(task.task_spec, kind)]


def _pick(tasks: Iterable[Task], kind: str, code: str | None) -> Task | None:
    """The event that catches a code: one that names it before one that catches any."""
    found = None
    for task in tasks:
        for trigger in awaited(task.task_spec).values():
            if trigger.kind == kind and trigger.code == code:
                return task
            if trigger.kind == kind and trigger.code is None:
                found = found or task
    return found


def attached(host: Task, kind: str, code: str | None) -> Task | None:
    """The event attached to an activity that catches this."""
    if host.parent is not None and isinstance(host.parent.task_spec, LoopTask):
        host = host.parent
    if host.parent is None or not isinstance(host.parent.task_spec, BoundaryEventSplit):
        return None
    return _pick(
        [task for task in host.parent.children if isinstance(task.task_spec, BoundaryEvent) and task._state == S.WAITING], kind, code
    )


def throw_code(scope: Any, kind: str, code: str, message: str = "", payload: Data | None = None, at: Task | None = None) -> bool:
    """Throw an error or escalation: the activity's own event, then event sub-processes of the scope, then the scope's activity, outwards.

    Tells whether somebody has caught it.
    """
    top: Flow = scope.top_workflow
    catcher = attached(at, kind, code) if at is not None else None
    left: list[tuple[Task, Data]] = []  # called processes, from the inside out, with their variables
    thrown_by: set[Any] = set()  # an event sub-process does not catch what it throws itself
    while catcher is None:
        catcher = _pick([task for task in waiting(scope, Listener) if task.task_spec not in thrown_by], kind, code)
        host = top.host_of(scope)
        if catcher is not None:
            break
        if host is None:
            return False
        catcher = attached(host, kind, code)
        if getattr(host.task_spec, "calls", False):
            left.append((host, scope_data(scope)))
        scope = host.workflow
        if host.parent is not None and isinstance(host.parent.task_spec, Listener):
            thrown_by.add(host.parent.task_spec)
    for host, data in left:  # what leaves a called process takes along what it has to give so far
        payload = {**host.task_spec.outputs_so_far(host, data), **(payload or {})}
    caught = next(iter(awaited(catcher.task_spec).values()))
    if caught.variable:
        payload = {**(payload or {}), caught.variable: code if caught.plain else {"code": code, "message": message}}
    fire(catcher, None, payload)
    return True


def deliver(top: Flow, kind: str, name: str, correlation: Any = None, payload: Data | None = None, token_id: str | None = None) -> int:
    """Hand a message to one who awaits it, or a signal to everybody. Tells how many got it. Whoever names a token knows its correlation."""
    count = 0
    for task in [task for scope in top.scopes() for task in waiting(scope)]:
        if token_id and str(task.id) != token_id:
            continue
        for known, trigger in awaited(task.task_spec).items():
            armed = task.internal_data.get("armed", {}).get(known, {})
            if task._state != S.WAITING or trigger.kind != kind or armed.get("name") != name:
                continue
            wanted = armed.get("correlation")
            if token_id or wanted is None or str(wanted) == str(correlation):
                fire(task, known, payload)
                count += 1
                if kind == "message":
                    return count
    return count
