# ruff: noqa: SLF001 (SpiffWorkflow names its hooks as private)
# mypy: disable-error-code="no-untyped-call"
"""One running instance in memory: ``(state, command) -> (state, facts)``."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState as S

from bpm.engine import commands as c
from bpm.engine import events, moves, scopes, state
from bpm.engine.awaiting import Awaited, awaiting, closing
from bpm.engine.data import plain, scope_data
from bpm.engine.definition import Definition
from bpm.engine.elements import ExclusiveGateway, complete, finish_call
from bpm.engine.facts import CallRequested, Fact, InstanceEnded, Passed, StepFailed, Stuck, TaskOpened, TimerSet
from bpm.engine.faults import CannotSkipError, NotAwaitedError, NotOpenError, StepError, UncaughtError
from bpm.engine.joins import InclusiveGateway, ParallelGateway
from bpm.engine.timers import Calendars, Clock, Members, no_calendar, nobody
from bpm.engine.workflow import ACTIVE, OPEN, Flow, incident
from bpm.errors import N_

__all__ = ["NotAwaitedError", "NotOpenError", "Process"]


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Process:
    """One running instance in memory. One thread at a time; after an exception from ``apply`` the object must be dropped."""

    def __init__(self, definition: Definition, *, zone: ZoneInfo) -> None:
        """A new instance; its first command must be Start. ``calendars`` and ``members`` are set by whoever knows the organisation."""
        self.definition, self.zone = definition, zone
        self.calendars: Calendars = no_calendar
        self.members: Members = nobody
        self._flow: Flow | None = None
        self._awaited: Awaited | None = {}

    @classmethod
    def load(cls, definition: Definition, saved: bytes, *, zone: ZoneInfo) -> "Process":
        """The instance of a state, on a definition of the same files (which may have been built anew)."""
        process = cls(definition, zone=zone)
        process._flow = state.load(definition.specs, definition.engine, saved, process._clock(_LONG_AGO))
        process._awaited = None
        return process

    def _clock(self, now: datetime) -> Clock:
        return Clock(now, self.zone, self.calendars, self.members)

    def rest(self) -> None:
        """Let go of the calendars and the organisation until the next command: it may outlive those who know them."""
        self.calendars, self.members = no_calendar, nobody
        if self._flow is not None:
            self._flow.clock = self._clock(_LONG_AGO)

    def save(self) -> bytes:
        """The state as bytes."""
        return state.save(self.flow)

    @property
    def flow(self) -> Flow:
        """The running workflow. Raises NotOpenError before Start."""
        if self._flow is None:
            raise NotOpenError
        return self._flow

    @property
    def variables(self) -> dict[str, Any]:
        """The variables of the instance: what its tokens hold while it runs, what was left at its end."""
        data: dict[str, Any] = self.flow.data if self.flow.completed else scope_data(self.flow)
        objects = {name: held for name, held in self.flow.data_objects.items() if held is not None}
        return {**objects, **{name: held for name, held in data.items() if name != "data_objects"}}

    @property
    def active(self) -> list[str]:
        """The ids of the elements that are awaited or have failed now."""
        return sorted({element_id for _, _, element_id in self._now()})

    def awaited(self) -> list[Fact]:
        """Everything that is awaited now, as it was reported."""
        return list(self._now().values())

    def _now(self) -> Awaited:
        if self._awaited is None:
            self._awaited = awaiting(self.flow, self.definition.processes, self.definition.names)
        return self._awaited

    def data_of(self, token_id: str) -> dict[str, Any]:
        """The variables of an open token. Raises NotOpenError."""
        return dict(self._open(token_id).data)

    def element_of(self, token_id: str) -> str | None:
        """The id of the element at which a token stands, or that has opened a scope; None when it is not there any more."""
        task = self._find(token_id)
        return getattr(task.task_spec, "bpmn_id", None) if task is not None else None

    def is_open(self, token_id: str) -> bool:
        """Tell whether a token still stands at its step."""
        return self._find(token_id) is not None

    def targets(self, token_id: str) -> list[str]:
        """The elements to which a token could be moved by hand; none when it is not there any more."""
        task = self._find(token_id)
        return moves.targets(task) if task is not None else []

    def _find(self, token_id: str) -> Task | None:
        try:
            task = self.flow.find(UUID(token_id))
        except ValueError:
            return None
        return task if task is not None and task._state & ACTIVE and not self.flow.completed else None

    def _open(self, token_id: str) -> Task:
        task = self._find(token_id)
        if task is None:
            raise NotOpenError
        return task

    def _awaits(self, kind: type, token_id: str, element_id: str | None = None) -> Task:
        """The task of a token that awaits this kind of thing. Raises NotOpenError."""
        task = self._open(token_id)
        if not any(found is kind and token == token_id and element_id in (None, element) for found, token, element in self._now()):
            raise NotOpenError
        return task

    def apply(self, command: c.Command, now: datetime) -> list[Fact]:
        """Carry out a command and run until everything waits.

        Raises NotOpenError before any change when the token that the command names is not open, or does not wait for such a command.
        """
        if self._flow is not None and self._flow.completed:
            raise NotOpenError
        before = {} if isinstance(command, c.Start) else self._now()
        tasks = {} if isinstance(command, c.Start) else {str(task.id): task for task in self.flow.active()}
        if self._flow is not None:
            self._flow.clock = self._clock(now)
            self._catch_up(command)
        self._carry_out(command, now)
        if not self.flow.completed:
            self.flow.do_engine_steps()
        self._awaited = None
        return self._facts(command, before, tasks)

    def _catch_up(self, command: c.Command) -> None:
        token_id = getattr(command, "token_id", None)
        task = self._find(token_id) if token_id else None
        if task is not None:
            scopes.catch_up(task)

    def _carry_out(self, command: c.Command, now: datetime) -> None:  # noqa: C901, PLR0912 - one line for each command
        match command:
            case c.Start():
                self._start(command, now)
            case c.CompleteTask():
                self._complete_task(command)
            case c.FireTimer():
                events.fire(self._awaits(TimerSet, command.token_id, command.element_id), command.element_id)
            case c.FinishCall():
                finish_call(self._awaits(CallRequested, command.token_id), plain(command.result))
            case c.FailCall():
                self._fail_call(command)
            case c.Deliver():
                self._deliver(command)
            case c.Signal():
                events.deliver(self.flow, "signal", command.name, None, plain(command.payload))
            case c.Escalate():
                task = self._open(command.token_id) if command.token_id else None
                scope = task.workflow if task is not None else self.flow
                events.throw_code(scope, "escalation", command.code, "", plain(command.payload), at=task)
            case c.SetData():
                self._set_data(plain(command.variables))
            case c.Move():
                moves.move(self._open(command.token_id), command.element_id, plain(command.variables))
            case c.SendBack():
                moves.send_back(self._open(command.token_id), command.element_id, plain(command.variables))
            case c.Retry():
                self._retry(self._awaits(StepFailed, command.token_id))
            case c.Skip():
                self._skip(command)
            case c.Cancel():
                self._cancel()

    def _start(self, command: c.Start, now: datetime) -> None:
        if self._flow is not None:
            raise NotOpenError
        start, variables = self.definition.start_of(command.element_id), plain(command.variables)
        specs = self.definition.specs
        flow = Flow(specs[self.definition.main], specs, self.definition.engine, self._clock(now))
        flow.start_at = start.element_id
        flow.task_tree.data.update(variables)
        self._flow = flow

    def _complete_task(self, command: c.CompleteTask) -> None:
        task = self._awaits(TaskOpened, command.token_id)
        task.data.update(plain(command.answers))
        task.internal_data.pop("task", None)
        self.flow.run_one(task)

    def _fail_call(self, command: c.FailCall) -> None:
        task = self._awaits(CallRequested, command.token_id)
        if command.code and events.throw_code(task.workflow, "error", command.code, command.message, at=task):
            return
        task.internal_data.pop("call", None)
        if command.code:
            text = N_("The call failed with {error}, which nothing in the drawing catches: {problem}")
            error: StepError = UncaughtError(text, error=command.code, problem=command.message)
        else:
            error = StepError(N_("The call failed: {problem}"), problem=command.message)
        incident(task, error, "run")

    def _deliver(self, command: c.Deliver) -> None:
        if command.token_id is not None:
            self._open(command.token_id)
        payload = plain(command.payload)
        if not events.deliver(self.flow, "message", command.name, command.correlation, payload, command.token_id):
            raise NotAwaitedError(name=command.name)

    def _set_data(self, variables: c.Data) -> None:
        for scope in self.flow.scopes():
            for task in scope.tasks.in_state(OPEN):
                task.data.update(variables)
        for scope in self.flow.scopes():
            scope.update_waiting_tasks()

    def _retry(self, task: Task) -> None:
        phase = task.internal_data.pop("incident")["phase"]
        if phase == "run":
            task._set_state(S.READY)
            self.flow.run_one(task)
        elif phase == "leave":
            task.task_spec._on_subworkflow_completed(self.flow.subprocesses[task.id], task)
        else:
            task.internal_data.pop("armed", None)
            task._set_state(S.FUTURE)
            task.task_spec._update(task)

    def _skip(self, command: c.Skip) -> None:
        task, result = self._awaits(StepFailed, command.token_id), plain(command.result)
        if isinstance(task.task_spec, ExclusiveGateway | InclusiveGateway | events.EventGateway):
            raise CannotSkipError
        task.internal_data.pop("incident", None)
        if getattr(task.task_spec, "aside", False):  # an event that could not be armed: it will not happen
            task.cancel()
            task.workflow.update_waiting_tasks()
            return
        task.data.update(result)
        complete(task)

    def _cancel(self) -> None:
        left = self.variables
        for scope in self.flow.scopes():
            scope.cancel()
        self.flow.data = left
        self.flow.completed, self.flow.success = True, False

    def _facts(self, command: c.Command, before: Awaited, tasks: Mapping[str, Task]) -> list[Fact]:
        flow, now = self.flow, self._now()
        settled = _settled(command, before)
        facts: list[Fact] = [closing(key, tasks[key[1]]) for key in before if key not in now and key not in settled]
        facts += flow.outbox
        facts += [fact for key, fact in now.items() if before.get(key) != fact]
        if flow.passed:
            facts.append(Passed(tuple(flow.passed)))
        flow.outbox, flow.passed = [], []
        if flow.completed:
            facts.append(InstanceEnded("completed" if flow.success else "cancelled", self.variables))
        elif not now or self._deadlocked(now):
            facts.append(Stuck(tuple(sorted(_joins(flow)))))
        return facts

    def _deadlocked(self, now: Awaited) -> bool:
        """Tell whether steps wait at joins and nothing else is on its way to them: event sub-processes have ways of their own."""
        return bool(_joins(self.flow)) and all(
            task is not None and getattr(task.task_spec, "listens", False) for _, token, _ in now for task in [self._find(token)]
        )


def _settled(command: c.Command, before: Awaited) -> set[tuple[type, str, str]]:
    """What the command itself has dealt with: whoever sent it knows."""
    match command:
        case c.FireTimer():
            return {(TimerSet, command.token_id, command.element_id)}
        case c.FinishCall() | c.FailCall():
            return {key for key in before if key[:2] == (CallRequested, command.token_id)}
        case _:
            return set()


def _joins(flow: Flow) -> set[str]:
    return {
        task.task_spec.bpmn_id
        for task in flow.active()
        if task._state == S.WAITING and isinstance(task.task_spec, ParallelGateway | InclusiveGateway)
    }
