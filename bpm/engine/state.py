# ruff: noqa: SLF001 (SpiffWorkflow names its hooks as private)
# mypy: disable-error-code="no-untyped-call"
"""A workflow as bytes and back: orjson and zstd. The steps are not in it, they live with the definition; history lives in the journal."""

import threading
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
import zstandard
from SpiffWorkflow.task import Task

from bpm.engine.data import MISSING, differs
from bpm.engine.pruning import prune
from bpm.engine.timers import Clock
from bpm.engine.workflow import Flow, SubFlow, TaskIndex

FORMAT = 1


class _Codec(threading.local):
    """One pair for each thread: shared between threads these objects crash the process."""

    def __init__(self) -> None:
        self.squeeze = zstandard.ZstdCompressor(1)
        self.expand = zstandard.ZstdDecompressor()


_codec = _Codec()


def save(flow: Flow) -> bytes:
    """The state as bytes; finished history that cannot matter any more is left out."""
    for scope in list(flow.every_scope()):
        prune(scope)
    state = _dump(flow)
    state |= {"format": FORMAT, "sequence": flow.sequence, "start_at": flow.start_at}
    state["scopes"] = [
        (scope.parent_task_id.hex, _dump(scope)) for scope in sorted(flow.subprocesses.values(), key=lambda each: each.depth)
    ]
    return _codec.squeeze.compress(orjson.dumps(state))


def _dump(scope: Any) -> dict[str, Any]:
    return {
        "spec": scope.spec.name,
        "tasks": [_row(scope.tasks, task) for task in scope.tasks.values()],
        "data": scope.data,
        "last": scope.last_task.id.hex if scope.last_task else None,
        "success": scope.success,
        "completed": scope.completed,
    }


def _row(tasks: Mapping[UUID, Task], task: Task) -> tuple[Any, ...]:
    """One task; of its variables only what differs from those of its parent."""
    parent = tasks.get(task._parent)
    if parent is None:
        changed, gone = task.data, None
    else:
        before, after = parent.data, task.data
        changed = {key: found for key, found in after.items() if differs(before.get(key, MISSING), found)}
        gone = [key for key in before if key not in after] if len(before) + len(changed) > len(after) else None
    return (
        task.id.hex,
        task._parent.hex if task._parent else None,
        task._state,
        task.task_spec.name,
        task.last_state_change if isinstance(task.last_state_change, int) else 0,
        task.triggered,
        task.internal_data or None,
        changed or None,
        gone or None,
        [child.hex for child in task._children],
    )


def load(specs: Mapping[str, Any], engine: Any, state: bytes, clock: Clock | None) -> Flow:
    """The workflow of a state, on the steps of a definition (which may have been built anew)."""
    found = orjson.loads(_codec.expand.decompress(state))
    flow = Flow(specs[found["spec"]], specs, engine, clock, deserializing=True)
    _fill(flow, found)
    flow.sequence, flow.start_at = found["sequence"], found["start_at"]
    for host_id, inner in found["scopes"]:
        host = flow.find(UUID(hex=host_id))
        if host is None:
            continue
        scope = SubFlow(specs[inner["spec"]], host.id, flow, deserializing=True)
        _fill(scope, inner)
        flow.subprocesses[host.id] = scope
        scope.completed_event.connect(host.task_spec._on_subworkflow_completed, host)
    return flow


def _fill(scope: Any, found: Mapping[str, Any]) -> None:
    tasks: dict[UUID, Task] = {}
    for row in found["tasks"]:
        task = _task(scope, tasks, row)
        tasks[task.id] = task
    scope.tasks = TaskIndex(tasks)
    scope.task_tree = next(iter(tasks.values()))
    scope.data, scope.success, scope.completed = found["data"], found["success"], found["completed"]
    scope.last_task = tasks.get(UUID(hex=found["last"])) if found["last"] else None


def _task(scope: Any, tasks: Mapping[UUID, Task], row: list[Any]) -> Task:
    known, parent_id, state, name, changed_at, triggered, memory, changed, gone, children = row
    task = Task.__new__(Task)
    task.id, task._parent = UUID(hex=known), UUID(hex=parent_id) if parent_id else None
    task.workflow, task._state, task.task_spec = scope, state, scope.spec.task_specs[name]
    task.last_state_change, task.triggered, task.thread_id = changed_at, triggered, 0
    task.internal_data, task._children = memory or {}, [UUID(hex=child) for child in children]
    parent = tasks.get(task._parent)
    data = dict(parent.data) if parent is not None else {}
    for key in gone or ():
        data.pop(key, None)
    data.update(changed or {})
    task.data = data
    return task
