"""The files of an order, by programs."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from tests.api.desk import API, Desk


@pytest.fixture
def number(desk: Desk) -> str:
    desk.deploy_folder("complaint")
    told = {"channel": "PHONE_1860", "title": "电梯里没有信号", "contact_phone": "13805310001", "class": "01010102"}
    return str(desk["agent"].post("/work-orders", told).json["number"])


def send(desk: Desk, number: str, *files: tuple[bytes, str], login: str = "agent") -> TestResponse:
    program = desk[login]
    parts: dict[str, Any] = {"files": [(BytesIO(content), name) for content, name in files]}
    return program.client.post(f"{API}/work-orders/{number}/attachments", data=parts, headers=program.headers)


def test_files_are_added_listed_and_read(desk: Desk, number: str) -> None:
    made = send(desk, number, (b"a lift", "lift.txt"), (b"a bill", "bill.pdf"))
    assert (made.status_code, [each["name"] for each in made.json["items"]]) == (201, ["lift.txt", "bill.pdf"])
    listed = desk["agent"].get(f"/work-orders/{number}/attachments").json["items"]
    assert [(each["name"], each["size"], each["by_customer"]) for each in listed] == [("lift.txt", 6, False), ("bill.pdf", 6, False)]
    read = desk["agent"].get(f"/work-orders/{number}/attachments/{listed[0]['id']}")
    assert (read.data, read.mimetype) == (b"a lift", "application/octet-stream")
    assert "lift.txt" in read.headers["Content-Disposition"]


def test_one_file_that_is_refused_keeps_all_of_them_out(desk: Desk, number: str) -> None:
    assert send(desk, number, (b"a lift", "lift.txt"), (b"MZ", "virus.exe")).json["code"] == "attachment-refused"
    assert send(desk, number).json["code"] == "no-files"
    assert desk["agent"].get(f"/work-orders/{number}/attachments").json["items"] == []


def test_whoever_may_not_see_the_order_sees_no_file_of_it(desk: Desk, number: str) -> None:
    made = send(desk, number, (b"a lift", "lift.txt")).json["items"][0]["id"]
    assert desk["analyst"].get(f"/work-orders/{number}/attachments").status_code == 404
    assert desk["analyst"].get(f"/work-orders/{number}/attachments/{made}").status_code == 404
    assert send(desk, number, (b"a lift", "lift.txt"), login="analyst").status_code == 404
    assert desk["agent"].get(f"/work-orders/{number}/attachments/{uuid4()}").status_code == 404
