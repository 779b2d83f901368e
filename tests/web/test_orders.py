"""The page of a work order, and what can be done there."""

import re
from io import BytesIO

import pytest
from sqlalchemy import select

from bpm import clock, definitions, intake, interventions, journal
from bpm.access import SYSTEM, actor_of
from bpm.models import Instance, User, WorkOrder
from bpm.models.database import unit_of_work
from tests.web.office import COMPLAINT, Office


@pytest.fixture
def number(office: Office) -> str:
    return office.register()


def test_the_page_tells_who_has_it_until_when_and_what_happened(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher")
    page = office["handler"].get(f"/orders/{number}").text
    for words in (
        "本步：签收",
        "全程：答复客户",
        "法定：15 日内答复",
        "时限与升级",
        "办完“复核”",
        "“车库里打不出电话，已经三个星期。” 李晓燕记录。",
    ):
        assert words in page


def test_why_somebody_returned_it_is_told_to_whoever_reads_its_story(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher")
    handler, task = office["handler"], office.task(number)
    handler.post(f"/inbox/tasks/{task.id}/claim")
    assert handler.post(f"/inbox/tasks/{task.id}/return", {"reason": "WRONG_UNIT", "note": "这部电梯归物业管"}).status == 303
    office.walk(number, "dispatcher")
    assert "这部电梯归物业管" in office["agent"].get(f"/orders/{number}").text


def test_the_customers_number_is_masked_and_who_looks_is_written_down(office: Office, number: str) -> None:
    reviewer = office["reviewer"]
    page = reviewer.get(f"/orders/{number}")
    assert "138****2716" in page.text
    assert "13805312716" not in page.response.get_data(as_text=True)
    assert "13805312716" in reviewer.post(f"/orders/{number}/number").text
    with unit_of_work(write=False) as session:
        instance_id = office.order(number).instance_id
        assert instance_id is not None
        assert [entry.actor for entry in journal.entries(session, instance_id) if entry.kind == "number-shown"] == ["reviewer"]
    assert "查看了客户的完整号码" in reviewer.get(f"/orders/{number}").text


def test_what_the_customer_says_at_the_return_visit_is_told(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher", "handler")
    office.submit(number, "handler", findings="馈线断了", answer_text="天线换好了。")
    office.walk(number, "dispatcher", "agent")
    office.settle("PT48H")
    office.submit(number, "visitor", solved="false", satisfaction="2", sat_comment="晚上又没信号了")
    assert "评价：2/5 · 晚上又没信号了" in office["manager"].get(f"/orders/{number}").text


def test_the_units_among_whom_an_order_was_shared_out_have_their_lines_and_a_visit_has_none(office: Office, number: str) -> None:
    office.walk(number, "reviewer")
    [other] = office["dispatcher"].get(f"/inbox/tasks/{office.task(number).id}").find("[name=co_units]")[:1]
    office.submit(number, "dispatcher", co_units=other.get("value"))
    lines = office["manager"].get(f"/orders/{number}").find(".b-subs tbody tr")
    assert [line.cssselect("td")[0].text_content().strip() for line in lines] == ["签收", "签收"]

    alone = office.register()
    office.walk(alone, "reviewer", "dispatcher", "handler")
    office.submit(alone, "handler", findings="馈线断了", answer_text="天线换好了。")
    office.walk(alone, "dispatcher", "agent")
    office.settle("PT48H")
    office.walk(alone, "visitor")
    assert office["manager"].get(f"/orders/{alone}").find(".b-subs") == []


def test_whoever_goes_on_with_a_reopened_order_reads_why_and_what_was_answered(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher", "handler")
    office.submit(number, "handler", findings="馈线断了", answer_text="天线换好了。")
    office["reviewer"].post(f"/orders/{number}/notes", {"text": "客户上月也投诉过"})
    office.walk(number, "dispatcher", "agent")
    office.settle("PT48H")
    office.submit(number, "visitor", solved="false", satisfaction="2", sat_comment="晚上又没信号了")
    office.submit(number, "visitor", decision="REOPEN")
    pane = office["dispatcher"].get(f"/inbox/tasks/{office.task(number).id}").text
    for words in ("重开 1", "答复天线换好了。", "评价：2/5 · 晚上又没信号了", "备注：客户上月也投诉过"):
        assert words in pane, words


def test_a_head_puts_an_order_of_his_own_unit_on_hold(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher", "handler")
    office["handler"].post(f"/inbox/tasks/{office.task(number).id}/claim")
    page = office["head"].get(f"/orders/{number}")
    assert page.find('[data-dialog="hold"]')
    [form] = page.find("#hold form")
    assert office["head"].post(form.get("action"), {"reason": "WAIT_CUSTOMER"}).status == 303
    assert office.order(number).state == "SUSPENDED"


def test_while_billing_is_silent_a_grade_is_shown_as_one_that_stands_in(office: Office, number: str) -> None:
    with unit_of_work() as session:
        session.get_one(WorkOrder, office.order(number).id).grade_pending = True
    for address in (f"/orders/{number}", f"/inbox/tasks/{office.task(number).id}"):
        assert "客户等级待查" in office["reviewer"].get(address).text
    with unit_of_work() as session:
        session.get_one(WorkOrder, office.order(number).id).grade_pending = False
    assert "客户等级待查" not in office["reviewer"].get(f"/orders/{number}").text


def test_who_only_follows_an_order_is_not_offered_the_task_of_others(office: Office, number: str) -> None:
    assert not office["agent"].get(f"/orders/{number}").find("[data-key=c]")
    assert office["reviewer"].get(f"/orders/{number}").find("[data-key=c]")


def test_a_note_without_words_is_not_kept_and_not_said_to_be(office: Office, number: str) -> None:
    answer = office["reviewer"].post(f"/orders/{number}/notes", {"text": "  "})
    assert answer.status == 422
    assert "请写下要说的话" in answer.text


def test_the_private_link_of_the_customer_is_not_shown_to_the_staff(office: Office, number: str) -> None:
    page = office["reviewer"].get(f"/orders/{number}").response.get_data(as_text=True)
    assert office.order(number).token not in page


def test_an_order_is_put_on_hold_and_goes_on(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher", "handler")
    handler = office["handler"]
    handler.post(f"/inbox/tasks/{office.task(number).id}/claim")
    until = office.order(number).created_at.replace(year=office.order(number).created_at.year + 1)
    late = handler.post(f"/orders/{number}/suspend", {"reason": "WAIT_CUSTOMER", "until": until.strftime("%Y-%m-%dT%H:%M")})
    assert late.status in (403, 422)
    assert office.order(number).state == "IN_PROGRESS"
    answer = handler.post(f"/orders/{number}/suspend", {"reason": "WAIT_CUSTOMER", "note": "等客户告知位置"})
    assert answer.status == 303, answer.text
    page = handler.get(f"/orders/{number}").text
    assert "挂起至" in page
    assert "挂起工单：等客户" in page
    assert handler.post(f"/orders/{number}/resume").status == 303
    assert office.order(number).state == "IN_PROGRESS"


def test_urging_reaches_whoever_has_it(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher", "handler")
    handler = office["handler"]
    handler.post(f"/inbox/tasks/{office.task(number).id}/claim")
    office["agent"].post(f"/orders/{number}/urge", {"reason": "客户又来电"})
    office.settle()
    assert number in handler.get("/notices").text
    bell = handler.get("/notices/bell?since=0", **{"HX-Request": "true", "HX-Target": "bell"})
    assert bell.find(".b-dot")
    assert "HX-Trigger" in bell.response.headers
    handler.post("/notices/read")
    assert not handler.get("/notices/bell", **{"HX-Request": "true", "HX-Target": "bell"}).find(".b-dot")


def test_a_file_comes_back_as_a_download_whatever_it_calls_itself(office: Office, number: str) -> None:
    agent = office["agent"]
    upload = {"files": [(BytesIO(b"<script>alert(1)</script>"), "路测.txt", "text/html")]}
    assert agent.post(f"/orders/{number}/attachments", upload).status == 303
    [link] = [link for link in agent.get(f"/orders/{number}").find("a") if "/attachments/" in (link.get("href") or "")]
    answer = agent.get(link.get("href")).response
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    refused = agent.post(f"/orders/{number}/attachments", {"files": [(BytesIO(b"MZ"), "virus.exe")]})
    assert refused.status == 422
    assert "virus.exe 没有添加" in refused.text


def test_the_diagram_says_where_the_order_stands(office: Office, number: str) -> None:
    office.walk(number, "reviewer")
    reviewer = office["dispatcher"]
    standing = reviewer.get(f"/orders/{number}/standing?file=complaint.bpmn").response.get_json()
    assert "review" in standing["done"]
    assert [place["id"] for place in standing["here"]] == ["dispatch"]
    drawing = reviewer.get(f"/orders/{number}/drawing?file=complaint.bpmn").response
    assert drawing.mimetype == "application/xml"
    assert "复核" in drawing.get_data(as_text=True)
    office.speak("dispatcher", "en")
    assert 'name="Review"' in reviewer.get(f"/orders/{number}/drawing?file=complaint.bpmn").response.get_data(as_text=True)


def test_an_incident_stands_on_the_page_until_somebody_deals_with_it(office: Office, number: str) -> None:
    incident = office.fail(number, "推送网管", "The network did not answer.", token_id="0" * 32)
    manager, agent = office["manager"], office["agent"]
    assert "“推送网管”没有成功" in manager.get(f"/orders/{number}").text
    assert "跳过这一步" in manager.get(f"/orders/{number}").text
    assert "跳过这一步" not in agent.get(f"/orders/{number}").text
    assert agent.post(f"/orders/{number}/incidents/{incident.id}/retry").status == 403
    wrong = manager.post(f"/orders/{number}/incidents/{incident.id}/resolve", {"action": "result", "result": "not json"})
    assert wrong.status == 422
    assert "JSON" in wrong.text


def test_only_an_administrator_moves_an_order(office: Office, number: str) -> None:
    assert "move" not in office["reviewer"].get(f"/orders/{number}").response.get_data(as_text=True).split("data-dialog=")[0]
    refused = office["reviewer"].post(f"/orders/{number}/move", {"from": "review", "to": "dispatch"})
    assert refused.status == 403
    assert office["admin"].post(f"/orders/{number}/move", {"from": "review", "to": "dispatch"}).status == 303
    assert office.task(number).element_id == "dispatch"


def test_an_order_is_offered_only_the_steps_that_it_can_be_moved_to(office: Office, number: str) -> None:
    admin = office["admin"]
    offered = {each.get("value") for each in admin.get(f"/orders/{number}").find('[name="to"] option')}
    assert {"review", "dispatch"} <= offered
    with unit_of_work(write=False) as session:
        instance = session.scalars(
            select(Instance).join(WorkOrder, WorkOrder.instance_id == Instance.id).where(WorkOrder.number == number)
        ).one()
        others = definitions.engine_definition(session, instance.definition_id).names.keys() - offered
    answers = {admin.post(f"/orders/{number}/move", {"from": "review", "to": each}).status for each in sorted(others)}
    assert answers == {409}
    with unit_of_work() as session:
        interventions.suspend(session, instance.id, SYSTEM, clock.now())
    assert not admin.get(f"/orders/{number}").find('[data-dialog="move"]'), "what an operator has stopped is not moved"


def test_a_step_in_a_called_process_is_moved_within_that_process(office: Office, number: str) -> None:
    office.walk(number, "reviewer", "dispatcher")
    page = office["admin"].get(f"/orders/{number}")
    assert [each.get("value") for each in page.find('[name="from"] option')] == ["accept"], "events that listen are not moved"
    offered = {each.get("value") for each in page.find('[name="to"] option')}
    assert {"accept", "handle"} <= offered
    assert "dispatch" not in offered, "it is in the process that calls"


def test_a_withdrawn_complaint_is_over(office: Office, number: str) -> None:
    agent = office["agent"]
    assert _with_whom(office, "/orders") == ["JN-REVIEW"]
    assert agent.post(f"/orders/{number}/withdraw", {"reason": "客户说不用了"}).status == 303
    office.settle()
    assert office.order(number).state == "WITHDRAWN"
    assert "已撤回" in agent.get(f"/orders/{number}").text
    assert _with_whom(office, "/orders") == [""], "it is with nobody any more"
    assert _with_whom(office, "/orders?at=JN-REVIEW") == []


def _with_whom(office: Office, path: str) -> list[str]:
    """The units of a list's orders."""
    return [cell.text_content().strip() for cell in office["agent"].get(path).find("tr[data-row] td.c-opt.t-sm:not(.mono)")]


def test_what_lies_with_a_department_and_below_it_is_found_by_class_and_city_too(office: Office, number: str) -> None:
    agent = office["agent"]
    for query, found in (
        ("at=JN-REVIEW", True),
        ("at=JN&city=JN&class_code=0101", True),
        ("at=JN-NET", False),
        ("city=QD", False),
        ("class_code=02", False),
        ("class_code=&class_code-text=电梯", True),
        ("class_code=&class_code-text=没有的词", False),
    ):
        assert bool(agent.get(f"/orders?{query}").find("tr[data-row]")) is found, query
    page = agent.get("/orders?at=JN&class_code=01010102&city=JN")
    chosen = [each.get("value") for each in page.find("select option[selected]")]
    assert {"JN"} == {each for each in chosen if each}
    assert page.value("class_code") == "01010102"
    assert page.value("class_code-text") == "网络质量 › 语音 › 无信号 › 电梯、地下"
    for _ in range(51):
        with unit_of_work() as session:
            order = intake.take(session, {**COMPLAINT}, actor_of(session.query(User).filter_by(login="agent").one()), clock.now())
            order.current_unit = "JN-REVIEW"
    [more] = agent.get("/orders?at=JN&city=JN&class_code=&class_code-text=电梯").find(".b-more a")
    assert "at=JN&" in more.get("href")
    assert "class_code=01010102" in more.get("href")
    assert len(agent.get(more.get("href")).find("tr[data-row]")) == 2


def test_the_list_is_filtered_and_a_whole_number_opens_its_order(office: Office, number: str) -> None:
    agent = office["agent"]
    assert agent.get("/orders?state=IN_REVIEW").find("tr[data-row]")
    assert not agent.get("/orders?state=CLOSED").find("tr[data-row]")
    assert agent.get(f"/orders?q={number}").response.headers["Location"] == f"/orders/{number}"


def test_an_order_whose_step_is_late_is_among_the_late_ones_and_says_so(office: Office, number: str) -> None:
    agent = office["agent"]
    assert not agent.get("/orders?late=yes").find("tr[data-row]")
    due = office.task(number).due_at
    assert due is not None
    office.settle(f"PT{int((due - clock.now()).total_seconds() // 60) + 30}M")
    [row] = agent.get("/orders?late=yes").find("tr[data-row]")
    assert "本步已超" in row.text_content()
    assert "还剩" in row.text_content(), "the answer has time left"
    assert not agent.get("/orders?late=no").find("tr[data-row]")
    office.speak("agent", "en")
    assert re.search(r"Step \d+ min late", agent.get("/orders").text)


def test_an_order_of_others_looks_as_if_it_were_not_there(office: Office, number: str) -> None:
    for path in ("", "/standing", "/drawing?file=complaint.bpmn"):
        assert office["handler2"].get(f"/orders/{number}{path}").status == 404
    assert office["handler2"].get("/orders/SD-JN-20260101-000001").status == 404
