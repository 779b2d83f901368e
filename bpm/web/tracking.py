"""The customer's own page of a complaint, behind a private link: how far it is, and what he can do."""

from collections.abc import Mapping

from flask import Blueprint, redirect, url_for
from flask import request as http
from werkzeug.wrappers import Response

from bpm import access, clock, contacts, tracking, workorders
from bpm.customers import PRIVATE_LINK
from bpm.errors import BatonError, ConflictError, InvalidError, NotFoundError
from bpm.models.work_order import Contact, WorkOrder
from bpm.request import language, now, session
from bpm.tracking import TooManyRequestsError
from bpm.web import frame, rows
from bpm.web.speech import gettext

blueprint = Blueprint("tracking", __name__, url_prefix="/track")

_LONGEST_NUMBER = 60


def _count() -> None:
    """Nobody asks or writes more often than a person would."""
    tracking.questions.note(access.household(http.remote_addr or ""), clock.wall())


@blueprint.get("")
def search() -> Response:
    """Ask for number and last digits."""
    return frame.show("public/find.html", typed={}, wrong=None)


@blueprint.post("")
def find() -> Response:
    """Go to the page of an order that was found."""
    _count()
    number = http.form.get("number", "").strip().upper()[:_LONGEST_NUMBER]
    tracking.guesses.note(number, clock.wall())
    try:
        order = tracking.find(session(), number, http.form.get("digits", ""))
    except NotFoundError as error:
        wrong = gettext("No complaint has this number and these digits.")
        return frame.show("public/find.html", frame.refused(error), typed=http.form, wrong=wrong)
    tracking.guesses.forget(number)
    return redirect(url_for("tracking.page", token=order.token), 303)


@blueprint.get("/<token>")
def page(token: str) -> Response:
    """How far the complaint is."""
    return _draw(workorders.by_token(session(), token))


def _draw(order: WorkOrder, status: int = 200, alert: str | None = None, typed: Mapping[str, str] | None = None) -> Response:
    found = tracking.progress(session(), order, now())
    return frame.show(
        "public/track.html",
        status,
        order=order,
        progress=found,
        units=[rows.unit_name(code) for code in found.units],
        stages=tracking.STAGES[:-1],
        said=[(contact, _said(contact)) for contact in reversed(found.said)],
        alert=alert,
        typed=typed or {},
    )


def _said(contact: Contact) -> str:
    """What was said, in the reader's language; the link to this page says so."""
    return PRIVATE_LINK.sub(gettext("this page"), contacts.said(contact, language()))


def _acted(token: str, said: str) -> Response:
    return frame.done(said, url_for("tracking.page", token=token))


def _refused(token: str, error: BatonError) -> Response:
    """The page once more with what is wrong, and with what was typed."""
    status = frame.refused(error)
    return _draw(workorders.by_token(session(), token), status, frame.tell(error), http.form)


@blueprint.get("/<token>/<any(message, urge, withdraw, reopen, rating):what>")
def again(token: str, what: str) -> Response:  # what was refused there is not sent again
    """The page once more: a browser that reads a refused answer anew, or in the other language, asks at the address of the write."""
    return redirect(url_for("tracking.page", token=token), 303)


@blueprint.post("/<token>/message")
def write(token: str) -> Response:
    """The customer adds something."""
    text = http.form.get("text", "").strip()
    files = [(file.filename or "", file.read()) for file in http.files.getlist("files") if file.filename]
    try:
        _count()
        tracking.write(session(), workorders.by_token(session(), token), text, files, now())
    except (InvalidError, ConflictError, TooManyRequestsError) as error:
        return _refused(token, error)
    return _acted(token, gettext("Sent. Whoever works on it sees it at once."))


@blueprint.post("/<token>/<any(urge, withdraw, reopen):what>")
def act(token: str, what: str) -> Response:
    """The customer urges, withdraws, or says that it is not solved."""
    reason = http.form.get("reason", "").strip()
    try:
        _count()
        tracking.act(session(), workorders.by_token(session(), token), what, reason, now())  # type: ignore[arg-type]  # the route names them
    except (InvalidError, ConflictError, TooManyRequestsError) as error:
        return _refused(token, error)
    said = {
        "urge": gettext("Urged. Whoever works on it has been told."),
        "withdraw": gettext("Your complaint is withdrawn."),
        "reopen": gettext("Your complaint is open again."),
    }
    return _acted(token, said[what])


@blueprint.post("/<token>/rating")
def rate(token: str) -> Response:
    """The customer answers the question of the return visit."""
    score, comment = http.form.get("score", default=0, type=int), http.form.get("comment", "").strip()
    try:
        _count()
        solved = {"yes": True, "no": False}.get(http.form.get("solved", ""))
        tracking.rate(session(), workorders.by_token(session(), token), score, comment, now(), solved=solved)
    except (InvalidError, NotFoundError, TooManyRequestsError) as error:
        return _refused(token, error)
    return _acted(token, gettext("Thank you for your answer."))
