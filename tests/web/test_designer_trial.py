"""Trying a process out in the designer, in a real browser: by Enter alone, by jumps of time, with calls that fail, and back again."""

from collections.abc import Callable

import orjson
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bpm import clock, drafts
from bpm.models import Definition
from bpm.models.database import unit_of_work
from tests.bpm.test_definitions import ANALYST
from tests.browsing import faults, log_in
from tests.web.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
SLOW = 20_000
"""Milliseconds that a busy machine may take for a replay."""


Files = dict[str, bytes | None]
Open = Callable[[Files], Page]


@pytest.fixture
def designer(office: Office, page: Page, address: str) -> Open:
    """Open a draft of the complaint process, with some files changed, in the designer and about to be tried."""

    def opened(changed: Files) -> Page:
        with unit_of_work() as session:
            definition = session.scalars(select(Definition).where(Definition.key == "complaint")).one()
            draft_id = drafts.begin_from(session, definition.id, ANALYST, clock.now()).id
            drafts.save(session, draft_id, changed, None, ANALYST, clock.now())
        log_in(page.context, office["analyst"].client, address)
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(f"{address}/designer/{draft_id}")
        expect(page.locator("#designer")).not_to_have_attribute("aria-busy", "true", timeout=SLOW)
        page.get_by_role("button", name="试跑").click()
        return page

    return opened


@pytest.fixture
def studio(designer: Open) -> Page:
    """The complaint process as it is shipped, about to be tried."""
    page = designer({})
    page.get_by_label("开始时间").fill("2026-11-23T09:00")
    return page


def begins(page: Page) -> None:
    page.get_by_role("button", name="开始", exact=True).click()
    stands(page, "查询客户")
    expect(page.locator(".trial-panel button:focus")).to_be_visible()


def stands(page: Page, name: str) -> None:
    expect(page.locator(".trial-panel h2").first).to_have_text(name, timeout=SLOW)


def enter(page: Page, *then: str) -> None:
    """Go on with the Enter key only, and come to these steps."""
    for name in then:
        page.keyboard.press("Enter")
        stands(page, name)
        expect(page.locator(".trial-panel button:focus")).to_be_visible()


def clock_shows(page: Page, moment: str) -> None:
    expect(page.locator(".b-try .b-tag")).to_contain_text(moment)


def test_a_complaint_is_tried_by_enter_alone_to_its_end_and_kept_as_a_scenario(studio: Page) -> None:
    page = studio
    begins(page)
    enter(
        page,
        "登记",
        "复核",
        "派单",
        "签收",
        "处理",
        "审核反馈",
        "答复客户",
        "现在没有人要办什么",
        "电话回访",
        "现在没有人要办什么",
        "工单已走完",
    )
    page.get_by_role("textbox", name="场景名称").fill("普通投诉")
    page.get_by_role("button", name="保存场景").click()
    page.get_by_role("tab", name="场景").click()
    page.get_by_role("button", name="全部运行").click()
    expect(page.get_by_text("全部通过")).to_be_visible(timeout=SLOW)
    page.get_by_label("在图上显示").check()
    expect(page.locator(".b-covered[data-element-id=register]")).to_be_visible()
    expect(page.locator(".b-missed[data-element-id=supervise]")).to_be_visible()
    assert faults(page) == []


def test_time_jumps_over_alarms_and_a_line_of_the_log_leads_back(studio: Page) -> None:
    page = studio
    begins(page)
    enter(page, "登记")
    clock_shows(page, "11-23")
    expect(page.locator("[data-element-id=register].b-here")).to_be_visible()
    page.get_by_role("button", name="+30 分").click()
    clock_shows(page, "09:30")
    page.get_by_role("tab", name="通知").click()
    expect(page.locator(".trial-told")).to_contain_text("还没有登记", timeout=SLOW)
    page.get_by_role("button", name="3 天后").click()
    clock_shows(page, "11-26")
    page.get_by_role("tab", name="经过").click()
    page.locator(".trial-log li", has_text="登记").get_by_role("button", name="回到这里").last.click()
    clock_shows(page, "09:00")
    page.get_by_role("button", name="从头来").click()
    expect(page.get_by_role("button", name="开始", exact=True)).to_be_focused()


def test_a_call_fails_and_the_way_that_is_drawn_for_it_is_taken(studio: Page) -> None:
    page = studio
    begins(page)
    page.get_by_label("或者调用失败").select_option("billing-down")
    page.get_by_role("button", name="失败", exact=True).click()
    stands(page, "登记")
    expect(page.locator("[data-element-id=mark_pending].b-done")).to_be_visible()
    page.locator("[data-element-id=grade_customer]").click()
    expect(page.get_by_role("heading", name="为什么：客户分级")).to_be_visible()
    page.get_by_role("tab", name="数据").click()
    expect(page.get_by_role("row", name="grade_pending true 有变化")).to_be_visible()


def test_what_a_person_left_out_is_said_beside_the_field_and_nothing_has_moved(studio: Page) -> None:
    page = studio
    begins(page)
    enter(page, "登记")
    page.get_by_label("标题").fill("")
    page.get_by_role("button", name="以李晓燕完成").click()
    expect(page.locator(".b-error").first).to_be_visible()
    expect(page.locator("[aria-invalid=true]").first).to_be_focused()
    stands(page, "登记")
    assert faults(page) == []


def test_nothing_can_be_drawn_while_something_is_tried(studio: Page) -> None:
    page = studio
    expect(page.locator(".djs-palette")).to_be_hidden()
    page.locator("[data-element-id=register]").dblclick()
    expect(page.locator(".djs-direct-editing-parent")).to_have_count(0)
    page.get_by_role("button", name="试跑").click()
    expect(page.locator(".djs-palette")).to_be_visible()


def test_a_drawing_that_cannot_run_says_why(designer: Open) -> None:
    page = designer({"handle_order.bpmn": None})
    expect(page.get_by_role("alert")).to_contain_text("还不能试跑")
    page.get_by_role("alert").get_by_role("button").first.click()
    expect(page.locator("[data-element-id=handle_orders].selected")).to_be_visible()


def test_a_script_that_the_drawing_has_outgrown_says_so_and_goes_on_from_where_it_can(designer: Open) -> None:
    steps = [{"do": "answer", "element": "find_customer"}, {"do": "complete", "element": "gone"}, {"do": "complete", "element": "register"}]
    scenario = {"name": "旧场景", "script": {"start": {"at": "2026-11-23T09:00"}, "steps": steps}}
    page = designer({"scenarios/old.json": orjson.dumps(scenario)})
    page.get_by_role("tab", name="场景").click()
    page.get_by_role("button", name="全部运行").click()
    expect(page.locator(".trial-results li", has_text="旧场景")).to_contain_text("gone", timeout=SLOW)
    page.get_by_role("button", name="走一遍旧场景").click()
    expect(page.get_by_role("alert")).to_contain_text("第 2 步", timeout=SLOW)
    page.get_by_role("button", name="从这里接着走").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    stands(page, "登记")
