"""The decision tables, row by row against the reference figures (reference processes A5)."""

from typing import Any

import pytest

from bpm.engine.decisions import DecisionResult
from tests.processes.desk import definition

BUILT = definition()
VIP = ("DIAMOND", "GROUP", "GOLD")


def ask(table: str, **facts: Any) -> Any:
    return decided(table, **facts).result


def decided(table: str, **facts: Any) -> DecisionResult:
    return BUILT.decide(table, facts)


def customer(arpu: float = 0, months: int = 0, *, group: bool = False, fraud: bool = False) -> dict[str, Any]:
    return {"is_group": group, "arpu_3m": arpu, "in_net_months": months, "blacklist_fraud": fraud}


@pytest.mark.parametrize(
    ("snapshot", "grade", "kam"),
    [
        (customer(10, 1, group=True), "GROUP", True),
        (customer(900, 90, group=True, fraud=True), "GROUP", True),
        (customer(500, 12), "DIAMOND", True),
        (customer(500, 11), "GOLD", True),
        (customer(499, 12), "GOLD", True),
        (customer(300), "GOLD", True),
        (customer(299, 100), "SILVER", False),
        (customer(150), "SILVER", False),
        (customer(149), "ORDINARY", False),
        (customer(900, 90, fraud=True), "ORDINARY", False),
        (None, "ORDINARY", False),
    ],
)
def test_d1_grades_a_customer_by_what_billing_says(snapshot: Any, grade: str, kam: bool):
    assert ask("customer_grade", customer=snapshot) == {"grade": grade, "kam_needed": kam}


@pytest.mark.parametrize(("last", "kam"), [("DIAMOND", True), ("GROUP", True), ("GOLD", True), ("SILVER", False)])
def test_d1_keeps_the_last_grade_while_billing_is_down(last: str, kam: bool):
    assert ask("customer_grade", customer=None, grade_pending=True, last_grade=last) == {"grade": last, "kam_needed": kam}
    assert ask("customer_grade", customer=None, grade_pending=False, last_grade=last)["grade"] == "ORDINARY"


USUAL = {
    "class_code": "01010101",
    "affected_users": 1,
    "safety_or_media": False,
    "channel": "PHONE_1860",
    "repeat_30d": 1,
    "amount_disputed": 0,
}


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({"affected_users": 100}, "L1"),
        ({"safety_or_media": True}, "L1"),
        ({"class_code": "07010102"}, "L1"),
        ({"channel": "REGULATOR"}, "L1"),
        ({"repeat_30d": 3}, "L2"),
        ({"affected_users": 10}, "L2"),
        ({"affected_users": 10, "class_code": "04010101"}, "L3"),
        ({"affected_users": 9}, "L3"),
        ({"amount_disputed": 500, "class_code": "02010101"}, "L2"),
        ({"amount_disputed": 500, "class_code": "03010101"}, "L2"),
        ({"amount_disputed": 500}, "L3"),
        ({"amount_disputed": 499, "class_code": "02010101"}, "L3"),
        ({"channel": "SUPERVISION"}, "L2"),
        ({"class_code": "080101"}, "L4"),
        ({"class_code": "080101", "affected_users": 200}, "L1"),
        ({"class_code": None}, "L3"),
        ({}, "L3"),
        ({"level_override": "L4", "safety_or_media": True}, "L4"),
        ({"level_override": "KEEP"}, "L3"),
    ],
)
def test_d2_sets_the_level(facts: dict[str, Any], level: str):
    assert ask("complaint_level", **{**USUAL, **facts}) == level


def test_d2_says_why():
    assert decided("complaint_level", **{**USUAL, "affected_users": 150}).annotations == ("群体投诉",)


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        ({"level": "L1"}, 100),
        ({"level": "L2"}, 60),
        ({"level": "L3"}, 30),
        ({"level": "L4"}, 10),
        ({"grade": "DIAMOND"}, 30),
        ({"grade": "GROUP"}, 30),
        ({"grade": "GOLD"}, 20),
        ({"grade": "SILVER"}, 10),
        ({"grade": "ORDINARY"}, 0),
        ({"repeat_flag": True}, 15),
        ({"urge_count": 0}, 0),
        ({"urge_count": 1}, 5),
        ({"urge_count": 3}, 15),
        ({"urge_count": 4}, 20),
        ({"urge_count": 9}, 20),
        ({"minutes_to_due": 60}, 25),
        ({"minutes_to_due": -5}, 25),
        ({"minutes_to_due": 61}, 0),
        ({"on_line": True}, 40),
        ({"level": "L1", "grade": "DIAMOND", "repeat_flag": True, "urge_count": 5, "minutes_to_due": 5, "on_line": True}, 230),
        ({}, 0),
    ],
)
def test_d3_adds_up_the_points_of_urgency(facts: dict[str, Any], points: int):
    assert ask("priority", **facts) == points


LIMITS = {
    ("VIP", "L1"): (15, 10, 10, 15, 120, 30, 240, 240, "CAL-247"),
    ("VIP", "L2"): (30, 15, 15, 30, 480, 60, 1440, 720, "CAL-247"),
    ("VIP", "L3"): (60, 30, 30, 60, 1440, 120, 2880, 2160, "CAL-247"),
    ("SILVER", "L1"): (15, 15, 15, 30, 240, 30, 480, 480, "CAL-247"),
    ("SILVER", "L2"): (30, 30, 30, 60, 960, 60, 1440, 1440, "CAL-247"),
    ("SILVER", "L3"): (120, 60, 60, 120, 960, 120, 2880, 1440, "CAL-BIZ"),
    ("ORDINARY", "L1"): (30, 15, 15, 30, 240, 30, 480, 480, "CAL-247"),
    ("ORDINARY", "L2"): (60, 30, 30, 60, 1440, 120, 2880, 2880, "CAL-247"),
    ("ORDINARY", "L3"): (240, 120, 120, 240, 1350, 240, 4320, 2250, "CAL-BIZ"),
    ("any", "L4"): (480, 240, 240, 480, 1350, 480, None, 3150, "CAL-BIZ"),
}
STEPS = ("first_contact", "review", "dispatch", "accept", "handle", "answer", "visit", "total", "calendar")


@pytest.mark.parametrize("level", ["L1", "L2", "L3", "L4"])
@pytest.mark.parametrize("grade", [*VIP, "SILVER", "ORDINARY"])
def test_d4_gives_every_grade_and_level_its_limits(grade: str, level: str):
    row = LIMITS[("any" if level == "L4" else "VIP" if grade in VIP else grade, level)]
    assert ask("time_limits", grade=grade, level=level) == dict(zip(STEPS, row, strict=True))


def co(*units: tuple[str, str]) -> list[dict[str, str]]:
    return [{"function": function, "scope": scope} for function, scope in units]


@pytest.mark.parametrize(
    ("code", "level", "sp", "lead", "scope", "co_units", "connector"),
    [
        ("01010101", "L1", None, "NETWORK", "PROVINCE", co(("NETWORK", "CITY")), "NSP"),
        ("01020102", "L3", None, "NETWORK", "CITY", [], "NSP"),
        ("03010101", "L3", "901234", "DATA_SERVICE", "PROVINCE", co(("SP", "PROVINCE")), "DSMP"),
        ("03020101", "L3", "901234", "DATA_SERVICE", "PROVINCE", co(("SP", "PROVINCE")), "DSMP"),
        ("03010101", "L3", "", "REVIEW", "CITY", [], "DSMP"),
        ("03010101", "L3", None, "REVIEW", "CITY", [], "DSMP"),
        ("03020101", "L3", None, "CS_DEPT", "CITY", [], None),
        ("02010101", "L1", None, "BILLING", "PROVINCE", [], "BOSS"),
        ("02010101", "L2", None, "BILLING", "PROVINCE", [], "BOSS"),
        ("02020101", "L3", None, "BILLING", "CITY", [], "BOSS"),
        ("04010101", "L3", None, "MARKETING", "CITY", co(("IT", "PROVINCE")), "CRM"),
        ("05020101", "L3", None, "HALL_MGMT", "CITY", [], "OA"),
        ("05010101", "L3", None, "CS_DEPT", "CITY", [], None),
        ("07010101", "L1", None, "SECURITY", "PROVINCE", co(("LEGAL", "PROVINCE")), None),
        ("080101", "L4", None, "CS_DEPT", "CITY", [], None),
        (None, "L3", None, "CS_DEPT", "CITY", [], None),
    ],
)
def test_d5_proposes_who_handles_it(code: Any, level: str, sp: Any, lead: str, scope: str, co_units: Any, connector: Any):
    wanted = {"lead": lead, "scope": scope, "co_units": co_units, "connector": connector}
    assert ask("routing", class_code=code, level=level, sp_code=sp) == wanted


@pytest.mark.parametrize(
    ("role", "grade", "amount", "may", "approval"),
    [
        ("AGENT", "ORDINARY", 20, True, None),
        ("HALL", "SILVER", 20, True, None),
        ("AGENT", "ORDINARY", 21, False, "DEPT_HEAD"),
        ("AGENT", "GOLD", 100, True, None),
        ("AGENT", "GROUP", 101, False, "DEPT_HEAD"),
        ("KAM", "DIAMOND", 500, True, None),
        ("KAM", "DIAMOND", 501, False, "DEPT_HEAD"),
        ("KAM", "ORDINARY", 10, False, "DEPT_HEAD"),
        ("HANDLER", "ORDINARY", 200, True, None),
        ("HANDLER", "GOLD", 201, False, "DEPT_HEAD"),
        ("HANDLER", "ORDINARY", 2000, False, "DEPT_HEAD"),
        ("HANDLER", "ORDINARY", 2001, False, "VP"),
    ],
)
def test_d6_says_who_may_give_how_much(role: str, grade: str, amount: float, may: bool, approval: Any):
    assert ask("authority", role=role, grade=grade, amount=amount) == {"may_settle": may, "approval": approval}


def test_d6_takes_the_desk_for_granted_where_nobody_is_named():
    assert ask("authority", channel="PHONE_1860", grade="ORDINARY", compensation=0)["may_settle"] is True
    assert ask("authority", channel="KAM", grade="GOLD", compensation=400)["may_settle"] is True
    assert ask("authority", channel="PHONE_1860", grade="GOLD", compensation=400)["may_settle"] is False


SLOW = [(0, 75, None), (1, 100, None), (2, 150, 240), (3, 200, 450)]
FAST = [(0, 50, None), (1, 80, None), (2, 100, None), (3, 150, None)]


@pytest.mark.parametrize(
    ("level", "grade", "rungs"),
    [
        ("L3", "ORDINARY", SLOW),
        ("L4", "SILVER", SLOW),
        (None, None, SLOW),
        ("L1", "ORDINARY", FAST),
        ("L2", "SILVER", FAST),
        ("L3", "GOLD", FAST),
        ("L4", "GROUP", FAST),
    ],
)
def test_d7_names_the_rungs_of_the_ladder(level: Any, grade: Any, rungs: list[tuple[int, int, Any]]):
    rows = ask("escalation_ladder", level=level, grade=grade)
    assert [(row["tier"], row["percent"], row["plus_minutes"]) for row in rows[:-1]] == rungs
    assert [row["to"] for row in rows] == [
        "assignee",
        "assignee section_head",
        "department_head first_owner kam",
        "customer_service_head",
        "vice_president",
    ]
    assert [row["priority"] for row in rows] == [0, 0, 20, 0, 0]
    assert (rows[-1]["tier"], rows[-1]["percent"], rows[-1]["before_statutory_hours"]) == (4, None, 72)


@pytest.mark.parametrize(
    ("facts", "mode", "sample", "delay"),
    [
        ({"level": "L1"}, "CALL", 100, 120),
        ({"level": "L2", "channel": "EMAIL"}, "CALL", 100, 120),
        ({"grade": "DIAMOND"}, "CALL", 100, 240),
        ({"grade": "GOLD", "result": "UNFOUNDED"}, "CALL", 100, 240),
        ({"result": "NOT_SOLVABLE"}, "CALL", 100, 450),
        ({"result": "UNFOUNDED"}, "CALL", 100, 450),
        ({"channel": "EMAIL"}, "MAIL", 100, 120),
        ({"channel": "WEB_FORM"}, "MAIL", 100, 120),
        ({"channel": "WEB_SELF"}, "MAIL", 100, 120),
        ({}, "SMS", 100, 120),
        ({"order_type": "REQUEST"}, "SMS", 100, 120),
        ({"order_type": "FAULT", "level": "L1"}, "SMS", 100, 120),
        ({"order_type": "CONSULT"}, "NONE", 5, None),
        ({"order_type": "PRAISE"}, "NONE", 0, None),
    ],
)
def test_d8_plans_the_return_visit(facts: dict[str, Any], mode: str, sample: int, delay: Any):
    usual = {"order_type": "COMPLAINT", "level": "L3", "grade": "ORDINARY", "result": "SOLVED", "channel": "PHONE_1860"}
    found = ask("visit_policy", **{**usual, **facts})
    assert (found["mode"], found["sample_percent"], found["delay_minutes"]) == (mode, sample, delay)


AGAIN = {"days_since_close": 3, "same_class": True, "unsolved": True, "reopen_count": 0, "close_code": "SOLVED"}


@pytest.mark.parametrize(
    ("facts", "action", "tier", "province"),
    [
        ({}, "REOPEN", 0, False),
        ({"days_since_close": 30}, "REOPEN", 0, False),
        ({"days_since_close": 30.1}, "NEW", 0, False),
        ({"same_class": False}, "NEW", 0, False),
        ({"unsolved": False}, "NEW", 0, False),
        ({"close_code": "DUPLICATE"}, "NEW", 0, False),
        ({"close_code": "WITHDRAWN"}, "NEW", 0, False),
        ({"reopen_count": 1}, "REOPEN", 1, False),
        ({"reopen_count": 2}, "REOPEN", 2, True),
        ({"reopen_count": 5}, "REOPEN", 2, True),
    ],
)
def test_d9_says_whether_a_case_goes_on_under_its_number(facts: dict[str, Any], action: str, tier: int, province: bool):
    assert ask("reopen", **{**AGAIN, **facts}) == {"action": action, "tier": tier, "to_province": province}


@pytest.mark.parametrize(
    ("reason", "tier", "allowed", "longest", "approval", "statutory", "told"),
    [
        ("WAIT_CUSTOMER", 0, True, 3, "SECTION_HEAD", False, True),
        ("CUSTOMER_APPOINTMENT", 0, True, None, None, False, True),
        ("WAIT_THIRD_PARTY", 3, True, 5, "DEPT_HEAD", False, False),
        ("WAIT_PARTS", 0, True, None, "DEPT_HEAD", False, True),
        ("WAIT_PLANNED_WORK", 0, True, None, "DEPT_HEAD", False, True),
        ("COURT_OR_REGULATOR", 0, True, None, "VP", True, False),
        ("WAIT_CUSTOMER", 4, False, None, None, False, False),
        ("COURT_OR_REGULATOR", 4, False, None, None, False, False),
        ("LUNCH", 0, False, None, None, False, False),
    ],
)
def test_d11_says_what_may_wait_for_how_long(
    reason: str, tier: int, allowed: bool, longest: Any, approval: Any, statutory: bool, told: bool
):
    assert ask("pause_rule", reason=reason, tier=tier) == {
        "allowed": allowed,
        "max_days": longest,
        "calendar": "CAL-BIZ" if longest else None,
        "approval": approval,
        "stops_limit": allowed,
        "stops_statutory": statutory,
        "touches_customer": told,
    }


def test_every_row_of_every_table_says_in_plain_words_why():
    silent = [rule.id for decision in BUILT.decisions.values() for rule in decision.rules if not rule.annotation]
    assert silent == []
    assert sum(len(decision.rules) for decision in BUILT.decisions.values()) == 89
