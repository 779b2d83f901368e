"""The complaint process as the people in it live it (reference processes A7, A9, A13)."""

from datetime import datetime

import pytest

from bpm.engine import facts as f
from bpm.engine.commands import Deliver
from bpm.engine.process import NotAwaitedError
from tests.processes.desk import DIAMOND, ORDINARY, ZONE, Case

CUSTOMER = "customer"


def test_an_ordinary_complaint_walks_by_defaults_to_its_close_and_into_the_archive():
    case = Case()
    case.billing(ORDINARY)
    steps = []
    while case.state != "CLOSED":
        steps += case.tasks
        case.go_on()
    assert steps == ["register", "review", "dispatch", "accept", "handle", "check", "answer", "call"]
    assert case.states == [
        "REGISTERED",
        "IN_REVIEW",
        "TO_DISPATCH",
        "DISPATCHED",
        "IN_PROGRESS",
        "FEEDBACK",
        "TO_ANSWER",
        "ANSWERED",
        "TO_VISIT",
        "CLOSED",
    ]
    assert [text for to, text in case.told if to == CUSTOMER] == ["registered", "answered", "closed"]
    case.wait(days=31)
    assert (case.state, case.ended) == ("ARCHIVED", True)


def test_a_complaint_that_an_agent_has_registered_waits_for_review_at_once_with_its_level_and_limits():
    case = Case(registered=True, class_code="01010101", customer=ORDINARY, first_owner="agent")
    assert case.tasks == ["review"]
    assert (case.variables["grade"], case.variables["level"]) == ("ORDINARY", "L3")
    limit = case.task("review").limit
    assert limit is not None
    assert (limit.minutes, limit.calendar, limit.ladder) == (120, "CAL-BIZ", "escalation_ladder")
    assert case.task("review").assignment.exclude == ("register", "correct", "starter")


def test_nobody_waits_for_billing_that_is_down_and_the_last_grade_stands():
    case = Case(last_grade="GOLD")
    case.billing(error="billing-down")
    assert case.tasks == ["register"]
    assert (case.variables["grade"], case.variables["grade_pending"], case.variables["kam_needed"]) == ("GOLD", True, True)


def test_an_unknown_number_is_an_ordinary_customer():
    case = Case()
    case.billing(error="unknown-customer")
    assert (case.variables["grade"], case.variables["grade_pending"]) == ("ORDINARY", False)


def test_when_billing_is_back_the_grade_is_known_and_the_limits_only_get_shorter():
    case = Case(class_code="01010101", registered=True, first_owner="agent")
    case.billing(error="billing-down")
    before = case.variables["limits"]
    case.wait(minutes=30)
    case.billing(error="billing-down")
    case.wait(minutes=30)
    case.billing({**ORDINARY, "arpu_3m": 320, "in_net_months": 40})
    assert (case.variables["grade"], case.variables["grade_pending"]) == ("GOLD", False)
    assert case.variables["limits"]["total"] < before["total"]
    case.do("review")
    assert case.variables["grade"] == "GOLD"


def test_a_lower_grade_than_the_last_one_does_not_make_limits_longer():
    case = Case(class_code="01010101", registered=True, first_owner="agent", last_grade="GOLD")
    case.billing(error="billing-down")
    before = case.variables["limits"]
    case.wait(minutes=30)
    case.billing(ORDINARY)
    assert case.variables["limits"] == before


def test_a_number_that_billing_does_not_know_is_not_asked_for_again():
    case = Case()
    case.billing(error="unknown-customer")
    case.wait(hours=2)
    assert case.open(f.CallRequested) == []


def test_a_complaint_without_a_number_asks_no_billing():
    case = Case(customer_number=None, contact_phone=None, contact_email="liu@example.com")
    assert case.open(f.CallRequested) == []
    assert case.tasks == ["register"]


def test_the_front_desk_is_reminded_of_a_draft_after_half_an_hour_of_work():
    case = Case()
    case.billing()
    case.wait(minutes=29)
    assert ("AGENT@FRONT", "draft_waiting") not in case.told
    case.wait(minutes=1)
    assert ("AGENT@FRONT", "draft_waiting") in case.told
    assert case.tasks == ["register"]


def test_what_is_solved_on_the_spot_goes_straight_to_the_return_visit():
    case = Case()
    case.billing()
    case.do("register", on_the_spot=True, result="SOLVED", answer_text="已重置", compensation=20)
    assert case.states == ["REGISTERED", "ON_SPOT_DONE", "TO_VISIT"]
    assert case.tasks == []
    case.wait(hours=2)
    assert case.tasks == ["call"]


def test_an_agent_may_not_give_more_on_the_spot_than_the_table_says():
    case = Case()
    case.billing()
    case.do("register", on_the_spot=True, result="COMPENSATED", answer_text="退费", compensation=21)
    assert case.tasks == ["review"]


def test_the_reviewer_returns_a_registration_to_whoever_made_it():
    case = Case().walk_to("review")
    case.step_back("review", return_reason="INCOMPLETE", return_note="哪部电梯？")
    task = case.task("correct")
    assert (task.assignment.same_as, task.why.said(), case.state) == (("register",), "复核退回：哪部电梯？", "RETURNED")
    case.do("correct", place="三号楼东侧电梯")
    assert case.tasks == ["review"]
    assert [text for _, text in case.told].count("registered") == 1


def test_what_is_not_ours_is_rejected_and_explained():
    case = Case().walk_to("review")
    case.do("review", outcome="REJECT", answer_text="这是别家的号码")
    assert (case.state, case.ended) == ("REJECTED", True)
    assert case.variables["answer_text"] == "这是别家的号码"
    assert case.told[-1] == (CUSTOMER, "rejected")


def test_a_corrected_class_and_level_change_the_limits_and_the_route():
    case = Case().walk_to("review")
    case.do("review", class_code="02010101", level_override="L2")
    assert (case.variables["level"], case.variables["limits"]["handle"]) == ("L2", 1440)
    case.do("dispatch")
    assert case.variables["orders"] == [{"unit": "SD-BILLING", "lead": True, "minutes": 1440, "redo": False}]


def test_the_reviewers_level_stands_even_where_the_rule_would_say_otherwise():
    case = Case(safety_or_media=True).walk_to("review")
    assert case.variables["level"] == "L1"
    case.do("review", level_override="L3")
    assert case.variables["level"] == "L3"


def test_the_dispatcher_can_shorten_the_limit_and_never_lengthen_it():
    short, long = Case().walk_to("dispatch"), Case().walk_to("dispatch")
    short.do("dispatch", handle_minutes=300)
    long.do("dispatch", handle_minutes=9999)
    for case, minutes in ((short, 300), (long, 1350)):
        case.do("accept")
        limit = case.task("handle").limit
        assert limit is not None
        assert limit.minutes == minutes


def test_lead_and_two_co_units_work_side_by_side_and_all_answers_are_gathered():
    case = Case().walk_to("dispatch")
    case.do("dispatch", co_units=["531-CORE", "531-BUILD"])
    assert [task.assignment.unit for task in case.open()] == ["531-NETWORK", "531-CORE", "531-BUILD"]
    for unit in ("531-CORE", "531-NETWORK", "531-BUILD"):
        case.do("accept", unit=unit)
    case.do("handle", unit="531-CORE", findings="核心网无异常", compensation=10)
    case.do("handle", unit="531-NETWORK", findings="小区参数不当", answer_text="已调整", compensation=30)
    assert case.tasks == ["handle"]
    case.do("handle", unit="531-BUILD", findings="天线已检修", compensation=0)
    assert case.tasks == ["check"]
    assert (case.variables["answer_text"], case.variables["compensation"]) == ("已调整", 40)
    found = sorted((each["unit"], each["findings"]) for each in case.variables["co_findings"])
    assert found == [("531-BUILD", "天线已检修"), ("531-CORE", "核心网无异常")]


def test_the_lead_unit_can_stop_waiting_for_its_co_units():
    case = Case().walk_to("dispatch")
    case.do("dispatch", co_units=["531-CORE"])
    case.do("accept", unit="531-NETWORK")
    case.do("handle", unit="531-NETWORK", waive_co=True)
    assert case.tasks == ["check"]


def test_a_co_unit_that_answers_first_does_not_end_the_work_of_the_lead():
    case = Case().walk_to("dispatch")
    case.do("dispatch", co_units=["531-CORE"])
    case.do("accept", unit="531-CORE")
    case.do("handle", unit="531-CORE", waive_co=True)
    assert case.tasks == ["accept"]
    assert case.state == "DISPATCHED"


def test_a_unit_that_is_not_the_right_one_refuses_and_the_dispatcher_sends_it_elsewhere():
    case = Case().walk_to("accept")
    case.step_back("accept", return_reason="WRONG_UNIT", return_note="是计费问题")
    assert case.tasks == ["dispatch"]
    assert case.variables["return_note"] == "是计费问题"
    case.do("dispatch", lead_unit="531-BILLING")
    assert case.task("accept").assignment.unit == "531-BILLING"


def test_after_a_refusal_the_dispatch_begins_with_the_unit_that_was_proposed_and_the_co_units_that_were_chosen():
    case = Case().walk_to("dispatch")
    case.do("dispatch", co_units=["531-CORE"])
    case.do("accept", unit="531-NETWORK", outcome="REFUSE", return_reason="WRONG_UNIT", proposed_unit="531-BILLING")
    case.do("dispatch")
    assert [task.assignment.unit for task in case.open()] == ["531-BILLING", "531-CORE"]


def test_a_handler_can_return_what_cannot_be_worked_on():
    case = Case().walk_to("handle")
    case.step_back("handle", return_reason="NOT_REPRODUCED")
    assert (case.tasks, case.state) == (["dispatch"], "TO_DISPATCH")


@pytest.mark.parametrize("level", ["L1", "L2"])
def test_the_answer_to_a_grave_complaint_is_seen_by_two_people(level: str):
    case = Case().walk_to("review")
    case.do("review", level_override=level)
    case.do("dispatch", co_units=[])
    case.walk_to("approve")
    approval = case.task("approve").assignment
    assert (approval.role, approval.exclude) == ("SECTION_HEAD", ("handle",))
    case.step_back("approve", return_reason="ANSWER_UNSUITABLE", return_note="写明时间")
    assert case.tasks == ["handle"]
    case.do("handle")
    case.do("approve", answer_text="三日内修好")
    assert case.tasks == ["check"]
    assert case.variables["answer_text"] == "三日内修好"


def test_a_poor_answer_goes_back_to_the_same_unit_and_the_third_time_to_its_head():
    case = Case().walk_to("check")
    for _ in range(2):
        case.step_back("check", return_reason="ANSWER_UNSUITABLE")
        assert case.tasks == ["handle"]  # it was accepted before
        case.do("handle")
    case.step_back("check", return_reason="ANSWER_UNSUITABLE")
    head = case.task("supervise").assignment
    assert (head.role, head.unit) == ("DEPT_HEAD", "531-NETWORK")
    case.do("supervise")
    case.do("handle", answer_text="这次答到点上")
    case.do("check")
    assert (case.tasks, case.variables["answer_text"]) == (["answer"], "这次答到点上")


@pytest.mark.parametrize(
    ("amount", "role", "unit"), [(201, "DEPT_HEAD", "531-NETWORK"), (2000, "DEPT_HEAD", "531-NETWORK"), (2001, "VP", "COMPANY")]
)
def test_compensation_above_the_authority_of_the_unit_is_approved_above(amount: float, role: str, unit: str):
    case = Case().walk_to("handle")
    case.do("handle", result="COMPENSATED", compensation=amount)
    case.do("check")
    task = case.task("approve_compensation")
    assert (task.assignment.role, task.assignment.unit) == (role, unit)


@pytest.mark.parametrize(
    ("answers", "left"),
    [
        ({}, 300),
        ({"outcome": "LOWER", "approved_amount": 120}, 120),
        ({"outcome": "LOWER", "approved_amount": 900}, 300),
        ({"outcome": "REFUSE"}, 0),
    ],
)
def test_whoever_approves_can_lower_or_refuse(answers: dict, left: int):
    case = Case().walk_to("handle")
    case.do("handle", compensation=300)
    case.do("check")
    case.do("approve_compensation", **answers)
    assert (case.tasks, case.variables["compensation"]) == (["answer"], left)


def test_compensation_within_the_authority_of_the_unit_needs_nobody():
    case = Case().walk_to("handle")
    case.do("handle", compensation=200)
    case.do("check")
    assert case.tasks == ["answer"]


def test_the_first_owner_answers_and_a_key_customer_hears_from_his_own_manager():
    owner = Case(registered=True, class_code="01010101", first_owner="agent").walk_to("answer").task("answer").assignment
    assert (owner.role, owner.unit, owner.user, owner.same_as) == ("AGENT", "FRONT", "agent", ("register", "correct"))
    manager = Case(customer=DIAMOND).walk_to("answer").task("answer").assignment
    assert (manager.role, manager.unit, manager.user, manager.same_as) == ("KAM", "KAM", "kam", ())


def test_new_facts_send_the_order_round_again_one_tier_up():
    case = Case().walk_to("answer")
    case.do("answer", outcome="NEW_FACTS", new_facts="隔壁楼也没有信号")
    assert (case.tasks, case.state, case.tier) == (["dispatch"], "TO_DISPATCH", 1)
    assert case.variables["dispatch_note"] == "隔壁楼也没有信号"


def test_a_customer_who_refuses_gets_the_final_answer_with_his_right_to_appeal():
    case = Case().walk_to("answer")
    case.do("answer", outcome="REFUSED")
    assert case.task("final_answer").assignment.role == "CS_MANAGER"
    case.do("final_answer")
    assert "ANSWERED" in case.states
    assert (CUSTOMER, "final_answer") in case.told


def test_who_cannot_be_reached_gets_the_answer_in_writing():
    case = Case().walk_to("answer")
    case.do("answer", outcome="UNREACHABLE")
    assert (CUSTOMER, "answered") in case.told
    assert case.state == "TO_VISIT"


def test_nobody_is_called_at_night():
    evening = datetime(2026, 11, 23, 19, 0, tzinfo=ZONE)
    case = Case().walk_to("answer")
    case.now = evening
    case.do("answer")
    (timer,) = case.open(f.TimerSet)
    assert timer.due == datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)  # two hours of calling time


def test_after_three_calls_at_least_four_hours_apart_nobody_is_called_again():
    case = Case().walk_to("call")
    for tries in (1, 2):
        case.do("call", outcome="NO_ANSWER")
        assert case.tasks == []
        case.wait(hours=3, minutes=59)
        assert case.tasks == []
        case.wait(hours=15)
        assert case.tasks == ["call"], tries
    case.do("call", outcome="NO_ANSWER")
    assert (case.state, case.variables["visit_result"]) == ("CLOSED", "NO_CONTACT")
    assert (CUSTOMER, "no_contact") in case.told


def test_a_customer_with_an_address_rates_by_mail():
    case = Case(channel="EMAIL", contact_email="liu@example.com").walk_to_state("TO_VISIT")
    case.wait(hours=2)
    assert case.told[-1] == (CUSTOMER, "survey")
    case.hear("visit-answer", solved=True, satisfaction=4, sat_attitude=5, sat_speed=4, sat_result=4)
    assert (case.state, case.variables["satisfaction"]) == ("CLOSED", 4)


def test_a_survey_that_nobody_answers_is_closed_after_72_hours():
    case = Case(channel="WEB_FORM", contact_email="liu@example.com").walk_to_state("TO_VISIT")
    case.wait(hours=2)
    case.wait(hours=71, minutes=59)
    assert case.state == "TO_VISIT"
    case.wait(minutes=1)
    assert (case.state, case.variables["visit_result"]) == ("CLOSED", "NO_ANSWER")


def test_a_dissatisfied_customer_is_worked_for_again_under_the_same_number():
    case = Case().walk_to("call")
    case.do("call", solved=False, satisfaction=1)
    assert case.task("appease").assignment.same_as == ("call",)
    case.do("appease")
    assert (case.tasks, case.states[-2:]) == (["dispatch"], ["REOPENED", "TO_DISPATCH"])
    assert case.variables["reopen_count"] == 1


def test_a_visitor_who_can_explain_closes_the_case():
    case = Case().walk_to("call")
    case.do("call", satisfaction=2)
    case.do("appease", outcome="EXPLAINED")
    assert case.state == "CLOSED"


def test_the_second_reopening_raises_the_tier_and_the_third_goes_to_the_province():
    case = Case()
    for tier, unit in ((0, "531-NETWORK"), (1, "531-NETWORK"), (2, "SD-NETWORK")):
        case.walk_to_state("CLOSED")
        case.hear("order-reopened", reason="又没信号了")
        assert (case.tasks, case.tier) == (["dispatch"], tier)
        case.do("dispatch")
        assert case.task("accept").assignment.unit == unit


def test_a_closed_order_cannot_be_reopened_after_its_archive():
    case = Case().walk_to_state("CLOSED")
    case.wait(days=29)
    assert (case.state, len(case.open(f.MessageAwaited)) > 0) == ("CLOSED", True)
    case.wait(days=2)
    assert case.ended


def test_major_complaints_are_evaluated_before_they_are_filed_and_one_in_a_hundred_others():
    major = Case().walk_to("review")
    major.do("review", level_override="L1")
    sample = Case(number="SD-531-20261123-000100")
    for case in (major, sample):
        assert case.walk_to("evaluate").task("evaluate").assignment.role == "QA"
        case.do("evaluate")
        assert case.state == "CLOSED"


def test_what_needs_no_visit_is_closed_after_the_answer():
    case = Case(order_type="CONSULT").walk_to("answer")
    case.do("answer")
    assert case.state == "CLOSED"


def test_a_withdrawn_complaint_stops_wherever_it_is():
    case = Case().walk_to("handle")
    case.hear("order-withdrawn", current_user="handler")
    assert (case.state, case.ended, case.tasks) == ("WITHDRAWN", True, [])
    assert ("handler", "withdrawn_handler") in case.told
    assert (CUSTOMER, "withdrawn") in case.told


def test_urging_twice_is_tier_one_and_three_times_tier_two():
    case = Case().walk_to("handle")
    for count, tier in ((1, 0), (2, 1), (3, 2), (4, 2)):
        case.hear("order-urged", urge_count=count, current_user=None, current_unit="531-NETWORK")
        assert case.tier == tier
    assert case.told.count(("HANDLER@531-NETWORK", "urged")) == 4
    assert case.tasks == ["handle"]


@pytest.mark.parametrize(("touches", "told"), [(True, True), (False, False)])
def test_the_customer_hears_of_a_hold_that_concerns_him(touches: bool, told: bool):
    case = Case().walk_to("handle")
    case.hear("order-suspended", reason="WAIT_CUSTOMER", touches_customer=touches)
    assert ((CUSTOMER, "suspended") in case.told) is told
    case.hear("order-resumed", current_user="handler")
    assert ("handler", "resumed") in case.told
    assert case.tasks == ["handle"]


def test_what_the_customer_adds_reaches_handler_and_first_owner():
    case = Case(first_owner="agent").walk_to("handle")
    case.hear("order-information", text="又断了", current_user="handler")
    assert case.told[-2:] == [("handler", "information"), ("agent", "information")]


def test_a_late_step_is_explained_to_the_customer_at_tier_two_and_told_above_at_tier_three():
    case = Case().walk_to("handle")
    case.escalate("handle", 1)
    assert (CUSTOMER, "delayed") not in case.told
    case.escalate("handle", 2)
    assert (CUSTOMER, "delayed") in case.told
    case.escalate("handle", 3)
    assert ("CS_MANAGER@CS_DEPT", "tier_three") in case.told
    assert case.tasks == ["handle"]


def test_a_message_for_another_order_changes_nothing():
    case = Case().walk_to("handle")
    with pytest.raises(NotAwaitedError):
        case.command(Deliver("order-withdrawn", "SD-531-20261123-999999"))
    assert case.tasks == ["handle"]


def test_the_clock_of_each_step_comes_from_the_table_of_limits():
    case = Case(customer=DIAMOND)
    seen = {}
    while case.state != "CLOSED":
        for task in case.open():
            assert task.limit is not None
            seen[task.place.element_id] = (task.limit.minutes, task.limit.calendar)
        case.go_on()
    assert seen == {
        "register": (30, "CAL-BIZ"),
        "review": (30, "CAL-247"),
        "dispatch": (30, "CAL-247"),
        "accept": (60, "CAL-247"),
        "handle": (1440, "CAL-247"),
        "check": (30, "CAL-247"),
        "answer": (120, "CAL-247"),
        "call": (2880, "CAL-247"),
    }
