"""The journal: whatever is changed afterwards is noticed."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event, text

from bpm import journal
from bpm.models import Instance
from bpm.models.database import unit_of_work
from tests.bpm.organisation import NOW, instance


def a_story() -> Instance:
    with unit_of_work() as session:
        told = instance(session)
        journal.note(session, told, "instance-started", "agent", NOW, channel="PHONE_1860", points=2.5)
        journal.note(
            session, told, "task-opened", "system", NOW, "handle", unit="JN-NET", due=datetime(2026, 11, 25, tzinfo=UTC), to=("a", "b")
        )
        journal.note(session, told, "task-completed", "handler", NOW, "handle", answers={"结果": "已修复", "天": 1})
        journal.note(session, told, "instance-ended", "system", NOW)
    return told


def broken(of: Instance | None = None) -> list[tuple[int, str]]:
    with unit_of_work(write=False) as session:
        return [(each.seq, each.why) for each in journal.verify(session, of.id if of else None)]


def test_the_story_of_a_case_can_be_read_and_holds(database: Engine) -> None:
    told = a_story()
    with unit_of_work(write=False) as session:
        rows = journal.entries(session, told.id)
    assert [(row.seq, row.kind, row.actor) for row in rows] == [
        (1, "instance-started", "agent"),
        (2, "task-opened", "system"),
        (3, "task-completed", "handler"),
        (4, "instance-ended", "system"),
    ]
    assert rows[1].facts == {"unit": "JN-NET", "due": "2026-11-25T00:00:00+00:00", "to": ["a", "b"]}
    assert broken(told) == []
    assert broken() == []


def test_writing_needs_no_reading(database: Engine) -> None:
    told = a_story()
    seen: list[str] = []
    event.listen(database, "before_cursor_execute", lambda *execution: seen.append(execution[2].split()[0]))
    with unit_of_work() as session:
        session.add(told)
        journal.note(session, told, "note", "agent", NOW)
        session.flush()
    assert sorted(word for word in seen if word != "BEGIN") == ["INSERT", "UPDATE"]


@pytest.mark.parametrize(
    ("tampering", "places"),
    [
        ("UPDATE journal_entry SET actor = 'handler2' WHERE seq = 3", [(3, "changed")]),
        ('UPDATE journal_entry SET facts = \'{"结果": "未修复", "天": 1}\' WHERE seq = 3', [(3, "changed")]),
        ("UPDATE journal_entry SET at = '2026-11-24 07:09:59' WHERE seq = 2", [(2, "changed")]),
        ("DELETE FROM journal_entry WHERE seq = 2", [(3, "missing")]),
        ("DELETE FROM journal_entry WHERE seq = 4", [(4, "end")]),
        ("DELETE FROM journal_entry", [(4, "end")]),
        ("UPDATE journal_entry SET seq = 6 - seq WHERE seq IN (2, 3, 4)", [(2, "changed"), (4, "changed")]),
        ("UPDATE instance SET journal_seq = 3", [(3, "end")]),
    ],
)
def test_whatever_is_changed_behind_our_back_is_noticed(database: Engine, tampering: str, places: list[tuple[int, str]]) -> None:
    told, other = a_story(), a_story()
    with unit_of_work() as session:
        for statement in _steps(tampering):
            session.execute(
                text(f"{statement} {'AND' if 'WHERE' in statement else 'WHERE'} {_column(statement)} = :id"), {"id": _id(told, database)}
            )
    assert set(places) <= set(broken(told))
    assert broken(other) == []


def test_a_row_moved_to_another_case_is_noticed(database: Engine) -> None:
    one, other = a_story(), a_story()
    with unit_of_work() as session:
        for case, into in ((one, 9), (other, 1)):
            session.execute(
                text("UPDATE journal_entry SET seq = :into WHERE seq = 1 AND instance_id = :id"), {"into": into, "id": _id(case, database)}
            )
        session.execute(text("DELETE FROM journal_entry WHERE seq = 1 AND instance_id = :id"), {"id": _id(other, database)})
        session.execute(
            text("UPDATE journal_entry SET seq = 1, instance_id = :other WHERE seq = 9 AND instance_id = :id"),
            {"id": _id(one, database), "other": _id(other, database)},
        )
    assert (1, "changed") in broken(other)


def _steps(tampering: str) -> list[str]:
    """Swapping two rows of a primary key takes a detour."""
    if "6 - seq" not in tampering:
        return [tampering]
    return [f"UPDATE journal_entry SET seq = {into} WHERE seq = {place}" for place, into in ((2, 9), (4, 2), (9, 4))]


def _column(statement: str) -> str:
    return "id" if "UPDATE instance" in statement else "instance_id"


def _id(row: Instance, database: Engine) -> object:
    return row.id.hex if database.dialect.name == "sqlite" else row.id
