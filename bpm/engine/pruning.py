# ruff: noqa: SLF001 (SpiffWorkflow names its hooks as private)
# mypy: disable-error-code="no-untyped-call"
"""The tree of tasks keeps only what can still matter, so that a step, a save and a load do not grow with history; the journal has that.

Kept: open tasks and their parents (a parent names the incoming flow), on each open path the last run of every element (for SendBack and
attached events), where two paths parted (the base of their meeting), and finished steps that can be undone.
"""

from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from bpm.engine.elements import ext
from bpm.engine.workflow import FINISHED, Flow

LEAST = 40  # tasks; below that nothing is won


def prune(scope: Any) -> None:
    """Forget what cannot matter any more in a scope."""
    if len(scope.tasks) >= LEAST:
        keep = _kept(scope)
        if len(keep) < len(scope.tasks):
            _drop(scope, keep)


def _kept(scope: Any) -> set[UUID]:
    top: Flow = scope.top_workflow
    keep, visited = {scope.task_tree.id}, set[UUID]()
    if scope.last_task is not None:
        keep.add(scope.last_task.id)
    for task in list(scope.tasks.values()):
        if task._state & FINISHED:
            if _can_be_undone(top, task):
                keep.add(task.id)
                if task.parent is not None and isinstance(task.parent.task_spec, LoopTask):
                    keep.add(task.parent.id)
            continue
        keep.add(task.id)
        if task.parent is None:
            continue
        keep.add(task.parent.id)
        if not task._state & (S.PREDICTED_MASK | S.FUTURE):
            _keep_path(task, keep, visited)
    return keep


def _keep_path(task: Task, keep: set[UUID], visited: set[UUID]) -> None:
    """The last run of every element on the way to an open task, and where that way meets another one."""
    seen, step, met = set(), task.parent, False
    while step is not None:
        name = step.task_spec.name
        if name not in seen or (step.id in visited and not met):
            keep.add(step.id)
        if isinstance(step.task_spec, BoundaryEventSplit) and name not in seen:
            keep.update(child.id for child in step.children if not child.triggered or not child._state & FINISHED)
        met = met or step.id in visited
        seen.add(name)
        visited.add(step.id)
        step = step.parent


def _can_be_undone(top: Flow, task: Task) -> bool:
    if task._state != S.COMPLETED or not (ext(task.task_spec, "compensation") or task.id in top.subprocesses):
        return False
    scope = top.subprocesses.get(task.id)
    return not task.internal_data.get("compensated") or (scope is not None and not scope.completed)


def _drop(scope: Any, keep: set[UUID]) -> None:
    tasks, top = scope.tasks, scope.top_workflow
    for task in tasks.values():
        if task.id in keep:
            parent = task.parent
            while parent is not None and parent.id not in keep:
                parent = parent.parent
            task._parent = parent.id if parent is not None else None
    for task_id in [task_id for task_id in tasks if task_id not in keep]:
        if task_id in top.subprocesses:
            top.drop_scope(task_id)
        tasks.pop(task_id)
    for task in tasks.values():
        task._children = []
    for task in tasks.values():
        if task._parent:
            tasks[task._parent]._children.append(task.id)
