"""A complaint that goes wrong, as programs see it in English: late, on hold, answered, closed, reopened, closed again."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.story.desk import Answer, House, Program, local
from tests.story.test_ladder import office_time

TUESDAY = local(2026, 11, 10, 9, 0)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def refused(answer: Answer) -> tuple[int, str, str]:
    """The status, the code and the sentence of a refusal, which is a problem document in English."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json
    assert problem["type"] == f"urn:baton:problem:{problem['code']}"
    assert problem["status"] == answer.status
    assert problem["title"]
    said = problem["title"] + problem["detail"]
    for fact in problem.get("facts", {}).values():  # people's names stay as they are
        said = said.replace(str(fact), "")
    assert not CHINESE.search(said)
    return answer.status, problem["code"], problem["detail"]


def used(house: House, number: str) -> float:
    minutes: float = house.task(number, "handle")["limit"]["used"]
    return minutes


def by_the_tracking_page(url: str, what: str, **fields: str) -> Answer:
    """What the customer does on his private page."""
    parts = urlsplit(url)
    customer = Program(f"{parts.scheme}://{parts.netloc}")
    assert customer.send("GET", parts.path).status == 200
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return customer.send("POST", f"{parts.path}/{what}", urlencode(fields).encode(), form)


def test_a_late_complaint_is_held_answered_closed_reopened_and_closed_again(open_house: Callable[[datetime], House]) -> None:
    house = open_house(TUESDAY)
    agent, handler, head, visitor = (house.program(login) for login in ("agent", "handler", "head", "visitor"))

    # The second complaint of the day: an agent registers it while the customer is on the line.
    told = {"channel": "PHONE_1860", "contact_phone": "15455310003", "class": "01010101"}
    first = agent.post("/work-orders", {"title": "Dropped calls at home", **told, "contact_phone": "15455310001"}).ok(201)
    taken = agent.post("/work-orders", {"title": "No signal in the lift", "description": "Every morning", **told}).ok(201)
    number = taken["number"]
    assert (int(number[-6:]), taken["type"], taken["city"]) == (int(first["number"][-6:]) + 1, "COMPLAINT", "531")
    house.advance()
    order = agent.get(f"/work-orders/{number}").ok()
    assert (order["state"], order["level"], order["grade"]) == ("IN_REVIEW", "L3", "ORDINARY")
    created = datetime.fromisoformat(order["created_at"])
    statutory = datetime.fromisoformat(order["statutory_due_at"])
    assert statutory - created == timedelta(days=15)
    assert datetime.fromisoformat(order["due_at"]) == office_time(created, 2250)

    # Each queue shows it to its own people and to nobody else's.
    for login, element in (("reviewer", "review"), ("dispatcher", "dispatch"), ("handler", "accept")):
        queue = house.program(login).get("/tasks", view="unit").ok()["items"]
        (task,) = [task for task in queue if task["work_order"] == number]
        assert (task["element_id"], task["status"], task["assignee"]) == (element, "open", None)
        assert visitor.get(f"/tasks/{task['id']}").status == 404
        house.do(task, login)
        house.advance()
    (task,) = handler.get("/tasks", view="mine").ok()["items"]
    assert (task["element_id"], task["work_order"]) == ("handle", number)
    handler.post(f"/tasks/{task['id']}/claim").ok()
    assert refused(head.post(f"/tasks/{task['id']}/complete"))[0] in (403, 409)
    assert refused(house.program("ma.desheng").post(f"/tasks/{task['id']}/claim"))[:2] == (409, "task-already-claimed")

    # Nobody does anything until the step has used one and a half times its limit.
    handle = house.task(number, "handle")
    came = datetime.fromisoformat(handle["created_at"])
    house.advance_to(office_time(came, 1350) - timedelta(minutes=1))
    assert house.order(number)["escalation_tier"] == 0
    assert handler.get("/tasks", view="mine", late="true").ok()["items"] == []
    house.advance(timedelta(minutes=2))
    assert house.order(number)["escalation_tier"] == 1
    assert [late["id"] for late in handler.get("/tasks", view="mine", late="true").ok()["items"]] == [handle["id"]]
    house.advance_to(office_time(came, 2025) + timedelta(minutes=1))
    order = house.order(number)
    assert (order["escalation_tier"], order["state"]) == (2, "IN_PROGRESS")
    assert [(entry["facts"]["tier"], sorted(entry["facts"]["to"])) for entry in house.journal(number, "tier")] == [
        (1, ["handler", "head"]),
        (2, ["agent", "depthead"]),
    ]
    (notice,) = [mail for mail in house.mails("depthead@dongyue.example") if number in mail["Subject"]]
    assert "/inbox/tasks/" in notice.get_content()
    said = [contact["kind"] for contact in agent.get(f"/work-orders/{number}/contacts").ok()["items"]]
    assert "delayed" in said

    # The handler cannot go on without the customer. While the order stands, nothing can be done with its tasks.
    now = house.advance()
    until = (now + timedelta(days=2)).isoformat()
    on_hold = handler.post(f"/work-orders/{number}/suspend", {"reason": "WAIT_CUSTOMER", "until": until, "note": "Which lift?"}).ok()
    assert (on_hold["state"], on_hold["suspend_reason"]) == ("SUSPENDED", "WAIT_CUSTOMER")
    held_at, minutes = house.advance(), used(house, number)
    for what, body in (("claim", {}), ("complete", {"variables": {}}), ("release", {}), ("return", {"reason": "INCOMPLETE"})):
        status, _, sentence = refused(handler.post(f"/tasks/{handle['id']}/{what}", body))
        assert (status, sentence) == (409, "This order is on hold. Resume it first."), what
    assert refused(handler.post(f"/work-orders/{number}/suspend", {"reason": "WAIT_CUSTOMER"}))[:2] == (409, "order-suspended-already")
    house.advance_to(held_at + timedelta(days=1))
    order = house.order(number)
    assert used(house, number) == pytest.approx(minutes, abs=0.2)
    assert (order["state"], order["escalation_tier"]) == ("SUSPENDED", 2)
    assert datetime.fromisoformat(order["statutory_due_at"]) == statutory

    # He resumes it: the clock goes on where it stood, later by the working minutes of the hold.
    resumed = handler.post(f"/work-orders/{number}/resume").ok()
    assert resumed["state"] == "IN_PROGRESS"
    (again,) = house.journal(number, "order-resumed")
    (stopped,) = house.journal(number, "order-suspended")
    stood = [datetime.fromisoformat(entry["at"]) for entry in (stopped, again)]
    assert resumed["paused_minutes"] == pytest.approx(450, abs=1)
    assert datetime.fromisoformat(resumed["statutory_due_at"]) == statutory
    assert office_time(stood[0], resumed["paused_minutes"]) == pytest.approx(stood[1], abs=timedelta(minutes=1))
    assert refused(handler.post(f"/work-orders/{number}/resume"))[:2] == (409, "order-not-suspended")

    # Handled, checked, answered, visited, closed.
    house.do(house.task(number, "handle"), "handler", result="SOLVED", answer_text="A repeater was put into the shaft")
    house.advance()
    house.do(house.task(number, "check"), "dispatcher")
    house.advance()
    answering = house.task(number, "answer")
    assert answering["form"]["schema"]["properties"]["answer_text"]["default"] == "A repeater was put into the shaft"
    assert answering["form"]["title"] == "Answer customer"
    house.do(answering, "agent")
    house.advance()
    answered = house.order(number)
    assert answered["answered_at"]
    assert refused(agent.post(f"/work-orders/{number}/reopen", {"reason": "Too soon"}))[:2] == (409, "order-not-closed")
    assert house.walk(number, {"CLOSED"}, {"call": "visitor"}) == ["call"]
    closed = house.order(number)
    assert (closed["state"], closed["satisfaction"], closed["result"]) == ("CLOSED", 5, "SOLVED")
    assert refused(agent.post(f"/work-orders/{number}/urge", {"reason": "?"}))[:2] == (409, "order-closed")

    # A week later it is back. The customer opens it again on the page of his own link.
    house.advance("P7D")
    page = by_the_tracking_page(closed["tracking_url"], "reopen", reason="Dead again since Monday")
    assert "Dead again since Monday" in page.text
    assert "We have your complaint" in page.text
    house.advance()
    order = house.order(number)
    assert (order["reopen_count"], order["closed_at"], order["escalation_tier"]) == (1, None, 0)
    assert order["number"] == number
    steps = house.walk(number, {"CLOSED"}, {"accept": "handler", "handle": "handler", "call": "visitor"})
    assert steps == ["dispatch", "accept", "handle", "check", "answer", "call"]
    assert house.order(number)["state"] == "CLOSED"

    _nothing_is_missing(house, number, closed["instance_id"])


STORY = [
    *("REGISTERED", "IN_REVIEW", "TO_DISPATCH", "DISPATCHED", "IN_PROGRESS", "FEEDBACK", "TO_ANSWER", "ANSWERED", "TO_VISIT", "CLOSED"),
    *("REOPENED", "TO_DISPATCH", "DISPATCHED", "IN_PROGRESS", "FEEDBACK", "TO_ANSWER", "ANSWERED", "TO_VISIT", "CLOSED"),
]


def _nothing_is_missing(house: House, number: str, instance_id: str) -> None:
    """The journal tells the whole case, in order, and is sealed; the story of the customer's contacts is there as well."""
    entries: list[dict[str, Any]] = house.journal(number)
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry["at"] for entry in entries] == sorted(entry["at"] for entry in entries)
    assert [entry["facts"]["state"] for entry in entries if entry["kind"] == "state"] == STORY
    done = [(entry["element_id"], entry["actor"]) for entry in entries if entry["kind"] == "task-completed"]
    assert done[:7] == [
        ("review", "reviewer"),
        ("dispatch", "dispatcher"),
        ("accept", "handler"),
        ("handle", "handler"),
        ("check", "dispatcher"),
        ("answer", "agent"),
        ("call", "visitor"),
    ]
    kinds = {entry["kind"] for entry in entries}
    assert {"started", "received", "decided", "call-finished", "warning", "tier", "order-suspended", "order-resumed", "reopened"} <= kinds

    told = house.program("agent").get(f"/work-orders/{number}/contacts").ok()["items"]
    assert [contact["kind"] for contact in told if contact["direction"] == "out"] == [
        *("registered", "delayed", "suspended", "answered", "closed"),
        *("answered", "closed"),
    ]
    assert [contact["kind"] for contact in told if contact["direction"] == "in"] == ["complaint", "rating", "reopen", "rating"]

    verified = house.command("verify-journal")
    assert (verified.returncode, verified.stdout) == (0, "The journal is whole.\n"), verified.stderr
