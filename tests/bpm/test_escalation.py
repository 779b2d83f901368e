"""A late complaint climbs its ladder: who hears of it, in which working minute, and what the drawing then does."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bpm import escalation, limits, work_items
from bpm.models.org import User
from bpm.models.task import Task
from tests.bpm.casework import Casework, at, local


@pytest.fixture
def desk(database: Engine) -> Casework:
    return Casework()


def test_the_handler_is_warned_before_it_is_late(desk: Casework) -> None:
    desk.complain(limit=240)
    desk.claim("handler")
    desk.wait("2026-11-02 14:29")
    assert desk.told("handler") == []
    desk.wait("2026-11-02 14:30")  # 75 % of four working hours from ten o'clock, without lunch
    assert desk.told("handler") == [f"“Handle” of {desk.number} is due soon: 60 min left."]
    assert desk.case.escalation_tier == 0


def test_a_task_that_nobody_has_taken_warns_the_whole_queue(desk: Casework) -> None:
    desk.complain(limit=240)
    desk.wait("2026-11-02 14:30")
    assert desk.told("handler", "warn") == desk.told("colleague", "warn") != []


def test_a_late_complaint_reaches_the_section_head_at_the_right_working_minute(desk: Casework) -> None:
    desk.complain(limit=240)
    desk.claim("handler")
    desk.wait("2026-11-02 15:29")
    assert desk.told("head") == []
    desk.wait("2026-11-02 15:30")
    assert desk.told("head") == [f"“Handle” of {desk.number} has used 100% of its time (tier 1). It is with Zhang Wei."]
    assert desk.case.escalation_tier == desk.step.tier == 1


def test_lateness_climbs_to_the_department_and_to_customer_service(desk: Casework) -> None:
    desk.complain(limit=240)
    desk.wait("2026-11-03 10:29")
    assert desk.told("depthead") == []
    desk.wait("2026-11-03 10:30")  # four working hours after the limit: later than 150 %
    assert len(desk.told("depthead", "tier")) == 1
    assert len(desk.told("agent", "tier")) == 1
    desk.wait("2026-11-03 15:29")
    assert desk.told("manager") == []
    desk.wait("2026-11-03 15:30")  # one working day after the limit
    assert len(desk.told("manager", "tier")) == 1
    assert desk.case.escalation_tier == 3


def test_of_two_moments_the_later_one_counts(desk: Casework) -> None:
    desk.complain(limit=1350)  # 150 % is 675 minutes after the limit, more than four hours
    with desk.unit() as session:
        rungs = limits.ladder(session, desk.task(session))
    assert [rung.tier for rung in rungs] == [0, 1, 2, 3]
    assert local(rungs[1].at) == "2026-11-05 10:00"
    assert local(rungs[2].at) == "2026-11-06 15:15"


def test_a_golden_customer_s_ladder_is_steeper(desk: Casework) -> None:
    desk.complain(limit=240, grade="GOLD")
    desk.wait("2026-11-02 12:00")
    assert desk.told("handler", "warn") != []  # 50 %
    desk.wait("2026-11-02 14:42")
    assert desk.told("head", "tier") != []  # 80 %
    desk.wait("2026-11-02 15:30")
    assert desk.case.escalation_tier == 2  # 100 %


def test_every_rung_rings_once(desk: Casework) -> None:
    desk.complain(limit=240)
    desk.claim("handler")
    desk.wait("2026-11-09 10:00")
    assert [len(desk.told(login, "tier")) for login in ("head", "depthead", "manager")] == [1, 1, 1]
    assert [entry.facts["tier"] for entry in desk.journal("tier")] == [1, 2, 3]
    assert len(desk.journal("warning")) == 1
    assert desk.items("rung") == []


def test_a_finished_task_no_longer_climbs(desk: Casework) -> None:
    desk.complain(limit=240)
    desk.claim("handler")
    desk.finish("handler")
    desk.wait("2026-11-09 10:00")
    assert desk.told("head") == []
    assert desk.case.escalation_tier == 0


def test_the_drawing_catches_the_second_tier_and_tells_the_customer(desk: Casework) -> None:
    desk.complain(limit=240)
    desk.wait("2026-11-03 10:30")
    (contact,) = desk.contacts("delayed")
    assert contact.direction == "out"
    assert contact.text.startswith("处理比预期的慢，最迟 2026-11-09 10:00 答复。")


def test_the_second_tier_adds_twenty_points(desk: Casework) -> None:
    desk.complain(limit=240)
    assert desk.case.priority == desk.step.priority == 30
    desk.wait("2026-11-03 10:30")
    assert desk.case.priority == desk.step.priority == 50


def test_whoever_is_away_is_told_by_his_deputy(desk: Casework) -> None:
    with desk.unit() as session:
        people = {login: desk.actor(session, login).user_id for login in ("head", "colleague")}
        head = session.get_one(User, people["head"])
        head.absent_until, head.deputy_id = at("2026-11-30 08:00"), people["colleague"]
    desk.complain(limit=240)
    desk.claim("handler")
    desk.wait("2026-11-02 15:30")
    assert desk.told("head") == []
    assert len(desk.told("colleague", "tier")) == 1


def test_a_tier_is_skipped_upwards_when_its_head_is_away_without_a_deputy(desk: Casework) -> None:
    with desk.unit() as session:
        head = session.get_one(User, desk.actor(session, "head").user_id)
        head.absent_until = at("2026-11-30 08:00")
    desk.complain(limit=240)
    desk.claim("handler")
    desk.wait("2026-11-02 15:30")
    assert desk.told("head") == []
    assert len(desk.told("depthead", "tier")) == 1


def test_a_rung_that_wakes_too_early_asks_again_and_goes_back_to_sleep(desk: Casework) -> None:
    desk.complain(limit=240)
    with desk.unit() as session:
        item = work_items.get(session, f"rung:{desk.task(session).id}")
        assert item is not None
        escalation.ring(session, item, at("2026-11-02 11:00"))
    assert desk.told("handler") == []
    (item,) = desk.items("rung")
    assert local(item.due_at) == "2026-11-02 14:30"


def test_rungs_that_were_missed_while_nobody_ran_ring_together(desk: Casework) -> None:
    desk.complain(limit=240)
    with desk.unit() as session:
        item = work_items.get(session, f"rung:{desk.task(session).id}")
        assert item is not None
        escalation.ring(session, item, at("2026-11-03 15:30"))
    assert desk.case.escalation_tier == 3
    assert [entry.facts["tier"] for entry in desk.journal("tier")] == [1, 2, 3]


def test_a_task_of_no_order_climbs_too(desk: Casework) -> None:
    desk.complain(limit=240)
    with desk.unit() as session:
        task: Task = desk.task(session)
        task.order = task.order_id = None
    desk.wait("2026-11-03 10:30")
    assert desk.step.tier == 2
    assert desk.case.escalation_tier == 0
    assert len(desk.told("depthead", "tier")) == 1


class TestStatutoryDate:
    def test_the_vice_president_hears_of_it_three_days_before(self, desk: Casework) -> None:
        desk.complain(limit=2250, calendar="CAL-247")
        before = desk.case.statutory_due_at - timedelta(hours=72)
        desk.wait(before - timedelta(minutes=1) - desk.now)
        assert desk.told("vp") == []
        desk.wait(timedelta(minutes=1))
        assert desk.told("vp") == [
            f"{desk.number} must be answered by law until 2026-11-17 10:00. It has reached tier 4 and cannot be put on hold any more."
        ]
        assert desk.case.escalation_tier == 4

    def test_an_answer_in_time_stops_the_clock(self, desk: Casework) -> None:
        desk.complain()
        desk.claim("handler")
        desk.finish("handler")
        assert desk.items("statutory") == []
        desk.wait("2026-11-20 10:00")
        assert desk.told("vp") == []
