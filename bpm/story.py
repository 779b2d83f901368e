"""The story of an order: who had it when, what was said, what the system did. Read from hand-overs, contacts, pauses and the journal."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from bpm import contacts, definitions, journal, limits
from bpm.models.instance import Instance
from bpm.models.org import User
from bpm.models.task import OPEN, HandOver, Task, TaskComment
from bpm.models.work_order import WorkOrder
from bpm.workorders import CLOSED_STATES, SOLVED_ON_THE_SPOT

Group = Literal["handover", "contact", "system"]

_TOLD = frozenset(
    {
        "incident",
        "call-failed",
        "incident-retried",
        "incident-skipped",
        "incident-result",
        "moved",
        "reassigned",
        "warning",
        "tier",
        "way-missing",
        "order-suspended",
        "order-resumed",
        "number-shown",
        "instance-cancelled",
    }
)
"""What of the journal people want to read; the rest of it is for auditors."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. ``kind`` names it, ``facts`` fill its sentence; ``used`` and ``limit`` are working minutes of a step."""

    at: datetime
    group: Group
    kind: str
    who: str | None
    unit: str | None = None
    step: str | None = None
    used: float | None = None
    limit: float | None = None
    late: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the whole case: ``state`` is done or now; minutes are working minutes, of all its legs together."""

    element_id: str
    name: str
    state: Literal["done", "now"]
    used: float
    limit: float | None
    late: bool


@dataclass(frozen=True, slots=True)
class Leg:
    """What one unit did, or does, at one step: a line of the table of sub-orders."""

    unit: str
    step: str
    status: str
    who: str | None
    used: float
    limit: float | None
    late: bool


def of_order(session: Session, order: WorkOrder, now: datetime) -> list[Event]:
    """All that happened to an order, the newest first."""
    events = [*_handed(session, order), *_open(session, order, now), *_said(session, order), *_remarked(session, Task.order_id == order.id)]
    if order.instance_id is not None:
        events += _noted(session, order.instance_id)
    return _newest_first(events)


def said_about(session: Session, task: Task) -> list[Event]:
    """What people said about the case of a task, the newest first: the customer since he complained, and colleagues to each other."""
    if task.order is None:
        return _newest_first(_remarked(session, Task.id == task.id))
    said = [event for event in _said(session, task.order) if event.kind in _NEWS]
    return _newest_first([*said, *_remarked(session, Task.order_id == task.order.id)])


_NEWS = frozenset({"in-information", "in-urge", "in-reopen", "in-note", "in-rating"})


def _newest_first(events: Iterable[Event]) -> list[Event]:
    """Of what happened at one moment, the later stands above as well."""
    return sorted(events, key=lambda event: event.at)[::-1]


def was_passed_on(session: Session, order: WorkOrder) -> bool:
    """Tell whether an order that somebody meant to solve on the spot went on as one: the process did not let him decide so much."""
    if not order.on_the_spot or order.state == "DRAFT" or order.answered_at is not None or order.state in CLOSED_STATES:
        return False
    past = journal.entries(session, order.instance_id) if order.instance_id is not None else []
    return not any(entry.kind == "state" and entry.facts["state"] == SOLVED_ON_THE_SPOT for entry in past)


def steps(session: Session, order: WorkOrder, now: datetime) -> list[Step]:
    """The steps that the order has taken, in order, and those at which it stands."""
    found: dict[str, Step] = {}
    for leg in _legs(session, order):
        if leg.how == "cancelled":
            continue
        before = found.pop(leg.element_id, None)
        used = leg.net_minutes + (before.used if before else 0.0)
        late = leg.late or (before.late if before else False)
        found[leg.element_id] = Step(leg.element_id, leg.name, "done", used, leg.limit_minutes, late)
    for task in _tasks(session, order):
        used = limits.used_minutes(session, task, now)
        found.pop(task.element_id, None)
        found[task.element_id] = Step(task.element_id, task.name, "now", used, task.limit_minutes, limits.is_over(task, used))
    return list(found.values())


def units(session: Session, order: WorkOrder, now: datetime) -> list[Leg]:
    """What the units did and do among whom the order was shared out: the latest of each unit and step."""
    shared = _shared(session, order)
    rows: dict[tuple[str, str], Leg] = {}
    for leg in _legs(session, order):
        if leg.task_id in shared and leg.how != "cancelled":
            who = leg.user.login if leg.user else None
            rows[leg.unit_code, leg.name] = Leg(leg.unit_code, leg.name, leg.how, who, leg.net_minutes, leg.limit_minutes, leg.late)
    for task in _tasks(session, order):
        if task.id in shared:
            used = limits.used_minutes(session, task, now)
            who, late = task.assignee.login if task.assignee else None, limits.is_over(task, used)
            rows[task.unit_code, task.name] = Leg(task.unit_code, task.name, task.status, who, used, task.limit_minutes, late)
    return list(rows.values())


def _shared(session: Session, order: WorkOrder) -> set[UUID]:
    """The tasks of an order that stand in a process which several do."""
    version = session.scalar(select(Instance.definition_id).where(Instance.id == order.instance_id))
    if version is None:
        return set()
    processes = definitions.engine_definition(session, version).shared()
    return set(session.scalars(select(Task.id).where(Task.order_id == order.id, Task.process_id.in_(processes))))


def _legs(session: Session, order: WorkOrder) -> list[HandOver]:
    query = select(HandOver).where(HandOver.order_id == order.id).options(joinedload(HandOver.user)).order_by(HandOver.finished_at)
    return list(session.scalars(query))


def _tasks(session: Session, order: WorkOrder) -> list[Task]:
    query = (
        select(Task).where(Task.order_id == order.id, Task.status.in_(OPEN)).options(joinedload(Task.assignee), joinedload(Task.instance))
    )
    return list(session.scalars(query.order_by(Task.created_at)))


def _handed(session: Session, order: WorkOrder) -> list[Event]:
    return [
        Event(
            at=leg.finished_at,
            group="handover",
            kind=f"task-{leg.how}",
            who=leg.user.login if leg.user else None,
            unit=leg.unit_code,
            step=leg.name,
            used=leg.net_minutes,
            limit=leg.limit_minutes,
            late=leg.late,
            facts={"reason": leg.reason},
        )
        for leg in _legs(session, order)
        if leg.how != "cancelled"
    ]


def _open(session: Session, order: WorkOrder, now: datetime) -> list[Event]:
    return [
        Event(
            at=task.claimed_at or task.created_at,
            group="handover",
            kind="task-open" if task.assignee is None else "task-claimed",
            who=task.assignee.login if task.assignee else None,
            unit=task.unit_code,
            step=task.name,
            used=limits.used_minutes(session, task, now),
            limit=task.limit_minutes,
        )
        for task in _tasks(session, order)
    ]


def _said(session: Session, order: WorkOrder) -> list[Event]:
    return [
        Event(
            at=contact.at,
            group="contact",
            kind=f"{contact.direction}-{contact.kind}",
            who=contact.user.login if contact.user else ("customer" if contact.direction == "in" and contact.kind != "note" else "system"),
            facts={
                "text": contact.text,
                "words": contact.words,
                "channel": contact.channel,
                "kind": contact.kind,
                "direction": contact.direction,
            },
        )
        for contact in contacts.of_order(session, order)
    ]


def _remarked(session: Session, whose: ColumnElement[bool]) -> list[Event]:
    query = select(TaskComment, Task.name, User.login).join(Task, TaskComment.task_id == Task.id).join(User, TaskComment.user_id == User.id)
    return [
        Event(at=remark.created_at, group="contact", kind="comment", who=login, step=name, facts={"text": remark.text})
        for remark, name, login in session.execute(query.where(whose).order_by(TaskComment.created_at))
    ]


def _noted(session: Session, instance_id: UUID) -> list[Event]:
    return [
        Event(at=entry.at, group="system", kind=entry.kind, who=entry.actor, facts={**entry.facts, "element_id": entry.element_id})
        for entry in journal.entries(session, instance_id)
        if entry.kind in _TOLD
    ]
