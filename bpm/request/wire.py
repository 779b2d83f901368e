"""Fasten all this to a Flask application."""

from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Request, Response, g
from flask.json.provider import JSONProvider
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_babel import Babel

import bpm
from bpm import access, clock
from bpm.models.access import LoginSession
from bpm.models.database import unit_of_work
from bpm.models.faults import DatabaseBusyError
from bpm.request import guard, idempotency, plain, problems, reader, unit

BODY_LIMIT = 32_000_000
"""Bytes that one request may bring: some attachments at once."""

TRANSLATIONS = Path(bpm.__file__).parent / "web" / "translations"


class OrjsonProvider(JSONProvider):
    """JSON as orjson writes it: moments in ISO 8601 with their offset, and ten times as fast."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        """Write JSON. A value of an unknown kind is written as its text."""
        return orjson.dumps(obj, default=str).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """Read JSON."""
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Answer with JSON."""
        return Response(orjson.dumps(self._prepare_response_obj(args, kwargs), default=str), mimetype="application/json")


class _Cookies(SecureCookieSessionInterface):
    """Flask's own cookie, which only pages have: whoever sends none is not made to wait for the key that would read it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the cookie, if there is one."""
        return super().open_session(app, request) if "Cookie" in request.headers else self.session_class()


def register(app: Flask) -> None:
    """Give each request of this application its unit of work, its reader and its answers to errors."""
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_CONTENT_LENGTH"] or BODY_LIMIT
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(TRANSLATIONS))
    app.json = OrjsonProvider(app)
    app.session_interface = _Cookies()
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]  # each is an ordinary function, and need not be asked
    app.request_class = plain.PlainRequest
    if "babel" not in app.extensions:
        Babel(app, locale_selector=reader.language, timezone_selector=lambda: str(clock.zone()))
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_leave)
    app.register_error_handler(Exception, problems.answer)


def _begin() -> Response | None:
    plain.check_address()
    guard.check()
    return idempotency.replay()


def _end(response: Response) -> Response:
    """Commit what was done, before anybody hears that it was. Refusals are undone."""
    try:
        if response.status_code >= 400:
            unit.roll_back()
        else:
            idempotency.keep(response)
            _commit()
    except Exception as error:  # noqa: BLE001 -- Flask tells no handler of what goes wrong here
        return problems.answer(error)
    return response


def _commit() -> None:
    found = g.get("reader")
    seen: LoginSession | None = found.login if found and not g.get("in_the_background") else None
    stale = seen if seen is not None and access.is_stale(seen, clock.wall()) else None
    if stale and unit.is_writing():
        access.touch(unit.session(), stale.id, clock.wall())
        stale = None
    unit.commit()
    if stale:
        _touch(stale)


def _touch(login: LoginSession) -> None:
    """Note that a login is still in use. Missing it once does no harm."""
    try:
        with unit_of_work() as session:
            access.touch(session, login.id, clock.wall())
    except DatabaseBusyError:
        return


def _leave(_error: BaseException | None) -> None:
    if unit.is_open():
        unit.roll_back()
