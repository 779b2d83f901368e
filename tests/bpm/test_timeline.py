"""Clocks as people read them: in working time, with pauses taken off."""

from itertools import pairwise

import pytest
from sqlalchemy import Engine

from bpm import suspension, timeline
from bpm.timeline import Face, Line
from tests.bpm.casework import Casework, at


@pytest.fixture
def desk(database: Engine) -> Casework:
    return Casework()


def face(desk: Casework, moment: str) -> Face:
    with desk.unit() as session:
        shown = timeline.of_task(session, desk.task(session), at(moment))
    assert shown is not None
    return shown


def line(desk: Casework, moment: str) -> Line:
    with desk.unit() as session:
        shown = timeline.of_ladder(session, desk.task(session), at(moment))
    assert shown is not None
    return shown


@pytest.mark.parametrize(
    ("moment", "state", "minutes", "percent"),
    [
        ("2026-11-02 10:00", "ok", 240, 0),
        ("2026-11-02 12:45", "ok", 120, 50),  # the lunch break costs nothing
        ("2026-11-02 14:30", "warn", 60, 75),
        ("2026-11-02 16:00", "late", -30, 100),
        ("2026-11-03 08:30", "late", -120, 100),  # nor does the night
    ],
)
def test_a_step_tells_how_much_working_time_is_left(desk: Casework, moment: str, state: str, minutes: float, percent: float) -> None:
    desk.complain(limit=240)
    shown = face(desk, moment)
    assert (shown.state, round(shown.minutes), round(shown.percent)) == (state, minutes, percent)
    assert (shown.mark, shown.day_minutes, shown.natural) == (75, 450, False)


def test_a_clock_on_hold_stands_and_the_pause_is_taken_off(desk: Casework) -> None:
    desk.complain(limit=240)
    desk.claim("handler")
    desk.wait("2026-11-02 11:00")
    desk.do("handler", suspension.suspend, "WAIT_CUSTOMER", at("2026-11-03 11:00"), None)
    shown = face(desk, "2026-11-02 17:00")
    assert (shown.state, round(shown.minutes), shown.until) == ("hold", 180, at("2026-11-03 11:00"))
    desk.wait("2026-11-03 11:00")
    after = face(desk, "2026-11-03 11:00")
    assert (after.state, round(after.minutes), round(after.paused_minutes)) == ("ok", 180, 450)


def test_the_law_counts_every_day_and_warns_three_days_before(desk: Casework) -> None:
    desk.complain()
    with desk.unit() as session:
        order = desk.task(session).order
        assert order is not None
        early, near = timeline.of_law(session, order, at("2026-11-03 10:00")), timeline.of_law(session, order, at("2026-11-14 10:00"))
        order.answered_at = at("2026-11-04 10:00")
        answered = timeline.of_law(session, order, at("2026-11-05 10:00"))
    assert early is not None
    assert near is not None
    assert (early.state, round(early.minutes), early.natural) == ("ok", 14 * 24 * 60, True)
    assert near.state == "warn"
    assert answered is None


def test_nights_and_breaks_are_folded_on_the_line(desk: Casework) -> None:
    desk.complain(limit=450)
    shown = line(desk, "2026-11-02 15:30")
    assert len(shown.spans) > 3
    gaps = [round(after.x - before.x - before.width) for before, after in zip(shown.spans, shown.spans[1:], strict=False)]
    assert set(gaps) == {6, 16}
    assert sum(stretch.width for stretch in shown.used) == pytest.approx(240 * shown.spans[0].width / 120)
    assert [tick.rung.tier for tick in shown.ticks] == [0, 1, 2, 3]
    assert [tick.state for tick in shown.ticks] == ["next", "later", "later", "later"]
    assert all(0 <= tick.x <= timeline.WIDTH + 1 for tick in shown.ticks)
    assert shown.now == pytest.approx(shown.used[-1].x + shown.used[-1].width)


def test_rungs_that_lie_together_on_the_line_of_a_late_step_do_not_write_over_each_other(desk: Casework) -> None:
    desk.complain(limit=450)
    assert None not in [tick.row for tick in line(desk, "2026-11-02 15:30").ticks]
    late = line(desk, "2026-11-20 15:30").ticks
    assert len(late) > 2
    for row in (0, 1):
        places = [tick.x for tick in late if tick.row == row]
        assert all(after - before > 70 for before, after in pairwise(places))
    assert [tick.row for tick in late][:2] == [0, 1]


def test_a_pause_is_hatched_on_the_line(desk: Casework) -> None:
    desk.complain(limit=450)
    desk.claim("handler")
    desk.wait("2026-11-02 11:00")
    desk.do("handler", suspension.suspend, "WAIT_CUSTOMER", at("2026-11-02 14:30"), None)
    desk.wait("2026-11-02 14:30")
    held = line(desk, "2026-11-02 16:00").held
    assert [round(stretch.minutes) for stretch in held] == [60, 60]
