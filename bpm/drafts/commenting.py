"""Comments on a draft and on its elements. Who is named with @ is told."""

import re
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import notices, org, people
from bpm.access import Actor
from bpm.drafts import reading
from bpm.errors import N_, InvalidError, NotFoundError
from bpm.models.draft import Draft, DraftComment
from bpm.models.ids import row_id
from bpm.models.org import User

LONGEST_TEXT = 4_000  # characters
MOST_COMMENTS = 1_000
_MENTION = re.compile(r"@([A-Za-z0-9][A-Za-z0-9._-]{0,99})")
_QUOTED = 120  # characters of a comment in a notice
_MOST_TOLD = 20


class CommentError(InvalidError):
    """A comment says something, and not too much."""

    code = "comment"
    sentence = N_("Write a comment of at most {longest} characters; a draft has at most {most} of them.")


class CommentNotFoundError(NotFoundError):
    """The draft has no such comment."""

    code = "comment-not-found"
    sentence = N_("This comment is not there any more.")


def comments(session: Session, draft: Draft) -> list[DraftComment]:
    """What was said about a draft, the oldest first."""
    query = select(DraftComment).where(DraftComment.draft_id == draft.id)
    return list(session.scalars(query.order_by(DraftComment.created_at, DraftComment.id)))


def comment(session: Session, draft_id: UUID, actor: Actor, text: str, now: datetime, place: tuple[str | None, str | None]) -> DraftComment:
    """Say something about a draft, or about an element of a file (``place``: file, element).

    Raises ForbiddenError, DraftNotFoundError, CommentError.
    """
    draft = reading.get(session, draft_id, actor)
    said = text.replace("\0", "").strip()
    if not said or len(said) > LONGEST_TEXT or len(comments(session, draft)) >= MOST_COMMENTS:
        raise CommentError(longest=LONGEST_TEXT, most=MOST_COMMENTS)
    file, element = place
    made = DraftComment(
        id=row_id(), draft_id=draft.id, file=file, element_id=element if file else None, text=said, author=actor.login, created_at=now
    )
    session.add(made)
    session.flush()
    _tell(session, draft, made, actor, now)
    return made


def resolve_comment(session: Session, draft_id: UUID, comment_id: UUID, actor: Actor, now: datetime) -> DraftComment:
    """What a comment asks for is done. Raises ForbiddenError, DraftNotFoundError, CommentNotFoundError."""
    found = _find(session, draft_id, comment_id, actor)
    found.resolved_at, found.resolved_by = now, actor.login
    return found


def reopen_comment(session: Session, draft_id: UUID, comment_id: UUID, actor: Actor) -> DraftComment:
    """It is not done after all. Raises as ``resolve_comment``."""
    found = _find(session, draft_id, comment_id, actor)
    found.resolved_at = found.resolved_by = None
    return found


def _find(session: Session, draft_id: UUID, comment_id: UUID, actor: Actor) -> DraftComment:
    draft = reading.get(session, draft_id, actor)
    found = session.get(DraftComment, comment_id)
    if found is None or found.draft_id != draft.id:
        raise CommentNotFoundError
    return found


def may_read(user: User) -> bool:
    """Tell whether drafts are open to a person."""
    return not {place.role for place in user.memberships}.isdisjoint({*reading.READERS, "ADMIN"})


def _tell(session: Session, draft: Draft, made: DraftComment, actor: Actor, now: datetime) -> None:
    """Tell those who are named; nobody hears of a draft who may not read it."""
    logins = [login.rstrip("._-") for login in dict.fromkeys(_MENTION.findall(made.text))][:_MOST_TOLD]
    named = (org.named(session, login) for login in logins if login != actor.login)
    told = [user for user in named if user is not None and user.active and may_read(user)]
    short = made.text if len(made.text) <= _QUOTED else made.text[:_QUOTED] + "…"
    who = notices.in_each_language(partial(people.name_of, session, actor.login))
    facts = {"who": who, "draft": draft.name, "text": short, "draft_id": str(draft.id)}
    notices.tell(session, told, "draft", N_("{who} asks you about “{draft}”: {text}"), facts, now=now)
