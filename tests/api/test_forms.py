"""Previews of forms, where nobody draws pages: the check stands all the same."""

import json
from typing import Any

import pytest

from tests.api.desk import PROCESSES, Desk

FORM = {"title": "一项", "schema": {"type": "object", "properties": {"a": {"type": "string"}}}}
ADDRESS = "/designer/forms/preview"


def test_a_server_without_pages_says_so(desk: Desk) -> None:
    answer = desk["analyst"].post(ADDRESS, {"form": FORM})
    assert (answer.status_code, answer.json["code"]) == (404, "no-pages")


def test_a_broken_form_is_refused_with_its_findings(desk: Desk) -> None:
    answer = desk["analyst"].post(ADDRESS, {"form": {"schema": {"type": "array"}}})
    assert (answer.status_code, answer.json["code"]) == (422, "refused")
    assert [finding["code"] for finding in answer.json["findings"]] == ["bad-form"]


def test_a_preview_is_asked_for_rightly_and_by_those_who_may(desk: Desk) -> None:
    assert desk["handler"].post(ADDRESS, {"form": FORM}).status_code == 403
    for wrong in ({}, {"form": 5}, {"form": FORM, "as": "fax"}, {"form": FORM, "strings": {"a": 5}}, {"form": FORM, "language": "fr"}):
        assert desk["analyst"].post(ADDRESS, wrong).status_code == 422, wrong


# ---- a field gets another name


REPAIR = PROCESSES / "templates" / "repair"


def repair() -> dict[str, str]:
    return {path.relative_to(REPAIR).as_posix(): path.read_text("utf-8") for path in REPAIR.rglob("*") if path.is_file()}


def renamed(desk: Desk, files: dict[str, str], form: str, old: str, new: str) -> dict[str, Any]:
    answer = desk["analyst"].post("/designer/forms/rename-field", {"files": files, "form": form, "old": old, "new": new})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json
    return told


@pytest.mark.parametrize(
    ("form", "old", "kinds"),
    [
        ("repair", "repair_result", {"condition", "step"}),
        ("visit", "solved", {"condition"}),
        ("register", "fault_place", {"text"}),
        ("dispatch", "dispatch_note", {"text"}),
    ],
)
def test_a_process_whose_field_got_another_name_runs_as_before(desk: Desk, form: str, old: str, kinds: set[str]) -> None:
    files = repair()
    told = renamed(desk, files, form, old, "other_name")
    assert {each["kind"] for each in told["places"]} == kinds
    own = {f"forms/{form}.json": files[f"forms/{form}.json"].replace(f'"{old}"', '"other_name"')}
    after = {**files, **told["files"], **own}
    assert {name for name, text in after.items() if f'"{old}"' in text or f"{{{{{old}}}}}" in text} == set()
    found = desk["analyst"].post("/designer/check", {"files": after}).json["findings"]
    assert {each["code"] for each in found} <= {"unknown-unit", "unknown-calendar", "connector-not-set-up"}


def test_only_what_means_the_field_follows(desk: Desk) -> None:
    files = repair()
    condition = "solved != true or order.solved == &quot;solved&quot; or keys({solved: solved}) == `${solved}`"
    drawn = files["repair.bpmn"].replace("solved != true", condition)
    drawn = drawn.replace('minutes="480"', 'minutes="= solved ? 480 : 60"').replace('ref="visit"', 'ref="visit" readOnly="a solved"')
    files["repair.bpmn"] = drawn.replace(
        "<bpmn:incoming>is_fixed_to_visit<", "<bpmn:documentation>solved</bpmn:documentation><bpmn:incoming>is_fixed_to_visit<"
    )
    asked = {"properties": {"solved": {"x-default": "= solved"}, "rows": {"items": {"properties": {"solved": {}}}}}, "required": ["solved"]}
    files["forms/again.json"] = json.dumps({"schema": asked, "ui": {"fields": {"rows": {"show": {"field": "solved", "in": ["solved"]}}}}})
    visited = {"do": "complete", "element_id": "visit", "answers": {"solved": True}}
    files["scenarios/a.json"] = json.dumps({"script": {"start": {"variables": {"solved": "solved"}}, "steps": [visited]}})
    told = renamed(desk, files, "visit", "solved", "好了")
    assert [(each["element"], each["part"], each["after"]) for each in told["places"] if each["file"] == "repair.bpmn"] == [
        ("visit", "readOnly", "a 好了"),
        ("visit", "minutes", "= 好了 ? 480 : 60"),
    ], "a template takes ASCII names only, so its condition stays and is told as a problem"
    told = renamed(desk, files, "visit", "solved", "fine")
    changed = next(each["after"] for each in told["places"] if each["kind"] == "condition")
    assert changed == 'fine != true or order.solved == "solved" or keys({solved: fine}) == `${fine}`'
    assert "<bpmn:documentation>solved<" in told["files"]["repair.bpmn"]
    followed = {"start": {"variables": {"fine": "solved"}}, "steps": [{**visited, "answers": {"fine": True}}]}
    assert json.loads(told["files"]["scenarios/a.json"]) == {"script": followed}
    again = json.loads(told["files"]["forms/again.json"])
    assert again["schema"]["properties"] == {"fine": {"x-default": "= fine"}, "rows": {"items": {"properties": {"solved": {}}}}}
    assert again["schema"]["required"] == ["fine"]
    assert again["ui"]["fields"]["rows"]["show"] == {"field": "fine", "in": ["solved"]}
    assert told["is_given_elsewhere"] is False


def test_words_that_a_call_sends_follow_and_the_same_braces_in_an_expression_do_not(desk: Desk) -> None:
    files = repair()
    call = '<bpmn:serviceTask id="mail"><bpmn:extensionElements><baton:input name="text" value="Is it {{ solved }}? {{solved_by}}" />'
    call += """<baton:input name="html" value="= '{{solved}}'" /></bpmn:extensionElements></bpmn:serviceTask></bpmn:process>"""
    files["repair.bpmn"] = files["repair.bpmn"].replace("</bpmn:process>", call)
    drawn = renamed(desk, files, "visit", "solved", "fine")["files"]["repair.bpmn"]
    assert "Is it {{ fine }}? {{solved_by}}" in drawn
    assert "'{{solved}}'" in drawn


def test_what_a_table_gives_as_well_is_told(desk: Desk) -> None:
    assert renamed(desk, repair(), "register", "repair_minutes", "minutes")["is_given_elsewhere"] is True
    assert desk["handler"].post("/designer/forms/rename-field", {"files": {}, "form": "a", "old": "b", "new": "c"}).status_code == 403


def test_what_comes_out_of_a_call_is_the_callers_and_what_it_is_read_from_is_not(desk: Desk) -> None:
    files = repair()
    call = '<bpmn:callActivity id="ask" calledElement="elsewhere"><bpmn:extensionElements><baton:in target="solved" value="= solved" />'
    call += '<baton:out target="solved" value="= solved" /></bpmn:extensionElements></bpmn:callActivity></bpmn:process>'
    files["repair.bpmn"] = files["repair.bpmn"].replace("</bpmn:process>", call)
    told = renamed(desk, files, "visit", "solved", "fine")
    assert '<baton:in target="solved" value="= fine"/><baton:out target="fine" value="= solved"/>' in told["files"]["repair.bpmn"]
    assert told["is_given_elsewhere"] is True


@pytest.mark.parametrize("name", ["true", "1 x", "a-b", "", "in", "a.b"])
def test_a_name_that_no_expression_could_speak_of_is_refused_in_words(desk: Desk, name: str) -> None:
    body = {"files": repair(), "form": "visit", "old": "solved", "new": name}
    assert desk["analyst"].post("/designer/forms/rename-field", body).status_code == 422


def test_a_name_that_is_there_already_is_told(desk: Desk) -> None:
    assert renamed(desk, repair(), "visit", "solved", "fault_place")["is_taken"] is True
    assert renamed(desk, repair(), "visit", "solved", "repair_minutes")["is_taken"] is True
    written = repair()["forms/visit.json"].replace('"solved"', '"fine"')
    assert renamed(desk, {**repair(), "forms/visit.json": written}, "visit", "solved", "fine")["is_taken"] is False
