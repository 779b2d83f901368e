"""Logging in and out, and the language of a reader who has no account."""

from flask import Blueprint, current_app, make_response, redirect, url_for
from flask import request as http
from werkzeug.wrappers import Response

from bpm import access, clock, demo, org
from bpm.errors import LANGUAGES
from bpm.models.database import unit_of_work
from bpm.request import SESSION_COOKIE, close, forget, only_reads, session, visitor
from bpm.web import frame

blueprint = Blueprint("login", __name__)


@blueprint.get("/")
def home() -> Response:
    """Everybody's work begins in the inbox."""
    return redirect(url_for("inbox.page" if visitor() else "login.page"))


@blueprint.get("/login")
def page() -> Response:
    """The page to log in with."""
    return redirect(url_for("inbox.page")) if visitor() else _draw(to=http.args.get("to", ""), chosen=http.args.get("language", ""))


def _draw(status: int = 200, **facts: str) -> Response:
    """The page, in a demonstration with the accounts that may be tried."""
    is_demo = current_app.extensions["settings"].demo
    return frame.show("login.html", status, accounts=demo.accounts(session()) if is_demo else [], demo_password=demo.PASSWORD, **facts)


@blueprint.post("/login")
@only_reads
def log_in() -> Response:
    """Check login and password, and open a session; a language that was chosen on the page becomes the person's.

    While a password is checked, nobody waits for the database.
    """
    login, to, chosen = http.form.get("login", "").strip(), http.form.get("to", ""), http.form.get("language", "")
    before = http.cookies.get(SESSION_COOKIE)
    try:
        user = access.check_password(session(), login, http.form.get("password", ""), http.remote_addr or "", clock.wall())
    except (access.LoginFailedError, access.TooManyTriesError) as error:
        return _draw(frame.refused(error), error=frame.tell(error), login=login, to=to, chosen=chosen)
    close()
    with unit_of_work() as writing:
        if before:
            access.log_out(writing, before)
        person = org.user(writing, user.id)
        person.language = chosen if chosen in LANGUAGES else person.language
        _, secret = access.open_login(writing, person, clock.wall())
    forget()
    response = redirect(to if frame.is_ours(to) else url_for("inbox.page"), 303)
    frame.remember_language(response, person.language)
    response.set_cookie(SESSION_COOKIE, secret, httponly=True, samesite="Lax", secure=frame.is_encrypted())
    return response


@blueprint.post("/logout")
def log_out() -> Response:
    """Close the session."""
    secret = http.cookies.get(SESSION_COOKIE)
    if secret:
        access.log_out(session(), secret)
    response = redirect(url_for("login.page"), 303)
    response.delete_cookie(SESSION_COOKIE)
    return response


@blueprint.post("/language")
def choose_language() -> Response:
    """Remember the language of this browser; a person's own setting is in the profile."""
    wish = http.form.get("language", "")
    response = make_response(redirect(frame.back(url_for("login.page")), 303))
    if wish in LANGUAGES:
        frame.remember_language(response, wish)
    return response
