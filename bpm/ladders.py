"""Ladders as their decision tables give them: whom a limit that runs out is shown to, and when.

A table gives a row for each rung; a row with ``before_statutory_hours`` stands for the order's statutory date.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

LONGEST_BEFORE = timedelta(days=366)
"""How long before the statutory date a rung may ring."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of a task's ladder: at which moment, to which tier, whom to tell (``to``) by which ways (``how``), for how many points.

    ``plus_minutes`` are working minutes after the limit; of two moments the later counts.
    """

    index: int
    tier: int
    percent: float
    plus_minutes: float | None
    at: datetime
    to: tuple[str, ...]
    how: tuple[str, ...]
    points: int


@dataclass(frozen=True, slots=True)
class Summons:
    """The rung of the statutory date: so long before it, whom to tell, by which ways. It belongs to the order, not to a task."""

    tier: int
    before: timedelta
    to: tuple[str, ...]
    how: tuple[str, ...]


def rungs_of(found: Any, limit_minutes: float, moment: Callable[[float], datetime]) -> list[Rung]:
    """The rungs that a ladder's table has given for a limit, in order; ``moment`` tells when so many minutes of it are used.

    Raises TypeError, ValueError, OverflowError for a cell with which nobody can count.
    """
    timed = [(_used_at(row, limit_minutes), row) for row in _rows(found) if row.get("percent") is not None]
    timed.sort(key=lambda pair: (pair[0], int(pair[1]["tier"])))
    return [_rung(index, row, moment(used)) for index, (used, row) in enumerate(timed)]


def summons_of(found: Any) -> Summons | None:
    """The rung of the statutory date that a ladder's table has given; None where it gives none. Raises as ``rungs_of``."""
    for row in _rows(found):
        hours = row.get("before_statutory_hours")
        if hours is not None:
            before = timedelta(hours=float(hours))
            if not timedelta(0) <= before <= LONGEST_BEFORE:
                raise ValueError(hours)
            return Summons(int(row["tier"]), before, _words(row.get("to")), _words(row.get("how")))
    return None


def points_of(found: Any, tier: int) -> int:
    """What the rungs up to a tier add to the urgency of an order. Raises as ``rungs_of``."""
    return sum(int(row.get("priority") or 0) for row in _rows(found) if 0 < int(row["tier"]) <= tier)


def _used_at(row: Mapping[str, Any], limit: float) -> float:
    """Net minutes at which a rung rings: a percentage of the limit, or some minutes after it, whichever is later."""
    by_percent = limit * float(row["percent"]) / 100
    plus = row.get("plus_minutes")
    return by_percent if plus is None else max(by_percent, limit + float(plus))


def _rung(index: int, row: Mapping[str, Any], at: datetime) -> Rung:
    plus = row.get("plus_minutes")
    return Rung(
        index=index,
        tier=int(row["tier"]),
        percent=float(row["percent"]),
        plus_minutes=None if plus is None else float(plus),
        at=at,
        to=_words(row.get("to")),
        how=_words(row.get("how")),
        points=int(row.get("priority") or 0),
    )


def _words(value: Any) -> tuple[str, ...]:
    """Names that a table gives as a list, or as one text with blanks or commas."""
    if isinstance(value, str):
        return tuple(value.replace(",", " ").replace("、", " ").split())
    return tuple(value or ())


def _rows(found: Any) -> list[Mapping[str, Any]]:
    """The rows of a table that collects; one that gives a single row is read too."""
    rows = found if isinstance(found, list) else [found]
    return [row for row in rows if isinstance(row, Mapping) and row.get("tier") is not None]
