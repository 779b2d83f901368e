"""The intake desk."""

import orjson
from sqlalchemy import select

from bpm import clock, customers, definitions, escalation, instances, notices, org
from bpm.models.database import unit_of_work
from bpm.models.task import Task
from tests.web import studio
from tests.web.office import COMPLAINT, Office, filled


def test_the_number_in_the_address_brings_the_customer_with_all_his_orders(office: Office) -> None:
    number = office.register()
    with unit_of_work() as session:
        snapshot = {"number": "13805312716", "name": "刘海燕", "tariff": "畅享 128 元", "in_net_months": 62, "arpu_3m": 128.0}
        customers.remember(session, snapshot, "SILVER", office.order(number).created_at)
    page = office["agent"].get("/intake?number=138-0531-2716")
    assert page.value("contact_phone") == "13805312716"
    assert page.value("contact_name") == "刘海燕"
    for words in ("银卡", "畅享 128 元", "62 个月", number, "你最多可当场补偿 ¥20"):
        assert words in page.text


def test_a_valued_customer_may_be_given_more_on_the_spot(office: Office) -> None:
    number = office.register()
    with unit_of_work() as session:
        customers.remember(session, {"number": "13805312716", "name": "刘海燕"}, "GOLD", office.order(number).created_at)
    assert "你最多可当场补偿 ¥100" in office["agent"].get("/intake/customer?number=13805312716").text


def test_who_may_settle_nothing_is_told_so_without_a_sum(office: Office) -> None:
    page = office["reviewer"].get("/intake")
    assert "补偿要先经批准" in page.text
    assert "¥0" not in page.text


def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(office: Office) -> None:
    answer = office["agent"].post("/intake", {**COMPLAINT, "contact_phone": "call me", "amount_disputed": "-3"})
    assert answer.status == 422
    assert "电话号码应为 3 到 15 位数字" in answer.text
    assert "填一个不小于 0 的数" in answer.text
    assert answer.value("title") == "地下车库没有信号"
    assert answer.value("class") == "01010102"
    assert "电梯、地下" in (answer.value("class-text") or "")


def test_a_class_is_found_by_some_letters(office: Office) -> None:
    found = office["agent"].get("/intake/classes?id=x&class-text=电梯", **{"HX-Request": "true", "HX-Target": "x-l"})
    [option] = found.find("[role=option]")
    assert option.get("data-code") == "01010102"
    assert "网络质量 › 语音 › 无信号 › 电梯、地下" in option.text_content()


def test_solved_on_the_spot_is_registered_and_over_for_the_desk(office: Office) -> None:
    spot = {**COMPLAINT, "spot": "1", "result": "EXPLAINED", "answer_text": "已说明车库正在建室内分布。"}
    answer = office["agent"].post("/intake", spot)
    assert answer.status == 303, answer.text
    office.settle()
    order = office.order(answer.response.headers["Location"].rpartition("/")[2])
    assert order.on_the_spot
    assert order.state in ("ON_SPOT_DONE", "TO_VISIT", "CLOSED")


def test_what_is_more_than_the_agent_may_settle_goes_on_as_an_order_and_he_is_told(office: Office) -> None:
    answer = office["agent"].post("/intake", {**COMPLAINT, "spot": "1", "answer_text": "退还多收的费用。", "compensation": "50"})
    page = office["agent"].follow(answer)
    assert "已登记，转为工单办理：你最多可当场补偿 ¥20" in page.text
    assert "没有当场办结" not in page.text  # the process has not come so far
    office.settle()
    page = office["agent"].get(answer.response.headers["Location"])
    assert "没有当场办结：超出当场办结的权限。已转为工单，现在由JN-REVIEW办理。" in page.text


def test_what_was_solved_on_the_spot_is_never_said_to_be_more_than_may_be_settled(office: Office) -> None:
    answer = office["agent"].post("/intake", {**COMPLAINT, "spot": "1", "answer_text": "退还多收的费用。", "compensation": "20"})
    assert "已登记为当场解决" in office["agent"].follow(answer).text
    office.settle()
    assert "没有当场办结" not in office["agent"].get(answer.response.headers["Location"]).text


def test_a_complaint_without_a_class_is_not_said_to_be_registered(office: Office) -> None:
    agent = office["agent"]
    answer = agent.post("/intake", {**COMPLAINT, "class": ""})
    address = answer.response.headers["Location"]
    number = address.rpartition("/")[2]
    page = agent.follow(answer)
    assert f"{number} 已取号，补上分类才算登记" in page.text
    office.settle()
    page = agent.get(address)
    assert "已有单号，登记后才开始办理。 还没有分类。" in page.text
    assert "待JN-FRONT登记" in office.customer.get(f"/track/{office.order(number).token}").text
    [go_on] = [form for form in page.find("header form") if form.text_content().strip() == "现在登记"]
    page = agent.follow(agent.post(go_on.get("action"), Referer=f"http://localhost{address}"))
    assert page.value("class_code") == ""  # the first of many classes would be a guess
    refused = agent.post(page.find("form#f")[0].get("action"), filled(page))
    assert refused.status == 422
    done = agent.post(page.find("form#f")[0].get("action"), filled(page, class_code="01010102"))
    assert done.status == 303
    office.settle()
    assert office.order(number).state == "IN_REVIEW"
    assert "登记后才开始办理" not in agent.get(address).text


def test_nothing_is_solved_on_the_spot_without_a_word_to_the_customer(office: Office) -> None:
    answer = office["agent"].post("/intake", {**COMPLAINT, "spot": "1", "result": "SOLVED", "answer_text": " "})
    assert answer.status == 422
    assert "怎么解决的：这一项要填" in answer.text


def test_speaking_of_an_open_order_makes_no_new_number(office: Office) -> None:
    number = office.register()
    answer = office["agent"].post("/intake/add", {"number": number, "text": "今天又断了两次"})
    assert answer.response.headers["Location"] == f"/orders/{number}"
    assert office.order(number).urge_count == 1
    page = office["agent"].get(f"/orders/{number}").text
    assert "补充：今天又断了两次" in page
    assert page.count("今天又断了两次") == 1, "it is said once"


def test_the_desk_is_for_those_who_take_complaints(office: Office) -> None:
    assert office["handler"].get("/intake").status == 403
    assert office["handler"].post("/intake", COMPLAINT).status == 403


def _repairs(office: Office, at: bytes = b"", inside: bytes = b"", **more: bytes) -> None:
    """A process is in use that makes no work order; ``inside`` stands in its element that begins with ``at``."""
    files = studio.files({"f3": 'level == "L1"'}) | more
    files["main.bpmn"] = files["main.bpmn"].replace(b"serviceTask", b"manualTask").replace(at, at + inside)
    with unit_of_work() as session:
        definitions.deploy(session, files, "analyst", clock.now(), publish=True)


def test_a_flow_without_an_order_is_begun_by_hand_and_its_title_stands_above_its_task(office: Office) -> None:
    assert "发起其他流程" not in office["agent"].get("/intake").text
    _repairs(office)
    assert [option.get("value") for option in office["agent"].get("/intake").find("#be-flow option")] == ["repair"]
    answer = office["agent"].post("/intake/begin", {"flow": "repair", "about": "幸福路 8 号断网"})
    assert "“报修”已发起" in office["agent"].follow(answer).text
    assert "幸福路 8 号断网" in office["handler"].get("/inbox?view=unit").text


def test_a_notice_of_a_case_without_an_order_leads_to_its_task(office: Office) -> None:
    _repairs(office)
    office["agent"].post("/intake/begin", {"flow": "repair", "about": "幸福路 8 号断网"})
    with unit_of_work() as session:
        task = session.scalars(select(Task)).one()
        told = {"step": {"zh": task.name, "en": task.name}, "number": "幸福路 8 号断网", "minutes": 60}
        notices.tell(session, [org.find_user(session, "handler")], "warn", escalation.WARNING, told, now=clock.now(), task=task)
    [form] = office["handler"].get("/notices").find(".b-told form")
    opened = office["handler"].post(form.get("action"), dict(form.form_values()))
    assert opened.response.headers["Location"] == f"/inbox/tasks/{task.id}"


def test_a_form_at_the_start_is_filled_in_before_the_case_begins(office: Office) -> None:
    form = orjson.dumps(
        {
            "title": "报修单",
            "schema": {"type": "object", "required": ["place"], "properties": {"place": {"type": "string", "title": "地点"}}},
        }
    )
    start = '<bpmn:startEvent id="begin" name="开始">'.encode()
    _repairs(office, start, b'<bpmn:extensionElements><baton:form ref="ticket"/></bpmn:extensionElements>', **{"forms/ticket.json": form})
    agent = office["agent"]
    page = agent.follow(agent.post("/intake/begin", {"flow": "repair", "about": "幸福路 8 号断网"}))
    assert [heading.text for heading in page.find("h1")] == ["报修单"]
    [form_] = page.find("form#first")
    refused = agent.post(form_.get("action"), {"place": ""})
    assert refused.status == 422
    assert "地点" in refused.find("[role=alert]")[0].text_content()
    assert office["handler"].get("/inbox?view=unit").find("tbody tr") == []
    assert "“报修”已发起" in agent.follow(agent.post(form_.get("action"), {"place": "三楼"})).text
    with unit_of_work(write=False) as session:
        task = session.scalars(select(Task)).one()
        assert (task.instance.business_key, instances.task_data(session, task)["place"]) == ("幸福路 8 号断网", "三楼")


def test_only_flows_in_use_without_an_order_are_begun_and_only_by_the_desk(office: Office) -> None:
    _repairs(office)
    assert office["handler"].post("/intake/begin", {"flow": "repair"}).status == 403
    for flow in ("complaint", "nothing"):
        assert office["agent"].post("/intake/begin", {"flow": flow}).status == 404
    answer = office["agent"].post("/intake/begin", {"flow": "repair", "about": "长" * 201})
    assert answer.status == 422
    assert answer.value("about") == "长" * 201
    assert "太长了" in answer.text
    assert office["handler"].get("/inbox?view=unit").find("tbody tr") == []


_CALLER = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
<process id="house" name="全屋检修" isExecutable="true"><startEvent id="s"/><callActivity id="c" name="报修" calledElement="repair"/>
<endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="c"/><sequenceFlow id="g" sourceRef="c" targetRef="e"/>
</process></definitions>"""


def _offered(office: Office) -> list[str | None]:
    return [option.get("value") for option in office["agent"].get("/intake").find("#be-flow option")]


def test_a_flow_that_only_others_call_is_not_begun_by_hand_unless_it_says_so(office: Office) -> None:
    _repairs(office)
    with unit_of_work() as session:
        definitions.deploy(session, {"house.bpmn": _CALLER.encode()}, "analyst", clock.now(), publish=True)
    assert _offered(office) == ["house"]
    assert office["agent"].post("/intake/begin", {"flow": "repair"}).status == 404
    settings = {"key": "repair", "main": "main.bpmn", "name": "报修"}
    _repairs(office, **{"process.json": orjson.dumps(settings | {"begun_by_hand": True})})
    assert _offered(office) == ["house", "repair"]
    start = '<bpmn:startEvent id="begin" name="开始">'.encode()
    form = orjson.dumps({"title": "报修单", "schema": {"type": "object", "properties": {"place": {"type": "string", "title": "地点"}}}})
    ticket = b'<bpmn:extensionElements><baton:form ref="ticket"/></bpmn:extensionElements>'
    _repairs(office, start, ticket, **{"forms/ticket.json": form})
    assert _offered(office) == ["house", "repair"]
    _repairs(office, start, ticket, **{"forms/ticket.json": form, "process.json": orjson.dumps(settings | {"begun_by_hand": False})})
    assert _offered(office) == ["house"]


def test_a_flow_that_waits_for_a_message_to_begin_is_not_begun_by_hand(office: Office) -> None:
    head = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><message id="m" name="paid"/>'
    start = '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent><endEvent id="e"/>'
    drawing = (
        f'{head}<process id="paid" name="到账" isExecutable="true">{start}<sequenceFlow id="f" sourceRef="s" targetRef="e"/></process>'
    )
    with unit_of_work() as session:
        definitions.deploy(session, {"paid.bpmn": f"{drawing}</definitions>".encode()}, "analyst", clock.now(), publish=True)
    assert "发起其他流程" not in office["agent"].get("/intake").text
    assert office["agent"].post("/intake/begin", {"flow": "paid"}).status == 404
