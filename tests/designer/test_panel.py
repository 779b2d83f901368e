"""What the panel asks beside who, when and which way: what is typed stands in the files and comes back when the draft is opened again."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.designer import sample
from tests.designer.conftest import Studio

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
MAIN = "repair.bpmn"


def tab(page: Page, element: str, name: str) -> Locator:
    """A tab of the panel of an element."""
    page.get_by_role("application").focus()
    page.keyboard.press("Escape")
    page.locator(f'[data-element-id="{element}"] > .djs-hit').first.dispatch_event("click", {"button": 0})
    page.locator(f"#tab-{name}").click()
    return page.locator(f"#pan-{name}")


def fill(panel: Locator, **texts: str) -> None:
    """Type into the fields of these labels, and leave each."""
    for label, text in texts.items():
        field = panel.get_by_label(label, exact=True)
        field.fill(text)
        field.blur()


def test_who_is_told_and_in_which_words(studio: Studio) -> None:
    draft = studio.fill(sample.files())
    page = studio.open(draft)
    notices = tab(page, "closed", "notice")
    notices.get_by_role("button", name="添加通知").click()
    panel = notices.get_by_role("group", name="通知 2")
    panel.get_by_label("通知谁").select_option(label="某单位的某个角色")
    panel.get_by_label("角色").select_option("SECTION_HEAD")
    panel.get_by_label("单位").select_option("BILLING")
    panel.get_by_label("通知内容").select_option(label="新建一段…")
    fill(panel, 标题="修好了：{{title}}", 正文="请核对费用。", 英文标题="Mended: {{title}}", 英文正文="Please check the bill.")
    studio.kept(draft, MAIN, '<baton:notice to="SECTION_HEAD@BILLING" text="notice_2" />')
    studio.kept(draft, "process.json", '"subject": "修好了：{{title}}"', '"body": "请核对费用。"')
    studio.kept(draft, "strings/en.json", '"修好了：{{title}}": "Mended: {{title}}"', '"请核对费用。": "Please check the bill."')

    panel = tab(studio.open(draft), "closed", "notice").get_by_role("group", name="通知 2")
    for label, value in (("角色", "SECTION_HEAD"), ("单位", "BILLING"), ("正文", "请核对费用。"), ("英文标题", "Mended: {{title}}")):
        expect(panel.get_by_label(label, exact=True)).to_have_value(value)


def test_undo_takes_back_words_and_never_what_was_written_elsewhere_since(studio: Studio) -> None:
    draft = studio.fill(sample.files())
    page = studio.open(draft)
    panel = tab(page, "closed", "notice")
    before = panel.get_by_label("标题", exact=True).first.input_value()
    undo = page.get_by_role("button", name="撤销", exact=True)
    fill(panel.get_by_role("group", name="通知 1"), 标题="第一稿")
    studio.kept(draft, "process.json", '"subject": "第一稿"')
    undo.click()
    expect(panel.get_by_label("标题", exact=True).first).to_have_value(before)
    fill(panel.get_by_role("group", name="通知 1"), 标题="第二稿")
    page.get_by_role("button", name="给流程改名").click()
    page.get_by_label("流程名称", exact=True).fill("新名字")
    page.get_by_role("button", name="改名", exact=True).click()
    studio.kept(draft, "process.json", '"name": "新名字"', '"subject": "第二稿"')
    undo.click()
    expect(undo).to_be_disabled()
    studio.kept(draft, "process.json", '"name": "新名字"', '"subject": "第二稿"')


def test_a_work_order_moves_on_a_value_is_worked_out_and_a_message_finds_its_case(studio: Studio) -> None:
    draft = studio.fill(sample.files())
    page = studio.open(draft)
    order = tab(page, "tell", "order")
    order.get_by_label("工单状态", exact=True).select_option("ANSWERED")
    order.get_by_label("升级级别提到", exact=True).select_option("2")
    fill(tab(page, "reckon", "script"), 计算内容="total = price * count\nurgent = total > 100")
    waits = tab(page, "hear", "general")
    waits.get_by_label("消息", exact=True).select_option(label="新建…")
    fill(waits, 它的名称="parts-arrived")
    waits.get_by_label("属于哪个流程（关联键）：取值方式").select_option("expression")
    fill(waits, 表达式="order_number")
    sends = tab(page, "answer", "general")
    sends.get_by_label("消息", exact=True).select_option(label="parts-arrived")
    sends.get_by_role("button", name="添加一行").click()
    row = sends.locator(".b-pair").last
    fill(row, 名称="city")
    row.get_by_label("值：取值方式").select_option("fixed")
    fill(row, 值="531")
    drawn = (
        '<baton:order state="ANSWERED" tier="2" />',
        "total = price * count\nurgent = total &gt; 100",
        'name="parts-arrived"',
        '<baton:message correlation="= order_number" />',
        '<baton:payload name="city" value="531" />',
    )
    studio.kept(draft, MAIN, *drawn)

    page = studio.open(draft)
    order = tab(page, "tell", "order")
    expect(order.get_by_label("工单状态", exact=True)).to_have_value("ANSWERED")
    expect(order.get_by_label("升级级别提到", exact=True)).to_have_value("2")
    expect(tab(page, "reckon", "script").get_by_label("计算内容")).to_have_value("total = price * count\nurgent = total > 100")
    waits = tab(page, "hear", "general")
    expect(waits.get_by_label("它的名称")).to_have_value("parts-arrived")
    expect(waits.get_by_label("表达式", exact=True)).to_have_value("order_number")
    expect(tab(page, "answer", "general").locator(".b-pair").last.get_by_label("名称")).to_have_value("city")


def test_the_name_of_a_step_and_why_it_comes_have_their_english_beside_them(studio: Studio) -> None:
    draft = studio.fill(sample.files())
    page = studio.open(draft)
    general = tab(page, "dispatch", "general")
    fill(general, 名称="派给班组", 为什么到你这里="{{title}}在等人去修")
    fill(general, **{"英文名称": "Send a crew", "为什么到你这里（英文）": "{{title}} waits to be mended"})
    studio.kept(draft, "strings/en.json", '"派给班组": "Send a crew"', '"{{title}}在等人去修": "{{title}} waits to be mended"')
    page.get_by_role("button", name="撤销", exact=True).click()
    expect(general.get_by_label("为什么到你这里（英文）")).to_have_value("")
    expect(general.get_by_label("英文名称")).to_have_value("Send a crew")
    fill(general, 名称="派人去修")
    expect(general.get_by_label("英文名称")).to_have_value("")


def test_a_step_is_named_and_explained_and_its_id_changed_but_never_to_one_that_is_taken(studio: Studio) -> None:
    draft = studio.fill(sample.files())
    page = studio.open(draft)
    general = tab(page, "dispatch", "general")
    fill(general, 名称="派给班组", 为什么到你这里="{{title}}在等人去修", 说明="夜里派给值班班组")
    general.get_by_text("专家选项").click()
    fill(general, 编号="register")
    expect(general.get_by_label("编号")).to_have_value("dispatch")
    fill(general, 编号="send_out")
    studio.kept(draft, MAIN, 'id="send_out" name="派给班组"', '<baton:why text="{{title}}在等人去修" />', "夜里派给值班班组")
    studio.kept(draft, MAIN, 'targetRef="send_out"')

    general = tab(studio.open(draft), "send_out", "general")
    for label, value in (("名称", "派给班组"), ("为什么到你这里", "{{title}}在等人去修"), ("说明", "夜里派给值班班组")):
        expect(general.get_by_label(label, exact=True)).to_have_value(value)
    assert studio.crashes == []
