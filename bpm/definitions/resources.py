"""The contents of files, of versions and of drafts alike: each is kept once, by its hash."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm.models.database import insert_new
from bpm.models.definition import Resource


def keep(session: Session, content: bytes) -> str:
    """Keep a content, however often it is handed in; returns its hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    if session.get(Resource, sha256) is None:
        insert_new(session, Resource, sha256=sha256, content=content)
    return sha256


def contents(session: Session, hashes: Mapping[str, str]) -> dict[str, bytes]:
    """Files by name from their hashes by name."""
    kept = session.scalars(select(Resource).where(Resource.sha256.in_(set(hashes.values()))))
    by_hash = {resource.sha256: resource.content for resource in kept}
    return {name: by_hash[sha256] for name, sha256 in hashes.items()}
