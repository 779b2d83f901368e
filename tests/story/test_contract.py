"""What programs outside rely on: every route with its fields, and a case that walks by the defaults of its forms."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.api.drawings import BROKEN, ERRAND, FORM
from tests.story.desk import API, Answer, House, Program, local

TUESDAY = local(2026, 11, 10, 9, 0)
HERE = {"JN-FRONT": "531-FRONT", "JN-NET-1": "531-NETWORK"}
PHONE = {"title": "电梯里没有信号", "channel": "PHONE_1860", "contact_phone": "15455310003", "class": "01010101"}
STATES = {"DRAFT", "REGISTERED", "IN_REVIEW", "TO_DISPATCH", "DISPATCHED", "IN_PROGRESS", "FEEDBACK", "TO_ANSWER", "ANSWERED", "TO_VISIT"}
STATES |= {"CLOSED", "ARCHIVED", "SUSPENDED", "RETURNED", "ON_SPOT_DONE", "MERGED", "WITHDRAWN", "REJECTED", "REOPENED"}

Check = Callable[[Any], bool]
Shape = Mapping[str, Check]


def text(value: Any) -> bool:
    return isinstance(value, str)


def number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def identity(value: Any) -> bool:
    return text(value) and bool(UUID(value))


def moment(value: Any) -> bool:
    return text(value) and datetime.fromisoformat(value).utcoffset() is not None


def mapping(value: Any) -> bool:
    return isinstance(value, dict)


def maybe(check: Check) -> Check:
    return lambda value: value is None or check(value)


def several(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(each) for each in value)


def one_of(*words: str) -> Check:
    return lambda value: value in words


def like(shape: Shape) -> Check:
    return lambda value: not wrong(value, shape)


def wrong(value: Any, shape: Shape) -> list[str]:
    """The fields that are missing, or hold something else than they should."""
    return [f"{name}={value.get(name, 'missing')!r}" for name, check in shape.items() if name not in value or not check(value[name])]


IN_A_LIST: Shape = {
    "id": identity,
    "name": text,
    "element_id": text,
    "status": one_of("open", "claimed", "suspended", "completed", "cancelled"),
    "assignee": maybe(text),
    "unit": text,
    "priority": number,
    "created_at": moment,
    "due_at": maybe(moment),
    "tier": number,
    "instance_id": identity,
    "work_order": maybe(text),
    "claimable_by": several(text),
    "why": text,
    "limit": maybe(like({"minutes": number, "calendar": maybe(text)})),
}
TASK: Shape = {
    **IN_A_LIST,
    "form": maybe(like({"schema": mapping, "ui": mapping})),
    "data": mapping,
    "limit": maybe(like({"minutes": number, "calendar": maybe(text), "used": number})),
}
DONE: Shape = {**IN_A_LIST, "next": several(like(IN_A_LIST))}
INSTANCE_IN_A_LIST: Shape = {
    "id": identity,
    "definition": like({"key": text, "version": number}),
    "business_key": maybe(text),
    "status": one_of("running", "suspended", "incident", "completed", "cancelled"),
    "active": several(text),
}
INSTANCE: Shape = {**INSTANCE_IN_A_LIST, "variables": mapping}
ORDER: Shape = {
    **dict.fromkeys(("number", "type", "channel", "title", "tracking_url"), text),
    **dict.fromkeys(("level", "grade", "class", "current_unit", "current_user"), maybe(text)),
    **dict.fromkeys(("priority", "escalation_tier", "paused_minutes", "urge_count", "reopen_count"), number),
    **dict.fromkeys(("due_at", "closed_at"), maybe(moment)),
    **dict.fromkeys(("statutory_due_at", "created_at"), moment),
    "state": one_of(*STATES),
    "instance_id": identity,
}
INCIDENT: Shape = {
    "id": identity,
    "instance_id": identity,
    "element_id": text,
    "code": text,
    "message": text,
    "state": one_of("open", "resolved"),
    "created_at": moment,
}
DEFINITION: Shape = {"id": identity, "key": text, "version": number, "findings": several(mapping)}
ENTRY: Shape = {"seq": number, "at": moment, "actor": text, "kind": text, "element_id": maybe(text), "facts": mapping}
PROBLEM: Shape = {"type": text, "title": text, "status": number, "detail": text, "code": text}


def page(shape: Shape) -> Shape:
    return {"items": several(like(shape)), "next_cursor": maybe(text)}


@pytest.fixture(scope="module")
def house(open_house: Callable[[datetime], House]) -> House:
    """One installation for all, with a small process beside the complaint."""
    house = open_house(TUESDAY)
    answer = deploy(house, {"errand.bpmn": here(ERRAND), "forms/note.json": FORM})
    assert wrong(answer.ok(201), {"id": identity, "definitions": several(like(DEFINITION))}) == []
    return house


def here(drawing: str) -> str:
    """A drawing with the units of the demonstration."""
    for there, unit in HERE.items():
        drawing = drawing.replace(there, unit)
    return drawing


def deploy(house: House, files: Mapping[str, str]) -> Answer:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return house.program("analyst").send("POST", f"{API}/deployments", packed.getvalue(), {"Content-Type": "application/zip"})


def errand(house: House, **variables: Any) -> Any:
    body = {"definition_key": "errand", "business_key": f"E-{uuid4().hex[:8]}", "variables": {"who": "王丽", "amount": 8, **variables}}
    return house.program("admin").post("/instances", body).ok(201)


def complaint(house: House, **fields: Any) -> Any:
    order = house.program("agent").post("/work-orders", {**PHONE, **fields}).ok(201)
    house.advance()
    return order


def first_task(house: House, instance: Any) -> Any:
    (task,) = [task for task in house.program("admin").get(f"/instances/{instance['id']}/tasks").ok()["items"] if task["status"] == "open"]
    return task


class TestEachRoute:
    @pytest.mark.parametrize(
        ("login", "path", "query", "shape"),
        [
            ("analyst", "/definitions", {}, page(DEFINITION)),
            ("admin", "/instances", {"definition_key": "errand", "status": "running"}, page(INSTANCE_IN_A_LIST)),
            ("agent", "/tasks", {"view": "mine", "sort": "due_at"}, page(IN_A_LIST)),
            ("agent", "/tasks", {"view": "unit", "status": "open"}, page(IN_A_LIST)),
            ("admin", "/tasks", {"view": "all", "q": "王丽"}, page(IN_A_LIST)),
            ("agent", "/work-orders", {"q": "电梯", "late": "false"}, page(ORDER)),
            ("agent", "/work-orders", {"state": "CLOSED", "unit": "531-NETWORK", "class": "0101"}, page(ORDER)),
            ("admin", "/incidents", {}, page(INCIDENT)),
        ],
    )
    def test_lists(self, house: House, login: str, path: str, query: dict[str, str], shape: Shape) -> None:
        assert wrong(house.program(login).get(path, **query).ok(), shape) == []

    def test_lists_go_on_where_they_stopped(self, house: House) -> None:
        started = {errand(house)["id"] for _ in range(3)}
        admin, seen, cursor = house.program("admin"), [], None
        while True:
            found = admin.get("/instances", limit=2, definition_key="errand", **({"cursor": cursor} if cursor else {})).ok()
            seen += [instance["id"] for instance in found["items"]]
            cursor = found["next_cursor"]
            if cursor is None:
                break
        assert started <= set(seen)
        assert len(seen) == len(set(seen))

    def test_definitions(self, house: House) -> None:
        analyst = house.program("analyst")
        newest = next(each for each in analyst.get("/definitions").ok()["items"] if each["key"] == "complaint")
        assert wrong(analyst.get(f"/definitions/{newest['id']}").ok(), DEFINITION) == []
        xml = analyst.get(f"{'/definitions'}/{newest['id']}/xml")
        assert (xml.status, xml.headers["Content-Type"].split(";")[0]) == (200, "application/xml")
        assert 'id="complaint' in xml.text

    def test_a_deployment_that_cannot_run_names_every_finding(self, house: House) -> None:
        answer = deploy(house, {"broken.bpmn": here(BROKEN)})
        assert answer.status == 422
        assert (
            wrong(
                answer.json, {**PROBLEM, "findings": several(like({"file": text, "element": maybe(text), "code": text, "sentence": text}))}
            )
            == []
        )
        assert len(answer.json["findings"]) >= 2

    def test_instances(self, house: House) -> None:
        admin, started = house.program("admin"), errand(house)
        assert wrong(started, INSTANCE) == []
        assert (started["status"], started["active"], started["definition"]["key"]) == ("running", ["ask"], "errand")
        path = f"/instances/{started['id']}"
        assert wrong(admin.get(path).ok(), INSTANCE) == []
        assert wrong(admin.get(f"{path}/journal").ok(), page(ENTRY)) == []
        assert wrong(admin.get(f"{path}/tasks").ok(), page(IN_A_LIST)) == []
        assert [row["id"] for row in admin.get("/instances", business_key=started["business_key"]).ok()["items"]] == [started["id"]]
        for what, body, expected in (
            ("suspend", {}, ("suspended", ["ask"])),
            ("resume", {}, ("running", ["ask"])),
            ("move", {"from": "ask", "to": "go"}, ("running", ["go"])),
            ("cancel", {}, ("cancelled", [])),
        ):
            changed = admin.post(f"{path}/{what}", body).ok()
            assert wrong(changed, INSTANCE) == []
            assert (changed["status"], changed["active"]) == expected, what
        assert wrong(admin.post(f"{path}/cancel").json, PROBLEM) == []

    def test_messages(self, house: House) -> None:
        admin = house.program("admin")
        waiting = errand(house, ref="R-1")
        for _ in range(2):
            house.do(first_task(house, waiting), note="快") if first_task(house, waiting)["element_id"] == "ask" else house.do(
                first_task(house, waiting)
            )
        message = {"name": "paid", "id": str(uuid4()), "correlation": "R-1", "variables": {"paid": True}}
        reached = admin.post("/messages", message).ok()
        assert [instance["id"] for instance in reached["instances"]] == [waiting["id"]]
        assert wrong(reached["instances"][0], INSTANCE_IN_A_LIST) == []
        assert admin.post("/messages", message).ok() == reached
        assert admin.get(f"/instances/{waiting['id']}").ok()["status"] == "completed"
        assert admin.post("/messages", {"name": "paid", "correlation": "R-nobody"}).ok() == {"instances": []}

    def test_tasks(self, house: House) -> None:
        agent, admin = house.program("agent"), house.program("admin")
        task = first_task(house, errand(house))
        path = f"/tasks/{task['id']}"
        assert wrong(agent.get(path).ok(), TASK) == []
        assert task["claimable_by"][0] == "agent"
        refused = agent.post(f"{path}/complete", {"variables": {"note": "快"}})
        assert refused.status == 409, "completing needs a claim"
        for claimed in (agent.post(f"{path}/claim").ok(), agent.post(f"{path}/claim").ok()):
            assert wrong(claimed, TASK) == []
            assert (claimed["status"], claimed["assignee"]) == ("claimed", "agent")
        somebody_else = house.program(task["claimable_by"][1]).post(f"{path}/claim")
        assert (somebody_else.status, wrong(somebody_else.json, PROBLEM)) == (409, [])
        missing = agent.post(f"{path}/complete", {"variables": {"note": "长" * 21}})
        assert (missing.status, list(missing.json["fields"])) == (422, ["note"])
        for what, body in (
            ("comments", {"text": "先打电话"}),
            ("release", {}),
            ("reassign", {"user": "agent"}),
            ("reassign", {"unit": "531-FRONT"}),
            ("claim", {}),
            ("delegate", {"user": task["claimable_by"][1]}),
        ):
            by = admin if what == "reassign" else agent
            assert wrong(by.post(f"{path}/{what}", body).ok(), IN_A_LIST) == [], what
        colleague = house.program(task["claimable_by"][1])
        colleague.post(f"{path}/claim").ok()
        done = colleague.post(f"{path}/complete", {"variables": {"note": "快"}}).ok()
        assert (wrong(done, DONE), done["status"]) == ([], "completed")
        again = colleague.post(f"{path}/complete", {"variables": {"note": "快"}})
        assert (again.status, wrong(again.json, PROBLEM)) == (409, [])
        (go,) = [
            task for task in house.program("handler").get("/tasks", view="unit").ok()["items"] if task["instance_id"] == done["instance_id"]
        ]
        house.program("handler").post(f"/tasks/{go['id']}/claim").ok()
        returned = house.program("handler").post(f"/tasks/{go['id']}/return", {"reason": "INCOMPLETE", "note": "哪里？"}).ok()
        assert wrong(returned, DONE) == []
        assert first_task(house, {"id": done["instance_id"]})["element_id"] == "ask"

    def test_work_orders(self, house: House) -> None:
        agent = house.program("agent")
        order = complaint(house)
        assert wrong(order, ORDER) == []
        assert re.fullmatch(r"SD-531-20261110-\d{6}", order["number"])
        path = f"/work-orders/{order['number']}"
        assert wrong(agent.get(path).ok(), ORDER) == []
        assert [row["number"] for row in agent.get("/work-orders", q=order["number"]).ok()["items"]] == [order["number"]]
        until = (house.advance() + timedelta(days=1)).isoformat()
        for what, body, state in (
            ("urge", {"reason": "怎么还没好"}, "IN_REVIEW"),
            ("notes", {"text": "客户很急"}, "IN_REVIEW"),
            ("suspend", {"reason": "WAIT_CUSTOMER", "until": until}, "SUSPENDED"),
            ("resume", {}, "IN_REVIEW"),
            ("withdraw", {"reason": "好了"}, "WITHDRAWN"),
        ):
            changed = agent.post(f"{path}/{what}", body).ok()
            assert (wrong(changed, ORDER), changed["state"]) == ([], state), what
        for what, body in (
            ("urge", {"reason": "?"}),
            ("suspend", {"reason": "WAIT_CUSTOMER"}),
            ("resume", {}),
            ("reopen", {"reason": "?"}),
        ):
            refused = agent.post(f"{path}/{what}", body)
            assert (refused.status, wrong(refused.json, PROBLEM)) == (409, []), what
        for body in ({**PHONE, "channel": "PIGEON"}, {"title": "没有联系方式", "channel": "HALL"}):
            refused = agent.post("/work-orders", body)
            assert (refused.status, wrong(refused.json, {**PROBLEM, "fields": mapping})) == (422, [])

    def test_an_instance_of_the_complaint_makes_its_order(self, house: House) -> None:
        body = {"definition_key": "complaint", "variables": {"title": "没有信号", "contact_phone": "15455310003"}}
        instance = house.program("admin").post("/instances", body).ok(201)
        order = house.order(instance["business_key"])
        assert (wrong(order, ORDER), order["instance_id"]) == ([], instance["id"])

    def test_incidents(self, house: House) -> None:
        admin = house.program("admin")
        for action, outcome in (("retry", "open"), ("skip", "resolved"), ("result", "resolved")):
            stuck = errand(house, amount="zwölf", ref="R-2")
            house.do(first_task(house, stuck), note="快")
            house.do(first_task(house, stuck))
            assert admin.get(f"/instances/{stuck['id']}").ok()["status"] == "incident"
            (incident,) = [each for each in admin.get("/incidents").ok()["items"] if each["instance_id"] == stuck["id"]]
            assert wrong(incident, INCIDENT) == []
            assert incident["element_id"] == "share"
            if action == "retry":
                answered = admin.post(f"/incidents/{incident['id']}/retry").ok()
                standing = [each for each in admin.get("/incidents").ok()["items"] if each["instance_id"] == stuck["id"]]
                assert len(standing) == 1
            else:
                answered = admin.post(f"/incidents/{incident['id']}/resolve", {"action": action, "result": {"share": 4}}).ok()
                assert answered["state"] == outcome
                assert admin.get(f"/instances/{stuck['id']}").ok()["active"] == ["paid"]
            assert wrong(answered, INCIDENT) == []

    def test_the_demo_clock(self, house: House) -> None:
        admin = house.program("admin")
        before = admin.post("/demo/clock", {"advance": "PT0S"}).ok()
        assert wrong(before, {"now": moment, "fired": number}) == []
        after = admin.post("/demo/clock", {"advance": "PT5M"}).ok()
        assert datetime.fromisoformat(after["now"]) - datetime.fromisoformat(before["now"]) >= timedelta(minutes=5)
        assert house.program("agent").post("/demo/clock", {"advance": "PT5M"}).status == 403
        assert wrong(admin.post("/demo/clock", {"advance": "tomorrow"}).json, PROBLEM) == []

    @pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", f"{API}/openapi.json"])
    def test_whoever_watches_needs_no_token(self, house: House, path: str) -> None:
        assert Program(house.url).send("GET", path).status == 200


class TestEveryWrite:
    def test_without_a_token_nothing_is_told(self, house: House) -> None:
        for answer in (Program(house.url).get("/tasks"), Program(house.url, "baton_guessed").get("/tasks")):
            assert (answer.status, wrong(answer.json, PROBLEM)) == (401, [])

    def test_unknown_and_forbidden_look_alike(self, house: House) -> None:
        instance = errand(house)
        task = first_task(house, instance)
        for path in (f"/tasks/{task['id']}", f"/tasks/{uuid4()}", f"/instances/{instance['id']}", "/work-orders/SD-531-20261110-999999"):
            answer = house.program("handler2").get(path)
            assert (answer.status, answer.json["code"]) == (404, "not-found"), path

    def test_the_same_key_again_is_the_same_write(self, house: House) -> None:
        agent, key = house.program("agent"), str(uuid4())
        first, again = (agent.post("/work-orders", PHONE, **{"Idempotency-Key": key}) for _ in range(2))
        assert first.ok(201)["number"] == again.ok(201)["number"]

    def test_whoever_read_an_older_version_is_told(self, house: House) -> None:
        agent, order = house.program("agent"), complaint(house)
        path = f"/work-orders/{order['number']}"
        read = agent.get(path).headers["ETag"]
        agent.post(f"{path}/urge", {"reason": "?"}, **{"If-Match": read}).ok()
        late = agent.post(f"{path}/urge", {"reason": "?"}, **{"If-Match": read})
        assert (late.status, wrong(late.json, PROBLEM)) == (412, [])


@pytest.mark.parametrize(
    ("told", "steps"),
    [
        pytest.param(
            {**PHONE, "contact_phone": "13805310001"}, ["review", "dispatch", "accept", "handle", "check", "answer", "call"], id="phone"
        ),
        pytest.param(
            {"title": "电梯里没有信号", "channel": "WEB_FORM", "contact_email": "wang@example.org"},
            ["register", "review", "dispatch", "accept", "handle", "check", "answer"],
            id="web",
        ),
    ],
)
def test_a_program_walks_a_complaint_to_its_close_by_defaults(house: House, told: dict[str, str], steps: list[str]) -> None:
    by = "agent" if told["channel"] == "PHONE_1860" else "admin"
    order = house.program(by).post("/work-orders", told).ok(201)
    assert house.walk(order["number"], {"CLOSED"}) == steps
    handled = [entry["actor"] for entry in house.journal(order["number"], "task-completed") if entry["element_id"] == "handle"]
    unit = {"handler", "ma.desheng", "guo.shaohua", "tian.chunmei"}
    assert set(handled) <= unit, "the forms' defaults route an ordinary order to handler's queue"


def test_everybody_has_a_token_and_the_first_start_says_who_there_is(house: House) -> None:
    printed = house.command("token", "handler")
    assert printed.returncode == 0, printed.stderr
    (token,) = printed.stdout.split()
    found = Program(house.url, token).get("/tasks", view="unit").ok()
    assert {task["unit"] for task in found["items"]} <= {"531-NETWORK"}
    said = "".join(house.said)
    for login in (
        "admin",
        "analyst",
        "agent",
        "reviewer",
        "dispatcher",
        "handler",
        "handler2",
        "head",
        "depthead",
        "visitor",
        "manager",
        "vp",
        "kam",
        "qa",
    ):
        assert re.search(rf"^  {login} ", said, re.MULTILINE), login
    assert "password of all: baton" in said
