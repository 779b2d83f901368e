"""The case through Baton's own commands: each a unit of work that is durable when it returns."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import Engine, bindparam, create_engine, event
from sqlalchemy.orm import Session

from bpm import access, calendars, clock, definitions, instances, work_items
from bpm.access import Actor
from bpm.models import Base, Calendar, Membership, Unit, User
from bpm.models.database import configure, engine_options, unit_of_work
from bpm.models.rows import Rows
from bpm.models.work_item import WorkItem

HERE = Path(__file__).parent
DATA = {"amount": 1500, "phone": "12055310001"}
CLERK = "clerk"


def database(url: str) -> Engine:
    """A new database with all tables, to which units of work go from now on."""
    engine = create_engine(url, **engine_options(url))
    configure(engine)
    Base.metadata.create_all(engine)
    return engine


def people(session: Session) -> User:
    """One unit, and in it the clerk who does everything."""
    unit = Unit(id=uuid4(), code="DESK", name="前台", name_en="Desk", kind="DEPARTMENT", function="FRONT", city="531")
    clerk = User(id=uuid4(), login=CLERK, name="王芳", name_en="Wang Fang")
    clerk.memberships = [Membership(id=uuid4(), unit=unit, role="ADMIN")]
    session.add_all([unit, clerk])
    session.flush()
    return clerk


def found() -> Actor:
    """Fill a new database: people and the case's drawing. Answers with the clerk."""
    with unit_of_work() as session:
        actor = access.actor_of(people(session))
        office = Calendar(code="CAL-BIZ", name="工作时间", name_en="Office", zone="Asia/Shanghai", hours=[[["08:30", "17:30"]]] * 7)
        calendars.save(session, office)
        definitions.deploy(session, {"case.bpmn": (HERE / "case.bpmn").read_bytes()}, CLERK, clock.now(), publish=True)
    return actor


def start(actor: Actor) -> UUID:
    """Start a case; it comes to rest at its first task."""
    with unit_of_work() as session:
        return instances.start(session, "bench_case", dict(DATA), actor, clock.now()).id


def complete(task_id: UUID, actor: Actor) -> None:
    """Complete a task."""
    with unit_of_work() as session:
        instances.complete_task(session, task_id, {}, actor, clock.now())


def finish_call(instance_id: UUID) -> None:
    """Hand in what a connector would have answered: what ``caller`` does in the last of its three parts."""
    with unit_of_work() as session:
        [item] = _CALL.all(session, instance=instance_id)
        work_items.finish(item, clock.now())
        instances.finish_call(session, instance_id, item.payload["token_id"], item.payload["element_id"], None, clock.now())


_CALL = Rows(WorkItem, WorkItem.instance_id == bindparam("instance"), WorkItem.kind == "call")


@cache
def _aside(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


def open_task(engine: Engine, instance_id: UUID) -> UUID:
    """The task at which a case stands. It is the measure that asks, so it asks past everything that is measured."""
    asked = "SELECT id FROM task WHERE instance_id = ? AND status = 'open'"
    [found] = _aside(str(engine.url.database)).execute(asked, (instance_id.hex,)).fetchall()
    return UUID(found[0])


def run(engine: Engine, actor: Actor) -> UUID:
    """One case from start to end: four durable commands."""
    instance_id = start(actor)
    complete(open_task(engine, instance_id), actor)
    finish_call(instance_id)
    complete(open_task(engine, instance_id), actor)
    return instance_id


@dataclass(slots=True)
class Statements:
    """What went to the database: statements without BEGIN and COMMIT, and commits."""

    said: list[str]
    commits: int = 0


@contextmanager
def counted(engine: Engine) -> Iterator[Statements]:
    """Count what goes to the database meanwhile."""
    seen = Statements([])

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.said.append(statement)

    def commit(_connection: object) -> None:
        seen.commits += 1

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "commit", commit)
