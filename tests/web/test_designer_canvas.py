"""Drawing in the designer by mouse: what is drawn is saved; nothing is lost."""
# ruff: noqa: E501 - drawings stand here in the lines that tools write

import json
import re
from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from bpm import clock, drafts
from bpm.models.database import unit_of_work
from bpm.request import SESSION_COOKIE
from tests.bpm.test_definitions import ANALYST
from tests.web.office import Office
from tests.web.test_browser import address

__all__ = ["address"]
pytestmark = pytest.mark.browser

Open = Callable[..., Page]
PICTURE = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:baton="urn:baton:bpmn:1" xmlns:tool="urn:another:tool" id="d" targetNamespace="t">
  <bpmn:process id="p" name="维修" isExecutable="true">
    <bpmn:startEvent id="Start" name="开始"><bpmn:extensionElements>INSIDE</bpmn:extensionElements></bpmn:startEvent>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="g"><bpmndi:BPMNPlane id="l" bpmnElement="p"><bpmndi:BPMNShape id="s" bpmnElement="Start"><dc:Bounds x="200" y="200" width="36" height="36" /></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>"""
BLANK = PICTURE.replace("INSIDE", "")


def _files(xml: str) -> dict[str, bytes]:
    return {"process.json": json.dumps({"key": "repair", "main": "repair.bpmn", "name": "维修"}).encode(), "repair.bpmn": xml.encode()}


@pytest.fixture
def drawing(office: Office, page: Page, address: str) -> Open:
    """Open a new draft with one diagram."""

    def opened(xml: str = BLANK, language: str = "zh") -> Page:
        office["analyst"].post("/profile", {"language": language})
        with unit_of_work() as session:
            draft = drafts.begin(session, "repair", "维修", _files(xml), ANALYST, clock.now())
            draft_id = draft.id
        cookie = office["analyst"].client.get_cookie(SESSION_COOKIE)
        assert cookie is not None
        page.context.add_cookies([{"name": SESSION_COOKIE, "value": cookie.value, "url": address}])
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(f"{address}/designer/{draft_id}")
        expect(page.locator("#designer")).not_to_have_attribute("aria-busy", "true", timeout=20_000)
        return page

    return opened


def _saved(page: Page) -> dict[str, str]:
    """The files of the open draft once all is saved."""
    expect(page.locator(".b-saved")).to_contain_text("已自动保存", timeout=15_000)
    with unit_of_work() as session:
        draft = drafts.get(session, UUID(page.url.rsplit("/", 1)[1]), ANALYST)
        return {name: content.decode() for name, content in drafts.files(session, draft).items()}


def _drop(page: Page, item: str, x: int, y: int) -> None:
    """Drag an item of the palette onto the canvas."""
    box = page.locator(f'[data-action="create.{item}"]').bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, box["y"] + 20, steps=3)
    page.mouse.move(x, y, steps=12)
    page.mouse.up()


def _shapes(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        ".djs-shape:not([data-element-id$=_label])", "all => all.map(each => each.dataset.elementId)"
    )
    return found


def test_a_step_with_limit_is_dragged_named_undone_and_there_after_reloading(drawing: Open) -> None:
    page = drawing()
    assert page.locator(".djs-palette em").all_inner_texts()[0] == "开始"
    _drop(page, "ladder", 640, 250)
    expect(page.locator(".djs-shape")).to_have_count(3)  # with the label of the start
    page.keyboard.press("e")
    page.keyboard.insert_text("上门检修")
    page.keyboard.press("Enter")
    _saved_after(page, "上门检修")
    page.reload()
    expect(page.locator(".djs-container")).to_contain_text("上门", timeout=20_000)
    files = _saved(page)
    assert 'baton:limit minutes="120" ladder="escalation_ladder"' in files["repair.bpmn"]
    assert "<decision " in files["escalation_ladder.dmn"]


def _saved_after(page: Page, word: str) -> str:
    expect(page.locator(".b-saved")).to_contain_text(re.compile("有改动|正在保存"))
    text = _saved(page)["repair.bpmn"]
    assert word in text
    return text


def test_nothing_is_saved_where_something_would_be_lost(drawing: Open) -> None:
    xml = PICTURE.replace("INSIDE", '<baton:unheard thing="1" />')
    page = drawing(xml)
    expect(page.locator(".b-notices")).to_contain_text("baton:unheard")
    expect(page.locator(".djs-palette")).to_be_hidden()
    assert _saved(page)["repair.bpmn"] == xml


def test_what_another_tool_wrote_is_kept_and_listed(drawing: Open) -> None:
    page = drawing(PICTURE.replace("INSIDE", '<tool:colour of="wall">蓝</tool:colour>'))
    expect(page.locator(".b-notices")).to_contain_text("tool × 1")
    _drop(page, "user", 640, 250)
    assert '<tool:colour of="wall">蓝</tool:colour>' in _saved_after(page, "userTask")
