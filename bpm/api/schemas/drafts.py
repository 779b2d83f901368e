"""Drafts outside."""

from typing import Any

from marshmallow import fields

from bpm.api.schemas.base import Body, Shape, line, text
from bpm.models.draft import Draft

LARGEST_FILE = 5 * 1024 * 1024


class DraftShape(Shape):
    """A process in the making."""

    id = fields.UUID(required=True)
    key = fields.String(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)
    revision = fields.Integer(required=True)
    base_id = fields.UUID(required=True, allow_none=True)
    saved_at = fields.DateTime(required=True)
    saved_by = fields.String(required=True)
    files = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "Only in the answer about one draft"})


class NewDraft(Body):
    """Where a draft begins: a version, or nothing."""

    definition_id = fields.UUID(load_default=None, allow_none=True)
    name = line(load_default="")


class ChangedFiles(Body):
    """Files that were changed; null takes one away. ``revision`` is the one that was changed."""

    revision = fields.Integer(load_default=None, allow_none=True)
    files = fields.Dict(keys=line(required=True), values=text(longest=LARGEST_FILE, allow_none=True), required=True)


def draft_row(draft: Draft) -> dict[str, Any]:
    """A draft as a list shows it."""
    return {
        "id": draft.id,
        "key": draft.key,
        "name": draft.name,
        "state": draft.state,
        "revision": draft.revision,
        "base_id": draft.base_id,
        "saved_at": draft.saved_at,
        "saved_by": draft.saved_by,
    }


def whole_draft(draft: Draft, files: dict[str, bytes]) -> dict[str, Any]:
    """A draft with its files."""
    return draft_row(draft) | {"files": {name: content.decode() for name, content in files.items()}}
