"""The public complaint form: no account, a summary of what is wrong, and a private link at the end."""

from typing import Any

from flask import Blueprint, url_for
from flask import request as http
from werkzeug.wrappers import Response

from bpm import access, attachments, clock, intake, tracking
from bpm.access import CUSTOMER
from bpm.errors import N_, InvalidError
from bpm.forms import AnswersError
from bpm.request import now, session
from bpm.web import fields, frame
from bpm.web.speech import gettext

blueprint = Blueprint("complaints", __name__)

ABOUT = (
    ("SERVICE", N_("Calls, signal, internet"), N_("no connection, dropped calls, slow data")),
    ("MONEY", N_("Bills, charges, refunds"), N_("charged too much, charged by mistake, not credited")),
    ("ATTITUDE", N_("How we treated you"), N_("hotline, business hall, home visit")),
    ("HANDLING", N_("Something you ordered"), N_("not in force, not as advertised")),
    ("OTHER", N_("Something else"), ""),
)
_SHORT = 40
_MOST_FILES = 5
_NEEDED = N_("Write what happened, for example when, where and how.")
_NAMES = {
    "title": "what",
    "description": "what",
    "contact_phone": "phone",
    "contact_email": "email",
    "contact_name": "name",
    "demand": "want",
}


@blueprint.get("/complain")
def page() -> Response:
    """The empty form."""
    return _draw({}, {})


def _draw(typed: dict[str, str], wrong: dict[str, str], status: int = 200) -> Response:
    return frame.show("public/complain.html", status, typed=typed, wrong=wrong, about=ABOUT)


@blueprint.post("/complain")
def send() -> Response:
    """Take the complaint and show its tracking page."""
    tracking.complaints.note(access.household(http.remote_addr or ""), clock.wall())
    typed = {name: http.form.get(name, "").strip() for name in ("about", "what", "want", "name", "phone", "email")}
    files = [file for file in http.files.getlist("files") if file.filename][:_MOST_FILES]
    try:
        if not typed["what"]:
            raise AnswersError(
                fields={"description": _NEEDED} | ({} if typed["phone"] or typed["email"] else {"contact_phone": intake.ONE_CONTACT})
            )
        order = intake.take(session(), _complaint(typed), CUSTOMER, now())
        for file in files:
            attachments.attach(session(), order, file.filename or "", file.read(), now(), media_type=file.mimetype)
    except InvalidError as error:
        return _again(error, typed)
    return frame.done(
        gettext("We have your complaint. Keep this page: it shows how far it is."), url_for("tracking.page", token=order.token)
    )


def _complaint(typed: dict[str, str]) -> dict[str, Any]:
    about = next((word for code, word, _ in ABOUT if code == typed["about"]), None)
    first = typed["what"].splitlines()[0]
    short = first if len(first) <= _SHORT else f"{first[:_SHORT]}…"
    return {
        "type": "COMPLAINT",
        "channel": "WEB_FORM",
        "title": gettext("%(about)s: %(what)s", about=gettext(about), what=short) if about else short,
        "description": typed["what"],
        "demand": typed["want"],
        "contact_name": typed["name"],
        "contact_phone": typed["phone"].replace(" ", "").replace("-", ""),
        "contact_email": typed["email"],
    }


def _again(error: InvalidError, typed: dict[str, str]) -> Response:
    status = frame.refused(error)
    wrong = fields.sentences(error) if isinstance(error, AnswersError) else {"files": frame.tell(error)}
    return _draw(typed, {_NAMES.get(name, name): text for name, text in wrong.items()}, status)
