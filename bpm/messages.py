"""Messages: who waits for which, which came before anybody waited, and which have had their effect already."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.orm import Session

from bpm.engine.facts import MessageAwaited, SignalAwaited
from bpm.models.database import append
from bpm.models.ids import row_id
from bpm.models.instance import Instance
from bpm.models.message import KeptMessage, SeenMessage, Subscription
from bpm.models.rows import Change

KEPT_FOR = timedelta(hours=24)
"""How long a message that nobody awaits is kept for somebody who soon will."""


_OF_INSTANCE = delete(Subscription).where(Subscription.instance_id == bindparam("instance"))
_OF_TOKEN = _OF_INSTANCE.where(Subscription.token_id == bindparam("token"), Subscription.element_id == bindparam("element"))
_FORGET_ALL, _FORGET = Change(Subscription, _OF_INSTANCE), Change(Subscription, _OF_TOKEN)


def correlation_text(value: Any) -> str | None:
    """A correlation value as it is stored and compared."""
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def subscribe(session: Session, instance: Instance, fact: MessageAwaited | SignalAwaited) -> None:
    """An open step waits for this message or signal."""
    message = isinstance(fact, MessageAwaited)
    row = {
        "id": row_id(),
        "instance_id": instance.id,
        "token_id": fact.place.token_id,
        "element_id": fact.place.element_id,
        "kind": "message" if message else "signal",
        "name": fact.name,
        "correlation": correlation_text(fact.correlation) if isinstance(fact, MessageAwaited) else None,
    }
    append(session, Subscription, row)


def unsubscribe(session: Session, instance: Instance, token_id: str, element_id: str) -> None:
    """The step no longer waits."""
    _FORGET.carry_out(session, {"instance": instance.id, "token": token_id, "element": element_id})


def unsubscribe_all(session: Session, instance: Instance) -> None:
    """The instance has ended."""
    _FORGET_ALL.carry_out(session, {"instance": instance.id})


def awaiting(
    session: Session, kind: str, name: str, *, correlation: str | None = None, business_key: str | None = None
) -> list[Subscription]:
    """Who waits for this name: with this correlation (or none of its own), or in the instance of this business key."""
    query = select(Subscription).where(Subscription.kind == kind, Subscription.name == name).order_by(Subscription.instance_id)
    if kind == "message":
        if business_key is not None:
            query = query.join(Instance, Instance.id == Subscription.instance_id).where(Instance.business_key == business_key)
        else:
            query = query.where(or_(Subscription.correlation == correlation, Subscription.correlation.is_(None)))
    return list(session.scalars(query))


def keep(session: Session, name: str, correlation: str | None, payload: dict[str, Any], now: datetime) -> None:
    """Keep a message that nobody awaits yet."""
    session.add(KeptMessage(id=row_id(), name=name, correlation=correlation, payload=payload, expires_at=now + KEPT_FOR))


def kept_for(session: Session, fact: MessageAwaited, now: datetime) -> KeptMessage | None:
    """Take the oldest kept message that this step waits for."""
    query = select(KeptMessage).where(
        KeptMessage.name == fact.name, KeptMessage.correlation == correlation_text(fact.correlation), KeptMessage.expires_at > now
    )
    found = session.scalars(query.order_by(KeptMessage.expires_at).limit(1)).first()
    if found is not None:
        session.delete(found)
    return found


def seen(session: Session, message_id: str) -> list[UUID] | None:
    """The instances that a message of this id has reached already; None: it is new."""
    row = session.get(SeenMessage, message_id)
    return None if row is None else [UUID(text) for text in row.instances]


def remember(session: Session, message_id: str, instances: list[Instance], now: datetime) -> None:
    """This message has had its effect."""
    session.add(SeenMessage(id=message_id, instances=[str(instance.id) for instance in instances], at=now))
