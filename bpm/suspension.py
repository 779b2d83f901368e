"""Putting an order on hold and letting it go on: the clocks that stand, the people who are told, the day on which it wakes."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bpm import clock, holds, journal, limits, notices, order_messages, org, timers, work_items, workorders
from bpm.access import SYSTEM, Actor
from bpm.errors import N_, ConflictError, ForbiddenError
from bpm.models.ids import row_id
from bpm.models.work_item import WorkItem
from bpm.models.work_order import Pause, WorkOrder
from bpm.workorders import CLOSED_STATES

LAST_TIER = 4
"""From this tier on an order goes on, whatever anybody waits for (reference processes, D7)."""

SUSPENDED = "SUSPENDED"
REASONS = {
    "WAIT_CUSTOMER": N_("Waiting for the customer"),
    "CUSTOMER_APPOINTMENT": N_("Appointment with the customer"),
    "WAIT_THIRD_PARTY": N_("Waiting for a third party"),
    "WAIT_PARTS": N_("Waiting for parts"),
    "WAIT_PLANNED_WORK": N_("Waiting for planned work"),
    "COURT_OR_REGULATOR": N_("Court or regulator"),
}
"""What people here wait for, and the words for it."""

ON_HOLD = N_("{by} has put {number} on hold until {until} ({reason}).")
ON_HOLD_OPEN = N_("{by} has put {number} on hold ({reason}).")

_LEADING = frozenset({"SECTION_HEAD", "DEPT_HEAD", "CS_MANAGER", "VP", "DISPATCHER"})


class AlreadySuspendedError(ConflictError):
    """One pause at a time."""

    code = "order-suspended-already"
    sentence = N_("This order is on hold already. Resume it first.")


class NotSuspendedError(ConflictError):
    """There is nothing to resume."""

    code = "order-not-suspended"
    sentence = N_("This order is not on hold.")


class NothingToSuspendError(ConflictError):
    """A closed order has no clock that could stand."""

    code = "order-closed"
    sentence = N_("This order is closed; it cannot be put on hold.")


class NotYoursError(ForbiddenError):
    """Somebody else works on this order."""

    code = "order-not-yours"
    sentence = N_("Only those who work on this order, and their heads, may put it on hold or let it go on.")


class LastTierError(ConflictError):
    """The order has waited long enough."""

    code = "order-at-last-tier"
    sentence = N_("This order has reached tier {tier}. It cannot be put on hold any more.")


def suspend(
    session: Session, order: WorkOrder, reason: str, until: datetime | None, note: str | None, actor: Actor, now: datetime
) -> Pause:
    """Put an order on hold until a day: its tasks and clocks stand, and what is drawn for it runs.

    Without ``until`` it wakes when the reason's longest time is over. Raises NotYoursError, NothingToSuspendError, AlreadySuspendedError,
    LastTierError, and what ``holds.agree`` raises.
    """
    instance = workorders.lock(session, order)
    _require_hand_in(session, order, actor)
    _require_suspendable(order)
    rule = holds.rule_of(session, order, reason, now)
    until, approved_by = holds.agree(session, order, reason, rule, until, actor, now)
    pause = Pause(
        id=row_id(),
        order_id=order.id,
        reason=reason,
        note=note,
        since=now,
        until=until,
        stops_statutory=rule.stops_statutory,
        by=actor.login,
        approved_by=approved_by,
    )
    session.add(pause)
    order.state_before, order.state = order.state, SUSPENDED
    order.suspend_reason, order.suspended_until = reason, until
    _stop(session, order, rule, now)
    if until is not None:
        payload = {"order_id": str(order.id), "pause_id": str(pause.id)}
        work_items.enqueue(session, "wake", _wake_key(pause), payload, until, now, order.instance_id)
    if instance is not None:
        journal.note(session, instance, "order-suspended", actor.login, now, reason=reason, until=until, note=note, approved_by=approved_by)
    _tell(session, order, rule, pause, actor, now)
    return pause


def resume(session: Session, order: WorkOrder, actor: Actor, now: datetime, why: str = "resumed") -> None:
    """Let an order go on: due times move by the working minutes that it stood. Raises NotSuspendedError, NotYoursError.

    ``why`` is for the journal: resumed, woken, information, statutory.
    """
    workorders.lock(session, order)
    if order.state != SUSPENDED:
        raise NotSuspendedError
    if why == "resumed":
        _require_hand_in(session, order, actor)
    end(session, order, actor, now, why)
    order_messages.deliver(session, order, "resumed", {"resumed_because": why}, actor, now)


def wake(session: Session, item: WorkItem, now: datetime) -> None:
    """The promised day has come, if the order is still on hold for the same reason and nobody has moved the day."""
    order = session.get(WorkOrder, UUID(item.payload["order_id"]))
    if order is None:
        return
    workorders.lock(session, order)
    pause = limits.running_pause(session, order)
    if order.state != SUSPENDED or pause is None or str(pause.id) != item.payload["pause_id"]:
        return
    if order.suspended_until is not None and order.suspended_until > now:
        work_items.enqueue(session, "wake", item.key, item.payload, order.suspended_until, now, order.instance_id)
        return
    resume(session, order, SYSTEM, now, "woken")


def end(session: Session, order: WorkOrder, actor: Actor, now: datetime, why: str) -> None:
    """Take an order off hold without telling its process; one that is not on hold is left as it is. The order is locked already."""
    pause = limits.running_pause(session, order)
    if order.state != SUSPENDED or pause is None:
        return
    now = max(now, pause.since)  # a machine's clock may be put back: no hold is shorter than nothing
    order.state = order.state_before or order.state
    workorders.end_hold(session, order, pause, actor, why, now)
    if pause.stops_statutory and order.answered_at is None:
        order.statutory_due_at += now - pause.since
        limits.arm_statutory(session, order, now)
    work_items.cancel(session, _wake_key(pause))
    limits.prioritise(session, order, now)


# ---- may it?


def _require_hand_in(session: Session, order: WorkOrder, actor: Actor) -> None:
    if actor.plays(_LEADING) or order.first_owner == actor.login:
        return
    tasks = workorders.open_tasks(session, order)
    if not any(task.assignee_id == actor.user_id or task.queue in actor.queues for task in tasks):
        raise NotYoursError


def _require_suspendable(order: WorkOrder) -> None:
    if order.state == SUSPENDED:
        raise AlreadySuspendedError
    if order.state in CLOSED_STATES:
        raise NothingToSuspendError
    if order.escalation_tier >= LAST_TIER:
        raise LastTierError(tier=order.escalation_tier)


# ---- the clocks


def _stop(session: Session, order: WorkOrder, rule: holds.Rule, now: datetime) -> None:
    for task in workorders.open_tasks(session, order):
        task.status_before, task.status = task.status, "suspended"
        if rule.stops_limit:
            limits.pause(session, task, now)
    if rule.stops_limit:
        limits.pause_order(order, now)
        if order.instance_id is not None:
            timers.pause_working(session, order.instance_id, now)
    if rule.stops_statutory:
        limits.clear_statutory(session, order)


def _wake_key(pause: Pause) -> str:
    return f"wake:{pause.id}"


def _tell(session: Session, order: WorkOrder, rule: holds.Rule, pause: Pause, actor: Actor, now: datetime) -> None:
    """What is drawn for a hold runs; where nothing is, the customer is told when it touches him. The section head is told always."""
    until = pause.until.isoformat() if pause.until else None
    payload = {
        "suspend_reason": pause.reason,
        "suspend_note": pause.note,
        "suspended_until": until,
        "touches_customer": rule.touches_customer,
    }
    if not order_messages.deliver(session, order, "suspended", payload, actor, now) and rule.touches_customer:
        notices.tell_customer(session, order, "suspended", {"suspend_note": pause.note}, now)
    if order.current_unit is not None:
        heads = org.superior(session, order.current_unit, "section_head", order.city, now)
        others = [head for head in heads if head.login != actor.login]
        notices.tell(
            session, others, "suspended", ON_HOLD if pause.until else ON_HOLD_OPEN, _facts(order, pause, actor), now=now, order=order
        )


def _facts(order: WorkOrder, pause: Pause, actor: Actor) -> dict[str, Any]:
    """What fills the sentence of a hold."""
    return {
        "number": order.number,
        "by": {"zh": actor.name, "en": actor.name_en},
        "reason": notices.in_each_language(partial(notices.in_language, REASONS.get(pause.reason, pause.reason))),
        "until": pause.until.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M") if pause.until else "",
    }
