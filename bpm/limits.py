"""Limits of tasks and orders: when they are due, what of a limit is used, and which rung of the ladder comes next.

The truth about lateness stands on the task and the order, in working time net of pauses. A rung is one work item for each task that only
wakes ``escalation``, which asks again; whatever moves the due time arms it anew.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import calendars, customers, decisions, definitions, journal, ladders, org, work_items
from bpm.engine.faults import DecisionError, StepError
from bpm.errors import N_, InvalidError
from bpm.ladders import Rung, Summons
from bpm.models.task import OPEN, Task
from bpm.models.work_order import Pause, WorkOrder
from bpm.working_time import NoWorkingTimeError, WorkingCalendar

_log = logging.getLogger(__name__)

Found = TypeVar("Found")

_WRONG_CELL = (TypeError, ValueError, OverflowError, NoWorkingTimeError)
"""What reading a table raises in which a word stands for a number, or a number that no calendar reaches."""

STATUTORY_WARNING = timedelta(hours=72)
"""How long before the statutory date the last rung rings, where no table says otherwise (reference processes, D7)."""

WARNING_PERCENT = 75.0
"""When a limit without a ladder begins to warn, in percent of the limit."""


class LimitError(InvalidError):
    """A limit must leave some time."""

    code = "limit-not-positive"
    sentence = N_("A time limit must be more than 0 minutes.")


# ---- tasks


def arm(session: Session, task: Task, now: datetime) -> None:
    """Start the clock of a task whose limit, calendar and ladder stand on it; one whose order is on hold is paused at once.

    A limit that names no calendar, or one that is not there, counts in the working time of the task's unit.
    """
    if task.calendar is not None and not calendars.is_known(session, task.calendar):
        _log.warning("instance %s: “%s” counts by the calendar “%s”, which is not there", task.instance_id, task.element_id, task.calendar)
        task.calendar = None
    if task.limit_minutes is not None and task.calendar is None:
        task.calendar = org.calendar_of(session, task.unit_code)
    if task.order is not None and task.order.paused_at is not None:
        task.paused_at = now
    _set_moments(session, task, now)


def clear(session: Session, task: Task) -> None:
    """Let the ladder of a task be: it is closed."""
    if task.ladder is not None:
        work_items.cancel(session, _rung_key(task))


def pause(session: Session, task: Task, now: datetime) -> None:
    """Stop the clock of a task. One that stands already goes on standing."""
    if task.paused_at is None:
        task.paused_at = now
        clear(session, task)


def resume(session: Session, task: Task, now: datetime) -> None:
    """Let the clock of a task go on: its due time has moved by the working minutes that it stood."""
    if task.paused_at is not None:
        task.paused_minutes += calendars.get(session, task.calendar).minutes_between(task.paused_at, now)
        task.paused_at = None
        _set_moments(session, task, now)


def change(session: Session, task: Task, minutes: float, now: datetime) -> None:
    """Give a task another limit, counted from when it came. Rungs that have rung do not ring again. Raises LimitError."""
    if minutes <= 0:
        raise LimitError
    task.limit_minutes = minutes
    _set_moments(session, task, now)


def used_minutes(session: Session, task: Task, now: datetime) -> float:
    """Working minutes since the task came, without those for which its clock stood."""
    until = task.paused_at or task.closed_at or now
    passed = calendars.get(session, task.calendar).minutes_between(task.created_at, until)
    return max(0.0, passed - task.paused_minutes)


def is_over(task: Task, used: float) -> bool:
    """Tell whether so many working minutes are more than a task's limit."""
    return task.limit_minutes is not None and used > task.limit_minutes


def ladder(session: Session, task: Task) -> list[Rung]:
    """The rungs of a task in the order in which they ring; none without a limit, or without a ladder that can be asked."""
    try:
        return _rungs(session, task)
    except StepError:
        return []


def next_rung(session: Session, task: Task) -> Rung | None:
    """The rung of a task that rings next; None when the last has rung."""
    return _next(task, ladder(session, task))


def arm_next(session: Session, task: Task, now: datetime) -> None:
    """Ask to be woken at the next rung, in place of whatever was asked before."""
    _arm(session, task, ladder(session, task), now)


def pass_rung(session: Session, task: Task, index: int, now: datetime) -> None:
    """Let a rung be that could not ring, and wait for the one after it."""
    task.rung = max(task.rung, index + 1)
    arm_next(session, task, now)


def _arm(session: Session, task: Task, rungs: Sequence[Rung], now: datetime) -> None:
    """A task that stands, or is closed, is not woken; one whose instance an operator has stopped, when it goes on."""
    rung = _next(task, rungs) if task.paused_at is None and task.status in OPEN else None
    if rung is not None:
        payload = {"task_id": str(task.id), "rung": rung.index}
        work_items.enqueue(session, "rung", _rung_key(task), payload, rung.at, now, task.instance_id)
        if task.instance.is_stopped:
            work_items.hold_all(session, task.instance_id)
    else:
        clear(session, task)


def _next(task: Task, rungs: Sequence[Rung]) -> Rung | None:
    return rungs[task.rung] if task.rung < len(rungs) else None


def _rung_key(task: Task) -> str:
    return f"rung:{task.id}"


def _set_moments(session: Session, task: Task, now: datetime) -> None:
    """Work out by when the task warns and is due, and arm its ladder. A table that cannot be asked holds nobody's work up."""
    if task.limit_minutes is None:
        return
    calendar = calendars.get(session, task.calendar)
    rungs: list[Rung] = []
    try:
        rungs = _rungs(session, task)
    except StepError as error:
        journal.note(session, task.instance, "ladder-failed", "system", now, task.element_id, table=task.ladder, message=str(error))
    warning = next((rung.at for rung in rungs if rung.tier == 0), None)
    task.warn_at = warning or _moment(calendar, task, task.limit_minutes * WARNING_PERCENT / 100)
    task.due_at = _moment(calendar, task, task.limit_minutes)
    _arm(session, task, rungs, now)


def _rungs(session: Session, task: Task) -> list[Rung]:
    if task.limit_minutes is None or task.ladder is None:
        return []
    calendar = calendars.get(session, task.calendar)
    known = decisions.facts_of(session, task.order, None) if task.order is not None else {}
    facts = {**known, "limit_minutes": task.limit_minutes, "element_id": task.element_id, "role": task.role}
    found = definitions.engine_definition(session, task.instance.definition_id).decide(task.ladder, facts).result
    try:
        return ladders.rungs_of(found, task.limit_minutes, lambda used: _moment(calendar, task, used))
    except _WRONG_CELL as error:
        raise DecisionError(
            N_("In the table “{decision}” nobody can count with {found}."), decision=task.ladder, found=str(error)
        ) from None


def _moment(calendar: WorkingCalendar, task: Task, used: float) -> datetime:
    """When so many minutes of the task are used, if its clock does not stand again."""
    return calendar.add(task.created_at, timedelta(minutes=used + task.paused_minutes))


# ---- orders


def arm_order(session: Session, order: WorkOrder, counted_by: str | None) -> None:
    """Work out by when an order must be answered: from when it came, less its pauses, and never later than was promised before.

    ``counted_by``: the calendar in whose working time its pauses were counted.
    """
    if order.total_minutes is None:
        return
    calendar = calendars.get(session, order.calendar)
    if order.calendar != counted_by:
        order.paused_minutes = sum(calendar.minutes_between(*stretch) for stretch in _left_out(session, order))
    due = calendar.add(order.created_at, timedelta(minutes=order.total_minutes + order.paused_minutes))
    order.due_at = due if order.due_at is None else min(order.due_at, due)


def _left_out(session: Session, order: WorkOrder) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of time that do not count against an order, each moment once: it may be closed behind a hold."""
    stood = select(Pause).where(Pause.order_id == order.id, Pause.minutes.is_not(None)).order_by(Pause.since)
    until = order.created_at
    for pause in session.scalars(stood):
        if pause.ended_at is not None and pause.ended_at > until:
            yield max(pause.since, until), pause.ended_at
            until = pause.ended_at


def running_pause(session: Session, order: WorkOrder) -> Pause | None:
    """The hold that has not ended."""
    query = select(Pause).where(Pause.order_id == order.id, Pause.ended_at.is_(None)).order_by(Pause.since.desc())
    return session.scalars(query).first()


def pause_order(order: WorkOrder, now: datetime) -> None:
    """Stop the order's own clock; the statutory one goes on."""
    order.paused_at = order.paused_at or now


def resume_order(session: Session, order: WorkOrder, now: datetime) -> float | None:
    """Let the order's clock go on, later by the working minutes that it stood, and return these.

    It stood until the customer had his answer: what comes after that counts against nobody anyhow. None: it did not stand.
    """
    since, order.paused_at = order.paused_at, None
    if since is None or (order.answered_at is not None and order.answered_at <= since):
        return None
    return set_back(session, order, since, min(now, order.answered_at or now))


def set_back(session: Session, order: WorkOrder, since: datetime, until: datetime) -> float:
    """Do not count a stretch of time against the order: its due time moves by the working minutes in it, which are returned.

    A machine's clock may be put back meanwhile: then nothing has passed.
    """
    calendar = calendars.get(session, order.calendar)
    minutes = calendar.minutes_between(since, max(since, until))
    order.paused_minutes += minutes
    if order.due_at is not None:
        order.due_at = calendar.add(order.due_at, timedelta(minutes=minutes))
    return minutes


def leave_out(session: Session, order: WorkOrder, since: datetime, by: str, now: datetime) -> None:
    """Do not count the time during which the case was thought to be over: a pause that can be read afterwards."""
    minutes = set_back(session, order, since, now)
    session.add(Pause(order_id=order.id, reason="CLOSED", since=since, until=None, ended_at=now, minutes=minutes, by=by))


def arm_statutory(session: Session, order: WorkOrder, now: datetime) -> None:
    """Ask to be woken before the statutory date. That clock goes on whatever the order does, until the customer has an answer."""
    due = order.statutory_due_at - summons(session, order).before
    work_items.enqueue(session, "statutory", _statutory_key(order), {"order_id": str(order.id)}, due, now)


def clear_statutory(session: Session, order: WorkOrder) -> None:
    """The customer has an answer, or a court has stopped the clock."""
    work_items.cancel(session, _statutory_key(order))


def statutory_stands_since(session: Session, order: WorkOrder) -> datetime | None:
    """Since when the statutory clock stands, because a hold has stopped it; None while it goes."""
    pause = running_pause(session, order) if order.state == "SUSPENDED" else None
    return pause.since if pause is not None and pause.stops_statutory else None


def summons(session: Session, order: WorkOrder) -> Summons:
    """The rung of the statutory date, as the ladder of the order's process says; else tier 4 and the vice president."""
    found = _read(session, order, ladders.summons_of, None)
    return found or Summons(4, STATUTORY_WARNING, ("vice_president",), ("call", "mail"))


def prioritise(session: Session, order: WorkOrder, now: datetime) -> None:
    """Work out how urgent an order and its open tasks are, and arm their ladders by what the order is now.

    The points are those of the table that the process names for ``priority`` (reference processes, D3), and those of the tiers that the
    order has reached (D7).
    """
    points = _asked(session, order, "priority", now, repeat_flag=_is_repeat(session, order))
    if isinstance(points, int | float):
        by_tier = _read(session, order, lambda found: ladders.points_of(found, order.escalation_tier), now)
        order.priority = int(points) + (by_tier or 0)
    for task in session.scalars(select(Task).where(Task.order_id == order.id, Task.status.in_(OPEN))):
        task.priority = order.priority
        if task.ladder is not None:
            _set_moments(session, task, now)


def _is_repeat(session: Session, order: WorkOrder) -> bool:
    """Tell whether the same customer has complained of the same matter shortly before."""
    query = select(WorkOrder.id).where(
        customers.orders_of(order.customer_number, order.contact_phone),
        customers.same_matter(order),
        WorkOrder.created_at.between(order.created_at - customers.REPEATED, order.created_at),
        WorkOrder.id != order.id,
    )
    return session.scalar(query.limit(1)) is not None


def _asked(session: Session, order: WorkOrder, purpose: str, now: datetime | None, **facts: Any) -> Any:
    """What a table says, or None: one that cannot be asked holds nobody's work up."""
    try:
        return decisions.ask_about(session, order, purpose, now, **facts)
    except StepError as error:
        _log.warning("order %s: the table for %s cannot be asked: %s", order.number, purpose, error)
        return None


def _read(session: Session, order: WorkOrder, read: Callable[[Any], Found], now: datetime | None) -> Found | None:
    """What the ladder of an order's process says to a reader, or None: a wrong cell holds nobody's work up either."""
    try:
        return read(_asked(session, order, "ladder", now))
    except _WRONG_CELL as error:
        _log.warning("order %s: nobody can count with a cell of the ladder: %s", order.number, error)
        return None


def _statutory_key(order: WorkOrder) -> str:
    return f"statutory:{order.id}"
