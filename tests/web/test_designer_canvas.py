"""Drawing in the designer by mouse and keys: saved, undone, copied, found again; what cannot be drawn is told."""
# ruff: noqa: E501 - drawings stand here in the lines that tools write

import json
import re
from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

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
_MORE = """<bpmn:intermediateCatchEvent id="w1" name="等回信"><bpmn:extensionElements><baton:message correlation="order_number"/></bpmn:extensionElements><bpmn:messageEventDefinition id="e1" messageRef="m"/></bpmn:intermediateCatchEvent>
<bpmn:intermediateCatchEvent id="w2" name="再等"><bpmn:messageEventDefinition id="e2" messageRef="m"/></bpmn:intermediateCatchEvent>
<bpmn:userTask id="u" name="查看"><bpmn:extensionElements><baton:assignment role="HANDLER" exclude="Start"/><baton:form ref="check"/><baton:limit minutes="120" ladder="night_ladder"/><baton:decision id="grade" result="a"/><baton:decision id="grade" result="b"/></bpmn:extensionElements></bpmn:userTask>
</bpmn:process><bpmn:message id="m" name="reply"/>"""
_SHAPES = "".join(
    f'<bpmndi:BPMNShape id="{each}_di" bpmnElement="{each}"><dc:Bounds x="{x}" y="180" width="{width}" height="{width}" /></bpmndi:BPMNShape>'
    for each, x, width in (("w1", 320, 36), ("w2", 420, 36), ("u", 520, 100))
)
MANY = BLANK.replace("</bpmn:process>", _MORE).replace("</bpmndi:BPMNPlane>", f"{_SHAPES}</bpmndi:BPMNPlane>")


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


def _canvas(page: Page) -> Locator:
    """What has the keys while drawing."""
    return page.get_by_role("application")


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


def test_a_flow_goes_around_what_stands_between_and_a_name_belongs_to_its_element(drawing: Open) -> None:
    page = drawing(MANY)
    page.locator('[data-element-id="Start_label"] .djs-hit').click()
    expect(page.get_by_role("tab", name="表单", exact=True)).to_be_visible()
    page.locator('[data-element-id="w1"] .djs-hit').click()
    page.locator('.djs-context-pad [data-action="connect"]').click()
    page.locator('.djs-shape[data-element-id="u"] .djs-hit').click()
    flow = _saved_after(page, "<bpmn:sequenceFlow").split("<bpmndi:BPMNEdge")[1]
    assert min(float(y) for y in re.findall(r'waypoint x="[\d.]+" y="([\d.]+)"', flow)) < 180, "over the message that stands between"

    page.locator("summary[aria-label=更多]").click()
    page.get_by_role("button", name="自动排版").click()
    expect(page.locator(".b-saved")).to_contain_text("有改动")
    shape, name = (page.locator(f'[data-element-id="{each}"] .djs-hit').first.bounding_box() for each in ("w1", "w1_label"))
    assert shape is not None
    assert name is not None
    assert abs(shape["x"] + shape["width"] / 2 - name["x"] - name["width"] / 2) < shape["width"], "the name stays with its element"
    assert abs(shape["y"] + shape["height"] - name["y"]) < shape["height"]


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


def test_what_is_copied_is_pasted_into_another_draft(drawing: Open) -> None:
    page = drawing()
    _drop(page, "ladder", 640, 250)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+c")
    _saved_after(page, "baton:limit")
    page = drawing()
    page.mouse.click(500, 500)
    page.keyboard.press("Control+v")
    page.mouse.move(600, 300, steps=5)
    page.mouse.click(620, 320)
    assert 'baton:limit minutes="120"' in _saved_after(page, "userTask")


def test_a_copy_brings_all_of_its_step_and_its_message_and_says_what_is_missing_here(drawing: Open) -> None:
    page = drawing(MANY)
    _canvas(page).focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    page = drawing(BLANK.replace("<bpmndi:BPMNDiagram", '<bpmn:message id="m" name="other"/><bpmndi:BPMNDiagram'))
    _canvas(page).focus()
    page.keyboard.press("Control+v")  # no mouse was here: the copy goes to the middle
    text = _saved_after(page, 'name="reply"')
    for each in ('exclude="Start"', "ladder=", 'id="grade" result="a"', 'id="grade" result="b"', 'correlation="order_number"'):
        assert text.count(each) == 1
    (reply,) = re.findall(r'<bpmn:message id="(\w+)" name="reply"', text)
    assert text.count(f'messageRef="{reply}"') == 2
    ids = re.findall(r'<bpmn\S* id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    for missing in ("forms/check.json", "night_ladder"):
        expect(page.locator(".b-under")).to_contain_text(missing, timeout=15_000)


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
    expect(_canvas(page)).to_have_css("outline-style", "solid")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="设计器快捷键")).to_be_visible()
    page.keyboard.press("Escape")
    page.mouse.click(640, 500)
    expect(_canvas(page)).to_be_focused()
    expect(_canvas(page)).to_have_css("outline-style", "none")


def _touch(page: Page, *moments: tuple[tuple[int, int], ...]) -> None:
    """Fingers put down where the first moment says, moved through the others, and lifted."""
    device = page.context.new_cdp_session(page)
    device.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    for at, moment in enumerate((*moments, ())):
        kind = "touchEnd" if not moment else "touchMove" if at else "touchStart"
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(moment)]
        device.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    device.detach()


def test_fingers_move_the_picture_make_it_larger_and_choose_what_is_in_it(drawing: Open) -> None:
    page = drawing()
    start = page.locator('[data-element-id="Start"] .djs-visual circle').first

    def box() -> dict[str, float]:
        found = start.bounding_box()
        assert found is not None
        return {name: round(value) for name, value in found.items()}

    before = box()
    _touch(page, ((700, 600),), ((720, 590),), ((760, 560),))
    assert box() == {**before, "x": before["x"] + 60, "y": before["y"] - 40}
    _touch(page, ((600, 600), (700, 600)), ((550, 600), (750, 600)))
    assert box()["width"] == pytest.approx(2 * before["width"], abs=2)
    middle = round(box()["x"] + before["width"]), round(box()["y"] + before["height"])
    _touch(page, (middle,))
    expect(page.locator(".b-props").get_by_role("heading", name="开始")).to_be_visible()


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


def test_steps_in_a_lane_follow_its_unit_and_a_second_pool_stays_empty(drawing: Open) -> None:
    page = drawing()
    _drop(page, "pool", 700, 260)
    page.keyboard.press("Escape")
    page.locator('.djs-context-pad [data-action="lane-divide-two"]').click()
    lane = page.locator(".djs-shape[data-element-id^=Lane] .djs-visual").first.bounding_box()
    assert lane is not None
    x, y = lane["x"], lane["y"] + lane["height"] / 2
    _drop(page, "user", int(x) + 300, int(y))
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)  # the click that ends a drag is swallowed for a moment
    page.mouse.click(x + 12, y)
    page.get_by_label("泳道对应的单位").select_option("CS_DEPT")
    page.get_by_label("由谁办").select_option("AGENT")
    _drop(page, "user", int(x) + 480, int(y))
    page.keyboard.press("Escape")
    _drop(page, "pool", 700, 590)
    page.keyboard.press("Escape")
    expect(page.locator(".djs-shape[data-element-id^=Participant]")).to_have_count(2)
    text = _saved_after(page, '" />\n    <bpmn:participant id="Participant')
    assert text.count('<baton:assignment role="AGENT" unit="CS_DEPT"') == 3  # the lane and its two steps
    assert text.count("processRef=") == 1
    page.get_by_label("更多").click()
    page.get_by_role("button", name="自动排版").click()
    expect(page.get_by_text("自动排版只适用于没有泳池和泳道的单个流程")).to_be_visible()


def test_steps_are_placed_from_the_palette_by_keys(drawing: Open) -> None:
    page = drawing()
    page.locator('[data-action="create.branch"]').press("Enter")  # nothing is chosen: in the middle
    page.locator('[data-action="create.user"]').press("Enter")  # behind the branch
    expect(page.locator(".djs-connection")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Delete")
    expect(page.locator(".djs-connection")).to_have_count(0)


def test_what_an_input_method_writes_filters_the_list(drawing: Open) -> None:
    page = drawing()
    _canvas(page).focus()
    page.keyboard.press("Home")
    page.keyboard.press("a")
    expect(page.locator(".djs-popup input")).to_be_focused()
    typing = page.context.new_cdp_session(page)
    typing.send("Input.imeSetComposition", {"text": "分", "selectionStart": 1, "selectionEnd": 1})
    typing.send("Input.insertText", {"text": "分支"})
    expect(page.locator(".djs-popup .entry")).to_have_text("条件分支")
    expect(page.locator(".djs-popup .entry.selected")).to_have_count(1)  # the list chooses a moment after it has filtered
    page.keyboard.press("Enter")
    expect(page.locator(".djs-shape[data-element-id^=Gateway] .djs-visual").first).to_be_visible()
