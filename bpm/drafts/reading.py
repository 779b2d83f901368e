"""Drafts found and listed, and their files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bpm import access, paging
from bpm.access import Actor
from bpm.definitions import resources
from bpm.errors import N_, NotFoundError
from bpm.models.draft import Draft, DraftRevision, DraftStep

READERS = ("ANALYST", "CS_MANAGER", "QA")
WRITERS = ("ANALYST",)
KEPT = timedelta(days=30)
"""How long a discarded draft can be brought back."""

RUNNING = ("open", "review", "approved")
"""The states of a draft on which there is work."""


class DraftNotFoundError(NotFoundError):
    """There is no such draft."""

    code = "draft-not-found"
    sentence = N_("This draft is not there any more.")


class RevisionNotFoundError(NotFoundError):
    """The draft has no such revision, or it was saved over within minutes by the same person."""

    code = "revision-not-found"
    sentence = N_("This draft has no revision {revision}.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which drafts a list shows: those of a process, in these states."""

    key: str | None = None
    states: Sequence[str] = RUNNING


def get(session: Session, draft_id: UUID, actor: Actor) -> Draft:
    """Find a draft. Raises ForbiddenError, DraftNotFoundError."""
    access.require(actor, *READERS)
    draft = session.get(Draft, draft_id)
    if draft is None:
        raise DraftNotFoundError
    return draft


def may_write(draft: Draft, actor: Actor) -> bool:
    """Tell whether the actor may draw on a draft, as far as nobody else has the pen."""
    return draft.state in RUNNING and actor.plays(WRITERS)


def locked(session: Session, draft_id: UUID) -> Draft:
    """A draft that is to be changed, read fresh; whoever else wants to waits. Raises DraftNotFoundError."""
    draft = session.get(Draft, draft_id, with_for_update=True, populate_existing=True)
    if draft is None:
        raise DraftNotFoundError
    return draft


def files(session: Session, draft: Draft) -> dict[str, bytes]:
    """The files of a draft by name."""
    return resources.contents(session, draft.files)


def files_at(session: Session, draft: Draft, revision: int) -> dict[str, bytes]:
    """The files of a draft as they were after a save. Raises RevisionNotFoundError."""
    return resources.contents(session, revision_of(session, draft, revision).files)


def revision_of(session: Session, draft: Draft, revision: int) -> DraftRevision:
    """One revision. Raises RevisionNotFoundError."""
    found = session.get(DraftRevision, (draft.id, revision)) if revision <= draft.revision else None
    if found is None:
        raise RevisionNotFoundError(revision=revision)
    return found


def revisions(session: Session, draft: Draft) -> list[DraftRevision]:
    """What the draft was after each save that is kept for itself, the newest first."""
    query = select(DraftRevision).where(DraftRevision.draft_id == draft.id)
    return list(session.scalars(query.order_by(DraftRevision.revision.desc())))


def steps(session: Session, draft: Draft) -> list[DraftStep]:
    """What was decided about a draft, the oldest first."""
    return list(session.scalars(select(DraftStep).where(DraftStep.draft_id == draft.id).order_by(DraftStep.at, DraftStep.id)))


def page(
    session: Session, wanted: Wanted, actor: Actor, now: datetime, *, cursor: str | None = None, limit: int = 50
) -> paging.Page[Draft]:
    """Drafts, the one saved last first. Of discarded ones only those that can still be brought back. Raises ForbiddenError, CursorError."""
    access.require(actor, *READERS)
    query = select(Draft).where(Draft.state.in_(wanted.states), or_(Draft.discarded_at.is_(None), Draft.discarded_at > now - KEPT))
    if wanted.key is not None:
        query = query.where(Draft.key == wanted.key)
    if cursor:
        moment, id_ = paging.read_cursor(cursor, datetime, UUID)
        query = query.where((Draft.saved_at < moment) | ((Draft.saved_at == moment) & (Draft.id < id_)))
    rows = session.scalars(query.order_by(Draft.saved_at.desc(), Draft.id.desc()).limit(limit + 1)).all()
    return paging.Page.of(rows, limit, lambda row: paging.cursor_of(row.saved_at, row.id))


def running_of(session: Session, key: str) -> Draft | None:
    """The draft of a process on which there is work, the one saved last."""
    query = select(Draft).where(Draft.key == key, Draft.state.in_(RUNNING)).order_by(Draft.saved_at.desc(), Draft.id.desc())
    return session.scalar(query.limit(1))
