"""Spans of time as people say them: 3 working days 2 h, not 1470."""

from dataclasses import dataclass, field

from bpm.comparing.changes import Reader, Told
from bpm.engine.faults import TimerError
from bpm.engine.timers import span
from bpm.errors import N_
from bpm.working_time import ALL_THE_TIME

_ONE_DAY, _DAYS = N_("1 day"), N_("{n} days")
_ONE_WORKING_DAY, _WORKING_DAYS = N_("1 working day"), N_("{n} working days")
_HOURS, _MINUTES = N_("{n} h"), N_("{n} min")
_WORKING = N_("{span} of working time")
_HOUR, _DAY = 60, 24 * 60


@dataclass(frozen=True, slots=True)
class Span(Told):
    """Minutes of a calendar; None: of one that is not known here."""

    minutes: float
    calendar: str | None = field(default=None, compare=False)

    def told(self, reader: Reader) -> str:
        """In days of the calendar, hours and minutes."""
        natural = self.calendar == ALL_THE_TIME
        day = _DAY if natural else reader.day_minutes.get(self.calendar or "", 0)
        days, rest = divmod(self.minutes, day) if day else (0, self.minutes)
        hours, minutes = divmod(rest, _HOUR)
        one, many = (_ONE_DAY, _DAYS) if natural else (_ONE_WORKING_DAY, _WORKING_DAYS)
        parts = ((one if days == 1 else many, days), (_HOURS, hours), (_MINUTES, minutes))
        said = " ".join(reader.translate(text).format(n=f"{n:g}") for text, n in parts if n)
        return said if natural or days else reader.translate(_WORKING).format(span=said)


def of_minutes(written: str, calendar: str | None) -> Span | str:
    """A limit as it is written in a drawing; what is worked out stays as it is."""
    try:
        minutes = float(written)
    except ValueError:
        return written
    return Span(written, minutes, calendar) if 0 < minutes < float("inf") else written


def of_duration(written: str, calendar: str | None) -> Span | str:
    """A duration (ISO 8601); without a calendar it runs day and night. Months, and what is worked out, stay as they are."""
    try:
        read = span(written.strip())
    except TimerError:
        return written
    minutes = read.rest.total_seconds() / _HOUR
    return written if read.months or minutes <= 0 else Span(written, minutes, calendar or ALL_THE_TIME)
