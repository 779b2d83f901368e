# ruff: noqa: SLF001 (SpiffWorkflow names its hooks as private)
# mypy: disable-error-code="misc, no-untyped-call"
"""A BpmnWorkflow whose step does not get slower with history, whose scopes run by index, and which never polls the clock for timers.

Replaced at import, because SpiffWorkflow offers no hook for them (each keeps its meaning): the depth of 1,000 at which task iterators
stop in silence; two recursive searches upwards; the setting of a state, which gathered log texts nobody reads and took the wall clock
(here a state change takes the next number of its workflow, which is all that the order of changes needs); the taking over of variables,
which merged lists item by item and let the step before win over what a unit or a mended step was given; and the prediction of the whole
way ahead, by recursion: the next steps are made when a token comes, one at a time.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskIterator
from SpiffWorkflow.util.task import TaskState as S

from bpm.engine.faults import LoopError, StepError
from bpm.engine.timers import Clock
from bpm.errors import N_, BatonError

FINISHED, OPEN, ACTIVE = S.FINISHED_MASK, S.NOT_FINISHED_MASK, S.WAITING | S.READY | S.STARTED
MAX_STEPS = 20_000  # in one command; more is a loop that never waits
MAX_SECONDS = 10.0  # of one command: steps may be costly, and the instance is locked meanwhile
MAX_NESTING = 50  # processes that call processes

TaskIterator.__init__.__defaults__ = (None, 10**9, True, None)
BpmnTaskIterator.__init__.__defaults__ = (None, 10**9, True, False, None)


def _is_descendant_of(self: Task, task: Task) -> bool:
    parent = self.parent
    while parent is not None:
        if parent is task:
            return True
        parent = parent.parent
    return False


def _find_ancestor(self: Task, name: str) -> Task | None:
    parent = self.parent
    while parent is not None and parent.task_spec.name != name:
        parent = parent.parent
    return parent


def _set_state(self: Task, value: int) -> None:
    if value != self._state:
        self.last_state_change = self.workflow.top_workflow.tick()
        self._state = value


def _inherit_data(self: Task) -> None:
    self.data = {**self.parent.data, **self.data}


def _predict(self: TaskSpec, my_task: Task, seen: Any = None, looked_ahead: int = 0, mask: int = S.PREDICTED_MASK) -> None:
    if my_task._state & mask:
        self._predict_hook(my_task)


def _update(self: TaskSpec, my_task: Task) -> None:
    if not my_task._children:
        self._predict_hook(my_task)
    if self._update_hook(my_task):
        my_task._ready()


TaskSpec._predict, TaskSpec._update = _predict, _update
Task.is_descendant_of, Task.find_ancestor, Task._set_state, Task._inherit_data = (
    _is_descendant_of,
    _find_ancestor,
    _set_state,
    _inherit_data,
)
S.get_name = staticmethod(lru_cache(None)(S.get_name))
for _logger in ("spiff.task", "spiff.workflow"):
    logging.getLogger(_logger).setLevel(logging.WARNING)  # below it texts are gathered that nobody reads


def asks(spec: TaskSpec) -> bool:
    """Tell whether an event waits for a condition."""
    return isinstance(spec, CatchingEvent) and bool(spec.polls)


def twins(one: Task, other: Task) -> bool:
    """Tell whether two tokens are units of one multi-instance."""
    return one.task_spec is other.task_spec and one._parent == other._parent and isinstance(one.parent.task_spec, LoopTask)


class TaskIndex(dict[UUID, Task]):
    """The tasks of a workflow; those that are not finished are found without looking at the others."""

    def __init__(self, tasks: Mapping[UUID, Task] | Iterable[tuple[UUID, Task]] = ()) -> None:
        super().__init__(tasks)
        self.open = {key: task for key, task in self.items() if not task._state & FINISHED}

    def __setitem__(self, key: UUID, task: Task) -> None:
        super().__setitem__(key, task)
        self.open[key] = task

    def pop(self, key: UUID, *default: Any) -> Any:
        """Forget a task."""
        self.open.pop(key, None)
        return super().pop(key, *default)

    def in_state(self, state: int) -> list[Task]:
        """The tasks in one of these states, in the order in which they came up."""
        found, dead = [], []
        for key, task in self.open.items():
            if task._state & FINISHED:
                dead.append(key)
            elif task._state & state:
                found.append(task)
        for key in dead:
            del self.open[key]
        return found


class Scope:
    """What the top process and the scopes in it have in common."""

    tasks = property(
        attrgetter("_tasks"),
        lambda self, tasks: self.__dict__.__setitem__("_tasks", tasks if isinstance(tasks, TaskIndex) else TaskIndex(tasks)),
    )

    def _remove_task(self, task_id: UUID) -> None:
        """A dropped step takes its scope with it: a multi-instance that is cancelled drops its units."""
        top: Flow = self.top_workflow  # type: ignore[attr-defined]
        inner = top.subprocesses.get(task_id)
        if inner is not None:
            if not inner.completed:
                inner.cancel()
            top.drop_scope(task_id)
        super()._remove_task(task_id)

    def update_waiting_tasks(self) -> None:
        """Look at joins and conditions only; timers and messages come by command.

        A sub-process shares its variables: what has changed may be what a condition around it or in one beside it waits for.
        """
        self._look_again(lambda spec: getattr(spec, "polls", isinstance(spec, Join)))
        self._look_inside()
        top: Flow = self.top_workflow  # type: ignore[attr-defined]
        host = top.host_of(self)
        while host is not None and getattr(host.task_spec, "embeds", False) and host._state == S.STARTED:
            host.workflow._look_again(asks)
            host.workflow._look_inside(host)
            host = top.host_of(host.workflow)

    def _look_inside(self, but: Task | None = None) -> None:
        """Look at the conditions in the sub-processes of this scope; not in one that was looked at, nor in its fellow units."""
        top: Flow = self.top_workflow  # type: ignore[attr-defined]
        for host in self.tasks.in_state(S.STARTED) if top.asks_inside else ():
            inner = top.subprocesses.get(host.id)
            if inner is None or inner.completed or host is but or not getattr(host.task_spec, "embeds", False):
                continue
            if but is None or not twins(host, but):
                inner._look_again(asks)
                inner._look_inside()

    def _look_again(self, at: Callable[[TaskSpec], bool]) -> None:
        for task in self.tasks.in_state(S.WAITING):
            if task._state == S.WAITING and at(task.task_spec):
                task.task_spec._update(task)

    def cancel(self, workflow: Any = None, *, success: bool = False) -> list[Task]:
        """Cancel every open step."""
        self.success, self.completed = success, True
        cancelled: list[Task] = self.tasks.in_state(OPEN)
        for task in cancelled:
            if task._state & OPEN and task.id in self.tasks:
                task.cancel()
        return cancelled

    def stop(self, but: Task) -> None:
        """Cancel every open step but one, and the steps that undo something in a sub-process of this scope that had ended."""
        for task in self.tasks.in_state(OPEN):
            if task is not but and task._state & OPEN and task.id in self.tasks:
                task.cancel()
        top: Flow = self.top_workflow  # type: ignore[attr-defined]
        for host_id, inner in list(top.subprocesses.items()):
            host = self.tasks.get(host_id)
            if host is not None and host._state == S.COMPLETED and not inner.completed:
                inner.stop(but)
                inner.completed = True


class SubFlow(Scope, BpmnSubWorkflow):
    """A scope inside: a sub-process or a called process."""


class Flow(Scope, BpmnWorkflow):
    """The running instance as SpiffWorkflow sees it. ``outbox`` gathers facts, ``passed`` the elements left behind in this step."""

    def __init__(self, spec: Any, subprocess_specs: Mapping[str, Any], engine: Any, clock: Clock | None = None, **options: Any) -> None:
        self.clock = clock
        self.sequence = 0
        self.budget = MAX_STEPS
        self.until = time.monotonic() + MAX_SECONDS
        self.outbox: list[Any] = []
        self.passed: list[str] = []
        self.start_at: str | None = None
        super().__init__(spec, subprocess_specs, script_engine=engine, **options)

    @cached_property
    def asks_inside(self) -> bool:
        """Whether there are conditions in the scopes of this process at all; most have none, and are spared the search."""
        return any(asks(step) for spec in self.subprocess_specs.values() for step in spec.task_specs.values())

    def tick(self) -> int:
        """The next number of a state change."""
        self.sequence += 1
        return self.sequence

    def create_subprocess(self, my_task: Task, name: str) -> SubFlow:
        """Open the scope of an activity. Raises LoopError when calls go too deep."""
        inner = SubFlow(self.subprocess_specs[name], parent_task_id=my_task.id, top_workflow=self)
        if inner.depth > MAX_NESTING:
            raise LoopError(N_("More than {limit} processes call each other: a process that calls itself?"), limit=MAX_NESTING)
        self.subprocesses[my_task.id] = inner
        return inner

    def drop_scope(self, host: UUID) -> None:
        """Forget a scope, with the finished scopes in it that were kept for compensation."""
        inner = self.subprocesses.pop(host, None)
        for task_id in list(inner.tasks) if inner is not None else ():
            if task_id in self.subprocesses:
                self.drop_scope(task_id)

    def scopes(self) -> list[Any]:
        """The scopes that run, the top one last."""
        return [scope for scope in self.subprocesses.values() if not scope.completed] + [self]

    def every_scope(self) -> Iterator[Any]:
        """All scopes, those kept for compensation included."""
        yield self
        yield from self.subprocesses.values()

    def find(self, task_id: UUID) -> Task | None:
        """A task of any scope."""
        return next((scope.tasks[task_id] for scope in self.every_scope() if task_id in scope.tasks), None)

    def host_of(self, scope: Any) -> Task | None:
        """The activity that opened a scope; None at the top."""
        return self.find(scope.parent_task_id) if scope.parent_task_id is not None else None

    def active(self) -> list[Task]:
        """Every step that waits, is ready or runs."""
        return [task for scope in self.scopes() for task in scope.tasks.in_state(ACTIVE)]

    def refresh_timers(self) -> None:
        """Timers come by command."""

    def do_engine_steps(self, will_complete_task: Any = None, did_complete_task: Any = None) -> None:
        """Run until everything waits."""
        self.budget, self.until = MAX_STEPS, time.monotonic() + MAX_SECONDS
        while self._do_engine_steps(will_complete_task, did_complete_task):
            pass

    def _do_engine_steps(self, will_complete_task: Any = None, did_complete_task: Any = None) -> int:
        done = 0
        for scope in sorted(self.scopes(), key=lambda one: -one.depth) if self.subprocesses else (self,):
            while ready := [task for task in scope.tasks.in_state(S.READY) if not task.task_spec.manual]:
                for task in ready:
                    if task._state == S.READY:
                        done += 1
                        self.step(task)
        return done

    def step(self, task: Task) -> None:
        """Run one ready task within the budget of this command."""
        self.budget -= 1
        if self.budget < 0:
            incident(task, LoopError(N_("More than {limit} steps without a wait: an endless loop?"), limit=MAX_STEPS), "run")
        elif time.monotonic() > self.until:
            incident(task, LoopError(N_("More than {limit:g} s without a wait: too much work at once."), limit=MAX_SECONDS), "run")
        else:
            self.run_one(task)

    def run_one(self, task: Task) -> None:
        """Run a task; whatever fails becomes an incident at that step."""
        try:
            task.run()
        except Exception as error:  # noqa: BLE001 - a step that fails must not take the others with it
            incident(task, error, "run")
        else:
            if task._state == S.COMPLETED:
                self.note_passed(task)

    def note_passed(self, task: Task) -> None:
        """Remember that an element that is drawn was left behind."""
        spec = task.task_spec
        if getattr(spec, "bpmn_id", None) and getattr(spec, "drawn", False):
            self.passed.append(spec.bpmn_id)


def incident(task: Task, error: Exception, phase: str) -> None:
    """The token stays where it is, in STARTED, and is marked; Retry puts it back into its phase (``update`` or ``run``)."""
    if isinstance(error, BatonError):
        mark = {"code": error.code, "message": str(error), "text": error.sentence, "facts": error.facts}
    else:
        plain = StepError(
            N_("This step could not be carried out: {problem}."), problem=f"{type(error).__name__}: {str(error).splitlines()[0:1]}"[:300]
        )
        mark = {"code": plain.code, "message": str(plain), "text": plain.sentence, "facts": plain.facts}
    task.internal_data["incident"] = {**mark, "phase": phase}
    task._set_state(S.STARTED)
    task.workflow.tasks.open[task.id] = task
