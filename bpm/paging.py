"""Pages of a list: a cursor names the last row that was seen, so that a page costs the same wherever it stands."""

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar, TypeVarTuple
from uuid import UUID

import orjson
from sqlalchemy import Select, and_, or_

from bpm.errors import N_, InvalidError

Row = TypeVar("Row")
Columns = TypeVarTuple("Columns")


class CursorError(InvalidError):
    """The cursor was not made here."""

    code = "bad-cursor"
    sentence = N_("This place in the list is not known. Start from the first page.")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and the cursor of the next ones (None: these are the last)."""

    items: Sequence[Row]
    next_cursor: str | None = None

    @classmethod
    def of(cls, rows: Sequence[Row], limit: int, cursor: Callable[[Row], str]) -> "Page[Row]":
        """Make a page of at most ``limit`` rows out of ``limit + 1`` that were read."""
        return cls(rows[:limit], cursor(rows[limit - 1]) if len(rows) > limit else None)


def newest_first(query: Select[*Columns], table: Any, cursor: str | None, limit: int) -> Select[*Columns]:
    """A page of rows by ``created_at``, and one more that tells whether another page comes. Raises CursorError."""
    if cursor:
        at, last = read_cursor(cursor, datetime, UUID)
        query = query.where(or_(table.created_at < at, and_(table.created_at == at, table.id < last)))
    return query.order_by(table.created_at.desc(), table.id.desc()).limit(limit + 1)


LONGEST_SOUGHT = 200
"""Characters of a search: SQLite refuses to look for some ten thousand, and nothing that is shown in a list is longer."""


_ASTERISKS = re.compile(r"\*+")


def pattern(sought: str) -> str:
    """What a search box asks of LIKE: the text anywhere, with anything for the asterisks of a masked number.

    LIKE's own signs for "anything" mean nothing.
    """
    return f"%{_ASTERISKS.sub('%', sought[:LONGEST_SOUGHT].replace('%', '').replace('_', ''))}%"


def cursor_of(*values: Any) -> str:
    """Write the sort values of a row as a cursor."""
    return base64.urlsafe_b64encode(orjson.dumps(values, default=str)).decode().rstrip("=")


def read_cursor(cursor: str, *kinds: type) -> list[Any]:
    """Read the sort values back. Raises CursorError."""
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_READ.get(kind, kind)(value) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error):
        raise CursorError from None


_LARGEST = 2**31


def _moment(text: str) -> datetime:
    """An aware moment; a cursor that we made holds no other."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(value)
    return value


def _whole(value: Any) -> int:
    number = int(value)
    if abs(number) > _LARGEST:
        raise ValueError(value)
    return number


_READ: dict[type, Callable[[Any], Any]] = {datetime: _moment, int: _whole, str: _text, UUID: UUID}
