"""Drafts of processes: begun from a version or from nothing, saved while they are drawn, never overwritten unseen."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import access, definitions
from bpm.access import Actor
from bpm.definitions.packing import check_size, safe_name
from bpm.definitions.sorting import own_files
from bpm.errors import N_, ConflictError, NotFoundError
from bpm.models.definition import Resource
from bpm.models.draft import Draft, DraftRevision


class DraftNotFoundError(NotFoundError):
    """There is no such draft."""

    code = "draft-not-found"
    sentence = N_("This draft is not there any more.")


class DraftChangedError(ConflictError):
    """Somebody else has saved the draft since it was opened."""

    code = "draft-changed"
    sentence = N_("{who} has saved this draft since you opened it. Load theirs, or keep yours as a copy.")


def get(session: Session, draft_id: UUID, actor: Actor) -> Draft:
    """Find a draft. Raises ForbiddenError, DraftNotFoundError."""
    access.require(actor, "ANALYST", "CS_MANAGER", "QA")
    draft = session.get(Draft, draft_id)
    if draft is None:
        raise DraftNotFoundError
    return draft


def begin(session: Session, key: str, name: str, files: Mapping[str, bytes], actor: Actor, now: datetime) -> Draft:
    """Begin a draft with these files. Raises ForbiddenError, FileNameError, ArchiveTooLargeError."""
    access.require(actor, "ANALYST")
    draft = Draft(
        key=key,
        name=name,
        state="open",
        revision=0,
        files={},
        created_at=now,
        created_by=actor.login,
        saved_at=now,
        saved_by=actor.login,
    )
    session.add(draft)
    session.flush()
    _keep(session, draft, files, actor, now)
    return draft


def begin_from(session: Session, definition_id: UUID, actor: Actor, now: datetime) -> Draft:
    """Begin a draft with the files of a version. Raises ForbiddenError, NotFoundError."""
    definition = definitions.get(session, definition_id)
    draft = begin(session, definition.key, definition.name, own_files(definition), actor, now)
    draft.base_id = definition.id
    return draft


def files(session: Session, draft: Draft) -> dict[str, bytes]:
    """The files of a draft by name."""
    kept = session.scalars(select(Resource).where(Resource.sha256.in_(set(draft.files.values()))))
    by_hash = {resource.sha256: resource.content for resource in kept}
    return {name: by_hash[sha256] for name, sha256 in draft.files.items()}


def save(session: Session, draft_id: UUID, changed: Mapping[str, bytes | None], seen: int | None, actor: Actor, now: datetime) -> Draft:
    """Keep changed files (None: taken away). ``seen`` is the revision that was changed; None overwrites whatever is there.

    Raises ForbiddenError, NotFoundError, DraftChangedError, FileNameError, ArchiveTooLargeError.
    """
    access.require(actor, "ANALYST")
    draft = session.get(Draft, draft_id, with_for_update=True, populate_existing=True)
    if draft is None:
        raise DraftNotFoundError
    if seen is not None and seen != draft.revision:
        raise DraftChangedError(who=draft.saved_by)
    _keep(session, draft, changed, actor, now)
    return draft


def _keep(session: Session, draft: Draft, changed: Mapping[str, bytes | None], actor: Actor, now: datetime) -> None:
    given = {safe_name(name): content for name, content in changed.items()}
    check_size({name: content for name, content in given.items() if content is not None})
    kept = {name: sha256 for name, sha256 in draft.files.items() if name not in given}
    for name, content in given.items():
        if content is not None:
            kept[name] = _resource(session, content)
    draft.files, draft.revision = kept, draft.revision + 1
    draft.saved_at, draft.saved_by = now, actor.login
    session.add(DraftRevision(draft_id=draft.id, revision=draft.revision, files=kept, saved_at=now, saved_by=actor.login))
    session.flush()


def _resource(session: Session, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    if session.get(Resource, sha256) is None:
        session.add(Resource(sha256=sha256, content=content))
    return sha256
