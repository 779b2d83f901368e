"""What customer and organisation said to each other about an order, and what the staff noted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm.access import Actor
from bpm.errors import N_, InvalidError
from bpm.models.ids import row_id
from bpm.models.work_order import Contact, WorkOrder

BEST = 5
"""The best that a customer can rate an answer."""

LONGEST_TEXT = 20_000
"""Characters of what is said or noted at once."""


class TextTooLongError(InvalidError):
    """More than anybody reads."""

    code = "text-too-long"
    sentence = N_("This is too long: at most {limit} characters.")


class NothingSaidError(InvalidError):
    """A message without words."""

    code = "nothing-said"
    sentence = N_("Write what you want to tell.")


def add(  # noqa: PLR0913 -- a row's columns, all named
    session: Session,
    order: WorkOrder,
    kind: str,
    text: str,
    now: datetime,
    *,
    direction: str = "in",
    channel: str = "",
    user_id: UUID | None = None,
    public: bool = True,
    words: dict[str, str] | None = None,
) -> Contact:
    """Write down that customer and organisation spoke, or (``public=False``) that the staff noted something.

    ``words`` are the text in each language, where it is one of the process. Raises TextTooLongError.
    """
    if len(text) > LONGEST_TEXT:
        raise TextTooLongError(limit=LONGEST_TEXT)
    contact = Contact(
        id=row_id(),
        order_id=order.id,
        at=now,
        direction=direction,
        channel=channel or order.channel,
        kind=kind,
        text=text,
        words=words,
        user_id=user_id,
        public=public,
    )
    session.add(contact)
    return contact


def add_rating(session: Session, order: WorkOrder, score: int, words: str, now: datetime, *, channel: str = "") -> Contact:
    """Write down how a customer rates the answer, from 1 to 5, and what he says about it. Raises TextTooLongError."""
    return add(session, order, "rating", f"{score}/{BEST}" + (f" · {words}" if words else ""), now, channel=channel)


def said(contact: Contact, language: str) -> str:
    """What was said, as a reader of this language is told of it."""
    return str((contact.words or {}).get(language, contact.text))


def note(session: Session, order: WorkOrder, text: str, actor: Actor, now: datetime) -> Contact:
    """Add a remark that only the staff can read. Raises NothingSaidError, TextTooLongError."""
    if not text.strip():
        raise NothingSaidError
    return add(session, order, "note", text, now, user_id=actor.user_id, public=False)


def of_order(session: Session, order: WorkOrder, *, public_only: bool = False) -> list[Contact]:
    """What was said and noted, oldest first."""
    query = select(Contact).where(Contact.order_id == order.id).order_by(Contact.at, Contact.id)
    return list(session.scalars(query.where(Contact.public) if public_only else query))
