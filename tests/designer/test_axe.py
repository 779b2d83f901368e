"""No page of the designer has a serious fault for those who see little, hear it read, or use no mouse: each state, light and dark."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import faults
from tests.designer import sample
from tests.designer.conftest import Studio
from tests.designer.damages import DAMAGES

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
LANGUAGES = ("zh", "en")
TWICE = "() => [...document.querySelectorAll('[id]')].map(({ id }) => id).filter((id, at, all) => all.indexOf(id) !== at)"
"""The ids that a page has more than once: a dialog or a field would have the name of another."""


def in_both_themes(page: Page, within: str = "html") -> list[Any]:
    """What axe finds in the dark theme, and with the colours of the light one."""
    found = []
    for theme, *rules in (("dark",), ("light", "color-contrast")):
        page.evaluate("theme => document.documentElement.setAttribute('data-bs-theme', theme)", theme)
        found += faults(page, within, *rules)
    return found


@pytest.fixture(scope="module")
def drafts(studio: Studio) -> dict[str, str]:
    """A draft with one of each kind of element, one that runs, and one that is damaged."""
    studio.page.emulate_media(reduced_motion="reduce")  # colours are measured when they have come to rest
    damaged = DAMAGES["a message that is not declared"]
    files = {"every kind": sample.files(), "runs": sample.repair(), "damaged": damaged.files()}
    return {name: studio.fill(each) for name, each in files.items()}


def choose(page: Page, element: str) -> None:
    """Choose an element, wherever it stands."""
    page.locator(f'[data-element-id="{element}"] > .djs-hit').first.dispatch_event("click", {"button": 0})
    expect(page.locator(f'.djs-element.selected[data-element-id="{element}"]')).to_be_attached()


def tab(page: Page, name: str) -> None:
    """Open a tab of the panel, with all that the server is asked for."""
    page.locator(f"#tab-{name}").click()
    expect(page.locator(f"#pan-{name}")).not_to_be_empty()
    for words in ("稍候…", "One moment…"):
        expect(page.locator(f"#pan-{name}").get_by_text(words)).to_have_count(0)


def tool(page: Page, name: str, shown: str) -> None:
    """Press a button of the bar."""
    page.locator(f"[data-tool={name}]").click()
    expect(page.locator(shown)).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_tab_of_every_kind_of_element(studio: Studio, drafts: dict[str, str], language: str) -> None:
    page = studio.open(drafts["every kind"], language)
    seen = set()  # what says the same of every kind of element is looked at once
    for element in sample.KINDS[LANGUAGES.index(language) :: 2]:
        choose(page, element)
        names = {str(each.get_attribute("id")).removeprefix("tab-") for each in page.locator(".b-props [role=tab]").all()}
        assert len(names) > 1
        for name in names - seen:
            tab(page, name)
            assert in_both_themes(page, ".b-props") == [], (element, name)
        seen.update({"comments", "order", "form"} & names)


def _list(page: Page) -> None:
    page.goto(page.url.partition("/designer")[0] + "/definitions")


def _dialog(name: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        _list(page)
        page.locator(f"[data-dialog={name}]").click()
        expect(page.locator("dialog[open]")).to_be_visible()

    return act


def _tour(page: Page) -> None:
    tool(page, "tour", ".b-tour")
    page.locator(".b-tour .btn-primary").click()


def _comment(page: Page) -> None:
    choose(page, "register")
    tab(page, "comments")
    page.locator("#comment-text").fill("@qa ?")
    page.locator("#pan-comments form button").click()
    expect(page.locator(".b-commented")).to_be_visible()


def _search(page: Page) -> None:
    page.get_by_role("application").focus()
    page.keyboard.press("Control+f")
    page.keyboard.type("re")
    expect(page.locator(".djs-search-result-selected")).to_be_visible()


def _key(key: str, shown: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_role("application").focus()
        page.keyboard.press("Home")
        page.keyboard.press(key)
        expect(page.locator(shown)).to_be_visible()

    return act


def _menu(page: Page) -> None:
    page.locator(".b-canvasbar summary").last.click()


def _form(page: Page) -> None:
    choose(page, "register")
    tab(page, "form")
    page.locator("#pan-form .btn-primary").click()
    page.locator(".f-choose").first.click()
    expect(page.locator("#f-label-zh")).to_be_visible()


def _form_as(place: int) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        _form(page)
        page.locator(".f-bar .b-pick").first.locator("label").nth(place).click()
        expect(page.frame_locator(".f-preview iframe").locator("main")).to_be_visible()

    return act


def _tables(page: Page) -> None:
    tool(page, "tables", ".b-tables .tjs-table")
    expect(page.locator(".b-tables__side [role=tab]")).to_have_count(2)


def _findings(page: Page) -> None:
    _tables(page)
    page.locator(".b-tables__side [role=tab]").last.click()


def _trial(page: Page) -> None:
    tool(page, "trial", ".trial-panel form")


def _running(page: Page) -> None:
    _trial(page)
    page.locator(".trial-panel form button.btn-primary").click()
    expect(page.locator("#trial-form")).to_be_visible()


def _time_jumps(page: Page) -> None:
    _running(page)
    page.locator(".b-try .btn-group button").last.click()
    expect(page.locator(".trial-log li")).not_to_have_count(1)


def _view(name: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        _running(page)
        page.locator(f"#trial-tab-{name}").click()

    return act


def _history(page: Page) -> None:
    tool(page, "history", "dialog[open] table")


def _rename(page: Page) -> None:
    page.locator(".b-bar-top h1 + button").click()
    expect(page.locator("#flow-name")).to_be_visible()


def _review(page: Page) -> None:
    tool(page, "review", "dialog[open] #review-note")


STATES: dict[str, dict[str, Callable[[Page], None]]] = {
    "every kind": {
        "the drawing and its problems": lambda page: expect(page.locator("#problems-list")).to_be_visible(),
        "the list of flows": _list,
        "a new flow": _dialog("begin"),
        "an import": _dialog("import"),
        "files are handed in": _dialog("upload"),
        "the tour": _tour,
        "a comment": _comment,
        "the search": _search,
        "what comes next": _key("a", ".djs-popup"),
        "the keys": _key("?", "dialog[open]"),
        "what is done with the picture": _menu,
        "a form is built": _form,
        "a form as a page": _form_as(1),
        "a form as a mail": _form_as(2),
        "a table": _tables,
        "what is wrong with a table": _findings,
        "the history": _history,
        "the review": _review,
        "another name": _rename,
    },
    "runs": {
        "a trial": _trial,
        "a form in a trial": _running,
        "time jumps": _time_jumps,
        "the data of a trial": _view("data"),
        "scenarios": _view("scenarios"),
    },
    "damaged": {"what is damaged": lambda page: expect(page.locator(".b-notices .b-note")).to_be_visible()},
}


@pytest.mark.parametrize(("draft", "state"), [(draft, state) for draft, states in STATES.items() for state in states])
def test_every_state(studio: Studio, drafts: dict[str, str], draft: str, state: str) -> None:
    page = studio.open(drafts[draft], LANGUAGES[len(state) % 2])
    STATES[draft][state](page)
    assert page.evaluate(TWICE) == []
    assert in_both_themes(page) == []


def test_the_comparison(studio: Studio, drafts: dict[str, str]) -> None:
    one, other = (f"draft:{drafts[each]}" for each in ("runs", "every kind"))
    studio.page.goto(f"{studio.address}/compare?before={one}&after={other}")
    expect(studio.page.locator(".djs-shape").first).to_be_visible()
    assert in_both_themes(studio.page) == []
