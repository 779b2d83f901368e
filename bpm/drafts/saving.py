"""Saving: every save is counted, most are kept for themselves, and none goes over what somebody else has saved unseen.

The designer saves by itself every few seconds. Saves of one person within ``TOGETHER`` share one row, which keeps the last of them;
what is marked (the beginning, what was brought back, what was looked at by a second person) is never shared.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import access, people
from bpm.access import Actor
from bpm.definitions import resources
from bpm.definitions.packing import check_size, safe_name, write_zip
from bpm.definitions.sorting import CALLED
from bpm.drafts import presence, reading
from bpm.errors import N_, ConflictError, InvalidError
from bpm.models.draft import Draft, DraftRevision, DraftStep
from bpm.models.ids import row_id

TOGETHER = timedelta(minutes=5)
LONGEST_NAME = 200  # characters

Changed = Mapping[str, bytes | None]
"""Files by name; None takes one away."""


class DraftChangedError(ConflictError):
    """Somebody else has saved the draft since it was opened."""

    code = "draft-changed"
    sentence = N_("{who} has saved this draft since you opened it. Load theirs, or keep yours as a copy.")


class DraftClosedError(ConflictError):
    """The draft is published or discarded: nothing is drawn on it any more."""

    code = "draft-closed"
    sentence = N_("This draft was published or deleted. Begin a new one from the version in use.")


class DraftNameError(InvalidError):
    """A process has a name, and one that fits on a page."""

    code = "draft-name"
    sentence = N_("Give the flow a name of 1 to {longest} characters.")


class FilePlaceError(InvalidError):
    """A file cannot stand in this place of a draft."""

    code = "file-place"
    sentence = N_("The folder of “{file}” is not one that a draft has.")


def checked_name(name: str) -> str:
    """A process's name without blanks around it. Raises DraftNameError."""
    tidy = " ".join(name.split())
    if not 0 < len(tidy) <= LONGEST_NAME or not tidy.isprintable():
        raise DraftNameError(longest=LONGEST_NAME)
    return tidy


def save(session: Session, draft_id: UUID, changed: Changed, seen: int | None, actor: Actor, now: datetime) -> Draft:
    """Keep changed files. ``seen`` is the revision that was changed; None writes over whatever is there, which stays a revision.

    What was approved and is changed has to be approved again. Raises ForbiddenError, DraftNotFoundError, DraftClosedError,
    DraftTakenError, DraftChangedError, FileNameError, FilePlaceError, ArchiveTooLargeError.
    """
    access.require(actor, *reading.WRITERS)
    draft = for_change(session, draft_id, actor)
    if seen is not None and seen != draft.revision:
        raise DraftChangedError(who=people.name_of(session, draft.saved_by, actor.language))
    forced = seen is None and draft.saved_by != actor.login
    if forced:
        mark(session, draft, "kept")
    keep(session, draft, changed, actor, now)
    return draft


def restore(session: Session, draft_id: UUID, revision: int, actor: Actor, now: datetime) -> Draft:
    """Make the files of an earlier revision the present ones, as a new revision. Raises as ``save``, and RevisionNotFoundError."""
    access.require(actor, *reading.WRITERS)
    draft = for_change(session, draft_id, actor)
    wanted = reading.revision_of(session, draft, revision)
    mark(session, draft, "kept")
    _write(session, draft, dict(wanted.files), actor, now, f"restored {revision}")
    return draft


def name_revision(session: Session, draft_id: UUID, revision: int, name: str, actor: Actor) -> DraftRevision:
    """Call a revision by a name; it is kept for itself from now on. Raises ForbiddenError, DraftNotFoundError, RevisionNotFoundError."""
    access.require(actor, *reading.WRITERS)
    found = reading.revision_of(session, reading.locked(session, draft_id), revision)
    found.name, found.mark = checked_name(name), found.mark or "named"
    return found


def rename(session: Session, draft_id: UUID, name: str, actor: Actor) -> Draft:
    """Call the draft by another name in the lists; what its process is called stands in its files. Raises as ``save``."""
    access.require(actor, *reading.WRITERS)
    draft = for_change(session, draft_id, actor)
    draft.name = checked_name(name)
    return draft


def copy(session: Session, draft_id: UUID, changed: Changed, name: str, actor: Actor, now: datetime) -> Draft:
    """Begin another draft of the same process with these changes: what somebody has drawn while another one had the pen.

    Raises ForbiddenError, DraftNotFoundError, DraftNameError, FileNameError, FilePlaceError, ArchiveTooLargeError.
    """
    access.require(actor, *reading.WRITERS)
    draft = reading.get(session, draft_id, actor)
    made = new(session, draft.key, checked_name(name), actor, now)
    made.base_id, made.remarks, made.files = draft.base_id, draft.remarks, draft.files
    keep(session, made, changed, actor, now, "begun")
    return made


def archive(session: Session, draft: Draft) -> bytes:
    """A draft as a ZIP archive that can be handed in or imported."""
    return write_zip(reading.files(session, draft))


# ---- for the other files of this chapter


def new(session: Session, key: str, name: str, actor: Actor, now: datetime) -> Draft:
    """A draft without files, which its first ``keep`` brings."""
    draft = Draft(
        id=row_id(),
        key=key,
        name=name,
        state="open",
        revision=0,
        files={},
        remarks=[],
        created_at=now,
        created_by=actor.login,
        saved_at=now,
        saved_by=actor.login,
    )
    session.add(draft)
    session.flush()
    return draft


def for_change(session: Session, draft_id: UUID, actor: Actor) -> Draft:
    """A draft that the actor may draw on now. Raises DraftNotFoundError, DraftClosedError, DraftTakenError."""
    draft = reading.locked(session, draft_id)
    if draft.state not in reading.RUNNING:
        raise DraftClosedError
    presence.take_pen(session, draft, actor)
    return draft


def keep(session: Session, draft: Draft, changed: Changed, actor: Actor, now: datetime, why: str | None = None) -> None:
    """Lay changed files over those of the draft; where nothing differs, nothing is written."""
    given = {_place(name): content for name, content in changed.items()}
    hashes = dict(draft.files)
    for name, content in given.items():
        if content is None:
            hashes.pop(name, None)
        else:
            hashes[name] = resources.keep(session, content)
    if hashes == draft.files and why is None:
        return
    check_size(resources.contents(session, hashes))
    _write(session, draft, hashes, actor, now, why)


def mark(session: Session, draft: Draft, why: str) -> None:
    """Keep the present revision for itself: no later save shares its row."""
    last = reading.revision_of(session, draft, draft.revision)
    last.mark = last.mark or why


def _write(session: Session, draft: Draft, hashes: dict[str, str], actor: Actor, now: datetime, why: str | None) -> None:
    draft.files, draft.revision = hashes, draft.revision + 1
    draft.saved_at, draft.saved_by = now, actor.login
    if draft.state == "approved":
        draft.state = "open"
        session.add(DraftStep(id=row_id(), draft_id=draft.id, what="changed", revision=draft.revision, by=actor.login, at=now))
    last = session.scalar(select(DraftRevision).where(DraftRevision.draft_id == draft.id).order_by(DraftRevision.revision.desc()).limit(1))
    if why is None and last is not None and last.mark is None and last.saved_by == actor.login and now - last.begun_at < TOGETHER:
        last.revision, last.files, last.saved_at = draft.revision, hashes, now
    else:
        made = DraftRevision(draft_id=draft.id, revision=draft.revision, files=hashes, begun_at=now, saved_at=now, saved_by=actor.login)
        made.mark = why
        session.add(made)
    session.flush()


def _place(name: str) -> str:
    """A file's name in a draft. Raises FileNameError, FilePlaceError."""
    plain = safe_name(name)
    if plain.startswith(CALLED):
        raise FilePlaceError(file=plain)
    return plain
