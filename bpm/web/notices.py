"""What the reader was told: the list, and the bell that asks for it every twenty seconds."""

import json
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, redirect, url_for
from flask import request as http
from werkzeug.wrappers import Response

from bpm import desk, notices
from bpm.models.notice import Notice
from bpm.request import actor, in_the_background, language, now, session
from bpm.web import frame
from bpm.web.speech import gettext

blueprint = Blueprint("notices", __name__, url_prefix="/notices")

ICONS = {
    "handed-over": "share",
    "warn": "bell",
    "tier": "stairs-up",
    "urge": "bell-ringing",
    "returned": "corner-up-left",
    "incident": "alert-triangle",
    "information": "message",
    "draft": "sitemap",
}


@blueprint.get("")
def listing() -> Response:
    """All notices, the newest first."""
    found = desk.told(session(), actor(), http.args.get("cursor"))
    more = f"{url_for('notices.listing')}?{urlencode({'cursor': found.next_cursor})}" if found.next_cursor else None
    told = [(each, notices.sentence(each.notice, language()), ICONS.get(each.notice.kind, "info-circle")) for each in found.items]
    return frame.show("notices/listing.html", told=told, more=more)


@blueprint.get("/bell")
def bell() -> Response:
    """The bell with the number of unread notices; what came since it was last asked pops up."""
    in_the_background()
    unread = notices.unread(session(), actor())
    response = frame.show("notices/bell.html", unread=unread)
    fresh = [notice for notice in unread if notice.popup and _is_newer(notice)]
    if fresh:
        words = [notices.sentence(notice, language()) for notice in fresh[:3]]
        response.headers["HX-Trigger"] = json.dumps({"told": {"texts": words}})
    return response


def _is_newer(notice: Notice) -> bool:
    """Tell whether the page that asks cannot know of it yet."""
    since = http.args.get("since", type=float)
    return since is not None and notice.created_at.timestamp() > since


@blueprint.post("/read")
def read_all() -> Response:
    """Nothing is unread any more."""
    notices.mark_read(session(), actor(), now())
    return frame.done(gettext("All notices are read."), url_for("notices.listing"))


@blueprint.post("/<uuid:notice_id>/read")
def read(notice_id: UUID) -> Response:
    """Read one notice and go to its order, or to the task or the draft that it speaks of."""
    notices.mark_read(session(), actor(), now(), notice_id)
    draft, task, number = http.form.get("draft", type=UUID), http.form.get("task", type=UUID), http.form.get("number")
    if draft is not None:
        return redirect(url_for("designer.page", draft_id=draft), 303)
    if number:
        return redirect(url_for("orders.page", number=number), 303)
    return redirect(url_for("inbox.task", task_id=task) if task is not None else url_for("notices.listing"), 303)
