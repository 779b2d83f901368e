"""Everybody tries every address of the program, known and unknown things alike."""

import re
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from bpm import clock, contacts, customers, workorders
from bpm.access import SYSTEM
from bpm.models import User
from bpm.models.database import unit_of_work
from tests.security.town import OUTSIDERS, Loot, Town
from tests.web.office import COMPLAINT, Person

SAFE = {"GET", "HEAD", "OPTIONS"}
PUBLIC = re.compile(r"/(static/.*|login|logout|language|complain|track.*|healthz|readyz|metrics|api/v1/openapi\.json)?$")
OF_THE_ORDER = {"number", "task_id", "instance_id", "attachment_id", "incident_id"}
OF_OPERATORS = {"analyst"}
"""Who may mend incidents, wherever they are."""

FORM = {
    "reason": "WAIT_CUSTOMER",
    "text": "x",
    "user": "handler2",
    "note": "x",
    "from": "Task_Review",
    "to": "Task_Visit",
    "action": "skip",
    "number": "",
    "result": "{}",
}

OF_TYPE: dict[str | None, Any] = {"object": {}, "integer": 1}

_IDS = ("instance_id", "task_id", "attachment_id", "incident_id", "notice_id", "definition_id", "draft_id", "comment_id")


def unknown() -> dict[str, Any]:
    """Parts of addresses at which there is nothing."""
    there = {name: uuid4() for name in _IDS}
    return {**there, "number": "SD-JN-20200101-000001", "token": "a" * 26}


def requests(town: Town, things: dict[str, Any]) -> list[tuple[Rule, str, str]]:
    """Every rule with each of its methods, and its address for these things."""
    made = []
    with town.app.test_request_context():
        for rule in town.app.url_map.iter_rules():
            known = {**things, "filename": "baton.css", "what": "claim" if rule.rule.startswith("/inbox") else "urge"}
            path = town.app.url_map.bind("localhost").build(rule.endpoint, {name: known.get(name, "x") for name in rule.arguments})
            made += [(rule, method, path) for method in sorted(rule.methods or ()) if method not in {"HEAD", "OPTIONS"}]
    return made


def body_of(town: Town, rule: Rule, method: str) -> dict[str, Any] | None:
    """What OpenAPI asks of a body: the required fields."""
    spec = town.app.test_client().get("/api/v1/openapi.json").get_json()
    path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
    schema = (
        spec["paths"]
        .get(path, {})
        .get(method.lower(), {})
        .get("requestBody", {})
        .get("content", {})
        .get("application/json", {})
        .get("schema")
    )
    if schema is None:
        return None
    while "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    given = {name: OF_TYPE.get(schema["properties"][name].get("type"), FORM.get(name, "x")) for name in schema.get("required", ())}
    return given | ({"user": "handler2"} if "user" in schema["properties"] else {})


def ask(town: Town, person: Person, rule: Rule, method: str, path: str) -> TestResponse:
    """One request as a browser that is logged in sends it."""
    headers = {"X-CSRF-Token": person.csrf, "Accept-Language": "en"}
    if rule.rule.startswith("/api/"):
        return person.client.open(path, method=method, headers=headers, json=body_of(town, rule, method) if method == "POST" else None)
    return person.client.open(
        path, method=method, headers=headers, data=FORM if method == "POST" else None, query_string={"file": "complaint.bpmn"}
    )


def test_without_a_login_nothing_but_the_public_pages_answers(town: Town) -> None:
    nobody = Person(town.stranger)
    for rule, method, path in requests(town, town.loot.values()):
        if PUBLIC.fullmatch(rule.rule):
            continue
        answer = ask(town, nobody, rule, method, path)
        where = f"{method} {rule.rule}"
        if rule.rule.startswith("/api/") or method != "GET":
            assert answer.status_code == 401, where
        else:
            assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/login"), where


@pytest.mark.parametrize("outsider", OUTSIDERS)
def test_staff_who_have_nothing_to_do_with_an_order_cannot_tell_whether_it_exists(town: Town, outsider: str) -> None:
    loot, person = town.loot, town[outsider]
    before, tried = town.standing(loot), 0
    for (rule, method, path), (_, _, nowhere) in zip(requests(town, loot.values()), requests(town, unknown()), strict=True):
        if not OF_THE_ORDER & rule.arguments or (outsider in OF_OPERATORS and rule.arguments == {"incident_id"}):
            continue
        known, missing = ask(town, person, rule, method, path), ask(town, person, rule, method, nowhere)
        where = f"{method} {rule.rule} as {outsider}"
        assert known.status_code in {403, 404}, where  # 403: the role alone is asked for, before anything is looked up
        assert known.status_code == missing.status_code, where
        assert plain(known, path) == plain(missing, nowhere), where
        tried += 1
    assert tried > 40
    assert town.standing(loot) == before


def plain(answer: TestResponse, path: str) -> str:
    """An answer without what differs from one request to the next, and without its own address."""
    return re.sub(r"since=[\d.]+|\d\d:\d\d", "", answer.text).replace(path, "")


@pytest.mark.parametrize("outsider", OUTSIDERS)
def test_lists_and_searches_do_not_show_it_either(town: Town, outsider: str) -> None:
    loot, program = town.loot, town.desk[outsider]
    for path, query in (
        ("/work-orders", {}),
        ("/work-orders", {"q": "2716"}),
        ("/tasks", {"view": "all"}),
        ("/tasks", {"view": "unit", "q": "车库"}),
    ):
        assert loot.number not in program.get(path, **query).text, (path, query)
    if outsider != "analyst":  # whose trade is how processes run: he sees that they run, and not what is in them
        assert program.get("/instances").json["items"] == []
        assert program.get("/incidents").status_code == 403
    for path in ("/inbox?view=all", "/inbox?q=2716", "/orders", "/orders?q=2716", f"/orders?q={loot.number}"):
        assert COMPLAINT["title"] not in town[outsider].get(path).text, path


def test_what_one_sees_one_may_still_not_do(town: Town) -> None:
    loot = town.another()
    town.people.walk(loot.number, "reviewer", "dispatcher")
    before = town.standing(loot)
    for path in ("withdraw", "reopen"):
        assert town.desk["handler"].post(f"/work-orders/{loot.number}/{path}", {"reason": "x"}).status_code == 403
        assert town["handler"].post(f"/orders/{loot.number}/{path}", {"reason": "x"}).status == 403
    for path, body in (("suspend", {}), ("cancel", {}), ("move", {"from": "a", "to": "b"})):
        assert town.desk["handler"].post(f"/instances/{loot.instance_id}/{path}", body).status_code == 403
    for path in ("retry", "resolve"):
        assert (
            town.desk["handler"].post(f"/incidents/{loot.incident_id}/{path}", {"action": "skip"} if path == "resolve" else {}).status_code
            == 403
        )
    assert town.standing(loot) == before


def test_the_id_of_a_channel_opens_nobody_elses_order(town: Town) -> None:
    ours = town.desk["agent"].post("/work-orders", {**COMPLAINT, "external_id": "mail-4711"}).json
    assert town.desk["agent2"].post("/work-orders", {**COMPLAINT, "external_id": "mail-4711"}).json["number"] == ours["number"]
    stolen = town.desk["far_agent"].post("/work-orders", {**COMPLAINT, "external_id": "mail-4711"})
    assert (stolen.status_code, stolen.json["code"]) == (409, "external-id-taken")
    assert ours["number"] not in stolen.text


def test_things_are_reached_by_their_own_order_only(town: Town) -> None:
    """Whoever may see one order cannot read another one's file, or mend its faults, by mixing addresses."""
    loot = town.loot
    own = town.desk["far_agent"].post("/work-orders", {**COMPLAINT, "title": "别的"}).json["number"]
    far = town["far_agent"]
    assert far.get(f"/orders/{own}").status == 200
    assert far.get(f"/orders/{own}/attachments/{loot.attachment_id}").status == 404
    assert far.post(f"/orders/{own}/incidents/{loot.incident_id}/retry").status in {403, 404}
    assert far.post("/intake/add", {"number": loot.number, "text": "x"}).status == 404
    manager = town["manager"]
    manager.post(f"/notices/{loot.notice_id}/read")
    assert town.standing(loot)[7] is None, "a notice is read by the one who was told"


@pytest.mark.parametrize("login", ["agent", "analyst", "manager", "vp", "qa", "handler2"])
def test_the_clock_of_the_demo_is_for_administrators(town: Town, login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert town.desk[login].post("/demo/clock", {"advance": "PT0S"}).status_code == 403
    assert town[login].client.post("/api/v1/demo/clock", json={"advance": "PT0S"}).status_code == 403
    assert town.desk["admin"].post("/demo/clock", {"advance": "P9999999D"}).status_code == 422
    monkeypatch.setitem(town.app.extensions, "clockwork", None)
    assert town.desk["admin"].post("/demo/clock", {"advance": "PT0S"}).status_code == 404


@pytest.mark.parametrize("login", ["agent", "handler2", "vp", "far_head"])
def test_drafts_are_not_shown_to_those_who_have_no_part_in_processes(town: Town, login: str) -> None:
    things, person, tried = town.loot.values(), town[login], 0
    for (rule, method, path), (_, _, nowhere) in zip(requests(town, things), requests(town, unknown()), strict=True):
        if "draft_id" not in rule.arguments:
            continue
        known, missing = ask(town, person, rule, method, path), ask(town, person, rule, method, nowhere)
        assert known.status_code == 403, f"{method} {rule.rule}"
        assert plain(known, path) == plain(missing, nowhere), f"{method} {rule.rule}"
        tried += 1
    assert tried > 15


@pytest.mark.parametrize("login", ["manager", "qa"])
def test_who_looks_at_drafts_draws_none(town: Town, login: str) -> None:
    program, draft = town.desk[login], town.loot.draft_id
    assert program.get(f"/drafts/{draft}").json["review"]["may_write"] is False
    for path, body in (
        ("files", {"files": {"complaint.bpmn": None}, "revision": None}),
        ("restore", {"revision": 1}),
        ("copy", {"name": "x"}),
        ("name", {"name": "x"}),
        ("review", {}),
        ("publish", {"note": "x"}),
        ("discard", {}),
        ("bring-back", {}),
    ):
        assert program.post(f"/drafts/{draft}/{path}", body).status_code == 403, path
    assert program.post("/drafts", {"name": "x"}).status_code == 403
    assert program.post(f"/drafts/{draft}/presence", {"take_over": True}).json["mine"] is False
    assert program.get(f"/drafts/{draft}").json["revision"] == 1


@pytest.mark.parametrize("login", ["agent", "handler2", "manager", "qa", "vp"])
def test_processes_are_published_by_analysts(town: Town, login: str) -> None:
    definition_id = town.loot.definition_id
    assert town[login].post(f"/definitions/{definition_id}/publish").status == 403
    assert town[login].post("/definitions/upload").status == 403
    program = town.desk[login]
    assert program.client.post("/api/v1/deployments", data=b"", headers=program.headers).status_code == 403


def test_a_private_link_opens_one_order(town: Town) -> None:
    loot: Loot = town.loot
    other = town.desk["agent"].post("/work-orders", {**COMPLAINT, "title": "另一件事"}).json
    public = town.stranger
    page = public.get(f"/track/{loot.token}").text
    assert COMPLAINT["title"] in page
    assert "另一件事" not in page
    assert other["number"] not in page
    for token in (loot.token[:-1], loot.token.upper(), f"{loot.token}a", "%25", "%00", "' OR 1=1 --", "..%2f..%2forders"):
        assert public.get(f"/track/{token}").status_code == 404, token
    public.set_cookie("baton_session", loot.token)
    assert public.get("/inbox").status_code == 302
    assert public.get("/api/v1/tasks", headers={"Authorization": f"Bearer {loot.token}"}).status_code == 401


def test_the_customer_learns_the_name_of_nobody_and_reads_no_note(town: Town) -> None:
    loot = town.another()
    town.desk["agent"].post(f"/work-orders/{loot.number}/notes", {"text": "unter uns gesagt"})
    town.people.walk(loot.number, "reviewer", "dispatcher")
    page = town.stranger.get(f"/track/{loot.token}", headers={"Accept-Language": "en"}).text
    for hidden in ("unter uns gesagt", "Li Xiaoyan", "李晓燕", "Zhang Wei", "张伟", "reviewer", "dispatcher", "among us", "13805312716"):
        assert hidden not in page, hidden
    assert "138****2716" in page


def test_numbers_are_masked_for_people_and_whoever_looks_is_written_down(town: Town) -> None:
    loot, agent = town.loot, town["agent"]
    for path in ("/inbox?view=unit", "/orders", f"/orders/{loot.number}", f"/inbox/tasks/{loot.task_id}"):
        assert "13805312716" not in town["manager"].get(path).text, path
    with unit_of_work() as session:
        order = workorders.by_number(session, loot.number, SYSTEM)
        contacts.add(session, order, "notice", f"https://baton.example/track/{order.token}", clock.now())
    said = f"/work-orders/{loot.number}/contacts"
    for path in ("/work-orders", f"/work-orders/{loot.number}", said, f"/instances/{loot.instance_id}"):
        mine = agent.client.get(f"/api/v1{path}")
        assert mine.status_code == 200
        assert "13805312716" not in mine.text, path
        assert loot.token not in mine.text, path
    assert "13805312716" in town.desk["agent"].get(f"/work-orders/{loot.number}").text, "a program reads it whole"
    shown = agent.post(f"/orders/{loot.number}/number")
    assert "13805312716" in shown.text
    journal = town.desk["admin"].get(f"/instances/{loot.instance_id}/journal").json["items"]
    assert [entry["actor"] for entry in journal if entry["kind"] == "number-shown"] == ["agent"]


def test_a_masked_number_is_no_number() -> None:
    assert customers.masked("13805312716") == "138****2716"
    assert customers.masked("10086") == "****86"
    told = {"contact_phone": "13805312716", "customer": {"number": "13805312716", "name": "x"}, "tracking_url": "http://x/track/y", "n": 1}
    masked = {"contact_phone": "138****2716", "customer": {"number": "138****2716", "name": "x"}, "tracking_url": None, "n": 1}
    assert customers.without_numbers(told) == masked


def test_who_was_switched_off_is_out_at_once(town: Town) -> None:
    program, person = town.desk["qa"], town["qa"]
    assert program.get("/tasks").status_code == 200
    switch(active=False)
    assert program.get("/tasks").status_code == 401
    assert person.get("/inbox").status == 302
    switch(active=True)


def switch(*, active: bool) -> None:
    with unit_of_work() as session:
        session.scalars(select(User).where(User.login == "qa")).one().active = active
