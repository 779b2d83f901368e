"""An order on hold does not age, somebody must have agreed to a long hold, and it wakes on the promised day."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from bpm import follow_up, holds, inbox, instances, interventions, limits, suspension, timeline, tracking, workorders
from bpm.workorders import STATUTORY
from tests.bpm.casework import NOTE, Casework, at, behind_an_urge, local


@pytest.fixture
def desk(database: Engine) -> Casework:
    case = Casework()
    case.complain(limit=240)
    case.claim("handler")
    return case


def reminding(drawn: str) -> str:
    """A change of the small process: every two working hours the handler is reminded."""
    reminder = (
        '<bpmn:boundaryEvent id="remind" attachedToRef="handle" cancelActivity="false"><bpmn:outgoing>r1</bpmn:outgoing>'
        '<bpmn:timerEventDefinition baton:calendar="CAL-BIZ"><bpmn:timeCycle xsi:type="bpmn:tFormalExpression">R/PT2H</bpmn:timeCycle>'
        '</bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:endEvent id="reminded"><bpmn:extensionElements>'
        '<baton:notice to="handler" text="delayed" /></bpmn:extensionElements><bpmn:incoming>r1</bpmn:incoming></bpmn:endEvent>'
        '<bpmn:sequenceFlow id="r1" sourceRef="remind" targetRef="reminded" /><bpmn:subProcess id="urging"'
    )
    return drawn.replace('<bpmn:subProcess id="urging"', reminder)


def hold(desk: Casework, login: str, reason: str, until: str | None, note: str | None = None) -> Any:
    return desk.do(login, suspension.suspend, reason, at(until) if until else None, note)


def promised(desk: Casework) -> datetime | None:
    """By when the customer's page says that he has an answer."""
    with desk.unit() as session:
        return tracking.progress(session, desk.order(session), desk.now).answer_by


def law(desk: Casework) -> timeline.Face:
    with desk.unit() as session:
        face = timeline.of_law(session, desk.order(session), desk.now)
    assert face is not None
    return face


class TestClocks:
    def test_an_order_on_hold_does_not_age_but_the_statutory_clock_does(self, desk: Casework) -> None:
        statutory = desk.case.statutory_due_at
        desk.wait("2026-11-02 11:00")
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-04 11:00")
        assert desk.case.state == "SUSPENDED"
        assert desk.step.status == "suspended"
        desk.wait("2026-11-04 10:59")
        assert desk.told("head", "tier") == []
        desk.wait("2026-11-04 11:00")
        case, step = desk.case, desk.step
        assert (case.state, case.state_before, step.status) == ("IN_PROGRESS", None, "claimed")
        assert case.paused_minutes == step.paused_minutes == 900  # two working days
        assert local(step.due_at) == "2026-11-04 15:30"  # was the same hour two days before
        assert local(case.due_at) == "2026-11-11 10:00"  # was 2026-11-09 10:00
        assert case.statutory_due_at == statutory

    def test_the_ladder_goes_on_where_it_stood(self, desk: Casework) -> None:
        desk.wait("2026-11-02 14:30")
        assert len(desk.told("handler", "warn")) == 1
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-03 14:30")
        desk.wait("2026-11-03 15:29")
        assert desk.told("head", "tier") == []
        desk.wait("2026-11-03 15:30")
        assert len(desk.told("head", "tier")) == 1
        assert len(desk.told("handler", "warn")) == 1

    def test_a_weekend_on_hold_costs_nothing(self, desk: Casework) -> None:
        desk.wait("2026-11-02 11:00")
        hold(desk, "handler", "CUSTOMER_APPOINTMENT", "2026-11-06 17:30")
        desk.wait("2026-11-06 17:30")
        due = desk.step.due_at
        hold(desk, "handler", "CUSTOMER_APPOINTMENT", "2026-11-09 08:30")
        desk.wait("2026-11-09 08:30")
        assert desk.step.due_at == due

    def test_a_limit_that_is_changed_on_hold_counts_after_it(self, desk: Casework) -> None:
        desk.wait("2026-11-02 11:00")
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-03 11:00")
        with desk.unit() as session:
            limits.change(session, desk.task(session), 300, at("2026-11-02 16:00"))
        assert desk.items("rung") == []  # nothing rings while the clock stands
        desk.wait("2026-11-03 11:00")
        assert local(desk.step.due_at) == "2026-11-03 16:30"  # an hour later than the old limit, a day later than without the hold
        desk.wait("2026-11-03 16:30")
        assert len(desk.told("head", "tier")) == 1

    def test_what_the_step_has_used_stands_still(self, desk: Casework) -> None:
        desk.wait("2026-11-02 11:00")
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-03 11:00")
        desk.wait("2026-11-02 17:00")
        with desk.unit() as session:
            assert limits.used_minutes(session, desk.task(session), desk.now) == 60
        desk.wait("2026-11-03 11:30")
        with desk.unit() as session:
            assert limits.used_minutes(session, desk.task(session), desk.now) == 90

    def test_the_customer_is_promised_what_no_hold_moves(self, desk: Casework) -> None:
        assert promised(desk) == desk.case.due_at
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-04 11:00")
        assert promised(desk) == desk.case.statutory_due_at
        desk.do("handler", suspension.resume)
        assert promised(desk) == desk.case.due_at
        hold(desk, "vp", "COURT_OR_REGULATOR", None, "法院调取")
        assert promised(desk) is None

    def test_the_law_s_clock_that_a_court_has_stopped_is_shown_on_hold(self, desk: Casework) -> None:
        desk.wait("2026-11-03 10:00")
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-04 11:00")
        assert law(desk).state == "ok"
        desk.do("handler", suspension.resume)
        hold(desk, "vp", "COURT_OR_REGULATOR", None, "法院调取")
        desk.wait("2026-11-30 10:00")
        assert (law(desk).state, round(law(desk).minutes)) == ("hold", 14 * 24 * 60)
        desk.do("vp", suspension.resume)
        assert (law(desk).state, round(law(desk).minutes)) == ("ok", 14 * 24 * 60)

    def test_a_court_stops_the_law_s_clock_though_its_rung_has_rung(self, database: Engine) -> None:
        desk = Casework({"escalation_ladder.dmn": lambda table: table.replace("<text>4</text>", "<text>3</text>")})
        desk.complain()
        desk.wait("2026-11-15 11:00")
        assert desk.items("statutory") == []
        hold(desk, "vp", "COURT_OR_REGULATOR", None, "法院调取")
        desk.wait("2026-11-20 11:00")
        assert (promised(desk), law(desk).state) == (None, "hold")

    @pytest.mark.parametrize(("login", "reason"), [("head", "WAIT_THIRD_PARTY"), ("vp", "COURT_OR_REGULATOR")])
    def test_reopened_behind_a_hold_no_time_is_left_out_twice(self, database: Engine, login: str, reason: str) -> None:
        desk = Casework(
            {"casework.bpmn": lambda drawn: drawn.replace('<baton:order state="CLOSED" />', '<baton:order state="TO_VISIT" />')}
        )
        desk.complain()
        desk.claim("handler")
        desk.wait("2026-11-02 11:00")
        desk.finish("handler")
        desk.wait("2026-11-03 11:00")
        hold(desk, login, reason, "2026-11-06 11:00" if login == "head" else None)
        desk.wait("2026-11-05 11:00")
        with desk.unit() as session:
            instances.deliver(session, "order-reopened", desk.number, {}, desk.now, business_key=desk.number)
        desk.wait("2026-11-06 11:00")
        if desk.case.state == "SUSPENDED":
            desk.do(login, suspension.resume)
        case = desk.case
        assert (case.paused_minutes, local(case.due_at)) == (4 * 450, "2026-11-13 10:00")  # four days since the answer
        since = desk.now if reason == "COURT_OR_REGULATOR" else at("2026-11-05 11:00")
        assert case.statutory_due_at == since + STATUTORY
        with desk.unit() as session:
            limits.arm_order(session, desk.order(session), counted_by=None)
        assert desk.case.paused_minutes == case.paused_minutes

    def test_a_court_stops_the_statutory_clock_as_well(self, desk: Casework) -> None:
        statutory = desk.case.statutory_due_at
        hold(desk, "vp", "COURT_OR_REGULATOR", None, "法院调取")
        assert desk.items("statutory") == []
        desk.wait("2026-12-20 10:00")
        assert desk.told("vp", "tier") == []
        desk.do("vp", suspension.resume)
        assert desk.case.statutory_due_at == statutory + timedelta(days=48)
        (item,) = desk.items("statutory")
        assert item.due_at == desk.case.statutory_due_at - timedelta(hours=72)


class TestWhatComesMeanwhile:
    def test_a_task_that_opens_on_a_held_order_stands_too(self, database: Engine) -> None:
        desk = Casework({"casework.bpmn": behind_an_urge(NOTE)})
        desk.complain()
        hold(desk, "depthead", "WAIT_THIRD_PARTY", "2026-11-04 10:00")
        desk.wait("2026-11-02 11:00")
        desk.do("customer", follow_up.urge, "?")
        assert (desk.step.element_id, desk.step.status) == ("more", "suspended")
        with pytest.raises(inbox.TaskSuspendedError):
            desk.claim("handler")
        desk.wait("2026-11-04 10:00")
        assert (desk.step.status, local(desk.step.due_at)) == ("open", "2026-11-04 11:00")
        desk.claim("handler")

    def test_a_timer_in_working_time_that_is_set_on_a_held_order_stands_too(self, database: Engine) -> None:
        drawn = (
            '<bpmn:intermediateCatchEvent id="more">{flows}<bpmn:timerEventDefinition baton:calendar="CAL-BIZ">'
            '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT2H</bpmn:timeDuration>'
            "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
        )
        desk = Casework({"casework.bpmn": behind_an_urge(drawn)})
        desk.complain()
        hold(desk, "depthead", "WAIT_THIRD_PARTY", "2026-11-04 10:00")
        desk.do("customer", follow_up.urge, "?")
        assert desk.items("timer") == []
        desk.wait("2026-11-04 10:00")
        assert [local(item.due_at) for item in desk.items("timer")] == ["2026-11-04 12:00"]

    def test_a_reminder_in_working_time_does_not_make_up_for_the_turns_of_a_hold(self, database: Engine) -> None:
        desk = Casework({"casework.bpmn": reminding})
        desk.complain()
        desk.wait("2026-11-02 11:30")
        hold(desk, "depthead", "WAIT_THIRD_PARTY", "2026-11-05 10:00")
        desk.wait("2026-11-05 10:29")
        assert desk.told("handler", "delayed") == []
        desk.wait("2026-11-05 10:30")
        assert [local(item.due_at) for item in desk.items("timer")] == ["2026-11-05 14:00"]
        assert len(desk.told("handler", "delayed")) == 1

    @pytest.mark.parametrize("begins", ["hold", "stop"])
    @pytest.mark.parametrize("ends", ["hold", "stop"])
    def test_a_timer_in_working_time_stands_while_the_order_is_on_hold_or_an_operator_has_stopped_it(
        self, database: Engine, begins: str, ends: str
    ) -> None:
        desk = Casework({"casework.bpmn": reminding})
        desk.complain()

        def operate(action: Any) -> None:
            with desk.unit() as session:
                action(session, desk.case.instance_id, desk.actor(session, "admin"), desk.now)

        desk.wait("2026-11-02 11:00")
        if begins == "stop":
            operate(interventions.suspend)
        hold(desk, "depthead", "WAIT_THIRD_PARTY", "2026-11-05 10:00")
        if begins == "hold":
            operate(interventions.suspend)
        if ends == "stop":
            operate(interventions.resume)
            desk.wait("2026-11-02 17:00")
            assert desk.items("timer") == []
        desk.wait("2026-11-03 09:00")
        desk.do("depthead", suspension.resume)
        if ends == "hold":
            assert desk.items("timer") == []
            operate(interventions.resume)
        desk.wait("2026-11-03 09:59")
        assert desk.told("handler", "delayed") == []
        desk.wait("2026-11-03 10:00")
        assert len(desk.told("handler", "delayed")) == 1, "an hour was left"


class TestGoingOn:
    def test_a_person_may_end_it_before_the_day(self, desk: Casework) -> None:
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-04 11:00")
        desk.wait("2026-11-02 11:00")
        desk.do("handler", suspension.resume)
        assert desk.case.state == "IN_PROGRESS"
        assert local(desk.step.due_at) == "2026-11-02 16:30"
        assert desk.items("wake") == []

    @pytest.mark.parametrize(("login", "reason"), [("handler", "WAIT_CUSTOMER"), ("vp", "COURT_OR_REGULATOR")])
    def test_a_machine_s_clock_that_was_put_back_meanwhile_takes_nothing_away(self, desk: Casework, login: str, reason: str) -> None:
        desk.wait("2026-11-02 11:00")
        due = [desk.step.due_at, desk.case.due_at, desk.case.statutory_due_at]
        hold(desk, login, reason, "2026-11-04 11:00", "请稍候")
        desk.now = at("2026-11-02 10:15")
        desk.do(login, suspension.resume)
        assert [desk.step.due_at, desk.case.due_at, desk.case.statutory_due_at] == due
        assert (desk.case.paused_minutes, desk.step.paused_minutes) == (0, 0)

    def test_the_customer_s_answer_ends_it(self, desk: Casework) -> None:
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-04 11:00")
        desk.wait("2026-11-02 11:00")
        desk.do("customer", follow_up.inform, "是在地下二层")
        assert desk.case.state == "IN_PROGRESS"
        assert [entry.facts["because"] for entry in desk.journal("order-resumed")] == ["information"]

    def test_a_hold_for_somebody_else_is_not_ended_by_the_customer(self, desk: Casework) -> None:
        hold(desk, "handler", "WAIT_THIRD_PARTY", "2026-11-04 11:00")
        desk.do("customer", follow_up.inform, "还没好")
        assert desk.case.state == "SUSPENDED"

    def test_an_old_wake_date_does_not_end_a_newer_hold(self, desk: Casework) -> None:
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-02 15:00")
        desk.do("handler", suspension.resume)
        hold(desk, "handler", "WAIT_THIRD_PARTY", "2026-11-03 15:00")
        desk.wait("2026-11-02 16:00")
        assert desk.case.state == "SUSPENDED"
        desk.wait("2026-11-03 15:00")
        assert desk.case.state == "IN_PROGRESS"

    def test_an_order_that_its_process_closes_is_not_on_hold_any_more(self, desk: Casework) -> None:
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-04 11:00")
        desk.wait("2026-11-03 10:00")
        with desk.unit() as session:
            workorders.enter_state(session, desk.order(session), "CLOSED", desk.now)
        case = desk.case
        assert (case.state, case.state_before, case.suspend_reason, case.suspended_until, case.paused_at) == ("CLOSED", *[None] * 4)
        assert (desk.step.status, case.paused_minutes) == ("claimed", 450)
        desk.wait("2026-11-04 12:00")
        assert (desk.case.state, [entry.facts["because"] for entry in desk.journal("order-resumed")]) == ("CLOSED", ["closed"])

    def test_an_order_whose_instance_an_operator_ends_is_closed_and_nothing_rings_for_it(self, desk: Casework) -> None:
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-04 11:00")
        with desk.unit() as session:
            instance_id = desk.order(session).instance_id
            assert instance_id is not None
            interventions.cancel(session, instance_id, desk.actor(session, "admin"), desk.now)
        case = desk.case
        assert (case.state, case.closed_at, case.paused_at, case.suspended_until) == ("CLOSED", desk.now, None, None)
        assert [entry.facts["state"] for entry in desk.journal("state")][-1] == "CLOSED"
        assert desk.items("statutory") == desk.items("wake") == []

    def test_an_answer_that_is_given_behind_a_hold_ends_what_it_stood(self, desk: Casework) -> None:
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-05 10:00")
        desk.wait("2026-11-03 10:00")
        with desk.unit() as session:
            workorders.enter_state(session, desk.order(session), "ANSWERED", desk.now)
        desk.wait("2026-11-05 10:00")
        assert (desk.case.state, desk.case.paused_minutes) == ("ANSWERED", 450)

    def test_what_is_not_on_hold_cannot_go_on(self, desk: Casework) -> None:
        with pytest.raises(suspension.NotSuspendedError):
            desk.do("handler", suspension.resume)


class TestRefusals:
    def test_one_hold_at_a_time(self, desk: Casework) -> None:
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-04 11:00")
        with pytest.raises(suspension.AlreadySuspendedError):
            hold(desk, "handler", "WAIT_THIRD_PARTY", "2026-11-05 11:00")

    def test_a_reason_that_the_table_does_not_know(self, desk: Casework) -> None:
        with pytest.raises(holds.ReasonNotAllowedError, match="TIRED"):
            hold(desk, "handler", "TIRED", "2026-11-04 11:00")

    @pytest.mark.parametrize("until", ["2026-11-02 10:00", "2026-10-30 10:00"])
    def test_a_day_that_is_over(self, desk: Casework, until: str) -> None:
        with pytest.raises(holds.WakeDateError):
            hold(desk, "handler", "WAIT_CUSTOMER", until)

    def test_an_appointment_needs_its_day(self, desk: Casework) -> None:
        with pytest.raises(holds.WakeDateError):
            hold(desk, "handler", "CUSTOMER_APPOINTMENT", None)

    def test_not_at_the_last_tier(self, desk: Casework) -> None:
        with desk.unit() as session:
            desk.order(session).escalation_tier = 4
        with pytest.raises(suspension.LastTierError, match="tier 4"):
            hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-04 11:00")

    def test_the_last_tier_ends_a_hold(self, desk: Casework) -> None:
        hold(desk, "depthead", "WAIT_PLANNED_WORK", "2026-11-30 10:00")
        desk.wait("2026-11-14 10:00")
        assert desk.case.escalation_tier == 4
        assert desk.case.state == "IN_PROGRESS"

    def test_a_colleague_of_another_city_may_not(self, desk: Casework) -> None:
        with pytest.raises(suspension.NotYoursError):
            hold(desk, "handler-qd", "WAIT_CUSTOMER", "2026-11-04 11:00")

    def test_a_closed_order_has_no_clock(self, desk: Casework) -> None:
        desk.finish("handler")
        with pytest.raises(suspension.NothingToSuspendError):
            hold(desk, "depthead", "WAIT_CUSTOMER", "2026-11-04 11:00")


class TestApproval:
    def test_without_a_day_it_is_the_longest_that_needs_nobody(self, desk: Casework) -> None:
        hold(desk, "handler", "WAIT_CUSTOMER", None)
        assert local(desk.case.suspended_until) == "2026-11-05 10:00"  # three working days

    def test_more_than_three_working_days_needs_the_section_head(self, desk: Casework) -> None:
        with pytest.raises(holds.ApprovalNeededError, match="Only a section head") as refused:
            hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-05 10:30")
        assert refused.value.facts == {"role": "SECTION_HEAD", "until": "2026-11-05 10:00"}
        pause = hold(desk, "head", "WAIT_CUSTOMER", "2026-11-05 10:30")
        assert pause.approved_by == "head"

    def test_who_stands_above_may_approve_too(self, desk: Casework) -> None:
        assert hold(desk, "depthead", "WAIT_CUSTOMER", "2026-11-06 10:30").approved_by == "depthead"

    def test_holds_for_the_same_reason_add_up(self, desk: Casework) -> None:
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-04 10:00")
        desk.wait("2026-11-04 10:00")
        hold(desk, "handler", "WAIT_THIRD_PARTY", "2026-11-04 11:00")  # another reason
        desk.wait("2026-11-04 11:00")
        with pytest.raises(holds.ApprovalNeededError):
            hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-05 14:00")

    def test_parts_may_be_waited_for_once_until_the_promised_day(self, desk: Casework) -> None:
        hold(desk, "handler", "WAIT_PARTS", "2026-11-06 10:00")
        desk.wait("2026-11-06 10:00")
        with pytest.raises(holds.ApprovalNeededError, match="department head"):
            hold(desk, "handler", "WAIT_PARTS", "2026-11-09 10:00")

    def test_only_the_vice_president_may_stop_the_law_s_clock(self, desk: Casework) -> None:
        for until in ("2026-11-06 10:00", None):
            with pytest.raises(holds.ApprovalNeededError, match="vice president"):
                hold(desk, "depthead", "COURT_OR_REGULATOR", until)


class TestWorkingDays:
    @pytest.fixture
    def nonstop(self, database: Engine) -> Casework:
        """An order of a key customer on a Friday: its own clock runs day and night."""
        case = Casework()
        case.wait("2026-11-06 16:40")
        case.complain(calendar="CAL-247")
        case.claim("handler")
        return case

    def test_three_working_days_are_office_days_where_the_order_s_clock_runs_day_and_night(self, nonstop: Casework) -> None:
        hold(nonstop, "handler", "WAIT_CUSTOMER", None)
        assert local(nonstop.case.suspended_until) == "2026-11-11 16:40"
        nonstop.wait("2026-11-11 16:39")
        assert nonstop.case.state == "SUSPENDED"
        nonstop.wait("2026-11-11 16:40")
        assert nonstop.case.state == "IN_PROGRESS"

    def test_the_day_that_a_person_gives_is_held_against_the_same_day(self, nonstop: Casework) -> None:
        with pytest.raises(holds.ApprovalNeededError) as refused:
            hold(nonstop, "handler", "WAIT_CUSTOMER", "2026-11-11 16:42")
        assert refused.value.facts["until"] == "2026-11-11 16:40"
        assert hold(nonstop, "handler", "WAIT_CUSTOMER", "2026-11-11 16:40").approved_by is None

    def test_what_was_waited_before_is_taken_off(self, nonstop: Casework) -> None:
        hold(nonstop, "handler", "WAIT_CUSTOMER", "2026-11-09 16:40")  # one working day
        nonstop.wait("2026-11-10 09:00")
        hold(nonstop, "handler", "WAIT_CUSTOMER", None)
        assert local(nonstop.case.suspended_until) == "2026-11-12 09:00"  # two more

    def test_when_all_is_used_up_somebody_above_must_give_a_day(self, nonstop: Casework) -> None:
        hold(nonstop, "handler", "WAIT_CUSTOMER", None)
        nonstop.wait("2026-11-11 16:40")
        with pytest.raises(holds.ApprovalNeededError):
            hold(nonstop, "handler", "WAIT_CUSTOMER", None)
        with pytest.raises(holds.WakeDateError):
            hold(nonstop, "head", "WAIT_CUSTOMER", None)
        assert hold(nonstop, "head", "WAIT_CUSTOMER", "2026-11-13 10:00").approved_by == "head"

    def test_a_table_without_a_calendar_counts_the_days_of_the_unit(self, database: Engine) -> None:
        desk = Casework({"pause_rule.dmn": lambda table: table.replace('"CAL-BIZ"', "null")})
        desk.wait("2026-11-06 16:40")
        desk.complain()
        desk.claim("handler")
        hold(desk, "handler", "WAIT_CUSTOMER", None)
        assert local(desk.case.suspended_until) == "2026-11-09 16:40"  # its section works every day

    def test_a_table_may_still_say_minutes_of_the_order_s_clock(self, database: Engine) -> None:
        desk = Casework({"pause_rule.dmn": lambda table: table.replace("max_days", "max_minutes").replace('"CAL-BIZ"', "null")})
        desk.complain()
        desk.claim("handler")
        hold(desk, "handler", "WAIT_CUSTOMER", None)
        assert local(desk.case.suspended_until) == "2026-11-02 10:03"

    @pytest.mark.parametrize(("column", "right", "wrong"), [("calendar", '"CAL-BIZ"', '"CAL-MOON"'), ("max_days", ">3<", ">2.5<")])
    def test_what_cannot_be_counted_with_is_told_in_words(self, database: Engine, column: str, right: str, wrong: str) -> None:
        desk = Casework({"pause_rule.dmn": lambda table: table.replace(right, wrong)})
        desk.complain()
        desk.claim("handler")
        with pytest.raises(holds.PauseTableError, match=column):
            hold(desk, "handler", "WAIT_CUSTOMER", None)
        assert desk.case.state == "IN_PROGRESS"


class TestWhoIsTold:
    def test_the_customer_is_told_what_is_needed(self, desk: Casework) -> None:
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-04 11:00", "电梯编号")
        (contact,) = desk.contacts("suspended")
        assert (contact.text, contact.public) == ("请补充：电梯编号", True)

    def test_the_customer_need_not_know_of_third_parties(self, desk: Casework) -> None:
        hold(desk, "handler", "WAIT_THIRD_PARTY", "2026-11-04 11:00")
        assert desk.contacts("suspended") == []

    def test_the_section_head_knows(self, desk: Casework) -> None:
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-04 11:00")
        en = f"Zhang Wei has put {desk.number} on hold until 2026-11-04 11:00 (Waiting for the customer)."
        zh = f"张伟把 {desk.number} 挂起到 2026-11-04 11:00（等客户）。"
        assert [desk.told("head", language=language) for language in ("en", "zh")] == [[en], [zh]]

    def test_a_hold_without_a_day_names_none(self, desk: Casework) -> None:
        hold(desk, "vp", "COURT_OR_REGULATOR", None)
        assert [text.split(" has ")[1] for text in desk.told("head")] == [f"put {desk.number} on hold (Court or regulator)."]

    def test_a_task_on_hold_cannot_be_claimed(self, desk: Casework) -> None:
        hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-04 11:00")
        with pytest.raises(inbox.TaskSuspendedError):
            desk.claim("handler")


def test_the_minutes_of_each_hold_are_kept(desk: Casework) -> None:
    desk.wait("2026-11-02 11:00")
    pause = hold(desk, "handler", "WAIT_CUSTOMER", "2026-11-03 11:00")
    desk.wait("2026-11-03 11:00")
    with desk.unit() as session:
        kept = session.get_one(type(pause), pause.id)
        assert (kept.minutes, kept.by, kept.ended_at) == (450, "handler", at("2026-11-03 11:00"))
