"""What goes to the database past SQLAlchemy's unit of work is as good as what goes through it, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, bindparam, delete, event, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bpm.models import Instance, Task, User, WorkOrder
from bpm.models.database import append, unit_of_work
from bpm.models.ids import row_id
from bpm.models.prepared import Prepared
from bpm.models.rows import Change, Rows, add, bring, known, new
from bpm.models.setting import Setting
from bpm.models.task import NO_LIMIT, HandOver
from bpm.models.work_item import WorkItem
from tests.bpm import organisation

NOW = datetime(2026, 11, 24, 7, 10, tzinfo=UTC)
OF_KEY = Rows(WorkItem, WorkItem.key == bindparam("of_key"))
LOCKED = Rows(Task, Task.id == bindparam("id"), lock=True)
WHOLE = Rows(Task, Task.id == bindparam("id"), joined=("order", "assignee", "instance"))


def wake(key: str = "timer:1") -> WorkItem:
    return WorkItem(key=key, kind="timer", payload={"等": ["a", 1.5, None]}, due_at=NOW, created_at=NOW)


def task(session: Session, login: str | None = "handler") -> Task:
    people = organisation.found(session)
    order = organisation.order(session)
    return organisation.task(session, order, "JN-NET-1", "HANDLER", people[login].id if login else None)


class TestReading:
    def test_a_row_comes_back_as_it_was_written_with_the_defaults_of_what_was_left_out(self, database: Engine) -> None:
        with unit_of_work() as session:
            add(session, wake())
        with unit_of_work(write=False) as session:
            found = OF_KEY.first(session, of_key="timer:1")
            assert found is not None
            assert (found.payload, found.due_at, found.state, found.attempts) == ({"等": ["a", 1.5, None]}, NOW, "waiting", 0)
            assert found is session.get(WorkItem, found.id)
            assert found is session.scalar(select(WorkItem))
            assert OF_KEY.first(session, of_key="timer:2") is None

    def test_what_was_added_here_and_not_written_yet_is_found(self, database: Engine) -> None:
        with unit_of_work() as session:
            added = wake()
            add(session, added)
            assert OF_KEY.first(session, of_key="timer:1") is added

    def test_a_row_under_a_lock_is_as_the_database_has_it_now(self, database: Engine) -> None:
        with unit_of_work() as session:
            known_before = task(session)
            assert known_before.assignee.login == "handler"
            session.execute(update(Task).values(name="改了", assignee_id=None).execution_options(synchronize_session=False))
            again = LOCKED.first(session, id=known_before.id)
            assert again is known_before
            assert (again.name, again.assignee) == ("改了", None)

    def test_what_a_row_points_to_is_read_with_it(self, database: Engine) -> None:
        with unit_of_work() as session:
            task_id = task(session).id
        said: list[str] = []
        event.listen(database, "before_cursor_execute", lambda *execution: said.append(execution[2]))
        with unit_of_work(write=False) as session:
            found = WHOLE.first(session, id=task_id)
            assert found is not None
            assert (found.order.city, found.assignee.login, found.instance.status) == ("JN", "handler", "running")
            assert found.assignee is known(session, User, found.assignee_id)
        assert sum("FROM" in statement for statement in said) == 1

    def test_what_a_row_points_to_may_be_nothing(self, database: Engine) -> None:
        with unit_of_work() as session:
            task_id = task(session, login=None).id
        with unit_of_work(write=False) as session:
            for found in (WHOLE.first(session, id=task_id), session.get_one(Task, task_id)):
                bring(session, found, "assignee", "order")
                assert (found.assignee, found.order.city) == (None, "JN")

    def test_what_is_large_is_read_when_it_is_asked_for(self, database: Engine) -> None:
        with unit_of_work() as session:
            instance_id = task(session).instance_id
            session.execute(update(Instance).values(state=b"large"))
        with unit_of_work(write=False) as session:
            found = known(session, Instance, instance_id)
            assert "state" not in vars(found)
            assert found.state == b"large"

    def test_a_question_with_a_list_that_is_not_written_out_is_refused(self, database: Engine) -> None:
        with unit_of_work(write=False) as session, pytest.raises(TypeError, match="written out"):
            Prepared(select(Task.id).where(Task.status.in_(("open", "claimed")))).rows(session, {})


class TestWriting:
    def test_a_change_is_written_once_and_only_what_is_another_value(self, database: Engine) -> None:
        with unit_of_work() as session:
            add(session, wake())
        said: list[str] = []
        event.listen(database, "before_cursor_execute", lambda *execution: said.append(execution[2]))
        with unit_of_work() as session:
            item = OF_KEY.first(session, of_key="timer:1")
            item.state, item.attempts = "done", 0
            session.flush()
            session.flush()
        [written] = [statement for statement in said if statement.startswith("UPDATE")]
        assert "state=" in written
        assert "attempts" not in written
        assert sum(statement.startswith("UPDATE") for statement in said) == 1

    def test_a_change_that_was_written_can_be_changed_again(self, database: Engine) -> None:
        with unit_of_work() as session:
            item = wake()
            add(session, item)
            for attempts in (1, 2, 1):
                item.attempts = attempts
                session.flush()
        with unit_of_work(write=False) as session:
            assert session.scalar(select(WorkItem.attempts)) == 1

    def test_an_order_its_process_and_a_task_go_in_together_whatever_came_first(self, database: Engine) -> None:
        with unit_of_work() as session:
            sample = task(session)
            instance = new(Instance, **{**_copied(sample.instance), "id": row_id()})
            order = WorkOrder(**{**_copied(sample.order), "id": row_id(), "number": "2", "token": "2", "instance_id": instance.id})
            mine = new(Task, **{**_copied(sample), "id": row_id(), "instance_id": instance.id, "order_id": order.id, "rank_at": NO_LIMIT})
            for row in (mine, order, instance):
                add(session, row)
        with unit_of_work(write=False) as session:
            assert session.get_one(Task, mine.id).order.instance_id == instance.id

    def test_a_row_whose_owner_is_told_only_by_a_relationship_is_written_all_the_same(self, database: Engine) -> None:
        with unit_of_work() as session:
            sample = task(session)
            columns = {**_copied(sample), "id": row_id()}
            del columns["instance_id"], columns["order_id"], columns["assignee_id"]
            told = Task(**columns, instance=sample.instance, order=sample.order, assignee=sample.assignee)
            add(session, told)
        with unit_of_work(write=False) as session:
            found = session.get_one(Task, told.id)
            assert (found.instance_id, found.order_id, found.assignee_id) == (sample.instance_id, sample.order_id, sample.assignee_id)

    def test_what_a_savepoint_undoes_is_not_there_afterwards(self, database: Engine) -> None:
        with unit_of_work() as session:
            item = wake()
            add(session, item)
            with pytest.raises(IntegrityError), session.begin_nested():
                item.state = "failed"
                add(session, wake())  # the same key
            add(session, wake("timer:2"))
        with unit_of_work(write=False) as session:
            assert dict(session.execute(select(WorkItem.key, WorkItem.state)).all()) == {"timer:1": "waiting", "timer:2": "waiting"}

    def test_a_savepoint_undoes_also_what_was_said_before_any_other_statement(self, database: Engine) -> None:
        with unit_of_work() as session:
            add(session, wake())
        with unit_of_work() as session, pytest.raises(LookupError), session.begin_nested():
            Change(WorkItem, delete(WorkItem)).carry_out(session, {})
            raise LookupError
        with unit_of_work(write=False) as session:
            assert session.scalars(select(WorkItem.key)).all() == ["timer:1"]

    def test_what_a_savepoint_put_back_can_be_changed_again(self, database: Engine) -> None:
        with unit_of_work() as session:
            item = wake()
            add(session, item)
            with pytest.raises(LookupError), session.begin_nested():
                item.state = "failed"
                raise LookupError
            item.attempts = 3
        with unit_of_work(write=False) as session:
            assert session.execute(select(WorkItem.state, WorkItem.attempts)).one() == ("waiting", 3)

    def test_a_row_that_was_added_goes_in_with_others_that_the_session_must_look_at(self, database: Engine) -> None:
        with unit_of_work() as session:
            add(session, wake())
            session.add(Setting(key="motto", value="beside it"))
        with unit_of_work(write=False) as session:
            assert OF_KEY.first(session, of_key="timer:1") is not None
            assert session.get(Setting, "motto") is not None

    def test_a_unit_that_only_reads_adds_nothing(self, database: Engine) -> None:
        with pytest.raises(RuntimeError, match="only reads"), unit_of_work(write=False) as session:
            add(session, wake())

    def test_a_row_that_is_gone_is_missed(self, database: Engine) -> None:
        with unit_of_work() as session:
            add(session, wake())
        with pytest.raises(StaleDataError), unit_of_work() as session:
            item = OF_KEY.first(session, of_key="timer:1")
            Change(WorkItem, delete(WorkItem)).carry_out(session, {})
            item.state = "done"
        with unit_of_work(write=False) as session:
            assert OF_KEY.first(session, of_key="timer:1") is not None

    def test_rows_that_nobody_holds_follow_those_that_they_point_to(self, database: Engine) -> None:
        with unit_of_work() as session:
            done = task(session)
            leg = new(HandOver, **{name: value for name, value in _copied(done).items() if name in HandOver.__table__.columns})
            vars(leg).update(id=row_id(), task_id=done.id, received_at=NOW, finished_at=NOW, net_minutes=1.5, late=False, how="completed")
            append(session, HandOver, vars(leg))
        with unit_of_work(write=False) as session:
            assert session.scalars(select(HandOver.net_minutes)).all() == [1.5]

    def test_a_fault_of_the_database_is_told_as_sqlalchemy_tells_it(self, database: Engine) -> None:
        with unit_of_work() as session:
            add(session, wake())
        with pytest.raises(IntegrityError), unit_of_work() as session:
            add(session, wake())

    def test_whoever_listens_may_refuse_a_statement(self, database: Engine) -> None:
        def refuse(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if statement.startswith("INSERT"):
                raise LookupError

        event.listen(database, "before_cursor_execute", refuse)
        with pytest.raises(LookupError), unit_of_work() as session:
            add(session, wake())
        event.remove(database, "before_cursor_execute", refuse)
        with unit_of_work(write=False) as session:
            assert session.scalar(text("SELECT count(*) FROM work_item")) == 0


def _copied(row: Instance | WorkOrder | Task) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__table__.columns.keys() if name != "rank_at"}  # noqa: SIM118 -- no dict


def test_ids_sort_by_when_they_were_given() -> None:
    given = [row_id() for _ in range(1_000)]
    assert given == sorted(set(given))


def test_a_moment_without_a_zone_is_refused_here_too(database: Engine) -> None:
    with pytest.raises(ValueError, match="without a time zone"), unit_of_work() as session:
        item = wake()
        item.due_at = (NOW + timedelta(hours=1)).replace(tzinfo=None)
        add(session, item)
