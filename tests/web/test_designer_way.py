"""Which way a case goes, and what is wrong in a drawing: by mouse and keyboard in a real browser."""

import shutil
import subprocess
from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import Page, expect

from tests.api.desk import ROOT
from tests.browsing import faults
from tests.web.office import Office
from tests.web.studio import BATON, BPMN, Studio, files

Open = Callable[[Mapping[str, str]], Studio]


def test_what_is_read_into_rows_and_fields_is_written_back() -> None:
    node = shutil.which("node")
    assert node is not None
    own = sorted(map(str, (ROOT / "designer" / "src").rglob("*.test.js")))
    done = subprocess.run([node, "--test", *own], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.fixture
def opened(office: Office, page: Page, address: str) -> Open:
    return lambda conditions: Studio(office, page, address, files(conditions))


def condition(studio: Studio, flow: str) -> str | None:
    found = studio.saved().find(f".//{BPMN}sequenceFlow[@id='{flow}']/{BPMN}conditionExpression")
    return None if found is None else found.text


@pytest.mark.browser
@pytest.mark.one_database
def test_a_condition_is_built_from_the_fields_of_a_form(opened: Open) -> None:
    studio = opened({})
    studio.select("choose", "去向")
    studio.panel.get_by_role("button", name="抢修").first.click()
    studio.panel.get_by_label("字段", exact=True).select_option(label="级别")
    studio.panel.get_by_label("比较", exact=True).select_option("in")
    studio.panel.get_by_label("重大").check()
    studio.panel.get_by_label("紧急").check()
    expect(studio.panel.locator(".b-way__t").first).to_contain_text("级别 是 重大 或 紧急")
    assert condition(studio, "f3") == 'level in ["L1", "L2"]'


@pytest.mark.browser
@pytest.mark.one_database
def test_what_is_typed_stays_while_the_draft_is_saved(opened: Open) -> None:
    studio = opened({"f3": "urgent == true"})
    studio.select("choose", "去向")
    studio.panel.get_by_role("button", name="抢修").first.click()
    studio.panel.get_by_label("比较", exact=True).select_option("!=")
    name = studio.panel.get_by_label("去向名称")
    name.press_sequentially("加急")
    studio.saved()
    name.press_sequentially("的")
    expect(name).to_have_value("加急的")
    name.blur()
    assert studio.saved().find(f".//{BPMN}sequenceFlow[@id='f3']").get("name") == "加急的"


@pytest.mark.browser
@pytest.mark.one_database
def test_a_branch_is_ready_for_its_name_and_a_table_is_begun_where_it_is_asked(opened: Open) -> None:
    studio = opened({})
    pad, list_ = studio.page.locator(".djs-context-pad"), studio.page.locator(".djs-popup .entry")
    studio.select("mend", "谁办")
    pad.locator("[data-action='append.more']").click()
    list_.filter(has_text="条件分支").click()
    studio.page.keyboard.type("修好了吗")
    studio.page.keyboard.press("Enter")
    expect(studio.panel.get_by_role("heading", name="修好了吗")).to_be_visible()
    pad.locator("[data-action='append.more']").click()
    list_.filter(has_text="决策表").click()
    studio.page.keyboard.type("查费用")
    studio.page.keyboard.press("Enter")
    studio.panel.get_by_role("button", name="新建决策表").click()
    tables = studio.page.get_by_role("dialog", name="决策表")
    expect(tables.get_by_role("button", name="查费用")).to_be_visible()
    rule = tables.locator("tbody tr").first.bounding_box()
    assert rule is not None
    assert rule["height"] < 60  # one line of text: no part of the page's styles blows it up
    tables.get_by_role("button", name="回到流程").click()
    expect(studio.panel.locator("[data-field='table/ref']")).to_have_value("table")


@pytest.mark.browser
@pytest.mark.one_database
def test_rows_are_joined_and_a_number_that_is_not_filled_in_counts_as_nothing(opened: Open) -> None:
    studio = opened({"f3": "urgent == true"})
    studio.select("choose", "去向")
    studio.panel.get_by_role("button", name="抢修").first.click()
    studio.panel.get_by_role("button", name="条件", exact=True).click()
    studio.panel.get_by_role("radio", name="满足任一").check(force=True)
    studio.panel.get_by_label("字段", exact=True).nth(1).select_option(label="金额")
    studio.panel.get_by_label("比较", exact=True).nth(1).select_option(">")
    studio.panel.get_by_label("值", exact=True).nth(1).fill("100")
    studio.panel.get_by_label("值", exact=True).nth(1).press("Tab")
    assert condition(studio, "f3") == "urgent == true or (amount ?? 0) > 100"


@pytest.mark.browser
@pytest.mark.one_database
def test_the_default_way_is_chosen_and_the_order_changed_by_keys_and_taken_back(opened: Open) -> None:
    studio = opened({"f3": "urgent == true", "f4": "amount > 5"})
    studio.select("choose", "去向")
    ways = studio.panel.locator(".b-ways > li")
    ways.nth(1).get_by_role("radio").check()
    kept = studio.saved()
    gateway = kept.find(f".//{BPMN}exclusiveGateway")
    assert gateway is not None
    assert gateway.get("default") == "f4"
    assert kept.find(f".//{BPMN}sequenceFlow[@id='f4']/{BPMN}conditionExpression") is None
    ways.nth(1).get_by_role("button", name="查客户").first.press("Alt+ArrowUp")
    expect(ways.first).to_have_attribute("data-flow", "f4")
    order = [flow.get("id") for flow in studio.saved().iter(f"{BPMN}sequenceFlow")]
    assert order.index("f4") < order.index("f3")


@pytest.mark.browser
@pytest.mark.one_database
def test_what_rows_cannot_show_stays_as_it_was_written(opened: Open) -> None:
    studio = opened({"f3": 'endsWith(phone ?? "", "00")'})
    studio.select("choose", "去向")
    studio.panel.get_by_role("button", name="抢修").first.click()
    typed = studio.panel.get_by_label("条件表达式")
    expect(typed).to_have_value('endsWith(phone ?? "", "00")')
    typed.fill("amo")
    typed.press("End")
    typed.press_sequentially("u")
    studio.panel.get_by_role("option", name="金额").click()
    expect(typed).to_have_value("amount")
    typed.press_sequentially(" = 3")
    expect(studio.panel.locator(".b-err")).to_contain_text("==")
    assert faults(studio.page) == []


@pytest.mark.browser
@pytest.mark.one_database
def test_a_problem_leads_to_its_field_and_is_mended_at_one_press(opened: Open) -> None:
    studio = opened({"f3": "urgent == true"})
    problems = studio.page.get_by_role("region", name="问题")
    row = problems.get_by_role("listitem").filter(has_text="怎么办？").first
    row.locator(".b-problem").click()
    expect(studio.panel.get_by_role("tab", name="去向")).to_have_attribute("aria-selected", "true")
    expect(studio.page.locator(".b-mark").first).to_be_visible()
    row.get_by_role("button", name="设为默认去向").click()
    gateway = studio.saved().find(f".//{BPMN}exclusiveGateway")
    assert gateway is not None
    assert gateway.get("default") == "f4"
    expect(problems.get_by_role("listitem").filter(has_text="怎么办？")).to_have_count(0)
    assert faults(studio.page) == []


@pytest.mark.browser
@pytest.mark.one_database
def test_four_eyes_on_a_step_that_is_gone_lead_to_their_field_and_are_taken_out(office: Office, page: Page, address: str) -> None:
    drawn = files()
    drawn["main.bpmn"] = drawn["main.bpmn"].replace(b'unit="JN-NET-1"/></', b'unit="JN-NET-1" exclude="looked check"/></')
    studio = Studio(office, page, address, drawn)
    row = page.get_by_role("region", name="问题").get_by_role("listitem").filter(has_text="不能由“looked”的办理人办理")
    row.locator(".b-problem").click()
    expect(studio.panel.get_by_role("tab", name="谁办")).to_have_attribute("aria-selected", "true")
    expect(studio.panel.locator("[data-field=exclude] :focus")).to_have_count(1)
    row.get_by_role("button", name="去掉“looked”").click()
    assignment = studio.saved().find(f".//{BPMN}userTask[@id='mend']//{BATON}assignment")
    assert assignment is not None
    assert assignment.get("exclude") == "check"
    expect(row).to_have_count(0)
