"""Who asks, and in which language: a bearer token for programs, a session's cookie for people."""

import hashlib
import time
from dataclasses import dataclass

from flask import g
from flask import request as http
from sqlalchemy import bindparam, select

from bpm import access, clock
from bpm.access import Actor
from bpm.errors import LANGUAGES, N_, BatonError
from bpm.models.access import ApiToken, LoginSession
from bpm.models.org import User
from bpm.models.prepared import Prepared
from bpm.request import unit

SESSION_COOKIE = "baton_session"
LANGUAGE_COOKIE = "baton_language"

_FRESH_SECONDS = 5.0
"""How long what an actor may do is believed; whether his token is still good is asked each time."""
_MOST_KEPT = 1000


class NotLoggedInError(BatonError):
    """Nobody is logged in, or the login has ended."""

    code = "not-logged-in"
    sentence = N_("Log in first, or send a bearer token.")


class BadTokenError(NotLoggedInError):
    """The bearer token is unknown or was taken back."""

    code = "bad-token"
    sentence = N_("This bearer token is not known or was taken back.")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: nobody, a person with a login, or a program with a token."""

    actor: Actor | None = None
    login: LoginSession | None = None


_tokens, _users = ApiToken.__table__, User.__table__
_GOOD = Prepared(
    select(_tokens.c.id)
    .join_from(_tokens, _users, _users.c.id == _tokens.c.user_id)
    .where(_tokens.c.secret_hash == bindparam("digest"), _tokens.c.revoked_at.is_(None), _users.c.active)
)

_actors: dict[str, tuple[float, Actor]] = {}
"""By the hash of a token: until when (monotonic seconds) its actor is believed. One process may lag behind another by that long."""


def actor() -> Actor:
    """Who asks. Raises NotLoggedInError, and BadTokenError for a token that is not good."""
    found = reader().actor
    if found is None:
        raise NotLoggedInError
    return found


def visitor() -> Actor | None:
    """Who asks, where nobody need be logged in. Raises BadTokenError."""
    return reader().actor


def login() -> LoginSession | None:
    """The open login of the cookie, when that is how the request came."""
    return reader().login


def reader() -> Reader:
    """Find out once a request who asks. A token goes before a cookie. While an error is told that came before this, nobody does."""
    found: Reader | None = g.get("reader")
    if found is None:
        if g.get("failed"):
            return Reader()
        if has_token():
            found = Reader(actor=_of_token(http.headers["Authorization"][7:].strip()))
        else:
            found = _of_cookie(http.cookies.get(SESSION_COOKIE))
        g.reader = found
    return found


def has_token() -> bool:
    """Tell whether the request carries a bearer token, good or not."""
    return http.headers.get("Authorization", "")[:7].lower() == "bearer "


def forget() -> None:
    """Ask anew who it is: after logging in or out within a request."""
    g.pop("reader", None)
    g.pop("language", None)


def language() -> str:
    """The language of the answer: ``zh`` or ``en``.

    A person's own setting, then the language cookie, then Accept-Language; a program says it with Accept-Language. Else Chinese.
    """
    if "language" not in g:
        found = reader().actor
        cookie = http.cookies.get(LANGUAGE_COOKIE)
        own = found.language if found else None
        wishes = (_accepted(), own) if has_token() else (own, cookie, _accepted())
        g.language = next((wish for wish in wishes if wish in LANGUAGES), LANGUAGES[0])
    wanted: str = g.language
    return wanted


def _accepted() -> str | None:
    """The dearest language of Accept-Language that there is here; a region makes no difference."""
    tags = (tag.partition("-")[0].lower() for tag, quality in http.accept_languages if quality > 0)
    return next((tag for tag in tags if tag in LANGUAGES), None)


def _of_cookie(secret: str | None) -> Reader:
    found = access.session_of(unit.session(), secret, clock.wall()) if secret else None
    if found is None:
        return Reader()
    who = access.actor_of(found.user)
    unit.session().expunge(found)  # it is read once more when the unit is over: for the CSRF value of an error's page
    return Reader(who, found)


def _of_token(secret: str) -> Actor:
    digest = hashlib.sha256(secret.encode()).hexdigest()
    known = _actors.get(digest)
    if known and known[0] > time.monotonic() and _is_good(digest):
        return known[1]
    user = access.token_user(unit.session(), secret)
    if user is None:
        _actors.pop(digest, None)
        raise BadTokenError
    found = access.actor_of(user)
    if len(_actors) >= _MOST_KEPT:
        _actors.clear()
    _actors[digest] = (time.monotonic() + _FRESH_SECONDS, found)
    return found


def _is_good(digest: str) -> bool:
    """Ask for one indexed row only: reading the user with all memberships costs ten times as much."""
    return bool(_GOOD.rows(unit.session(), {"digest": digest}))
