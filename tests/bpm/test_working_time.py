"""Working time: five working days are five working days, whatever holidays, make-up days and clock changes lie between."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpm.working_time import ALWAYS, Day, HoursError, NoWorkingTimeError, WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE_DAY = [["08:30", "12:00"], ["13:30", "17:30"]]
OFFICE_HOURS = [OFFICE_DAY] * 5 + [[], []]
NATIONAL_DAY = [Day(date(2026, 10, day), working=False, name="国庆节") for day in range(1, 8)] + [
    Day(date(2026, 10, 10), working=True, name="国庆节调休")
]
OFFICE = WorkingCalendar("CAL-BIZ", "Asia/Shanghai", OFFICE_HOURS, NATIONAL_DAY)
BERLIN = WorkingCalendar("BERLIN", "Europe/Berlin", [[["00:00", "24:00"]]] * 7)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def working(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


class TestCounting:
    def test_five_working_days_for_an_ordinary_complaint_end_a_week_later(self) -> None:
        assert OFFICE.add(at("2026-11-02 10:00"), working(2250)) == at("2026-11-09 10:00")

    def test_lunch_is_not_working_time(self) -> None:
        assert OFFICE.add(at("2026-11-02 11:30"), working(60)) == at("2026-11-02 14:00")

    def test_what_came_in_the_evening_begins_in_the_morning(self) -> None:
        assert OFFICE.add(at("2026-11-02 22:15"), working(15)) == at("2026-11-03 08:45")

    def test_a_limit_that_ends_with_the_day_ends_at_half_past_five(self) -> None:
        assert OFFICE.add(at("2026-11-02 16:30"), working(60)) == at("2026-11-02 17:30")

    def test_the_national_holiday_is_skipped_and_the_make_up_saturday_is_worked(self) -> None:
        due = OFFICE.add(at("2026-09-30 16:30"), working(60 + 2 * 450 + 30))
        assert due == at("2026-10-10 09:00")

    def test_minutes_between_count_only_what_was_worked(self) -> None:
        assert OFFICE.minutes_between(at("2026-11-06 17:00"), at("2026-11-09 09:00")) == 60

    def test_counting_backwards_is_negative(self) -> None:
        assert OFFICE.minutes_between(at("2026-11-09 09:00"), at("2026-11-06 17:00")) == -60

    def test_going_back_finds_the_moment_before(self) -> None:
        assert OFFICE.add(at("2026-11-09 09:00"), working(-60)) == at("2026-11-06 17:00")

    def test_nothing_to_add_changes_nothing(self) -> None:
        assert OFFICE.add(at("2026-11-08 03:00"), timedelta(0)) == at("2026-11-08 03:00")

    def test_answers_are_in_utc(self) -> None:
        assert OFFICE.add(at("2026-11-02 10:00"), working(1)).tzinfo is UTC

    def test_two_years_of_work_are_found_far_ahead(self) -> None:
        start = at("2026-01-05 08:30")
        due = OFFICE.add(start, working(450 * 520))
        assert due.year == 2028
        assert OFFICE.minutes_between(start, due) == 450 * 520

    @pytest.mark.parametrize(
        ("start", "days", "end"),
        [
            ("2026-11-06 16:40", 3, "2026-11-11 16:40"),  # over a weekend
            ("2026-11-07 10:00", 1, "2026-11-09 10:00"),  # from a Saturday
            ("2026-11-06 22:15", 1, "2026-11-09 22:15"),  # after hours
            ("2026-09-30 10:00", 2, "2026-10-09 10:00"),  # over the national holiday
            ("2026-10-09 10:00", 1, "2026-10-10 10:00"),  # a make-up Saturday is worked
            ("2026-11-06 16:40", 0, "2026-11-06 16:40"),
        ],
    )
    def test_so_many_working_days_later_it_is_the_same_time_of_day(self, start: str, days: int, end: str) -> None:
        assert OFFICE.add_days(at(start), days) == at(end)

    def test_a_day_on_which_the_clocks_change_is_a_day(self) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        assert BERLIN.add_days(at("2026-10-24 10:00", berlin), 1) == at("2026-10-25 10:00", berlin)
        assert ALWAYS.add_days(at("2026-11-06 16:40"), 2) == at("2026-11-08 16:40")

    def test_days_that_never_come_are_told(self) -> None:
        with pytest.raises(NoWorkingTimeError):
            WorkingCalendar("NEVER", "Asia/Shanghai", [[]] * 7).add_days(at("2026-11-06 16:40"), 1)

    def test_working_and_not(self) -> None:
        assert OFFICE.is_working(at("2026-11-02 08:30"))
        assert not OFFICE.is_working(at("2026-11-02 12:00"))
        assert not OFFICE.is_working(at("2026-10-01 10:00"))
        assert OFFICE.is_working(at("2026-10-10 10:00"))

    def test_the_spans_of_a_weekend_are_those_of_friday_and_monday(self) -> None:
        assert OFFICE.spans(at("2026-11-06 15:00"), at("2026-11-09 14:00")) == [
            (at("2026-11-06 15:00"), at("2026-11-06 17:30")),
            (at("2026-11-09 08:30"), at("2026-11-09 12:00")),
            (at("2026-11-09 13:30"), at("2026-11-09 14:00")),
        ]

    def test_an_ordinary_working_day_has_450_minutes(self) -> None:
        assert OFFICE.day_minutes == 450


class TestZonesAndClockChanges:
    def test_the_short_day_in_spring_has_23_hours(self) -> None:
        assert BERLIN.minutes_between(at("2026-03-29 00:00", BERLIN._zone), at("2026-03-30 00:00", BERLIN._zone)) == 23 * 60

    def test_the_long_day_in_autumn_has_25_hours(self) -> None:
        assert BERLIN.minutes_between(at("2026-10-25 00:00", BERLIN._zone), at("2026-10-26 00:00", BERLIN._zone)) == 25 * 60

    def test_a_night_shift_works_the_hour_that_comes_twice(self) -> None:
        night = WorkingCalendar("NIGHT", "Europe/Berlin", [[["01:00", "02:30"]]] * 7)
        assert night.minutes_between(at("2026-10-25 00:00", night._zone), at("2026-10-25 12:00", night._zone)) == 150

    def test_office_hours_keep_to_the_wall_clock_over_the_change(self) -> None:
        office = WorkingCalendar("OFFICE", "Europe/Berlin", OFFICE_HOURS)
        assert office.add(at("2026-03-27 17:00", office._zone), working(60)) == at("2026-03-30 09:00", office._zone)

    def test_the_reader_s_zone_does_not_matter(self) -> None:
        assert OFFICE.add(at("2026-11-02 02:00", ZoneInfo("UTC")), working(60)) == at("2026-11-02 11:00")

    @pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu"])
    def test_new_year_is_counted_in_every_zone(self, zone: str) -> None:
        here = WorkingCalendar("HERE", zone, [OFFICE_DAY] * 7)
        assert here.minutes_between(at("2026-12-31 00:00", here._zone), at("2027-01-02 00:00", here._zone)) == 900


class TestAllTheTime:
    def test_every_minute_counts(self) -> None:
        assert ALWAYS.add(at("2026-10-03 23:30"), working(60)) == at("2026-10-04 00:30")
        assert ALWAYS.minutes_between(at("2026-10-03 23:30"), at("2026-10-04 00:30")) == 60
        assert ALWAYS.is_working(at("2026-10-04 03:00"))


CALENDARS = st.sampled_from([OFFICE, BERLIN, ALWAYS, WorkingCalendar("LA", "America/Los_Angeles", [OFFICE_DAY] * 7)])
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 -- hypothesis adds the zone
SPANS = st.timedeltas(timedelta(0), timedelta(days=60))


class TestLaws:
    @given(CALENDARS, MOMENTS, SPANS)
    def test_what_is_added_is_what_is_counted(self, calendar: WorkingCalendar, moment: datetime, span: timedelta) -> None:
        assert calendar.minutes_between(moment, calendar.add(moment, span)) == pytest.approx(span / timedelta(minutes=1), abs=1e-6)

    @given(CALENDARS, MOMENTS, SPANS)
    def test_what_is_taken_away_is_what_is_counted(self, calendar: WorkingCalendar, moment: datetime, span: timedelta) -> None:
        assert calendar.minutes_between(calendar.add(moment, -span), moment) == pytest.approx(span / timedelta(minutes=1), abs=1e-6)

    @given(CALENDARS, MOMENTS, SPANS, SPANS)
    def test_a_longer_limit_never_ends_earlier(self, calendar: WorkingCalendar, moment: datetime, one: timedelta, other: timedelta) -> None:
        assert calendar.add(moment, min(one, other)) <= calendar.add(moment, max(one, other))

    @given(CALENDARS, MOMENTS, SPANS, SPANS)
    def test_two_steps_lead_where_one_leads(self, calendar: WorkingCalendar, moment: datetime, one: timedelta, other: timedelta) -> None:
        whole = calendar.add(moment, one + other)
        stepwise = calendar.add(calendar.add(moment, one), other)
        assert calendar.minutes_between(whole, stepwise) == 0

    @given(CALENDARS, MOMENTS, MOMENTS)
    def test_the_spans_hold_what_is_counted(self, calendar: WorkingCalendar, one: datetime, other: datetime) -> None:
        since, until = min(one, other), max(one, other)
        held = sum((end - start for start, end in calendar.spans(since, until)), timedelta(0))
        assert calendar.minutes_between(since, until) == pytest.approx(held / timedelta(minutes=1), abs=1e-6)


class TestRefusals:
    def test_a_calendar_without_hours_cannot_be_counted_with(self) -> None:
        closed = WorkingCalendar("CLOSED", "UTC", [[]] * 7)
        with pytest.raises(NoWorkingTimeError, match="CLOSED"):
            closed.add(at("2026-11-02 10:00"), working(1))

    @pytest.mark.parametrize("hours", [[OFFICE_DAY] * 6, [[["8 o'clock", "12:00"]]] * 7, [[["12:00", "08:30"]]] * 7])
    def test_hours_that_cannot_be_read_are_refused(self, hours: list[list[list[str]]]) -> None:
        with pytest.raises(HoursError, match="WRONG"):
            WorkingCalendar("WRONG", "UTC", hours)
