"""Clocks as people read them: how much working time is left, how much of the limit is used, and a ladder laid out in working time.

Everything is worked out on the server, so that no page has to know a calendar.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import calendars, limits, working_time
from bpm.ladders import Rung
from bpm.limits import STATUTORY_WARNING, WARNING_PERCENT
from bpm.models.task import Task
from bpm.models.work_order import Pause, WorkOrder
from bpm.working_time import WorkingCalendar

State = Literal["ok", "warn", "late", "hold"]

WIDTH = 860.0
_FOLDED_NIGHT = 16.0
_FOLDED_BREAK = 6.0
_NIGHT = timedelta(hours=6)
"""A gap in working time from here on is a night, a weekend or a holiday; a shorter one is a break."""

_MOST_SPANS = 40
_LABEL_WIDTH = 78.0
_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}
"""What part of its words lies before a place, by the anchor they have there."""


@dataclass(frozen=True, slots=True)
class Face:
    """What a clock shows. ``minutes`` are working minutes that are left, or (negative) over; ``percent`` and ``mark`` go by the limit.

    ``day_minutes`` is how long a working day is, so that "two working days" can be said.
    """

    state: State
    minutes: float
    percent: float
    mark: float
    due_at: datetime
    limit_minutes: float
    day_minutes: float
    natural: bool
    paused_minutes: float = 0.0
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the line, in units of its width; ``day`` is set on the first piece of each day."""

    x: float
    width: float
    day: datetime | None = None
    minutes: float = 0.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A rung on the line. ``row`` (0 or 1) keeps its words above the line off the neighbours'; None: there is no room for them."""

    x: float
    rung: Rung
    state: Literal["done", "next", "later"]
    row: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A step's working time from its beginning to the last rung that is in sight, with nights and breaks folded."""

    spans: Sequence[Stretch]
    used: Sequence[Stretch]
    held: Sequence[Stretch]
    ticks: Sequence[Tick]
    now: float | None


def of_task(session: Session, task: Task, now: datetime) -> Face | None:
    """The clock of a step; None where it has no limit."""
    if task.due_at is None or not task.limit_minutes:
        return None
    calendar = calendars.get(session, task.calendar)
    on_hold = task.paused_at is not None
    left = task.limit_minutes - limits.used_minutes(session, task, now) if on_hold else calendar.minutes_between(now, task.due_at)
    warned = task.warn_at is not None and task.warn_at <= now
    mark = 100 - 100 * calendar.minutes_between(task.warn_at, task.due_at) / task.limit_minutes if task.warn_at else WARNING_PERCENT
    until = task.order.suspended_until if task.order is not None and on_hold else None
    face = _face(calendar, left, task.limit_minutes, mark, task.due_at, on_hold=on_hold, warned=warned)
    return replace(face, paused_minutes=task.paused_minutes, until=until)


def of_order(session: Session, order: WorkOrder, now: datetime) -> Face | None:
    """The clock of the whole order, up to the answer; None where nobody has set one or the customer has his answer."""
    if order.due_at is None or not order.total_minutes or order.answered_at is not None:
        return None
    calendar = calendars.get(session, order.calendar)
    on_hold = order.paused_at is not None
    left = calendar.minutes_between(order.paused_at or now, order.due_at)
    warned = 100 - 100 * left / order.total_minutes >= WARNING_PERCENT
    face = _face(calendar, left, order.total_minutes, WARNING_PERCENT, order.due_at, on_hold=on_hold, warned=warned)
    return replace(face, paused_minutes=order.paused_minutes, until=order.suspended_until if on_hold else None)


def of_law(session: Session, order: WorkOrder, now: datetime) -> Face | None:
    """The statutory clock: calendar time, on hold only for a court; None once the customer has his answer."""
    if order.answered_at is not None or order.closed_at is not None:
        return None
    stands_since = limits.statutory_stands_since(session, order)
    whole, left = order.statutory_due_at - order.created_at, order.statutory_due_at - (stands_since or now)
    on_hold, warned, minute = stands_since is not None, left <= STATUTORY_WARNING, timedelta(minutes=1)
    mark = 100 - 100 * (STATUTORY_WARNING / whole)
    face = _face(working_time.ALWAYS, left / minute, whole / minute, mark, order.statutory_due_at, on_hold=on_hold, warned=warned)
    return replace(face, until=order.suspended_until if on_hold else None)


def _face(calendar: WorkingCalendar, left: float, limit: float, mark: float, due_at: datetime, *, on_hold: bool, warned: bool) -> Face:
    state: State = "hold" if on_hold else "late" if left < 0 else "warn" if warned else "ok"
    return Face(
        state=state,
        minutes=left,
        percent=max(0.0, min(100.0, 100 * (limit - left) / limit)),
        mark=max(0.0, min(100.0, mark)),
        due_at=due_at,
        limit_minutes=limit,
        day_minutes=calendar.day_minutes,
        natural=calendar.code == working_time.ALL_THE_TIME,
    )


def of_ladder(session: Session, task: Task, now: datetime) -> Line | None:
    """Lay a step and its rungs out in working time; None where it has no ladder."""
    rungs = limits.ladder(session, task) if task.ladder else []
    if not rungs:
        return None
    calendar = calendars.get(session, task.calendar)
    end = max([rung.at for rung in rungs if rung.at - task.created_at < timedelta(days=20)] + [now, rungs[0].at])
    spans = _by_day(calendar, task.created_at, end)
    if not spans or len(spans) > _MOST_SPANS:
        return None
    scale = _Scale(spans)
    working = [Stretch(scale.at(since), scale.width(since, until), day) for since, until, day in _days_named(spans)]
    used = [scale.stretch(since, min(until, now)) for since, until in spans if since < now]
    held = [stretch for pause in _pauses(session, task, now) for stretch in _held(scale, spans, *pause)]
    return Line(working, used, held, _ticks(scale, rungs, task.rung, end), scale.at(now) if now <= end else None)


def _by_day(calendar: WorkingCalendar, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """Working spans, those of a clock that never stops cut into days of 24 hours."""
    pieces = []
    for start, end in calendar.spans(since, until):
        at = start
        while at < end:
            stop = min(end, at + timedelta(days=1))
            pieces.append((at, stop))
            at = stop
    return pieces


def _days_named(spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime, datetime | None]]:
    named: list[tuple[datetime, datetime, datetime | None]] = []
    for index, (since, until) in enumerate(spans):
        new_day = index == 0 or since - spans[index - 1][1] >= _NIGHT or until - since >= timedelta(hours=23)
        named.append((since, until, since if new_day else None))
    return named


class _Scale:
    """Where a moment stands on the line."""

    def __init__(self, spans: Sequence[tuple[datetime, datetime]]) -> None:
        gaps = [self._gap(before[1], after[0]) for before, after in pairwise(spans)]
        worked = sum((until - since).total_seconds() for since, until in spans)
        self._unit = (WIDTH - sum(gaps)) / worked
        self._spans = []
        x = 0.0
        for (since, until), gap in zip(spans, [*gaps, 0.0], strict=True):
            width = (until - since).total_seconds() * self._unit
            self._spans.append((since, until, x))
            x += width + gap

    @staticmethod
    def _gap(closing: datetime, opening: datetime) -> float:
        if opening == closing:
            return 1.0
        return _FOLDED_NIGHT if opening - closing >= _NIGHT else _FOLDED_BREAK

    def at(self, moment: datetime) -> float:
        for since, until, x in self._spans:
            if moment <= until:
                return x + max(0.0, (moment - since).total_seconds()) * self._unit
        return WIDTH

    def width(self, since: datetime, until: datetime) -> float:
        return (until - since).total_seconds() * self._unit

    def stretch(self, since: datetime, until: datetime) -> Stretch:
        return Stretch(self.at(since), self.width(since, until), minutes=(until - since) / timedelta(minutes=1))


def _pauses(session: Session, task: Task, now: datetime) -> list[tuple[datetime, datetime]]:
    if task.order_id is None:
        return []
    rows = session.scalars(select(Pause).where(Pause.order_id == task.order_id).order_by(Pause.since))
    return [(max(pause.since, task.created_at), pause.ended_at or now) for pause in rows if (pause.ended_at or now) > task.created_at]


def _held(scale: _Scale, spans: Sequence[tuple[datetime, datetime]], since: datetime, until: datetime) -> list[Stretch]:
    cut = [(max(start, since), min(end, until)) for start, end in spans]
    return [scale.stretch(start, end) for start, end in cut if start < end]


def anchor(x: float) -> Literal["start", "middle", "end"]:
    """How words at a place of the line are laid, so that none runs over its ends: SVG's ``text-anchor``."""
    return "start" if x < _LABEL_WIDTH / 2 else "end" if x > WIDTH - _LABEL_WIDTH / 2 else "middle"


def _ticks(scale: _Scale, rungs: Sequence[Rung], coming: int, end: datetime) -> list[Tick]:
    """The rungs that are in sight; ``coming`` is the index of the next to ring."""
    ticks: list[Tick] = []
    taken = [0.0, 0.0]  # up to where the words of a row reach
    for rung in rungs:
        if rung.at > end:
            break
        x = scale.at(rung.at)
        begin = x - _LABEL_WIDTH * _BEFORE[anchor(x)]
        row = next((each for each, reached in enumerate(taken) if begin >= reached), None)
        if row is not None:
            taken[row] = begin + _LABEL_WIDTH
        ticks.append(Tick(x, rung, "done" if rung.index < coming else "next" if rung.index == coming else "later", row))
    return ticks
