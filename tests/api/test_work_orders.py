"""Complaints by REST: taken in, followed, urged, put on hold, withdrawn, walked to their end, and reopened."""

from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from bpm import clock, follow_up
from bpm.access import CUSTOMER
from bpm.models import WorkOrder
from bpm.models.database import unit_of_work
from tests.api.desk import Desk
from tests.api.walker import do, walk
from tests.bpm.together import until_it_waits

PHONE = {"channel": "PHONE_1860", "title": "电梯里没有信号", "contact_phone": "13805310001", "class": "01010102"}
WEB = {"channel": "WEB_FORM", "title": "电梯里没有信号", "contact_email": "wang@example.org"}


@pytest.fixture(autouse=True)
def _complaints(desk: Desk) -> None:
    answer = desk.deploy_folder("complaint")
    assert answer.status_code == 201, answer.text


def told(desk: Desk, login: str = "agent", **fields: Any) -> dict[str, Any]:
    answer = desk[login].post("/work-orders", PHONE | fields)
    assert answer.status_code == 201, answer.text
    desk.advance()
    return desk["admin"].get(f"/work-orders/{answer.json['number']}").json  # type: ignore[no-any-return]


def open_tasks(desk: Desk, order: dict[str, Any]) -> list[dict[str, Any]]:
    items = desk["admin"].get(f"/instances/{order['instance_id']}/tasks").json["items"]
    return [task for task in items if task["status"] in {"open", "claimed", "suspended"}]


def at_the_handlers(desk: Desk) -> dict[str, Any]:
    """An order that a handler has in hand."""
    order = told(desk)
    walk(desk, order["number"], {"IN_PROGRESS"})
    return desk["admin"].get(f"/work-orders/{order['number']}").json  # type: ignore[no-any-return]


class TestTakingIn:
    def test_a_title_a_channel_and_one_contact_are_enough(self, desk: Desk) -> None:
        answer = desk["agent"].post("/work-orders", {"title": "没信号", "channel": "HALL", "contact_email": "wang@example.org"})
        order = answer.json
        assert answer.status_code == 201
        assert (order["type"], order["city"], order["channel"]) == ("COMPLAINT", "JN", "HALL")
        assert order["number"].startswith("SD-JN-")
        assert order["tracking_url"].startswith("http://127.0.0.1:8000/track/")
        instance = desk["admin"].get(f"/instances/{order['instance_id']}").json
        assert (instance["business_key"], instance["definition"]["key"]) == (order["number"], "complaint")

    def test_an_order_has_its_level_and_its_limits_when_it_was_registered(self, desk: Desk) -> None:
        order = told(desk)
        assert order["level"] in {"L1", "L2", "L3", "L4"}
        assert order["class"] == "01010102"
        assert order["due_at"]
        created, statutory = (datetime.fromisoformat(order[name]) for name in ("created_at", "statutory_due_at"))
        assert statutory - created == timedelta(days=15)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"title": ""}, "title"),
            ({"channel": "PIGEON"}, "channel"),
            ({"contact_phone": ""}, "contact_phone"),
            ({"contact_phone": "call me"}, "contact_phone"),
            ({"contact_email": "nobody"}, "contact_email"),
            ({"class": "99"}, "class"),
            ({"city": "NOWHERE"}, "city"),
            ({"type": "RIDDLE"}, "type"),
            ({"colour": "blue"}, "colour"),
            ({"amount_disputed": "much"}, "amount_disputed"),
        ],
    )
    def test_what_is_wrong_is_told_field_by_field(self, desk: Desk, change: dict[str, Any], field: str) -> None:
        answer = desk["agent"].post("/work-orders", PHONE | change)
        assert (answer.status_code, list(answer.json["fields"])) == (422, [field])
        assert desk["admin"].get("/work-orders").json["items"] == []

    def test_a_type_without_a_process_is_told(self, desk: Desk) -> None:
        answer = desk["agent"].post("/work-orders", PHONE | {"type": "PRAISE"})
        assert (answer.status_code, answer.json["code"]) == (404, "no-process-for-type")

    def test_the_same_contact_again_is_the_same_order(self, desk: Desk) -> None:
        first, again = (desk["agent"].post("/work-orders", PHONE | {"external_id": "call-17"}).json for _ in range(2))
        assert first["number"] == again["number"]
        first, again = (desk["agent"].post("/work-orders", PHONE, **{"Idempotency-Key": "k"}).json for _ in range(2))
        assert first == again
        assert len(desk["admin"].get("/work-orders").json["items"]) == 2

    def test_an_instance_of_such_a_process_makes_its_order(self, desk: Desk) -> None:
        body = {"definition_key": "complaint", "variables": {"title": "没信号", "contact_phone": "13805310001"}}
        instance = desk["admin"].post("/instances", body).json
        order = desk["admin"].get(f"/work-orders/{instance['business_key']}").json
        assert (order["title"], order["instance_id"]) == ("没信号", instance["id"])


class TestFinding:
    def test_orders_are_found_by_what_one_knows_of_them(self, desk: Desk) -> None:
        order = told(desk)
        other = told(desk, title="多收了钱", contact_phone="13805319999", **{"class": None})
        for query, numbers in (
            ({"q": order["number"]}, [order["number"]]),
            ({"q": "0001"}, [other["number"], order["number"]] if "0001" in other["number"] else [order["number"]]),
            ({"q": "多收"}, [other["number"]]),
            ({"class": "0101"}, [order["number"]]),
            ({"state": order["state"], "q": "电梯"}, [order["number"]]),
            ({"unit": "NOBODY"}, []),
            ({"at": "SD", "q": "电梯"}, [order["number"]]),
            ({"at": "NOBODY"}, []),
            ({"city": order["city"], "class": "0101"}, [order["number"]]),
            ({"late": "true"}, []),
            ({"limit": 1}, [other["number"]]),
        ):
            assert [row["number"] for row in desk["agent"].get("/work-orders", **query).json["items"]] == numbers, query
        page = desk["agent"].get("/work-orders", limit=1).json
        assert [row["number"] for row in desk["agent"].get("/work-orders", cursor=page["next_cursor"]).json["items"]] == [order["number"]]

    def test_who_has_nothing_to_do_with_it_does_not_see_it(self, desk: Desk) -> None:
        number = told(desk)["number"]
        assert desk["handler2"].get(f"/work-orders/{number}").status_code == 404
        assert desk["handler2"].get("/work-orders").json["items"] == []
        for what, body in (("urge", {"reason": "x"}), ("notes", {"text": "x"}), ("resume", {}), ("withdraw", {"reason": "x"})):
            assert desk["handler2"].post(f"/work-orders/{number}/{what}", body).status_code == 404
        assert desk["qa"].get(f"/work-orders/{number}").status_code == 200


class TestOnTheWay:
    def test_urging_counts_once_in_half_an_hour_and_raises_the_tier(self, desk: Desk) -> None:
        number = at_the_handlers(desk)["number"]
        urge = lambda: desk["agent"].post(f"/work-orders/{number}/urge", {"reason": "还没有人来"})  # noqa: E731
        assert urge().json["urge_count"] == 1
        assert urge().json["urge_count"] == 1
        desk.advance("PT31M")
        assert urge().json["urge_count"] == 2
        desk.advance()
        assert desk["agent"].get(f"/work-orders/{number}").json["escalation_tier"] >= 1
        assert desk["agent"].post(f"/work-orders/{number}/urge", {}).json["fields"] == {"reason": "Missing data for required field."}

    def test_on_hold_the_clock_stands_and_going_on_moves_the_due_time(self, desk: Desk) -> None:
        order = at_the_handlers(desk)
        number, task = order["number"], open_tasks(desk, order)[0]
        until = (datetime.fromisoformat(desk.advance()["now"]) + timedelta(days=2)).isoformat()
        held = desk["handler"].post(f"/work-orders/{number}/suspend", {"reason": "WAIT_CUSTOMER", "until": until})
        assert (held.status_code, held.json["state"], held.json["suspend_reason"]) == (200, "SUSPENDED", "WAIT_CUSTOMER")
        refused = desk["handler"].post(f"/tasks/{task['id']}/complete", {"variables": {}})
        assert (refused.status_code, refused.json["code"]) == (409, "task-suspended")
        assert desk["handler"].post(f"/work-orders/{number}/suspend", {"reason": "WAIT_CUSTOMER", "until": until}).status_code == 409
        desk.advance("PT24H")
        going = desk["handler"].post(f"/work-orders/{number}/resume").json
        assert going["state"] == order["state"]
        assert going["paused_minutes"] > 0
        assert going["due_at"] > order["due_at"]
        assert desk["handler"].post(f"/work-orders/{number}/resume").status_code == 409

    def test_an_order_wakes_when_its_day_has_come(self, desk: Desk) -> None:
        order = at_the_handlers(desk)
        until = (datetime.fromisoformat(desk.advance()["now"]) + timedelta(hours=3)).isoformat()
        desk["handler"].post(f"/work-orders/{order['number']}/suspend", {"reason": "WAIT_CUSTOMER", "until": until})
        desk.advance("PT4H")
        assert desk["admin"].get(f"/work-orders/{order['number']}").json["state"] == order["state"]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"reason": "WAIT_CUSTOMER", "until": "2020-01-01T00:00:00+08:00"}, 422),
            ({"reason": "WAIT_CUSTOMER", "until": "2036-01-01T00:00:00"}, 422),
            ({"reason": "HOLIDAY", "until": "2036-01-01T00:00:00+08:00"}, 422),
            ({"until": "2036-01-01T00:00:00+08:00"}, 422),
            ({"reason": "COURT_OR_REGULATOR", "until": "2036-01-01T00:00:00+08:00"}, 403),
        ],
    )
    def test_not_every_hold_is_granted(self, desk: Desk, body: dict[str, Any], status: int) -> None:
        number = at_the_handlers(desk)["number"]
        answer = desk["handler"].post(f"/work-orders/{number}/suspend", body)
        assert (answer.status_code, bool(answer.json["detail"])) == (status, True)

    def test_notes_are_for_the_staff_and_information_is_the_customers(self, desk: Desk) -> None:
        number = told(desk)["number"]
        assert desk["agent"].post(f"/work-orders/{number}/notes", {"text": "客户很急"}).status_code == 200
        assert desk["agent"].post(f"/work-orders/{number}/information", {"text": "三号楼"}).status_code == 200
        contacts = desk["agent"].get(f"/work-orders/{number}/contacts").json["items"]
        assert [(row["text"], row["public"]) for row in contacts if row["kind"] in {"note", "information"}] == [
            ("客户很急", False),
            ("三号楼", True),
        ]

    def test_a_customer_takes_his_complaint_back(self, desk: Desk) -> None:
        order = told(desk)
        answer = desk["agent"].post(f"/work-orders/{order['number']}/withdraw", {"reason": "已经好了"})
        assert answer.status_code == 200, answer.text
        desk.advance()
        assert desk["admin"].get(f"/work-orders/{order['number']}").json["state"] == "WITHDRAWN"
        assert open_tasks(desk, order) == []
        late = desk["agent"].post(f"/work-orders/{order['number']}/urge", {"reason": "x"})
        assert (late.status_code, late.json["code"]) == (409, "order-closed")

    def test_who_read_an_older_version_does_not_write_over_the_newer(self, desk: Desk) -> None:
        number = told(desk)["number"]
        seen = desk["agent"].get(f"/work-orders/{number}").headers["ETag"]
        desk["agent"].post(f"/work-orders/{number}/urge", {"reason": "x"})
        late = desk["agent"].post(f"/work-orders/{number}/withdraw", {"reason": "y"}, **{"If-Match": seen})
        assert (late.status_code, late.json["code"]) == (412, "changed-meanwhile")

    def test_nor_where_the_newer_is_written_at_the_same_moment(self, desk: Desk) -> None:
        number = told(desk)["number"]
        seen = {"If-Match": desk["agent"].get(f"/work-orders/{number}").headers["ETag"]}
        answers: list[int] = []
        late = Thread(target=lambda: answers.append(desk["agent"].post(f"/work-orders/{number}/urge", {"reason": "y"}, **seen).status_code))
        with unit_of_work() as session:
            order = session.scalars(select(WorkOrder).where(WorkOrder.number == number)).one()
            follow_up.urge(session, order, "x", CUSTOMER, clock.now())
            session.flush()
            late.start()
            until_it_waits(session, late)
        late.join()
        assert answers == [412]

    def test_work_goes_back_the_drawn_way(self, desk: Desk) -> None:
        order = at_the_handlers(desk)
        task = next(task for task in open_tasks(desk, order) if task["element_id"] == "handle")
        holder = desk[task["claimable_by"][0]]
        holder.post(f"/tasks/{task['id']}/claim")
        assert holder.post(f"/tasks/{task['id']}/return", {"reason": "INCOMPLETE", "note": "哪部电梯?"}).status_code == 200
        desk.advance()
        assert {task["element_id"] for task in open_tasks(desk, order)} == {"dispatch"}
        assert desk["admin"].get(f"/work-orders/{order['number']}").json["return_count"] == 1

    def test_a_return_chosen_in_the_form_is_one_like_that_of_the_button(self, desk: Desk) -> None:
        order = told(desk)
        [task] = open_tasks(desk, order)
        why = {"return_reason": "INCOMPLETE", "score_quality": 2, "score_comment": "没写清地点"}
        assert do(desk, task, outcome="RETURN", **why) == "review"
        journal = desk["admin"].get(f"/instances/{order['instance_id']}/journal").json["items"]
        [returned] = [entry for entry in journal if entry["kind"] == "task-returned"]
        assert (returned["element_id"], returned["facts"]["reason"]) == ("review", "INCOMPLETE")
        assert desk["admin"].get(f"/work-orders/{order['number']}").json["return_count"] == 1


class TestToTheEnd:
    @pytest.mark.parametrize(("login", "complaint"), [("agent", PHONE), ("admin", WEB)], ids=["phone", "web"])
    def test_a_program_walks_a_complaint_by_taking_the_defaults(self, desk: Desk, login: str, complaint: dict[str, Any]) -> None:
        number = desk[login].post("/work-orders", complaint).json["number"]
        done = walk(desk, number)
        order = desk["admin"].get(f"/work-orders/{number}").json
        assert order["state"] == "CLOSED"
        assert order["closed_at"]
        assert order["answered_at"]
        assert {"dispatch", "handle", "answer"} <= set(done)
        assert ("register" in done) == (complaint is WEB)

    def test_what_was_closed_can_be_reopened_under_the_same_number(self, desk: Desk) -> None:
        number = told(desk)["number"]
        early = desk["agent"].post(f"/work-orders/{number}/reopen", {"reason": "x"})
        assert (early.status_code, early.json["code"]) == (409, "order-not-closed")
        walk(desk, number)
        again = desk["agent"].post(f"/work-orders/{number}/reopen", {"reason": "又没有信号了"})
        assert again.status_code == 200, again.text
        desk.advance()
        order = desk["admin"].get(f"/work-orders/{number}").json
        assert (order["reopen_count"], order["closed_at"]) == (1, None)
        assert "handle" in walk(desk, number)

    def test_the_handlers_late_case_climbs_the_ladder(self, desk: Desk) -> None:
        order = at_the_handlers(desk)
        desk.advance("P10D")
        late = desk["admin"].get(f"/work-orders/{order['number']}").json
        assert late["escalation_tier"] >= 1
        task = open_tasks(desk, order)[0]
        do(desk, task)
