"""Connector calls that a process has asked for: each is a work item whose key the outside sees as idempotency key."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bpm import work_items
from bpm.engine.facts import CallDropped, CallRequested
from bpm.models.instance import Instance


def key(instance_id: UUID, token_id: str) -> str:
    """The key of the call that this token waits for; it stays the same through every retry."""
    return f"call:{instance_id}:{token_id}"


def request(session: Session, instance: Instance, fact: CallRequested, now: datetime) -> None:
    """Have the call carried out after this transaction. Asked for again by a retry, the same row is used."""
    payload = {
        "token_id": fact.place.token_id,
        "element_id": fact.place.element_id,
        "name": fact.place.name,
        "connector": fact.connector,
        "operation": fact.operation,
        "inputs": fact.inputs,
        "tries": fact.tries,
        "on_failure": fact.on_failure,
    }
    work_items.enqueue(session, "call", key(instance.id, fact.place.token_id), payload, now, now, instance.id)


def drop(session: Session, instance: Instance, fact: CallDropped) -> None:
    """The process no longer waits for the answer."""
    work_items.cancel(session, key(instance.id, fact.token_id))
