"""The public form, the private link, and whoever wants the program to stop working: much, deep, slow, and what the log says of it."""

import gc
import json
import logging
import socket
from datetime import timedelta
from io import BytesIO
from unittest.mock import patch

import pytest
from sqlalchemy import func, select
from waitress import wasyncore

from bpm import attachments, clock, serving, tracking, workorders
from bpm.models import Attachment, WorkOrder
from bpm.models.database import engine_options, unit_of_work
from bpm.models.faults import DatabaseBusyError
from bpm.request import unit
from tests.security.payloads import SCRIPTS
from tests.security.town import Town
from tests.web.office import COMPLAINT

SECRETS = ("13805312716", "liu@example.com", "baton_", "刘海燕")


def orders() -> int:
    with unit_of_work(write=False) as session:
        return session.scalar(select(func.count()).select_from(WorkOrder)) or 0


def complain(town: Town, address: str = "127.0.0.1", **fields: str) -> int:
    form = {"what": "没有信号", "phone": "13805312716", **fields}
    return town.stranger.post("/complain", data=form, environ_base={"REMOTE_ADDR": address}).status_code


def test_an_address_complains_ten_times_an_hour(town: Town) -> None:
    before = orders()
    assert [complain(town) for _ in range(11)] == [303] * 10 + [429]
    assert complain(town, "10.0.0.9") == 303, "the neighbours still may"
    assert orders() - before == 11
    told = [complain(town, f"2001:db8::{number}") for number in range(1, 12)]
    assert told == [303] * 10 + [429], "a network of addresses is one neighbour"
    with patch.object(clock, "wall", return_value=clock.wall() + timedelta(minutes=61)):
        assert complain(town) == 303


def test_the_digits_of_a_number_are_not_guessed_from_many_addresses(town: Town) -> None:
    number = town.another().number
    told = []
    for guess in range(12):
        answer = town.stranger.post(
            "/track", data={"number": number, "digits": f"{guess:04}"}, environ_base={"REMOTE_ADDR": f"10.0.0.{guess}"}
        )
        told.append(answer.status_code)
    assert told == [404] * 10 + [429] * 2
    right = town.stranger.post("/track", data={"number": number, "digits": "2716"}, environ_base={"REMOTE_ADDR": "10.1.0.1"})
    assert right.status_code == 429
    tracking.guesses.clear()
    for _ in range(12):
        assert town.stranger.post("/track", data={"number": f" {number.lower()}", "digits": "2716"}).status_code == 303


@pytest.mark.parametrize(
    "what",
    [
        "\u202e\u2066x",
        "\ud83d\ude00" * 2000,
        "a\u0300" * 3000,
        "\u0000\u0000x",
        "\x1b[2J\x07x",
        "\ufeffx",
        "Z\u0351" * 4000,
        "x\r\n" * 3000,
        *SCRIPTS[:3],
    ],
)
def test_odd_letters_are_letters(town: Town, what: str) -> None:
    what = what.encode("utf-16", "surrogatepass").decode("utf-16")
    tracking.complaints.clear()
    answer = town.stranger.post("/complain", data={"what": what, "phone": "13805312716"})
    assert answer.status_code == 303
    with unit_of_work(write=False) as session:
        order = workorders.by_token(session, answer.headers["Location"].rpartition("/")[2])
        assert order.description == what.replace("\0", "").strip()
        assert len(order.title) <= 200
        assert len(order.title.splitlines()) == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"what": " \u2003\t\n"}, 422),
        ({"what": "x" * 10_001}, 422),
        ({"phone": "1" * 400, "what": "x"}, 422),
        ({"phone": "+86 138-0531-2716; DROP"}, 422),
        ({"email": "a@b", "phone": "x"}, 422),
        ({"name": "x" * 101}, 422),
        ({"about": "<b>"}, 303),
        ({"what": "x" * 400_000}, 422),
        ({"unknown": "x"}, 303),
    ],
)
def test_a_form_that_is_too_much_is_refused_in_words(town: Town, fields: dict[str, str], status: int) -> None:
    assert complain(town, **fields) == status


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # werkzeug leaves the parts before the last one open
def test_a_form_of_ten_thousand_fields_and_files_ends_soon(town: Town) -> None:
    many = {f"field{number}": "x" for number in range(10_000)}
    assert complain(town, **many) == 303, "what nobody asks for is not read"
    files = {f"files{number}": (BytesIO(b"x"), "x.pdf") for number in range(2_000)}
    assert town.stranger.post("/complain", data={"what": "x", "phone": "13805312716", **files}).status_code == 413
    huge = town.stranger.post("/complain", data=b"x" * 33_000_000, content_type="application/x-www-form-urlencoded")
    assert huge.status_code == 413
    gc.collect()  # here, so that no other test hears of what was left open


def test_a_private_link_is_no_store_of_files(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    loot = town.another()
    monkeypatch.setattr(attachments, "_MOST_FILES", {True: (4, 1000), False: (3, 10_000)})

    def send(*sizes: int, name: str = "photo.jpg") -> int:
        files = [(BytesIO(b"x" * size), name) for size in sizes]
        return town.stranger.post(f"/track/{loot.token}/message", data={"text": "", "files": files}).status_code

    assert send(10, 10) == 303
    assert send(2000) == 422, "too many bytes"
    assert send(10, 10, 10) == 422, "too many files; none of them is kept"
    assert send(10, 10) == 303
    assert send(10) == 422
    assert send(10, name="run.exe") == 422
    with unit_of_work(write=False) as session:
        order = session.scalars(select(WorkOrder).where(WorkOrder.number == loot.number)).one()
        by_customer = [file.by_customer for file in attachments.of_order(session, order)]
        assert sorted(by_customer) == [False, True, True, True, True]
    assert town.stranger.post(f"/track/{loot.token}/message", data={"text": "x" * 20_001}).status_code == 422
    person = town["reviewer"]
    assert person.post(f"/inbox/tasks/{loot.task_id}/comments", {"text": "x" * 20_001}).status == 422


def test_a_file_is_a_download_of_no_kind_whatever_it_calls_itself(town: Town) -> None:
    loot = town.another()
    page = (b"<html><script>alert(1)</script>", "page.html.pdf", "text/html")
    assert town["agent"].post(f"/orders/{loot.number}/attachments", {"files": (BytesIO(page[0]), *page[1:])}).status == 303
    for name in ("x.html", "x.svg", "x.pdf.html", "x", ".htaccess", "x.php", "x.js"):
        assert town["agent"].post(f"/orders/{loot.number}/attachments", {"files": (BytesIO(b"x"), name)}).status == 422, name
    with unit_of_work(write=False) as session:
        file = session.scalars(select(Attachment).where(Attachment.name == "page.html.pdf")).one()
    answer = town["agent"].get(f"/orders/{loot.number}/attachments/{file.id}").response
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == "attachment; filename=page.html.pdf"


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    "body",
    [
        '{"definition_key": "complaint", "variables": {"a": ' + nested(61) + "}}",
        nested(100_000),
        '{"a":' * 900 + "1" + "}" * 900,
        "[" * 1_000_000,
        '{"definition_key": "complaint", "variables": {"a": [' + ",".join(["[]"] * 700_000) + "]}}",
        '{"a": 1e999}',
        '{"a": NaN}',
        '{"a": "\\ud800"}',
        '"x"',
        "1",
        "null",
        "",
        "\x00",
    ],
)
def test_json_that_is_deep_or_much_or_odd_is_refused(town: Town, body: str) -> None:
    agent = town.desk["agent"]
    for path in ("/instances", "/work-orders", "/messages"):
        answer = agent.client.post(f"/api/v1{path}", data=body.encode(), headers={**agent.headers, "Content-Type": "application/json"})
        assert answer.status_code in {400, 403, 422}, (path, answer.status_code)
        assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    "variables",
    [
        {"channel": ["x"]},
        {"channel": {}},
        {"city": ["JN"]},
        {"class": {"a": 1}},
        {"title": ["x"]},
        {"title": 5},
        {"contact_phone": 13805312716},
        {"contact_phone": ["1"]},
        {"contact_email": {"a": 1}},
        {"customer": "x"},
        {"customer": [1]},
        {"amount_disputed": 1e300},
        {"affected_users": -1},
        {"on_the_spot": "yes"},
        {"sp_code": 7},
    ],
)
def test_variables_of_another_kind_are_field_errors(town: Town, variables: dict[str, object]) -> None:
    answer = town.desk["agent"].post("/instances", {"definition_key": "complaint", "variables": variables})
    assert (answer.status_code, list(answer.json["fields"])) == (422, list(variables))


@pytest.mark.parametrize("amount", ["nan", "inf", "-inf", "1e400", "1e300", "٣" * 400, "0x10", "1_000_000_000_000_000"])
def test_an_amount_is_a_number(town: Town, amount: str) -> None:
    assert town["agent"].post("/intake", {**COMPLAINT, "amount_disputed": amount}).status == 422


@pytest.mark.parametrize(
    "until", ["0001-01-01T00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30T00:00", "tomorrow"]
)
def test_moments_at_the_ends_of_time_are_refused(town: Town, until: str) -> None:
    loot = town.loot
    before = town.standing(loot)
    held = town["manager"].post(f"/orders/{loot.number}/suspend", {"reason": "WAIT_CUSTOMER", "until": until, "note": ""})
    assert held.status == 422, until
    answer = town.desk["manager"].post(f"/work-orders/{loot.number}/suspend", {"reason": "WAIT_CUSTOMER", "until": until})
    assert answer.status_code == 422, until
    assert town.standing(loot) == before


@pytest.mark.parametrize("tasks", [["x"], [""], ["' OR 1=1"], ["0" * 100_000], ["00000000-0000-0000-0000-000000000000"] * 5_000])
def test_a_selection_that_no_list_has_made_is_refused(town: Town, tasks: list[str]) -> None:
    assert town["agent"].post("/inbox/bulk/claim", {"task": tasks}).status == 404


def test_the_log_and_the_error_page_keep_what_they_know_to_themselves(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    loot = town.another()
    with caplog.at_level(logging.DEBUG), patch.object(workorders, "by_token", side_effect=ZeroDivisionError("SECRET")):
        public = town.stranger.get(f"/track/{loot.token}")
    assert public.status_code == 500
    assert "SECRET" not in public.text
    assert "Traceback" not in public.text
    assert loot.token not in caplog.text
    assert "/track/<token>" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.DEBUG), patch.object(workorders, "by_number", side_effect=ZeroDivisionError):
        town.desk["agent"].get("/work-orders/x%0aERROR all is lost%0a")
    assert "all is lost" not in caplog.text
    caplog.clear()
    complain(town)
    town.desk["agent"].post("/work-orders", {**COMPLAINT, "contact_email": "liu@example.com"})
    town.stranger.post("/login", data={"login": "agent", "password": "13805312716"})
    with patch.object(unit, "commit", side_effect=DatabaseBusyError):
        complain(town)
    assert [secret for secret in SECRETS if secret in caplog.text] == []
    assert engine_options("sqlite://")["hide_parameters"] is True, "an error of the database shows no values"


def test_what_is_wrong_is_told_without_what_is_inside(town: Town) -> None:
    for method, path in (
        ("GET", "/track/x/../../etc/passwd"),
        ("PUT", "/inbox"),
        ("DELETE", "/api/v1/tasks"),
        ("TRACE", "/"),
        ("POST", "/static/baton.css"),
        ("GET", "/static/..%2fframe.py"),
        ("GET", "/static/%2e%2e/frame.py"),
    ):
        answer = town.stranger.open(path, method=method)
        assert answer.status_code in {404, 405}, path
        for inside in ("Traceback", "/work", "site-packages", "Werkzeug", "sqlite", "waitress"):
            assert inside not in answer.text, (path, inside)
        assert "Server" not in answer.headers


def test_a_client_that_only_drips_is_hung_up_on(town: Town) -> None:
    """A request's head must be there after twenty seconds, its body after five minutes; what is quick is served."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = listening.getsockname()
        server = serving.http_server(town.app, listening)
        slow, slow_body, quick = (socket.create_connection(address) for _ in range(3))
        at = [1000.0]

        def turn(passed: float, *said: tuple[socket.socket, bytes]) -> None:
            at[0] += passed
            for client, text in said:
                client.sendall(text)
            for _ in range(6):
                wasyncore.loop(timeout=0.05, use_poll=True, map=server._map, count=1)

        body = b"POST /complain HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
        with patch.object(serving.time, "monotonic", lambda: at[0]):
            turn(0, (slow, b"GET / HTTP/1.1\r\n"), (slow_body, body), (quick, b"GET /healthz HTTP/1.1\r\nHost: x\r\n"))
            turn(19, (slow, b"X-a: b\r\n"), (slow_body, b"x"), (quick, b"\r\n"))
            assert quick.recv(100).startswith(b"HTTP/1.1 200")
            turn(2, (slow, b"X-a: b\r\n"), (slow_body, b"x"), (quick, b"GET /healthz HTTP/1.1\r\nHost: x\r\n"))
            assert slow.recv(100) == b""
            turn(270, (slow_body, b"x"))
            turn(30, (slow_body, b"x"))
            assert slow_body.recv(100) == b""
        assert server.adj.connection_limit == serving.MOST_CONNECTIONS
        for client in (slow, slow_body, quick):
            client.close()
        server.task_dispatcher.shutdown()
        for end in list(server._map.values()):
            end.close()


def test_the_same_words_come_back_as_json_to_programs(town: Town) -> None:
    answer = town.desk["agent"].post("/instances", {"definition_key": "nothing", "variables": {}})
    assert answer.status_code == 404
    assert set(json.loads(answer.data)) <= {"type", "title", "status", "detail", "code", "facts"}
