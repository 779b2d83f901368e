"""Drives one instance. Between two commands it is saved and restored on a definition built anew: as if another machine went on."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bpm.engine import commands as c
from bpm.engine.definition import Definition
from bpm.engine.facts import (
    CallRequested,
    Decided,
    Fact,
    InstanceEnded,
    MessageAwaited,
    Passed,
    StepFailed,
    TaskOpened,
    TimerSet,
)
from bpm.engine.process import Process

ZONE = ZoneInfo("Asia/Shanghai")
MORNING = "2026-03-02T09:00:00+08:00"


def build(*drawings: bytes, key: str = "p", tables: tuple[bytes, ...] = ()) -> Definition:
    files = {f"{key if number == 0 else number}.bpmn": drawing for number, drawing in enumerate(drawings)}
    return Definition.build(key, files | {f"{number}.dmn": table for number, table in enumerate(tables)})


class Story:
    """One instance and what it said last."""

    def __init__(
        self,
        *drawings: bytes,
        at: str = MORNING,
        tables: tuple[bytes, ...] = (),
        calendars: Mapping[str, Any] | None = None,
        fresh: bool = True,
    ):
        self.drawings, self.tables, self.fresh = drawings, tables, fresh
        self.now, self.calendars = datetime.fromisoformat(at), calendars or {}
        self.definition = build(*drawings, tables=tables)
        self.process = Process(self.definition, zone=ZONE)
        self.saved = b""
        self.facts: list[Fact] = []

    def do(self, command: c.Command) -> list[Fact]:
        if self.saved and self.fresh:
            self.definition = build(*self.drawings, tables=self.tables)
            self.process = Process.load(self.definition, self.saved, zone=ZONE)
        self.process.calendars = self.calendars.get
        self.facts = self.process.apply(command, self.now)
        self.saved = self.process.save()
        return self.facts

    def start(self, element: str | None = None, **data: Any) -> "Story":
        self.do(c.Start(data, element))
        return self

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)

    def awaited(self, kind: type = TaskOpened) -> dict[str, Any]:
        return {fact.place.element_id: fact for fact in self.process.awaited() if isinstance(fact, kind)}

    def every(self, kind: type = TaskOpened) -> list[Any]:
        return [fact for fact in self.process.awaited() if isinstance(fact, kind)]

    def token(self, element: str, kind: type = TaskOpened) -> str:
        return self.awaited(kind)[element].place.token_id

    def done(self, element: str, **answers: Any) -> list[Fact]:
        return self.do(c.CompleteTask(self.token(element), answers))

    def tick(self, element: str) -> list[Fact]:
        return self.do(c.FireTimer(self.token(element, TimerSet), element))

    def answered(self, element: str, result: Any = None) -> list[Fact]:
        return self.do(c.FinishCall(self.token(element, CallRequested), result))

    def deliver(self, name: str, **payload: Any) -> list[Fact]:
        return self.do(c.Deliver(name, None, payload))

    @property
    def users(self) -> list[str]:
        """The open tasks."""
        return sorted(fact.place.element_id for fact in self.process.awaited() if isinstance(fact, TaskOpened))

    @property
    def ended(self) -> bool:
        return self.process.flow.completed

    @property
    def data(self) -> dict[str, Any]:
        return self.process.variables

    def data_of(self, element: str, kind: type = TaskOpened) -> dict[str, Any]:
        return self.process.data_of(self.token(element, kind))

    def has(self, kind: type) -> list[Any]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    @property
    def passed(self) -> list[str]:
        return [element for fact in self.has(Passed) for element in fact.element_ids]


__all__ = ["CallRequested", "Decided", "InstanceEnded", "MessageAwaited", "StepFailed", "Story", "TaskOpened", "TimerSet", "build"]
