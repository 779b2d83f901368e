"""From a blank page to a case that is done: drawn by mouse, tried, reviewed by a second person, published, worked on at the desk."""

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from connectors.mail.simulator import Simulator
from tests.browsing import log_in
from tests.designer.desk import Desk, outside_systems
from tests.designer.drawing import SLOW, Drawing
from tests.web.conftest import Open
from tests.web.conftest import address as address
from tests.web.conftest import browse as browse
from tests.web.conftest import office as office
from tests.web.conftest import server as server
from tests.web.office import Office
from tests.web.tables import Tables

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
NUMBER, MAIL = "15455310001", "li@example.com"


@pytest.fixture
def post(server: Flask) -> Iterator[Simulator]:
    with outside_systems(server) as mails:
        yield mails


@pytest.fixture
def analyst(post: Simulator, office: Office, browse: Open) -> Drawing:
    """An analyst with a blank page."""
    page = browse("analyst", "/definitions")
    page.get_by_role("button", name="新建流程").click()
    page.get_by_label("流程名称").fill("宽带报修")
    page.get_by_role("button", name="开始设计").click()
    page.wait_for_url("**/designer/**")
    return Drawing(page)


def test_a_repair_goes_from_a_blank_page_to_a_case_that_is_done(analyst: Drawing, post: Simulator, office: Office, browse: Open) -> None:
    _draws(analyst)
    _tries_it(analyst.page)
    _has_it_reviewed_and_publishes(analyst, browse)
    _is_worked_on(Desk(office, browse), post)


def _draws(analyst: Drawing) -> None:
    """Four steps by people, three by systems, a condition."""
    take = analyst.follow("Start", "Step by a person", "登记故障")
    look = analyst.follow(take, "Step by a system", "查用户")
    decide = analyst.follow(look, "Decision table", "定处理方式")
    branch = analyst.follow(decide, "Branch", "要上门吗？")
    visit = analyst.follow(branch, "Step with time limit", "上门维修")
    write = analyst.follow(visit, "Step by a system", "发邮件")
    call = analyst.follow(write, "Step by a person", "回访用户")
    analyst.follow(call, "End", "已修复")
    phone = analyst.follow(branch, "Step by a person", "电话指导")
    analyst.follow(phone, "End", "已解决")
    for step in (take, phone, call):
        analyst.goes_to(step, "JN-FRONT", "AGENT")
    analyst.goes_to(visit, "JN-NET-1", "HANDLER")
    analyst.asks(
        take,
        ("text", "故障现象", "Fault"),
        ("radio", "等级", "Level"),
        ("text", "用户号码", "Subscriber"),
        ("text", "联系邮箱", "Mailbox"),
        ("number", "断网小时", "Hours"),
    )
    analyst.calls(look, "查客户", "查询客户资料", 客户号码="=用户号码")
    _rules(analyst.page)
    panel = analyst.choose(decide, "table")
    panel.get_by_label("决策表", exact=True).select_option(label="处理方式")
    analyst.branches(branch, "结果", "上门")
    analyst.calls(
        write, "发邮件", "发送邮件", **{"收件人（一个地址）": "=联系邮箱", "主题": "宽带已修好", "正文": "您好：\n“[故障现象]”已上门修好。"}
    )
    analyst.within(visit, "4")
    analyst.limits(call, "2")
    analyst.has_no_error()


def _rules(page: Page) -> None:
    """A visit where it is grave or has lasted a day, else the telephone."""
    tables = Tables(page)
    tables.open()
    layer = tables.layer
    layer.get_by_role("button", name="新建决策表").click()
    layer.get_by_label("新表的名称").fill("处理方式")
    page.keyboard.press("Enter")
    tables.head(0, "等级", "level", "string")
    tables.another_input()
    tables.head(1, "断网小时", "hours", "number")
    tables.rules(('"HIGH"', "-", '"上门"'), ("-", ">= 24", '"上门"'), ("-", "-", '"电话"'))
    layer.get_by_label("等级").fill("LOW")
    layer.get_by_label("断网小时").fill("30")
    layer.get_by_role("button", name="试一试").click()
    expect(layer.locator(".b-tables__outcome")).to_contain_text("上门")
    page.keyboard.press("Escape")
    expect(layer).to_have_count(0)


def _tries_it(page: Page) -> None:
    """By Enter and with jumps in time: the ladders would ring, and the case comes to its end."""
    page.locator('[data-tool="trial"]').click()
    page.get_by_label("开始时间").fill("2026-11-23T09:00")
    page.get_by_role("button", name="开始", exact=True).click()
    _stands(page, "登记故障")
    panel = page.locator(".trial-panel")
    for label, text in (("故障现象", "上不了网"), ("用户号码", NUMBER), ("联系邮箱", MAIL)):
        panel.get_by_label(label).fill(text)
    panel.get_by_label("等级").select_option(label="重大")
    _completes(page, "查用户")
    _completes(page, "上门维修")
    _jumps(page, "11-26", "上门维修")
    _completes(page, "发邮件")
    _completes(page, "回访用户")
    _jumps(page, "11-29", "回访用户")
    _completes(page, "工单已走完")
    page.locator('[data-tool="trial"]').click()


def _stands(page: Page, name: str) -> None:
    expect(page.locator(".trial-panel h2").first).to_have_text(name, timeout=SLOW)


def _completes(page: Page, then: str) -> None:
    page.locator(".trial-panel .btn-primary").first.click()
    _stands(page, then)


def _jumps(page: Page, day: str, told_of: str) -> None:
    """Three days later somebody has been told."""
    page.get_by_role("button", name="3 天后").click()
    expect(page.locator(".b-try .b-tag")).to_contain_text(day)
    page.get_by_role("tab", name="通知").click()
    expect(page.locator(".trial-told")).to_contain_text(told_of)


def _has_it_reviewed_and_publishes(analyst: Drawing, browse: Open, language: str = "zh") -> None:
    path = analyst.hands_in("新流程：宽带报修")
    Drawing(browse("qa", path), language).approves()
    Drawing(browse("analyst", path), language).publishes("新流程：宽带报修")


def _is_worked_on(desk: Desk, post: Simulator) -> None:
    """A case of the new process goes over the desk to its end; it lies too long, and those are told whom the ladders name."""
    about = "幸福路 8 号上不了网"
    page = desk.begins("agent", "宽带报修", about)
    desk.claims(page)
    form = page.locator("form#f")
    for label, text in (("故障现象", "上不了网"), ("用户号码", NUMBER), ("联系邮箱", MAIL), ("断网小时", "3")):
        form.get_by_label(label).fill(text)
    form.get_by_text("重大").click()
    desk.submits(page)

    desk.passes("PT3H30M")
    desk.is_told("handler", about, "上门维修", "还剩")
    desk.passes("PT1H")
    desk.is_told("head", about, "上门维修", "升级到第 1 级")
    page = desk.takes("handler", about, "上门维修")
    expect(page.locator("#pane .b-clock__word")).to_contain_text("已超")
    expect(page.locator("#pane .b-tag", has_text="升级 1")).to_be_visible()
    assert post.messages_to(MAIL) == []
    desk.submits(page)

    [mail] = post.messages_to(MAIL)
    assert _said(mail) == ("宽带已修好", "您好：\n“上不了网”已上门修好。")
    desk.passes("PT3H")
    desk.is_told("agent", about, "回访用户", "升级到第 1 级")
    page = desk.takes("agent", about, "回访用户")
    desk.submits(page)
    case = _the_case(desk.office)
    assert (case["status"], case["business_key"]) == ("completed", about)
    assert case["variables"]["customer"]["tariff"] == "尊享 158 元"


def _said(mail: EmailMessage) -> tuple[str, str]:
    return str(mail["Subject"]), str(mail.get_content()).strip().replace("\r\n", "\n")


def _the_case(office: Office) -> dict[str, Any]:
    client = office["admin"].client
    [case] = client.get("/api/v1/instances").json["items"]
    return dict(client.get(f"/api/v1/instances/{case['id']}").json)


def test_a_shorter_story_in_english(post: Simulator, office: Office, browse: Open) -> None:
    for login in ("analyst", "qa", "agent", "handler"):
        office.speak(login, "en")
    page = browse("analyst", "/definitions")
    page.get_by_role("button", name="New flow").click()
    page.get_by_label("Name of the flow").fill("Line repair")
    page.get_by_role("button", name="Begin to draw").click()
    page.wait_for_url("**/designer/**")

    analyst = Drawing(page, "en")
    take = analyst.follow("Start", "Step by a person", "Register the fault")
    branch = analyst.follow(take, "Branch", "On site?")
    visit = analyst.follow(branch, "Step with time limit", "Repair on site")
    analyst.follow(visit, "End", "Repaired")
    phone = analyst.follow(branch, "Step by a person", "Help by telephone")
    analyst.follow(phone, "End", "Helped")
    for step in (take, phone):
        analyst.goes_to(step, "JN-FRONT", "AGENT")
    analyst.goes_to(visit, "JN-NET-1", "HANDLER")
    analyst.asks(take, ("text", "故障现象", "Fault"), ("radio", "等级", "Level"))
    analyst.branches(branch, "Level", "Grave")
    analyst.has_no_error()
    _has_it_reviewed_and_publishes(analyst, browse, "en")

    desk, about = Desk(office, browse), "No line in 8 Lucky Road"
    page = desk.begins("agent", "Line repair", about)
    desk.claims(page)
    page.locator("form#f").get_by_label("Fault").fill("dead line")
    page.locator("form#f").get_by_text("Grave").click()
    desk.submits(page)
    desk.submits(desk.takes("handler", about, "Repair on site"))
    assert _the_case(office)["status"] == "completed"


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

        analyst.follow("Start", "Step by a person", "来晚的一步")
        told = first.get_by_role("dialog", name="两人")
        expect(told).to_contain_text("admin", timeout=SLOW)
        was = first.url
        told.get_by_role("button", name="把我的另存为副本").click()
        first.wait_for_url(lambda now: now != was)
        expect(first.locator(".djs-container")).to_contain_text("来晚的", timeout=SLOW)
        second.reload()
        expect(second.locator(".djs-container")).not_to_contain_text("来晚的")
