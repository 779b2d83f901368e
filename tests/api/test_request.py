"""A request: done wholly or not at all, once however often it is sent, by nobody but who asks, and refused in his own language."""

import json
import threading
from datetime import timedelta
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, jsonify
from flask import request as http
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from bpm import access, clock, request
from bpm.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from bpm.models import ApiToken, IdempotencyKey, LoginSession, Setting, User
from bpm.models.database import unit_of_work
from bpm.models.faults import DatabaseBusyError
from bpm.request import reader
from bpm.settings import Settings
from tests.bpm.organisation import found


class FullError(ConflictError):
    code = "full"
    sentence = "The shelf is full: {count} of {room}."


class ShelfError(InvalidError):
    code = "shelf"


@pytest.fixture
def people(database: Engine) -> dict[str, User]:
    with unit_of_work() as session:
        return found(session)


@pytest.fixture
def server(settings: Settings, people: dict[str, User]) -> Flask:  # noqa: C901 -- one route a kind of end
    reader._actors.clear()
    app = Flask("baton-request")
    app.extensions["settings"] = settings
    request.register(app)

    @app.post("/put/<key>")
    def put(key: str) -> Any:
        request.session().add(Setting(key=key, value=request.actor().login))
        return jsonify(put=key, by=request.actor().login), 201

    @app.post("/put/<key>/and-fail/<kind>")
    def fail(key: str, kind: str) -> Any:
        request.session().add(Setting(key=key, value=""))
        request.session().flush()
        match kind:
            case "refusal":
                return jsonify(no=True), 422
            case "conflict":
                raise FullError(count=3, room=3)
            case "fields":
                raise ShelfError(fields={"key": "Unknown field."})
            case "forbidden":
                raise ForbiddenError
            case "missing":
                raise NotFoundError
            case "busy":
                raise DatabaseBusyError
            case "tries":
                raise access.TooManyTriesError(minutes=3)
            case _:
                raise ZeroDivisionError

    @app.get("/mine")
    def mine() -> Any:
        return jsonify(login=request.actor().login, language=request.language(), csrf=request.csrf_token())

    @app.get("/careless")
    def careless() -> Any:
        request.session().add(Setting(key="careless", value=""))
        return jsonify(done=True)

    @app.post("/echo")
    def echo() -> Any:
        return jsonify(files=len(http.files), got=len(http.get_data()))

    return app


@pytest.fixture
def client(server: Flask) -> FlaskClient:
    return server.test_client()


def token(login: str) -> dict[str, str]:
    with unit_of_work() as session:
        user = session.scalars(select(User).where(User.login == login)).one()
        return {"Authorization": f"Bearer {access.issue_token(session, user, clock.wall())}"}


def logged_in(client: FlaskClient, login: str) -> LoginSession:
    with unit_of_work() as session:
        user = session.scalars(select(User).where(User.login == login)).one()
        opened, secret = access.open_login(session, user, clock.wall())
    client.set_cookie(request.SESSION_COOKIE, secret)
    return opened


def kept() -> set[str]:
    with unit_of_work(write=False) as session:
        return set(session.scalars(select(Setting.key)))


# ---- wholly or not at all


def test_what_was_done_is_there_when_the_answer_comes(client: FlaskClient) -> None:
    answer = client.post("/put/lamp", headers=token("agent"))
    assert (answer.status_code, answer.json) == (201, {"put": "lamp", "by": "agent"})
    assert kept() == {"lamp"}


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("refusal", 422, None),
        ("conflict", 409, "full"),
        ("fields", 422, "shelf"),
        ("forbidden", 403, "forbidden"),
        ("missing", 404, "not-found"),
        ("busy", 503, "database-busy"),
        ("tries", 429, "too-many-tries"),
        ("fault", 500, "unexpected"),
    ],
)
def test_what_was_refused_has_left_no_trace(client: FlaskClient, kind: str, status: int, code: str | None) -> None:
    answer = client.post(f"/put/lamp/and-fail/{kind}", headers=token("agent"))
    assert answer.status_code == status
    assert kept() == set()
    if code:
        assert answer.content_type == "application/problem+json"
        assert (answer.json["status"], answer.json["code"], answer.json["type"]) == (status, code, f"urn:baton:problem:{code}")
        assert answer.json["title"]
        assert answer.json["detail"]


def test_a_refusal_carries_the_facts_and_the_fields_for_programs(client: FlaskClient) -> None:
    full = client.post("/put/lamp/and-fail/conflict", headers=token("agent") | {"Accept-Language": "en"}).json
    assert (full["detail"], full["facts"]) == ("The shelf is full: 3 of 3.", {"count": 3, "room": 3})
    shelf = client.post("/put/lamp/and-fail/fields", headers=token("agent") | {"Accept-Language": "en"}).json
    assert shelf["fields"] == {"key": "Unknown field."}


@pytest.mark.parametrize(("kind", "seconds"), [("busy", "2"), ("tries", "180")])
def test_who_is_asked_to_wait_is_told_how_long(client: FlaskClient, kind: str, seconds: str) -> None:
    assert client.post(f"/put/lamp/and-fail/{kind}", headers=token("agent")).headers["Retry-After"] == seconds


def test_a_commit_that_fails_is_told_instead_of_the_answer(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    who = token("agent")

    def busy() -> None:
        request.roll_back()
        raise DatabaseBusyError

    monkeypatch.setattr("bpm.request.unit.commit", busy)
    answer = client.post("/put/lamp", headers=who)
    assert (answer.status_code, answer.json["code"]) == (503, "database-busy")
    assert kept() == set()


def test_a_page_that_only_reads_cannot_change_anything(client: FlaskClient) -> None:
    assert client.get("/careless").status_code == 500
    assert kept() == set()


# ---- once, however often it is sent


def test_the_same_request_again_is_answered_again_and_not_done_again(client: FlaskClient) -> None:
    who = token("agent") | {"Idempotency-Key": "k1"}
    first, second = (client.post("/put/lamp", headers=who) for _ in range(2))
    assert (first.status_code, first.json) == (second.status_code, second.json) == (201, {"put": "lamp", "by": "agent"})
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"


def test_a_key_belongs_to_one_request(client: FlaskClient) -> None:
    who = token("agent") | {"Idempotency-Key": "k1"}
    client.post("/put/lamp", headers=who)
    other = client.post("/put/chair", headers=who)
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")
    assert kept() == {"lamp"}


def test_a_key_belongs_to_one_person(client: FlaskClient) -> None:
    for login, thing in (("agent", "lamp"), ("handler", "chair")):
        assert client.post(f"/put/{thing}", headers=token(login) | {"Idempotency-Key": "k1"}).json["by"] == login


def test_a_request_that_was_refused_may_be_sent_again(client: FlaskClient) -> None:
    who = token("agent") | {"Idempotency-Key": "k1"}
    for _ in range(2):
        assert client.post("/put/lamp/and-fail/conflict", headers=who).status_code == 409
    with unit_of_work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(IdempotencyKey)) == 0


def test_two_at_the_same_time_with_one_key_do_it_once(server: Flask) -> None:
    who = token("agent") | {"Idempotency-Key": "k1"}
    answers: list[Any] = []

    def send() -> None:
        answers.append(server.test_client().post("/put/lamp", headers=who))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 4
    assert sorted("Idempotency-Replayed" in answer.headers for answer in answers) == [False, True, True, True]


def test_a_form_with_files_is_the_same_whatever_line_parts_it(client: FlaskClient) -> None:
    who = token("agent") | {"Idempotency-Key": "k1"}
    for _ in range(2):
        answer = client.post("/echo", headers=who, data={"file": (BytesIO(b"<xml/>"), "a.bpmn")})
        assert answer.json == {"files": 1, "got": 0}
    changed = client.post("/echo", headers=who, data={"file": (BytesIO(b"<other/>"), "a.bpmn")})
    assert changed.json["code"] == "idempotency-key-reused"


def test_a_key_of_any_length_is_not_taken(client: FlaskClient) -> None:
    answer = client.post("/put/lamp", headers=token("agent") | {"Idempotency-Key": "k" * 201})
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency-key-too-long")


# ---- who asks


def test_nobody_is_told_to_log_in(client: FlaskClient) -> None:
    answer = client.post("/put/lamp")
    assert (answer.status_code, answer.json["code"]) == (401, "not-logged-in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_that_was_taken_back_is_no_use_from_then_on(client: FlaskClient) -> None:
    who = token("agent")
    assert client.get("/mine", headers=who).json["login"] == "agent"
    with unit_of_work() as session:
        session.scalars(select(ApiToken)).one().revoked_at = clock.wall()
    answer = client.get("/mine", headers=who)
    assert (answer.status_code, answer.json["code"]) == (401, "bad-token")


def test_a_token_nobody_has_issued_is_refused_even_beside_a_good_cookie(client: FlaskClient) -> None:
    logged_in(client, "agent")
    answer = client.get("/mine", headers={"Authorization": "Bearer baton_guessed"})
    assert (answer.status_code, answer.json["code"]) == (401, "bad-token")


def test_who_was_switched_off_is_out_at_once(client: FlaskClient, people: dict[str, User]) -> None:
    who = token("agent")
    logged_in(client, "agent")
    assert client.get("/mine").status_code == client.get("/mine", headers=who).status_code == 200
    with unit_of_work() as session:
        session.get_one(User, people["agent"].id).active = False
    assert client.get("/mine").status_code == client.get("/mine", headers=who).status_code == 401


def test_reading_pages_keeps_a_login_open(client: FlaskClient) -> None:
    opened = logged_in(client, "agent")
    with unit_of_work() as session:
        session.get_one(LoginSession, opened.id).seen_at = clock.wall() - timedelta(minutes=29)
    assert client.get("/mine").status_code == 200
    with unit_of_work(write=False) as session:
        assert clock.wall() - session.get_one(LoginSession, opened.id).seen_at < timedelta(minutes=1)


# ---- no other site writes in a person's name


def test_a_page_writes_with_its_own_secret(client: FlaskClient) -> None:
    csrf = logged_in(client, "agent").csrf
    assert client.get("/mine").json["csrf"] == csrf
    assert client.post("/put/lamp", headers={"X-CSRF-Token": csrf}).status_code == 201
    assert client.post("/put/chair", data={"csrf_token": csrf}).status_code == 201


@pytest.mark.parametrize("headers", [{}, {"X-CSRF-Token": "guessed"}])
def test_without_it_nothing_is_written(client: FlaskClient, headers: dict[str, str]) -> None:
    logged_in(client, "agent")
    answer = client.post("/put/lamp", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (403, "csrf")
    assert kept() == set()


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_is_sent_away_even_with_the_secret(client: FlaskClient, headers: dict[str, str]) -> None:
    csrf = logged_in(client, "agent").csrf
    answer = client.post("/put/lamp", headers={"X-CSRF-Token": csrf} | headers)
    assert (answer.status_code, answer.json["code"]) == (403, "foreign-origin")


@pytest.mark.parametrize("origin", ["http://localhost", "http://127.0.0.1:8000"])
def test_our_own_addresses_may_write(client: FlaskClient, origin: str) -> None:
    csrf = logged_in(client, "agent").csrf
    assert client.post("/put/lamp", headers={"X-CSRF-Token": csrf, "Origin": origin}).status_code == 201


# ---- in his own language


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("en", "en"), ("en-GB,zh;q=0.5", "en"), ("zh-CN,en;q=0.5", "zh"), ("de", "zh"), ("*", "zh"), (None, "zh")],
)
def test_a_program_says_which_language_it_wants(client: FlaskClient, accepted: str | None, language: str) -> None:
    headers = token("agent") | ({"Accept-Language": accepted} if accepted else {})
    assert client.get("/mine", headers=headers).json["language"] == language


def test_a_person_has_his_own_setting_whatever_the_browser_says(client: FlaskClient, people: dict[str, User]) -> None:
    logged_in(client, "agent")
    assert client.get("/mine", headers={"Accept-Language": "en"}).json["language"] == "zh"
    with unit_of_work() as session:
        session.get_one(User, people["agent"].id).language = "en"
    assert client.get("/mine", headers={"Accept-Language": "zh"}).json["language"] == "en"


def test_who_is_not_logged_in_is_refused_in_the_language_of_his_cookie(client: FlaskClient) -> None:
    client.set_cookie(request.LANGUAGE_COOKIE, "en")
    assert client.get("/mine").json["detail"] == "Log in first, or send a bearer token."


# ---- odds and ends of HTTP


def test_what_is_not_there_is_told_like_everything_else(client: FlaskClient) -> None:
    missing, wrong_way = client.get("/nowhere"), client.get("/put/lamp")
    assert (missing.status_code, missing.json["code"]) == (404, "not-found")
    assert (wrong_way.status_code, wrong_way.json["code"]) == (405, "method-not-allowed")
    assert wrong_way.headers["Allow"] == "OPTIONS, POST"


@pytest.mark.parametrize("name", ["\\", ""])  # the first is read as no name at all
def test_a_field_without_a_name_is_left_out(client: FlaskClient, name: str) -> None:
    body = f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\nlamp\r\n--cut--\r\n'
    sent = {"data": body, "content_type": "multipart/form-data; boundary=cut"}
    assert client.post("/echo", headers=token("agent"), **sent).status_code == 200


def test_a_body_that_is_too_large_is_not_read(server: Flask) -> None:
    server.config["MAX_CONTENT_LENGTH"] = 2_000_000
    answer = server.test_client().post("/echo", data=b"x" * 2_000_001, headers=token("agent") | {"Accept-Language": "en"})
    assert (answer.status_code, answer.json["code"]) == (413, "too-large")
    assert "2 MB" in answer.json["detail"]


def test_pages_draw_their_own_refusals_and_programs_get_documents(server: Flask) -> None:
    request.on_error(server, lambda problem: (f"<h1>{problem['code']}</h1>", problem["status"]))
    page = server.test_client().get("/nowhere")
    assert (page.status_code, page.text, page.mimetype) == (404, "<h1>not-found</h1>", "text/html")
    program = server.test_client().get("/api/v1/nowhere")
    assert program.content_type == "application/problem+json"


def test_when_the_database_is_gone_it_is_said_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"), connection_invalidated=True)

    monkeypatch.setattr(access, "token_user", gone)
    answer = client.get("/mine", headers={"Authorization": "Bearer baton_any"})
    assert (answer.status_code, answer.json["code"]) == (503, "database-unreachable")
    assert json.loads(answer.data)["title"]


def test_cookies_are_not_set_by_reading(client: FlaskClient) -> None:
    logged_in(client, "agent")
    assert not SimpleCookie(client.get("/mine").headers.get("Set-Cookie", ""))
