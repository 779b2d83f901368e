# ruff: noqa: SLF001 (SpiffWorkflow names its hooks as private)
# mypy: disable-error-code="misc, no-untyped-call"
"""Undoing what is finished: the handlers of a scope's finished activities, last first, those of finished sub-processes included."""

from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from bpm.engine.data import three_way
from bpm.engine.elements import one
from bpm.engine.events import Listener
from bpm.engine.workflow import ACTIVE, Flow

Group = list[list[str]]
"""What is undone at the same time: pairs of a task's id and how: by its ``handler``, or by an event sub-process ``inside``."""


def handler_of(task: Task) -> str | None:
    """The step that undoes this one."""
    return one(task.task_spec, "compensation").get("handler")


def undo_listener(spec: Any) -> Any:
    """The compensation event sub-process of a scope."""
    return next(
        (step for step in spec.task_specs.values() if isinstance(step, Listener) and step.event_definition.kind == "compensate"), None
    )


def undoable(scope: Any) -> bool:
    """Tell whether a finished scope holds something that can be undone."""
    kept = scope.top_workflow.subprocesses
    if undo_listener(scope.spec) is not None:
        return True
    return any(task._state == S.COMPLETED and (handler_of(task) or task.id in kept) for task in scope.tasks.values())


def plan(scope: Any, activity: str | None = None) -> list[Group]:
    """What is to be undone in a scope, last first; each group at once (the units of a multi-instance)."""
    kept = scope.top_workflow.subprocesses
    finished = [task for task in scope.tasks.values() if task._state == S.COMPLETED and not task.internal_data.get("compensated")]
    groups: list[Group] = []
    for task in sorted(finished, key=lambda each: -each.last_state_change):
        if _is_unit(task) or activity not in (None, getattr(task.task_spec, "bpmn_id", None)):
            continue
        if isinstance(task.task_spec, LoopTask):
            groups.append(_units(kept, task))
        elif handler_of(task):
            groups.append([[str(task.id), "handler"]])
        else:
            groups += _inside(kept, task)
    return [group for group in groups if group]


def _is_unit(task: Task) -> bool:
    return task.parent is not None and isinstance(task.parent.task_spec, LoopTask)


def _units(kept: dict[UUID, Any], loop: Task) -> Group:
    units = [unit for unit in loop.children if unit._state == S.COMPLETED and unit.task_spec.name == loop.task_spec.task_spec]
    if not units or not handler_of(units[0]):
        return [pair for unit in units for group in _inside(kept, unit) for pair in group]
    if getattr(units[0].task_spec, "embeds", False):
        return [[str(loop.id), "handler"]]
    return [[str(unit.id), "handler"] for unit in units]


def _inside(kept: dict[UUID, Any], task: Task) -> list[Group]:
    scope = kept.get(task.id)
    if scope is None or not scope.completed:
        return []
    return [[[str(task.id), "inside"]]] if undo_listener(scope.spec) else plan(scope)


class Compensating:
    """An event that undoes before it goes on: a compensation event, or the cancel end of a transaction."""

    def _run_hook(self, my_task: Task) -> Any:
        trigger, memory = self.event_definition, my_task.internal_data  # type: ignore[attr-defined]
        if trigger.kind not in ("compensate", "cancel"):
            return super()._run_hook(my_task)
        if "todo" not in memory:
            if trigger.kind == "cancel":  # what is still going on in the transaction ends before it is undone
                my_task.workflow.stop(my_task)
            memory["todo"] = plan(_scope_around(my_task), trigger.activity)
        if not memory["todo"]:
            return super()._run_hook(my_task)
        group = memory["todo"].pop(0)
        memory["running"] = len(group)
        my_task._set_state(S.STARTED)
        for task_id, how in group:
            _undo(my_task, UUID(task_id), how)
        return None


def _scope_around(my_task: Task) -> Any:
    """The scope that is undone: thrown in an event sub-process, it is the one around that."""
    scope = my_task.workflow
    while (host := scope.top_workflow.host_of(scope)) is not None and any(isinstance(step, Listener) for step in host.task_spec.inputs):
        scope = host.workflow
    return scope


def _undo(my_task: Task, task_id: UUID, how: str) -> None:
    """Let the handler of a finished activity run, in the scope of that activity."""
    top: Flow = my_task.workflow.top_workflow
    done: Task = top.find(task_id)
    done.internal_data["compensated"] = True
    if how == "inside":
        scope = top.subprocesses[task_id]
        handler, anchor = undo_listener(scope.spec).outputs[0], scope.task_tree
    else:
        named = done if handler_of(done) else next(unit for unit in done.children if unit.task_spec.name == done.task_spec.task_spec)
        handler = done.workflow.spec.task_specs[handler_of(named)]
        anchor = my_task if done.workflow is my_task.workflow else done
    _run_handler(my_task, done, handler, anchor, inside=how == "inside")


def _run_handler(my_task: Task, done: Task, handler: Any, anchor: Task, *, inside: bool) -> None:
    scope = anchor.workflow
    task = anchor._add_child(handler, S.FUTURE)
    task.triggered = True
    reopened = bool(scope.parent_task_id and scope.completed)
    task.internal_data.update(thrower=str(my_task.id), reopened=reopened)
    if reopened:
        scope.completed = False
    kept = anchor.data
    if inside:
        anchor.data = dict(scope.data or done.data)
    handler._update(task)
    anchor.data = kept


def compensated(_workflow: Any, task: Task) -> None:
    """A handler has ended; when it is the last of its group, the event that asked for it goes on."""
    top: Flow = task.workflow.top_workflow
    thrower = top.find(UUID(task.internal_data["thrower"])) if "thrower" in task.internal_data else None
    if thrower is None or not isinstance(thrower.task_spec, Compensating):
        return
    thrower.data = three_way(task.parent.data, task.data, dict(thrower.data))
    scope = task.workflow
    if task.internal_data["reopened"] and not [other for other in scope.tasks.in_state(ACTIVE) if other is not task]:
        scope.completed = True
    thrower.internal_data["running"] -= 1
    if not thrower.internal_data["running"]:
        thrower._set_state(S.READY)
        thrower.workflow.tasks.open[thrower.id] = thrower
