"""What happens when a limit runs out: the tier rises, the right people are told, and whatever the analyst drew to catch it runs.

Nothing here decides that something is late by the time at which it was woken: it asks the task or the order again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import assigning, clock, definitions, instances, journal, limits, notices, org, suspension, workorders
from bpm.access import SYSTEM
from bpm.errors import N_
from bpm.ladders import Rung
from bpm.models.instance import Instance
from bpm.models.org import User
from bpm.models.task import OPEN, Task
from bpm.models.work_item import WorkItem
from bpm.models.work_order import WorkOrder
from bpm.running import lock
from bpm.workorders import CLOSED_STATES

WARNING = N_("“{step}” of {number} is due soon: {minutes} min left.")
LATE = N_("“{step}” of {number} has used {percent}% of its time (tier {tier}). It is with {holder}.")
STATUTORY = N_("{number} must be answered by law until {date}. It has reached tier {tier} and cannot be put on hold any more.")

_POSTS: tuple[org.Post, ...] = get_args(org.Post)


def ring(session: Session, item: WorkItem, now: datetime) -> None:
    """A rung is due, if the task is still open and nothing has moved its time: raise the tier, tell people, throw ``tier-<n>``.

    Rungs that fell due together ring one after the other, each once in a step (reference processes, D7).
    """
    found = session.get(Task, UUID(item.payload["task_id"]))
    if found is None:
        return
    instance = lock(session, found.instance_id)
    while (task := _standing(session, found.id)) is not None:
        rung = limits.next_rung(session, task)
        if rung is None or rung.at > now:
            limits.arm_next(session, task, now)
            return
        _ring(session, instance, task, rung, now)


def _standing(session: Session, task_id: UUID) -> Task | None:
    """The task as it is now, if it is still open and its clock goes."""
    session.flush()
    task = session.scalars(select(Task).where(Task.id == task_id).execution_options(populate_existing=True)).one()
    return task if task.status in OPEN and task.paused_at is None else None


def _ring(session: Session, instance: Instance, task: Task, rung: Rung, now: datetime) -> None:
    task.rung, task.tier = rung.index + 1, max(task.tier, rung.tier)
    if task.order is not None:
        workorders.raise_tier(task.order, rung.tier)
        limits.prioritise(session, task.order, now)
    people = _people(session, rung.to, task.order, task, now)
    used = round(limits.used_minutes(session, task, now))
    limit = task.limit_minutes or 0
    told: dict[str, Any] = {"tier": rung.tier, "name": task.name, "used": used, "limit": limit, "to": [person.login for person in people]}
    journal.note(session, instance, "tier" if rung.tier else "warning", SYSTEM.login, now, task.element_id, **told)
    facts = {
        "step": _drawn(session, instance, task.name),
        "number": instance.business_key or _drawn(session, instance, definitions.settings_of(session, instance.definition_id).name),
        "minutes": max(0, round(limit - used)),
        "percent": round(100 * used / limit) if limit else 100,
        "tier": rung.tier,
        "holder": notices.in_each_language(partial(org.name_in, task.assignee or org.unit(session, task.unit_code))),
    }
    kind, text = ("tier", LATE) if rung.tier else ("warn", WARNING)
    notices.tell(session, people, kind, text, facts, now=now, order=task.order, task=task, ways=rung.how)
    payload = {"tier": rung.tier, "escalated_step": task.name, "escalated_element": task.element_id}
    instances.escalate(session, instance.id, task.token_id, f"tier-{rung.tier}", payload, now)


def _drawn(session: Session, instance: Instance, text: str) -> dict[str, str]:
    """A text of an instance's drawing in each language."""
    return notices.in_each_language(partial(definitions.text, session, instance.definition_id, text))


def statutory(session: Session, item: WorkItem, now: datetime) -> None:
    """The statutory date is near and the customer has no answer yet: the last tier, whatever else the order does.

    An order on hold goes on, except where a court has stopped the statutory clock: then this has been taken back.
    """
    order = session.get(WorkOrder, UUID(item.payload["order_id"]))
    if order is None:
        return
    instance = workorders.lock(session, order)
    if order.answered_at is not None or order.state in CLOSED_STATES:
        return
    summons = limits.summons(session, order)
    if order.statutory_due_at - summons.before > now:
        limits.arm_statutory(session, order, now)
        return
    workorders.raise_tier(order, summons.tier)
    limits.prioritise(session, order, now)
    people = _people(session, summons.to, order, None, now)
    date = order.statutory_due_at.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M")
    facts = {"number": order.number, "tier": summons.tier, "date": date}
    notices.tell(session, people, "tier", STATUTORY, facts, now=now, order=order, ways=summons.how)
    if order.state == suspension.SUSPENDED:
        suspension.resume(session, order, SYSTEM, now, "statutory")
    if instance is not None:
        told: dict[str, Any] = {"tier": summons.tier, "statutory_due_at": order.statutory_due_at, "to": [person.login for person in people]}
        journal.note(session, instance, "tier", SYSTEM.login, now, **told)
        instances.escalate(session, instance.id, None, f"tier-{summons.tier}", {"tier": summons.tier}, now)


@dataclass(frozen=True, slots=True)
class Around:
    """What the names on a rung are read by: where the work lies, who has it (None: nobody yet), and whose the order is."""

    unit: str | None = None
    role: str | None = None
    holder: User | None = None
    city: str | None = None
    first_owner: str | None = None
    kam: str | None = None


def meant(session: Session, names: Iterable[str], around: Around, now: datetime) -> list[User]:
    """Whom a rung means, each person once, with deputies in place of those who are away."""
    found = [person for name in names for person in _named(session, name, around, now)]
    return list({person.id: person for person in found}.values())


def _people(session: Session, names: Iterable[str], order: WorkOrder | None, task: Task | None, now: datetime) -> list[User]:
    return meant(session, names, _around(session, order, task), now)


def _around(session: Session, order: WorkOrder | None, task: Task | None) -> Around:
    city = assigning.city_of(session, order, task.instance.started_by if task is not None else None)
    first_owner = order.first_owner if order is not None else None
    kam = (order.customer or {}).get("kam") if order is not None else None
    if task is not None:
        return Around(task.unit_code, task.role, task.assignee, city, first_owner, kam)
    if order is None:
        return Around()
    holder = org.named(session, order.current_user) if order.current_user else None
    return Around(order.current_unit, None, holder, city, first_owner, kam)


def _named(session: Session, name: str, around: Around, now: datetime) -> list[User]:
    match name:
        case "assignee" | "handler":
            return _holders(session, around, now)
        case "first_owner":
            return _logins(session, [around.first_owner], now)
        case "kam":
            return _logins(session, [around.kam], now)
        case _ if (post := next((post for post in _POSTS if post == name), None)) is not None:
            return org.superior(session, around.unit or "", post, around.city, now)
        case _ if "@" in name:
            return org.meant(session, name, around.city)
        case _:
            return _logins(session, [name], now)


def _holders(session: Session, around: Around, now: datetime) -> list[User]:
    """Whoever has the task; while nobody has, everybody who could take it."""
    if around.holder is not None:
        return [org.available(session, around.holder, now)]
    return org.members(session, around.unit, around.role) if around.unit and around.role else []


def _logins(session: Session, logins: Iterable[str | None], now: datetime) -> list[User]:
    """The people of these logins; one that nobody has any more is passed over."""
    found = [org.named(session, login) for login in logins if login]
    return [org.available(session, person, now) for person in found if person is not None]
