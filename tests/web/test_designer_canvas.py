"""Drawing in the designer by mouse and keys: saved, undone, copied, found again; what cannot be drawn is told."""
# ruff: noqa: E501 - drawings stand here in the lines that tools write

import json
from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from bpm import clock, drafts
from bpm.models.database import unit_of_work
from tests.bpm.test_definitions import ANALYST
from tests.browsing import faults, log_in
from tests.web.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

Open = Callable[..., Page]
HEAD = '<?xml version="1.0"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:baton="urn:baton:bpmn:1" id="d" targetNamespace="t"'
PLAIN = f"{HEAD}><bpmn:process id='p' isExecutable='true'><bpmn:startEvent id='a'/><bpmn:userTask id='b' name='检修'/><bpmn:sequenceFlow id='f' sourceRef='a' targetRef='b'/></bpmn:process></bpmn:definitions>"
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
        log_in(page.context, office["analyst"].client, address)
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


def test_the_list_of_what_comes_next_is_searched_by_typing_and_places_beside_each_other(drawing: Open) -> None:
    page = drawing()
    for _ in range(2):
        page.locator(".djs-container > svg, .djs-container > div > svg").first.focus()
        page.keyboard.press("Home")
        page.keyboard.press("a")
        page.locator(".djs-popup input").fill("系统步骤")
        page.keyboard.press("Shift")
        expect(page.locator(".djs-popup .entry")).to_have_count(1)
        page.keyboard.press("Enter")
    expect(page.locator(".djs-connection")).to_have_count(2)
    boxes = [
        page.locator(f'.djs-shape[data-element-id="{each}"] .djs-visual').bounding_box()
        for each in _shapes(page)
        if each.startswith("Activity")
    ]
    (first, second) = (box for box in boxes if box)
    assert abs(first["y"] - second["y"]) > first["height"]


def test_twenty_changes_are_undone_and_done_again_to_the_same_xml(drawing: Open) -> None:
    page = drawing()
    for number in range(10):
        _drop(page, ("user", "branch")[number % 2], 260 + 140 * (number % 5), 220 + 150 * (number // 5))
        page.keyboard.press("e")
        page.keyboard.insert_text(f"第{number}步")
        page.keyboard.press("Enter")
    drawn = _saved_after(page, "第9步")
    for _ in range(20):
        page.get_by_role("button", name="撤销").click()
    expect(page.get_by_role("button", name="撤销")).to_be_disabled()
    _saved_after(page, "bpmn:process", without="第0步")
    for _ in range(20):
        page.get_by_role("button", name="重做").click()
    assert _saved_after(page, "第9步") == drawn


def _saved_after(page: Page, word: str, without: str | None = None) -> str:
    """The drawing as it is kept, once it has this word (and not that one): the page saves a moment after each change."""
    for _ in range(200):
        text: str = _saved(page)["repair.bpmn"]
        if word in text and (without is None or without not in text):
            return text
        page.wait_for_timeout(100)
    pytest.fail(f"never kept: {word}")


@pytest.mark.parametrize(
    ("xml", "sentence"),
    [
        ("", "这个文件是空的"),
        ("<bpmn:definitions", "XML 格式有误"),
        ("<!DOCTYPE x [<!ENTITY e 'x'>]><x/>", "XML 格式有误"),
        ("<html/>", "不是 BPMN 流程图"),
        (HEAD + "/>", "没有流程"),
        (PLAIN, "没有图形"),
    ],
)
def test_what_cannot_be_drawn_is_told_and_left_as_it_is(drawing: Open, xml: str, sentence: str) -> None:
    page = drawing(xml)
    expect(page.locator(".b-notices")).to_contain_text(sentence)
    expect(page.locator(".djs-palette")).to_be_hidden()
    assert _saved(page)["repair.bpmn"] == xml


def test_a_process_without_a_picture_is_drawn_on_demand(drawing: Open) -> None:
    page = drawing(PLAIN)
    page.get_by_role("button", name="自动排版画出").click()
    expect(page.locator('.djs-shape[data-element-id="b"]')).to_be_visible()
    assert "BPMNShape" in _saved_after(page, "检修")


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


def test_the_elements_are_walked_by_keys_and_said(drawing: Open) -> None:
    page = drawing()
    page.locator(".djs-container > svg, .djs-container > div > svg").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[aria-live=polite].visually-hidden")).to_contain_text("开始")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="设计器快捷键")).to_be_visible()


def test_the_canvas_has_no_serious_fault_and_speaks_english(drawing: Open) -> None:
    page = drawing(language="en")
    assert page.locator(".djs-palette em").all_inner_texts()[0] == "Start"
    assert faults(page) == []
    mark = page.locator(".bjs-powered-by").bounding_box()
    assert mark is not None
    on_top = page.evaluate(
        "([x, y]) => Boolean(document.elementFromPoint(x, y).closest('.bjs-powered-by'))",
        [mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2],
    )
    assert on_top


def test_the_picture_is_saved_with_its_chinese(drawing: Open) -> None:
    page = drawing()
    for kind, begins in (("SVG", b"<?xml"), ("PNG", b"\x89PNG"), ("PDF", b"%PDF")):
        page.get_by_label("更多").click()
        with page.expect_download() as waiting:
            page.get_by_role("button", name=kind).click()
        content = waiting.value.path().read_bytes()
        assert content.startswith(begins)
        assert len(content) > 500
