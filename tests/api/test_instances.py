"""Running processes by REST: started, looked at, stopped, moved, reached by messages, and mended."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.api.desk import Desk
from tests.api.drawings import ERRAND, FORM
from tests.api.walker import answers


@pytest.fixture(autouse=True)
def _drawn(desk: Desk) -> None:
    assert desk.deploy({"errand.bpmn": ERRAND, "forms/note.json": FORM}).status_code == 201


def started(desk: Desk, **variables: Any) -> dict[str, Any]:
    body = {"definition_key": "errand", "business_key": "E-1", "variables": {"who": "王丽", "ref": "R-17"} | variables}
    answer = desk["admin"].post("/instances", body)
    assert answer.status_code == 201, answer.text
    return answer.json  # type: ignore[no-any-return]


def do_next(desk: Desk, instance_id: str) -> dict[str, Any]:
    """Let whoever may do the open step do it."""
    tasks = desk["admin"].get(f"/instances/{instance_id}/tasks").json["items"]
    task = next(task for task in tasks if task["status"] == "open")
    who = desk[task["claimable_by"][0]]
    assert who.post(f"/tasks/{task['id']}/claim").status_code == 200
    answer = who.post(f"/tasks/{task['id']}/complete", {"variables": {"note": "快"} if task["element_id"] == "ask" else {}})
    assert answer.status_code == 200, answer.text
    return desk["admin"].get(f"/instances/{instance_id}").json  # type: ignore[no-any-return]


def test_an_instance_has_run_to_its_first_wait_when_the_answer_comes(desk: Desk) -> None:
    instance = started(desk, amount=8)
    assert (instance["status"], instance["active"], instance["business_key"]) == ("running", ["ask"], "E-1")
    assert (instance["definition"]["key"], instance["definition"]["version"]) == ("errand", 1)
    assert instance["variables"]["amount"] == 8
    assert desk["admin"].get(f"/instances/{instance['id']}").json == instance


def test_what_the_form_at_the_start_asks_for_is_checked(desk: Desk) -> None:
    start = '<bpmn:startEvent id="start"><bpmn:extensionElements><baton:form ref="order"/></bpmn:extensionElements>'
    properties = {
        "what": {"type": "string", "title": "要办的事"},
        "how": {"type": "string", "title": "怎么去", "oneOf": [{"const": "BIKE", "title": "骑车"}, {"const": "FOOT", "title": "走路"}]},
        "parcels": {"type": "integer", "title": "件数"},
    }
    form = json.dumps({"title": "跑腿单", "schema": {"type": "object", "required": ["what", "how"], "properties": properties}})
    drawn = ERRAND.replace('<bpmn:startEvent id="start">', start)
    version = desk.deploy({"errand.bpmn": drawn, "forms/note.json": FORM, "forms/order.json": form}).json["definitions"][0]

    def begin(**variables: Any) -> Any:
        return desk["admin"].post("/instances", {"definition_key": "errand", "variables": variables}, **{"Accept-Language": "en"})

    refused = begin(how="CAR", parcels="two", who="王丽")
    assert (refused.status_code, refused.json["code"]) == (422, "answers")
    assert refused.json["fields"] == {
        "what": "Fill this in.",
        "how": "This is not one of the choices: BIKE, FOOT.",
        "parcels": "This is not a whole number.",
    }
    assert desk["admin"].get("/instances", definition_key="errand").json["items"] == []
    served = desk["analyst"].get(f"/definitions/{version['id']}").json["start_form"]
    accepted = begin(**answers(served["schema"]), who="王丽")
    assert (accepted.status_code, accepted.json["variables"]) == (201, {"what": "按规定办理", "how": "BIKE", "who": "王丽"})


def test_a_case_runs_to_its_end_and_its_journal_tells_it(desk: Desk) -> None:
    instance = started(desk, amount=8)
    do_next(desk, instance["id"])
    waiting = do_next(desk, instance["id"])
    assert (waiting["active"], waiting["variables"]["share"]) == (["paid"], 4)
    reached = desk["admin"].post("/messages", {"name": "paid", "id": "bank-1", "correlation": "R-17", "variables": {"paid": 8}})
    assert [row["id"] for row in reached.json["instances"]] == [instance["id"]]
    ended = desk["admin"].get(f"/instances/{instance['id']}").json
    assert (ended["status"], ended["active"]) == ("completed", [])
    kinds = [entry["kind"] for entry in desk["admin"].get(f"/instances/{instance['id']}/journal").json["items"]]
    assert kinds[0] == "started"
    assert kinds.count("task-completed") == 2
    assert kinds[-1] in {"message", "instance-completed"}


def test_the_same_message_again_changes_nothing(desk: Desk) -> None:
    instance = started(desk, amount=8)
    do_next(desk, instance["id"])
    do_next(desk, instance["id"])
    first, again = (desk["admin"].post("/messages", {"name": "paid", "id": "bank-1", "correlation": "R-17"}).json for _ in range(2))
    assert [row["id"] for row in first["instances"]] == [row["id"] for row in again["instances"]] == [instance["id"]]


def test_a_message_finds_its_instance_by_the_business_key(desk: Desk) -> None:
    instance = started(desk, amount=8)
    do_next(desk, instance["id"])
    do_next(desk, instance["id"])
    reached = desk["admin"].post("/messages", {"name": "paid", "business_key": "E-1"}).json["instances"]
    assert [row["id"] for row in reached] == [instance["id"]]


def test_a_message_that_comes_too_early_is_kept(desk: Desk) -> None:
    early = desk["admin"].post("/messages", {"name": "paid", "correlation": "R-17", "variables": {}})
    assert (early.status_code, early.json) == (200, {"instances": []})
    instance = started(desk, amount=8)
    do_next(desk, instance["id"])
    do_next(desk, instance["id"])
    desk.advance()
    assert desk["admin"].get(f"/instances/{instance['id']}").json["status"] == "completed"


def test_messages_are_not_for_everybody(desk: Desk) -> None:
    assert desk["agent"].post("/messages", {"name": "paid"}).status_code == 403
    both = desk["admin"].post("/messages", {"name": "paid", "business_key": "E-1", "correlation": "R-17"})
    assert (both.status_code, list(both.json["fields"])) == (422, ["correlation"])
    assert desk["admin"].post("/messages", {}).json["fields"] == {"name": "Missing data for required field."}


def test_instances_are_listed_by_process_state_and_key(desk: Desk) -> None:
    ids = [started(desk)["id"] for _ in range(3)]
    rows = desk["admin"].get("/instances", definition_key="errand", status="running", business_key="E-1", limit=2).json
    rest = desk["admin"].get("/instances", cursor=rows["next_cursor"]).json
    assert [row["id"] for row in rows["items"] + rest["items"]] == ids[::-1]
    assert "variables" not in rows["items"][0]
    assert desk["admin"].get("/instances", status="completed").json["items"] == []
    assert desk["admin"].get("/instances", status="asleep").status_code == 422


def test_an_operator_stops_moves_and_ends_an_instance(desk: Desk) -> None:
    path = f"/instances/{started(desk)['id']}"
    admin = desk["admin"]
    assert admin.post(f"{path}/suspend").json["status"] == "suspended"
    task = admin.get(f"{path}/tasks").json["items"][0]
    desk["agent"].post(f"/tasks/{task['id']}/claim")
    stopped = desk["agent"].post(f"/tasks/{task['id']}/complete", {"variables": {"note": "快"}})
    assert (stopped.status_code, stopped.json["code"]) == (409, "instance-suspended")
    assert admin.post(f"{path}/suspend").status_code == 409
    assert admin.post(f"{path}/resume").json["status"] == "running"
    assert admin.post(f"{path}/resume").status_code == 409
    assert admin.post(f"{path}/move", {"from": "ask", "to": "go"}).json["active"] == ["go"]
    assert admin.post(f"{path}/move", {"from": "ask", "to": "go"}).json["code"] == "not-here"
    assert admin.post(f"{path}/move", {"from": "go", "to": "nowhere"}).status_code == 409
    assert admin.post(f"{path}/move", {"to": "go"}).json["fields"] == {"from": "Missing data for required field."}
    assert admin.post(f"{path}/cancel").json["status"] == "cancelled"
    assert admin.post(f"{path}/cancel").json["code"] == "instance-ended"
    for what in ("suspend", "resume", "cancel"):
        assert desk["manager"].post(f"{path}/{what}").status_code == 403


def test_what_is_not_there_is_not_there(desk: Desk) -> None:
    for path in ("", "/journal", "/tasks"):
        assert desk["admin"].get(f"/instances/{uuid4()}{path}").status_code == 404
    assert desk["visitor"].get(f"/instances/{started(desk)['id']}").status_code == 404
    unknown = desk["admin"].post("/instances", {"definition_key": "nothing"})
    assert (unknown.status_code, unknown.json["code"]) == (404, "definition-not-found")
    assert desk["admin"].post("/instances", {}).json["fields"] == {"definition_key": "Missing data for required field."}


class TestIncidents:
    def failed(self, desk: Desk) -> dict[str, Any]:
        instance = started(desk, amount="viel")
        do_next(desk, instance["id"])
        assert do_next(desk, instance["id"])["status"] == "incident"
        (incident,) = desk["admin"].get("/incidents", instance_id=instance["id"]).json["items"]
        return incident  # type: ignore[no-any-return]

    def test_a_step_that_fails_is_told_and_waits(self, desk: Desk) -> None:
        incident = self.failed(desk)
        assert (incident["element_id"], incident["state"]) == ("share", "open")
        assert incident["code"]
        assert incident["message"].startswith("“number(amount) / 2” could not be worked out")
        assert incident["ways"] == ["result", "retry", "skip"]
        desk["admin"].headers["Accept-Language"] = "zh"
        assert desk["admin"].get("/incidents").json["items"][0]["message"].startswith("“number(amount) / 2”算不出来")
        again = desk["admin"].post(f"/incidents/{incident['id']}/retry")
        assert again.status_code == 200
        assert len(desk["admin"].get("/incidents").json["items"]) == 1

    def test_a_person_passes_over_it_or_gives_the_result(self, desk: Desk) -> None:
        incident = self.failed(desk)
        answer = desk["admin"].post(f"/incidents/{incident['id']}/resolve", {"action": "result", "result": {"share": 4}})
        assert (answer.status_code, answer.json["state"], answer.json["how"]) == (200, "resolved", "result")
        instance = desk["admin"].get(f"/instances/{incident['instance_id']}").json
        assert (instance["status"], instance["active"], instance["variables"]["share"]) == ("running", ["paid"], 4)
        late = desk["admin"].post(f"/incidents/{incident['id']}/retry")
        assert (late.status_code, late.json["code"]) == (409, "incident-resolved")
        assert desk["admin"].get("/incidents").json["items"] == []
        assert len(desk["admin"].get("/incidents", state="all").json["items"]) == 1

    def test_only_those_who_look_after_processes_see_them(self, desk: Desk) -> None:
        incident = self.failed(desk)
        assert desk["agent"].get("/incidents").status_code == 403
        assert desk["agent"].post(f"/incidents/{incident['id']}/retry").status_code == 403
        assert desk["admin"].post(f"/incidents/{uuid4()}/retry").status_code == 404
        assert desk["admin"].post(f"/incidents/{incident['id']}/resolve", {"action": "forget"}).status_code == 422
