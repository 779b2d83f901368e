"""Statements that every command says: turned into SQL once, and carried out by the driver itself.

SQLAlchemy spends ten times as long on a statement as SQLite does. So what each step of a process reads and writes goes past its
execution and its unit of work, but not past its session: a row that is read here is an object of the session like any other, what was
added or changed before is written first, and listeners hear of each statement.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Dialect, Executable, Select, false, or_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Row = Mapping[str, Any]
_Convert = Callable[[Any], Any]
_Converts = list[tuple[int, _Convert]]


class _Text:
    """A statement as one kind of database reads it, and how values are turned into what its driver takes and back."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        if compiled.post_compile_params:
            message = f"this statement is not finished, its list must be written out: {compiled}"
            raise TypeError(message)
        self.sql = str(compiled)
        self._named: bool = not compiled.positional
        binds = {name: (parameter, compiled.params[name]) for parameter, name in compiled.bind_names.items()}
        self._order: list[str] = list(compiled.positiontup if compiled.positional else binds)
        self._fixed: dict[str, Any] = {}
        converts: dict[str, _Convert] = {}
        for name, (parameter, fixed) in binds.items():
            convert = parameter.type.dialect_impl(dialect).bind_processor(dialect)
            if not parameter.required:
                self._fixed[name] = fixed if convert is None or fixed is None else convert(fixed)
            elif convert is not None:
                converts[name] = convert
        self._convert: _Converts = [(place, converts[name]) for place, name in enumerate(self._order) if name in converts]
        self._columns = list(statement.selected_columns) if isinstance(statement, Select) else []
        self._dialect = dialect
        self._keys = [str(column.key) for column in self._columns]
        self._read: _Converts | None = None

    def filled(self, values: Row) -> Any:
        """The parameters as the driver takes them. Raises KeyError for a value that is missing."""
        given = {**values, **self._fixed} if self._fixed else values
        filled = _converted([given[name] for name in self._order], self._convert)
        return dict(zip(self._order, filled, strict=True)) if self._named else filled

    def found(self, cursor: Any) -> list[dict[str, Any]]:
        """What a cursor has found, by the names of the columns."""
        if self._read is None:
            self._read = self._converts(cursor.description)
        return [dict(zip(self._keys, _converted(list(row), self._read), strict=True)) for row in cursor.fetchall()]

    def _converts(self, description: Sequence[Sequence[Any]]) -> _Converts:
        """How the values of the columns are read, which may go by the type that the driver names."""
        types = (column.type.dialect_impl(self._dialect) for column in self._columns)
        converts = [type_.result_processor(self._dialect, field[1]) for type_, field in zip(types, description, strict=True)]
        return [(place, convert) for place, convert in enumerate(converts) if convert is not None]


def _converted(values: list[Any], converts: _Converts) -> list[Any]:
    for place, convert in converts:
        value = values[place]
        if value is not None:
            values[place] = convert(value)
    return values


class Line:
    """The driver's end of a connection, and who listens there when it is opened. One serves a unit of work throughout."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.dialect = connection, connection.dialect
        self._cursor = connection.connection.cursor()
        self._listeners = tuple(iter(connection.dispatch.before_cursor_execute))  # iter: how many there are takes longer to find out

    def close(self) -> None:
        """Let go of the driver: a statement that nobody ends would keep the database open.

        A signal amid a statement makes SQLAlchemy close the driver's connection first; what the signal raised goes on.
        """
        with suppress(self.dialect.loaded_dbapi.Error):
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
            if gone:
                self.connection.invalidate(error)
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
        return text.found(line.say(text.sql, text.filled(values)))


def one_of(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """What ``column.in_(values)`` asks, as SQL that does not have to be made anew each time."""
    return or_(false(), *(column == value for value in values))
