# ruff: noqa: SLF001 (SQLAlchemy names these as private; its version is pinned, and tests/bpm/test_flushing.py watches)
"""Writes the rows of a session without SQLAlchemy's unit of work, where that has nothing to find out.

It sorts objects by their relationships anew at each flush, which takes longer than writing them. The rows that every command
touches carry their foreign keys already, set by hand, and the order of their tables is always the same.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Insert, Table, Update, bindparam, insert, update
from sqlalchemy.orm import DeclarativeBase, InstanceState, Session

_plain: dict[type[DeclarativeBase], int] = {}
"""The models whose foreign keys are set by hand, and their place in the order of writing."""


def by_hand(*models: type[DeclarativeBase]) -> None:
    """Declare models whose foreign keys are set by hand, beside the relationships, in the order in which they point to each other."""
    _plain.update({model: place for place, model in enumerate(models)})


def flush(session: Session) -> bool:
    """Write everything that is new or changed; answers False, with nothing done, where that takes SQLAlchemy's own way."""
    new, changed = list(session._new), list(session.identity_map._modified)
    if session._deleted or not all(_model(state) in _plain for state in (*new, *changed)):
        return False
    connection = session.connection()
    for model, states in groupby(sorted(new, key=_place), key=_model):
        connection.execute(_insert(model), [_row(state) for state in states])
    for (model, names), rows in groupby(_changes(sorted(changed, key=_place)), key=lambda change: change[0]):
        connection.execute(_update(model, names), [row for _, row in rows])
    session._register_persistent(set(new))
    InstanceState._commit_all_states(((state, state.dict) for state in (*new, *changed)), session.identity_map)
    return True


def _model(state: InstanceState[Any]) -> type[DeclarativeBase]:
    model: type[DeclarativeBase] = state.class_
    return model


def _place(state: InstanceState[Any]) -> tuple[int, Any]:
    """Table by table; changed rows by their keys, so that two who change the same rows do not wait for each other crosswise."""
    return _plain[_model(state)], state.key[1] if state.key else ()


def _row(state: InstanceState[Any]) -> dict[str, Any]:
    """All columns of a new row; a default is set on the object, too."""
    row = {}
    for name, default in _defaults(_model(state)):
        if name not in state.dict:
            state.dict[name] = default.arg(None) if default is not None and default.is_callable else getattr(default, "arg", None)
        row[name] = state.dict[name]
    return row


def _changes(states: Iterable[InstanceState[Any]]) -> Iterator[tuple[tuple[type[DeclarativeBase], tuple[str, ...]], dict[str, Any]]]:
    """For each changed row: its model and the changed columns, and their values with the key."""
    for state in states:
        columns, before, now = _columns(_model(state)), state.committed_state, state.dict
        names = tuple(sorted(name for name in before if name in columns and before[name] is not now[name] and before[name] != now[name]))
        if names:
            yield (_model(state), names), {name: now[name] for name in names} | {"of_key": state.key[1][0]}  # type: ignore[index]


def _table(model: type[DeclarativeBase]) -> Table:
    return cast(Table, model.__table__)


@cache
def _columns(model: type[DeclarativeBase]) -> frozenset[str]:
    return frozenset(column.key for column in _table(model).columns)


@cache
def _defaults(model: type[DeclarativeBase]) -> tuple[tuple[str, Any], ...]:
    return tuple((column.key, column.default) for column in _table(model).columns)


@cache
def _insert(model: type[DeclarativeBase]) -> Insert:
    return insert(_table(model))


@cache
def _update(model: type[DeclarativeBase], names: tuple[str, ...]) -> Update:
    table = _table(model)
    (key,) = table.primary_key.columns
    return update(table).where(key == bindparam("of_key")).values({name: bindparam(name) for name in names})
