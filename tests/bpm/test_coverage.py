"""What docs/coverage.md says of the engine holds for the platform: rows wait for what the drawing waits for, and something brings it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bpm import access, calendars, clock, definitions, inbox, instances, org, running
from bpm.access import SYSTEM
from bpm.clockwork.embedded import Embedded
from bpm.connecting import Manifest, Operation, Registry, Retry
from bpm.engine import commands as c
from bpm.models.calendar import Calendar
from bpm.models.database import unit_of_work
from bpm.models.instance import Instance
from bpm.models.message import Subscription
from bpm.models.task import WORKABLE, Task
from bpm.models.work_item import WorkItem
from bpm.recording import Doing
from tests.bpm import organisation
from tests.engine.coverage import ROWS, Row
from tests.engine.drawing import table

NUMBER = {"type": "object", "required": ["to"], "properties": {"to": {"type": "string"}}}
NOTHING = {"type": "object", "properties": {}}
WORDS = {"title": "SMS", "operations.send": "Send", "fields.to": "To"}
KNOWN = {"n": 1, "amount": 1, "phone": "1", "units": [1, 2], "done": False}
WORKING = [row for row in ROWS if row.walk is not None]


class Sms:
    """The connector that the drawings name; what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def perform(self, operation: str, inputs: dict[str, Any], key: str) -> dict[str, Any]:
        self.asked.append((operation, inputs))
        return {}


class Platform:
    """One drawing in use, and the case that has begun on it."""

    def __init__(self, row: Row) -> None:
        self.sms, registry = Sms(), Registry()
        send = Operation("send", NUMBER, NOTHING, (), 5, Retry(1, 1, 1), idempotent=True)
        registry.register(Manifest("sms", {"send": send}, {}, {}, frozenset(), {"zh": WORDS, "en": WORDS}), self.sms)
        self.clockwork = Embedded(registry)
        self.clockwork.set_clock(datetime.fromisoformat("2026-11-02T08:30:00+08:00"))
        with unit_of_work() as session:
            organisation.found(session)
            calendars.save(
                session, Calendar(code="office", name="办公", name_en="Office", zone="Asia/Shanghai", hours=[[["08:30", "17:30"]]] * 7)
            )
            files = {"p.bpmn": row.drawing, "d.dmn": table("FIRST", [("-", '"a"')])}
            [made, *_] = definitions.deploy(session, files, "analyst", clock.now(), publish=True)
            self.admin = access.actor_of(org.find_user(session, "admin"))
            [start, *_] = definitions.engine_definition(session, made.id).starts()
        self.begin(made.key, start.kind)
        self.settle()

    def begin(self, key: str, how: str) -> None:
        """As the world begins it: somebody asks, a message or a signal comes, or the hour."""
        with unit_of_work() as session:
            match how:
                case "message":
                    instances.deliver(session, "paid", None, KNOWN, clock.now())
                case "signal":
                    instances.signal(session, "alarm", KNOWN, clock.now())
                case "none":
                    instances.start(session, key, dict(KNOWN), self.admin, clock.now())
        if how == "timer":
            self.settle(timedelta(days=1))

    def settle(self, span: timedelta = timedelta(0)) -> None:
        self.clockwork.advance(span)

    def happens(self, step: str) -> None:
        """One thing, as the engine's walks write it (``tests.engine.coverage.do``)."""
        kind, name = step[0], step[1:]
        match kind:
            case "#":
                assert self.sms.asked == [("send", {"to": "1"})]
            case "@":
                self.settle(self.due(name) - clock.now())
            case "!" | "~" | "^" | "=":
                self.told(kind, name)
            case _:
                self.completes(step)
        self.settle()

    def due(self, element: str) -> datetime:
        with unit_of_work(write=False) as session:
            timers = session.scalars(select(WorkItem).where(WorkItem.kind == "timer", WorkItem.state == "waiting"))
            return next(item.due_at for item in timers if item.payload["element_id"] == element)

    def told(self, kind: str, name: str) -> None:
        now = clock.now()
        with unit_of_work() as session:
            case = session.scalars(select(Instance)).one()
            match kind:
                case "!":
                    [awaited] = session.scalars(select(Subscription).where(Subscription.element_id == name))
                    instances.deliver(session, awaited.name, None, {}, now)
                case "~":
                    instances.signal(session, name, {}, now)
                case "^":
                    code, _, at = name.partition(":")
                    instances.escalate(session, case.id, self.task(session, at).token_id if at else None, code, {}, now)
                case "=":
                    instances.apply(session, running.lock(session, case.id), c.SetData({name: 9}), Doing(SYSTEM, now))

    def completes(self, element: str) -> None:
        with unit_of_work() as session:
            task_id: UUID = self.task(session, element).id
            inbox.claim(session, task_id, self.admin, clock.now())
            instances.complete_task(session, task_id, {"done": True, "answer": 1}, self.admin, clock.now())

    @staticmethod
    def task(session: Session, element: str) -> Task:
        return session.scalars(select(Task).where(Task.element_id == element, Task.status.in_(WORKABLE)).limit(1)).one()

    def statuses(self) -> list[str]:
        with unit_of_work(write=False) as session:
            return list(session.scalars(select(Instance.status)))


@pytest.fixture(autouse=True)
def _forgetful(database: Engine) -> Iterator[None]:
    yield
    running.cache.clear()


@pytest.mark.one_database
@pytest.mark.parametrize("row", WORKING, ids=[f"{row.element}: {row.variant}" for row in WORKING])
def test_what_works_in_the_engine_works_on_the_platform(row: Row) -> None:
    platform = Platform(row)
    for step in (row.walk or "").split():
        platform.happens(step)
    assert platform.statuses() == ["completed"]
