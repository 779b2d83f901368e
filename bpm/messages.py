"""Messages: who waits for which, which came before anybody waited, and which have had their effect already."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import and_, bindparam, delete, or_, select, text, true
from sqlalchemy.orm import Session

from bpm import work_items
from bpm.engine.facts import MessageAwaited, MessageSent, SignalAwaited, SignalThrown
from bpm.models.database import append, insert_new
from bpm.models.ids import row_id
from bpm.models.instance import Instance
from bpm.models.message import KeptMessage, SeenMessage, Subscription
from bpm.models.rows import Change

KEPT_FOR = timedelta(hours=24)
"""How long a message that nobody awaits is kept for somebody who soon will."""


_OF_INSTANCE = delete(Subscription).where(Subscription.instance_id == bindparam("instance"))
_OF_TOKEN = _OF_INSTANCE.where(Subscription.token_id == bindparam("token"), Subscription.element_id == bindparam("element"))
_FORGET_ALL, _FORGET = Change(Subscription, _OF_INSTANCE), Change(Subscription, _OF_TOKEN)


@dataclass(frozen=True, slots=True)
class Message:
    """A message on its way. ``business_key``: of the one instance it is for; ``kept``: it came before anybody waited for it."""

    name: str
    correlation: str | None
    payload: dict[str, Any]
    business_key: str | None = None
    kept: bool = False


LONGEST_KEY = 200
"""Characters of a correlation as it is written down: an index of PostgreSQL holds no text of some thousand."""


def correlation_text(value: Any) -> str | None:
    """A correlation value as it is stored and compared: 5 and 5.0 are one key, and a long text is known by its digest."""
    if value is None:
        return None
    number = isinstance(value, float) and value.is_integer()
    plain = int(value) if number else value
    written = plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return written if len(written) <= LONGEST_KEY else hashlib.sha256(written.encode()).hexdigest()


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
    session: Session,
    kind: str,
    name: str,
    *,
    correlation: str | None = None,
    business_key: str | None = None,
    instance_id: UUID | None = None,
) -> list[Subscription]:
    """Who waits for this name: with this correlation (or none of its own), or in the instance of this id or business key."""
    query = (
        select(Subscription)
        .where(Subscription.kind == kind, Subscription.name == name)
        .order_by(Subscription.instance_id, Subscription.correlation.is_(None), Subscription.id)
    )
    if instance_id is not None:
        query = query.where(Subscription.instance_id == instance_id)
    if business_key is not None:
        query = query.join(Instance, Instance.id == Subscription.instance_id).where(Instance.business_key == business_key)
    elif kind == "message":
        query = query.where(or_(Subscription.correlation == correlation, Subscription.correlation.is_(None)))
    return list(session.scalars(query))


def hold_waiting(session: Session) -> None:
    """Let nobody begin to wait until this unit of work ends; whoever is just beginning to is waited for.

    Else a message could be kept and its receiver begin to wait at the same moment, and neither see the other. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE subscription IN SHARE MODE"))


def post(session: Session, message: Message, now: datetime, instance_id: UUID) -> None:
    """Have a message delivered to an instance and to no other, at once, in a unit of work of its own."""
    work_items.enqueue(session, "deliver", f"message:{uuid4()}", asdict(message), now, now, instance_id)


def throw(session: Session, instance: Instance, fact: MessageSent | SignalThrown, now: datetime) -> None:
    """Have what an instance threw reach whoever waits for it, in a unit of work of its own. Should that fail, the instance will show it."""
    thrown = {"signal": fact.name} if isinstance(fact, SignalThrown) else {"name": fact.name, "correlation": fact.correlation}
    sender = {"sender": str(instance.id), "element_id": fact.element_id}
    work_items.enqueue(session, "throw", f"throw:{uuid4()}", {**thrown, "payload": fact.payload, **sender}, now, now)


def post_signal(session: Session, name: str, payload: dict[str, Any], now: datetime, instance_id: UUID) -> None:
    """Have a signal delivered to an instance and to no other, in a unit of work of its own."""
    work_items.enqueue(session, "deliver", f"signal:{uuid4()}", {"signal": name, "payload": payload}, now, now, instance_id)


def keep(session: Session, message: Message, now: datetime) -> None:
    """Keep a message that nobody awaits yet: for its correlation, or for the instance of its business key."""
    session.add(
        KeptMessage(
            id=row_id(),
            name=message.name,
            correlation=message.correlation,
            business_key=message.business_key,
            payload=message.payload,
            expires_at=now + KEPT_FOR,
        )
    )


def kept_for(session: Session, instance: Instance, fact: MessageAwaited, now: datetime) -> Message | None:
    """Take the oldest kept message that this step waits for, by the rule of ``awaiting``: a step without a key takes any of its name."""
    key = correlation_text(fact.correlation)
    wanted = KeptMessage.correlation == key if key is not None else true()
    for_anybody = and_(KeptMessage.business_key.is_(None), wanted)
    for_this_one = and_(KeptMessage.business_key.is_not(None), KeptMessage.business_key == instance.business_key)
    query = select(KeptMessage).where(KeptMessage.name == fact.name, or_(for_anybody, for_this_one), KeptMessage.expires_at > now)
    found = session.scalars(query.order_by(KeptMessage.expires_at).limit(1).with_for_update(skip_locked=True)).first()
    if found is None:
        return None
    session.delete(found)
    return Message(found.name, found.correlation, found.payload, found.business_key, kept=True)


def seen(session: Session, message_id: str, now: datetime) -> list[UUID] | None:
    """The instances that a message of this id has reached already; None: it is new, and known from now on.

    Whoever brings it at the same moment waits in the database for this unit of work.
    """
    if insert_new(session, SeenMessage, id=message_id, instances=[], at=now):
        return None
    return [UUID(reached) for reached in session.get_one(SeenMessage, message_id).instances]


def remember(session: Session, message_id: str, instances: list[Instance]) -> None:
    """Write down whom this message has reached."""
    session.get_one(SeenMessage, message_id).instances = [str(instance.id) for instance in instances]
