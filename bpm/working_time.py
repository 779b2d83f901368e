"""Working time: hours of the week in a zone, public holidays and make-up working days (调休).

A calendar is asked often and changed once a year. So the working spans of each year are worked out once, as whole microseconds of UTC
with a running total; adding five working days, or counting between two moments, is then two searches in a sorted list.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bpm.errors import N_, InvalidError

ALL_THE_TIME = "CAL-247"
"""The calendar in which every minute counts. It needs no row."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_MINUTE = 60_000_000
_DAY_END = "24:00"
_HORIZON = 40
"""Years in which working time must be found; a calendar that is closed for longer is a mistake."""


class NoWorkingTimeError(InvalidError):
    """A calendar without working hours was asked when so many minutes are over."""

    code = "calendar-empty"
    sentence = N_("The working calendar “{calendar}” has too few working hours to count with.")


class HoursError(InvalidError):
    """The weekly hours of a calendar are not written as they must be."""

    code = "calendar-hours"
    sentence = N_("The hours of the calendar “{calendar}” are wrong at “{part}”. Write seven days of pairs such as 08:30 to 12:00.")


@dataclass(frozen=True, slots=True)
class Day:
    """A date that is not what its weekday says: off, or a make-up working day."""

    day: date
    working: bool
    name: str


def _ticks(moment: datetime) -> int:
    return (moment - _EPOCH) // _TICK


def _moment(ticks: int) -> datetime:
    return _EPOCH + timedelta(microseconds=ticks)


@dataclass(frozen=True, slots=True)
class _Table:
    """The spans of some years in order; ``before[i]`` is the working time of the table that lies before span ``i``."""

    first: int
    last: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]
    total: int

    def worked(self, ticks: int) -> int:
        """Working time from the beginning of the table to a moment."""
        index = bisect_right(self.starts, ticks) - 1
        if index < 0:
            return 0
        return self.before[index] + min(ticks, self.ends[index]) - self.starts[index]

    def reached(self, worked: int) -> int:
        """The first moment at which so much has been worked: the end of a day, not the next morning."""
        index = bisect_left(self.before, worked) - 1
        return self.starts[index] + worked - self.before[index]

    def left(self, worked: int) -> int:
        """The last moment at which no more than this has been worked: a morning, not the evening before."""
        index = bisect_right(self.before, worked) - 1
        return self.starts[index] + worked - self.before[index]


def read_week(code: str, hours: Sequence[Sequence[Sequence[str]]]) -> tuple[tuple[tuple[time, time | None], ...], ...]:
    """The hours of seven days. Raises HoursError."""
    if len(hours) != 7:
        raise HoursError(calendar=code, part=str(hours))
    return tuple(tuple(_pair(code, pair) for pair in sorted(day, key=tuple)) for day in hours)


def _pair(code: str, pair: Sequence[str]) -> tuple[time, time | None]:
    """Opening and closing; None is the midnight at which the day ends."""
    try:
        opening, closing = pair
        start, end = time.fromisoformat(opening), None if closing == _DAY_END else time.fromisoformat(closing)
    except ValueError as error:
        raise HoursError(calendar=code, part=" ".join(map(str, pair))) from error
    if end is not None and end <= start:
        raise HoursError(calendar=code, part=f"{opening} {closing}")
    return start, end


def _minutes(at: time | None) -> float:
    return 24 * 60 if at is None else at.hour * 60 + at.minute


class WorkingCalendar:
    """The working hours of a zone. Moments are aware; answers are in UTC. Threads share it."""

    def __init__(self, code: str, zone: str, hours: Sequence[Sequence[Sequence[str]]], days: Iterable[Day] = ()) -> None:
        """Take the weekly hours as seven lists (Monday first) of pairs, and the days that differ. Raises HoursError.

        A make-up day that falls on a day without hours has those of the first weekday that has some.
        """
        self.code = code
        self._zone = ZoneInfo(zone)
        self._week = read_week(code, hours)
        self._make_up = next((spans for spans in self._week if spans), ())
        self._days = {day.day: day.working for day in days}
        self._known: _Table | None = None

    def add(self, moment: datetime, span: timedelta) -> datetime:
        """The moment at which this much working time has passed (or, for a negative span, had yet to pass).

        What ends with a working span ends in that minute, not at the next one's beginning.
        Raises NoWorkingTimeError where there is too little working time to be found.
        """
        ticks, wanted = _ticks(moment), span // _TICK
        if wanted == 0:
            return moment.astimezone(UTC)
        forward = wanted > 0
        for reach in (1, 4, _HORIZON):
            table = self._table(moment.year - (0 if forward else reach), moment.year + (reach if forward else 0))
            target = table.worked(ticks) + wanted
            if forward and target <= table.total:
                return _moment(table.reached(target))
            if not forward and target >= 0:
                return _moment(table.left(target))
        raise NoWorkingTimeError(calendar=self.code)

    def add_days(self, moment: datetime, days: int) -> datetime:
        """The same time of day so many working days later; a day counts on which anybody works at all.

        Raises NoWorkingTimeError where there are too few such days to be found.
        """
        local = moment.astimezone(self._zone)
        day, left = local.date(), days
        while left > 0:
            day += timedelta(days=1)
            left -= bool(self._hours(day))
            if day.year > local.year + _HORIZON:
                raise NoWorkingTimeError(calendar=self.code)
        return datetime.combine(day, local.time(), tzinfo=self._zone).astimezone(UTC)

    def minutes_between(self, since: datetime, until: datetime) -> float:
        """Working minutes from one moment to another; negative when ``until`` is the earlier one."""
        table = self._table(min(since.year, until.year), max(since.year, until.year))
        return (table.worked(_ticks(until)) - table.worked(_ticks(since))) / _MINUTE

    def is_working(self, moment: datetime) -> bool:
        """Tell whether somebody works at this moment; the minute of closing is not worked."""
        table, ticks = self._table(moment.year, moment.year), _ticks(moment)
        index = bisect_right(table.starts, ticks) - 1
        return index >= 0 and ticks < table.ends[index]

    def spans(self, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
        """The working spans between two moments, in order, cut at both ends."""
        table, first, last = self._table(since.year, until.year), _ticks(since), _ticks(until)
        index = max(bisect_right(table.starts, first) - 1, 0)
        found = []
        while index < len(table.starts) and table.starts[index] < last:
            start, end = max(table.starts[index], first), min(table.ends[index], last)
            if start < end:
                found.append((_moment(start), _moment(end)))
            index += 1
        return found

    @cached_property
    def day_minutes(self) -> float:
        """The working minutes of an ordinary working day: what "one working day" means in a limit."""
        return sum((_minutes(end) - _minutes(start)) for start, end in self._make_up)

    def _table(self, first: int, last: int) -> _Table:
        """The table that covers these years (UTC) whole. A race builds it twice and harms nobody."""
        known = self._known
        if known is not None:
            if known.first <= first - 1 and last + 1 <= known.last:
                return known
            first, last = min(first, known.first + 1), max(last, known.last - 1)
        self._known = known = self._build(first - 1, last + 1)  # a year of slack: a zone's year is not that of UTC
        return known

    def _build(self, first: int, last: int) -> _Table:
        starts: list[int] = []
        ends: list[int] = []
        for start, end in self._worked(first, last):
            if ends and start <= ends[-1]:  # 24:00 meets 00:00, and hours that the clock change pushes together
                ends[-1] = max(ends[-1], end)
            else:
                starts.append(start)
                ends.append(end)
        before, total = [], 0
        for start, end in zip(starts, ends, strict=True):
            before.append(total)
            total += end - start
        return _Table(first, last, tuple(starts), tuple(ends), tuple(before), total)

    def _worked(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        day, stop = date(first, 1, 1), date(last, 12, 31)
        while day <= stop:
            for start, end in self._hours(day):
                since, until = self._instant(day, start, closing=False), self._instant(day, end, closing=True)
                if since < until:
                    yield since, until
            day += timedelta(days=1)

    def _hours(self, day: date) -> tuple[tuple[time, time | None], ...]:
        spans = self._week[day.weekday()]
        working = self._days.get(day)
        if working is None:
            return spans
        return (spans or self._make_up) if working else ()

    def _instant(self, day: date, at: time | None, *, closing: bool) -> int:
        """The moment of a wall time. In an hour that comes twice, opening is its first coming and closing its second;
        a time that the spring change leaves out is later by what was left out, as clocks show it.
        """
        local = datetime.combine(day, at or time(0), tzinfo=self._zone)
        if at is None:
            local = datetime.combine(day + timedelta(days=1), time(0), tzinfo=self._zone)
        later = local.replace(fold=1)
        twice = later.astimezone(UTC) > local.astimezone(UTC)
        return _ticks(later if closing and twice else local)


class _AllTheTime(WorkingCalendar):
    """Every minute counts, everywhere."""

    def __init__(self) -> None:
        super().__init__(ALL_THE_TIME, "UTC", [[["00:00", _DAY_END]]] * 7)

    def add(self, moment: datetime, span: timedelta) -> datetime:
        return moment.astimezone(UTC) + span

    def minutes_between(self, since: datetime, until: datetime) -> float:
        return (_ticks(until) - _ticks(since)) / _MINUTE

    def is_working(self, moment: datetime) -> bool:
        return True

    def spans(self, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
        return [(since.astimezone(UTC), until.astimezone(UTC))] if since < until else []


ALWAYS: WorkingCalendar = _AllTheTime()
