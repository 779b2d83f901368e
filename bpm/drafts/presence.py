"""Who has a draft open. One person has the pen; others read until the pen is free or they take it over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bpm import clock, people
from bpm.access import Actor
from bpm.drafts import reading
from bpm.errors import N_, ConflictError
from bpm.models.draft import Draft, DraftReader

BEAT = timedelta(seconds=20)
"""How often an open designer says that it is there."""

GONE = 3 * BEAT
"""After how long without a word somebody is taken to have left."""


class DraftTakenError(ConflictError):
    """Somebody else has the pen, or has taken it over."""

    code = "draft-taken"
    sentence = N_("{who} is changing this draft now. Nothing of yours was saved into it: keep your work as a copy, or take over.")


@dataclass(frozen=True, slots=True)
class Present:
    """Who has a draft open at this moment: logins. ``editor`` has the pen."""

    editor: str | None
    readers: tuple[str, ...]


def beat(session: Session, draft_id: UUID, actor: Actor, *, take_over: bool = False, leave: bool = False) -> Draft:
    """Say that the actor has the draft open: the first who may draw gets the pen; ``take_over`` takes it from whoever has it.

    Raises ForbiddenError, DraftNotFoundError.
    """
    reading.get(session, draft_id, actor)
    draft, moment = reading.locked(session, draft_id), clock.wall()
    if leave:
        session.execute(delete(DraftReader).where(DraftReader.draft_id == draft.id, DraftReader.login == actor.login))
        if draft.editor == actor.login:
            draft.editor = draft.editor_seen_at = None
        return draft
    seen = session.get(DraftReader, (draft.id, actor.login))
    if seen is None:
        session.add(DraftReader(draft_id=draft.id, login=actor.login, seen_at=moment))
    else:
        seen.seen_at = moment
    if reading.may_write(draft, actor) and (take_over or _holder(draft, moment) in (None, actor.login)):
        draft.editor, draft.editor_seen_at = actor.login, moment
    session.flush()
    return draft


def present(session: Session, draft: Draft) -> Present:
    """Who has the draft open now."""
    moment = clock.wall()
    query = select(DraftReader.login).where(DraftReader.draft_id == draft.id, DraftReader.seen_at > moment - GONE)
    return Present(_holder(draft, moment), tuple(session.scalars(query.order_by(DraftReader.login))))


def take_pen(session: Session, draft: Draft, actor: Actor) -> None:
    """The actor draws on a locked draft. Raises DraftTakenError while somebody else has the pen."""
    moment = clock.wall()
    holder = _holder(draft, moment)
    if holder not in (None, actor.login):
        raise DraftTakenError(who=people.name_of(session, holder, actor.language))
    draft.editor, draft.editor_seen_at = actor.login, moment


def _holder(draft: Draft, moment: datetime) -> str | None:
    is_there = draft.editor_seen_at is not None and draft.editor_seen_at > moment - GONE
    return draft.editor if is_there else None
