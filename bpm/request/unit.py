"""One unit of work a request: opened when somebody first asks for it, committed once before the answer leaves."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from flask import current_app, g
from flask import request as http
from sqlalchemy.orm import Session

from bpm import clock
from bpm.models.database import unit_of_work

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""What does not change anything (RFC 9110, 9.2.1)."""

View = TypeVar("View", bound=Callable[..., object])


class _NotDoneError(Exception):
    """What rolls a unit back whose view has answered with a refusal, or was never finished."""


@dataclass(slots=True)
class _Opened:
    unit: AbstractContextManager[Session]
    session: Session
    writes: bool


def session() -> Session:
    """The one session of this request: it reads for a GET and where ``only_reads`` says so. Nobody but this file commits it."""
    opened: _Opened | None = g.get("unit")
    if opened is None:
        writes = _writes()
        unit = unit_of_work(write=writes)
        g.unit = opened = _Opened(unit, unit.__enter__(), writes)
    return opened.session


def now() -> datetime:
    """The time that rules go by, the same throughout a request; aware, in UTC."""
    if "now" not in g:
        g.now = clock.now()
    moment: datetime = g.now
    return moment


def only_reads(view: View) -> View:
    """Mark a view whose session only reads although it is no GET: nothing is kept, or it writes in units of its own after ``close``."""
    view.only_reads = True  # type: ignore[attr-defined]
    return view


def is_reading() -> bool:
    """Tell whether this request's view is one whose session only reads."""
    return http.method in SAFE_METHODS or hasattr(current_app.view_functions.get(http.endpoint or ""), "only_reads")


def in_the_background() -> None:
    """Say that this request was sent by a page that merely stands open: nobody is there because of it, and his login grows old."""
    g.in_the_background = True


def is_open() -> bool:
    """Tell whether somebody has asked for the session."""
    return "unit" in g


def is_writing() -> bool:
    """Tell whether the session is open and may write."""
    opened: _Opened | None = g.get("unit")
    return opened is not None and opened.writes


def commit() -> None:
    """Commit what was done. Raises what ``unit_of_work`` raises."""
    opened: _Opened | None = g.pop("unit", None)
    g.unit_over = True
    if opened is not None:
        opened.unit.__exit__(None, None, None)


def roll_back(error: Exception | None = None) -> Exception | None:
    """Undo what was done. Returns the error in our words where it came out of the database."""
    opened: _Opened | None = g.pop("unit", None)
    g.unit_over = True
    if opened is None:
        return error
    cause = error or _NotDoneError()
    try:
        opened.unit.__exit__(type(cause), cause, cause.__traceback__)
    except Exception as told:  # noqa: BLE001 -- a unit hands on every error it was left with, some of them in other words
        return None if error is None else told
    return error


def close() -> None:
    """End the unit of a view that goes on in units of its own."""
    roll_back()


def _writes() -> bool:
    return not is_reading() and not g.get("unit_over", False)
