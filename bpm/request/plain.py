"""Requests as everything behind them can take them: without the one character that no database keeps, and without endless nesting."""

from typing import Any

from flask import Request
from flask import request as http
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException

from bpm.errors import N_, BatonError, NotFoundError

MAX_DEPTH = 60
"""Levels of a JSON body. What is written down of it is read again by programs that go no deeper than some hundred."""

MAX_JSON = 2_000_000
"""Bytes of a JSON body: in memory it takes up to a hundred times as much."""

_NUL = "\0"


class NotPlainError(BatonError):
    """The body holds what cannot be kept."""

    code = "not-plain"
    sentence = N_("A JSON body has at most {depth} levels and {megabytes} MB, and no NUL character.")

    def __init__(self) -> None:
        super().__init__(depth=MAX_DEPTH, megabytes=MAX_JSON // 1_000_000)


class PlainRequest(Request):
    """A request out of whose form NUL is dropped, as it is out of the answers to forms, and with it fields without a name."""

    def _load_form_data(self) -> None:
        loaded = "form" in self.__dict__
        try:
            super()._load_form_data()
        except HTTPException:  # whoever tells of it on a page may ask for the form once more
            nothing: ImmutableMultiDict[str, Any] = ImmutableMultiDict()
            self.__dict__ |= {"form": nothing, "files": nothing}
            raise
        if not loaded and any(not name or _NUL in name + text for name, text in self.form.items(multi=True)):
            kept = [(name.replace(_NUL, ""), text.replace(_NUL, "")) for name, text in self.form.items(multi=True) if name]
            self.__dict__["form"] = ImmutableMultiDict(kept)


def check_address() -> None:
    """No thing has a NUL in its address. Raises NotFoundError."""
    if _NUL in http.path or b"%00" in http.query_string or b"\0" in http.query_string:
        raise NotFoundError


def check_json(body: bytes, value: Any) -> None:
    """Refuse JSON that is too large, too deep, or holds NUL. Raises NotPlainError."""
    may_hold_nul = rb"\u0000" in body
    left = [(value, 1)]
    while left:
        found, depth = left.pop()
        if depth > MAX_DEPTH or (may_hold_nul and isinstance(found, str) and _NUL in found):
            raise NotPlainError
        if isinstance(found, dict):
            left.extend((each, depth + 1) for each in found.values() if may_hold_nul or isinstance(each, dict | list))
            left.extend((key, depth) for key in found if may_hold_nul)
        elif isinstance(found, list):
            left.extend((each, depth + 1) for each in found if may_hold_nul or isinstance(each, dict | list))
