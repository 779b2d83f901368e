"""Limits: due in working time, never later than promised, and armed anew whenever something moves."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bpm import limits, workorders
from bpm.models.work_order import Pause
from tests.bpm.casework import Casework, at, files, local


@pytest.fixture
def desk(database: Engine) -> Casework:
    return Casework()


def promise(session: Session, desk: Casework, minutes: float, calendar: str) -> None:
    """The process has worked out another limit for its order."""
    found = {"total_minutes": minutes, "calendar": calendar}
    workorders.refresh(session, desk.order(session), found, {name: name for name in found}, desk.now)


class TestTasks:
    def test_a_step_is_due_in_its_working_time(self, desk: Casework) -> None:
        desk.complain(limit=240)
        assert (local(desk.step.warn_at), local(desk.step.due_at)) == ("2026-11-02 14:30", "2026-11-02 15:30")

    def test_a_limit_without_a_calendar_counts_as_the_unit_works(self, desk: Casework) -> None:
        desk.complain(limit=1440, calendar=None)
        assert desk.step.calendar == "CAL-247"  # that of the city's network department
        assert local(desk.step.due_at) == "2026-11-03 10:00"

    def test_a_shorter_limit_brings_the_next_rung_nearer(self, desk: Casework) -> None:
        desk.complain(limit=240)
        with desk.unit() as session:
            limits.change(session, desk.task(session), 120, desk.now)
        assert local(desk.step.due_at) == "2026-11-02 12:00"
        (item,) = desk.items("rung")
        assert local(item.due_at) == "2026-11-02 11:30"

    def test_a_longer_limit_does_not_ring_again_what_has_rung(self, desk: Casework) -> None:
        desk.complain(limit=240)
        desk.claim("handler")
        desk.wait("2026-11-02 14:30")
        with desk.unit() as session:
            limits.change(session, desk.task(session), 480, desk.now)
        desk.wait("2026-11-03 10:29")
        assert len(desk.told("handler")) == 1
        assert desk.told("head") == []
        desk.wait("2026-11-03 10:30")
        assert len(desk.told("head")) == 1

    @pytest.mark.parametrize("minutes", [0, -5])
    def test_a_limit_leaves_some_time(self, desk: Casework, minutes: float) -> None:
        desk.complain(limit=240)
        with desk.unit() as session, pytest.raises(limits.LimitError):
            limits.change(session, desk.task(session), minutes, desk.now)

    def test_a_ladder_that_cannot_be_asked_holds_nobody_up(self, desk: Casework) -> None:
        desk.complain(limit=240)
        with desk.unit() as session:
            task = desk.task(session)
            task.ladder = "no_such_table"
            limits.arm(session, task, desk.now)
            assert limits.ladder(session, task) == []
        assert local(desk.step.due_at) == "2026-11-02 15:30"
        assert local(desk.step.warn_at) == "2026-11-02 14:30"
        (entry,) = desk.journal("ladder-failed")
        assert entry.facts["table"] == "no_such_table"

    @pytest.mark.parametrize(
        ("cell", "wrong"),
        [
            ("75", '"75%"'),
            ("1", '"one"'),
            ("200", "2000000000000"),
            ("75", "3000000"),
            ("72", '"72h"'),
            ("72", "1e15"),
            ("72", "100000000"),
            ("20", '"high"'),
        ],
    )
    def test_nor_does_a_cell_with_which_nobody_can_count(self, database: Engine, cell: str, wrong: str) -> None:
        assert "<text>" + cell + "</text>" in files()["escalation_ladder.dmn"].decode()
        desk = Casework({"escalation_ladder.dmn": lambda table: table.replace(f"<text>{cell}</text>", f"<text>{wrong}</text>")})
        desk.complain(limit=240)
        assert (desk.case.state, local(desk.step.due_at), local(desk.step.warn_at)) == (
            "IN_PROGRESS",
            "2026-11-02 15:30",
            "2026-11-02 14:30",
        )
        desk.wait("2026-11-14 10:00")  # three days before the date of the law
        assert desk.told("vp", "tier")

    def test_nor_does_a_calendar_that_is_not_there(self, desk: Casework) -> None:
        desk.complain(limit=240)
        with desk.unit() as session:
            task = desk.task(session)
            task.calendar = "CAL-MOON"
            limits.arm(session, task, desk.now)
        assert local(desk.step.due_at) == "2026-11-02 14:00"  # its unit keeps no hours

    def test_when_the_level_rises_the_ladder_of_the_open_step_is_laid_anew(self, desk: Casework) -> None:
        desk.complain(limit=240)
        with desk.unit() as session:
            order = desk.order(session)
            order.level = "L1"
            limits.prioritise(session, order, desk.now)
        assert (desk.case.priority, desk.step.priority) == (100, 100)
        (item,) = desk.items("rung")
        assert local(item.due_at) == "2026-11-02 12:00"  # 50 % instead of 75 %


class TestOrders:
    def test_five_working_days_from_when_it_came(self, desk: Casework) -> None:
        desk.complain()
        assert local(desk.case.due_at) == "2026-11-09 10:00"

    def test_an_earlier_limit_counts_from_when_the_complaint_came(self, desk: Casework) -> None:
        desk.complain()
        desk.wait("2026-11-02 16:00")
        with desk.unit() as session:
            promise(session, desk, 1440, "CAL-247")
        assert local(desk.case.due_at) == "2026-11-03 10:00"

    def test_a_promise_is_never_put_off_by_a_recalculation(self, desk: Casework) -> None:
        desk.complain()
        with desk.unit() as session:
            promise(session, desk, 3150, "CAL-BIZ")
        assert local(desk.case.due_at) == "2026-11-09 10:00"

    def test_a_hold_that_stopped_no_clock_and_one_behind_the_answer_give_no_time(self, desk: Casework) -> None:
        desk.complain()
        with desk.unit() as session:
            order = desk.order(session)
            order.answered_at = at("2026-11-03 10:00")
            limits.pause_order(order, at("2026-11-03 11:00"))
            behind = limits.resume_order(session, order, at("2026-11-03 12:00"))
            for minutes, day in ((None, 4), (behind, 3)):
                since, ended = at(f"2026-11-0{day} 11:00"), at(f"2026-11-0{day} 12:00")
                session.add(Pause(order_id=order.id, reason="WAIT_CUSTOMER", since=since, ended_at=ended, minutes=minutes, by="handler"))
            workorders.count_again(session, order, "agent", at("2026-11-03 15:00"))
            assert local(order.due_at) == "2026-11-09 15:00"  # by the three hours and a half since the answer, and once
            limits.arm_order(session, order, counted_by=None)
            assert (order.paused_minutes, local(order.due_at)) == (210, "2026-11-09 15:00")

    def test_time_that_was_left_out_is_counted_once_and_anew_where_another_calendar_counts(self, desk: Casework) -> None:
        desk.complain()
        with desk.unit() as session:
            order = desk.order(session)
            for since, ended in (("2026-11-03 10:00", "2026-11-05 10:00"), ("2026-11-04 10:00", "2026-11-06 10:00")):
                pause = Pause(order_id=order.id, reason="CLOSED", since=at(since), ended_at=at(ended), minutes=450, by="handler")
                session.add(pause)
            promise(session, desk, 14400, "CAL-247")
            assert order.paused_minutes == 3 * 24 * 60

    def test_when_it_is_nearly_due_it_is_more_urgent(self, desk: Casework) -> None:
        desk.complain()
        with desk.unit() as session:
            order = desk.order(session)
            limits.prioritise(session, order, at("2026-11-09 08:59"))
            assert order.priority == 30
            limits.prioritise(session, order, at("2026-11-09 09:00"))
            assert order.priority == 55

    def test_whoever_complains_of_the_same_thing_again_is_more_urgent(self, desk: Casework) -> None:
        desk.complain(customer_number="13900000001", class_code="01010101")
        desk.wait("2026-11-04 10:00")
        desk.complain(customer_number="13900000001", class_code="01010102")
        assert desk.case.priority == 45
        desk.complain(customer_number="13900000001", class_code="02010101")  # of something else
        assert desk.case.priority == 30
        desk.wait("2026-12-10 10:00")
        desk.complain(customer_number="13900000001", class_code="01010101")  # of the same, but long after
        assert desk.case.priority == 30
