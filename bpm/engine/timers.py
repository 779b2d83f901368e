"""Due times in ISO 8601 on a clock that is handed in: months are months, zones have names, working time has calendars."""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bpm.engine.faults import TimerError
from bpm.errors import N_

DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$")
ZONED = re.compile(r"(.+?)\[(.+)\]$")
LITERAL = re.compile(r"-?P[\dT]|R\d*/|\d{4}-")
MAX_TEXT = 200  # characters
FOREVER = -1
SHORTEST_TURN = timedelta(seconds=1)
_LEAP = timedelta(days=30)
"""Working time that is passed over at once: every calendar can be reckoned so far ahead."""


class WorkingCalendar(Protocol):
    """Working time of a unit: hours, holidays, make-up days."""

    def add(self, moment: datetime, span: timedelta) -> datetime:
        """The moment when ``span`` of working time has passed since ``moment``."""
        ...


Calendars = Callable[[str], WorkingCalendar | None]
"""The working calendar of a name; None where there is none of it."""


def no_calendar(_name: str) -> None:
    """The calendar of every name where no organisation is at hand."""


Members = Callable[[str, str, str | None], Sequence[str]]
"""The logins of all who play a role in a unit (its code, or a function and a city)."""


def nobody(_role: str, _unit: str, _city: str | None) -> Sequence[str]:
    """The members of every unit where no organisation is at hand."""
    return ()


@dataclass(frozen=True, slots=True)
class Clock:
    """What a step is told of the world around it: now, the zone of local times, the working calendars, and who is where."""

    now: datetime
    zone: ZoneInfo
    calendars: Calendars
    members: Members = nobody

    def calendar(self, name: str | None) -> WorkingCalendar | None:
        """The calendar of this name. Raises TimerError when there is none."""
        if not name:
            return None
        found = self.calendars(name)
        if found is None:
            raise TimerError(N_("There is no working calendar “{calendar}”."), calendar=name)
        return found


@dataclass(frozen=True, slots=True)
class Span:
    """A duration: months are kept apart, because they are not of one length."""

    months: int
    rest: timedelta

    def times(self, count: int) -> "Span":
        """This span so many times."""
        return Span(self.months * count, self.rest * count)


def span(text: str) -> Span:
    """Read an ISO 8601 duration. Raises TimerError."""
    match = DURATION.match(text)
    if not match or not any(match.groups()):
        raise TimerError(N_("“{text}” is not an ISO 8601 duration such as PT8H or P3D."), text=text[:80])
    years, months, weeks, days, hours, minutes, seconds = (float(part) if part else 0.0 for part in match.groups())
    try:
        return Span(int(years * 12 + months), timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds))
    except OverflowError:
        raise _too_long(text) from None


def later(start: datetime, by: Span, zone: ZoneInfo) -> datetime:
    """``start`` plus a span: a day keeps the hour on the wall, an hour is an hour, a month ends where the month ends."""
    local = start.astimezone(zone)
    if by.months:
        ahead = local.month - 1 + by.months
        year, month = local.year + ahead // 12, ahead % 12 + 1
        local = local.replace(year=year, month=month, day=min(local.day, monthrange(year, month)[1]))
    days = timedelta(days=by.rest.days)
    local = (local.replace(tzinfo=None) + days).replace(tzinfo=zone)
    return local.astimezone(UTC) + (by.rest - days)


def later_in(calendar: WorkingCalendar, start: datetime, by: Span) -> datetime:
    """``start`` plus a span of working time. Raises TimerError: a month of working time is no measure."""
    if by.months:
        raise TimerError(N_("Months and years cannot be measured in working time. Write days or hours."))
    return calendar.add(start, by.rest)


def zone_of(name: str) -> ZoneInfo:
    """A zone by name. Raises TimerError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise TimerError(N_("There is no time zone “{zone}”."), zone=name[:60]) from None


def moment(text: str, zone: ZoneInfo) -> datetime:
    """Read an ISO 8601 date and time, with an offset, a ``[Zone/Name]`` or in ``zone``. Raises TimerError."""
    match = ZONED.match(text)
    if match:
        text, zone = match[1], zone_of(match[2])
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise TimerError(N_("“{text}” is not an ISO 8601 date and time."), text=text[:80]) from None
    return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A cycle as it was written: how often (-1: for ever), every so long, from when on, in which zone."""

    count: int
    every: str
    first: str | None
    zone: str | None


def repeat(text: str) -> Repeat:
    """Read ``R3/PT10M``, ``R/2026-03-28T09:00:00[Europe/Rome]/P1D``. Raises TimerError."""
    parts = re.split(r"/(?![^\[]*\])", text)
    if not re.fullmatch(r"R\d*", parts[0]) or len(parts) not in (2, 3):
        raise TimerError(N_("“{text}” is not an ISO 8601 repeat such as R3/PT10M. Cron texts are not supported."), text=text[:80])
    count = int(parts[0][1:]) if len(parts[0]) > 1 else FOREVER
    if count == 0:
        raise TimerError(N_("“{text}” repeats no time at all."), text=text[:80])
    zoned = ZONED.match(parts[-1])
    every, zone = (zoned[1], zoned[2]) if zoned else (parts[-1], None)
    if len(parts) == 2:
        return Repeat(count, every, None, zone)
    if parts[1].startswith("P"):
        raise TimerError(
            N_("“{text}” repeats up to an end date, which is not supported. Give the first date and a number."), text=text[:80]
        )
    start = ZONED.match(parts[1])
    return Repeat(count, every, parts[1], start[2] if start else zone)


Armed = dict[str, Any]
"""A timer that runs, as JSON: ``due`` (ISO 8601, UTC); a cycle has also ``left``, ``every``, ``first``, ``turn`` and ``zone``."""


def arm(form: str, text: str, clock: Clock, calendar: str | None = None) -> Armed:
    """Work out when a timer is due. ``form`` is timeDate, timeDuration or timeCycle. Raises TimerError."""
    text = text.strip().strip("\"'")
    if len(text) > MAX_TEXT:
        raise _too_long(text)
    if text.startswith("-"):
        raise TimerError(N_("“{text}” is negative; time does not run backwards."), text=text[:80])
    hours = clock.calendar(calendar)
    if form == "timeDate":
        return {"due": moment(text, clock.zone).isoformat()}
    if form == "timeDuration":
        return {"due": _plus(clock.now, text, 1, clock.zone, hours).isoformat()}
    cycle = repeat(text)
    zone = zone_of(cycle.zone) if cycle.zone else clock.zone
    every = span(cycle.every)
    if not every.months and every.rest < SHORTEST_TURN:
        raise TimerError(N_("“{text}” repeats more often than once a second."), text=text[:80])
    soonest = _plus(clock.now, cycle.every, 1, zone, hours)
    first = moment(cycle.first, zone) if cycle.first else soonest
    armed = {"due": first.isoformat(), "left": cycle.count, "every": cycle.every, "first": first.isoformat(), "turn": 0}
    return {**armed, "zone": cycle.zone} if cycle.zone else armed


def _plus(start: datetime, every: str, turns: int, zone: ZoneInfo, hours: WorkingCalendar | None) -> datetime:
    """``start`` plus a written duration so many times. Raises TimerError, also where no calendar reaches so far."""
    try:
        by = span(every).times(turns)
        return later_in(hours, start, by) if hours else later(start, by, zone)
    except (OverflowError, ValueError):
        raise _too_long(every) from None


def _too_long(text: str) -> TimerError:
    return TimerError(N_("“{text}” … is too long for a time."), text=text[:40])


def again(armed: Armed, clock: Clock, calendar: str | None = None, turns: int = 1) -> Armed:
    """A later turn of a cycle, reckoned from the first one, so that the 31st plus months does not drift."""
    hours, turn, every = clock.calendar(calendar), armed["turn"] + turns, armed["every"]
    zone = zone_of(armed["zone"]) if armed.get("zone") else clock.zone
    before, ahead = (armed["due"], turns) if hours else (armed["first"], turn)
    due = _plus(datetime.fromisoformat(before), every, ahead, zone, hours)
    left = armed["left"] - turns if armed["left"] > 0 else FOREVER
    return {**armed, "due": due.isoformat(), "left": left, "turn": turn}


def repeats(armed: Armed) -> bool:
    """Tell whether the timer comes again after this turn."""
    return bool(armed.get("left", 1) != 1)


def next_start(form: str, text: str, clock: Clock, calendar: str | None = None) -> datetime | None:
    """When a start timer is due next, strictly after now; None when it will not be any more. Raises TimerError."""
    armed = arm(form, text, clock, calendar)
    while (due := datetime.fromisoformat(armed["due"])) <= clock.now:
        if form != "timeCycle" or not repeats(armed):
            return None
        passed = _passed(span(armed["every"]), clock.now - due, due, clock, clock.calendar(calendar))
        armed = again(armed, clock, calendar, min(passed, armed["left"] - 1) if armed["left"] > 0 else passed)
    return due


def _passed(every: Span, past: timedelta, due: datetime, clock: Clock, hours: WorkingCalendar | None) -> int:
    """Turns after ``due`` that are over, as many as can be told at once: a cycle that began years back costs nothing."""
    if hours is None:
        return max(int(past / (every.rest + timedelta(days=31 * every.months))) - 1, 1)
    turns = int(min(past, _LEAP) / every.rest)
    while turns > 1 and later_in(hours, due, every.times(turns)) > clock.now:
        turns //= 2
    return max(turns, 1)


def unreadable(form: str, text: str, *, working: bool) -> TimerError | None:
    """What is wrong with a time that is written down (no expression), for the time of deployment."""
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("UTC"), lambda _name: _Always())
    try:
        arm(form, text, clock, "any" if working else None)
    except TimerError as error:
        return error
    return None


class _Always:
    """A calendar without pauses, to try a text out."""

    def add(self, moment: datetime, span: timedelta) -> datetime:
        return moment + span
