"""The files of a work order."""

from typing import Any
from uuid import UUID

from flask import Response

from bpm import attachments, workorders
from bpm.api.chapter import Chapter, files_field, form_body, uploaded
from bpm.api.schemas.attachments import AttachmentsShape, attachment_row
from bpm.errors import N_, InvalidError
from bpm.request import actor, now, session

chapter = Chapter("attachments", "Documents, pictures and recordings of a work order")


class NoAttachmentError(InvalidError):
    """No file was sent."""

    code = "no-files"
    sentence = N_("Send at least one file.")


@chapter.get("/work-orders/<number>/attachments")
@chapter.answers(200, AttachmentsShape)
def listed(number: str) -> dict[str, Any]:
    """List the files of an order, oldest first."""
    return {"items": list(map(attachment_row, attachments.of_order(session(), workorders.by_number(session(), number, actor()))))}


@chapter.post("/work-orders/<number>/attachments")
@chapter.describes(form_body(files=files_field("Documents, pictures or recordings of at most 20 MB each")))
@chapter.answers(201, AttachmentsShape)
def attach(number: str) -> dict[str, Any]:
    """Add files to an order: all of them, or none."""
    order = workorders.by_number(session(), number, actor())
    given = [(file.filename, file.stream.read(), file.mimetype) for file in uploaded() if file.filename]
    if not given:
        raise NoAttachmentError
    made = [attachments.attach(session(), order, name, content, now(), actor=actor(), media_type=kind) for name, content, kind in given]
    return {"items": list(map(attachment_row, made))}


@chapter.get("/work-orders/<number>/attachments/<uuid:attachment_id>")
@chapter.answers(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
def content(number: str, attachment_id: UUID) -> Response:
    """Read a file of an order."""
    found = attachments.get(session(), workorders.by_number(session(), number, actor()), attachment_id)
    response = Response(found.content, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=found.name)
    return response
