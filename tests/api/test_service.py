"""What programs and machines rely on: the description, the health, the demo's clock, both languages."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import select

from bpm import clock, workorders
from bpm.models.database import unit_of_work
from bpm.models.definition import Definition
from bpm.models.faults import DatabaseUnreachableError
from bpm.models.work_order import WorkOrder
from bpm.workorders import NewOrder
from tests.api.desk import Desk
from tests.api.drawings import ERRAND, FORM

CONTRACT = {
    "/deployments": {"post"},
    "/definitions": {"get"},
    "/definitions/{definition_id}": {"get"},
    "/definitions/{definition_id}/xml": {"get"},
    "/instances": {"get", "post"},
    "/instances/{instance_id}": {"get"},
    "/instances/{instance_id}/journal": {"get"},
    "/instances/{instance_id}/tasks": {"get"},
    **{f"/instances/{{instance_id}}/{what}": {"post"} for what in ("suspend", "resume", "cancel", "move")},
    "/messages": {"post"},
    "/tasks": {"get"},
    "/tasks/{task_id}": {"get"},
    **{f"/tasks/{{task_id}}/{what}": {"post"} for what in ("claim", "release", "complete", "return", "reassign", "delegate", "comments")},
    "/work-orders": {"get", "post"},
    "/work-orders/{number}": {"get"},
    **{f"/work-orders/{{number}}/{what}": {"post"} for what in ("urge", "suspend", "resume", "notes", "withdraw", "reopen")},
    "/incidents": {"get"},
    **{f"/incidents/{{incident_id}}/{what}": {"post"} for what in ("retry", "resolve")},
    "/demo/clock": {"post"},
}


@pytest.fixture
def spec(desk: Desk) -> dict[str, Any]:
    answer = desk.app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json  # type: ignore[no-any-return]


def test_the_description_names_every_route(spec: dict[str, Any]) -> None:
    assert spec["openapi"] == "3.0.3"
    described = {path.removeprefix("/api/v1"): set(methods) for path, methods in spec["paths"].items()}
    for path, methods in CONTRACT.items():
        assert methods <= described[path] - {"parameters"}, path


def test_the_description_is_whole(spec: dict[str, Any]) -> None:
    """Every reference leads somewhere, every operation has a summary and says how it fails, every schema is one."""
    references = set(_references(spec))
    assert references
    for reference in references:
        place: Any = spec
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
    for methods in spec["paths"].values():
        for operation in (methods[method] for method in ("get", "post") if method in methods):
            assert operation["summary"]
            assert "default" in operation["responses"]
    for schema in spec["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    assert spec["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert list(spec["components"]["responses"]["DEFAULT_ERROR"]["content"]) == ["application/problem+json"]


def _references(node: Any) -> Any:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def test_answers_are_what_the_description_promises(desk: Desk, spec: dict[str, Any]) -> None:
    desk.deploy({"errand.bpmn": ERRAND, "forms/note.json": FORM})
    instance = desk["admin"].post("/instances", {"definition_key": "errand", "variables": {"amount": 1}}).json
    task = desk["agent"].get("/tasks", view="unit").json["items"][0]
    answers = {
        "TaskShape": desk["agent"].get(f"/tasks/{task['id']}").json,
        "TaskPageShape": desk["agent"].get("/tasks", view="unit").json,
        "InstanceShape": instance,
        "InstancePageShape": desk["admin"].get("/instances").json,
        "EntryPageShape": desk["admin"].get(f"/instances/{instance['id']}/journal").json,
        "DefinitionPageShape": desk["admin"].get("/definitions").json,
        "ProblemShape": desk["admin"].get("/instances", status="x").json,
    }
    for name, answer in answers.items():
        fits(spec, name, answer)


def fits(spec: dict[str, Any], name: str, answer: Any) -> None:
    """Check an answer against its schema; what stands in the answer without being described is a fault as well."""
    whole = {"$ref": f"#/components/schemas/{name}", "components": _strict(spec["components"])}
    faults = [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in Draft202012Validator(whole).iter_errors(answer)]
    assert not faults, (name, faults)


def _strict(node: Any) -> Any:
    """OpenAPI 3.0 says ``nullable`` where JSON Schema says it with a type; and nothing beside the described fields is let through."""
    if isinstance(node, list):
        return [_strict(value) for value in node]
    if not isinstance(node, dict):
        return node
    made = {key: _strict(value) for key, value in node.items() if key != "nullable"}
    if "properties" in made and "allOf" not in made:
        made["additionalProperties"] = False
    return {"anyOf": [made, {"type": "null"}]} if node.get("nullable") is True else made


def test_problems_are_told_in_both_languages(desk: Desk) -> None:
    number = "/work-orders/SD-JN-20261124-000001"
    english = desk["agent"].get(number).json
    desk["agent"].headers["Accept-Language"] = "zh-CN"
    chinese = desk["agent"].get(number).json
    assert english["code"] == chinese["code"] == "not-found"
    for member in ("title", "detail"):
        assert english[member].isascii()
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese[member])


class TestHealth:
    def test_alive_and_ready(self, desk: Desk) -> None:
        client = desk.app.test_client()
        assert client.get("/healthz").json == {"status": "ok"}
        assert client.get("/readyz").json == {"status": "ok", "database": "ok"}

    def test_not_ready_without_the_database(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        def gone() -> None:
            raise DatabaseUnreachableError

        monkeypatch.setattr("bpm.api.health.session", gone)
        client = desk.app.test_client()
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200

    def test_the_state_of_work_in_figures(self, desk: Desk) -> None:
        desk.deploy({"errand.bpmn": ERRAND, "forms/note.json": FORM})
        desk["admin"].post("/instances", {"definition_key": "errand"})
        answer = desk.app.test_client().get("/metrics")
        assert answer.mimetype == "text/plain"
        assert 'baton_tasks{status="open"} 1' in answer.text
        assert 'baton_instances{status="running"} 1' in answer.text
        assert "baton_work_orders_late 0" in answer.text
        assert all(line.startswith(("# ", "baton_")) for line in answer.text.splitlines())

    def test_an_order_is_late_unless_its_clock_stands(self, desk: Desk) -> None:
        now = clock.now()
        new = NewOrder(type="COMPLAINT", channel="PHONE_1860", title="电梯里没有信号", city="JN")
        with unit_of_work() as session:
            workorders.create(session, new, Definition(key="complaint"), now).due_at = now - timedelta(hours=1)
        assert "baton_work_orders_late 1" in desk.app.test_client().get("/metrics").text
        with unit_of_work() as session:
            session.scalars(select(WorkOrder)).one().paused_at = now - timedelta(hours=2)
        assert "baton_work_orders_late 0" in desk.app.test_client().get("/metrics").text


class TestDemoClock:
    def test_the_time_goes_forward(self, desk: Desk) -> None:
        before = datetime.fromisoformat(desk.advance()["now"])
        after = datetime.fromisoformat(desk.advance("P3DT5H")["now"])
        assert timedelta(days=3, hours=5) <= after - before < timedelta(days=3, hours=5, minutes=5)

    def test_only_administrators_move_it(self, desk: Desk) -> None:
        assert desk["manager"].post("/demo/clock", {"advance": "PT1H"}).status_code == 403
        assert desk.app.test_client().post("/api/v1/demo/clock", json={"advance": "PT1H"}).status_code == 401

    @pytest.mark.parametrize("duration", ["5h", "P", "-PT5H", "P9Y", "P99999999999D"])
    def test_odd_durations_are_refused(self, desk: Desk, duration: str) -> None:
        answer = desk["admin"].post("/demo/clock", {"advance": duration})
        assert (answer.status_code, list(answer.json["fields"])) == (422, ["advance"])

    def test_outside_a_demo_it_does_not_exist(self, desk: Desk) -> None:
        desk.app.extensions["settings"] = replace(desk.app.extensions["settings"], demo=False)
        assert desk["admin"].post("/demo/clock", {"advance": "PT1H"}).status_code == 404

    def test_a_second_hand_on_it_is_told_to_wait(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        driver = desk.app.extensions["clockwork"]
        moving, go_on = threading.Event(), threading.Event()
        until_quiet = driver._until_quiet

        def slowly() -> int:
            moving.set()
            assert go_on.wait(30)
            return int(until_quiet())

        monkeypatch.setattr(driver, "_until_quiet", slowly)
        admin = desk["admin"]
        answers: list[int] = []
        first = threading.Thread(target=lambda: answers.append(admin.post("/demo/clock", {"advance": "PT1H"}).status_code))
        first.start()
        assert moving.wait(30)
        second = desk["admin"].post("/demo/clock", {"advance": "PT1H"})
        go_on.set()
        first.join()
        assert (second.status_code, second.json["code"], answers) == (409, "clock-busy", [200])
