"""No other site may write in a person's name: the request's origin, and a secret that only our own pages know.

A browser sends the session's cookie with every request, whoever caused it; a bearer token it never sends by itself.
"""

from urllib.parse import urlsplit

from flask import current_app
from flask import request as http

from bpm import access
from bpm.errors import N_, ForbiddenError
from bpm.request import reader, unit

CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"


class OriginError(ForbiddenError):
    """The request was caused by a page of another site."""

    code = "foreign-origin"
    sentence = N_("This came from another site and was not carried out.")


class CsrfError(ForbiddenError):
    """The request does not carry the session's own secret."""

    code = "csrf"
    sentence = N_("This page is out of date, so nothing was changed. Load it again and repeat.")


def csrf_token() -> str:
    """The secret that this session's pages send back with each write; empty when nobody is logged in."""
    login = reader.login()
    return login.csrf if login else ""


def check() -> None:
    """Refuse a write that did not come out of our own pages. Raises OriginError, CsrfError."""
    if http.method in unit.SAFE_METHODS or reader.has_token():
        return
    origin = http.headers.get("Origin")
    if (origin and origin not in _own_origins()) or http.headers.get("Sec-Fetch-Site") == "cross-site":
        raise OriginError
    login = reader.login()
    if login is None:
        return
    if not access.is_csrf(login, http.headers.get(CSRF_HEADER) or http.form.get(CSRF_FIELD)):
        raise CsrfError


def _own_origins() -> set[str]:
    addresses = (http.host_url, current_app.extensions["settings"].url)
    return {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, addresses)}
