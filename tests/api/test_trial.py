"""Trials by REST: nothing of them is kept, and whatever is sent gets an answer in words."""

import json
from typing import Any

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from bpm.models import Base
from bpm.models.database import unit_of_work
from tests.api.desk import PROCESSES, Desk
from tests.api.drawings import ERRAND, FORM

FOLDER = PROCESSES / "complaint"
COMPLAINT = {str(path.relative_to(FOLDER)): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*") if path.is_file()}
SMALL = {
    "process.json": json.dumps({"key": "errand", "main": "errand.bpmn", "name": "跑腿"}),
    "errand.bpmn": ERRAND,
    "forms/note.json": FORM,
}
START = {"at": "2026-11-23T09:00+08:00", "variables": {"amount": 8}}


def rows() -> dict[str, int]:
    """How many rows stand in each table."""
    with unit_of_work() as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in Base.metadata.sorted_tables}


def trial(desk: Desk, script: Any, files: Any = None, login: str = "analyst") -> TestResponse:
    return desk[login].post("/designer/trial", {"files": SMALL if files is None else files, "script": script})


def test_nothing_changes_in_any_table_by_trials_and_scenarios(desk: Desk) -> None:
    steps = [{"do": "answer", "element": "find_customer"}, *({"do": "complete", "element": each} for each in ("register", "review"))]
    assert desk["analyst"].get("/drafts/00000000-0000-0000-0000-000000000000").status_code == 404
    before = rows()
    answer = trial(desk, {"start": {"at": START["at"]}, "steps": [*steps, {"do": "wait", "duration": "P3D"}]}, COMPLAINT)
    assert (answer.status_code, answer.json["stopped"]) == (200, None)
    assert answer.json["notices"]
    ran = desk["analyst"].post("/designer/scenarios/run", {"files": COMPLAINT})
    assert (ran.status_code, ran.json["passed"], len(ran.json["results"])) == (200, True, 5)
    assert rows() == before


def test_without_a_script_the_beginnings_are_told(desk: Desk) -> None:
    begin = trial(desk, None, COMPLAINT).json
    assert [start["element"] for start in begin["starts"]] == ["start"]
    assert begin["variables"]["city"] == "JN"
    assert trial(desk, None).json["variables"] == {}


def test_the_moments_are_written_with_their_offset_and_the_zone_is_named(desk: Desk) -> None:
    state = trial(desk, {"start": START, "steps": [{"do": "wait", "duration": "PT30M"}]}).json
    assert state["now"] == "2026-11-23T01:30:00+00:00"
    assert state["zone"] == "Asia/Shanghai"


def test_only_those_who_design_may_try(desk: Desk) -> None:
    assert trial(desk, None, login="handler").status_code == 403
    assert desk["handler"].post("/designer/scenarios/run", {"files": SMALL}).status_code == 403


def test_what_is_wrong_with_a_script_or_a_file_is_said(desk: Desk) -> None:
    for script in (
        {"steps": [{"do": "explode"}]},
        {"steps": 5},
        {"start": []},
        {"start": {"at": "soon"}},
        {"steps": [{"do": "wait"}] * 501},
    ):
        answer = trial(desk, script)
        assert answer.status_code == 422, script
        assert answer.json["detail"]
    for changed in (
        {"errand.bpmn": "<a"},
        {"errand.bpmn": ERRAND.replace('targetRef="go"', 'targetRef="nowhere"')},
        {"errand.bpmn": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + ERRAND.partition("?>")[2]},
        {"process.json": "{"},
        {"process.json": '{"key": 5}'},
        {"process.json": json.dumps({"key": "errand", "main": "gone.bpmn", "name": "x"})},
    ):
        answer = trial(desk, {"start": START}, SMALL | changed)
        assert answer.status_code == 422, changed
        assert answer.json["findings"][0]["sentence"], changed
    assert trial(desk, {}, {}).status_code == 422
    assert trial(desk, {}, {"../a.bpmn": ERRAND}).status_code == 422


def test_a_form_that_cannot_be_shown_holds_only_its_own_step_up(desk: Desk) -> None:
    deep = "[" * 900 + "]" * 900
    for form in ("{", "[]", '{"schema": 5}', '{"schema": {"type": "object", "properties": {"a": 5}}}', f'{{"schema": {deep}}}'):
        answer = trial(desk, {"start": START}, SMALL | {"forms/note.json": form})
        assert answer.status_code == 200, form
        assert answer.json["tasks"][0]["problem"], form
    files = {name: content for name, content in SMALL.items() if not name.startswith("forms/")}
    stopped = trial(desk, {"start": START, "steps": [{"do": "complete", "element": "ask"}]}, files).json["stopped"]
    assert stopped["sentence"] == "There is no file forms/note.json that holds a form."


def test_odd_scenarios_fail_in_words_and_the_others_run(desk: Desk) -> None:
    good = {"name": "好", "script": {"start": START, "steps": [{"do": "complete", "element": "ask"}]}, "expect": {"path": ["start", "ask"]}}
    files = SMALL | {
        "scenarios/a.json": "{",
        "scenarios/b.json": "[]",
        "scenarios/c.json": json.dumps({"script": {"steps": [{"do": "fly"}]}}),
        "scenarios/d.json": json.dumps(good),
    }
    ran = desk["analyst"].post("/designer/scenarios/run", {"files": files}).json
    assert [result["passed"] for result in ran["results"]] == [False, False, False, True]
    assert all(result["difference"] for result in ran["results"][:3])
    assert {"f1", "ask", "f2"} <= set(ran["covered"])
    assert "f5" in ran["missed"]
