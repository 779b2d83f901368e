"""Two states of a process side by side."""

from typing import Any

from flask import current_app
from flask_babel import gettext
from marshmallow import fields

from bpm import comparisons
from bpm.api.chapter import Chapter
from bpm.api.schemas.base import Body, Shape, line
from bpm.comparing import Change
from bpm.request import actor, language, only_reads, session

chapter = Chapter("comparisons", "Two states of a process side by side")


class Compared(Body):
    """``definition:<id>``, ``draft:<id>`` or ``draft:<id>@<revision>``."""

    before = line(required=True)
    after = line(required=True)


class ChangeShape(Shape):
    """One difference."""

    kind = fields.String(required=True, metadata={"description": "added, removed, changed"})
    file = fields.String(required=True)
    element = fields.String(required=True, allow_none=True)
    sentence = fields.String(required=True)


class ChangesShape(Shape):
    """What has changed, file by file."""

    changes = fields.List(fields.Nested(ChangeShape), required=True)


@chapter.post("/designer/compare")
@only_reads
@chapter.takes(Compared)
@chapter.answers(200, ChangesShape)
def compare(body: dict[str, Any]) -> dict[str, Any]:
    """Say in plain words what differs between two versions or drafts."""
    before, after = (comparisons.state_of(session(), body[side], actor()) for side in ("before", "after"))
    registry = current_app.extensions["connectors"]
    return {"changes": [_row(*each) for each in comparisons.told(session(), before, after, registry, gettext, language())]}


def _row(change: Change, sentence: str) -> dict[str, Any]:
    return {"kind": change.kind, "file": change.file, "element": change.element, "sentence": sentence}
