"""The list of steps that failed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from bpm import clock, definitions, instances, mending
from bpm.models.database import unit_of_work
from bpm.models.ids import row_id
from bpm.models.incident import Incident
from bpm.models.instance import Instance
from bpm.models.work_item import WorkItem
from tests.bpm.test_definitions import ANALYST
from tests.web.office import Office, Sheet


@pytest.fixture
def number(office: Office) -> str:
    """An order whose connector call has failed."""
    number = office.register()
    office.fail(number, "复核", "The network did not answer.", work_item_id=row_id())  # it is no longer there: only passing over is left
    return number


def act(sheet: Sheet, button: str, given: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Where the dialog with this button goes, and what it sends."""
    [form] = [form for form in sheet.find("tbody form") if button in form.text_content()]
    return form.get("action"), {each.get("name"): each.get("value") for each in form.cssselect("input[type=hidden]")} | dict(given)


@pytest.mark.parametrize("login", ["analyst", "manager", "admin"])
def test_whoever_may_mend_sees_which_step_failed_in_which_process_and_why(office: Office, number: str, login: str) -> None:
    office.speak(login, "en")
    page = office[login].get("/incidents")
    [row] = page.find("tbody tr")
    for words in ("Customer complaint", "Review", "The network did not answer.", "Try again", "Pass over this step"):
        assert words in row.text_content()
    assert "Incidents" in page.find("#nav [aria-current]")[0].text_content()
    assert bool(page.find(f"a[href='/orders/{number}']")) is (login != "analyst")  # who may not open orders gets no way that ends at a wall


def _change(number: str, **columns: Any) -> None:
    with unit_of_work() as session:
        fault = session.scalars(select(Incident)).one()
        for name, value in columns.items():
            setattr(fault, name, value)


def test_a_result_by_hand_is_asked_where_a_step_waits_for_one_and_must_be_json(office: Office, number: str) -> None:
    analyst = office["analyst"]
    assert "用这个结果" not in analyst.get("/incidents").text  # the order of the server, not of the drawing: nothing waits for a result
    _change(number, work_item_id=None, token_id="0" * 32)
    action, sent = act(analyst.get("/incidents"), "用这个结果", {"result": "not json"})
    refused = analyst.post(action, sent)
    assert refused.status == 422
    assert "JSON" in refused.text
    assert len(refused.find("tbody tr")) == 1


def test_a_mail_that_was_not_sent_is_no_step_that_failed(office: Office, number: str) -> None:
    _change(number, code="notice-failed", element_id=None)
    for address in ("/incidents", f"/orders/{number}"):
        page = office["manager"].get(address).text
        assert "给客户的通知" in page
        assert "跳过“给客户的通知”？" in page


def test_whoever_passes_over_a_step_is_told_that_its_result_stays_empty(office: Office, number: str) -> None:
    _change(number, work_item_id=None, token_id="0" * 32)
    [asked] = [
        form.text_content() for form in office["analyst"].get("/incidents").find("tbody form") if "跳过“复核”" in form.text_content()
    ]
    assert "这一步本该做的事不会做，结果也空着。后面的环节要用到结果，请改为手工填写。" in asked


def test_of_a_join_that_waits_in_vain_it_is_said_that_it_goes_on_with_what_has_come(office: Office, number: str) -> None:
    _change(number, work_item_id=None, token_id=None, element_id="join")
    [form] = office["analyst"].get("/incidents").find("tbody form")
    assert "汇聚点带着已到的继续往下走" in form.text_content()


def test_a_gateway_that_cannot_choose_asks_for_values_and_is_not_passed_over(office: Office, number: str) -> None:
    _change(number, work_item_id=None, token_id="0" * 32, facts={"kind": "gateway"})
    forms = [form.text_content() for form in office["analyst"].get("/incidents").find("tbody form")]
    assert len(forms) == len(["try again", "give values"])
    assert "填什么值，“复核”才能继续？" in forms[1]


def test_a_fault_is_dealt_with_in_the_list_and_is_gone(office: Office, number: str) -> None:
    analyst = office["analyst"]
    action, sent = act(analyst.get("/incidents"), "跳过", {})
    done = analyst.follow(analyst.post(action, sent))
    assert "已跳过这一步" in done.text
    assert done.find("tbody tr") == []


def test_after_an_outage_all_that_failed_is_tried_again_at_one_press(office: Office) -> None:
    admin = office["admin"]
    with unit_of_work() as session:
        definitions.deploy(session, {"halve.bpmn": HALVE.encode()}, "analyst", clock.now(), publish=True)
        for _ in range(3):
            instances.start(session, "halve", {}, ANALYST, clock.now())
    page = admin.get("/incidents")
    [button] = page.find("form[action='/incidents/retry'] button")
    assert button.text == "这 3 个都再试一次"
    given = [each.get("value") for each in page.find("input[name=incident]")]
    with unit_of_work() as session:
        mending.resolve_incident(session, UUID(given[0]), "skip", None, ANALYST, clock.now())
    done = admin.follow(admin.post("/incidents/retry", {"incident": [*given, "odd"]}))
    assert done.find("[data-toast-text]")[0].text == "正在重试 2 个环节。"
    assert len(done.find("tbody tr")) == len(given) - 1  # the drawing is as it was, so both have failed again
    assert office["agent"].post("/incidents/retry", {"incident": given}).status == 403
    assert office["agent"].post("/incidents/retry").status == 403


def test_who_may_not_mend_has_no_list_of_faults(office: Office, number: str) -> None:
    assert office["agent"].get("/incidents").status == 403
    assert "/incidents" not in office["agent"].get("/inbox").response.get_data(as_text=True)


def test_without_a_fault_the_list_says_so(office: Office) -> None:
    assert "没有出故障的环节" in office["analyst"].get("/incidents").text


HALVE = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
<process id="halve" name="分摊" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="half"/>
<scriptTask id="half" name="算一半"><script>half = amount / 2</script></scriptTask><sequenceFlow id="f2" sourceRef="half" targetRef="e"/>
<endEvent id="e"/></process></definitions>"""
LOOK_UP = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:baton="urn:baton:bpmn:1" targetNamespace="t">
<process id="look" name="查一查" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="ask"/>
<serviceTask id="ask" name="查客户"><extensionElements><baton:call connector="billing" operation="customer" result="customer"/>
<baton:input name="number" value="13805312716"/></extensionElements></serviceTask><sequenceFlow id="f2" sourceRef="ask" targetRef="u"/>
<userTask id="u" name="看一看"><extensionElements><baton:assignment role="AGENT" unit="FRONT"/></extensionElements></userTask>
<sequenceFlow id="f3" sourceRef="u" targetRef="e"/><endEvent id="e"/></process></definitions>"""
CUSTOMER = {"number": "13805312716", "account_no": "A1", "name": "刘海燕", "city": "531", "tariff": "畅享", "in_net_months": "62"}


def failed_call(drawing: str) -> UUID:
    """An instance whose connector call has failed."""
    with unit_of_work() as session:
        definitions.deploy(session, {"look.bpmn": drawing.encode()}, "analyst", clock.now(), publish=True)
        case = instances.start(session, "look", {}, ANALYST, clock.now()).id
    with unit_of_work() as session:
        [call] = session.scalars(select(WorkItem).where(WorkItem.kind == "call"))
        said = {"en": "Billing is down.", "zh": "计费系统没有应答。"}
        instances.fail_call(session, case, call.payload["token_id"], "ask", said, None, clock.now())
    return case


def test_of_an_answer_that_is_more_than_texts_it_is_shown_how_it_is_written(office: Office) -> None:
    failed_call(LOOK_UP.replace('operation="customer" result="customer"', 'operation="bills" result="found"'))
    [asked] = [form for form in office["analyst"].get("/incidents").find("tbody form") if "用这个结果" in form.text_content()]
    assert '例如 {"found": {"bills": []}}' in asked.text_content()


def test_what_a_connector_should_have_answered_is_asked_field_by_field(office: Office) -> None:
    case = failed_call(LOOK_UP)
    analyst = office["analyst"]
    page = analyst.get("/incidents")
    [asked] = [form for form in page.find("tbody form") if "用这个结果" in form.text_content()]
    assert [label in asked.text_content() for label in ("客户号码", "在网月数", "欺诈黑名单", "JSON")] == [True, True, True, False]
    action, sent = act(page, "用这个结果", {**CUSTOMER, "in_net_months": "many", "arpu_3m": "158.5", "blacklist_fraud": "true"})
    assert analyst.post(action, sent).status == 422
    analyst.follow(analyst.post(action, {**sent, "in_net_months": "62"}))
    with unit_of_work(write=False) as session:
        instance = session.get_one(Instance, case)
        assert instance.status == "running"
        known = instances.variables(session, instance)["customer"]
    assert known == {**CUSTOMER, "in_net_months": 62, "arpu_3m": 158.5, "is_group": False, "blacklist_fraud": True}
