"""Due times, on a clock that is handed in."""

from datetime import UTC, datetime, timedelta

import pytest

from bpm.engine import commands as c
from bpm.engine.facts import InstanceEnded, TaskOpened, TimerCleared, TimerSet
from bpm.engine.faults import TimerError
from bpm.engine.timers import Clock, again, arm, no_calendar
from bpm.errors import RefusedError

from .drawing import after, bound, catch, end, event_sub, model, start, timer, user
from .story import ZONE, Story, build

NOW = datetime.fromisoformat("2026-01-31T09:00:00+08:00")
CLOCK = Clock(NOW, ZONE, no_calendar)


class Office:
    """Nine to five, Monday to Friday."""

    def add(self, moment: datetime, span: timedelta) -> datetime:
        local = moment.astimezone(ZONE)
        while True:
            opens, closes = local.replace(hour=9, minute=0), local.replace(hour=17, minute=0)
            if local.weekday() < 5 and local < closes:
                local = max(local, opens)
                if span <= closes - local:
                    return (local + span).astimezone(UTC)
                span -= closes - local
            local = opens + timedelta(days=1)


@pytest.mark.parametrize(
    ("form", "text", "wanted"),
    [
        ("timeDuration", "P1M", "2026-02-28T01:00"),
        ("timeDuration", "PT8H", "2026-01-31T09:00"),
        ("timeDuration", "P1W", "2026-02-07T01:00"),
        ("timeDuration", '"PT8H"', "2026-01-31T09:00"),
        ("timeDate", "2026-03-29T02:30:00[Europe/Rome]", "2026-03-29T01:30"),
        ("timeDate", "2026-03-01T09:00:00", "2026-03-01T01:00"),
        ("timeCycle", "R3/PT10M", "2026-01-31T01:10"),
        ("timeCycle", "R/2026-03-28T09:00:00[Europe/Rome]/P1D", "2026-03-28T08:00"),
    ],
)
def test_a_time_is_due(form: str, text: str, wanted: str):
    assert arm(form, text, CLOCK)["due"].startswith(wanted)


def test_daily_at_nine_in_rome_stays_at_nine_when_summer_time_begins():
    first = arm("timeCycle", "R/2026-03-28T09:00:00[Europe/Rome]/P1D", CLOCK)
    assert again(first, CLOCK)["due"].startswith("2026-03-29T07:00")


def test_monthly_from_the_thirty_first_does_not_drift():
    first = arm("timeCycle", "R/2026-01-31T09:00:00/P1M", CLOCK)
    second = again(first, CLOCK)
    assert (second["due"][:10], again(second, CLOCK)["due"][:10]) == ("2026-02-28", "2026-03-31")


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("timeDuration", "-PT1H"),
        ("timeDuration", "P1W2X"),
        ("timeDuration", "PT"),
        ("timeDate", "2026-13-01T00:00:00"),
        ("timeDate", "2026-03-01T09:00:00[Mars/Base]"),
        ("timeCycle", "R2/PT1H/2030-01-01T00:00:00Z"),
        ("timeCycle", "R0/PT1H"),
        ("timeCycle", "R/PT0S"),
        ("timeCycle", "R/2026-01-01T09:00:00/PT0.5S"),
        ("timeCycle", "0 0 9 * * ?"),
        ("timeDuration", "P99999999D"),
        ("timeDuration", "P99999999999D"),
        ("timeCycle", "R/P9999999Y"),
    ],
)
def test_a_time_that_cannot_be_read_is_refused(form: str, text: str):
    with pytest.raises(TimerError):
        arm(form, text, CLOCK)
    with pytest.raises(RefusedError):
        build(model(start() + catch("t", timer(form, text)) + end(), "s > t > e"))


def test_ten_working_hours_from_friday_afternoon_end_on_monday():
    drawing = model(start() + catch("t", after("PT10H", "office")) + end(), "s > t > e")
    case = Story(drawing, at="2026-03-06T15:00:00+08:00", calendars={"office": Office()}).start()
    armed = case.awaited(TimerSet)["t"]
    assert (armed.due.isoformat(), armed.calendar) == ("2026-03-09T09:00:00+00:00", "office")
    case.wait(days=9)
    assert case.awaited(TimerSet)["t"].due.isoformat() == "2026-03-09T09:00:00+00:00"
    case.tick("t")
    assert case.ended


def test_a_month_of_working_time_is_refused():
    with pytest.raises(RefusedError):
        build(model(start() + catch("t", after("P1M", "office")) + end(), "s > t > e"))


def attached(kind: str, *, stays: bool) -> Story:
    return Story(model(start() + user("u", "x") + bound("b", "u", kind, stays=stays) + end() + end("e2"), "s > u > e; b > x > e2")).start()


def test_an_attached_timer_that_interrupts():
    case = attached(after("PT1H"), stays=False)
    case.tick("b")
    assert case.users == ["x"]
    case.done("x")
    assert case.ended


def test_an_attached_timer_that_does_not():
    case = attached(after("PT1H"), stays=True)
    case.tick("b")
    assert case.users == ["u", "x"]
    assert not case.every(TimerSet)
    case.done("u")
    assert not case.ended
    case.done("x")
    assert case.ended


def test_three_reminders_ten_minutes_apart_outlive_their_task():
    case = attached(timer("timeCycle", "R3/PT10M"), stays=True)
    dues = []
    for _ in range(3):
        dues.append(case.awaited(TimerSet)["b"].due.isoformat()[11:16])
        case.tick("b")
    assert dues == ["01:10", "01:20", "01:30"]
    assert not case.every(TimerSet)
    assert len(case.has(TaskOpened)) == 1
    case.done("u")
    assert case.users == ["x", "x", "x"]
    for _ in range(3):
        case.done("x")
    assert case.ended


def test_an_endless_reminder_ends_with_its_task():
    case = attached(timer("timeCycle", "R/P1D"), stays=True)
    for _ in range(5):
        case.tick("b")
    assert case.every(TimerSet)
    case.done("u")
    assert not case.every(TimerSet)
    assert not case.ended


def test_a_timer_starts_an_event_subprocess_instead_of_the_rest():
    case = Story(model(start() + user("u") + end() + event_sub(after("PT1H")), "s > u > e")).start()
    case.tick("ess")
    assert case.users == ["h"]
    case.done("h")
    assert case.ended


def test_a_timer_starts_event_subprocesses_beside_the_rest():
    case = Story(model(start() + user("u") + end() + event_sub(timer("timeCycle", "R/PT1H"), stays=True), "s > u > e")).start()
    case.tick("ess")
    case.tick("ess")
    assert case.users == ["h", "h", "u"]
    case.done("u")
    case.done("h")
    assert not case.ended
    case.done("h")
    assert case.ended


def test_a_waiting_event_subprocess_does_not_hold_the_end():
    case = Story(model(start() + user("u") + end() + event_sub(timer("timeCycle", "R/PT1H"), stays=True), "s > u > e")).start()
    case.done("u")
    assert case.ended
    assert case.has(TimerCleared)


def test_a_process_that_starts_by_the_clock():
    daily = timer("timeCycle", "R/2026-01-01T09:00:00/P1D")
    case = Story(model(start("s") + start("s2", daily) + user("u") + end(), "s > u; s2 > u; u > e"))
    by_kind = {one.kind: one for one in case.definition.starts()}
    assert by_kind["timer"].timer.text == "R/2026-01-01T09:00:00/P1D"
    assert case.definition.due(by_kind["timer"], NOW, ZONE, no_calendar).isoformat() == "2026-02-01T01:00:00+00:00"
    assert case.definition.due(by_kind["none"], NOW, ZONE, no_calendar) is None
    case.start("s2")
    assert case.users == ["u"]
    assert "s2" in case.passed
    assert "s" not in case.passed
    case.done("u")
    assert case.ended


@pytest.mark.parametrize(
    ("form", "text", "wanted"),
    [
        ("timeCycle", "R/PT1H", "2026-01-31T02:00"),
        ("timeCycle", "R3/2026-01-30T09:00:00/P1D", "2026-02-01T01:00"),
        ("timeCycle", "R2/2026-01-30T09:00:00/P1D", None),
        ("timeCycle", "R/1999-12-31T09:00:00/P1M", "2026-02-28T01:00"),
        ("timeCycle", "R/1999-12-31T09:00:00/PT1M", "2026-01-31T01:01"),
        ("timeDate", "2026-01-30T09:00:00", None),
        ("timeDate", "2026-02-01T09:00:00", "2026-02-01T01:00"),
        ("timeDuration", "PT2H", "2026-01-31T03:00"),
    ],
)
def test_when_a_process_starts_next(form: str, text: str, wanted: str | None):
    definition = build(model(start("s", timer(form, text)) + end(), "s > e"))
    due = definition.due(definition.starts()[0], NOW, ZONE, no_calendar)
    assert due is None if wanted is None else due.isoformat().startswith(wanted)


def test_a_time_may_be_a_variable():
    for text in ("${limit}", "= limit", "limit"):
        case = Story(model(start() + catch("t", after(text)) + end(), "s > t > e")).start(limit="PT30M")
        assert case.awaited(TimerSet)["t"].due.isoformat()[11:16] == "01:30"


def test_expressions_know_the_clock_that_was_handed_in():
    case = Story(model(start() + user("u") + end(), "s > u; u > e [d(now) < d(until)]")).start(until="2026-03-02T10:00:00+08:00")
    case.do(c.CompleteTask(case.token("u")))
    assert case.has(InstanceEnded)
