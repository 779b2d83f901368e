"""Lists of tasks: what is in whose inbox, in the order in which it should be done.

A list is read queue by queue along one index and then merged, so that it costs the same with a thousand tasks as with a million.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, func, or_, select, true, union_all
from sqlalchemy.orm import Session

from bpm import access
from bpm.access import Actor
from bpm.errors import N_, InvalidError
from bpm.models.instance import Instance
from bpm.models.prepared import Prepared, one_of
from bpm.models.rows import Rows, bring
from bpm.models.task import OPEN, WORKABLE, Task
from bpm.models.work_order import WorkOrder
from bpm.paging import Page, cursor_of, pattern, read_cursor

View = Literal["mine", "unit", "led", "all", "done"]
COUNT_LIMIT = 100
"""Counts beside the views stop here and say "99+": nobody needs to count further."""


class UnknownSortError(InvalidError):
    """The list cannot be sorted by that."""

    code = "unknown-sort"
    sentence = N_("A list of tasks is sorted by priority, due time or age.")


@dataclass(frozen=True, slots=True)
class TaskFilters:
    """What a list of tasks is narrowed by; None leaves it open."""

    q: str | None = None
    status: str | None = None
    element_id: str | None = None
    level: str | None = None
    grade: str | None = None
    late: bool = False
    due_within: timedelta | None = None
    instance_id: UUID | None = None


_SORTS = {
    "priority": ("priority", "rank_at", "id"),
    "due": ("rank_at", "id"),
    "created": ("created_at", "id"),
    "closed": ("closed_at", "id"),
}
"""The columns by which a list is sorted: the highest priority and what was closed last first, of everything else the least."""

_TASK = Task.__table__.c


def _in_order(columns: Any, sort: str) -> list[Any]:
    return [columns[name].desc() if name == "priority" or sort == "closed" else columns[name] for name in _SORTS[sort]]


def page(
    session: Session,
    actor: Actor,
    view: View,
    filters: TaskFilters,
    now: datetime,
    *,
    sort: str = "priority",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Task]:
    """One page of tasks in a view. Raises UnknownSortError, CursorError."""
    if sort not in _SORTS or (sort == "closed" and view != "done"):  # what is open has no place by when it was closed
        raise UnknownSortError
    led = access.led_units(session, actor) if view == "led" else []
    narrowed = _values(filters, now) | (_after_what(sort, cursor) if cursor else {})
    looks = actor if view == "all" and not actor.is_admin else None
    rows = _page(_Whose(view, len(actor.queues), len(led), looks), filters.status, frozenset(narrowed), sort, limit + 1)
    found = rows.all(session, **_who(actor, led), **narrowed) if rows is not None else []
    columns = _SORTS[sort]
    return Page.of(found, limit, lambda task: cursor_of(*(getattr(task, column) for column in columns)))


@dataclass(frozen=True, slots=True)
class _Whose:
    """Whose tasks a view shows, as far as it makes another question: of how many queues and units, and who looks where that is the rule."""

    view: View
    queues: int
    led: int
    looks: Actor | None = None


@lru_cache(500)
def _page(whose: _Whose, status: str | None, given: frozenset[str], sort: str, limit: int) -> Rows[Task] | None:
    """What one page of a view asks, prepared once for all who ask alike; ``given`` are the names of the values that narrow it."""
    narrow = [_CONDITIONS[name] for name in sorted(given & _CONDITIONS.keys())]
    if "after" in given:
        narrow.append(_AFTER[sort])
    of_order = not given.isdisjoint({"like", "level", "grade"})
    parts = [_narrowed(scope, narrow, sort, limit, of_order=of_order) for scope in _scopes(whose, status)]
    if not parts:
        return None
    ids = select((parts[0] if len(parts) == 1 else _first(parts, sort, limit)).subquery().c.id)
    return Rows(Task, Task.id.in_(ids), order_by=_in_order(_TASK, sort), limit=limit, joined=("order", "assignee", "instance"))


def _who(actor: Actor, led: Sequence[str]) -> dict[str, Any]:
    """The values of the parameters in ``_scopes``."""
    queues = {f"queue_{n}": queue for n, queue in enumerate(actor.queues)}
    return queues | {f"led_{n}": unit for n, unit in enumerate(led)} | {"me": actor.user_id, "with_me": f"% {actor.user_id} %"}


def _scopes(whose: _Whose, wanted: str | None) -> list[ColumnElement[bool]]:
    """The stretches of an index that hold this view: each is one queue or one person, in one status."""
    statuses = [wanted] if wanted else OPEN
    if whose.view == "mine":
        return [and_(_MINE, Task.status == status) for status in statuses]
    if whose.view == "done":
        return [Task.completed_by_id == bindparam("me")]
    if whose.view == "unit":
        status = wanted or "open"
        nobody = Task.assignee_id.is_(None) if status == "open" else Task.assignee_id.is_not(None)
        not_excluded = or_(Task.excluded.is_(None), Task.excluded.not_like(bindparam("with_me")))
        queues = [Task.queue == bindparam(f"queue_{n}") for n in range(whose.queues)]
        return [and_(queue, Task.status == status, nobody, not_excluded) for queue in queues]
    if whose.view == "led":
        led: list[BindParameter[str]] = [bindparam(f"led_{n}") for n in range(whose.led)]
        units = [Task.unit_code == unit for unit in led] if len(led) <= _MOST_STRETCHES else [Task.unit_code.in_(led)]
        return [and_(unit, Task.status == status) for unit in units for status in statuses]
    visible = true() if whose.looks is None else access.visible_tasks(whose.looks)
    return [and_(visible, Task.status == status) for status in statuses]


_MINE = Task.assignee_id == bindparam("me")
_MOST_STRETCHES = 100
"""Whoever leads more units than this has them asked for together: a database joins only so many questions into one."""


def _narrowed(scope: ColumnElement[bool], narrow: list[ColumnElement[bool]], sort: str, limit: int, *, of_order: bool) -> Select[Any]:
    query = select(*(_TASK[name] for name in _SORTS[sort])).where(scope, *narrow).order_by(*_in_order(_TASK, sort)).limit(limit)
    return query.outerjoin(WorkOrder, Task.order_id == WorkOrder.id) if of_order else query


def _first(parts: Sequence[Select[Any]], sort: str, limit: int) -> Select[Any]:
    """Of all stretches together those that come first: only these are read whole, with what they point to."""
    found = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return select(found).order_by(*_in_order(found.c, sort)).limit(limit)


def _values(filters: TaskFilters, now: datetime) -> dict[str, Any]:
    """What narrows a list, by the names of ``_CONDITIONS``."""
    values = {
        "like": pattern(filters.q) if filters.q else None,
        "element": filters.element_id,
        "level": filters.level,
        "grade": filters.grade,
        "late_at": now if filters.late else None,
        "due_before": now + filters.due_within if filters.due_within is not None else None,
        "instance": filters.instance_id,
    }
    found = {name: value for name, value in values.items() if value}
    return found | ({"due_from": now} if "due_before" in found else {})


def _like(column: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.ilike(bindparam("like"))
    return found


_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "like": or_(
        *(_like(c) for c in (WorkOrder.number, WorkOrder.title, WorkOrder.contact_phone, WorkOrder.contact_name)),
        and_(
            Task.order_id.is_(None),  # a case without an order is known by its step and its key
            or_(_like(Task.name), exists().where(Instance.id == Task.instance_id, _like(Instance.business_key))),
        ),
    ),
    "element": Task.element_id == bindparam("element"),
    "level": WorkOrder.level == bindparam("level"),
    "grade": WorkOrder.grade == bindparam("grade"),
    "late_at": and_(Task.due_at < bindparam("late_at"), Task.paused_at.is_(None)),
    "due_from": Task.due_at >= bindparam("due_from"),
    "due_before": Task.due_at < bindparam("due_before"),
    "instance": Task.instance_id == bindparam("instance"),
}


def _after_what(sort: str, cursor: str) -> dict[str, Any]:
    """The row after which a page begins."""
    if sort == "priority":
        priority, at, last = read_cursor(cursor, int, datetime, UUID)
        return {"after_priority": priority, "after": at, "after_id": last}
    at, last = read_cursor(cursor, datetime, UUID)
    return {"after": at, "after_id": last}


def _later(column: Any) -> ColumnElement[bool]:
    return or_(column > bindparam("after"), and_(column == bindparam("after"), Task.id > bindparam("after_id")))


_AFTER: dict[str, ColumnElement[bool]] = {
    "priority": or_(Task.priority < bindparam("after_priority"), and_(Task.priority == bindparam("after_priority"), _later(Task.rank_at))),
    "due": _later(Task.rank_at),
    "created": _later(Task.created_at),
    "closed": or_(Task.closed_at < bindparam("after"), and_(Task.closed_at == bindparam("after"), Task.id < bindparam("after_id"))),
}


def counts(session: Session, actor: Actor, now: datetime) -> dict[str, int]:
    """How many tasks stand in each view, counted to COUNT_LIMIT: mine, unit, led, late, soon (4 hours), suspended."""
    led = access.led_units(session, actor)
    values = _who(actor, led) | {"late_at": now, "due_from": now, "due_before": now + timedelta(hours=4)}
    found = {}
    for name, rows in _counts(len(actor.queues), len(led)).items():
        found[name] = rows.rows(session, values)[0]["count"] if rows is not None else 0
    return found


@lru_cache(500)
def _counts(queues: int, led: int) -> dict[str, Prepared | None]:
    mine = and_(_MINE, one_of(Task.status, WORKABLE))
    views = {
        "mine": [mine],
        "unit": _scopes(_Whose("unit", queues, led), None),
        "led": _scopes(_Whose("led", queues, led), None),
        "late": [and_(mine, Task.due_at < bindparam("late_at"))],
        "soon": [and_(mine, _CONDITIONS["due_from"], _CONDITIONS["due_before"])],
        "suspended": [and_(_MINE, Task.status == "suspended")],
    }
    return {name: _counted(scopes) for name, scopes in views.items()}


def _counted(scopes: Sequence[ColumnElement[bool]]) -> Prepared | None:
    parts = [select(Task.id).where(scope).limit(COUNT_LIMIT).subquery() for scope in scopes]
    if not parts:
        return None
    rows = union_all(*(select(part) for part in parts)).limit(COUNT_LIMIT).subquery()
    return Prepared(select(func.count().label("count")).select_from(rows))


def following(session: Session, actor: Actor, instance_id: UUID) -> list[Task]:
    """The open tasks of an instance that the actor may do next: what to show after "complete"."""
    found = [task for task in _GOING_ON.all(session, instance=instance_id) if _may_do(actor, task)]
    for task in found:
        bring(session, task, "order", "assignee")
    return found


_GOING_ON = Rows(Task, Task.instance_id == bindparam("instance"), one_of(Task.status, WORKABLE), order_by=_in_order(_TASK, "priority"))


def _may_do(actor: Actor, task: Task) -> bool:
    if task.assignee_id is not None:
        return task.assignee_id == actor.user_id
    return task.queue in actor.queues and not task.excludes(actor.user_id)


def first_free(session: Session, actor: Actor, now: datetime) -> UUID | None:
    """The most urgent task of the actor's queues that nobody has: what "claim the next" takes."""
    rows = page(session, actor, "unit", TaskFilters(), now, limit=1).items
    return rows[0].id if rows else None
