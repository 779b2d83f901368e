"""Rows that are written without SQLAlchemy's unit of work: nothing is lost, and each thing happens in its order."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from bpm import journal
from bpm.models import HandOver, Instance, JournalEntry, Task, WorkItem
from bpm.models.database import append, unit_of_work
from bpm.models.task import NO_LIMIT
from bpm.models.work_item import WorkItem as Item
from tests.bpm import organisation
from tests.bpm.organisation import NOW


@pytest.fixture
def task(database: Engine) -> UUID:
    with unit_of_work() as session:
        organisation.found(session)
        order = organisation.order(session)
        return organisation.task(session, order, "JN-NET-1", "HANDLER").id


def item(key: str) -> Item:
    return Item(key=key, kind="timer", payload={"n": [1, 2]}, due_at=NOW, created_at=NOW)


def test_what_was_left_out_gets_its_default_on_the_object_too(database: Engine) -> None:
    with unit_of_work() as session:
        new = item("a")
        session.add(new)
        session.flush()
        assert (new.state, new.attempts, new.lease) == ("waiting", 0, None)
        assert session.get(Item, new.id) is new
    with unit_of_work(write=False) as session:
        found = session.scalars(select(Item)).one()
        assert (found.id, found.payload, found.due_at) == (new.id, {"n": [1, 2]}, NOW)


def test_an_instance_is_there_before_its_task(task: UUID) -> None:
    with unit_of_work() as session:
        before = session.get_one(Task, task).instance
        values = {column: getattr(before, column) for column in Instance.__table__.columns.keys()}  # noqa: SIM118
        instance = Instance(**{**values, "id": UUID(int=7)})
        old = session.get_one(Task, task)
        again = {column: getattr(old, column) for column in Task.__table__.columns.keys()} | {"id": UUID(int=8)}  # noqa: SIM118
        session.add(Task(**{**again, "instance_id": instance.id}))
        session.add(instance)
    with unit_of_work(write=False) as session:
        assert session.get_one(Task, UUID(int=8)).instance.id == UUID(int=7)


def test_a_change_is_written_once_and_only_what_has_changed(task: UUID) -> None:
    with unit_of_work() as session:
        row = session.get_one(Task, task)
        row.due_at = NOW + timedelta(hours=1)
        session.flush()
        assert not session.dirty
        row.due_at = None
    with unit_of_work(write=False) as session:
        row = session.get_one(Task, task)
        assert (row.due_at, row.rank_at, row.name) == (None, NO_LIMIT, "处理")


def test_a_query_sees_what_was_added_before_it(task: UUID) -> None:
    with unit_of_work() as session:
        session.add(item("b"))
        journal.note(session, session.get_one(Task, task).instance, "seen", "agent", datetime.now(UTC))
        assert session.scalars(select(WorkItem.key)).all() == ["b"]
        assert session.scalars(select(JournalEntry.kind)).all() == ["seen"]


def test_what_a_savepoint_undoes_is_not_written_afterwards(task: UUID) -> None:
    with unit_of_work() as session:
        instance = session.get_one(Task, task).instance
        journal.note(session, instance, "kept", "agent", NOW)
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            journal.note(session, instance, "undone", "agent", NOW)
            session.add(item("undone"))
            1 / 0  # noqa: B018 -- any fault of a chapter
        journal.note(session, instance, "after", "agent", NOW)
    with unit_of_work(write=False) as session:
        assert [entry.kind for entry in journal.entries(session, instance.id)] == ["kept", "after"]
        assert not session.scalars(select(WorkItem)).all()
        assert not journal.verify(session, instance.id)


def test_rows_alone_are_written_although_nothing_else_has_changed(task: UUID) -> None:
    with unit_of_work() as session:
        instance_id = session.get_one(Task, task).instance_id
        row = {"instance_id": instance_id, "seq": 1, "at": NOW, "actor": "agent", "kind": "alone", "element_id": None, "facts": {}}
        append(session, JournalEntry, row | {"hash": "x"})
    with unit_of_work(write=False) as session:
        assert session.scalars(select(JournalEntry.kind)).all() == ["alone"]
        assert not session.scalars(select(HandOver)).all()
