"""The designer: a page that holds the canvas; everything on it is drawn in the browser."""

from uuid import UUID

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from bpm import drafts
from bpm.request import actor, now, session
from bpm.web import frame

blueprint = Blueprint("designer", __name__, url_prefix="/designer")


@blueprint.get("/<uuid:draft_id>")
def page(draft_id: UUID) -> Response:
    """The designer with a draft."""
    draft = drafts.get(session(), draft_id, actor())
    return frame.show("designer/page.html", draft=draft)


@blueprint.post("/from/<uuid:definition_id>")
def begin_from(definition_id: UUID) -> Response:
    """Begin a draft from a version and open it."""
    draft = drafts.begin_from(session(), definition_id, actor(), now())
    return frame.done("", url_for("designer.page", draft_id=draft.id))
