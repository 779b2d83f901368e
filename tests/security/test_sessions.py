"""Coming in, staying in, going out; and other sites that would like to write in a person's name."""

import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from bpm import access, clock
from bpm.access import logins, tries
from bpm.models import LoginSession
from bpm.models.database import unit_of_work
from bpm.models.faults import DatabaseBusyError
from bpm.request import SESSION_COOKIE, unit
from tests.security.test_who_may_what import PUBLIC, body_of, requests
from tests.security.town import PASSWORD, Town

FOREIGN = "https://evil.example"


def log_in(browser: FlaskClient, login: str = "agent", password: str = PASSWORD, to: str = "", **headers: str) -> TestResponse:
    return browser.post("/login", data={"login": login, "password": password, "to": to}, headers=headers)


def cookie_line(answer: TestResponse, name: str) -> str:
    return next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{name}="))


def test_the_cookie_is_for_this_server_only_and_no_script_reads_it(town: Town) -> None:
    line = cookie_line(log_in(town.stranger), SESSION_COOKIE)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(line.split("; "))
    assert "Secure" not in line
    over_tls = town.stranger.post("/login", data={"login": "agent", "password": PASSWORD}, base_url="https://localhost")
    assert "Secure" in cookie_line(over_tls, SESSION_COOKIE)
    assert over_tls.headers["Strict-Transport-Security"]
    said = town["agent"].post("/notices/read").response
    assert "SameSite=Lax" in cookie_line(said, "baton_told")
    assert "HttpOnly" in cookie_line(said, "baton_told")


def test_a_login_gets_a_secret_of_its_own_and_the_one_before_is_worthless(town: Town) -> None:
    browser = town.stranger
    browser.set_cookie(SESSION_COOKIE, "chosen-by-an-attacker")
    first = log_in(browser)
    assert "chosen-by-an-attacker" not in cookie_line(first, SESSION_COOKIE)
    old = browser.get_cookie(SESSION_COOKIE)
    assert old is not None
    with unit_of_work(write=False) as session:
        assert all(old.value not in (row.secret_hash, row.csrf) for row in session.scalars(select(LoginSession)))
    again = {"login": "agent", "password": PASSWORD, "csrf_token": csrf_of(old.value)}
    assert browser.post("/login", data=again).status_code == 303
    thief = town.stranger
    thief.set_cookie(SESSION_COOKIE, old.value)
    assert thief.get("/inbox").status_code == 302


def csrf_of(secret: str) -> str:
    with unit_of_work(write=False) as session:
        found = access.session_of(session, secret, clock.wall())
        assert found is not None
        return found.csrf


def test_logging_out_ends_the_login_on_the_server(town: Town) -> None:
    browser = town.stranger
    log_in(browser)
    secret = browser.get_cookie(SESSION_COOKIE)
    assert secret is not None
    assert browser.post("/logout").status_code == 403, "another site logs nobody out"
    assert browser.post("/logout", data={"csrf_token": csrf_of(secret.value)}).status_code == 303
    thief = town.stranger
    thief.set_cookie(SESSION_COOKIE, secret.value)
    assert thief.get("/inbox").status_code == 302


@pytest.mark.parametrize(
    ("after", "every", "path", "inside"),
    [
        (timedelta(minutes=31), None, "/inbox", False),
        (timedelta(hours=2), timedelta(minutes=20), "/orders", True),
        (timedelta(hours=2), timedelta(minutes=20), "/notices/bell?since=0", False),
        (timedelta(hours=12, minutes=1), timedelta(minutes=20), "/orders", False),
    ],
)
def test_a_login_grows_old(town: Town, after: timedelta, every: timedelta | None, path: str, inside: bool) -> None:
    """Idle for half an hour, or open for twelve: it is over. A page that merely stands open and asks for its bell keeps nobody in."""
    browser = town.stranger
    log_in(browser)
    start, passed = clock.wall(), timedelta(0)
    while every is not None and passed + every < after:
        passed += every
        with patch.object(clock, "wall", return_value=start + passed):
            browser.get(path)
    with patch.object(clock, "wall", return_value=start + after):
        assert (browser.get("/inbox").status_code == 200) is inside


def test_every_write_of_a_cookie_needs_the_secret_of_its_login(town: Town) -> None:
    loot, person = town.loot, town["admin"]
    before = town.standing(loot)
    for rule, method, path in requests(town, loot.values()):
        if method != "POST" or rule.rule == "/login":
            continue
        for headers in ({}, {"X-CSRF-Token": "x"}, {"X-CSRF-Token": town["agent"].csrf}):
            answer = person.client.post(path, json=body_of(town, rule, method), headers=headers)
            assert answer.status_code == 403, (rule.rule, headers)
    assert town.standing(loot) == before
    assert person.get("/inbox").status == 200, "not even logged out"


@pytest.mark.parametrize(
    "headers", [{"Origin": FOREIGN}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://localhost:81"}]
)
def test_what_another_site_has_caused_is_not_carried_out(town: Town, headers: dict[str, str]) -> None:
    person = town["agent"]
    assert person.post("/notices/read", **headers).status == 403
    assert log_in(town.stranger, **headers).status_code == 403
    for path in ("/complain", "/track", f"/track/{town.loot.token}/withdraw"):
        assert town.stranger.post(path, data={"what": "x"}, headers=headers).status_code == 403, path
    assert person.post("/notices/read", Origin="http://localhost").status == 303


def test_a_bad_token_does_not_fall_back_to_the_cookie(town: Town) -> None:
    person = town["agent"]
    for token in ("Bearer x", "bearer ", "Bearer baton_x", "BEARER null"):
        assert person.client.post("/api/v1/work-orders", json={}, headers={"Authorization": token}).status_code == 401, token
        assert person.client.post("/notices/read", headers={"Authorization": token}).status_code == 401, token


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\\\\evil.example",
        "/%09/x\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "evil.example",
        "/\\/evil.example",
        "///evil.example",
        " //evil.example",
    ],
)
def test_nobody_is_sent_to_another_site_after_logging_in(town: Town, to: str) -> None:
    place = log_in(town.stranger, to=to).headers["Location"]
    assert place == "/inbox"
    person = town["agent"]
    for given in ({"back": to}, {}):
        chosen = person.client.post(
            "/language",
            data={"csrf_token": person.csrf, "language": "zh", **given},
            headers={"HX-Current-URL": to.strip()} if "\n" not in to and not given else {},
        )
        assert re.match(r"/[^/\\\s]|/$", chosen.headers["Location"]), given
    assert log_in(town.stranger, to="/orders?q=车库").headers["Location"].startswith("/orders?q=")


def test_a_guesser_is_stopped_even_when_he_asks_many_times_at_once(town: Town) -> None:
    """Five tries, however many come before the first was answered: counted before the password is looked at."""
    now = clock.wall()
    asked: list[int] = []

    def verify(kept: str, password: str) -> bool:
        del kept, password
        asked.append(1)
        with (
            unit_of_work(write=False) as session,
            pytest.raises(access.TooManyTriesError if len(asked) >= tries.OF_ACCOUNT else access.LoginFailedError),
        ):
            access.check_password(session, "agent", "x", "10.1.1.1", now)
        return False

    with patch.object(logins, "_verify", verify):
        assert log_in(town.stranger, password="x").status_code == 401
    assert len(asked) == tries.OF_ACCOUNT
    assert log_in(town.stranger).status_code == 429, "now even the right one must wait"
    assert "Retry-After" not in town.stranger.get("/login").headers


def test_a_household_does_not_become_many_by_its_addresses(town: Town) -> None:
    """Whoever has an IPv6 network has more addresses than there are passwords."""
    with patch.object(logins, "_verify", return_value=False):
        told = [
            town.stranger.post(
                "/login", data={"login": f"someone{n}", "password": "x"}, environ_base={"REMOTE_ADDR": f"2001:db8:1:1::{n:x}"}
            ).status_code
            for n in range(tries.OF_ADDRESS + 1)
        ]
    assert told == [401] * tries.OF_ADDRESS + [429]
    for address, counted_as in (
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("?" * 500, "?" * 100),
    ):
        assert access.household(address) == counted_as
    assert len(tries.account("x" * 400_000)) <= 100, "what is no login is not kept"


def test_unknown_and_wrong_say_the_same(town: Town) -> None:
    told = []
    for login, password in (("agent", "wrong"), ("no-such-person", PASSWORD), ("qa", PASSWORD), ("", ""), ("agent\x00", PASSWORD[:-1])):
        with patch.object(logins, "_verify", wraps=logins._verify) as verify:
            answer = log_in(town.stranger, login, password)
        told.append((answer.status_code, answer.text.replace(f'type="text" value="{login}"', ""), verify.call_count))
    assert len({(status, calls) for status, _, calls in told}) == 1
    assert len({text for _, text, _ in told[:3]}) == 1


def test_nobody_waits_for_the_database_while_a_password_is_checked(town: Town) -> None:
    def verify(kept: str, password: str) -> bool:
        del kept, password
        with unit_of_work() as session:  # another request writes meanwhile
            access.touch(session, session.scalars(select(LoginSession.id)).first() or town.loot.task_id, clock.wall())
        return True

    town["agent"]
    with patch.object(logins, "_verify", verify):
        assert log_in(town.stranger).status_code == 303


def test_pages_have_their_headers_also_when_the_last_moment_goes_wrong(town: Town) -> None:
    with patch.object(unit, "commit", side_effect=DatabaseBusyError):
        broken = town["agent"].get("/inbox")
    assert broken.status == 503
    for answer in (
        broken.response,
        town.stranger.get("/login"),
        town.stranger.get("/nowhere"),
        town.desk["agent"].get("/tasks"),
        town.stranger.post("/inbox/claim-next"),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_public_needs_no_login_for_what_is_public_and_only_that() -> None:
    assert [path for path in ("/login", "/complain", "/track", "/track/x/urge", "/healthz") if not PUBLIC.fullmatch(path)] == []
    assert [path for path in ("/inbox", "/orders/x", "/profile", "/api/v1/tasks", "/definitions") if PUBLIC.fullmatch(path)] == []
