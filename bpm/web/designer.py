"""The designer: a page that holds the canvas, drawn in the browser; and the ways into it: begin, import, go on, put aside."""

from uuid import UUID

from flask import Blueprint, redirect, url_for
from flask import request as http
from werkzeug.wrappers import Response

from bpm import access, definitions, drafts
from bpm.errors import InvalidError, RefusedError
from bpm.models.draft import Draft
from bpm.request import actor, now, session
from bpm.web import frame
from bpm.web.definitions import draw_list
from bpm.web.speech import gettext, ngettext

blueprint = Blueprint("designer", __name__, url_prefix="/designer")


@blueprint.get("/<uuid:draft_id>")
def page(draft_id: UUID) -> Response:
    """The designer with a draft; who does not draw reads it. It brings programs of its own, so it is never put into another page."""
    draft = drafts.get(session(), draft_id, actor())
    response = frame.show("designer/page.html", draft=draft, read_only=not drafts.may_write(draft, actor()))
    if "HX-Request" in http.headers:
        response.headers["HX-Redirect"] = http.path
    return response


@blueprint.post("/begin")
def begin() -> Response:
    """Begin a new process as a copy of a template, and open it."""
    template, name = http.form.get("template") or drafts.BLANK, http.form.get("name", "")
    try:
        draft = drafts.begin_template(session(), template, name, actor(), now())
    except InvalidError as error:
        return draw_list(frame.refused(error), alert=frame.tell(error))
    return _open(draft)


@blueprint.post("/import")
def import_files() -> Response:
    """Begin a draft with diagrams of other tools or an archive, and open it; what is wrong with them is told."""
    given = [(file.filename, file.read()) for file in http.files.getlist("files") if file.filename]
    try:
        draft = drafts.import_files(session(), given, actor(), now(), key=http.form.get("key") or None, name=http.form.get("name", ""))
    except RefusedError as error:
        return draw_list(frame.refused(error), error.findings, frame.tell(error))
    except InvalidError as error:
        return draw_list(frame.refused(error), alert=frame.tell(error))
    count = len(draft.remarks)
    said = ngettext(
        "%(num)d remark on the import is listed under problems.", "%(num)d remarks on the import are listed under problems.", count
    )
    return _open(draft, said if count else "")


@blueprint.post("/edit/<uuid:definition_id>")
def edit(definition_id: UUID) -> Response:
    """Go on with the draft of a process on which there is work, else begin one from this version."""
    definition = definitions.get(session(), definition_id)
    access.require(actor(), *drafts.READERS)
    running = drafts.running_of(session(), definition.key)
    return _open(running or drafts.begin_from(session(), definition_id, actor(), now()))


@blueprint.post("/from/<uuid:definition_id>")
def begin_from(definition_id: UUID) -> Response:
    """Begin a draft from a version and open it: how an earlier one is brought back."""
    return _open(drafts.begin_from(session(), definition_id, actor(), now()))


@blueprint.post("/<uuid:draft_id>/discard")
def discard(draft_id: UUID) -> Response:
    """Put a draft aside; it can be brought back."""
    draft = drafts.discard(session(), draft_id, actor(), now())
    undo = url_for("designer.bring_back", draft_id=draft.id)
    return frame.done(gettext("The draft “%(name)s” is deleted.", name=draft.name), url_for("flows.listing"), undo)


@blueprint.post("/<uuid:draft_id>/bring-back")
def bring_back(draft_id: UUID) -> Response:
    """Take up again a draft that was put aside."""
    draft = drafts.bring_back(session(), draft_id, actor(), now())
    return frame.done(gettext("The draft “%(name)s” is back.", name=draft.name), url_for("flows.listing"))


def _open(draft: Draft, said: str = "") -> Response:
    address = url_for("designer.page", draft_id=draft.id)
    return frame.done(said, address) if said else redirect(address, 303)
