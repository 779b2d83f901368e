"""What each kind of work item means. An item is carried out and marked in one unit of work: its effect happens exactly once."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from bpm import definitions, escalation, incidents, instances, notices, org, suspension, work_items
from bpm.access import SYSTEM
from bpm.definitions import starting
from bpm.errors import N_, BatonError
from bpm.messages import Message
from bpm.models.work_item import WorkItem

NOT_BEGUN = N_("“{flow}” was to begin by itself and could not. {problem}")

Handler = Callable[[Session, WorkItem, datetime], None]

OUTSIDE = frozenset({"call", "notice"})
"""Kinds that call the outside: they are carried out in three parts by ``caller``."""


def fire_timer(session: Session, item: WorkItem, now: datetime) -> None:
    """A drawn timer is due."""
    if item.instance_id is not None:
        instances.fire_timer(session, item.instance_id, item.payload["token_id"], item.payload["element_id"], now)


def deliver(session: Session, item: WorkItem, now: datetime) -> None:
    """A message or a signal that had to wait goes to its instance, and to no other."""
    payload = item.payload
    if item.instance_id is not None and "signal" in payload:
        instances.signal_to(session, item.instance_id, payload["signal"], payload["payload"], now)
    elif item.instance_id is not None:
        instances.deliver_to(session, item.instance_id, Message(**payload), now)


def throw(session: Session, item: WorkItem, now: datetime) -> None:
    """A message or a signal that an instance threw goes to whoever waits for it."""
    payload = item.payload
    if "signal" in payload:
        instances.signal(session, payload["signal"], payload["payload"], now, sender=UUID(payload["sender"]))
    else:
        instances.deliver(session, payload["name"], payload["correlation"], payload["payload"], now)


def start(session: Session, item: WorkItem, now: datetime) -> None:
    """The hour of a process has come: it is to begin, and its next hour is asked for whatever becomes of that."""
    definition = definitions.get(session, UUID(item.payload["definition_id"]))
    if definition.state == "published":
        element_id = item.payload["element_id"]
        work_items.enqueue(session, "begin", f"begin:{definition.id}:{element_id}:{item.due_at.isoformat()}", item.payload, now, now)
        starting.arm(session, definition, now, after=element_id)


def begin(session: Session, item: WorkItem, now: datetime) -> None:
    """A process begins, if that version is still in use."""
    definition = definitions.get(session, UUID(item.payload["definition_id"]))
    if definition.state == "published":
        instances.start(session, definition.key, {}, SYSTEM, now, element_id=item.payload["element_id"])


def give_up(session: Session, item: WorkItem, error: BatonError | None, now: datetime) -> None:
    """After the last try an incident stands; of a process that has not begun, at which none can stand, those hear who draw and run it.

    ``error``: of ours, else a fault of Baton itself.
    """
    if item.kind != "begin":
        incidents.of_work(session, item, error, {}, now)
        return
    version = definitions.get(session, UUID(item.payload["definition_id"]))
    sentence, facts = (incidents.OWN_FAULT, {}) if error is None else (error.sentence, error.facts)
    told = {
        "flow": notices.in_each_language(partial(definitions.text, session, version.id, version.name)),
        "problem": notices.in_each_language(lambda language: notices.in_language(sentence, language).format(**facts)),
    }
    notices.tell(session, org.players(session, ("ADMIN", "ANALYST")), "incident", NOT_BEGUN, told, now=now)


HANDLERS: dict[str, Handler] = {
    "start": start,
    "begin": begin,
    "timer": fire_timer,
    "deliver": deliver,
    "throw": throw,
    "rung": escalation.ring,
    "statutory": escalation.statutory,
    "wake": suspension.wake,
}
