"""Lists of tasks: what is in whose inbox, in the order in which it should be done.

A list is read queue by queue along one index and then merged, so that it costs the same with a thousand tasks as with a million.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from bpm import access, workorders
from bpm.access import Actor
from bpm.errors import N_, InvalidError
from bpm.models.org import User
from bpm.models.prepared import one_of
from bpm.models.rows import Rows, bring
from bpm.models.task import Task
from bpm.models.work_order import WorkOrder
from bpm.paging import Page, cursor_of, read_cursor

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


_SORTS: dict[str, tuple[Any, ...]] = {
    "priority": (Task.priority.desc(), Task.rank_at, Task.id),
    "due": (Task.rank_at, Task.id),
    "created": (Task.created_at, Task.id),
}
_SORT_COLUMNS: dict[str, tuple[str, ...]] = {
    "priority": ("priority", "rank_at", "id"),
    "due": ("rank_at", "id"),
    "created": ("created_at", "id"),
}


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
    if sort not in _SORTS:
        raise UnknownSortError
    led = tuple(access.led_units(session, actor)) if view == "led" else ()
    values = _values(filters, now) | (_after_what(sort, cursor) if cursor else {})
    query = _page(actor, view, led, filters.status, frozenset(values), sort, limit + 1)
    if query is None:
        return Page([])
    columns = _SORT_COLUMNS[sort]
    return Page.of(session.scalars(query, values).all(), limit, lambda task: cursor_of(*(getattr(task, column) for column in columns)))


@lru_cache(500)
def _page(
    actor: Actor, view: View, led: tuple[str, ...], status: str | None, given: frozenset[str], sort: str, limit: int
) -> Select[Task] | None:
    """What one page of a view asks, prepared once for each actor; ``given`` are the names of the values that narrow it."""
    narrow = [_CONDITIONS[name] for name in sorted(given & _CONDITIONS.keys())]
    if "after" in given:
        narrow.append(_AFTER[sort])
    of_order = not given.isdisjoint({"like", "level", "grade"})
    parts = [_narrowed(scope, narrow, sort, limit, of_order=of_order) for scope in _scopes(actor, view, led, status)]
    if not parts:
        return None
    ids = parts[0] if len(parts) == 1 else select(union_all(*(select(part.subquery()) for part in parts)).subquery().c.id)
    query = select(Task).where(Task.id.in_(ids)).order_by(*_SORTS[sort]).limit(limit)
    return query.options(joinedload(Task.order), _ASSIGNEE, joinedload(Task.instance))


def _scopes(actor: Actor, view: View, led: tuple[str, ...], wanted: str | None) -> list[ColumnElement[bool]]:
    """The stretches of an index that hold this view: each is one queue or one person, in one status."""
    statuses = [wanted] if wanted else ["open", "claimed", "suspended"]
    if view == "mine":
        return [and_(Task.assignee_id == actor.user_id, Task.status == status) for status in statuses]
    if view == "done":
        return [Task.completed_by_id == actor.user_id]
    if view == "unit":
        status = wanted or "open"
        nobody = Task.assignee_id.is_(None) if status == "open" else Task.assignee_id.is_not(None)
        not_excluded = or_(Task.excluded.is_(None), ~Task.excluded.contains(f" {actor.user_id} "))
        return [and_(Task.queue == queue, Task.status == status, nobody, not_excluded) for queue in actor.queues]
    if view == "led":
        return [and_(Task.unit_code == unit, Task.status == status) for unit in led for status in statuses]
    return [and_(access.visible_tasks(actor), Task.status == status) for status in statuses]


def _narrowed(scope: ColumnElement[bool], narrow: list[ColumnElement[bool]], sort: str, limit: int, *, of_order: bool) -> Select[UUID]:
    query = select(Task.id).where(scope, *narrow).order_by(*_SORTS[sort]).limit(limit)
    return query.join(WorkOrder, Task.order_id == WorkOrder.id) if of_order else query


def _values(filters: TaskFilters, now: datetime) -> dict[str, Any]:
    """What narrows a list, by the names of ``_CONDITIONS``."""
    like = f"%{filters.q[: workorders.LONGEST_SOUGHT].replace('%', '').replace('_', '')}%" if filters.q else None
    values = {
        "like": like,
        "element": filters.element_id,
        "level": filters.level,
        "grade": filters.grade,
        "late_at": now if filters.late else None,
        "due_before": now + filters.due_within if filters.due_within is not None else None,
        "instance": filters.instance_id,
    }
    found = {name: value for name, value in values.items() if value}
    return found | ({"due_from": now} if "due_before" in found else {})


_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "like": or_(
        *(c.ilike(bindparam("like")) for c in (WorkOrder.number, WorkOrder.title, WorkOrder.contact_phone, WorkOrder.contact_name))
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
}


def counts(session: Session, actor: Actor, now: datetime) -> dict[str, int]:
    """How many tasks stand in each view, counted to COUNT_LIMIT: mine, unit, led, late, soon (4 hours), suspended."""
    mine = and_(Task.assignee_id == actor.user_id, Task.status.in_(("open", "claimed")))
    views = {
        "mine": [mine],
        "unit": _scopes(actor, "unit", (), None),
        "led": _scopes(actor, "led", tuple(access.led_units(session, actor)), None),
        "late": [and_(mine, Task.due_at < now)],
        "soon": [and_(mine, Task.due_at >= now, Task.due_at < now + timedelta(hours=4))],
        "suspended": [and_(Task.assignee_id == actor.user_id, Task.status == "suspended")],
    }
    found = {}
    for name, scopes in views.items():
        parts = [select(Task.id).where(scope).limit(COUNT_LIMIT).subquery() for scope in scopes]
        rows = union_all(*(select(part) for part in parts)).limit(COUNT_LIMIT).subquery() if parts else None
        found[name] = 0 if rows is None else session.scalar(select(func.count()).select_from(rows)) or 0
    return found


def steps(session: Session, actor: Actor) -> dict[str, int]:
    """How many of the actor's own tasks stand at each step: name -> count."""
    query = select(Task.name, func.count()).where(Task.assignee_id == actor.user_id, Task.status.in_(("open", "claimed")))
    return {row[0]: row[1] for row in session.execute(query.group_by(Task.name))}


def following(session: Session, actor: Actor, instance_id: UUID) -> list[Task]:
    """The open tasks of an instance that the actor may do next: what to show after "complete"."""
    found = [task for task in _GOING_ON.all(session, instance=instance_id) if _may_do(actor, task)]
    for task in found:
        bring(session, task, "order", "assignee")
    return found


_GOING_ON = Rows(Task, Task.instance_id == bindparam("instance"), one_of(Task.status, ("open", "claimed")), order_by=_SORTS["priority"])


def _may_do(actor: Actor, task: Task) -> bool:
    return task.assignee_id == actor.user_id if task.assignee_id is not None else task.queue in actor.queues


_ASSIGNEE = joinedload(Task.assignee).lazyload(User.memberships)
"""Who holds a task, without reading what else he does."""


def first_free(session: Session, actor: Actor, now: datetime) -> UUID | None:
    """The most urgent task of the actor's queues that nobody has: what "claim the next" takes."""
    rows = page(session, actor, "unit", TaskFilters(), now, limit=1).items
    return rows[0].id if rows else None
