"""Who and when in the designer, in a real browser: by typing and by mouse, over a weekend, and what comes out runs."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from bpm import clock, definitions, drafts
from bpm.models import Definition
from bpm.models.database import unit_of_work
from bpm.models.draft import Draft
from tests.bpm.test_definitions import ANALYST
from tests.browsing import faults, log_in
from tests.web.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

Files = dict[str, str]
STEPS = ("register", "correct", "review", "dispatch", "check", "supervise", "approve_compensation", "answer", "final_answer", "evaluate")


@pytest.fixture
def designer(office: Office, page: Page, address: str) -> Page:
    """A draft of the complaint process, open in the designer."""
    with unit_of_work() as session:
        definition = session.scalars(select(Definition).where(Definition.key == "complaint")).one()
        draft_id = drafts.begin_from(session, definition.id, ANALYST, clock.now()).id
    log_in(page.context, office["analyst"].client, address)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{address}/designer/{draft_id}")
    expect(page.locator("#designer")).not_to_have_attribute("aria-busy", "true", timeout=20_000)
    return page


def chosen(page: Page, element: str, tab: str) -> Locator:
    """The panel of an element, at one of its tabs."""
    page.keyboard.press("Escape")
    page.locator(f'[data-element-id="{element}"] .djs-hit').first.click(force=True)
    return at(page, tab)


def at(page: Page, tab: str) -> Locator:
    """The panel of the chosen element at one of its tabs."""
    page.locator(f"#tab-{tab}").click()
    return page.locator(f"#pan-{tab}")


def saved(page: Page, done: Callable[[Files], bool]) -> Files:
    """The files of the draft once they are as they should be: the page saves by itself."""
    found: Files = {}
    for _ in range(100):
        with unit_of_work(write=False) as session:
            draft = session.scalars(select(Draft)).one()
            found = {name: content.decode() for name, content in drafts.files(session, draft).items()}
        if done(found):
            return found
        page.wait_for_timeout(100)
    pytest.fail("the draft was not saved as expected")


def findings(server: Flask, files: Files, *places: str) -> list[str]:
    """What a deployment would find at these elements and files."""
    with unit_of_work() as session:
        content = {name: text.encode() for name, text in files.items()}
        found = definitions.examine(session, content, server.extensions["connectors"])
        return [each.sentence for each in found if each.element in places or each.file in places]


def test_who_a_limit_and_a_ladder_are_said_without_typing_code(designer: Page, server: Flask) -> None:
    panel = chosen(designer, "review", "who")
    unit = panel.get_by_role("combobox", name="单位", exact=True)
    unit.click()
    unit.fill("net-1")
    panel.get_by_role("option", name="JN-NET-1").first.click()
    role = panel.get_by_role("combobox", name="角色", exact=True)
    role.fill("section")
    role.press("Enter")
    expect(panel.locator('[data-said="today"]')).to_contain_text("head")
    expect(panel.get_by_role("checkbox", name="办“登记”的人")).to_be_checked()
    panel.get_by_role("checkbox", name="办“补正登记”的人").uncheck()
    panel.get_by_role("checkbox", name="流程发起人").check()
    assert faults(designer) == []

    panel = at(designer, "limit")
    panel.get_by_label("时限从哪里来").select_option("fixed")
    panel.get_by_label("按谁的工作时间算").select_option("CAL-BIZ")
    panel.get_by_label("多久").fill("4")
    panel.get_by_label("多久").press("Tab")
    panel.get_by_role("button", name="新建阶梯").click()
    expect(panel.locator('[data-said="rungs"] fieldset.b-rung')).to_have_count(3)
    expect(panel.locator('[data-said="limit"]')).to_contain_text(
        "4 工作小时；用到 75%：提醒办理人；用到 100%：升级到第 1 级，通知办理人、班长"
    )
    panel.get_by_label("假设这一步到达于").fill("2026-11-06T16:00")
    moments = panel.locator('[data-said="moments"] li')
    expect(moments.nth(1)).to_contain_text("11-09 周一 10:00")
    expect(moments.nth(2)).to_contain_text("11-09 周一 11:00")
    expect(moments.nth(4)).to_contain_text("11-09 周一 14:30")
    expect(panel.get_by_role("img", name="11-09 周一 14:30")).to_be_visible()
    last = panel.locator("fieldset.b-rung").nth(2)
    last.get_by_role("checkbox", name="分管副总").check()
    last.get_by_label("且超时满（分钟）").fill("240")
    last.get_by_label("且超时满（分钟）").press("Tab")
    expect(moments.nth(4)).to_contain_text("11-09 周一 16:30")
    assert faults(designer) == []

    files = saved(designer, lambda read: '"department_head vice_president"' in read.get("ladder_1.dmn", ""))
    drawing = files["complaint.bpmn"]
    assert '<baton:assignment role="SECTION_HEAD" unit="JN-NET-1" exclude="register starter" />' in drawing
    assert '<baton:limit minutes="240" calendar="CAL-BIZ" ladder="ladder_1" />' in drawing
    assert "<bpmn:loopDataInputRef>orders</bpmn:loopDataInputRef>" in drawing
    assert findings(server, files, "review", "ladder_1.dmn") == []


def test_a_ladder_is_undone_and_redone_like_what_is_drawn(designer: Page, server: Flask) -> None:
    panel = chosen(designer, "review", "limit")
    panel.get_by_role("button", name="新建阶梯").click()
    rungs = panel.locator('[data-said="rungs"] fieldset.b-rung')
    expect(rungs).to_have_count(3)
    rungs.nth(1).get_by_role("checkbox", name="分管副总").check()
    expect(rungs.nth(1).get_by_role("checkbox", name="分管副总")).to_be_checked()
    undo, redo = (designer.get_by_role("button", name=name, exact=True) for name in ("撤销", "重做"))
    undo.click()
    expect(rungs.nth(1).get_by_role("checkbox", name="分管副总")).not_to_be_checked()
    undo.click()
    expect(panel.get_by_label("升级阶梯：什么时候通知谁")).to_have_value("escalation_ladder")
    saved(designer, lambda read: 'ladder="escalation_ladder"' in read["complaint.bpmn"] and "ladder_1.dmn" not in read)
    redo.click()
    redo.click()
    files = saved(designer, lambda read: "vice_president" in read.get("ladder_1.dmn", ""))
    assert 'ladder="ladder_1"' in files["complaint.bpmn"]
    assert findings(server, files, "review", "ladder_1.dmn") == []


def test_everybody_in_turn_a_head_and_a_manager(designer: Page, server: Flask) -> None:
    panel = chosen(designer, "review", "who")
    panel.get_by_label("几个人办").select_option("turn")
    panel.get_by_label("办完几个就够").fill("2")
    panel.get_by_label("办完几个就够").press("Tab")
    panel = chosen(designer, "check", "who")
    panel.get_by_label("这一步谁来办").select_option("manager")
    panel.get_by_label("谁的上级").select_option("dispatch")
    panel.get_by_label("往上几级").fill("2")
    panel.get_by_label("往上几级").press("Tab")
    panel = chosen(designer, "supervise", "who")
    panel.get_by_label("这一步谁来办").select_option("head")
    head = panel.locator('[data-field="headOf"]').get_by_role("combobox")
    head.fill("JN-NET-1")
    head.press("Enter")
    expect(panel.locator('[data-said="today"]')).to_contain_text("head")
    files = saved(designer, lambda read: 'headOf="JN-NET-1"' in read["complaint.bpmn"])
    drawing = files["complaint.bpmn"]
    assert 'everyone="true"' in drawing
    assert "nrOfCompletedInstances &gt;= 2" in drawing
    assert 'managerOf="dispatch" levels="2"' in drawing
    assert findings(server, files, "review", "check", "supervise") == []


def test_a_timer_is_said_in_plain_words_and_shows_when_it_would_be_due(designer: Page, server: Flask) -> None:
    panel = chosen(designer, "wait_archive", "limit")
    expect(panel.locator('[data-said="timer"]')).to_have_text("等 30 天。")
    panel.get_by_label("按谁的工作时间算").select_option("CAL-BIZ")
    panel.get_by_label("多久").fill("3")
    panel.get_by_label("多久").press("Tab")
    panel.get_by_label("时间单位").select_option("days")
    panel.get_by_label("多久").fill("3")
    panel.get_by_label("多久").press("Tab")
    expect(panel.locator('[data-said="timer"]')).to_have_text("等 3 个工作日。")
    expect(panel.locator('[data-said="next"] li')).to_have_count(1)
    files = saved(designer, lambda read: ">PT1350M<" in read["complaint.bpmn"])
    assert findings(server, files, "wait_archive") == []
    panel.get_by_label("什么时候继续").select_option("timeCycle")
    panel.get_by_label("几点").fill("10:30")
    expect(panel.locator('[data-said="timer"]')).to_have_text("每周一 10:30。")
    expect(panel.locator('[data-said="next"] li')).to_have_count(3)
    expect(panel.locator('[data-said="next"] li').first).to_contain_text("周一 10:30")
    files = saved(designer, lambda read: "T10:30:00/P7D<" in read["complaint.bpmn"])
    assert 'calendar="CAL-BIZ"><bpmn:timeCycle' not in files["complaint.bpmn"]


def test_every_step_of_the_complaint_is_shown_in_plain_words(designer: Page) -> None:
    for step in STEPS:
        designer.locator(f'[data-element-id="{step}"] .djs-hit').first.dispatch_event("click")  # some lie below the palette
        panel = at(designer, "who")
        expect(panel.get_by_label("这一步谁来办")).not_to_have_value("")
        panel = at(designer, "limit")
        expect(panel.locator('[data-said="limit"]')).to_contain_text("办理人")
