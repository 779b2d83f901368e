"""What is true of every page: its headers, its icons, its languages."""

import json
import re

import pytest

from bpm.models.faults import DatabaseUnreachableError
from tests.api.desk import ROOT
from tests.web.office import Office, Sheet

PUBLIC = ("/login", "/complain", "/track")
STAFF = (
    *(
        "/inbox",
        "/inbox?view=unit",
        "/inbox?view=taken",
        "/inbox?view=done",
        "/inbox?view=late",
        "/inbox?view=suspended",
        "/inbox?view=all",
    ),
    *("/intake", "/intake?number=13805312716", "/orders", "/definitions", "/notices", "/profile", "/nowhere"),
)
ICONS = set(json.loads((ROOT / "designer" / "icons.json").read_text(encoding="utf-8")))
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_machines_that_watch_are_told_in_json_when_the_database_is_away(office: Office, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    def gone() -> None:
        raise DatabaseUnreachableError

    monkeypatch.setattr("bpm.api.health.session", gone)
    answer = office.customer.get(path).response
    assert answer.status_code == 503
    assert answer.get_json()["code"] == "database-unreachable"


@pytest.fixture
def pages(office: Office) -> list[Sheet]:
    number = office.register()
    task = office.task(number)
    office["admin"].post(f"/inbox/tasks/{task.id}/claim")
    staff = [*STAFF, f"/orders/{number}", f"/inbox/tasks/{task.id}", f"/track/{office.order(number).token}"]
    version = office["admin"].get("/definitions").find("th a")[0].get("href")
    return [*(office.customer.get(path) for path in PUBLIC), *(office["admin"].get(path) for path in [*staff, version])]


def test_no_page_needs_inline_script_or_style(pages: list[Sheet]) -> None:
    for page in pages:
        assert "default-src 'self'" in page.response.headers["Content-Security-Policy"]
        assert not page.find("style, [style], script:not([src])"), page.response.request.path
        assert not re.search(r"\son\w+=", page.response.get_data(as_text=True)), page.response.request.path
        assert page.response.headers["Cache-Control"] == "no-store"


def test_every_icon_is_in_the_sprite(pages: list[Sheet]) -> None:
    used = {href.partition("#")[2] for page in pages for each in page.find("use") if (href := each.get("href") or "").partition("#")[2]}
    assert used - ICONS == set()


def test_every_field_has_a_label_and_every_id_stands_once(pages: list[Sheet]) -> None:
    for page in pages:
        ids = [each.get("id") for each in page.find("[id]")]
        assert len(ids) == len(set(ids)), (page.response.request.path, [each for each in ids if ids.count(each) > 1])
        for each in page.find("input:not([type=hidden]), select, textarea"):
            labelled = (
                each.get("aria-label")
                or page.find(f'label[for="{each.get("id")}"]')
                or any(up.tag == "label" for up in each.iterancestors())
            )
            assert labelled, (page.response.request.path, each.get("name"))


def test_an_english_page_has_no_chinese_of_ours(office: Office) -> None:
    """What is left in Chinese are names and what a customer has said."""
    office.speak("admin", "en")
    for path in STAFF:
        page = office["admin"].get(path)
        left = [text for text in page.tree.xpath("//main//text()") if CHINESE.search(text)]
        assert [text for text in left if text.strip() not in ("中文",)] == [], path


@pytest.mark.parametrize("path", ["/intake", "/incidents", "/definitions"])
def test_whoever_may_see_a_page_is_led_there_and_nobody_else(office: Office, path: str) -> None:
    everybody = [office[login] for login in ("agent", "reviewer", "dispatcher", "handler", "manager", "analyst", "qa", "admin")]
    led = [bool(person.get("/profile").find(f'nav a[href="{path}"]')) for person in everybody]
    assert led == [person.get(path).status == 200 for person in everybody]
    assert {True, False} <= {*led}


def test_an_address_that_is_no_page_says_so_within_the_frame(office: Office) -> None:
    page = office["agent"].get("/no/such/page")
    assert page.status == 404
    assert page.find("nav")
    assert "没有这个编号，或者无权查看。" in page.text


def test_an_address_for_programs_that_takes_no_get_names_what_it_takes(office: Office) -> None:
    answer = office["analyst"].get("/api/v1/deployments").response
    assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")


def test_a_script_that_met_an_error_keeps_its_page_and_gets_a_sentence(office: Office) -> None:
    answer = office["agent"].get("/orders/SD-1", **{"HX-Request": "true"}).response
    assert answer.headers["HX-Reswap"] == "none"
    assert json.loads(answer.headers["HX-Trigger"])["alert"]["text"].startswith("没有这个编号")
