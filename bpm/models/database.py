"""The database: one base for all tables, aware UTC times, and the unit of work.

Whoever opens a unit of work commits it, and nobody else. It needs neither a request nor an application:
``configure`` hands the engine over once, at start.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import orjson
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, MetaData, event, inspect
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, registry
from sqlalchemy.types import TypeDecorator

from bpm.models import prepared, rows, sqlite
from bpm.models.faults import DatabaseBusyError, DatabaseUnreachableError, OutcomeUnknownError, in_words
from bpm.models.turns import Turns, TurnTimeoutError

LOCK_SECONDS = 10
"""How long a writer waits before it gives up: on SQLite for those of its own process, and then as long for other programs."""


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
    insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
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
    is_sqlite = engine.dialect.name == "sqlite"
    if is_sqlite:
        sqlite.attend(engine)
    _Engines.writing = engine.execution_options(baton_begin="BEGIN IMMEDIATE")
    _Engines.reading = engine.execution_options(baton_begin="BEGIN", postgresql_readonly=True)
    _Engines.turns = Turns(LOCK_SECONDS) if is_sqlite else nullcontext()  # SQLite has one writer at a time


@contextmanager
def unit_of_work(write: bool = True) -> Iterator[Session]:  # noqa: FBT001, FBT002 -- reads as unit_of_work(write=False)
    """Everything inside happens, or nothing.

    A writing unit commits once, at the end, and rolls back when an exception leaves it. A reading one is always rolled back.
    Raises DatabaseBusyError, DiskFullError, DatabaseUnreachableError or OutcomeUnknownError where the database says so, and
    RuntimeError for a writing unit inside another one: it would wait for itself.
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
        raise in_words(error) from error


def _write(engine: Engine) -> Iterator[Session]:
    if _writing_here.get():
        message = "a unit of work is open here already; whoever opened it commits it"
        raise RuntimeError(message)
    _writing_here.set(True)
    is_committing = False
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
            is_committing = True
    except DBAPIError as error:
        if is_committing and isinstance(in_words(error), DatabaseUnreachableError):
            raise OutcomeUnknownError from error
        raise
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
