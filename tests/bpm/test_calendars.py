"""The calendars that are kept: what was worked out is shared, and a change takes effect at once."""

from datetime import date

import pytest
from sqlalchemy import Engine

from bpm import calendars
from bpm.models.calendar import Calendar
from bpm.models.database import unit_of_work
from bpm.working_time import ALWAYS
from tests.bpm.test_working_time import OFFICE_HOURS, at


def office_row() -> Calendar:
    return Calendar(
        code="CAL-BIZ", name="工作时间", name_en="Office hours", zone="Asia/Shanghai", hours=OFFICE_HOURS, observes_holidays=True
    )


ANNOUNCED = b"2026-10-01,off,\xe5\x9b\xbd\xe5\xba\x86\xe8\x8a\x82\n2026-10-10,working,make-up day\n"


class TestKept:
    def test_none_and_247_are_all_the_time(self, database: Engine) -> None:
        with unit_of_work(write=False) as session:
            assert calendars.get(session, None) is ALWAYS
            assert calendars.get(session, "CAL-247") is ALWAYS

    def test_an_unknown_calendar_is_named(self, database: Engine) -> None:
        with unit_of_work(write=False) as session, pytest.raises(calendars.CalendarUnknownError, match="CAL-MOON"):
            calendars.get(session, "CAL-MOON")

    def test_it_is_worked_out_once_and_shared(self, database: Engine) -> None:
        with unit_of_work() as session:
            calendars.save(session, office_row())
        with unit_of_work(write=False) as one:
            first = calendars.get(one, "CAL-BIZ")
        with unit_of_work(write=False) as other:
            assert calendars.get(other, "CAL-BIZ") is first

    def test_the_year_s_holidays_take_effect_at_once(self, database: Engine) -> None:
        with unit_of_work() as session:
            calendars.save(session, office_row())
            assert calendars.get(session, "CAL-BIZ").is_working(at("2026-10-01 10:00"))
            calendars.import_days(session, 2026, ANNOUNCED)
            assert not calendars.get(session, "CAL-BIZ").is_working(at("2026-10-01 10:00"))
        with unit_of_work(write=False) as session:
            assert calendars.get(session, "CAL-BIZ").is_working(at("2026-10-10 10:00"))
            assert not calendars.get(session, "CAL-BIZ").is_working(at("2026-10-01 10:00"))

    def test_importing_a_year_again_replaces_that_year_only(self, database: Engine) -> None:
        with unit_of_work() as session:
            calendars.save(session, office_row())
            calendars.import_days(session, 2025, b"2025-10-01,off,x\n")
            calendars.import_days(session, 2026, ANNOUNCED)
            calendars.import_days(session, 2026, b"date,kind,name\n2026-05-01,off,x\n")
            office = calendars.get(session, "CAL-BIZ")
            assert office.is_working(at("2026-10-01 10:00"))
            assert not office.is_working(at("2025-10-01 10:00"))
            assert not office.is_working(at("2026-05-01 10:00"))

    def test_the_announcement_s_json_is_read_too(self, database: Engine) -> None:
        content = (
            b'{"year": 2026, "days": [{"name": "x", "date": "2026-10-01", "isOffDay": true}, {"date": "2026-10-10", "isOffDay": false}]}'
        )
        with unit_of_work() as session:
            days = calendars.import_days(session, 2026, content)
        assert [(day.day, day.working) for day in days] == [(date(2026, 10, 1), False), (date(2026, 10, 10), True)]

    def test_a_calendar_that_observes_no_holidays_works_on_them(self, database: Engine) -> None:
        with unit_of_work() as session:
            row = office_row()
            row.observes_holidays = False
            calendars.save(session, row)
            calendars.import_days(session, 2026, ANNOUNCED)
            assert calendars.get(session, "CAL-BIZ").is_working(at("2026-10-01 10:00"))

    def test_a_calendar_s_own_day_wins_over_the_public_one(self, database: Engine) -> None:
        with unit_of_work() as session:
            calendars.save(session, office_row())
            calendars.import_days(session, 2026, ANNOUNCED)
            calendars.import_days(session, 2026, b"2026-10-01,working,stand-by\n", "CAL-BIZ")
            assert calendars.get(session, "CAL-BIZ").is_working(at("2026-10-01 10:00"))

    @pytest.mark.parametrize(
        "content", [b"2026-13-01,off,x", b"2026-10-01,maybe,x", b"2025-10-01,off,x", b'{"days": 3}', b"[1]", b"{", b"2026-10-01"]
    )
    def test_a_list_that_is_wrong_changes_nothing(self, database: Engine, content: bytes) -> None:
        with unit_of_work() as session:
            calendars.save(session, office_row())
            calendars.import_days(session, 2026, ANNOUNCED)
            with pytest.raises(calendars.DaysError, match="2026"):
                calendars.import_days(session, 2026, content)
            assert not calendars.get(session, "CAL-BIZ").is_working(at("2026-10-01 10:00"))
