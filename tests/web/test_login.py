"""Logging in and out, and everybody's own settings."""

import pytest

from bpm import access, clock
from bpm.models import User
from bpm.models.database import unit_of_work
from bpm.models.faults import DatabaseUnreachableError
from tests.web.office import Office, Person

PASSWORD = "a long enough sentence"


def _with_password(office: Office, login: str) -> Person:
    with unit_of_work() as session:
        session.query(User).filter_by(login=login).one().password_hash = access.hash_password(PASSWORD)
    return office.customer


def test_a_wrong_password_keeps_the_login_that_was_typed(office: Office) -> None:
    browser = _with_password(office, "agent")
    answer = browser.post("/login", {"login": "agent", "password": "wrong"})
    assert answer.status == 401
    assert answer.value("login") == "agent"
    assert "工号或密码不对" in answer.text


def test_the_right_password_leads_to_the_page_that_was_wanted(office: Office) -> None:
    browser = _with_password(office, "agent")
    wanted = browser.get("/orders?state=CLOSED")
    assert wanted.response.headers["Location"] == "/login?to=/orders?state%3DCLOSED"
    answer = browser.post("/login", {"login": "agent", "password": PASSWORD, "to": "/orders?state=CLOSED"})
    assert answer.response.headers["Location"] == "/orders?state=CLOSED"
    assert browser.get("/orders").status == 200


def test_even_without_the_database_people_are_answered_in_their_language(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise DatabaseUnreachableError

    browser, saved = _with_password(office, "agent"), office["handler"]
    office.speak("agent", "en")
    browser.post("/login", {"login": "agent", "password": PASSWORD})
    saved.post("/profile", {"language": "en"})
    monkeypatch.setattr("bpm.access.session_of", gone)
    for person in (browser, saved):
        assert "The database cannot be reached" in person.get("/orders").text


def test_a_login_leads_to_no_other_site(office: Office) -> None:
    _with_password(office, "agent")
    for address in ("https://example.org", "//example.org", "/\\example.org"):
        answer = office.customer.post("/login", {"login": "agent", "password": PASSWORD, "to": address})
        assert answer.response.headers["Location"] == "/inbox"


def test_after_logging_out_the_pages_are_closed(office: Office) -> None:
    agent = office["agent"]
    assert agent.post("/logout").status == 303
    assert agent.get("/inbox").status == 302


def test_a_visitor_chooses_the_language_of_his_browser(office: Office) -> None:
    browser = office.customer
    assert "我要投诉" in browser.get("/complain").text
    browser.post("/language", {"language": "en"})
    assert "What happened" in browser.get("/complain").text


def test_the_language_that_is_chosen_at_the_login_is_that_of_the_pages_behind_it(office: Office) -> None:
    _with_password(office, "agent")
    browser = office.customer
    back = browser.get("/login?to=/orders").find("form[action='/language'] [name=back]")[0].get("value")
    english = browser.follow(browser.post("/language", {"language": "en", "back": back}))
    [form] = [each for each in english.find("form[action='/login']") if each.find(".//input[@type='password']") is not None]
    logged_in = browser.post("/login", {**dict(form.form_values()), "login": "agent", "password": PASSWORD})
    assert logged_in.response.headers["Location"] == "/orders"
    assert "My tasks" in browser.get("/inbox").text


def test_language_and_keys_are_kept_with_the_person(office: Office) -> None:
    agent = office["agent"]
    answer = agent.follow(agent.post("/profile", {"language": "en"}))
    assert "Your settings are saved." in answer.text
    assert agent.get("/inbox").find("body")[0].get("data-shortcuts") == "off"


def test_a_new_password_must_be_long_and_the_old_one_known(office: Office) -> None:
    _with_password(office, "agent")
    agent = office["agent"]
    answer = agent.post("/profile/password", {"old": "wrong", "new": "short", "again": "other"})
    assert answer.status == 422
    assert "当前密码不对" in answer.text
    assert "至少 10 个字符" in answer.text
    assert "两次输入的新密码不一样" in answer.text
    assert agent.post("/profile/password", {"old": PASSWORD, "new": PASSWORD + "!", "again": PASSWORD + "!"}).status == 303
    with unit_of_work(write=False) as session:
        assert access.check_password(session, "agent", PASSWORD + "!", "127.0.0.1", clock.wall()).login == "agent"


def test_a_write_without_the_pages_own_secret_is_refused(office: Office) -> None:
    agent = office["agent"]
    assert agent.post("/profile", {"language": "en", "csrf_token": "guessed"}).status == 403
    assert "我的待办" in agent.get("/inbox").text
