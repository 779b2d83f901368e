"""Whether a page of the inbox gets dearer with the tasks that wait."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from statistics import quantiles
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from bpm import access, clock, queues
from bpm.access import Actor
from bpm.models import Definition, Instance, Membership, Task, Unit, User, WorkOrder
from bpm.models.database import configure, unit_of_work
from bpm.queues import TaskFilters
from scripts.bench import cases
from scripts.bench.report import Figure

UNITS = 20
OWN_UNITS = 3
PAGE = 50
HELD = 100
_AT_ONCE = 5_000

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """A database with so many open tasks, and a person with some queues."""

    engine: Engine
    actor: Actor


def fill(url: str, tasks: int) -> Desk:
    """Make a database with so many open tasks, spread over twenty queues. However many there are, the person has claimed a hundred."""
    engine = cases.database(url)
    with unit_of_work() as session:
        person, others = _people(session)
        definition = Definition(id=uuid4(), key="inbox", version=1, name="Inbox", state="published", findings=[], created_at=clock.now())
        session.add(definition)
        session.flush()
        rows = _rows(tasks, person, others, definition)
        while chunk := list(islice(rows, _AT_ONCE)):
            for model, made in zip((Instance, WorkOrder, Task), zip(*chunk, strict=True), strict=True):
                session.connection().execute(insert(model.__table__), made)  # type: ignore[arg-type]
        actor = access.actor_of(person)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return Desk(engine, actor)


def _people(session: Session) -> tuple[User, User]:
    units = [Unit(id=uuid4(), code=f"U{n:02}", name=f"单位 {n}", name_en=f"Unit {n}", kind="SECTION", city="531") for n in range(UNITS)]
    person, other = (User(id=uuid4(), login=login, name=login, name_en=login) for login in ("person", "other"))
    person.memberships = [Membership(id=uuid4(), unit=unit, role="HANDLER") for unit in units[:OWN_UNITS]]
    session.add_all([*units, person, other])
    session.flush()
    return person, other


def _rows(count: int, person: User, other: User, definition: Definition) -> Iterator[tuple[Row, Row, Row]]:
    """One task after the other: the rows of its instance, of its order, and its own."""
    chance, now = random.Random(count), clock.now()  # noqa: S311 -- it only spreads the rows
    for n in range(count):
        unit, due = f"U{n % UNITS:02}", now + timedelta(minutes=chance.uniform(-1_000, 10_000))
        priority, holder = chance.randrange(0, 100, 10), chance.choices((other, None), (3, 6))[0]
        if n % (count // HELD) == 0:
            holder = person
        instance: Row = {"id": uuid4(), "definition_id": definition.id, "definition_key": "inbox", "definition_version": 1}
        instance |= {"status": "running", "state": b"", "active": ["handle"], "created_at": now}
        order: Row = {"id": uuid4(), "number": f"SD-531-{n}", "token": f"token-{n}", "definition_key": "inbox", "type": "COMPLAINT"}
        order |= {"channel": "WEB_FORM", "title": "电梯里没有信号", "description": "每天早上电梯里打不了电话" * 5, "state": "IN_PROGRESS"}
        order |= {"city": "531", "statutory_due_at": due, "created_at": now, "priority": priority, "instance_id": instance["id"]}
        task: Row = {"id": uuid4(), "instance_id": instance["id"], "order_id": order["id"], "token_id": f"token-{n}", "process_id": "p"}
        task |= {"element_id": "handle", "name": "处理", "status": "claimed" if holder else "open", "queue": f"{unit}:HANDLER"}
        task |= {"unit_code": unit, "role": "HANDLER", "assignee_id": holder.id if holder else None, "why": "", "priority": priority}
        task |= {"created_at": now, "due_at": due, "rank_at": due}
        yield instance, order, task


def _once(desk: Desk, ask: Callable[[Session, Actor], object]) -> float:
    configure(desk.engine)
    began = time.perf_counter()
    with unit_of_work(write=False) as session:
        ask(session, desk.actor)
    return time.perf_counter() - began


def _mine(session: Session, actor: Actor) -> None:
    _whole(queues.page(session, actor, "mine", TaskFilters(), clock.now(), limit=PAGE).items)


def _unit(session: Session, actor: Actor) -> None:
    _whole(queues.page(session, actor, "unit", TaskFilters(), clock.now(), limit=PAGE).items)


def _all(session: Session, actor: Actor) -> None:
    everything = replace(actor, roles=frozenset({"ADMIN"}))
    _whole(queues.page(session, everything, "all", TaskFilters(), clock.now(), limit=PAGE).items)


def _counts(session: Session, actor: Actor) -> None:
    queues.counts(session, actor, clock.now())


def _whole(page: Sequence[Task]) -> None:
    if len(page) != PAGE:
        message = f"a page of {len(page)} tasks cannot be compared with one of {PAGE}"
        raise RuntimeError(message)


ASKED = {"one's own tasks": _mine, "tasks of one's units": _unit, "an administrator's": _all, "the counts beside them": _counts}


def measure(few: Desk, many: Desk, samples: int, label: str) -> list[Figure]:
    """The 95th percentiles of both desks, asked in turn."""
    figures = []
    for name, ask in ASKED.items():
        times = [(_once(few, ask), _once(many, ask)) for _ in range(samples + 20)][20:]  # the first ones warm up
        short, long = (quantiles(column, n=20)[-1] for column in zip(*times, strict=True))
        figures.append(Figure(f"inbox on {label}: {name}, of 100 times the tasks", long / short, 1.5, "low"))
    return figures
