"""Trials and scenarios: a case played from a script, with real people and real working time, and nothing of it kept."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bpm import clock, connecting, scenarios, trial
from bpm.definitions.scenario_files import fault
from bpm.errors import RefusedError
from bpm.models.database import unit_of_work
from tests.api.desk import CONNECTORS, PROCESSES, found
from tests.api.drawings import ERRAND, FORM

MONDAY = "2026-11-23T09:00"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
REGISTRY = connecting.load(CONNECTORS, {})
KNOWN = {"do": "answer", "element": "find_customer"}

Json = dict[str, Any]


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


COMPLAINT = files_of(PROCESSES / "complaint")
START = '<bpmn:startEvent id="start">'
SMALL = {
    "process.json": json.dumps({"key": "errand", "main": "errand.bpmn", "name": "跑腿"}).encode(),
    "errand.bpmn": ERRAND.encode(),
    "forms/note.json": FORM.encode(),
}


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    clock.set_zone("Asia/Shanghai")
    with unit_of_work() as writing:
        found(writing)
    with unit_of_work() as reading:
        yield reading


def play(session: Session, *steps: Json, files: Mapping[str, bytes] = SMALL, language: str = "en", **variables: Any) -> Json:
    script = trial.read_script({"start": {"at": MONDAY, "variables": variables}, "steps": list(steps)})
    return trial.state(trial.play(session, files, script, now=NOW, language=language, registry=REGISTRY))


def complaint(session: Session, *steps: Json) -> Json:
    return play(session, *steps, files=COMPLAINT, title="电梯里没有信号")


def does(element: str, **answers: Any) -> Json:
    return {"do": "complete", "element": element, **({"answers": answers} if answers else {})}


def said(state: Json, kind: str) -> list[str]:
    return [entry["sentence"] for entry in state["log"] if entry["kind"] == kind]


def test_a_small_process_is_walked_by_its_defaults_to_where_only_a_message_helps(session: Session) -> None:
    state = play(session, does("ask"), does("go"), who="老王", amount=8, ref="R-1")
    assert (state["stopped"], state["ended"], state["tasks"]) == (None, None, [])
    assert state["tokens"] == {"paid": 1}
    assert [(wait["message"], wait["correlation"]) for wait in state["messages"]] == [("paid", "R-1")]
    assert state["variables"]["share"] == 4
    assert set(state["flows"]) == {"f1", "f2", "f3", "f4"}
    state = play(session, does("ask"), does("go"), {"do": "message", "name": "paid", "variables": {"sum": 8}}, amount=8, ref="R-1")
    assert (state["ended"], state["variables"]["sum"], state["next"]) == ("completed", 8, None)
    assert state["path"] == ["start", "ask", "go", "share", "paid", "end"]
    assert [step["changed"] for step in state["steps"]] == [["amount", "ref"], ["note", "urgent"], ["share"], ["sum"]]


def test_the_form_at_the_start_is_asked_before_the_case_begins(session: Session) -> None:
    files = {
        **SMALL,
        "errand.bpmn": ERRAND.replace(START, f'{START}<bpmn:extensionElements><baton:form ref="note" /></bpmn:extensionElements>').encode(),
    }
    [start] = trial.beginnings(session, files, now=NOW, language="en")["starts"]
    assert start["form"]["answers"] == {"note": "Trial", "urgent": False}
    assert play(session, files=files, note="到楼下")["variables"]["note"] == "到楼下"
    stopped = play(session, files=files, note="x" * 30)["stopped"]
    assert (stopped["step"], stopped["fields"]) == (0, {"note": "At most 20 characters; there are 30 now."})


def test_a_task_says_whom_it_comes_to_why_and_until_when(session: Session) -> None:
    [task] = play(session, who="老王")["tasks"]
    assert (task["unit"]["code"], task["role"], task["why"]) == ("JN-FRONT", "Agent", "老王 要办")
    assert [person["login"] for person in task["people"]] == ["agent", "agent2"]
    assert task["limit"]["due"] == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert task["form"]["answers"] == {"note": "Trial", "urgent": False}


def test_a_step_that_cannot_be_taken_is_told_in_words_and_leaves_the_case_where_it_was(session: Session) -> None:
    state = play(session, does("ask", note="x" * 30))
    assert state["stopped"]["step"] == 1
    assert state["stopped"]["fields"] == {"note": "At most 20 characters; there are 30 now."}
    assert state["tokens"] == {"ask": 1}
    assert play(session, does("go"))["stopped"]["sentence"] == "“去办” is not open at this point. Open are: 记下."
    assert play(session, does("gone"))["stopped"]["sentence"] == "The step gone is not in the drawing any more."
    assert play(session, {**does("ask"), "as": "nobody"})["stopped"]["sentence"] == "There is no user “nobody”."
    assert play(session, {"do": "wait", "to": "next"})["stopped"]["code"] == "nothing-to-wait-for"


def test_what_is_wrong_in_a_row_of_a_table_is_told_in_the_readers_language(session: Session) -> None:
    form = json.loads(FORM)
    cells = {"type": "object", "properties": {"sum": {"type": "number", "title": "金额"}, "what": {"type": "string"}}, "required": ["sum"]}
    form["schema"]["properties"]["bills"] = {"type": "array", "title": "账单", "items": cells}
    files = {**SMALL, "forms/note.json": json.dumps(form).encode()}
    state = play(session, does("ask", bills=[{"what": "月租"}]), files=files, language="zh")
    assert state["stopped"]["fields"] == {"bills": "第 1 行“金额”：这一项要填。"}


def test_what_fails_in_the_drawing_is_an_incident_that_is_mended_or_passed_over(session: Session) -> None:
    broken = (does("ask"), does("go"))
    state = play(session, *broken, amount="a lot")
    [incident] = state["incidents"]
    assert incident["element"] == "share"
    assert "a lot" in incident["sentence"] or "number" in incident["sentence"]
    state = play(session, *broken, {"do": "skip", "element": "share", "result": {"share": 1}}, amount="a lot", ref="R")
    assert (state["incidents"], state["variables"]["share"]) == ([], 1)


def test_a_return_chosen_in_the_form_is_told_and_counted_like_that_of_the_button(session: Session) -> None:
    given = {"outcome": "RETURN", "return_reason": "INCOMPLETE", "score_quality": 2, "score_comment": "没写清"}
    for step in (does("review", **given), {"do": "return", "element": "review", "reason": "INCOMPLETE", "note": "没写清"}):
        state = complaint(session, KNOWN, does("register"), step)
        assert state["stopped"] is None
        assert "returns “Review”" in said(state, "done")[-1]
        assert state["tokens"]["correct"] == 1


def test_a_late_case_rings_its_ladder_in_working_time_and_what_is_drawn_to_catch_it_runs(session: Session) -> None:
    until_handled = (KNOWN, does("register"), does("review"), does("dispatch"), does("accept"))
    state = complaint(session, *until_handled)
    rungs = state["tasks"][0]["limit"]["rungs"]
    assert [rung["tier"] for rung in rungs] == [0, 1, 2, 3]
    assert state["next"]["at"] == rungs[0]["at"]
    state = complaint(session, *until_handled, {"do": "wait", "to": "next"}, {"do": "wait", "to": "next"})
    assert state["now"] == rungs[1]["at"]
    assert state["order"]["tier"] == 1
    assert said(state, "rung")[-1] == "“Handle” has used 100% of its time: tier 1. Would be told: colleague, head."
    state = complaint(session, *until_handled, {"do": "wait", "duration": "P14D"})
    assert state["order"]["tier"] == 3
    told = [(notice["key"], notice["to"]) for notice in state["notices"] if notice["key"]]
    assert ("delayed", "customer") in told
    assert "tier_three" in [key for key, _ in told]


def test_four_eyes_hold_in_a_trial_too(session: Session) -> None:
    steps = (KNOWN, does("register"), {**does("review"), "as": "agent"})
    assert complaint(session, *steps)["stopped"]["code"] == "other-person-needed"


def test_the_starter_is_kept_out_in_a_trial_too(session: Session) -> None:
    drawn, kept_out = 'role="HANDLER" unit="JN-NET-1"', 'role="AGENT" unit="JN-FRONT" exclude="starter"'
    files = SMALL | {"errand.bpmn": ERRAND.replace(drawn, kept_out).encode()}
    steps = ({**does("ask"), "as": "agent"}, {**does("go"), "as": "agent"})
    assert play(session, *steps, files=files, ref="R-1")["stopped"]["code"] == "other-person-needed"


def test_a_connector_answers_what_its_manifest_promises_or_fails_as_the_drawing_says(session: Session) -> None:
    [call] = complaint(session)["calls"]
    assert (call["connector"], call["operation"], call["inputs"]) == ("billing", "customer", {"number": "13900000000"})
    assert call["example"]["number"] == "13900000000"
    assert "billing-down" in [error["code"] for error in call["errors"]]
    refused = complaint(session, {**KNOWN, "result": {"name": 5}})["stopped"]
    assert refused["code"] == "trial-bad-answer"
    down = complaint(session, {"do": "fail", "element": "find_customer", "code": "billing-down"})
    assert down["variables"]["grade_pending"] is True
    later = complaint(session, {"do": "fail", "element": "find_customer", "code": "billing-down"}, {"do": "wait", "duration": "PT30M"})
    assert [call["element"] for call in later["calls"]] == ["find_again"]
    unknown = complaint(session, {"do": "fail", "element": "find_customer", "code": "unknown-customer"})
    assert unknown["variables"]["grade_pending"] is False


def test_the_why_of_a_decision_and_the_text_of_a_notice_are_shown(session: Session) -> None:
    state = complaint(session, KNOWN, does("register"))
    decided = {each["element"]: each for each in state["decisions"]}
    assert decided["set_level"]["rules"]
    assert decided["set_level"]["result"]
    [notice] = [notice for notice in state["notices"] if notice["key"] == "registered"]
    assert "TRIAL-000001" in notice["subject"]
    assert "电梯里没有信号" in notice["body"]


def test_a_script_without_end_and_a_drawing_without_rest_are_stopped(session: Session) -> None:
    with pytest.raises(trial.ScriptError):
        trial.read_script({"steps": [{"do": "explode"}]})
    for raw in ("", [], {"steps": 5}, {"start": 5}, {"start": {"at": "0001-01-01T00:00"}}, {"steps": [{"do": "wait"}]}, {"steps": [None]}):
        with pytest.raises(trial.ScriptError):
            trial.read_script(raw)
    with pytest.raises(RefusedError):
        play(session, files={"process.json": SMALL["process.json"], "errand.bpmn": b"<a"})
    state = play(session, {"do": "wait", "duration": "P99999999Y"})
    assert state["stopped"]["code"] == "trial-too-far"
    drawn = """<bpmn:boundaryEvent id="tick" attachedToRef="go" cancelActivity="false"><bpmn:outgoing>f9</bpmn:outgoing>
      <bpmn:timerEventDefinition><bpmn:timeCycle xsi:type="bpmn:tFormalExpression">R/PT1M</bpmn:timeCycle></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="f9" sourceRef="tick" targetRef="ticked"/><bpmn:endEvent id="ticked"/></bpmn:process>"""
    ticking = {**SMALL, "errand.bpmn": ERRAND.replace("</bpmn:process>", drawn).encode()}
    state = play(session, does("ask"), {"do": "wait", "duration": "P30D"}, files=ticking)
    assert state["stopped"]["code"] == "trial-too-long"


def test_every_scenario_that_is_shipped_passes_and_together_they_cover_most_of_the_way(session: Session) -> None:
    ran = scenarios.run_all(session, COMPLAINT, now=NOW, registry=REGISTRY)
    assert {result.file.rpartition("/")[2]: result.difference for result in ran.results} == dict.fromkeys(
        ("ordinary.json", "late.json", "returned.json", "withdrawn.json", "billing-down.json")
    )
    assert ran.percent > 50
    assert {"correct", "lookup_failed", "delay", "withdrawal"} <= set(ran.covered)
    assert set(ran.covered).isdisjoint(ran.missed)


def test_a_scenario_says_the_first_difference_in_words(session: Session) -> None:
    def differs(expect: Json, *steps: Json) -> str | None:
        scenario = {
            "name": "走一遍",
            "script": {"start": {"at": MONDAY, "variables": {"amount": 8, "ref": "R-1"}}, "steps": list(steps)},
            "expect": expect,
        }
        files = {**SMALL, "scenarios/one.json": json.dumps(scenario).encode()}
        [result] = scenarios.run_all(session, files, now=NOW, language="en", registry=REGISTRY).results
        return result.difference

    walk = (does("ask"), does("go"))
    assert differs({"path": ["start", "ask", "share"], "ended": False, "variables": {"share": 4}}, *walk) is None
    assert differs({"path": ["start", "go", "ask"]}, *walk) == "After “start” the case should come to “去办”, but comes to “记下”."
    assert differs({"path": ["ask", "go", "paid"]}, *walk) == "The case should go on to “收款”, but does not come there."
    assert differs({"ended": True}, *walk) == "The case should have ended, but goes on."
    assert differs({"variables": {"share": 5}}, *walk) == "“share” should be 5, but is 4."
    assert differs({}, *walk, does("ask")) == "At step 3: “记下” is not open at this point. Open are: –."
    assert differs({"paths": []}) is not None


def test_scenarios_have_their_time_and_no_more(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "MAX_SECONDS", -1.0)
    ran = scenarios.run_all(session, COMPLAINT, now=NOW, language="en", registry=REGISTRY)
    assert not ran.passed
    assert all("the trial was stopped" in (result.difference or "") for result in ran.results)


def test_a_broken_scenario_is_a_finding_that_stops_nobody() -> None:
    found_fault = fault("scenarios/a.json", {"script": 5})
    assert found_fault is not None
    assert (found_fault.level, found_fault.code) == ("warning", "bad-scenario")
    assert fault("scenarios/a.json", {"script": {}}) is None
