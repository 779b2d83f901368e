"""The working calendars of this installation: kept as rows, read once, and told anew when somebody changes one."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bpm.errors import N_, InvalidError, NotFoundError
from bpm.models.calendar import Calendar, CalendarDay
from bpm.models.prepared import Prepared
from bpm.models.setting import Setting
from bpm.working_time import ALL_THE_TIME, ALWAYS, Day, WorkingCalendar, read_week

_STAMP = "calendars"
_KEPT = 8


class CalendarUnknownError(NotFoundError):
    """Nobody has set up this calendar."""

    code = "calendar-unknown"
    sentence = N_("There is no working calendar “{calendar}”.")


class DaysError(InvalidError):
    """A list of holidays cannot be read; nothing was changed."""

    code = "calendar-days"
    sentence = N_("The list of days is wrong at “{part}”. Each line is a date of {year}, working or off, and a name.")


def get(session: Session, code: str | None) -> WorkingCalendar:
    """The calendar of a code; None is all the time. Raises CalendarUnknownError.

    What was worked out is kept as long as nobody changes a calendar, which a stamp beside the rows tells, also to other processes.
    """
    if code is None or code == ALL_THE_TIME:
        return ALWAYS
    found = all(session).get(code)
    if found is None:
        raise CalendarUnknownError(calendar=code)
    return found


def is_known(session: Session, code: str) -> bool:
    """Tell whether there is a calendar of this code."""
    return code == ALL_THE_TIME or code in all(session)


_STAMPED = Prepared(select(Setting.value).where(Setting.key == _STAMP))
_shared: dict[str, Mapping[str, WorkingCalendar]] = {}


def all(session: Session) -> Mapping[str, WorkingCalendar]:  # noqa: A001 -- calendars.all reads as what it is
    """Every calendar by its code, with the one of all the time."""
    mine: Mapping[str, WorkingCalendar] | None = session.info.get(_STAMP)
    if mine is not None:
        return mine
    stamp = next((row["value"] for row in _STAMPED.rows(session, {})), None)
    found = _shared.get(stamp) if stamp else None
    if found is None:
        found = _load(session)
        if stamp:
            _shared[stamp] = found
            for old in list(_shared)[:-_KEPT]:
                _shared.pop(old, None)
    session.info[_STAMP] = found
    return found


def save(session: Session, calendar: Calendar) -> None:
    """Keep a new or changed calendar. Raises HoursError for hours that cannot be read."""
    read_week(calendar.code, calendar.hours)
    session.merge(calendar)
    _changed(session)


def import_days(session: Session, year: int, content: bytes, calendar: str | None = None) -> list[Day]:
    """Take the holidays and make-up days of a year, instead of those known for it, and return them.

    ``content`` is CSV (``2026-01-01,off,元旦``; the second field is ``off`` or ``working``) or the JSON in which the yearly announcement
    of the State Council is commonly published (``{"days": [{"date": ..., "isOffDay": true, "name": ...}]}``).
    ``calendar`` None: for every calendar that observes holidays. Raises DaysError, with nothing changed.
    """
    days = sorted(_read(content, year), key=lambda day: day.day)
    same = CalendarDay.calendar.is_(None) if calendar is None else CalendarDay.calendar == calendar
    session.execute(delete(CalendarDay).where(same, CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))))
    session.add_all(CalendarDay(calendar=calendar, day=day.day, working=day.working, name=day.name) for day in days)
    _changed(session)
    return days


def _changed(session: Session) -> None:
    """Give the calendars a new stamp, so that nobody goes on with the old ones."""
    session.flush()
    session.merge(Setting(key=_STAMP, value=uuid4().hex))
    session.flush()
    session.info.pop(_STAMP, None)


def _load(session: Session) -> Mapping[str, WorkingCalendar]:
    days: dict[str | None, list[Day]] = {}
    for row in session.scalars(select(CalendarDay)):
        days.setdefault(row.calendar, []).append(Day(row.day, row.working, row.name))
    found = {ALL_THE_TIME: ALWAYS}
    for calendar in session.scalars(select(Calendar).where(Calendar.code != ALL_THE_TIME)):
        everywhere = days.get(None, []) if calendar.observes_holidays else []
        own = days.get(calendar.code, [])  # the calendar's own days come last and win
        found[calendar.code] = WorkingCalendar(calendar.code, calendar.zone, calendar.hours, everywhere + own)
    return found


_WORDS = {"off": False, "holiday": False, "休": False, "working": True, "work": True, "班": True}


def _read(content: bytes, year: int) -> Iterator[Day]:
    text = content.decode("utf-8-sig", errors="replace").strip()
    rows = _json_rows(text, year) if text.startswith(("{", "[")) else csv.reader(io.StringIO(text))
    for row in rows:
        if not row or row[0].strip().lower() == "date":
            continue
        try:
            day, working = date.fromisoformat(row[0].strip()), _WORDS[row[1].strip().lower()]
        except (ValueError, IndexError, KeyError) as error:
            raise DaysError(part=",".join(row), year=year) from error
        if day.year != year:
            raise DaysError(part=",".join(row), year=year)
        yield Day(day, working, row[2].strip() if len(row) > 2 else "")


def _json_rows(text: str, year: int) -> list[list[str]]:
    try:
        content: Any = orjson.loads(text)
        days = content["days"] if isinstance(content, dict) else content
        return [[day["date"], "off" if day["isOffDay"] else "working", day.get("name", "")] for day in days]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise DaysError(part=text[:40], year=year) from error
