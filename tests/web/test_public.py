"""What a customer does without an account."""

from io import BytesIO

import pytest

from bpm import clock, interventions, tracking, workorders
from bpm.access import SYSTEM
from bpm.models.database import unit_of_work
from tests.web.office import Office, Sheet

TOLD = {"about": "SERVICE", "what": "每天早晚走到山师东路口就断。", "name": "刘海燕", "phone": "138 0531 2716"}


@pytest.fixture
def tracked(office: Office) -> str:
    """The address of the private page of a complaint that was just made."""
    answer = office.customer.post("/complain", TOLD)
    assert answer.status == 303, answer.text
    office.settle()
    return answer.response.headers["Location"]


def page(office: Office, tracked: str) -> Sheet:
    return office.customer.get(tracked)


def test_an_empty_form_says_what_to_change_and_links_to_the_fields(office: Office) -> None:
    answer = office.customer.post("/complain", {"about": "MONEY", "want": "退费"})
    assert answer.status == 422
    assert "还有 2 处要改" in answer.text
    assert {link.get("href") for link in answer.find('[role="alert"] a')} == {"#what", "#phone"}
    assert answer.value("want") == "退费"


def test_one_sheet_sent_twice_is_one_complaint_and_with_other_words_another(office: Office) -> None:
    customer = office.customer
    sheet = {**TOLD, "sheet": customer.get("/complain").value("sheet") or ""}
    assert sheet["sheet"]
    first, again = (customer.post("/complain", {**sheet, "files": (BytesIO(b"%PDF"), "a.pdf")}) for _ in range(2))
    assert first.response.headers["Location"] == again.response.headers["Location"]
    assert page(office, first.response.headers["Location"]).text.count("a.pdf") == 1
    customer.post("/complain", {**sheet, "files": (BytesIO(b"%PDF bill"), "bill.pdf")})
    assert page(office, first.response.headers["Location"]).text.count("bill.pdf") == 1, "what was forgotten at first is added"
    changed = customer.post("/complain", {**sheet, "what": "又断了"})
    assert changed.response.headers["Location"] != first.response.headers["Location"]
    assert customer.post("/complain", {**sheet, "what": "", "phone": ""}).value("sheet") == sheet["sheet"]
    assert customer.get("/complain").value("sheet") == sheet["sheet"], "who goes back has the same sheet"


def test_a_mobile_number_that_lacks_a_digit_is_asked_for_again(office: Office) -> None:
    answer = office.customer.post("/complain", {**TOLD, "phone": "1380531271"})
    assert (answer.status, answer.value("phone")) == (422, "1380531271")
    assert "手机号应为 11 位，请核对。" in answer.text
    assert office.customer.post("/complain", {**TOLD, "phone": "0531 8260 0000"}).status == 303


def test_a_file_that_is_refused_does_not_count_as_a_complaint(office: Office) -> None:
    for _ in range(11):  # ten complaints an hour are taken
        assert office.customer.post("/complain", {**TOLD, "files": (BytesIO(b"x"), "photo.heic")}).status == 422
    assert office.customer.post("/complain", TOLD).status == 303


def test_the_private_page_says_how_far_it_is_and_names_nobody(office: Office, tracked: str) -> None:
    shown = page(office, tracked)
    assert "已收到您的投诉" in shown.text
    assert "前答复您" in shown.text
    assert "138****2716" in shown.text
    assert "13805312716" not in shown.text
    assert "李晓燕" not in shown.text
    assert shown.response.headers["Referrer-Policy"] == "same-origin"


def test_what_we_told_the_customer_he_reads_in_the_language_that_he_chooses(office: Office) -> None:
    number = office.register()
    address = f"/track/{office.order(number).token}"
    assert f"已受理，工单号 {number}。我们会尽快查清并答复您。随时可以在这里查看进展：本页" in page(office, address).text
    english = office.app.test_client().get(address, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "Hello, we have received your complaint “地下车库没有信号”" in english
    assert "this page" in english
    office.speak("agent", "en")
    assert "Hello, we have received your complaint" in office["agent"].get(f"/orders/{number}").text


def test_the_language_of_the_form_is_kept_for_what_we_write_to_the_customer(office: Office, tracked: str) -> None:
    told = office.app.test_client().post("/complain", data=TOLD, headers={"Accept-Language": "en"}).headers["Location"]
    with unit_of_work(write=False) as session:
        languages = [workorders.by_token(session, address.rpartition("/")[2]).language for address in (tracked, told)]
    assert languages == ["zh", "en"]


def test_the_customer_adds_words_and_photos(office: Office, tracked: str) -> None:
    files = [(BytesIO(b"\x89PNG"), "路口.png")]
    answer = office.customer.post(f"{tracked}/message", {"text": "早 7:40 和晚 6:10 左右", "files": files})
    assert answer.status == 303, answer.text
    assert "早 7:40 和晚 6:10 左右" in page(office, tracked).text


def test_the_customer_urges(office: Office, tracked: str) -> None:
    assert office.customer.post(f"{tracked}/urge").status == 303
    assert "您已催办 1 次" in page(office, tracked).text


def test_the_customer_withdraws_once(office: Office, tracked: str) -> None:
    assert office.customer.post(f"{tracked}/withdraw").status == 303
    office.settle()
    assert "您已撤回这件投诉" in page(office, tracked).text
    said = page(office, tracked).text
    assert "您撤回了投诉。" in said
    assert "您催办了一次" not in said
    again = office.customer.post(f"{tracked}/withdraw")
    assert again.status == 409


def test_what_was_withdrawn_shows_no_step_that_never_was_and_leads_to_a_new_complaint(office: Office, tracked: str) -> None:
    office.customer.post(f"{tracked}/withdraw")
    office.settle()
    shown = page(office, tracked)
    assert "给您答复" not in shown.text
    assert "/complain" in {link.get("href") for link in shown.find("main a")}


def test_a_stopped_process_is_told_to_the_customer_in_words_for_him(office: Office) -> None:
    order = office.order(office.register())
    with unit_of_work() as session:
        interventions.suspend(session, order.instance_id, SYSTEM, clock.now())
    answer = office.customer.post(f"/track/{order.token}/withdraw", {"reason": "已经好了。"})
    assert answer.status == 409
    assert "现在暂时不能办理" in answer.text
    assert "管理员" not in answer.text
    assert answer.value("text") == "已经好了。"


def test_who_asks_too_late_to_open_it_again_is_shown_the_way_to_a_new_complaint(office: Office, tracked: str) -> None:
    office.customer.post(f"{tracked}/withdraw")
    office.settle()
    answer = office.customer.post(f"{tracked}/reopen", {"reason": "还是要"})
    assert answer.status == 409
    assert "请重新提交投诉，并写明原单号 SD-" in answer.text


@pytest.mark.parametrize("what", ["message", "urge", "withdraw", "reopen", "rating"])
def test_a_refused_answer_that_is_read_again_is_the_page_and_no_dead_end(office: Office, tracked: str, what: str) -> None:
    assert office.customer.get(f"{tracked}/{what}").response.headers["Location"] == tracked


def test_a_rating_that_nobody_asks_for_is_declined_kindly(office: Office, tracked: str) -> None:
    answer = office.customer.post(f"{tracked}/rating", {"score": "5", "solved": "yes", "comment": "师傅很耐心。"})
    assert answer.status == 404
    assert "谢谢" in answer.text
    assert answer.value("text") == "师傅很耐心。"  # no longer asked for: it can be sent as a message


def test_the_survey_leaves_the_answer_to_the_customer_and_keeps_what_he_chose(
    office: Office, tracked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracking.order_messages, "awaited", lambda *_: "the return visit")
    choices = page(office, tracked).find("[name=solved], [name=score]")
    assert len(choices) == 7
    assert all(each.get("required") is not None and each.get("checked") is None for each in choices)
    monkeypatch.setattr(tracking.questions, "_most", 0)
    refused = office.customer.post(f"{tracked}/rating", {"solved": "no", "score": "2"})
    assert [each.get("value") for each in refused.find("[name=solved][checked], [name=score][checked]")] == ["no", "2"]


@pytest.mark.parametrize("given", [{"score": "2"}, {"score": "2", "solved": "maybe"}, {"score": "6", "solved": "no"}])
def test_half_an_answer_to_the_survey_is_no_answer(office: Office, tracked: str, given: dict[str, str]) -> None:
    refused = office.customer.post(f"{tracked}/rating", given)
    assert refused.status == 422
    assert "请选 1 到 5 分，并说明是否解决。" in refused.text


@pytest.mark.parametrize(("what", "field"), [("message", "text"), ("reopen", "reason"), ("rating", "comment")])
def test_whoever_writes_too_often_on_his_page_keeps_his_words(
    office: Office, tracked: str, monkeypatch: pytest.MonkeyPatch, what: str, field: str
) -> None:
    monkeypatch.setattr(tracking.questions, "_most", 0)
    answer = office.customer.post(f"{tracked}/{what}", {field: "昨晚又断了两次。"})
    assert answer.status == 429
    assert answer.value("text") == "昨晚又断了两次。"


def test_number_and_last_digits_find_the_page_and_nothing_else_does(office: Office) -> None:
    number = office.register()
    found = office.customer.post("/track", {"number": number.lower(), "digits": "2716"})
    assert found.response.headers["Location"] == f"/track/{office.order(number).token}"
    for wrong in ({"number": number, "digits": "0000"}, {"number": number, "digits": ""}, {"number": "SD-1", "digits": "2716"}):
        answer = office.customer.post("/track", wrong)
        assert answer.status == 404
        assert "单号或手机号后 4 位不对" in answer.text


def test_whoever_sends_too_often_is_asked_to_wait_and_keeps_his_words(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking.complaints, "_most", 1)
    assert office.customer.post("/complain", TOLD).status == 303
    answer = office.customer.post("/complain", TOLD)
    assert answer.status == 429
    assert "提交得太频繁" in answer.text
    assert answer.value("what") == TOLD["what"]


def test_whoever_corrects_his_form_has_not_complained_too_often(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking.complaints, "_most", 1)
    for _ in range(3):
        assert office.customer.post("/complain", {**TOLD, "phone": "12ab"}).status == 422
    assert office.customer.post("/complain", TOLD).status == 303


def test_all_that_is_wrong_is_said_at_once_and_files_are_asked_for_again(office: Office) -> None:
    answer = office.customer.post("/complain", {**TOLD, "what": "", "phone": "12ab", "files": photos(1)})
    for words in ("还有 3 处要改", "请写明发生了什么", "电话号码应为 3 到 15 位数字", "文件还没有发出，请再选一次"):
        assert words in answer.text


def test_a_sixth_file_is_refused_in_words_and_never_left_out_in_silence(office: Office) -> None:
    answer = office.customer.post("/complain", {**TOLD, "files": photos(6)})
    assert answer.status == 422
    assert "一次最多交 5 个文件" in answer.text
    sent = office.customer.post("/complain", {**TOLD, "files": photos(5)})
    assert "照片 4.png" in office.customer.follow(sent).text


def photos(count: int) -> list[tuple[BytesIO, str]]:
    return [(BytesIO(b"x"), f"照片 {number}.png") for number in range(count)]


def test_a_link_that_was_guessed_shows_nothing(office: Office) -> None:
    assert office.customer.get("/track/guessed").status == 404


def test_an_old_link_leads_the_customer_on_and_not_to_the_login_of_the_staff(office: Office) -> None:
    shown = office.customer.get("/track/old", Referer="http://localhost/track/old")
    assert {link.get("href") for link in shown.find("main a")} == {"/track", "/complain"}
    assert "English" in shown.find("header")[0].text_content()


def test_the_public_pages_speak_english_too(office: Office, tracked: str) -> None:
    browser = office.customer
    browser.headers = {"Accept-Language": "en"}
    assert "We will answer you by" in browser.get(tracked).text
