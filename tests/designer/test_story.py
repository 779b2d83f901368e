"""From a blank page to a case that is done: drawn by mouse, tried, reviewed by a second person, published, worked on by staff."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browsing import log_in
from tests.web.conftest import Open
from tests.web.conftest import address as address
from tests.web.conftest import browse as browse
from tests.web.conftest import office as office
from tests.web.conftest import server as server
from tests.web.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
SLOW = 20_000


class Drawing:
    """An analyst's designer, used by mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_viewport_size({"width": 1440, "height": 900})
        page.set_default_timeout(10_000)
        expect(page.locator("#designer")).not_to_have_attribute("aria-busy", "true", timeout=SLOW)

    @property
    def shapes(self) -> set[str]:
        """The ids of what is drawn."""
        ids = (str(each.get_attribute("data-element-id")) for each in self.page.locator(".djs-shape").all())
        return {each for each in ids if not each.endswith("_label")}

    def choose(self, element: str, tab: str | None = None) -> Locator:
        """Click an element, and one of its tabs."""
        self.page.locator(".djs-container > svg").click(position={"x": 300, "y": 470})
        self.page.locator(f'[data-element-id="{element}"] .djs-hit').first.click(force=True)
        if tab is not None:
            self.page.locator(f"#tab-{tab}").click()
        return self.page.locator(f"#pan-{tab}")

    def follow(self, after: str, kind: str, name: str) -> str:
        """Draw what comes next with the + beside an element, and type its name; the id of what is new."""
        self.choose(after)
        before = self.shapes
        self.page.locator('.djs-context-pad [data-action="append.more"]').click()
        self.page.locator(".djs-popup .entry").get_by_text(kind, exact=True).click()
        expect(self.page.locator(".djs-popup")).to_have_count(0)
        (made,) = self.shapes - before
        typing = self.page.locator(".djs-direct-editing-content")
        if name and typing.count():
            typing.fill(name)
            self.page.keyboard.press("Enter")
        elif name:
            field = self.choose(made, "general").locator("input").first
            field.fill(name)
            field.press("Tab")
        return made

    def goes_to(self, element: str, unit: str, role: str) -> None:
        """Say who does a step."""
        panel = self.choose(element, "who")
        way = panel.get_by_label("这一步谁来办")
        if way.input_value() != "queue":
            way.select_option("queue")
        for label, text in (("单位", unit), ("角色", role)):
            box = panel.get_by_role("combobox", name=label, exact=True)
            box.fill(text)
            panel.locator("[role=listbox] [role=option]").first.click()

    def within(self, element: str, hours: str) -> None:
        """Say how long a step may take."""
        box = self.choose(element, "limit").get_by_label("多久")
        box.fill(hours)
        box.press("Tab")


@pytest.fixture
def analyst(office: Office, browse: Open) -> Drawing:
    """An analyst with a blank page."""
    page = browse("analyst", "/definitions")
    page.get_by_role("button", name="新建流程").click()
    page.get_by_label("流程名称").fill("宽带报修")
    page.get_by_role("button", name="开始设计").click()
    page.wait_for_url("**/designer/**")
    return Drawing(page)


def _five_fields(drawing: Drawing, element: str) -> None:
    page = drawing.page
    drawing.choose(element, "form").get_by_role("button", name="新建表单").click()
    for kind, chinese, english in (
        ("text", "故障现象", "Fault"),
        ("radio", "等级", "Level"),
        ("text", "装机地址", "Address"),
        ("number", "断网小时", "Hours"),
        ("yes", "重要用户", "Vip"),
    ):
        page.locator(f"[data-kind={kind}]").click()
        page.locator("#f-label-zh").fill(chinese)
        page.locator("#f-label-en").fill(english)
        page.locator("#f-label-en").press("Tab")
        if kind == "radio":
            for at, texts in enumerate((("HIGH", "重大", "Grave"), ("LOW", "一般", "Plain"))):
                for box, text in zip(page.locator(".f-choices__r").nth(at).locator("input").all(), texts, strict=True):
                    box.fill(text)
                    box.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".f-layer")).to_have_count(0)


def _ways(drawing: Drawing, branch: str) -> None:
    """To the customer when it is grave, else by telephone."""
    panel = drawing.choose(branch, "way")
    ways = panel.locator(".b-ways > li")
    ways.nth(1).get_by_role("radio").check()
    ways.nth(0).locator(".b-way__t").click()
    row = ways.nth(0).locator(".b-row").first
    row.get_by_label("字段").select_option(label="等级")
    row.get_by_label("比较").select_option(index=0)
    row.get_by_label("值", exact=True).select_option(label="重大")
    expect(ways.nth(0).locator(".b-way__t")).to_contain_text("重大")


def _tries_it(page: Page) -> None:
    """By Enter and with a jump in time: the ladder would ring, and the case comes to its end."""
    page.locator('[data-tool="trial"]').click()
    page.get_by_label("开始时间").fill("2026-11-23T09:00")
    page.get_by_role("button", name="开始", exact=True).click()
    _stands(page, "登记故障")
    page.get_by_label("故障现象").fill("上不了网")
    page.locator(".trial-panel").get_by_label("等级").select_option(label="重大")
    _completes(page, "上门维修")
    page.get_by_role("button", name="3 天后").click()
    expect(page.locator(".b-try .b-tag")).to_contain_text("11-26")
    page.get_by_role("tab", name="通知").click()
    expect(page.locator(".trial-told")).to_contain_text("上门维修")
    _completes(page, "回访用户")
    _completes(page, "单子已走完")
    page.locator('[data-tool="trial"]').click()


def _stands(page: Page, name: str) -> None:
    expect(page.locator(".trial-panel h2").first).to_have_text(name, timeout=SLOW)


def _completes(page: Page, then: str) -> None:
    page.locator(".trial-panel .btn-primary").first.click()
    _stands(page, then)


def test_from_a_blank_page_to_a_case_that_is_done(analyst: Drawing, office: Office, browse: Open) -> None:
    page = analyst.page
    take = analyst.follow("Start", "人工步骤", "登记故障")
    branch = analyst.follow(take, "条件分支", "要上门吗？")
    visit = analyst.follow(branch, "限时步骤", "上门维修")
    call = analyst.follow(visit, "限时步骤", "回访用户")
    analyst.follow(call, "结束", "已修复")
    phone = analyst.follow(branch, "人工步骤", "电话指导")
    analyst.follow(phone, "结束", "已解决")
    for step in (take, phone, call):
        analyst.goes_to(step, "JN-FRONT", "AGENT")
    analyst.goes_to(visit, "JN-NET-1", "HANDLER")
    _five_fields(analyst, take)
    _ways(analyst, branch)
    analyst.within(visit, "4")
    analyst.within(call, "2")
    expect(page.locator(".b-under")).not_to_contain_text("错误")
    _tries_it(page)

    page.locator('[data-tool="review"]').click()
    page.get_by_label("说明：改了什么").fill("新流程：宽带报修")
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("等第二人审核")).to_be_visible()
    address = page.url
    page.get_by_role("button", name="关闭").click()

    other = browse("qa", address.removeprefix(address.split("/designer")[0]))
    other.locator('[data-tool="review"]').click()
    other.get_by_role("button", name="通过", exact=True).click()
    expect(other.get_by_text("审核通过，可以发布")).to_be_visible()

    page = browse("analyst", address.removeprefix(address.split("/designer")[0]))
    page.locator('[data-tool="review"]').click()
    page.get_by_label("说明：改了什么").fill("新流程：宽带报修")
    page.get_by_role("button", name="发布", exact=True).click()
    page.wait_for_url("**/definitions/**")
    expect(page.locator("main")).to_contain_text("v1")

    _is_worked_on(office)


def _is_worked_on(office: Office) -> None:
    """A case of the new process goes from the desk to its end."""
    key = next(each["key"] for each in office["admin"].client.get("/api/v1/definitions").json["items"] if each["name"] == "宽带报修")
    case = _post(office, "admin", "/api/v1/instances", {"definition_key": key})
    for login, answers in (("agent", {"fault": "上不了网", "level": "HIGH"}), ("handler", {}), ("agent", {})):
        [task] = [
            each for each in office["admin"].client.get(f"/api/v1/instances/{case['id']}/tasks").json["items"] if each["status"] == "open"
        ]
        _post(office, login, f"/api/v1/tasks/{task['id']}/claim", {})
        _post(office, login, f"/api/v1/tasks/{task['id']}/complete", {"variables": answers})
    assert office["admin"].client.get(f"/api/v1/instances/{case['id']}").json["status"] == "completed"


def _post(office: Office, login: str, path: str, body: dict[str, Any]) -> Any:
    person = office[login]
    answer = person.client.post(path, json=body, headers={"X-CSRF-Token": person.csrf})
    assert answer.status_code in (200, 201), answer.text
    return answer.json


def test_two_people_on_one_draft_overwrite_nothing_unseen(analyst: Drawing, office: Office, address: str) -> None:
    first, browser = analyst.page, analyst.page.context.browser
    assert browser is not None
    with browser.new_context(locale="zh-CN") as theirs:
        log_in(theirs, office["admin"].client, address)
        second = theirs.new_page()
        second.goto(first.url)
        expect(second.locator(".b-presence")).to_contain_text("analyst正在编辑", timeout=SLOW)
        second.get_by_role("button", name="由我接手编辑").click()
        expect(second.locator(".b-presence")).to_contain_text("也在看这份草稿", timeout=SLOW)

        analyst.follow("Start", "人工步骤", "来晚的一步")
        told = first.get_by_role("dialog", name="两人")
        expect(told).to_contain_text("admin", timeout=SLOW)
        was = first.url
        told.get_by_role("button", name="把我的另存为副本").click()
        first.wait_for_url(lambda now: now != was)
        expect(first.locator(".djs-container")).to_contain_text("来晚的", timeout=SLOW)
        second.reload()
        expect(second.locator(".djs-container")).not_to_contain_text("来晚的")
