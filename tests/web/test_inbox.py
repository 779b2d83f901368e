"""The inbox as people use it all day."""

from uuid import UUID

import pytest

from bpm import clock, inbox
from bpm.access import actor_of
from bpm.models import Task, User
from bpm.models.database import unit_of_work
from tests.web.office import Office, filled


@pytest.fixture
def number(office: Office) -> str:
    return office.register()


def test_a_new_complaint_waits_in_the_reviewers_queue_with_its_clock(office: Office, number: str) -> None:
    queue = office["reviewer"].get("/inbox?view=unit")
    [row] = queue.find("tr[data-row]")
    assert number in row.text_content()
    assert "地下车库没有信号" in row.text_content()
    assert "还剩" in row.text_content()
    assert office["handler"].get("/inbox?view=unit").find("tr[data-row]") == []


def test_claiming_can_be_undone(office: Office, number: str) -> None:
    reviewer, task = office["reviewer"], office.task(number)
    page = reviewer.follow(reviewer.post(f"/inbox/tasks/{task.id}/claim"))
    assert f"{number} 已签收到你名下。" in page.text
    [undo] = [form for form in page.find("form") if form.get("action") == f"/inbox/tasks/{task.id}/release"][-1:]
    assert reviewer.post(undo.get("action")).status == 303
    assert office.task(number).status == "open"


def test_what_somebody_else_took_stays_in_the_list_as_taken(office: Office, number: str) -> None:
    task = office.task(number)
    office["agent"].post("/intake", {})  # somebody else works meanwhile
    with unit_of_work() as session:
        other = session.query(User).filter_by(login="admin").one()
        inbox.claim(session, task.id, actor_of(other), clock.now())
    answer = office["reviewer"].post(f"/inbox/tasks/{task.id}/claim", **{"HX-Current-URL": "http://localhost/inbox?view=unit"})
    assert answer.status == 409
    [row] = answer.find("tr.is-taken")
    assert "admin" in row.text_content()
    assert "已经签收了这一项" in answer.text


def test_claiming_the_next_takes_the_most_urgent(office: Office) -> None:
    ordinary, urgent = office.register(), office.register(safety_or_media="on", title="短信扣费，媒体已报道")
    reviewer = office["reviewer"]
    reviewer.post("/inbox/claim-next")
    assert (office.task(urgent).status, office.task(ordinary).status) == ("claimed", "open")


def test_the_next_step_of_the_same_person_is_open_in_his_hands(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher")
    handler, accept = office["handler"], office.task(number)
    handler.post(f"/inbox/tasks/{accept.id}/claim")
    typed = filled(handler.get(f"/inbox/tasks/{accept.id}"))
    answer = handler.post(f"/inbox/tasks/{accept.id}/complete", typed, **{"HX-Current-URL": f"http://localhost/inbox?task={accept.id}"})
    handle = office.task(number)
    assert answer.response.headers["Location"] == f"/inbox?task={handle.id}"
    page = handler.follow(answer)
    assert "“签收”已提交。接下来你要办：处理。" in page.text
    assert page.find("form#f")[0].get("action") == f"/inbox/tasks/{handle.id}/complete"
    assert (handle.name, handle.status) == ("处理", "claimed")


@pytest.mark.parametrize("page", ["/inbox/tasks/{task}", "/orders/{number}"])
def test_who_works_on_a_page_of_its_own_stays_there_for_the_next_step(office: Office, number: str, page: str) -> None:
    office.walk(number, "reviewer", "dispatcher")
    handler, accept = office["handler"], office.task(number)
    handler.post(f"/inbox/tasks/{accept.id}/claim")
    here = f"http://localhost{page.format(task=accept.id, number=number)}"
    answer = handler.post(
        f"/inbox/tasks/{accept.id}/complete", filled(handler.get(f"/inbox/tasks/{accept.id}")), **{"HX-Current-URL": here}
    )
    assert answer.response.headers["Location"] == page.format(task=office.task(number).id, number=number)
    assert handler.follow(answer).find("form#f")


def test_only_what_must_be_answered_is_announced_as_required(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher", "handler")
    task = office.task(number)
    office["handler"].post(f"/inbox/tasks/{task.id}/claim")
    page = office["handler"].get(f"/inbox/tasks/{task.id}")
    told = {name: page.find(f"[name={name}]")[0].get("required") is not None for name in ("answer_text", "cell_id")}
    assert told == {"answer_text": True, "cell_id": False}


def test_why_a_task_came_is_read_in_english_too(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher", "handler")
    office.speak("handler", "en")
    assert "Accepted, please handle." in office["handler"].get(f"/inbox/tasks/{office.task(number).id}").text


def test_what_somebody_wrote_stands_in_the_reason_in_every_language(office: Office, number: str) -> None:
    office.walk(number, "reviewer")
    office.submit(number, "dispatcher", dispatch_note="请先查电梯。")
    handler, page = office["handler"], f"/inbox/tasks/{office.task(number).id}"
    assert "派给本单位。请先查电梯。" in handler.get(page).text
    office.speak("handler", "en")
    assert "Sent to your unit. 请先查电梯。" in handler.get(page).text


def test_who_leads_a_unit_sees_its_work_and_who_has_it(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher")
    office["handler"].post(f"/inbox/tasks/{office.task(number).id}/claim")
    assert "我负责的单位" in office["head"].get("/inbox").text
    [row] = office["head"].get("/inbox?view=led").find("tr[data-row]")
    assert number in row.text_content()
    assert "签收" in row.find_class("c-claim")[0].text_content()
    assert not row.cssselect("input[disabled]")  # he may hand it to somebody else
    assert "我负责的单位" not in office["handler"].get("/inbox").text


def test_whoever_checks_the_feedback_reads_what_the_unit_found(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher", "handler")
    office.submit(number, "handler", findings="井道里的馈线断了", answer_text="已修好。")
    dispatcher, page = office["dispatcher"], f"/inbox/tasks/{office.task(number).id}"
    dispatcher.post(f"{page}/claim")
    check = dispatcher.get(page)
    assert "井道里的馈线断了" in check.text
    assert check.find("[name=score_comment]")[0].get("required") is None, "only a low score needs a reason"


def test_whoever_calls_the_customer_afterwards_has_the_number_and_the_answer_on_the_task(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher", "handler")
    office.submit(number, "handler", findings="馈线断了", answer_text="电梯里的天线换好了。")
    office.walk(number, "dispatcher", "agent")
    assert "到时自动继续" in office["agent"].get(f"/orders/{number}").text
    office.settle("PT48H")
    task = office["visitor"].get(f"/inbox/tasks/{office.task(number).id}")
    assert "电梯里的天线换好了。" in task.text
    assert task.find(f"form[action='/orders/{number}/number']")


def test_an_address_of_a_task_that_went_elsewhere_shows_the_list(office: Office, number: str) -> None:
    task = office.task(number)
    assert not office["handler"].get(f"/inbox?task={task.id}").find("#pane")
    office.walk(number, "reviewer")
    assert not office["reviewer"].get(f"/inbox?task={task.id}").find("#pane")


def test_the_forms_defaults_are_the_ordinary_way_through(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher", "handler")
    assert office.order(number).state == "IN_PROGRESS"
    assert office.task(number).name == "处理"


def test_what_is_missing_is_said_beside_the_field_and_nothing_typed_is_lost(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher", "handler")
    handler, task = office["handler"], office.task(number)
    handler.post(f"/inbox/tasks/{task.id}/claim")
    typed = filled(handler.get(f"/inbox/tasks/{task.id}"), answer_text="已经调整了天线角度。")
    answer = handler.post(f"/inbox/tasks/{task.id}/complete", typed, **{"HX-Current-URL": "http://localhost/inbox"})
    assert answer.status == 422
    assert answer.value("answer_text") == "已经调整了天线角度。"
    assert "内部说明：这一项要填。" in answer.text
    assert office.task(number).status == "claimed"


def test_a_draft_is_kept_and_its_time_shown(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher", "handler")
    handler, task = office["handler"], office.task(number)
    handler.post(f"/inbox/tasks/{task.id}/claim")
    answer = handler.post(f"/inbox/tasks/{task.id}/draft", {"findings": "路测六次，断话四次", "outcome": "DONE"})
    assert answer.response.get_data(as_text=True).startswith("草稿已于 ")
    assert handler.get("/inbox").value("findings") == "路测六次，断话四次"


def test_completing_what_a_colleague_has_done_already_tells_so(office: Office, number: str) -> None:
    reviewer, task = office["reviewer"], office.task(number)
    reviewer.post(f"/inbox/tasks/{task.id}/claim")
    typed = filled(reviewer.get(f"/inbox/tasks/{task.id}"))
    assert reviewer.post(f"/inbox/tasks/{task.id}/complete", typed).status == 303
    again = reviewer.post(f"/inbox/tasks/{task.id}/complete", typed)
    assert again.status == 409
    assert "这一项已经办完" in again.text


def test_a_task_is_returned_with_a_reason(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher")
    handler, task = office["handler"], office.task(number)
    handler.post(f"/inbox/tasks/{task.id}/claim")
    answer = handler.post(f"/inbox/tasks/{task.id}/return", {"reason": "WRONG_UNIT", "note": "是电梯公司的设备"})
    assert answer.status == 303, answer.text
    office.settle()
    story = office["dispatcher"].get(f"/orders/{number}").text
    assert "退回" in story
    assert "派错单位" in story
    again = office["dispatcher"].get(f"/inbox/tasks/{office.task(number).id}").text
    assert "退回：派错单位 · 是电梯公司的设备" in again


def test_a_head_hands_a_task_to_a_colleague(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher")
    task = office.task(number)
    answer = office["head"].post(f"/inbox/tasks/{task.id}/reassign", {"user": "colleague"})
    assert answer.status == 303, answer.text
    assert office["colleague"].get("/inbox").find(f'tr[data-row="{task.id}"]')
    told = office["colleague"].get("/notices").text
    assert f"把 {number} 的“{task.name}”转给了你：地下车库没有信号" in told
    assert f"把“{task.name}”转给 " in office["head"].get(f"/orders/{number}").text


def test_colleagues_and_units_are_chosen_by_their_names(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher")
    task = office.task(number)
    dialog = office["head"].get(f"/inbox/tasks/{task.id}").find("#reassign")[0]
    assert "colleague" in [option.get("value") for option in dialog.cssselect("#re-u option")]
    other = next(option.get("value") for option in dialog.cssselect("#re-c option") if option.get("value"))
    for what in (f"/inbox/tasks/{task.id}/reassign", "/inbox/bulk/reassign"):
        for user, unit in (("", ""), ("colleague", other)):
            refused = office["head"].post(what, {"task": [str(task.id)], "user": user, "unit": unit}, **{"HX-Request": "true"})
            assert "同事和单位请任选其一。" in refused.text
            assert refused.response.headers["HX-Reswap"] == "none", "the dialog stays open"
    assert office["head"].post(f"/inbox/tasks/{task.id}/reassign", {"user": "", "unit": other}).status == 303
    assert office.task(number).unit_code == other


def test_whoever_comes_back_to_a_task_that_is_done_reads_so(office: Office, number: str) -> None:
    task = office.task(number)
    office.walk(number, "reviewer")
    page = office["reviewer"].get(f"/inbox/tasks/{task.id}")
    assert "这一步已办完，不用再办。" in page.text
    assert page.find("#pane .b-clock, main .b-clock--big") == []


def test_what_one_has_done_begins_with_what_one_did_last(office: Office, number: str) -> None:
    later = office.register()
    for each in (number, later):
        office.walk(each, "reviewer")
    rows = office["reviewer"].get("/inbox?view=done").find("tr[data-row]")
    assert [later in row.text_content() for row in rows] == [True, False]


def test_what_was_done_in_time_does_not_grow_late_afterwards(office: Office, number: str) -> None:
    office.walk(number, "reviewer")
    office.settle("PT72H")
    done = office["reviewer"].get("/inbox?view=done")
    assert number in done.text
    assert not done.find(".b-clock")


def test_several_are_claimed_at_once_and_the_taken_one_is_named(office: Office) -> None:
    first, second = office.task(office.register()), office.task(office.register())
    with unit_of_work() as session:
        admin = actor_of(session.query(User).filter_by(login="admin").one())
        inbox.claim(session, second.id, admin, clock.now())
    reviewer = office["reviewer"]
    page = reviewer.follow(reviewer.post("/inbox/bulk/claim", {"task": [str(first.id), str(second.id)]}))
    assert "1 项已签收到你名下。" in page.text
    assert "admin 已经签收了这一项。" in page.text


def test_what_four_eyes_forbid_for_one_task_goes_through_for_the_others(office: Office) -> None:
    first, second = office.task(office.register()), office.task(office.register())
    with unit_of_work() as session:
        barred = session.query(User).filter_by(login="reviewer").one().id
        session.get_one(Task, first.id).excluded = f" {barred} "
    head = office["admin"]
    done = head.follow(head.post("/inbox/bulk/reassign", {"task": [str(first.id), str(second.id)], "user": "reviewer"}))
    assert "1 项已转交" in done.text or "1 项已改派" in done.text, done.text[:600]
    with unit_of_work(write=False) as session:
        found = {each.id: each.assignee_id for each in session.query(Task).filter(Task.id.in_([first.id, second.id]))}
    assert found == {first.id: None, second.id: barred}


def test_what_is_typed_stays_when_the_order_was_put_on_hold_meanwhile(office: Office, number: str) -> None:
    task, reviewer = office.task(number), office["reviewer"]
    reviewer.post(f"/inbox/tasks/{task.id}/claim")
    office["manager"].post(f"/orders/{number}/suspend", {"reason": "WAIT_CUSTOMER"})
    refused = reviewer.post(f"/inbox/tasks/{task.id}/complete", {"decision": "ACCEPT"}, **{"HX-Request": "true"})
    assert refused.status == 409
    assert refused.response.headers["HX-Reswap"] == "none", "the page with what was typed stays"
    assert "挂起" in refused.text


def test_comments_and_files_stand_with_the_task(office: Office, number: str) -> None:
    reviewer, task = office["reviewer"], office.task(number)
    reviewer.post(f"/inbox/tasks/{task.id}/claim")
    reviewer.post(f"/inbox/tasks/{task.id}/comments", {"text": "客户下午三点后方便接电话"})
    assert "客户下午三点后方便接电话" in reviewer.get("/inbox").text
    empty = reviewer.post(f"/inbox/tasks/{task.id}/comments", {"text": "  "})
    assert "请写下要说的话" in empty.text


def test_a_list_can_be_narrowed(office: Office) -> None:
    office.register()
    reviewer = office["reviewer"]
    assert reviewer.get("/inbox?view=unit&q=地下车库").find("tr[data-row]")
    nothing = reviewer.get("/inbox?view=unit&q=没有这样的单")
    assert nothing.find("tr[data-row]") == []
    assert "没有符合筛选的" in nothing.text


def test_only_the_pane_is_drawn_when_only_the_pane_is_asked_for(office: Office, number: str) -> None:
    task = office.task(number)
    pane = office["reviewer"].get(f"/inbox/tasks/{task.id}", **{"HX-Request": "true", "HX-Target": "pane"})
    assert pane.tree.tag == "aside"
    assert not pane.find("nav")


def test_nobody_opens_the_task_of_another_unit(office: Office, number: str) -> None:
    assert office["handler"].get(f"/inbox/tasks/{office.task(number).id}").status == 404
    assert office["handler"].get(f"/inbox/tasks/{UUID(int=0)}").status == 404


def test_an_english_reader_reads_english(office: Office, number: str) -> None:
    office.speak("reviewer", "en")
    page = office["reviewer"].get("/inbox?view=unit")
    assert "Review" in page.text
    assert "left" in page.text
    task: Task = office.task(number)
    assert task.name == "复核"
