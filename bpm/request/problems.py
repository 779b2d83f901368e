"""Errors as the outside sees them: one table from the kind of an error to HTTP, and problem documents (RFC 9457)."""

import logging
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from flask import Flask, Response, current_app, g, jsonify
from flask import request as http
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from bpm import access
from bpm.errors import N_, BatonError, ConflictError, Finding, ForbiddenError, InvalidError, NotFoundError, RefusedError
from bpm.forms import said
from bpm.models.faults import DatabaseBusyError, DatabaseUnreachableError, DiskFullError, OutcomeUnknownError
from bpm.request import plain, reader, unit

log = logging.getLogger(__name__)

Problem = dict[str, Any]
Render = Callable[[Problem], ResponseReturnValue | None]

BUSY_SECONDS = 2
"""After how long somebody who was told that the database is busy should ask again."""


class MalformedError(BatonError):
    """The body is no JSON, or no form: it could not even be read."""

    code = "malformed"
    sentence = N_("The request could not be read. Its body must be a JSON object.")


class MediaTypeError(BatonError):
    """The body is of a type that this address does not read."""

    code = "media-type"
    sentence = N_("This address does not read a body of this type. Send JSON with “Content-Type: application/json”.")


class ChangedMeanwhileError(BatonError):
    """If-Match named another version than the present one."""

    code = "changed-meanwhile"
    sentence = N_("Somebody has changed this in the meantime. Read it again before you write.")


class MethodError(BatonError):
    """The address exists, but not for this method."""

    code = "method-not-allowed"
    sentence = N_("This address cannot be used in this way.")


class TooLargeError(BatonError):
    """The body is larger than the server takes."""

    code = "too-large"
    sentence = N_("This is too large. At most {limit_mb} MB can be sent at once.")


class UnexpectedError(BatonError):
    """A fault of ours; the reference finds it in the server's log."""

    code = "unexpected"
    sentence = N_("Something went wrong on our side and nothing was changed. Reference: {reference}.")


_STATUS: Mapping[type[BatonError], int] = {
    MalformedError: 400,
    plain.NotPlainError: 400,
    reader.NotLoggedInError: 401,
    access.LoginFailedError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    MethodError: 405,
    ConflictError: 409,
    ChangedMeanwhileError: 412,
    TooLargeError: 413,
    MediaTypeError: 415,
    InvalidError: 422,
    access.TooManyTriesError: 429,
    DatabaseBusyError: 503,
    DatabaseUnreachableError: 503,
    DiskFullError: 503,
}
_TITLES = {
    400: N_("Not readable"),
    401: N_("Not logged in"),
    403: N_("Not allowed"),
    404: N_("Not found"),
    405: N_("Not possible here"),
    409: N_("Not possible now"),
    412: N_("Changed meanwhile"),
    413: N_("Too large"),
    415: N_("Not readable"),
    422: N_("Please check what you entered"),
    429: N_("Too many tries"),
    503: N_("Not available at the moment"),
}
_OTHER = N_("Something went wrong")


def status_of(error: BatonError) -> int:
    """The HTTP status of an error: that of its nearest kind in the table, else 500."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)


def problem(error: BatonError, language: str) -> Problem:
    """Write an error as a problem document with its sentence in this language.

    ``facts`` are the error's; ``fields`` says for each field what is wrong with it; ``findings`` are those of refused files.
    """
    status = status_of(error)
    with force_locale(language):
        document: Problem = {
            "type": f"urn:baton:problem:{error.code}",
            "title": gettext(_TITLES.get(status, _OTHER)),
            "status": status,
            "detail": gettext(error.sentence).format(**error.facts),
            "code": error.code,
            "facts": {name: value for name, value in error.facts.items() if name != "fields"},
        }
        if "fields" in error.facts:
            document["fields"] = {name: said(text, gettext) for name, text in error.facts["fields"].items()}
        if isinstance(error, RefusedError):
            document["findings"] = [finding_row(each) for each in error.findings]
    return document


def finding_row(finding: Finding) -> dict[str, Any]:
    """A finding with its sentence in the reader's language."""
    sentence = finding.told(gettext, reader.language())
    return {"level": finding.level, "file": finding.file, "element": finding.element, "code": finding.code, "sentence": sentence}


def on_error(app: Flask, render: Render) -> None:
    """Let ``render`` draw the problems of pages. It may return None for one that is better told as a document."""
    app.extensions["baton-error-page"] = render


def answer(error: Exception) -> Response:
    """Undo the request's unit of work and tell the reader why."""
    g.failed = True
    told = _in_words(unit.roll_back(error) or error)
    document = problem(told, reader.language())
    status: int = document["status"]
    render: Render | None = None if _is_program() else current_app.extensions.get("baton-error-page")
    page = render(document) if render else None
    response = current_app.make_response(page) if page is not None else jsonify(document)
    if page is None:
        response.status_code, response.content_type = status, "application/problem+json"
    if status == 401:
        response.headers.setdefault("WWW-Authenticate", "Bearer")
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    if wait := _seconds_to_wait(told):
        response.headers["Retry-After"] = str(wait)
    return response


_WATCHED = frozenset({"/healthz", "/readyz", "/metrics"})


def _is_program() -> bool:
    return http.path.startswith("/api/") or http.path in _WATCHED


def _seconds_to_wait(error: BatonError) -> int | None:
    if isinstance(error, DatabaseBusyError | DatabaseUnreachableError) and not isinstance(error, OutcomeUnknownError):
        return BUSY_SECONDS
    return 60 * int(error.facts["minutes"]) if isinstance(error, access.TooManyTriesError) else None


def _in_words(error: Exception) -> BatonError:
    if isinstance(error, BatonError):
        if status_of(error) >= 500:
            log.error("%s %s: %s", http.method, _where(), error, exc_info=error)
        return error
    if isinstance(error, HTTPException):
        return _of_http(error)
    reference = uuid4().hex[:8]
    log.error("%s %s failed, reference %s", http.method, _where(), reference, exc_info=error)
    return UnexpectedError(reference=reference)


def _where() -> str:
    """The address as the log may have it: with names for its parts, for these may be a customer's link, or lines of their own."""
    return http.url_rule.rule if http.url_rule else "?"


def _of_http(error: HTTPException) -> BatonError:
    match error.code:
        case 404:
            return NotFoundError()
        case 405:
            return MethodError()
        case 413:
            return TooLargeError(limit_mb=(current_app.config["MAX_CONTENT_LENGTH"] or 0) // 1_000_000)
        case 415:
            return MediaTypeError()
        case _:
            return MalformedError()
