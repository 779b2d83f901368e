"""From draft to version: looked at by a second person, published with a note; or put aside, and brought back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bpm import access, definitions, notices, org, people, scenarios
from bpm.access import Actor
from bpm.connecting import Registry
from bpm.definitions.sorting import newest
from bpm.drafts import commenting, reading, saving
from bpm.errors import N_, ConflictError, Finding, InvalidError, RefusedError
from bpm.models.definition import Definition
from bpm.models.draft import Draft, DraftComment, DraftReader, DraftRevision, DraftStep
from bpm.models.ids import row_id
from bpm.models.org import User

LONGEST_NOTE = 2_000  # characters


class NotInReviewError(ConflictError):
    """Nobody has asked for this draft to be looked at, or it was sent back meanwhile."""

    code = "not-in-review"
    sentence = N_("This draft does not wait for a review.")


class OwnWorkError(ConflictError):
    """Whoever drew a process or asked for its review does not approve it."""

    code = "own-work"
    sentence = N_("Somebody else must look at this draft: you changed it last, or asked for the review.")


class ReviewerError(InvalidError):
    """The person who is asked cannot review this draft."""

    code = "reviewer"
    sentence = N_("“{reviewer}” cannot review this draft. Ask another analyst, a customer-service manager or a quality inspector.")


class NoteError(InvalidError):
    """A note is needed, and it may not be too long."""

    code = "note"
    sentence = N_("Say in a sentence what was changed or what is to be done; at most {longest} characters.")


class NotApprovedError(ConflictError):
    """A draft is published only after a second person has approved it."""

    code = "not-approved"
    sentence = N_("A second person has to approve this draft before it is published.")


class BehindError(ConflictError):
    """Since the draft began, another version of its process came into being."""

    code = "draft-behind"
    sentence = N_("Version {version} was made after this draft began. Compare the two; publishing now would undo what is new there.")


class NotDiscardedError(ConflictError):
    """The draft was not deleted, or too long ago."""

    code = "not-discarded"
    sentence = N_("This draft cannot be brought back.")


def may_approve(session: Session, draft: Draft, actor: Actor) -> bool:
    """Tell whether the actor may approve a draft that waits for it."""
    return draft.state == "review" and actor.plays(reading.READERS) and not _is_own(session, draft, actor)


def ask_for_review(session: Session, draft_id: UUID, actor: Actor, reviewer: str | None, note: str, now: datetime) -> Draft:
    """Ask somebody, or whoever may, to look at a draft.

    Raises ForbiddenError, DraftNotFoundError, DraftClosedError, DraftTakenError, ReviewerError, NoteError.
    """
    access.require(actor, *reading.WRITERS)
    said, draft = _note(note, needed=False), saving.for_change(session, draft_id, actor)
    asked = _reviewers(session, draft, actor, reviewer)
    draft.state = "review"
    saving.mark(session, draft, "review")
    _step(session, draft, "asked", actor, now, said, reviewer)
    _tell(session, asked, draft, actor, N_("{who} asks you to look at “{draft}”. {text}"), said, now)
    return draft


def approve(session: Session, draft_id: UUID, actor: Actor, seen: int, note: str, now: datetime) -> Draft:
    """Say that a draft may be published; ``seen`` is the revision that was looked at.

    Raises ForbiddenError, DraftNotFoundError, NotInReviewError, OwnWorkError, DraftChangedError, NoteError.
    """
    said, draft = _note(note, needed=False), _in_review(session, draft_id, actor)
    if seen != draft.revision:
        raise saving.DraftChangedError(who=people.name_of(session, draft.saved_by, actor.language))
    if _is_own(session, draft, actor):
        raise OwnWorkError
    draft.state = "approved"
    saving.mark(session, draft, "approved")
    _step(session, draft, "approved", actor, now, said)
    _tell(session, _makers(session, draft, actor), draft, actor, N_("{who} has approved “{draft}”. {text}"), said, now)
    return draft


def send_back(session: Session, draft_id: UUID, actor: Actor, note: str, now: datetime) -> Draft:
    """Say what is still to be done. Raises ForbiddenError, DraftNotFoundError, NotInReviewError, NoteError."""
    said, draft = _note(note), _in_review(session, draft_id, actor, also="approved")
    draft.state = "open"
    _step(session, draft, "sent_back", actor, now, said)
    _tell(session, _makers(session, draft, actor), draft, actor, N_("{who} sends “{draft}” back: {text}"), said, now)
    return draft


def publish(
    session: Session, draft_id: UUID, actor: Actor, note: str, registry: Registry, now: datetime, *, anyway: bool = False
) -> Definition:
    """Make an approved draft the version in use. ``anyway`` publishes it although another version was made since it began.

    Raises ForbiddenError, DraftNotFoundError, DraftClosedError, DraftTakenError, NotApprovedError, NoteError, BehindError, and
    RefusedError with every finding while there is an error, or a scenario that does not pass.
    """
    access.require(actor, *reading.WRITERS)
    said, draft = _note(note), saving.for_change(session, draft_id, actor)
    if draft.state != "approved":
        raise NotApprovedError
    last = newest(session, draft.key)
    if last is not None and last.id != draft.base_id and not anyway:
        raise BehindError(version=last.version)
    files = reading.files(session, draft)
    found = definitions.examine(session, files, registry)
    if not any(finding.level == "error" for finding in found):
        found += _failed(session, files, actor, registry, now)
    if any(finding.level == "error" for finding in found):
        raise RefusedError(found)
    (made,) = definitions.deploy(session, files, actor.login, now, publish=True, note=said, registry=registry)
    draft.state, draft.published_id = "published", made.id
    draft.editor = draft.editor_seen_at = None
    _step(session, draft, "published", actor, now, said)
    return made


def _failed(session: Session, files: Mapping[str, bytes], actor: Actor, registry: Registry, now: datetime) -> list[Finding]:
    """The scenarios of a bundle that do not pass."""
    played = scenarios.run_all(session, files, now=now, language=actor.language, registry=registry)
    text = N_("The scenario “{scenario}” does not pass: {difference}")
    return [
        Finding("error", each.file, None, "scenario-failed", text, {"scenario": each.name, "difference": each.difference})
        for each in played.results
        if not each.passed
    ]


def discard(session: Session, draft_id: UUID, actor: Actor, now: datetime) -> Draft:
    """Put a draft aside; it can be brought back for ``KEPT``.

    Raises ForbiddenError, DraftNotFoundError, DraftClosedError, DraftTakenError.
    """
    access.require(actor, *reading.WRITERS)
    draft = saving.for_change(session, draft_id, actor)
    draft.state, draft.discarded_at, draft.discarded_by = "discarded", now, actor.login
    draft.editor = draft.editor_seen_at = None
    _step(session, draft, "discarded", actor, now)
    _clear(session, now)
    return draft


def bring_back(session: Session, draft_id: UUID, actor: Actor, now: datetime) -> Draft:
    """Take a draft up again that was put aside. Raises ForbiddenError, DraftNotFoundError, NotDiscardedError."""
    access.require(actor, *reading.WRITERS)
    draft = reading.locked(session, draft_id)
    if draft.state != "discarded" or draft.discarded_at is None or draft.discarded_at <= now - reading.KEPT:
        raise NotDiscardedError
    draft.state, draft.discarded_at, draft.discarded_by = "open", None, None
    _step(session, draft, "brought_back", actor, now)
    return draft


def _note(note: str, *, needed: bool = True) -> str:
    said = note.replace("\0", "").strip()
    if len(said) > LONGEST_NOTE or (needed and not said):
        raise NoteError(longest=LONGEST_NOTE)
    return said


def _in_review(session: Session, draft_id: UUID, actor: Actor, also: str = "review") -> Draft:
    access.require(actor, *reading.READERS)
    draft = reading.locked(session, draft_id)
    if draft.state not in ("review", also):
        raise NotInReviewError
    return draft


def _is_own(session: Session, draft: Draft, actor: Actor) -> bool:
    return actor.login in (draft.saved_by, _asked_by(session, draft))


def _asked_by(session: Session, draft: Draft) -> str | None:
    return next((step.by for step in reversed(reading.steps(session, draft)) if step.what == "asked"), None)


def _reviewers(session: Session, draft: Draft, actor: Actor, login: str | None) -> list[User]:
    """Whom to tell: the one who is asked, else the other analysts and quality."""
    if login:
        user = org.named(session, login)
        if user is None or not user.active or not commenting.may_read(user) or login in (actor.login, draft.saved_by):
            raise ReviewerError(reviewer=login)
        return [user]
    others = [user for role in ("ANALYST", "QA") for user in org.search_users(session, "", role)]
    return [user for user in others if user.login not in (actor.login, draft.saved_by)]


def _makers(session: Session, draft: Draft, actor: Actor) -> list[User]:
    logins = {draft.saved_by, draft.created_by, _asked_by(session, draft)} - {actor.login, None}
    return [user for login in sorted(logins, key=str) if (user := org.named(session, str(login))) is not None]


def _tell(session: Session, users: Iterable[User], draft: Draft, actor: Actor, text: str, said: str, now: datetime) -> None:
    who = notices.in_each_language(partial(people.name_of, session, actor.login))
    facts = {"who": who, "draft": draft.name, "text": said, "draft_id": str(draft.id)}
    notices.tell(session, users, "draft", text, facts, now=now)


def _step(
    session: Session, draft: Draft, what: str, actor: Actor, now: datetime, note: str | None = None, reviewer: str | None = None
) -> None:
    session.add(
        DraftStep(
            id=row_id(),
            draft_id=draft.id,
            what=what,
            revision=draft.revision,
            by=actor.login,
            reviewer=reviewer,
            note=note or None,
            at=now,
        )
    )
    session.flush()


def _clear(session: Session, now: datetime) -> None:
    """Forget the drafts that were put aside too long ago to be brought back."""
    query = select(Draft.id).where(Draft.state == "discarded", Draft.discarded_at <= now - reading.KEPT)
    old: Sequence[UUID] = session.scalars(query).all()
    for part in (DraftReader, DraftComment, DraftStep, DraftRevision) if old else ():
        session.execute(delete(part).where(part.draft_id.in_(old)))
    if old:
        session.execute(delete(Draft).where(Draft.id.in_(old)))
