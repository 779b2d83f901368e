"""The inbox by REST: found, claimed, done, returned, handed on; and what is told to whoever comes too late."""

from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from bpm import access, clock, inbox
from bpm.models import User
from bpm.models.database import unit_of_work
from tests.api.desk import Desk
from tests.api.drawings import ERRAND, FORM
from tests.bpm.together import until_it_waits


@pytest.fixture
def errand(desk: Desk) -> dict[str, Any]:
    """An errand that waits to be noted."""
    desk.deploy({"errand.bpmn": ERRAND, "forms/note.json": FORM})
    started = desk["admin"].post("/instances", {"definition_key": "errand", "variables": {"who": "王丽", "amount": 8, "ref": "R-17"}})
    assert started.status_code == 201, started.text
    return started.json  # type: ignore[no-any-return]


def first(desk: Desk, login: str, **query: str) -> dict[str, Any]:
    items = desk[login].get("/tasks", view="unit", **query).json["items"]
    assert items
    return items[0]  # type: ignore[no-any-return]


def noted(desk: Desk, login: str = "agent") -> dict[str, Any]:
    """The errand's first step, done."""
    task = first(desk, login)
    desk[login].post(f"/tasks/{task['id']}/claim")
    answer = desk[login].post(f"/tasks/{task['id']}/complete", {"variables": {"note": "快"}})
    assert answer.status_code == 200, answer.text
    return answer.json  # type: ignore[no-any-return]


def test_a_task_says_all_that_is_needed_to_do_it(desk: Desk, errand: dict[str, Any]) -> None:
    row = first(desk, "agent")
    assert (row["element_id"], row["status"], row["unit"], row["assignee"]) == ("ask", "open", "JN-FRONT", None)
    assert row["claimable_by"] == ["agent", "agent2"]
    assert row["work_order"] is None
    assert row["why"] == "王丽 要办"
    task = desk["agent"].get(f"/tasks/{row['id']}").json
    assert task["form"]["schema"]["required"] == ["note"]
    assert task["form"]["schema"]["properties"]["urgent"]["default"] is False
    assert task["form"]["ui"]["order"] == ["note", "urgent"]
    assert task["data"]["amount"] == 8
    assert (task["limit"]["minutes"], task["limit"]["calendar"]) == (60, "CAL-247")
    assert task["limit"]["used"] < 1
    assert task["due_at"] > task["created_at"]
    assert task["instance_id"] == errand["id"]


@pytest.mark.usefixtures("errand")
def test_a_task_is_claimed_done_and_the_next_one_comes(desk: Desk) -> None:
    task = first(desk, "agent")
    claimed = desk["agent"].post(f"/tasks/{task['id']}/claim")
    assert (claimed.status_code, claimed.json["status"], claimed.json["assignee"]) == (200, "claimed", "agent")
    assert desk["agent"].post(f"/tasks/{task['id']}/claim").status_code == 200
    assert [row["id"] for row in desk["agent"].get("/tasks").json["items"]] == [task["id"]]
    done = desk["agent"].post(f"/tasks/{task['id']}/complete", {"variables": {"note": "快", "urgent": True}})
    assert (done.status_code, done.json["status"], done.json["next"]) == (200, "completed", [])
    assert first(desk, "handler")["element_id"] == "go"
    assert [row["id"] for row in desk["agent"].get("/tasks", view="done").json["items"]] == [task["id"]]


def test_who_may_do_the_next_step_is_told_of_it(desk: Desk, errand: dict[str, Any]) -> None:
    task = first(desk, "agent")
    assert desk["admin"].post(f"/tasks/{task['id']}/reassign", {"user": "colleague"}).status_code == 200
    assert desk["colleague"].post(f"/tasks/{task['id']}/claim").status_code == 200
    done = desk["colleague"].post(f"/tasks/{task['id']}/complete", {"variables": {"note": "快"}}).json
    assert [(row["element_id"], row["claimable_by"]) for row in done["next"]] == [("go", ["colleague", "handler"])]
    assert done["next"][0]["instance_id"] == errand["id"]


@pytest.mark.usefixtures("errand")
def test_of_two_one_is_first_and_the_other_is_told_who(desk: Desk) -> None:
    task = first(desk, "agent")
    assert desk["agent"].post(f"/tasks/{task['id']}/claim").status_code == 200
    late = desk["agent2"].post(f"/tasks/{task['id']}/claim")
    assert (late.status_code, late.json["code"]) == (409, "task-already-claimed")
    assert "has claimed this task already" in late.json["detail"]
    stolen = desk["agent2"].post(f"/tasks/{task['id']}/complete", {"variables": {"note": "快"}})
    assert (stolen.status_code, stolen.json["code"]) == (409, "task-already-claimed")
    assert desk["agent"].post(f"/tasks/{task['id']}/complete", {"variables": {"note": "快"}}).status_code == 200
    again = desk["agent"].post(f"/tasks/{task['id']}/complete", {"variables": {"note": "快"}})
    assert (again.status_code, again.json["code"]) == (409, "task-done")


@pytest.mark.usefixtures("errand")
def test_completing_needs_a_claim(desk: Desk) -> None:
    answer = desk["agent"].post(f"/tasks/{first(desk, 'agent')['id']}/complete", {"variables": {"note": "快"}})
    assert (answer.status_code, answer.json["code"]) == (409, "task-not-claimed")


@pytest.mark.usefixtures("errand")
def test_wrong_answers_are_told_field_by_field(desk: Desk) -> None:
    task = first(desk, "agent")
    desk["agent"].post(f"/tasks/{task['id']}/claim")
    for variables, field in (({}, "note"), ({"note": "x" * 21}, "note"), ({"note": "快", "urgent": "perhaps"}, "urgent")):
        answer = desk["agent"].post(f"/tasks/{task['id']}/complete", {"variables": variables})
        assert answer.status_code == 422
        assert list(answer.json["fields"]) == [field]
        assert answer.json["fields"][field]
    unknown = desk["agent"].post(f"/tasks/{task['id']}/complete", {"variables": {"note": "快"}, "outcome": "x"})
    assert (unknown.status_code, unknown.json["fields"]) == (422, {"outcome": "Unknown field."})


@pytest.mark.usefixtures("errand")
def test_the_same_key_completes_once_and_answers_twice(desk: Desk) -> None:
    task = first(desk, "agent")
    desk["agent"].post(f"/tasks/{task['id']}/claim")
    key = {"Idempotency-Key": str(uuid4())}
    once, twice = (desk["agent"].post(f"/tasks/{task['id']}/complete", {"variables": {"note": "快"}}, **key) for _ in range(2))
    assert (once.status_code, once.json) == (twice.status_code, twice.json)
    other = desk["agent"].post(f"/tasks/{task['id']}/complete", {"variables": {"note": "慢"}}, **key)
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")


@pytest.mark.usefixtures("errand")
def test_who_read_an_older_version_does_not_write_over_the_newer(desk: Desk) -> None:
    task = first(desk, "agent")
    seen = desk["agent"].get(f"/tasks/{task['id']}").headers["ETag"]
    desk["agent"].post(f"/tasks/{task['id']}/claim")
    late = desk["agent"].post(f"/tasks/{task['id']}/release", **{"If-Match": seen})
    assert (late.status_code, late.json["code"]) == (412, "changed-meanwhile")
    now = desk["agent"].get(f"/tasks/{task['id']}").headers["ETag"]
    assert desk["agent"].post(f"/tasks/{task['id']}/release", **{"If-Match": now}).status_code == 200


@pytest.mark.usefixtures("errand")
def test_an_answer_that_is_given_again_names_the_version_that_it_tells_of(desk: Desk) -> None:
    task = first(desk, "agent")
    key = {"Idempotency-Key": str(uuid4())}
    once, twice = (desk["agent"].post(f"/tasks/{task['id']}/claim", **key) for _ in range(2))
    assert twice.headers["Idempotency-Replayed"] == "true"
    assert twice.headers["ETag"] == once.headers["ETag"]


@pytest.mark.usefixtures("errand")
def test_nor_where_the_newer_is_written_at_the_same_moment(desk: Desk) -> None:
    task = first(desk, "agent")
    seen = {"If-Match": desk["agent"].get(f"/tasks/{task['id']}").headers["ETag"]}
    told: list[int] = []
    other = Thread(target=lambda: told.append(desk["agent"].post(f"/tasks/{task['id']}/claim", **seen).status_code))
    with unit_of_work() as session:
        person = access.actor_of(session.scalars(select(User).where(User.login == "agent")).one())
        inbox.claim(session, UUID(task["id"]), person, clock.now())
        session.flush()
        other.start()
        until_it_waits(session, other)
    other.join()
    assert told == [412]


def test_work_goes_back_to_the_step_before(desk: Desk, errand: dict[str, Any]) -> None:
    noted(desk)
    task = first(desk, "handler")
    desk["handler"].post(f"/tasks/{task['id']}/claim")
    back = desk["handler"].post(f"/tasks/{task['id']}/return", {"reason": "INCOMPLETE", "note": "哪一天?"})
    assert (back.status_code, back.json["status"]) == (200, "completed")
    assert desk["admin"].get(f"/instances/{errand['id']}").json["active"] == ["ask"]
    assert desk["handler"].post(f"/tasks/{task['id']}/return", {"note": "x"}).json["fields"] == {
        "reason": "Missing data for required field."
    }


@pytest.mark.usefixtures("errand")
def test_a_task_is_released_handed_on_and_delegated(desk: Desk) -> None:
    task = first(desk, "agent")
    desk["agent"].post(f"/tasks/{task['id']}/claim")
    assert desk["agent"].post(f"/tasks/{task['id']}/release").json["status"] == "open"
    desk["agent"].post(f"/tasks/{task['id']}/claim")
    assert desk["agent"].post(f"/tasks/{task['id']}/delegate", {"user": "agent2"}).json["assignee"] == "agent2"
    assert desk["admin"].post(f"/tasks/{task['id']}/reassign", {"unit": "JN-FRONT"}).json["assignee"] is None
    for body in ({}, {"user": "agent", "unit": "JN-FRONT"}):
        assert desk["admin"].post(f"/tasks/{task['id']}/reassign", body).json["code"] == "one-receiver"
    assert desk["qa"].post(f"/tasks/{task['id']}/reassign", {"user": "qa"}).status_code == 404


@pytest.mark.usefixtures("errand")
def test_colleagues_leave_remarks(desk: Desk) -> None:
    task = first(desk, "agent")
    assert desk["agent2"].post(f"/tasks/{task['id']}/comments", {"text": "问过了"}).status_code == 200
    remarks = desk["agent"].get(f"/tasks/{task['id']}/comments").json["items"]
    assert [(remark["user"], remark["text"]) for remark in remarks] == [("agent2", "问过了")]
    assert desk["agent"].post(f"/tasks/{task['id']}/comments", {"text": ""}).json["fields"] == {"text": "This may not be empty."}


@pytest.mark.usefixtures("errand")
def test_other_peoples_tasks_do_not_exist(desk: Desk) -> None:
    task = first(desk, "agent")
    for path in (f"/tasks/{task['id']}", f"/tasks/{uuid4()}"):
        assert desk["visitor"].get(path).status_code == 404
        assert desk["visitor"].post(f"{path}/claim").status_code == 404
    assert desk["visitor"].get("/tasks", view="all").json["items"] == []
    assert desk["admin"].get("/tasks", view="all").json["items"][0]["id"] == task["id"]


def test_a_list_comes_page_by_page_in_the_asked_order(desk: Desk, errand: dict[str, Any]) -> None:
    for _ in range(4):
        desk["admin"].post("/instances", {"definition_key": "errand"})
    for sort in ("priority", "due_at", "created_at"):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        for _ in range(3):
            page = desk["agent"].get("/tasks", view="unit", limit=2, sort=sort, **cursor).json
            seen += [row["id"] for row in page["items"]]
            cursor = {"cursor": page["next_cursor"]}
        assert page["next_cursor"] is None
        assert len(seen) == len(set(seen)) == 5
    assert errand["id"] in {row["instance_id"] for row in desk["agent"].get("/tasks", view="unit").json["items"]}


@pytest.mark.parametrize(
    ("query", "field"), [({"sort": "password_hash"}, "sort"), ({"limit": 1000}, "limit"), ({"view": "theirs"}, "view")]
)
def test_what_a_list_does_not_know_is_refused(desk: Desk, query: dict[str, Any], field: str) -> None:
    answer = desk["agent"].get("/tasks", **query)
    assert (answer.status_code, list(answer.json["fields"])) == (422, [field])


def test_a_cursor_that_was_made_up_is_refused(desk: Desk) -> None:
    answer = desk["agent"].get("/tasks", cursor="made-up")
    assert (answer.status_code, answer.json["code"]) == (422, "bad-cursor")


def test_bodies_that_are_no_json_are_told_so(desk: Desk) -> None:
    agent = desk["agent"]
    path = f"/api/v1/tasks/{uuid4()}/complete"
    for data, kind, status, code in (
        (b"{", "application/json", 400, "malformed"),
        (b"variables=1", "application/x-www-form-urlencoded", 415, "media-type"),
        (b"[1]", "application/json", 422, "fields"),
    ):
        answer = agent.client.post(path, data=data, content_type=kind, headers=agent.headers)
        assert (answer.status_code, answer.json["code"]) == (status, code)


def test_nobody_gets_in_without_a_token(desk: Desk) -> None:
    answer = desk.app.test_client().get("/api/v1/tasks")
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
