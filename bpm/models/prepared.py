"""Statements that every command says: turned into SQL once, and carried out by the driver itself.

SQLAlchemy spends ten times as long on a statement as SQLite does. So what each step of a process reads and writes goes past its
execution and its unit of work, but not past its session: a row that is read here is an object of the session like any other, what was
added or changed before is written first, and listeners hear of each statement.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import ColumnElement, Connection, Dialect, Executable, Select, Table, bindparam, insert, inspect, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapper, Session, make_transient_to_detached
from sqlalchemy.orm.attributes import manager_of_class, set_committed_value
from sqlalchemy.orm.exc import StaleDataError

Model = TypeVar("Model", bound=DeclarativeBase)
Row = Mapping[str, Any]
_Convert = Callable[[Any], Any] | None
_GIVEN = object()


class _Text:
    """A statement as one kind of database reads it, and how values are turned into what its driver takes and back."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._names: bool = not compiled.positional
        binds = {name: (parameter, compiled.params[name]) for parameter, name in compiled.bind_names.items()}
        order = compiled.positiontup if compiled.positional else list(binds)
        self._places: list[tuple[str, _Convert, Any]] = []
        for name in order:
            parameter, fixed = binds[name] if name in binds else (None, compiled.params[name])
            convert = parameter.type.dialect_impl(dialect).bind_processor(dialect) if parameter is not None else None
            given = parameter is not None and parameter.required
            self._places.append((name, convert, _GIVEN if given else convert(fixed) if convert else fixed))
        self._columns = list(statement.selected_columns) if isinstance(statement, Select) else []
        self._dialect = dialect
        self._readers: list[tuple[str, _Convert]] = []

    def filled(self, values: Row) -> Any:
        """The parameters as the driver takes them. Raises KeyError for a value that is missing."""
        filled = [
            fixed if fixed is not _GIVEN else convert(values[name]) if convert is not None else values[name]
            for name, convert, fixed in self._places
        ]
        return dict(zip((name for name, _, _ in self._places), filled, strict=True)) if self._names else filled

    def readers(self, cursor: Any) -> list[tuple[str, _Convert]]:
        """The names of the columns, and how a value of each is read, which may go by the type that the driver names."""
        if not self._readers:
            types = (column.type.dialect_impl(self._dialect) for column in self._columns)
            told = zip(self._columns, types, cursor.description, strict=True)
            self._readers = [(str(column.key), type_.result_processor(self._dialect, field[1])) for column, type_, field in told]
        return self._readers


class Line:
    """The driver's end of a connection, and who listens there when it is opened. One serves a unit of work throughout."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.dialect = connection, connection.dialect
        self._cursor = connection.connection.cursor()
        self._listeners = list(connection.dispatch.before_cursor_execute)

    def close(self) -> None:
        """Let go of the driver: a statement that nobody ends would keep the database open."""
        self._cursor.close()

    def say(self, sql: str, parameters: Any = (), *, many: bool = False) -> Any:
        """Carry out a statement; its cursor is good until the next one. Raises DBAPIError, as SQLAlchemy itself does."""
        cursor, driver = self._cursor, self.dialect.loaded_dbapi
        for listener in self._listeners:
            listener(self.connection, cursor, sql, parameters, None, many)
        try:
            (cursor.executemany if many else cursor.execute)(sql, parameters)
        except driver.Error as error:
            gone = self.dialect.is_disconnect(cast("Any", error), self.connection.connection, cursor)
            told = DBAPIError.instance(
                sql, None, error, driver.Error, hide_parameters=True, connection_invalidated=gone, dialect=self.dialect
            )
            raise told from error
        return cursor


def line_of(session: Session) -> Line:
    """The line of a session: that of its unit of work, else one for this once."""
    return session.info.get("line") or Line(session.connection())


class Prepared:
    """A statement with named parameters (``bindparam``). ``in_`` is not for it: lists are written out (``one_of``)."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._texts: dict[str, _Text] = {}

    def text(self, dialect: Dialect) -> _Text:
        """The statement for this kind of database. A race works it out twice and harms nobody."""
        found = self._texts.get(dialect.name)
        if found is None:
            found = self._texts[dialect.name] = _Text(self._statement, dialect)
        return found

    def carry_out(self, session: Session, *rows: Row) -> int:
        """Carry it out once for each row of parameters; returns how many rows of the table it touched."""
        line = line_of(session)
        text = self.text(line.dialect)
        filled = [text.filled(row) for row in rows]
        touched: int = line.say(text.sql, filled[0] if len(rows) == 1 else filled, many=len(rows) > 1).rowcount
        return touched

    def rows(self, session: Session, values: Row) -> list[dict[str, Any]]:
        """The rows that it finds, by the names of their columns."""
        line = line_of(session)
        text = self.text(line.dialect)
        cursor = line.say(text.sql, text.filled(values))
        readers = text.readers(cursor)
        return [
            {key: convert(value) if convert is not None else value for (key, convert), value in zip(readers, row, strict=True)}
            for row in cursor.fetchall()
        ]


class Change(Prepared):
    """A prepared UPDATE, DELETE or upsert on rows of a model, past the rows that a session holds."""

    def __init__(self, model: type[DeclarativeBase], statement: Executable) -> None:
        super().__init__(statement)
        self._model = model

    def carry_out(self, session: Session, *rows: Row) -> int:
        """Carry it out, after what was added or changed of this model here."""
        write_first(session, self._model)
        return super().carry_out(session, *rows)


def one_of(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """What ``column.in_(values)`` asks, as SQL that does not have to be made anew each time."""
    return or_(*(column == value for value in values))


# ---- reading


class Rows(Generic[Model]):
    """Rows of one table under some conditions, as objects of the session. Columns that are deferred stay so."""

    def __init__(
        self, model: type[Model], *conditions: ColumnElement[bool], order_by: Sequence[ColumnElement[Any]] = (), lock: bool = False
    ) -> None:
        mapper: Mapper[Model] = inspect(model)
        columns = [attribute.columns[0] for attribute in mapper.column_attrs if not attribute.deferred]
        query = select(*columns).where(*conditions).order_by(*order_by)
        self._model, self._mapper, self._fresh = model, mapper, lock
        self._asked = Prepared(query.with_for_update() if lock else query)
        self._key = str(mapper.primary_key[0].key)
        self._not_read = [key for key in mapper.attrs.keys() if key not in {column.key for column in columns}]  # noqa: SIM118 -- no dict

    def all(self, session: Session, **values: Any) -> list[Model]:
        """All of them. Under a lock they are as the database has them now, also those that the session knew."""
        write_first(session, self._model)
        return [self._object(session, row) for row in self._asked.rows(session, values)]

    def first(self, session: Session, **values: Any) -> Model | None:
        """The first of them, or None."""
        return next(iter(self.all(session, **values)), None)

    def _object(self, session: Session, row: dict[str, Any]) -> Model:
        key = self._mapper.identity_key_from_primary_key((row[self._key],))
        held: Model | None = session.identity_map.get(key)
        if held is None:
            held = new(self._model, **row)
            _hold(session, held, key)
        elif self._fresh:
            for name, value in row.items():
                set_committed_value(held, name, value)
            session.expire(held, self._not_read)
        return held


def bring(session: Session, row: DeclarativeBase, *relationships: str) -> None:
    """Read what a row points to, where the session does not know it, so that nothing is read one by one when it is asked for."""
    for name in relationships:
        key = vars(row)[_references(type(row))[name]]
        set_committed_value(row, name, None if key is None else known(session, _target(type(row), name), key))


@cache
def _target(model: Any, name: str) -> Any:
    return inspect(model).relationships[name].mapper.class_


@cache
def _of_id(model: Any) -> Rows[Any]:
    return Rows(model, inspect(model).primary_key[0] == bindparam("id"))


def known(session: Session, model: type[Model], id_: Any) -> Model | None:
    """The row of an id: the session's own, else read. The session lets go of what nobody else holds."""
    held = session.identity_map.get(cast("Mapper[Model]", inspect(model)).identity_key_from_primary_key((id_,)))
    found: Model | None = held if held is not None else _of_id(model).first(session, id=id_)
    return found


def _hold(session: Session, row: DeclarativeBase, key: Any) -> None:
    """Make what stands in the database an object of the session: ``session.add`` would look through all that it points to."""
    state: Any = inspect(row)
    state.key, state.session_id = key, session.hash_key
    session.identity_map.add(state)


def write_first(session: Session, model: type[DeclarativeBase]) -> None:
    """Write what the session has of this table, so that a statement past it finds it."""
    waiting = (*session.new, *(row for row in session.dirty if cast("Any", inspect(row)).committed_state))
    if model in session.info.get("appended", ()) or any(isinstance(row, model) for row in waiting):
        session.flush()


# ---- writing


def new(model: type[Model], **values: Any) -> Model:
    """A row that is to be added: as ``model(**values)``, but nobody looks at each value. What is left out gets its default."""
    made: Model = manager_of_class(model).new_instance()
    vars(made).update(values)
    return made


def write(session: Session) -> bool:
    """Write what is new and changed in a session, if all of it is of tables that say ``written_plainly`` and whose foreign keys are set.

    Where it is not, nothing is written and False is returned: then the session itself must find out what belongs before what.
    """
    new: list[Any] = list(session.new)
    changed: list[Any] = list(session.dirty)
    if session.deleted or session.in_nested_transaction() or not all(_is_plain(row) for row in (*new, *changed)):
        return False
    for row in sorted(new, key=lambda row: _depth(type(row))):
        _insert_object(session, row)
    for row in changed:
        _update_object(session, row)
    return True


def _is_plain(row: Any) -> bool:
    """Tell whether a row can be written by its columns alone."""
    if not getattr(row, "written_plainly", False):
        return False
    held = vars(row)
    return all(held.get(name) is None or getattr(held[name], "id", None) == held.get(key) for name, key in _references(type(row)).items())


@cache
def _references(model: Any) -> dict[str, str]:
    """The relationships of a model, each with the column that says the same."""
    return {each.key: str(next(iter(each.local_columns)).key) for each in inspect(model).relationships}


@cache
def _depth(model: Any) -> int:
    """How far down a table stands among those that point to each other."""
    return int(model.metadata.sorted_tables.index(model.__table__))


def _insert_object(session: Session, row: DeclarativeBase) -> None:
    vars(row).update(insert_rows(session, type(row), [vars(row)])[0])
    session.expunge(row)
    make_transient_to_detached(row)
    _hold(session, row, cast("Mapper[Any]", inspect(type(row))).identity_key_from_instance(row))


def insert_rows(session: Session, model: type[DeclarativeBase], rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Add rows to a table in one statement, and return them with the defaults of what was left out."""
    defaults = _defaults(model)
    whole = [{name: row[name] if name in row else default() for name, default in defaults.items()} for row in rows]
    _insert(model).carry_out(session, *whole)
    return whole


@cache
def _defaults(model: type[DeclarativeBase]) -> dict[str, Callable[[], Any]]:
    return {column.key: _default(column.default) for column in model.__table__.columns}


def _default(default: Any) -> Callable[[], Any]:
    if default is None:
        return lambda: None
    return (lambda: default.arg(None)) if default.is_callable else lambda: default.arg


@cache
def _insert(model: type[DeclarativeBase]) -> Prepared:
    table = cast("Table", model.__table__)
    return Prepared(insert(table).values({column.key: bindparam(column.key, type_=column.type) for column in table.columns}))


def _update_object(session: Session, row: DeclarativeBase) -> None:
    state: Any = inspect(row)
    before, now = state.committed_state, vars(row)
    names = tuple(sorted(name for name in before if name in row.__table__.columns and before[name] != now[name]))
    if names:
        key = state.identity[0]
        if _update(type(row), names).carry_out(session, {"of_row": key, **{f"new_{name}": now[name] for name in names}}) != 1:
            message = f"the row {key} of {row.__tablename__} is gone"
            raise StaleDataError(message)
    for name in list(before):
        set_committed_value(row, name, now[name])


@cache
def _update(model: type[DeclarativeBase], names: tuple[str, ...]) -> Prepared:
    table = cast("Table", model.__table__)
    values = {name: bindparam(f"new_{name}", type_=table.columns[name].type) for name in names}
    return Prepared(update(table).where(next(iter(table.primary_key)) == bindparam("of_row")).values(values))
