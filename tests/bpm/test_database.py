"""The unit of work: all or nothing, on both databases."""

import gc
import resource
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, select, text
from sqlalchemy.exc import StatementError

from bpm.models import Setting
from bpm.models.database import Base, UtcDateTime, after_commit, configure, engine_options, unit_of_work
from bpm.models.faults import DatabaseBusyError, DatabaseUnreachableError, DiskFullError, OutcomeUnknownError
from bpm.models.turns import Turns, TurnTimeoutError
from bpm.models.work_item import WorkItem


def value_of(key: str) -> str | None:
    with unit_of_work(write=False) as session:
        return session.scalar(select(Setting.value).where(Setting.key == key))


def test_what_was_done_is_there_afterwards(database: Engine) -> None:
    with unit_of_work() as session:
        session.add(Setting(key="motto", value="一点投诉、全网互动"))
    assert value_of("motto") == "一点投诉、全网互动"


def test_nothing_stays_when_something_goes_wrong_halfway(database: Engine) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work() as session:
        session.add(Setting(key="motto", value="half"))
        session.flush()
        1 / 0  # noqa: B018 -- any fault of a chapter
    assert value_of("motto") is None


def test_a_page_that_only_reads_cannot_change_anything_by_mistake(database: Engine) -> None:
    with pytest.raises(RuntimeError, match="only reads"), unit_of_work(write=False) as session:
        session.add(Setting(key="motto", value="by mistake"))
    assert value_of("motto") is None


def test_a_unit_inside_another_one_is_a_fault_of_the_program(database: Engine) -> None:
    with unit_of_work() as session:
        session.add(Setting(key="motto", value="outer"))
        with pytest.raises(RuntimeError, match="open here already"), unit_of_work():
            pass
    assert value_of("motto") == "outer"


def test_one_may_look_elsewhere_while_writing(database: Engine) -> None:
    with unit_of_work() as session:
        session.add(Setting(key="motto", value="new"))
        session.flush()
        assert value_of("motto") is None
    assert value_of("motto") == "new"


def test_what_was_asked_for_after_the_commit_happens_after_it_in_order(database: Engine) -> None:
    seen: list[str | None] = []
    with unit_of_work() as session:
        session.add(Setting(key="motto", value="kept"))
        after_commit(session, lambda: seen.append(value_of("motto")))
        after_commit(session, lambda: seen.append("second"))
        assert seen == []
    assert seen == ["kept", "second"]


def test_a_fault_after_the_commit_does_not_keep_the_others_from_their_turn(database: Engine) -> None:
    seen: list[str] = []

    def fault() -> None:
        message = "the listener is gone"
        raise LookupError(message)

    with pytest.raises(LookupError), unit_of_work() as session:
        session.add(Setting(key="motto", value="kept"))
        after_commit(session, fault)
        after_commit(session, lambda: seen.append("told"))
    assert seen == ["told"]
    assert value_of("motto") == "kept"


def test_nothing_happens_after_a_commit_that_did_not_come(database: Engine) -> None:
    seen: list[str] = []
    with pytest.raises(ZeroDivisionError), unit_of_work() as session:
        after_commit(session, lambda: seen.append("told"))
        1 / 0  # noqa: B018 -- any fault of a chapter
    assert seen == []


@pytest.mark.parametrize("write", [True, False])
def test_a_signal_amid_a_statement_ends_the_unit_as_the_signal_says(database: Engine, *, write: bool) -> None:
    def signalled(*_: object) -> None:
        raise SystemExit(0)

    event.listen(database, "after_cursor_execute", signalled)
    try:
        with pytest.raises(SystemExit), unit_of_work(write=write) as session:
            session.execute(select(1))
    finally:
        event.remove(database, "after_cursor_execute", signalled)
    assert value_of("anything") is None


def test_rows_can_still_be_shown_when_the_unit_is_over(database: Engine) -> None:
    with unit_of_work() as session:
        setting = Setting(key="motto", value="kept")
        session.add(setting)
    assert setting.value == "kept"


def test_times_come_back_in_utc_whatever_zone_they_were_told_in(database: Engine) -> None:
    shanghai = timezone(timedelta(hours=8))
    item = WorkItem(
        key="k", kind="test", payload={}, due_at=datetime(2026, 3, 1, 8, 30, tzinfo=shanghai), created_at=datetime(2026, 3, 1, tzinfo=UTC)
    )
    with unit_of_work() as session:
        session.add(item)
    with unit_of_work(write=False) as session:
        assert session.scalar(select(WorkItem.due_at)) == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
        assert session.scalar(select(WorkItem.due_at).where(WorkItem.due_at < datetime(2026, 3, 1, 8, 31, tzinfo=shanghai))) is not None


def test_a_time_without_a_zone_is_refused(database: Engine) -> None:
    with pytest.raises(StatementError, match="without a time zone"), unit_of_work(write=False) as session:
        session.scalar(select(WorkItem).where(WorkItem.due_at < datetime(2026, 3, 1)))  # noqa: DTZ001 -- the very fault


def test_no_time_is_no_time() -> None:
    column = UtcDateTime()
    assert column.process_bind_param(None, None) is None
    assert column.process_result_value(None, None) is None


def test_json_comes_back_as_it_was_written(database: Engine) -> None:
    payload = {"金额": 12.5, "z": [1, None, True], "a": {"large": 1e22}}
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    with unit_of_work() as session:
        session.add(WorkItem(key="k", kind="test", payload=payload, due_at=moment, created_at=moment))
    with unit_of_work(write=False) as session:
        read = session.scalars(select(WorkItem.payload)).one()
    assert read == payload
    assert list(read) == list(payload)
    assert isinstance(read["a"]["large"], float)


def test_a_writer_who_waits_too_long_is_told_so_in_words(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with unit_of_work() as session:
        session.add(Setting(key="motto", value="first"))
    monkeypatch.setattr("bpm.models.database.LOCK_SECONDS", 0)  # of SQLite; PostgreSQL is told below
    configure(database)
    begun, done = threading.Event(), threading.Event()

    def hold() -> None:
        with unit_of_work() as session:
            session.get_one(Setting, "motto").value = "held"
            session.flush()
            begun.set()
            done.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    begun.wait()
    try:
        with pytest.raises(DatabaseBusyError), unit_of_work() as session:
            if database.dialect.name == "postgresql":
                session.execute(text("SET LOCAL lock_timeout = '1ms'"))
            session.get_one(Setting, "motto").value = "second"
    finally:
        done.set()
        holder.join()
    assert value_of("motto") == "held"


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a database now waits for no other writer."""
    monkeypatch.setattr("bpm.models.database.LOCK_SECONDS", 0)


@pytest.fixture
def file(tmp_path: Path, database: Engine) -> Iterator[Path]:
    """A SQLite file to which all units of work go meanwhile; its connection is open."""
    path = tmp_path / "own.db"
    engine = create_engine(f"sqlite:///{path}", **engine_options("sqlite"))
    configure(engine)
    Base.metadata.create_all(engine)
    yield path
    engine.dispose()
    configure(database)


@pytest.mark.one_database
@pytest.mark.usefixtures("in_a_hurry")
def test_another_program_that_holds_the_file_is_told_of_in_the_same_words(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusyError), unit_of_work():
            pass


@pytest.mark.one_database
@pytest.mark.usefixtures("in_a_hurry")
def test_whoever_keeps_the_error_of_a_writer_who_gave_up_keeps_no_statement_open(file: Path) -> None:
    """Were it closed later, by the garbage collector in any thread, all threads would stand until the connection is free."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE").close()
        with pytest.raises(DatabaseBusyError) as refused, unit_of_work():
            pass
    assert [each for each in gc.get_objects() if isinstance(each, sqlite3.Cursor) and is_open(each)] == [], refused


def is_open(cursor: sqlite3.Cursor) -> bool:
    try:
        cursor.fetchone()
    except sqlite3.ProgrammingError:
        return False
    return True


@pytest.mark.one_database
def test_a_file_that_was_moved_away_or_replaced_takes_nothing_more(file: Path) -> None:
    """Its connections would go on writing into what nobody finds again, and new ones begin an empty database in its place."""
    with unit_of_work() as session:
        session.add(Setting(key="motto", value="kept"))
    away = file.rename(file.with_name("away.db"))
    for write in (True, False):
        with pytest.raises(DatabaseUnreachableError), unit_of_work(write=write):
            pass
    file.write_bytes(b"")
    with pytest.raises(DatabaseUnreachableError), unit_of_work():
        pass
    away.rename(file)
    assert value_of("motto") == "kept"


@pytest.mark.one_database
def test_a_file_that_is_put_back_has_all_that_was_committed(file: Path) -> None:
    """SQLite opens an empty file in the place of one that is away, and then deletes the log beside it."""
    with unit_of_work() as session:
        session.add(Setting(key="motto", value="kept"))
    with unit_of_work(write=False):  # whoever asks meanwhile needs a second connection
        away = file.rename(file.with_name("away.db"))
        with pytest.raises(DatabaseUnreachableError):
            value_of("motto")
    away.rename(file)
    assert value_of("motto") == "kept"


@pytest.mark.parametrize("write", [True, False])
def test_a_server_that_does_not_answer_is_told_of_in_words(database: Engine, *, write: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    url = f"postgresql+psycopg://nobody@127.0.0.1:{port}/nothing"  # nobody listens there any more
    configure(create_engine(url, **engine_options(url)))
    try:
        with pytest.raises(DatabaseUnreachableError), unit_of_work(write=write):
            pass
    finally:
        configure(database)


def test_when_the_connection_breaks_amid_a_commit_nobody_says_that_nothing_was_changed(database: Engine) -> None:
    if database.dialect.name != "postgresql":
        pytest.skip("SQLite has no connection that could break")
    with pytest.raises(OutcomeUnknownError), unit_of_work() as session:
        session.add(Setting(key="k", value="v"))
        session.flush()
        process = session.scalar(text("SELECT pg_backend_pid()"))
        with database.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
    with unit_of_work() as session:
        assert session.get(Setting, "k") is None


@pytest.mark.one_database
@pytest.mark.usefixtures("file")
def test_a_full_disk_is_told_of_in_words_also_inside_a_savepoint() -> None:
    with pytest.raises(DiskFullError), no_room(), unit_of_work() as session, session.begin_nested():
        session.add(Setting(key="motto", value="x" * 5_000_000))
    assert value_of("motto") is None
    with unit_of_work() as session:
        session.add(Setting(key="motto", value="room again"))
    assert value_of("motto") == "room again"


@contextmanager
def no_room() -> Iterator[None]:
    """No file of this process grows beyond some bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestTurns:
    def test_a_unit_of_work_asks_for_its_turn(self, tmp_path: Path, database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        turns = Turns(0.01)
        monkeypatch.setattr("bpm.models.database.Turns", lambda _seconds: turns)
        engine = create_engine(f"sqlite:///{tmp_path / 'turns.db'}", **engine_options("sqlite"))
        configure(engine)
        try:
            with turns, pytest.raises(DatabaseBusyError), unit_of_work():
                pass
            with unit_of_work():
                pass
        finally:
            engine.dispose()
            configure(database)

    def test_who_came_first_writes_first_also_beside_one_who_writes_all_the_time(self) -> None:
        turns, order = Turns(60), list[int]()

        def write(number: int) -> None:
            with turns:
                order.append(number)

        writers = [threading.Thread(target=write, args=(number,)) for number in range(5)]
        with turns:
            for number, writer in enumerate(writers):
                writer.start()
                while len(turns._waiting) <= number:
                    time.sleep(0)
        with turns:
            assert order == [0, 1, 2, 3, 4]
        for writer in writers:
            writer.join()

    def test_who_has_waited_too_long_gives_up_and_is_passed_over(self) -> None:
        turns = Turns(0.01)
        with turns, pytest.raises(TurnTimeoutError), turns:
            pass
        with turns:
            pass

    def test_a_turn_that_comes_while_a_signal_breaks_the_wait_is_passed_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        turns = Turns(60)

        class Broken:
            """A lock whose wait is broken off, its turn having come or not."""

            def __init__(self, *, has_come: bool) -> None:
                self.waits, self.has_come = 0, has_come

            def acquire(self, timeout: float = -1) -> bool:
                self.waits += 1
                if self.waits > 1:
                    if self.has_come:
                        turns.__exit__()
                    raise KeyboardInterrupt
                return True

            def release(self) -> None:
                """Nobody waits any more."""

        for has_come in (False, True):
            turns.__enter__()
            with monkeypatch.context() as patched:
                patched.setattr("bpm.models.turns.Lock", lambda has_come=has_come: Broken(has_come=has_come))
                with pytest.raises(KeyboardInterrupt):
                    turns.__enter__()
            if not has_come:
                turns.__exit__()
            with turns:
                pass
