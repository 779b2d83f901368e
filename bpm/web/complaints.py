"""The public complaint form: no account, a summary of what is wrong, and a private link at the end."""

import hashlib
import json
import re
import secrets
from typing import Any

from flask import Blueprint, url_for
from flask import request as http
from werkzeug.wrappers import Response

from bpm import access, attachments, clock, intake, order_fields, tracking
from bpm.access import CUSTOMER
from bpm.errors import N_, BatonError, InvalidError
from bpm.forms import AnswersError
from bpm.request import language, now, session
from bpm.tracking import TooManyRequestsError
from bpm.web import fields, frame
from bpm.web.speech import gettext

blueprint = Blueprint("complaints", __name__)

SHEET_COOKIE = "baton_sheet"
"""Knows a browser's sheet again for an hour: who goes back and sends the same words once more has complained once."""

ABOUT = (
    ("SERVICE", N_("Calls, signal, internet"), N_("no connection, dropped calls, slow data")),
    ("MONEY", N_("Bills, charges, refunds"), N_("charged too much, charged by mistake, not credited")),
    ("ATTITUDE", N_("How we treated you"), N_("hotline, business hall, home visit")),
    ("HANDLING", N_("Something you ordered"), N_("not in force, not as advertised")),
    ("OTHER", N_("Something else"), ""),
)
_SHORT = 40
_AN_HOUR = 3600  # seconds
_MOST_FILES = 5
_MOBILE = re.compile(r"1[3-9][0-9]*")
_MOBILE_DIGITS = 11
_NOT_WHOLE = N_("A mobile number has 11 digits. Please check it.")
_NEEDED = N_("Write what happened, for example when, where and how.")
_TOO_MANY_FILES = N_("At most 5 files can be sent with a complaint; add the others on the next page.")
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
    sheet = http.cookies.get(SHEET_COOKIE) or secrets.token_urlsafe()
    response = _draw({"sheet": sheet}, {})
    response.set_cookie(SHEET_COOKIE, sheet, max_age=_AN_HOUR, samesite="Lax", httponly=True, secure=frame.is_encrypted())
    return response


def _draw(typed: dict[str, str], wrong: dict[str, str], status: int = 200, alert: str | None = None) -> Response:
    return frame.show("public/complain.html", status, typed=typed, wrong=wrong, about=ABOUT, alert=alert)


@blueprint.post("/complain")
def send() -> Response:
    """Take the complaint and show its tracking page."""
    household = access.household(http.remote_addr or "")
    typed = {name: http.form.get(name, "").strip() for name in ("about", "what", "want", "name", "phone", "email", "sheet")}
    files = [file for file in http.files.getlist("files") if file.filename]
    try:
        tracking.questions.note(household, clock.wall())
        if len(files) > _MOST_FILES:
            raise AnswersError(fields={"files": _TOO_MANY_FILES})
        _require_whole_mobile(typed["phone"])
        order = intake.take(session(), _complaint(typed), CUSTOMER, now(), _sent(typed), language=language())
        known = {file.sha256 for file in attachments.of_order(session(), order)}  # of a complaint that was sent before
        for file in files:
            if hashlib.sha256(content := file.read()).hexdigest() not in known:
                attachments.attach(session(), order, file.filename or "", content, now(), media_type=file.mimetype)
        tracking.complaints.note(household, clock.wall())  # one who corrects his form has not complained yet
    except (InvalidError, TooManyRequestsError) as error:
        return _again(error, typed, has_files=bool(files))
    return frame.done(
        gettext("We have your complaint. Keep this page: it shows the progress."), url_for("tracking.page", token=order.token)
    )


def _require_whole_mobile(phone: str) -> None:
    """A customer whose number lacks a digit could never be called. Raises AnswersError."""
    number = order_fields.plain_number(phone)
    if _MOBILE.fullmatch(number) and len(number) != _MOBILE_DIGITS:
        raise AnswersError(fields={"contact_phone": _NOT_WHOLE})


def _sent(typed: dict[str, str]) -> str | None:
    """What makes the same sheet with the same words one complaint, however often its button is pressed."""
    return f"form:{hashlib.sha256(json.dumps(typed, sort_keys=True).encode()).hexdigest()}" if typed["sheet"] else None


def _complaint(typed: dict[str, str]) -> dict[str, Any]:
    about = next((word for code, word, _ in ABOUT if code == typed["about"]), None)
    first = next(iter(typed["what"].splitlines()), "")
    short = first if len(first) <= _SHORT else f"{first[:_SHORT]}…"
    return {
        "type": "COMPLAINT",
        "channel": "WEB_FORM",
        "title": gettext("%(about)s: %(what)s", about=gettext(about), what=short) if about and short else short,
        "description": typed["what"],
        "demand": typed["want"],
        "contact_name": typed["name"],
        "contact_phone": typed["phone"],
        "contact_email": typed["email"],
    }


def _again(error: BatonError, typed: dict[str, str], *, has_files: bool) -> Response:
    status = frame.refused(error)
    if isinstance(error, TooManyRequestsError):
        return _draw(typed, {}, status, frame.tell(error))
    said = fields.sentences(error) if isinstance(error, AnswersError) else {"files": frame.tell(error)}
    wrong = {_NAMES.get(name, name): text for name, text in said.items()}
    if "what" in wrong and not typed["what"]:
        wrong["what"] = gettext(_NEEDED)
    if has_files and "files" not in wrong:
        wrong["files"] = gettext("Choose your files once more: they have not been sent yet.")
    return _draw(typed, wrong, status)
