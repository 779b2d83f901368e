"""What a reader sees when something did not work: what happened, what was kept, what to do, one number to quote."""

import json
from typing import Any

from flask import Flask, make_response, redirect, url_for
from flask import request as http
from flask import session as cookie
from werkzeug.wrappers import Response

from bpm.request import CsrfError, csrf_token, on_error, visitor
from bpm.web import frame
from bpm.web.speech import gettext

_LOGGED_OUT = 401
_KEEPS_THE_PAGE = "none"
_PUBLIC = frozenset({"complaints", "tracking"})
"""Where customers are: none of them is led to the login of the staff."""


def register(app: Flask) -> None:
    """Draw the problems of pages."""
    app.before_request(_know_the_reader)
    on_error(app, draw)


def _know_the_reader() -> None:
    """Who is logged in is told within the frame of his pages that an address is none."""
    if http.routing_exception is not None:
        visitor()


def draw(problem: dict[str, Any]) -> Response:
    """Answer a problem: a script is told a sentence and keeps its page, a browser gets a page."""
    cookie.pop("_flashes", None)  # what was going to be announced was not done
    if http.headers.get("HX-Request"):
        return _whisper(problem)
    if problem["status"] == _LOGGED_OUT and http.method == "GET":
        return redirect(url_for("login.page", to=http.full_path.rstrip("?")))
    public = http.blueprint in _PUBLIC
    back = frame.back(url_for("tracking.search" if public else "login.home"))
    return frame.show("error.html", problem["status"], problem=problem, back=back, public=public)


def _whisper(problem: dict[str, Any]) -> Response:
    text, told = problem["detail"], {}
    if problem["status"] == _LOGGED_OUT:
        text = gettext("You have been logged out. Log in again in another tab, then send this once more: what you typed is still here.")
    elif problem["code"] == CsrfError.code and visitor() is not None:
        text = gettext("You have logged in again since this page was opened. Send this once more: what you typed is still here.")
        told = {"csrf": {"token": csrf_token()}}
    response = make_response(text, problem["status"])
    response.mimetype = "text/plain"
    response.headers["HX-Reswap"] = _KEEPS_THE_PAGE
    response.headers["HX-Push-Url"] = "false"
    response.headers["HX-Trigger"] = json.dumps({"alert": {"text": text}, **told})
    return response
