"""The life of a draft in the browser: begun and brought back, looked at by others, sent back, kept when the server is away."""

import re
import struct
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import FloatRect, Locator, Page, Route, expect

from bpm import clock
from tests.designer import sample
from tests.designer.conftest import READY, Studio

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
MAIN = "repair.bpmn"
SAVING = re.compile("/files$")


@pytest.fixture
def draft(studio: Studio) -> str:
    """The repair process as a draft."""
    return studio.fill(sample.repair())


@pytest.fixture
def page(studio: Studio, draft: str) -> Page:
    """An analyst who has it open."""
    return studio.open(draft)


@pytest.fixture
def qa(studio: Studio, draft: str, page: Page) -> Iterator[Page]:
    """Somebody who reviews and does not draw has it open too."""
    with studio.beside("qa", draft) as theirs:
        yield theirs


def chosen(page: Page, element: str, tab: str | None = None) -> Locator:
    """The panel of an element. (A click on what is chosen already would let it go.)"""
    if not page.locator(f'.djs-element.selected[data-element-id="{element}"]').count():
        page.locator(f'[data-element-id="{element}"] > .djs-hit').first.dispatch_event("click", {"button": 0})
    if tab:
        page.locator(f"#tab-{tab}").click()
    return page.locator(".b-props [role=tabpanel]")


def rename(page: Page, element: str, name: str) -> None:
    field = chosen(page, element, "general").get_by_label("名称", exact=True)
    field.fill(name)
    field.blur()


def name_of(page: Page, element: str) -> Locator:
    return chosen(page, element, "general").get_by_label("名称", exact=True)


def tool(page: Page, name: str) -> None:
    page.locator(f"[data-tool={name}]").click()


@pytest.mark.usefixtures("draft")  # with another one in the list, those that are put aside are folded away
def test_a_flow_is_begun_renamed_put_aside_and_brought_back(studio: Studio) -> None:
    page = studio.page
    page.goto(f"{studio.address}/definitions")
    page.get_by_role("button", name="新建流程").click()
    page.get_by_label("流程名称").fill("换路灯")
    page.get_by_role("radio", name="审批").check()
    page.get_by_role("button", name="开始设计").click()
    page.wait_for_selector(READY)
    expect(page.get_by_role("heading", level=1)).to_have_text("换路灯")
    expect(page.locator('[data-element-id="head"]').first).to_be_visible()
    page.get_by_role("button", name="给流程改名").click()
    page.get_by_label("流程名称").fill("路灯检修")
    page.get_by_role("button", name="改名", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("路灯检修")
    studio.kept(page.url.rpartition("/")[2], "process.json", '"name": "路灯检修"')
    page.get_by_label("返回流程列表").click()
    row = page.locator(".b-drafts > li", has_text="路灯检修")
    row.get_by_label("删除草稿“路灯检修”").click()
    expect(row).to_have_count(0)
    page.locator(".b-deleted summary").click()
    page.locator(".b-deleted li", has_text="路灯检修").get_by_role("button").click()
    expect(row).to_have_count(1)


def test_a_second_diagram_is_drawn_renamed_made_the_main_one_and_taken_out(studio: Studio, draft: str, page: Page) -> None:
    shown = page.get_by_label("流程图", exact=True)

    def act(name: str) -> None:
        page.get_by_label("这份草稿的流程图").click()
        page.get_by_role("button", name=name, exact=True).click()

    act("新建流程图")
    page.get_by_label("名称", exact=True).last.fill("夜间抢修")
    page.get_by_role("button", name="新建", exact=True).click()
    expect(shown.locator("option")).to_have_count(2)
    act("重命名文件")
    page.get_by_role("dialog").get_by_label("名称").fill("night")
    page.get_by_role("button", name="改名", exact=True).click()
    expect(shown).to_have_value("night.bpmn")
    act("设为主流程图")
    studio.kept(draft, "process.json", '"main": "night.bpmn"')
    studio.kept(draft, "night.bpmn", 'name="夜间抢修"')
    shown.select_option(MAIN)
    act("从草稿中删除")
    expect(shown).to_have_value("night.bpmn")
    expect(shown.locator("option")).to_have_count(1)


def test_an_expert_is_shown_all_that_runs(page: Page) -> None:
    script = page.locator('[data-action="create.script"]')
    expect(script).to_have_count(0)
    for count in (1, 0):
        page.get_by_label("更多").click()
        page.get_by_role("button", name="显示全部元素（专家）").click()
        expect(script).to_have_count(count)


def test_steps_are_put_in_a_row_and_at_equal_distances(page: Page) -> None:
    shapes = [page.locator(f'[data-element-id="{each}"] > .djs-visual').first for each in ("register", "set_time", "mend")]
    page.keyboard.down("Shift")
    for shape in shapes:
        shape.click(force=True, position={"x": 6, "y": 6})
    page.keyboard.up("Shift")
    expect(page.locator(".djs-element.selected")).to_have_count(3)

    def boxes() -> list[FloatRect]:
        return sorted((box for shape in shapes if (box := shape.bounding_box())), key=lambda box: box["x"])

    for entry in ("底端对齐", "水平均匀分布"):
        page.locator('.djs-context-pad [data-action="align-elements"]').click()
        page.locator(f'.djs-popup .entry[title="{entry}"]').click()
    left, middle, right = boxes()
    assert abs(left["y"] - right["y"]) < 1
    assert abs((middle["x"] - left["x"]) - (right["x"] - middle["x"])) < 2


def test_who_does_not_draw_reads_and_comments_and_changes_nothing(studio: Studio, draft: str, page: Page, qa: Page) -> None:
    sent: list[str] = []
    qa.on("request", lambda request: sent.append(request.url) if request.url.endswith("/files") else None)
    expect(qa.locator(".b-bar-top")).to_contain_text("只读")
    expect(qa.locator(".djs-palette")).to_be_hidden()
    step = qa.locator('[data-element-id="mend"] > .djs-visual')
    stood = step.bounding_box()
    assert stood is not None
    step.drag_to(qa.locator('[data-element-id="register"] > .djs-visual'), force=True)
    panel = chosen(qa, "mend", "general")
    qa.get_by_role("application").focus()
    for key in ("Delete", "Backspace", "Control+x", "e", "a", "Control+z", "Shift+ArrowRight"):
        qa.keyboard.press(key)
    expect(qa.locator(".djs-popup, .djs-direct-editing-parent")).to_have_count(0)
    assert step.bounding_box() == stood
    for field in panel.locator("input, textarea, select").all():
        expect(field).to_be_disabled()
    expect(panel.get_by_label("名称", exact=True)).to_have_value("上门维修")  # but it can be read, and heard

    chosen(qa, "mend", "comments").get_by_label("新批注").fill("@analyst 谁带备件？")
    qa.get_by_role("button", name="发表批注").click()
    expect(qa.locator(".b-commented")).to_have_text("1")
    page.reload()
    page.wait_for_selector(READY)
    page.locator(".b-commented").click()
    expect(page.locator("#pan-comments")).to_contain_text("谁带备件？")
    page.get_by_role("button", name="已处理").click()
    expect(page.locator(".b-commented")).to_have_count(0)
    trial = qa.locator('[data-tool="trial"]')
    trial.click()
    expect(qa.get_by_role("heading", name="工单从哪里开始")).to_be_visible()
    trial.click()
    expect(trial).to_have_attribute("aria-pressed", "false")
    expect(qa.locator(".djs-palette")).to_be_hidden()
    assert sent == []


def test_a_second_person_is_told_who_draws_and_both_see_each_other(studio: Studio, draft: str, page: Page) -> None:
    with studio.beside("admin", draft) as theirs:
        expect(theirs.locator(".b-presence")).to_contain_text("analyst正在编辑")
        expect(theirs.locator(".djs-palette")).to_be_hidden()
        page.reload()
        expect(page.locator(".b-presence")).to_contain_text("admin也在看这份草稿")
        theirs.goto(f"{studio.address}/definitions")
        expect(theirs.locator(".b-drafts > li").first).to_contain_text("analyst正在编辑")


def test_a_draft_is_sent_back_with_a_note_and_reviewed_again(page: Page, qa: Page) -> None:
    note = "说明：改了什么，或还要做什么"
    tool(page, "review")
    page.get_by_label(note).fill("请看时限")
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_role("dialog")).to_contain_text("等第二人审核")
    expect(page.get_by_role("dialog")).to_contain_text("须由另一人审核")
    tool(qa, "review")
    back = qa.get_by_role("button", name="退回", exact=True)
    expect(back).to_be_disabled()  # without a word why, nobody is helped
    qa.get_by_label(note).fill("夜里谁值班？")
    back.click()
    expect(qa.get_by_role("dialog")).to_contain_text("设计中")
    page.reload()
    page.wait_for_selector(READY)
    tool(page, "review")
    expect(page.get_by_role("dialog")).to_contain_text("夜里谁值班？")
    page.get_by_role("button", name="提交审核").click()
    qa.reload()
    qa.wait_for_selector(READY)
    tool(qa, "review")
    qa.get_by_role("button", name="通过", exact=True).click()
    expect(qa.get_by_role("dialog")).to_contain_text("审核通过，可以发布")


def test_an_earlier_save_is_brought_back(studio: Studio, draft: str, page: Page) -> None:
    clock.set_offset(timedelta(minutes=10))  # what is saved sooner is one save
    rename(page, "mend", "改坏了的名字")
    studio.kept(draft, MAIN, "改坏了的名字")
    tool(page, "history")
    rows = page.get_by_role("dialog").locator("tbody tr")
    expect(rows.first).to_contain_text("现在的样子")
    with page.expect_navigation():
        rows.nth(1).get_by_role("button", name="恢复到此").click()
    page.wait_for_selector(READY)
    expect(name_of(page, "mend")).to_have_value("上门维修")
    studio.kept(draft, MAIN, 'name="上门维修"')


def fails(route: Route) -> None:
    route.abort()


def test_what_is_drawn_while_the_server_is_away_is_kept_and_saved_when_it_is_back(studio: Studio, draft: str, page: Page) -> None:
    told = page.locator(".b-bar-top")
    page.context.set_offline(True)
    rename(page, "mend", "断线时改的")
    expect(told).to_contain_text("所画内容已存在本浏览器中")
    page.context.set_offline(False)
    studio.kept(draft, MAIN, "断线时改的")
    expect(told).to_contain_text("已自动保存")

    page.route(SAVING, fails)
    rename(page, "mend", "关掉前改的")
    expect(told).to_contain_text("所画内容已存在本浏览器中")
    page.once("dialog", lambda dialog: dialog.accept())  # leave the page all the same
    page.goto(f"{studio.address}/definitions")
    page.unroute(SAVING)
    page = studio.open(draft)
    expect(name_of(page, "mend")).to_have_value("关掉前改的")
    studio.kept(draft, MAIN, "关掉前改的")


def _downloaded(page: Page, kind: str) -> bytes:
    page.get_by_label("更多").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=kind).click()
    return waiting.value.path().read_bytes()


def test_the_picture_leaves_as_svg_png_and_pdf(studio: Studio, page: Page) -> None:
    svg = _downloaded(page, "SVG").decode()
    found = re.search(r'<svg[^>]* width="([\d.]+)" height="([\d.]+)"', svg)
    assert found is not None
    width, height = (float(each) for each in found.groups())
    assert (width > 1480, height > 520) == (True, True)  # the pool
    for name in ("登记故障", "上门维修"):
        assert name in svg
    png = _downloaded(page, "PNG")
    drawn = struct.unpack(">II", png[16:24])
    assert [round(each / 2) for each in drawn] == [round(width), round(height)]  # twice as sharp
    pdf = _downloaded(page, "PDF")
    assert b"/Subtype /Image" in pdf
    assert f"/Width {drawn[0]}".encode() in pdf

    latin = {"repair.bpmn": re.sub(r'name="[^"]*[\u4e00-\u9fff][^"]*"', 'name="Mend"', sample.repair()["repair.bpmn"])}
    studio.open(studio.fill({**sample.repair(), **latin}))
    pdf = _downloaded(page, "PDF")
    assert b"/Subtype /Image" not in pdf
    assert b"(Mend)" in pdf
