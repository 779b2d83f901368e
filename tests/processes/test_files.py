"""What the process and the demo ship: whole, in both languages, and fit for each other."""

import csv
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from bpm.connecting.loading import load
from bpm.definitions import deploy
from bpm.engine import expressions
from bpm.models.database import unit_of_work
from bpm.models.work_order import WorkOrder
from tests.processes.desk import DEMO, FOLDER, MONDAY, ROOT, calendars, defaults, definition, form

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
BATON = "{urn:baton:bpmn:1}"
CHINESE = re.compile("[\u4e00-\u9fff]")
FORMS = sorted(path.stem for path in (FOLDER / "forms").glob("*.json"))
DRAWINGS = sorted(FOLDER.glob("*.bpmn"))
STATES = set(
    re.findall(
        "[A-Z_]+",
        """DRAFT REGISTERED IN_REVIEW TO_DISPATCH DISPATCHED IN_PROGRESS FEEDBACK TO_ANSWER ANSWERED TO_VISIT CLOSED ARCHIVED
        SUSPENDED RETURNED ON_SPOT_DONE MERGED WITHDRAWN REJECTED REOPENED""",
    )
)


def settings() -> dict[str, Any]:
    return dict(json.loads((FOLDER / "process.json").read_text(encoding="utf-8")))


def table(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def demo(name: str) -> Any:
    return json.loads((DEMO / name).read_text(encoding="utf-8"))


# ---- the drawing


def test_the_drawing_has_no_finding():
    built = definition()
    assert built.findings == []
    assert built.process_ids() == ["complaint", "handle_order", "return_visit"]


@pytest.mark.usefixtures("database")
def test_it_can_be_deployed_and_published_as_it_is():
    files = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}
    with unit_of_work() as session:
        (kept,) = deploy(
            session,
            files,
            "analyst",
            MONDAY,
            publish=True,
            registry=load(ROOT / "connectors", {"BATON_BILLING_URL": "http://127.0.0.1:9", "BATON_BILLING_TOKEN": "token-of-the-tests"}),
        )
        assert (kept.key, kept.order_type, kept.findings) == ("complaint", "COMPLAINT", [])


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_every_element_is_drawn_once_and_every_line_runs_straight(path: Path):
    root = etree.parse(path).getroot()
    shown = [shape.get("bpmnElement") for shape in root.iter(f"{DI}Shape", "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNShape")]
    nodes = [node.get("id") for node in root.iter() if node.find(f"{BPMN}incoming") is not None or node.find(f"{BPMN}outgoing") is not None]
    assert set(nodes) <= set(shown)
    assert len(shown) == len(set(shown))
    edges = {edge.get("bpmnElement"): edge for edge in root.iter(f"{DI}BPMNEdge")}
    assert {flow.get("id") for flow in root.iter(f"{BPMN}sequenceFlow")} == set(edges)
    for flow, edge in edges.items():
        points = [(float(point.get("x")), float(point.get("y"))) for point in edge.iter("{http://www.omg.org/spec/DD/20100524/DI}waypoint")]
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points)), flow


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_everything_that_a_reader_sees_has_a_name(path: Path):
    root = etree.parse(path).getroot()
    kinds = (
        "startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent userTask scriptTask serviceTask businessRuleTask"
    )
    nameless = [
        node.get("id")
        for kind in [*kinds.split(), "callActivity", "subProcess", "lane"]
        for node in root.iter(BPMN + kind)
        if not node.get("name")
    ]
    for gateway in root.iter(f"{BPMN}exclusiveGateway"):
        ways = [flow for flow in root.iter(f"{BPMN}sequenceFlow") if flow.get("sourceRef") == gateway.get("id")]
        nameless += [way.get("id") for way in ways if len(ways) > 1 and not way.get("name")]
    assert nameless == []


def test_every_state_of_an_order_that_the_drawing_sets_is_one_of_the_reference():
    found = set()
    for path in DRAWINGS:
        for order in etree.parse(path).getroot().iter(f"{BATON}order"):
            found |= set(re.findall(r"[A-Z_]{5,}", order.get("state") or ""))
    assert found <= STATES
    assert STATES - found == {"DRAFT", "SUSPENDED", "MERGED"}  # set by intake, hold and merge


def test_every_person_has_a_limit_a_form_a_reason_and_somewhere_to_look():
    for path in DRAWINGS:
        for task in etree.parse(path).getroot().iter(f"{BPMN}userTask"):
            for name in ("assignment", "limit", "form", "why"):
                assert task.find(f"{BPMN}extensionElements/{BATON}{name}") is not None, (task.get("id"), name)


def test_the_settings_name_what_is_there():
    told = settings()
    built = definition()
    assert set(told["decisions"].values()) <= set(built.decisions)
    assert set(told["order_columns"]) <= set(WorkOrder.__table__.columns.keys())
    asked = {notice.get("text") for path in DRAWINGS for notice in etree.parse(path).getroot().iter(f"{BATON}notice")}
    assert asked == set(told["notices"])
    drawn = {message.get("name") for path in DRAWINGS for message in etree.parse(path).getroot().iter(f"{BPMN}message")}
    assert drawn == set(told["messages"].values())


def test_a_text_to_the_customer_names_only_what_an_order_knows():
    known = {*WorkOrder.__table__.columns.keys(), "tracking_url"} - {"token"}
    for key, text in settings()["notices"].items():
        named = set(re.findall(r"\{\{\s*(\w+)\s*\}\}", text["subject"] + text["body"]))
        assert named <= known, key


# ---- forms


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_json_schema_and_its_defaults_are_answers(name: str):
    drawn = form(name)
    schema = drawn["schema"]
    Draft202012Validator.check_schema(schema)
    for field, rule in schema["properties"].items():
        if "default" in rule:
            assert Draft202012Validator(rule).is_valid(rule["default"]), field
        if "oneOf" in rule:
            assert rule["default"] in [choice["const"] for choice in rule["oneOf"]], field
    Draft202012Validator(schema).validate(defaults(drawn, {}))


@pytest.mark.parametrize("name", FORMS)
def test_a_program_can_fill_in_all_that_is_required(name: str):
    schema = form(name)["schema"]
    required = {*schema["required"], *(field for rule in schema.get("allOf", []) for field in rule["then"]["required"])}
    for field in required:
        rule = schema["properties"][field]
        assert rule["type"] != "array" or "default" in rule, field
        free_text = rule["type"] == "string" and "oneOf" not in rule and "x-options" not in rule
        assert free_text or "default" in rule or "x-options" in rule, field
    assert all(rule.get("default") is not None for rule in schema["properties"].values() if rule["type"] == "boolean")


@pytest.mark.parametrize("name", FORMS)
def test_the_page_knows_every_field_of_a_form_and_no_other(name: str):
    drawn = form(name)
    fields, ui = set(drawn["schema"]["properties"]), drawn["ui"]
    assert set(ui["order"]) == fields
    assert set(ui["fields"]) <= fields
    for field, hint in ui["fields"].items():
        if "show" in hint:
            decides = drawn["schema"]["properties"][hint["show"]["field"]]
            choices = [choice["const"] for choice in decides.get("oneOf", [{"const": True}, {"const": False}])]
            assert set(hint["show"]["in"]) <= set(choices), field
    for rule in drawn["schema"]["properties"].values():
        if "x-default" in rule:
            assert rule["x-default"].startswith("= ")
            assert expressions.problem(rule["x-default"][1:]) is None


def test_each_form_is_used():
    named = {element.get("ref") for path in DRAWINGS for element in etree.parse(path).iter(f"{BATON}form")}
    assert sorted(named) == FORMS


# ---- both languages


def chinese_texts() -> Iterator[tuple[str, str]]:
    """Every Chinese text that somebody reads, and where it stands."""
    for path in [*DRAWINGS, *FOLDER.glob("*.dmn")]:
        for element in etree.parse(path).getroot().iter():
            found = [element.get("name"), element.get("label"), element.get("text") if element.tag == f"{BATON}why" else None]
            found += [element.text] if etree.QName(element).localname == "description" else []
            yield from ((path.name, text) for text in found if text and CHINESE.search(text))
    for path in [*(FOLDER / "forms").glob("*.json"), FOLDER / "process.json"]:
        yield from ((path.name, text) for text in _texts(json.loads(path.read_text(encoding="utf-8"))) if CHINESE.search(text))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)
    elif isinstance(node, str):
        yield node


def test_every_chinese_text_has_its_english_one():
    english = json.loads((FOLDER / "strings" / "en.json").read_text(encoding="utf-8"))
    missing = [f"{file}: {text}" for file, text in chinese_texts() if text not in english]
    assert missing == []
    assert set(english) == {text for _, text in chinese_texts()}
    assert [text for text in english.values() if not text or CHINESE.search(text)] == []


def test_a_translation_keeps_the_places_to_be_filled():
    english = json.loads((FOLDER / "strings" / "en.json").read_text(encoding="utf-8"))
    place = re.compile(r"\{\{.*?\}\}")
    assert [zh for zh, en in english.items() if sorted(place.findall(zh)) != sorted(place.findall(en))] == []


# ---- the demo


def test_units_and_people_of_the_demo_belong_together():
    told = demo("organisation.json")
    units, users = {unit["code"]: unit for unit in told["units"]}, {user["login"] for user in told["users"]}
    assert (len(units), len(users)) == (len(told["units"]), len(told["users"]))
    assert all(unit["parent"] is None or unit["parent"] in units for unit in units.values())
    assert {each["unit"] for each in told["memberships"]} <= set(units)
    assert {each["user"] for each in told["memberships"]} == users
    assert len([unit for unit in units.values() if unit["kind"] == "CITY"]) == 17
    assert all(unit["calendar"] in {None, *calendars()} for unit in units.values())


def test_the_demo_accounts_are_who_the_guide_says():
    told = demo("organisation.json")
    roles = {(each["user"], each["unit"]): (each["role"], each["head"]) for each in told["memberships"]}
    assert roles["agent", "531-FRONT"] == ("AGENT", False)
    assert roles["reviewer", "531-REVIEW"] in {("REVIEWER", False), ("HANDLER", False)}
    assert roles["dispatcher", "531-CS_DEPT"] in {("DISPATCHER", False), ("HANDLER", False)}
    assert roles["handler", "531-NETWORK"] == ("HANDLER", False)
    assert roles["handler2", "531-BILLING"] == ("HANDLER", False)
    assert roles["head", "531-NETWORK"] == ("SECTION_HEAD", True)
    assert roles["depthead", "531-NET"] == ("DEPT_HEAD", True)
    assert roles["visitor", "531-CS_DEPT"] == ("VISITOR", False)
    assert roles["manager", "531-CS_DEPT"] == ("CS_MANAGER", True)
    assert roles["vp", "SD"] == ("VP", True)
    assert roles["kam", "531-KAM"] == ("KAM", True)
    assert roles["qa", "531-CS_DEPT"] == ("QA", False)
    assert roles["admin", "SD"] == ("ADMIN", False)
    assert roles["analyst", "SD-IT"] == ("ANALYST", False)


def test_whoever_a_rule_sends_work_to_is_there_and_has_somebody_above():
    told = demo("organisation.json")
    posts = {(each["unit"], each["role"]) for each in told["memberships"]}
    cities = {unit["city"] for unit in told["units"] if unit["kind"] == "CITY"}
    where = {(unit["function"], unit["city"]): unit["code"] for unit in reversed(told["units"]) if unit["function"]}
    for city in cities:
        for function, role in [
            ("FRONT", "AGENT"),
            ("REVIEW", "REVIEWER"),
            ("CS_DEPT", "DISPATCHER"),
            ("CS_DEPT", "VISITOR"),
            ("CS_DEPT", "CS_MANAGER"),
            *((lead, "HANDLER") for lead in ("NETWORK", "BILLING", "MARKETING", "HALL_MGMT", "CS_DEPT", "REVIEW")),
        ]:
            unit = where.get((function, city)) or where[function, None]
            assert (unit, role) in posts, (function, city, role)
    for function in ("NETWORK", "BILLING", "DATA_SERVICE", "SECURITY", "LEGAL", "IT", "SP", "MARKETING", "HALL_MGMT", "CS_DEPT", "REVIEW"):
        assert (f"SD-{function}", "HANDLER") in posts, function
    for function in ("NETWORK", "BILLING", "MARKETING", "HALL_MGMT", "REVIEW"):
        assert {(f"531-{function}", "SECTION_HEAD"), (f"531-{function}", "DEPT_HEAD")} <= posts, function
    assert {("SD", "VP"), ("531-KAM", "KAM"), ("SD-KAM", "KAM")} <= posts


def test_the_front_desk_of_the_demo_city_comes_first():
    desks = sorted(unit["code"] for unit in demo("organisation.json")["units"] if unit["function"] == "FRONT" and unit["city"])
    assert desks[0] == "531-FRONT"


def test_the_calendars_know_holidays_and_make_up_days():
    office = calendars()["CAL-BIZ"]
    days = {
        "spring festival": (2026, 2, 17),
        "make-up saturday": (2026, 2, 28),
        "sunday": (2026, 3, 1),
        "monday": (2026, 3, 2),
        "national day": (2027, 10, 1),
    }
    day = {name: MONDAY.replace(year=year, month=month, day=date, hour=10) for name, (year, month, date) in days.items()}
    assert {name: office.is_working(moment) for name, moment in day.items()} == {
        "spring festival": False,
        "make-up saturday": True,
        "sunday": False,
        "monday": True,
        "national day": False,
    }
    assert office.day_minutes == 450
    assert {calendar for unit in demo("organisation.json")["units"] if (calendar := unit["calendar"])} <= set(calendars())


def test_the_classes_make_a_tree_of_four_levels_of_which_the_province_may_change_the_last():
    rows = table("classes.csv")
    codes = {row["code"]: row for row in rows}
    assert all(row["parent"] == row["code"][:-2] and (row["parent"] in codes or row["level"] == "1") for row in rows)
    assert all(int(row["level"]) == len(row["code"]) // 2 and (row["locked"] == "true") == (int(row["level"]) < 4) for row in rows)
    assert [row["code"] for row in rows if row["level"] == "1"] == [f"0{number}" for number in range(1, 9)]
    assert sum(row["level"] == "4" for row in rows) == 26
    functions = {unit["function"] for unit in demo("organisation.json")["units"]}
    assert {row["function"] for row in rows} <= functions


def test_the_customers_of_the_demo_are_of_every_grade_and_fit_the_connector():
    customers = demo("customers.json")
    manifest = json.loads((ROOT / "connectors" / "billing" / "manifest.json").read_text(encoding="utf-8"))
    shape = manifest["operations"]["customer"]["outputs"]
    bills = Draft202012Validator(manifest["operations"]["bills"]["outputs"])
    people = {user["login"] for user in demo("organisation.json")["users"]}
    grades = set()
    for each in customers:
        Draft202012Validator(shape).validate({name: value for name, value in each.items() if name in shape["properties"]})
        bills.validate({"bills": each["bills"]})
        assert each["kam"] is None or each["kam"] in people
        assert all(bill["amount"] == pytest.approx(sum(item["amount"] for item in bill["items"])) for bill in each["bills"])
        found = definition_decide(each)
        assert (each["kam"] is not None) == found["kam_needed"], each["number"]
        grades.add(found["grade"])
    assert len({each["number"] for each in customers}) == len(customers) == 200
    assert grades == {"GROUP", "DIAMOND", "GOLD", "SILVER", "ORDINARY"}


def definition_decide(customer: dict[str, Any]) -> dict[str, Any]:
    return dict(_BUILT.decide("customer_grade", {"customer": customer}).result)


_BUILT = definition()


def test_the_real_complaints_can_be_read():
    rows = table("complaints.csv")
    assert len(rows) == 1600
    assert set(rows[0]) == {"ticket", "received_at", "channel", "complaint", "city", "state", "zip", "status", "on_behalf"}
