"""Drafts: what the designer reads and saves."""

from typing import Any
from uuid import UUID

from bpm import drafts
from bpm.api.chapter import Chapter
from bpm.api.schemas.drafts import ChangedFiles, DraftShape, NewDraft, draft_row, whole_draft
from bpm.request import actor, now, session

chapter = Chapter("drafts", "Processes in the making")


@chapter.post("/drafts")
@chapter.takes(NewDraft)
@chapter.answers(201, DraftShape)
def begin(body: dict[str, Any]) -> dict[str, Any]:
    """Begin a draft from a version."""
    return draft_row(drafts.begin_from(session(), body["definition_id"], actor(), now()))


@chapter.get("/drafts/<uuid:draft_id>")
@chapter.answers(200, DraftShape)
def show(draft_id: UUID) -> dict[str, Any]:
    """Show a draft with its files."""
    draft = drafts.get(session(), draft_id, actor())
    return whole_draft(draft, drafts.files(session(), draft))


@chapter.post("/drafts/<uuid:draft_id>/files")
@chapter.takes(ChangedFiles)
@chapter.answers(200, DraftShape)
def save(body: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
    """Save changed files."""
    changed = {name: None if content is None else content.encode() for name, content in body["files"].items()}
    return draft_row(drafts.save(session(), draft_id, changed, body["revision"], actor(), now()))
