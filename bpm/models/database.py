"""The database: one base for all tables, aware UTC times, and the unit of work.

Whoever opens a unit of work commits it, and nobody else. It needs neither a request nor an application:
``configure`` hands the engine over once, at start.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, MetaData, event, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, registry
from sqlalchemy.types import TypeDecorator

from bpm.errors import N_, BatonError
from bpm.models import prepared, rows
from bpm.models.turns import Turns, TurnTimeoutError

LOCK_SECONDS = 10
"""How long a writer waits before it gives up: on SQLite for those of its own process, and then as long for other programs."""


class DatabaseBusyError(BatonError):
    """Another writer has held the database, or this row, for too long."""

    code = "database-busy"
    sentence = N_("The database is busy. Nothing was changed; please try again in a moment.")


class DiskFullError(BatonError):
    """The database has no room to write."""

    code = "disk-full"
    sentence = N_("The disk of the database is full or cannot be written. Nothing was changed; an administrator must make room.")


class DatabaseUnreachableError(BatonError):
    """The connection to the database is gone."""

    code = "database-unreachable"
    sentence = N_("The database cannot be reached. Nothing was changed; please try again in a moment.")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC. A naive one is refused: nobody can know what it means."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into naive UTC. Raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"a moment without a time zone cannot be stored: {value.isoformat()}"
            raise ValueError(message)
        return (value if value.tzinfo is UTC else value.astimezone(UTC)).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the stored moment its zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


Json = JSON(none_as_null=True)
"""The column type of a JSON value: kept as the text that was written, so that a hash over it stays true. None is NULL."""


class Base(DeclarativeBase):
    """The base of all tables."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: UtcDateTime, dict[str, Any]: Json, list[Any]: Json, list[str]: Json},
    )


db = SQLAlchemy(model_class=Base)
"""What ties the tables to the Flask application and to the migrations; chapters never use its session."""


def _dump_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def engine_options(url: str) -> dict[str, Any]:
    """The options with which an engine for this URL is made (``create_engine(url, **engine_options(url))``)."""
    options: dict[str, Any] = {"json_serializer": _dump_json, "json_deserializer": orjson.loads, "hide_parameters": True}
    options |= {"pool_size": 20, "max_overflow": -1}  # no more connections are open than threads run
    if url.startswith("postgresql"):
        session_settings = f"-c lock_timeout={LOCK_SECONDS}s -c TimeZone=UTC"
        options |= {"connect_args": {"options": session_settings}, "pool_pre_ping": True}
    else:
        options |= {"connect_args": {"timeout": LOCK_SECONDS, "check_same_thread": False}}
    return options


class _Reading(Session):
    """A session of a unit that only reads: a change would be lost with the rollback, so it is refused."""

    def flush(self, objects: Any = None) -> None:
        if self.new or self.deleted or self.info.get("added") or any(self.is_modified(row) for row in self.dirty):
            message = "something was changed in a unit of work that only reads"
            raise RuntimeError(message)


class _Writing(Session):
    """A session of a unit that writes. Rows that were handed to ``append`` follow those that they point to."""

    def begin_nested(self) -> SessionTransaction:
        """Set a savepoint now. SQLAlchemy would at its own next statement, and undo nothing of what is said before that past it."""
        begun = super().begin_nested()
        self.connection()
        return begun

    def flush(self, objects: Any = None) -> None:
        if not rows.write(self):
            super().flush(objects)
        appended: dict[type[Base], list[dict[str, Any]]] = self.info.get("appended", {})
        while appended:
            model, waiting = appended.popitem()
            rows.insert_rows(self, model, waiting)


@event.listens_for(_Writing, "after_soft_rollback")
def _drop_appended(session: Session, _transaction: object) -> None:
    """What a savepoint undoes is not written afterwards; what came before it was written when it was set."""
    session.info.pop("appended", None)
    session.info.pop("added", None)


def append(session: Session, model: type[Base], row: dict[str, Any]) -> None:
    """Add a row that nobody will hold or change: written at the next flush, in one statement with the others of its table."""
    session.info.setdefault("appended", {}).setdefault(model, []).append(row)


def insert_new(session: Session, model: type[Base], **row: Any) -> bool:
    """Write a row now, unless there is one of its key already; tell whether it is new.

    Whoever writes the same key at the same moment waits in the database until this unit of work has ended.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(model).values(row).on_conflict_do_nothing().returning(*inspect(model).primary_key)
    return session.execute(statement).first() is not None


class _Engines:
    """The engines of this process: the same pool, begun for writing or for reading."""

    writing: Engine | None = None
    reading: Engine | None = None
    turns: AbstractContextManager[None] = nullcontext()


_writing_here: ContextVar[bool] = ContextVar("writing_here", default=False)


def configure(engine: Engine) -> None:
    """Let ``unit_of_work`` use this engine. Called once at start, and by each test for its own database."""
    if engine.dialect.name == "sqlite" and not event.contains(engine, "connect", _open_sqlite):
        event.listen(engine, "do_connect", partial(_before_opening, engine.url.database))
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    _Engines.writing = engine.execution_options(baton_begin="BEGIN IMMEDIATE")
    _files.pop(engine.url.database or "", None)
    _Engines.turns = Turns(LOCK_SECONDS) if engine.dialect.name == "sqlite" else nullcontext()  # SQLite has one writer at a time
    _Engines.reading = engine.execution_options(baton_begin="BEGIN", postgresql_readonly=True)


def _before_opening(path: str | None, *_: object) -> None:
    """Open nothing where a file was moved away: SQLite would put an empty one there, and delete the log with its last commits."""
    if path in _files:
        _require_file(path)


def _open_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Set what SQLite forgets with each connection. WAL with FULL: a commit that was answered survives a power cut."""
    connection.isolation_level = None  # the driver must not begin by itself: _begin_sqlite does
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={LOCK_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Begin IMMEDIATE to write: a writer that began by reading could not wait for another one.

    Were a statement that failed left to the garbage collector, it would come in any thread, and stop all of them until the next one's wait
    on this connection is over.
    """
    _require_file(connection.engine.url.database)
    with closing(prepared.Line(connection)) as line:
        line.say(connection.get_execution_options().get("baton_begin", "BEGIN"))


_files: dict[str, tuple[int, int]] = {}
"""Device and inode of the file of each SQLite database, as they were when it was first begun to work with."""


def _require_file(path: str | None) -> None:
    """Raise DatabaseUnreachableError where the file was moved away or replaced: what is written there would be found by nobody."""
    if not path or path == ":memory:":
        return
    try:
        found = os.stat(path)
    except OSError as error:
        raise DatabaseUnreachableError from error
    file = found.st_dev, found.st_ino
    if _files.setdefault(path, file) != file:
        raise DatabaseUnreachableError


@contextmanager
def unit_of_work(write: bool = True) -> Iterator[Session]:  # noqa: FBT001, FBT002 -- reads as unit_of_work(write=False)
    """Everything inside happens, or nothing.

    A writing unit commits once, at the end, and rolls back when an exception leaves it. A reading one is always rolled back.
    Raises DatabaseBusyError, DiskFullError or DatabaseUnreachableError where the database says so, and RuntimeError for
    a writing unit inside another one: it would wait for itself.
    """
    engine = _Engines.writing if write else _Engines.reading
    if engine is None:
        message = "no database: configure(engine) comes first"
        raise RuntimeError(message)
    try:
        if write:
            yield from _write(engine)
        else:
            yield from _read(engine)
    except TurnTimeoutError as error:
        raise DatabaseBusyError from error
    except DBAPIError as error:
        raise _in_words(error) from error


def _write(engine: Engine) -> Iterator[Session]:
    if _writing_here.get():
        message = "a unit of work is open here already; whoever opened it commits it"
        raise RuntimeError(message)
    _writing_here.set(True)
    try:
        with (
            _Engines.turns,
            engine.connect() as connection,
            connection.begin(),
            _Writing(connection, expire_on_commit=False) as session,
            closing(prepared.Line(connection)) as session.info["line"],
        ):
            yield session
            session.flush()
    finally:
        _writing_here.set(False)
    with ExitStack() as callbacks:
        for callback in reversed(session.info.get("after_commit", ())):
            callbacks.callback(callback)


def _read(engine: Engine) -> Iterator[Session]:
    with (
        engine.connect() as connection,
        _Reading(connection, expire_on_commit=False) as session,
        closing(prepared.Line(connection)) as session.info["line"],
    ):
        connection.begin()  # and closing rolls it back
        yield session
        session.flush()


def after_commit(session: Session, callback: Callable[[], object]) -> None:
    """Call ``callback`` when this unit of work has been committed, in the order asked for; never when it is rolled back."""
    session.info.setdefault("after_commit", []).append(callback)


_BUSY = {"40001", "40P01", "55P03"}  # PostgreSQL: serialization failure, deadlock, lock not available
_FULL = {"53100", "58030"}  # PostgreSQL: disk full, I/O error
_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_SQLITE_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}


def _in_words(error: DBAPIError) -> Exception:
    """What the database says, in our words; what is no matter of the moment stays as it is.

    SQLite on a full disk undoes everything by itself: then no savepoint is found to go back to, and what really happened is behind that.
    """
    before = error.__context__
    return _of_the_moment(error) or (_of_the_moment(before) if isinstance(before, DBAPIError) else None) or error


def _of_the_moment(error: DBAPIError) -> BatonError | None:
    primary = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # the extended code keeps the primary one in its low byte
    state = getattr(error.orig, "sqlstate", None)
    if primary in _SQLITE_BUSY or state in _BUSY:
        return DatabaseBusyError()
    if primary in _SQLITE_FULL or state in _FULL:
        return DiskFullError()
    if error.connection_invalidated or (state or "")[:2] in {"08", "57"}:
        return DatabaseUnreachableError()
    return None
