"""Rows of tables as objects of a session, read and written by prepared statements.

A row that is read here is an object of the session like any other. What a session holds of the tables that say ``written_plainly`` is
written here too: their rows point to others only by columns that are set, so nobody has to find out what belongs before what.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, SQLColumnExpression, Table, bindparam, insert, inspect, select, update
from sqlalchemy.orm import DeclarativeBase, Mapper, Session, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_state, manager_of_class, set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from bpm.models.prepared import Prepared, Row

Model = TypeVar("Model", bound=DeclarativeBase)


# ---- reading


class Rows(Generic[Model]):
    """Rows of one table under some conditions, as objects of the session, each with what it points to by the ``joined`` relationships.

    Columns that are deferred stay so.
    """

    def __init__(
        self,
        model: type[Model],
        *conditions: ColumnElement[bool],
        order_by: Sequence[SQLColumnExpression[Any]] = (),
        limit: int | None = None,
        lock: bool = False,
        joined: Sequence[str] = (),
    ) -> None:
        mapper: Mapper[Model] = inspect(model)
        columns, found = _columns(model), mapper.local_table
        self._joined: list[tuple[str, Rows[Any], list[str]]] = []
        for name in joined:
            target = _target(model, name)
            other = inspect(target).local_table.alias(name)
            found = found.outerjoin(other, mapper.local_table.c[_references(model)[name]] == other.c.id)
            keys = [str(column.key) for column in _columns(target)]
            columns = [*columns, *(other.c[key].label(f"{name}.{key}") for key in keys)]
            self._joined.append((name, _of_id(target), keys))
        query = select(*columns).select_from(found).where(*conditions).order_by(*order_by).limit(limit)
        self._model, self._mapper, self._fresh = model, mapper, lock
        self._asked = Prepared(query.with_for_update() if lock else query)
        self._key = str(mapper.primary_key[0].key)
        read = {column.key for column in columns}
        self._not_read = [key for key in mapper.attrs.keys() if key not in read]  # noqa: SIM118 -- no dict

    def all(self, session: Session, **values: Any) -> list[Model]:
        """All of them. Under a lock they are as the database has them now, also those that the session knew."""
        write_first(session, self._model)
        return [self._object(session, row) for row in self._asked.rows(session, values)]

    def first(self, session: Session, **values: Any) -> Model | None:
        """The first of them, or None."""
        return next(iter(self.all(session, **values)), None)

    def _object(self, session: Session, row: dict[str, Any]) -> Model:
        others = [(name, rows, {key: row.pop(f"{name}.{key}") for key in keys}) for name, rows, keys in self._joined]
        held = self._own(session, row)
        for name, rows, other in others:
            set_committed_value(held, name, None if other["id"] is None else rows._object(session, other))  # noqa: SLF001 -- its own kind
        return held

    def _own(self, session: Session, row: dict[str, Any]) -> Model:
        key = self._mapper.identity_key_from_primary_key((row[self._key],))
        held: Model | None = session.identity_map.get(key)
        if held is None:
            held = new(self._model, **row)
            _hold(session, held, key)
        elif self._fresh:
            for name, value in row.items():
                set_committed_value(held, name, value)
            if self._not_read:  # of an empty list SQLAlchemy would expire all
                session.expire(held, self._not_read)
        return held


@cache
def _columns(model: Any) -> list[ColumnElement[Any]]:
    return [attribute.columns[0] for attribute in inspect(model).column_attrs if not attribute.deferred]


def bring(session: Session, row: DeclarativeBase, *relationships: str) -> None:
    """Read what a row points to, where the session does not know it, so that nothing is read one by one when it is asked for."""
    for name in relationships:
        key = vars(row)[_references(row.__class__)[name]]
        set_committed_value(row, name, None if key is None else known(session, _target(row.__class__, name), key))


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
    state = instance_state(row)
    state.key, state.session_id = key, session.hash_key
    session.identity_map.add(state)


def write_first(session: Session, model: type[DeclarativeBase]) -> None:
    """Write what the session has of this table, so that a statement past it finds it."""
    if model in session.info.get("appended", ()) or any(isinstance(row, model) for row in _waiting(session)):
        session.flush()


def _waiting(session: Session) -> Iterator[Any]:
    """What has been added or changed and is not written yet."""
    yield from session.info.get("added", ())
    yield from session.new
    if session.identity_map.check_modified():  # what has changed is looked for among all that is held
        yield from (row for row in session.dirty if instance_state(row).committed_state)


# ---- writing


class Change(Prepared):
    """A prepared UPDATE, DELETE or upsert on rows of a model, past the rows that a session holds."""

    def __init__(self, model: type[DeclarativeBase], statement: Executable) -> None:
        super().__init__(statement)
        self._model = model

    def carry_out(self, session: Session, *rows: Row) -> int:
        """Carry it out, after what was added or changed of this model here."""
        write_first(session, self._model)
        return super().carry_out(session, *rows)


def new(model: type[Model], **values: Any) -> Model:
    """A row that is to be added: as ``model(**values)``, but nobody looks at each value. What is left out gets its default."""
    made: Model = manager_of_class(model).new_instance()
    vars(made).update(values)
    return made


def add(session: Session, row: DeclarativeBase) -> None:
    """Add a row of a table that says ``written_plainly``, as ``session.add`` does, but without looking at all that it points to."""
    session.info.setdefault("added", []).append(row)


def write(session: Session) -> bool:
    """Write what is new and changed in a session, if all of it is of tables that say ``written_plainly`` and whose foreign keys are set.

    Where it is not, nothing is written and False is returned: then the session itself must find out what belongs before what.
    """
    added: list[Any] = session.info.pop("added", [])
    changed: list[Any] = list(session.dirty) if session.identity_map.check_modified() else []
    must_find_out = session.new or session.deleted or session.in_nested_transaction()
    if must_find_out or not all(_is_plain(row) for row in (*added, *changed)):
        session.add_all(added)
        return False
    for row in sorted(added, key=_place):
        _insert_object(session, row)
    for row in sorted(changed, key=_place):
        _update_object(session, row)
    return True


def _place(row: Any) -> tuple[int, UUID]:
    """In which order rows are written: whatever they point to first, and otherwise as everybody else does, so that no two wait in turn."""
    return _depth(row.__class__), vars(row).get("id") or _FIRST


_FIRST = UUID(int=0)


def _is_plain(row: Any) -> bool:
    """Tell whether a row can be written by its columns alone."""
    if not getattr(row, "written_plainly", False):
        return False
    held = vars(row)
    return all(
        held.get(name) is None or getattr(held[name], "id", None) == held.get(key) for name, key in _references(row.__class__).items()
    )


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
    make_transient_to_detached(row)
    _hold(session, row, cast("Mapper[Any]", inspect(type(row))).identity_key_from_instance(row))


def insert_rows(session: Session, model: type[DeclarativeBase], rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Add rows to a table in one statement, and return them with the defaults of what was left out."""
    fixed, made = _defaults(model)
    whole = [{**fixed, **row} for row in rows]
    for name, make in made:
        for row in whole:
            if name not in row:
                row[name] = make(None)
    _insert(model).carry_out(session, *whole)
    return whole


@cache
def _defaults(model: Any) -> tuple[dict[str, Any], list[tuple[str, Callable[[Any], Any]]]]:
    """What stands in the columns of a new row that says nothing: values, and what makes them."""
    made = [(column.key, column.default.arg) for column in model.__table__.columns if column.default and column.default.is_callable]
    fixed = {column.key: column.default.arg if column.default else None for column in model.__table__.columns}
    return {name: value for name, value in fixed.items() if name not in dict(made)}, made


@cache
def _insert(model: type[DeclarativeBase]) -> Prepared:
    table = cast("Table", model.__table__)
    return Prepared(insert(table).values({column.key: bindparam(column.key, type_=column.type) for column in table.columns}))


def _update_object(session: Session, row: DeclarativeBase) -> None:
    state = instance_state(row)
    before, now = state.committed_state, vars(row)
    names = tuple(sorted(name for name in before if name in row.__table__.columns and before[name] != now[name]))
    if names:
        [key] = cast("tuple[Any]", state.identity)  # what a savepoint undid has let go of its columns
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
