"""The files of an order outside."""

from typing import Any

from marshmallow import fields

from bpm.api.schemas.base import Shape
from bpm.models.work_order import Attachment


class AttachmentShape(Shape):
    """A file of an order; its content has an address of its own."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True, metadata={"description": "As whoever added it called it"})
    size = fields.Integer(required=True, metadata={"description": "Bytes"})
    sha256 = fields.String(required=True)
    by_customer = fields.Boolean(required=True)
    task_id = fields.UUID(required=True, allow_none=True, metadata={"description": "The task at which it was added"})
    created_at = fields.DateTime(required=True)


class AttachmentsShape(Shape):
    """The files of an order, oldest first."""

    items = fields.List(fields.Nested(AttachmentShape), required=True)


def attachment_row(attachment: Attachment) -> dict[str, Any]:
    """A file without its content."""
    return {name: getattr(attachment, name) for name in AttachmentShape().fields}
