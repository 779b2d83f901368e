"""Notices outside."""

from typing import Any

from marshmallow import fields

from bpm import notices
from bpm.api.schemas.base import Body, Shape
from bpm.desk import Told


class NoticeShape(Shape):
    """Something one was told."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    sentence = fields.String(required=True, metadata={"description": "In the reader's language"})
    number = fields.String(required=True, allow_none=True, metadata={"description": "The order that it is about"})
    task_id = fields.UUID(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)
    read_at = fields.DateTime(required=True, allow_none=True)


class ReadBody(Body):
    """Which notice was read; without an id all of them."""

    id = fields.UUID()


def notice_row(told: Told, language: str) -> dict[str, Any]:
    """A notice."""
    notice = told.notice
    return {
        "id": notice.id,
        "kind": notice.kind,
        "sentence": notices.sentence(notice, language),
        "number": told.number,
        "task_id": notice.task_id,
        "created_at": notice.created_at,
        "read_at": notice.read_at,
    }
