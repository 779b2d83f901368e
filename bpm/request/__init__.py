"""A request: its one unit of work, who asks and in which language, and how errors are answered. Pages and API alike.

``session()`` opens the unit of work when it is first asked for: reading for a GET, writing otherwise. It is committed once, before the
answer leaves, and rolled back when the answer is a refusal. Views never commit.
"""

from bpm.request.guard import CSRF_FIELD, CSRF_HEADER, CsrfError, csrf_token
from bpm.request.plain import MAX_JSON, NotPlainError, check_json
from bpm.request.problems import (
    ChangedMeanwhileError,
    MalformedError,
    MediaTypeError,
    Problem,
    finding_row,
    on_error,
    problem,
    status_of,
)
from bpm.request.reader import (
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    NotLoggedInError,
    actor,
    forget,
    language,
    login,
    visitor,
)
from bpm.request.unit import close, in_the_background, now, only_reads, roll_back, session
from bpm.request.wire import register

__all__ = [
    "CSRF_FIELD",
    "CSRF_HEADER",
    "LANGUAGE_COOKIE",
    "MAX_JSON",
    "SESSION_COOKIE",
    "ChangedMeanwhileError",
    "CsrfError",
    "MalformedError",
    "MediaTypeError",
    "NotLoggedInError",
    "NotPlainError",
    "Problem",
    "actor",
    "check_json",
    "close",
    "csrf_token",
    "finding_row",
    "forget",
    "in_the_background",
    "language",
    "login",
    "now",
    "on_error",
    "only_reads",
    "problem",
    "register",
    "roll_back",
    "session",
    "status_of",
    "visitor",
]
