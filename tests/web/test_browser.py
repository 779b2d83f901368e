"""A real browser: keys, what is kept while typing, the live diagram, and no fault that axe calls serious."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bpm import clock, customers, interventions
from bpm.models.database import unit_of_work
from tests.browsing import faults, log_in
from tests.web.conftest import Open
from tests.web.office import Office

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


def test_no_page_has_a_serious_fault_on_desk_or_phone(office: Office, browse: Open) -> None:
    number = office.register()
    office.walk(number, "reviewer", "dispatcher", "handler")
    office["handler"].post(f"/inbox/tasks/{office.task(number).id}/claim")
    visits = [
        *(("", path) for path in ("/login", "/complain", "/track", f"/track/{office.order(number).token}")),
        *(("handler", path) for path in ("/inbox", "/inbox?view=unit", f"/orders/{number}", "/orders", "/notices", "/profile")),
        *(("agent", path) for path in ("/intake", "/intake?number=13805312716")),
        ("analyst", "/definitions"),
    ]
    for login, path in visits:
        page = browse(login, path)
        for size in ({"width": 1280, "height": 800}, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            assert faults(page) == [], (path, size)
            assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, (path, size)


def test_on_a_phone_the_last_button_is_reached_and_the_next_page_begins_at_its_top(browse: Open) -> None:
    page = browse("agent", "/intake")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.fill("#in-title", "车库没有信号")
    page.fill("#in-contact_phone", "13805312716")
    page.fill("#in-answer_text", "已说明正在建设。")
    page.click("button[name=spot]")  # a click that the bar at the bottom took would lead elsewhere
    expect(page.locator("main h1")).to_have_text("车库没有信号")
    assert page.evaluate("window.scrollY") == 0


def test_on_a_phone_a_failed_step_says_in_readable_lines_which_order_it_holds_up(office: Office, browse: Open) -> None:
    number = office.register()
    office.fail(number, "查询客户", "Billing does not answer properly.", token_id="0" * 32)  # so that every way out is offered
    page = browse("admin", "/incidents")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(page.locator("tbody tr").get_by_text(number)).to_be_visible()
    assert page.locator("td.c-main").bounding_box()["width"] > 300  # type: ignore[index]


def test_a_task_is_worked_on_with_keys_only(office: Office, browse: Open) -> None:
    page, _, _ = _at_the_second_task(office, browse)
    page.keyboard.press("c")
    expect(page.locator(".b-toast")).to_contain_text("000001 已签收到你名下。")
    page.keyboard.press("z")
    expect(page.locator(".b-toast").last).to_contain_text("已放回本组")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_fast_hands_claim_the_task_they_have_chosen(office: Office, browse: Open) -> None:
    _, sooner = _two_tasks(office)
    page = browse("handler", "/inbox")
    expect(page.locator("#pane-h")).to_have_text(sooner)
    page.keyboard.press("j")
    page.keyboard.press("c")  # the pane does not show the chosen one yet
    expect(page.locator(".b-toast")).to_contain_text("000001 已签收到你名下。")


def test_the_pane_stays_with_the_task_that_is_worked_on(office: Office, browse: Open) -> None:
    page, later, sooner = _at_the_second_task(office, browse)
    page.keyboard.press("c")
    expect(page.locator("#pane [data-key=s]")).to_be_visible()
    page.keyboard.press("u")
    page.locator("dialog[open] .btn-primary").click()
    expect(page.locator(".b-toast")).to_contain_text("已催办")
    page.click("#pane summary")
    page.click("[data-dialog=comment]")
    page.fill("#com-t", "先打电话给客户")
    page.locator("dialog[open] .btn-primary").click()
    expect(page.locator(".b-toast")).to_contain_text("备注")
    page.keyboard.press("o")
    expect(page.locator("main h1")).to_have_text(later)
    page.go_back()
    expect(page.locator("#pane-h")).to_have_text(later)
    page.click("#pane summary")
    page.get_by_role("button", name="放回").click()
    expect(page.locator("#pane-h")).to_have_text(sooner)


def test_the_task_that_was_claimed_as_the_next_one_is_before_its_person(office: Office, browse: Open) -> None:
    _, sooner = _two_tasks(office)
    number = office.register(title="第三单")
    office.walk(number, "reviewer", "dispatcher")
    page = browse("handler", "/inbox")
    expect(page.locator("#pane-h")).to_have_text(sooner)
    page.keyboard.press("n")
    expect(page.locator(".b-toast")).to_contain_text(f"{number} 已签收到你名下。")
    expect(page.locator("#pane-h")).to_have_text("第三单")


def test_in_the_units_queue_a_key_claims_the_chosen_row_and_no_other(office: Office, browse: Open) -> None:
    office.register(title="第一单")
    office.register(title="第二单")
    page = browse("reviewer", "/inbox?view=unit")
    page.keyboard.press("c")  # nothing is chosen yet
    page.keyboard.press("j")
    page.keyboard.press("j")
    chosen = page.locator("[data-row][aria-current] .mono").inner_text()
    page.keyboard.press("c")
    expect(page.locator(".b-toast")).to_have_count(1)
    expect(page.locator(".b-toast")).to_contain_text(f"{chosen} 已签收到你名下。")


def test_several_that_are_ticked_with_keys_are_claimed_with_one(office: Office, browse: Open) -> None:
    for title in ("第一单", "第二单", "第三单"):
        office.register(title=title)
    page = browse("reviewer", "/inbox?view=unit")
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator("#bulk")).to_contain_text("已选 2 项")
    page.keyboard.press("a")
    expect(page.locator("#bulk-reassign")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    expect(page.locator(".b-toast")).to_contain_text("2 项已签收到你名下。")
    expect(page.locator("[data-row]")).to_have_count(1)


def test_what_is_announced_covers_no_button_of_the_task(office: Office, browse: Open) -> None:
    office.walk(office.register(), "reviewer", "dispatcher")
    office.register()
    sizes = ({"width": 1280, "height": 800}, {"width": 1280, "height": 640}, PHONE)
    for login, size in ((login, size) for login in ("reviewer", "handler") for size in sizes):  # a long form, and a short one
        page = browse(login, "/inbox?view=unit")
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.locator("[data-row] button", has_text="签收").click()
        expect(page.locator(".b-toast")).to_contain_text("已签收到你名下")
        for end in (0, 9999):
            page.evaluate("(end) => window.scrollTo({ top: end, behavior: 'instant' })", end)
            for word in ("提交", "退回", "挂起", "更多"):
                page.locator(".b-pane__f > *", has_text=word).first.click(trial=True, timeout=2000)  # nothing lies over it
        page.locator("[data-undo]").click()
        expect(page.locator(".b-toast")).to_contain_text("已放回本组")


def test_a_key_leads_into_the_filter_and_escape_closes_it(browse: Open) -> None:
    page = browse("reviewer", "/inbox?view=unit")
    page.keyboard.press("f")
    expect(page.locator("#main details.b-menu[open]")).to_have_count(1)
    expect(page.locator("#flt-q")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#main details.b-menu[open]")).to_have_count(0)


def _at_the_second_task(office: Office, browse: Open) -> tuple[Page, str, str]:
    """The handler's inbox, gone down to the later of two tasks; and the titles of both."""
    later, sooner = _two_tasks(office)
    page = browse("handler", "/inbox")
    expect(page.locator("#pane-h")).to_have_text(sooner)
    page.keyboard.press("j")
    expect(page.locator("#pane-h")).to_have_text(later)
    return page, later, sooner


def _two_tasks(office: Office) -> tuple[str, str]:
    """Two tasks of the handler, from one customer; the second one goes first because he had to complain again."""
    titles = ("第一单", "第二单")
    for title in titles:
        number = office.register(title=title)
        office.walk(number, "reviewer", "dispatcher")
        office["head"].post(f"/inbox/tasks/{office.task(number).id}/reassign", {"user": "handler"})
    return titles


def test_single_letters_do_nothing_while_typing_or_when_switched_off(office: Office, browse: Open) -> None:
    office.register()
    page = browse("reviewer", "/inbox?view=unit")
    page.locator("#q").press_sequentially("?")
    expect(page.locator("#q")).to_have_value("?")
    expect(page.locator("#keys")).not_to_be_visible()
    office["reviewer"].post("/profile", {"language": "zh"})
    page.reload()
    page.keyboard.press("?")
    expect(page.locator("#keys")).not_to_be_visible()


def _refused(office: Office, browse: Open) -> Page:
    """The page of a handler whose answer was refused: a field is not filled in yet."""
    number = office.register()
    office.walk(number, "reviewer", "dispatcher", "handler")
    office["handler"].post(f"/inbox/tasks/{office.task(number).id}/claim")
    page = browse("handler", "/inbox")
    page.fill("#f-answer_text", "已调整天线。")
    page.click("button[data-key=s]")
    expect(page.locator("#pane [role=alert]")).to_contain_text("内部说明")
    expect(page.locator("#pane [aria-invalid]").first).to_be_focused()
    return page


def test_what_was_typed_survives_a_refusal_and_a_broken_line(office: Office, browse: Open) -> None:
    page = _refused(office, browse)
    expect(page.locator("#f-answer_text")).to_have_value("已调整天线。")
    page.context.set_offline(True)
    page.click("button[data-key=s]")
    expect(page.locator("#live")).to_contain_text("没有保存成功。你填的内容还在。")
    expect(page.locator("#f-answer_text")).to_have_value("已调整天线。")
    page.click("#nav a[href='/orders']")
    expect(page.locator("#live")).to_contain_text("连不上服务器，请稍后再试。")


def test_what_was_typed_survives_what_is_done_beside_it(office: Office, browse: Open) -> None:
    page = _refused(office, browse)
    for words in ("已调整天线。", "已调整天线，今早复测正常。"):
        page.fill("#f-answer_text", words)
        page.click("#pane summary")
        page.click("[data-dialog=comment]")
        page.fill("#com-t", "请传输班也看一下")
        page.locator("dialog[open] .btn-primary").click()
        expect(page.locator(".b-toast")).to_contain_text("备注")
        expect(page.locator("#f-answer_text")).to_have_value(words)
        page.locator("[data-toast-close]").click()


def test_a_login_that_ends_while_somebody_types_loses_nothing(office: Office, browse: Open, address: str) -> None:
    page = browse("agent", "/intake")
    page.fill("[name=title]", "写到一半")
    page.fill("[name=contact_phone]", "13805312716")
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#live")).to_contain_text("你已退出登录。请在另一个标签页重新登录")
    expect(page.locator("[name=title]")).to_have_value("写到一半")
    office.known.pop("agent")  # the next request of his brings another login
    log_in(page.context, office["agent"].client, address)
    page.locator("[name=title]").press("Control+Enter")
    expect(page.locator("#live")).to_contain_text("请再提交一次")
    page.locator("[name=title]").press("Control+Enter")
    expect(page.locator("h1")).to_contain_text("写到一半")


def test_enter_after_the_number_looks_the_customer_up_and_goes_on_to_the_title(browse: Open) -> None:
    page = browse("agent", "/intake")
    page.fill("[name=contact_phone]", "13805312716")
    with page.expect_response(lambda answer: "/intake/customer?" in answer.url):
        page.keyboard.press("Enter")
    expect(page.locator("[name=title]")).to_be_focused()
    expect(page.locator("main [role=alert]")).to_have_count(0)


def test_a_refused_form_leads_to_its_first_field_that_is_wrong(browse: Open) -> None:
    page = browse("agent", "/intake")
    page.fill("[name=title]", "电梯里没有信号")
    page.fill("[name=contact_phone]", "13805312716")
    page.get_by_role("button", name="当场解决").click()
    expect(page.locator("[name=answer_text]")).to_be_focused()
    page = browse("", "/complain")
    page.get_by_role("button", name="提交投诉").click()
    expect(page.locator("#what")).to_be_focused()


def test_another_number_brings_another_name_and_a_name_that_was_typed_stays(office: Office, browse: Open) -> None:
    for number, name in (("13805312716", "刘海燕"), ("13805319999", "王强")):
        with unit_of_work() as session:
            customers.remember(session, {"number": number, "name": name}, "SILVER", clock.now())
    page = browse("agent", "/intake")
    for number, name in (("13805312716", "刘海燕"), ("13805319999", "王强"), ("13805310000", "")):
        page.fill("[name=contact_phone]", number)
        page.keyboard.press("Enter")
        expect(page.locator("#c-h")).to_contain_text(name or number)
        expect(page.locator("[name=contact_name]")).to_have_value(name)
    page.fill("[name=contact_name]", "王强的母亲")
    page.fill("[name=contact_phone]", "13805319999")
    page.keyboard.press("Enter")
    expect(page.locator("#c-h")).to_contain_text("王强")
    expect(page.locator("[name=contact_name]")).to_have_value("王强的母亲")


def test_two_clicks_on_solved_make_one_complaint_that_is_solved(office: Office, browse: Open) -> None:
    page = browse("agent", "/intake")
    page.fill("[name=contact_phone]", "13805312716")
    page.fill("[name=title]", "话费多扣 8 元")
    page.locator("[name=class-text]").press_sequentially("电梯")
    page.locator("[role=option]").click()
    page.fill("[name=answer_text]", "已退 8 元，客户认可。")
    page.locator("button[name=spot]").dblclick()
    expect(page.locator(".b-toast")).to_contain_text("已登记为当场解决")
    office.settle()
    page.goto(f"{page.url.partition('/orders')[0]}/orders")
    expect(page.locator("main")).to_contain_text("话费多扣 8 元")
    assert page.locator("a", has_text="话费多扣 8 元").count() == 1


def test_what_went_wrong_is_said_in_the_dialog_that_is_open(office: Office, browse: Open) -> None:
    number = office.register()
    office.walk(number, "reviewer", "dispatcher", "handler")
    office["handler"].post(f"/inbox/tasks/{office.task(number).id}/claim")
    page = browse("handler", "/inbox")
    page.click("button[data-key=p]")
    page.fill("#hold-u", "2099-01-01T12:00")
    page.fill("#hold-n", "等客户寄回光猫")
    page.locator("dialog[open] .btn-primary").click()
    expect(page.locator("dialog[open] [role=alert]")).to_contain_text("要班长或以上批准")
    expect(page.locator("#hold-n")).to_have_value("等客户寄回光猫")
    page.keyboard.press("Escape")
    page.click("button[data-key=r]")
    page.context.set_offline(True)
    page.locator("dialog[open] .btn-primary").click()
    expect(page.locator("dialog[open] [role=alert]")).to_contain_text("没有保存成功")


def test_only_what_the_answer_calls_for_is_asked(office: Office, browse: Open) -> None:
    number = office.register()
    office.walk(number, "reviewer", "dispatcher", "handler")
    office["handler"].post(f"/inbox/tasks/{office.task(number).id}/claim")
    page = browse("handler", "/inbox")
    expect(page.locator("#f-return_reason")).not_to_be_visible()
    page.get_by_text("退回派单").click()
    expect(page.locator("#f-return_reason")).to_be_visible()
    expect(page.locator("#f-answer_text")).not_to_be_visible()


def test_the_live_diagram_opens_where_the_work_is(office: Office, browse: Open) -> None:
    number = office.register()
    page = browse("reviewer", f"/orders/{number}")
    expect(page.locator(".b-diagram .djs-element[data-element-id=review]")).to_have_class("djs-element djs-shape b-here")
    expect(page.locator(".b-diagram .b-token")).to_have_text("1")
    expect(page.locator(".bjs-powered-by")).to_be_visible()


_LABELS_OVER_WHAT_THEY_NAME = """all => all.flatMap(label => {
    const named = document.querySelector(`.djs-shape[data-element-id="${label.dataset.elementId.replace(/_label$/, '')}"] .djs-visual`);
    if (!named) return [];  // a flow: its box is no shape
    const [words, shape] = [label.querySelector('text'), named].map(each => each.getBoundingClientRect());
    const across = Math.min(words.right, shape.right) - Math.max(words.left, shape.left);
    const down = Math.min(words.bottom, shape.bottom) - Math.max(words.top, shape.top);
    return across > 2 && down > 2 ? [label.textContent] : [];
})"""


def test_words_of_another_language_do_not_cover_what_they_name(office: Office, browse: Open) -> None:
    office["analyst"].post("/profile", {"language": "en"})
    version = office["analyst"].get("/definitions").find("th a")[0].get("href")
    page = browse("analyst", str(version))
    for file, label in (("handle_order.bpmn", "is_approved"), ("return_visit.bpmn", "await_survey")):
        page.locator("[data-drawing]", has_text=file).click()
        expect(page.locator(f".djs-shape[data-element-id={label}_label] text")).to_be_visible()
        labels = page.locator(".djs-shape[data-element-id$=_label]")
        assert labels.evaluate_all(_LABELS_OVER_WHAT_THEY_NAME) == []


@pytest.mark.parametrize("drawn", ["is_approved", "accept"], ids=["a label", "a step"])
def test_a_picture_in_which_a_size_is_missing_is_drawn_and_does_not_stand_still(office: Office, browse: Open, drawn: str) -> None:
    source = Path("processes/complaint/handle_order.bpmn").read_text(encoding="utf-8")
    shape = re.search(f'bpmnElement="{drawn}".*?</bpmndi:BPMNShape>', source, re.DOTALL)
    assert shape is not None
    sizes = list(re.finditer(' width="[0-9.]+"', shape[0]))
    without = shape[0][: sizes[-1].start()] + shape[0][sizes[-1].end() :]
    files = {"files": [(BytesIO(source.replace(shape[0], without).encode()), "handle_order.bpmn")]}
    kept = office["analyst"].post("/definitions/upload", files)
    assert kept.status == 303, kept.text
    page = browse("analyst", kept.response.headers["Location"])
    page.locator("[data-drawing]", has_text="handle_order.bpmn").click()
    expect(page.locator(".djs-shape[data-element-id=pack_answer]")).to_be_visible()
    expect(page.locator(f".djs-shape[data-element-id={drawn}] text, .djs-shape[data-element-id={drawn}_label] text")).to_be_visible()


def test_a_class_is_picked_with_some_letters_and_enter(browse: Open) -> None:
    page = browse("agent", "/intake")
    page.locator("#in-class").press_sequentially("电梯")
    expect(page.locator("#in-class-l [aria-selected=true]")).to_contain_text("电梯、地下")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=class]")).to_have_value("01010102")
    expect(page.locator("#in-class")).to_have_value("网络质量 › 语音 › 无信号 › 电梯、地下")


def test_files_that_are_too_much_for_one_request_are_told_of_before_they_are_sent(browse: Open, tmp_path: Path) -> None:
    page = browse("", "/complain")
    page.locator("#what").fill("车库里打不出电话")
    video, photo = tmp_path / "video.mp4", tmp_path / "photo.png"
    with video.open("wb") as file:
        file.truncate(40_000_000)
    photo.write_bytes(b"x" * 1000)
    page.locator("#files").set_input_files(video)
    expect(page.get_by_role("alert")).to_have_text("这些文件共 40 MB，一次最多可发送 31 MB：请少选几个，或选小一些的文件。")
    page.get_by_role("button", name="提交投诉").click()
    expect(page.locator("#files")).to_be_focused()
    page.locator("#files").set_input_files(photo)
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="提交投诉").click()
    expect(page.get_by_role("alert")).to_contain_text("处要改")
    expect(page.locator("#what")).to_have_value("车库里打不出电话")


def test_files_of_a_field_that_is_asked_no_more_hold_nothing_up(office: Office, browse: Open, tmp_path: Path) -> None:
    number = office.register()
    office.walk(number, "reviewer", "dispatcher", "handler")
    office["handler"].post(f"/inbox/tasks/{office.task(number).id}/claim")
    page = browse("handler", f"/inbox/tasks/{office.task(number).id}")
    video = tmp_path / "video.mp4"
    with video.open("wb") as file:
        file.truncate(40_000_000)
    page.locator("input[name=outcome][value=DONE]").check()
    page.locator("#f-evidence").set_input_files(video)
    expect(page.get_by_role("alert")).to_contain_text("40 MB")
    page.locator("input[name=outcome][value=RETURN]").check()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.locator("#f-return_reason").select_option(index=1)
    page.locator("#f-return_note").fill("不是本单位负责")
    page.get_by_role("button", name="提交反馈").click()
    expect(page.locator(".b-toast")).to_contain_text("“处理”已提交。")


def test_a_form_goes_once_whatever_its_fields_are_called(browse: Open) -> None:
    page = browse("", "/complain")
    page.locator("main form").evaluate("(form) => form.insertAdjacentHTML('beforeend', '<input type=hidden name=method>')")
    submit = "(form) => form.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))"
    assert [page.locator("main form").evaluate(submit) for _ in range(2)] == [True, False]


def test_where_an_order_is_moved_from_decides_where_to(office: Office, browse: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    number = office.register()
    office.walk(number, "reviewer", "dispatcher")
    ways = {"accept": ["accept", "handle"], "review": ["dispatch", "review"]}  # as where branches of two processes are open
    monkeypatch.setattr(interventions, "ways", lambda *_: ways)
    page = browse("admin", f"/orders/{number}")
    page.locator("summary", has_text="更多").first.click()
    page.click("[data-dialog=move]")
    chosen = page.locator("#move [name=to]:enabled")
    expect(chosen).to_have_count(1)
    expect(chosen.locator("[value=dispatch]")).to_have_count(0)
    page.select_option("#move [name=from]", "review")
    expect(chosen.locator("[value=dispatch]")).to_have_count(1)
    page.select_option("#move [name=from]", "accept")
    chosen.select_option("handle")
    page.click("#move .btn-danger")
    expect(page.locator(".b-toast")).to_be_visible()
    assert office.task(number).element_id == "handle"
