"""Timers that are drawn: each is a work item, so that it survives whatever happens to the server."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import calendars, work_items
from bpm.engine.facts import TimerCleared, TimerSet
from bpm.models.instance import Instance
from bpm.models.work_item import WorkItem
from bpm.models.work_order import WorkOrder


def _key(instance_id: UUID, token_id: str, element_id: str) -> str:
    return f"timer:{instance_id}:{token_id}:{element_id}"


def set_timer(session: Session, instance: Instance, fact: TimerSet, now: datetime) -> None:
    """Wake the instance when the timer is due. One that runs in working time stands while the clock of its order stands."""
    place = fact.place
    payload = {"token_id": place.token_id, "element_id": place.element_id, "calendar": fact.calendar}
    work_items.enqueue(session, "timer", _key(instance.id, place.token_id, place.element_id), payload, fact.due, now, instance.id)
    if fact.calendar and _order_stands(session, instance):
        pause_working(session, instance.id, now)


def _order_stands(session: Session, instance: Instance) -> bool:
    return session.scalar(select(WorkOrder.paused_at).where(WorkOrder.instance_id == instance.id)) is not None


def clear(session: Session, instance: Instance, fact: TimerCleared) -> None:
    """Let the timer be."""
    work_items.cancel(session, _key(instance.id, fact.token_id, fact.element_id))


def pause_working(session: Session, instance_id: UUID, now: datetime) -> None:
    """Stop the timers that run in working time, and keep what is left of each; one that an operator's stop holds as well."""
    for item in _timers(session, instance_id, "waiting", "held"):
        if item.payload["calendar"]:
            left = calendars.get(session, item.payload["calendar"]).minutes_between(now, item.due_at)
            item.payload = {**item.payload, "left_minutes": left}
            item.state = "paused"


def resume_working(session: Session, instance_id: UUID, now: datetime) -> None:
    """Let the stopped timers run on with what was left; while an operator has stopped the instance they are held as all others are."""
    state = "held" if session.get_one(Instance, instance_id).is_stopped else "waiting"
    for item in _timers(session, instance_id, "paused"):
        if "left_minutes" in item.payload:
            payload = dict(item.payload)
            left = timedelta(minutes=payload.pop("left_minutes"))
            item.due_at = calendars.get(session, payload["calendar"]).add(now, left)
            item.payload, item.state = payload, state


def next_one(session: Session, instance_id: UUID) -> tuple[str, datetime] | None:
    """The element of the timer that is due first, and when; None where none runs."""
    first = min(_timers(session, instance_id, "waiting"), key=lambda item: item.due_at, default=None)
    return (first.payload["element_id"], first.due_at) if first else None


def _timers(session: Session, instance_id: UUID, *states: str) -> list[WorkItem]:
    query = select(WorkItem).where(WorkItem.instance_id == instance_id, WorkItem.kind == "timer", WorkItem.state.in_(states))
    return list(session.scalars(query))
