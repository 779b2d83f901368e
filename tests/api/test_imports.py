"""Diagrams of other tools whose ids the designer does not take: they get others, with all that refers to them."""

import json
import re
from typing import Any

import pytest
from lxml import etree

from bpm.definitions.packing import write_zip
from tests.api.desk import Desk

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
TAKEN = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
"""What bpmn-js takes as an id."""

HEAD = f"""<definitions xmlns="{BPMN}" xmlns:tns="http://www.bizagi.com/1" xmlns:baton="urn:baton:bpmn:1" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" targetNamespace="http://www.bizagi.com/1">"""
HANDLING = f"""{HEAD}
  <!-- 受理 is drawn first -->
  <message id="{{9f-1}}" name="投诉"/>
  <error id="余额不足"/>
  <process id="投诉 处理" isExecutable="true">
    <laneSet id="车道"><lane id="客服" name="客服部"><flowNodeRef>受 理</flowNodeRef><flowNodeRef>复核</flowNodeRef></lane></laneSet>
    <startEvent id="来 了"><outgoing>f 1</outgoing><messageEventDefinition id=".m" messageRef="tns:{{9f-1}}"/></startEvent>
    <userTask id="受 理" default="f 2"><incoming>f 1</incoming><outgoing>f 2</outgoing><outgoing>f3</outgoing></userTask>
    <userTask id="复核" name="复核"><documentation>受理 之后</documentation>
      <extensionElements><baton:assignment role="AGENT" unit="CS" sameAs="登记 复核" exclude="登记 starter"/></extensionElements>
    </userTask>
    <userTask id="登记" name="登记 复核"><extensionElements><baton:why text="复核"/></extensionElements></userTask>
    <boundaryEvent id="超时" attachedToRef="复核"><errorEventDefinition errorRef="余额不足"/></boundaryEvent>
    <callActivity id="回访" calledElement="回访流程"/>
    <callActivity id="again"><extensionElements><zeebe:calledElement processId="回访流程"/></extensionElements></callActivity>
    <callActivity id="else" calledElement="别处的流程"/>
    <sequenceFlow id="f 1" sourceRef="来 了" targetRef="受 理"/>
    <sequenceFlow id="f 2" sourceRef="受 理" targetRef="复核"/>
    <sequenceFlow id="f3" sourceRef="受 理" targetRef="登记"><conditionExpression>= step == "复核"</conditionExpression></sequenceFlow>
  </process>
  <bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="p" bpmnElement="投诉 处理">
    <bpmndi:BPMNShape id="登记" bpmnElement="登记"><dc:Bounds x="1" y="1" width="100" height="80"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="again" bpmnElement="again"><dc:Bounds x="200" y="1" width="100" height="80"/></bpmndi:BPMNShape>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>"""
CALLING_BACK = f"""{HEAD}
  <process id="回访流程" name="回访" isExecutable="true"><startEvent id="来 了"/><userTask id="复核" name="打电话"/>
    <sequenceFlow id="f_1" sourceRef="来 了" targetRef="复核"/>
  </process>
</definitions>"""


@pytest.fixture
def drawn(desk: Desk) -> dict[str, Any]:
    """A complaint process and the one it calls, as the draft has them after they were handed in together."""
    answer = desk.hand_in({"handling.bpmn": HANDLING, "back.bpmn": CALLING_BACK})
    assert answer.status_code == 201, answer.text
    return answer.json


def tree(answer: dict[str, Any], file: str = "handling.bpmn") -> etree._Element:
    return etree.fromstring(answer["files"][file].encode())


def one(root: etree._Element, path: str) -> etree._Element:
    (found,) = root.xpath(path, namespaces={"b": BPMN, "baton": "urn:baton:bpmn:1"})
    return found


def test_every_id_is_one_that_the_designer_takes_and_stands_once(drawn: dict[str, Any]) -> None:
    ids = [each.get("id") for file in ("handling.bpmn", "back.bpmn") for each in tree(drawn, file).iter() if each.get("id")]
    assert [each for each in ids if not TAKEN.fullmatch(each)] == []
    assert sorted(ids) == sorted(set(ids))


def test_all_that_refers_to_a_step_still_does(drawn: dict[str, Any]) -> None:
    root = tree(drawn)
    start, first, check = one(root, "//b:startEvent"), one(root, "//b:userTask[@default]"), one(root, "//b:userTask[@name='复核']")
    register = one(root, "//b:userTask[@name='登记 复核']")
    to_first, to_check = one(root, f"//b:sequenceFlow[@sourceRef='{start.get('id')}']"), one(root, f"//*[@targetRef='{check.get('id')}']")
    assert (to_first.get("targetRef"), to_check.get("sourceRef")) == (first.get("id"), first.get("id"))
    assert first.get("default") == to_check.get("id")
    assert [each.text for each in first] == [to_first.get("id"), to_check.get("id"), "f3"]
    assert [each.text for each in one(root, "//b:lane")] == [first.get("id"), check.get("id")]
    assert one(root, "//b:boundaryEvent").get("attachedToRef") == check.get("id")
    assert one(root, "//b:messageEventDefinition").get("messageRef") == one(root, "//b:message").get("id")
    assert one(root, "//b:errorEventDefinition").get("errorRef") == one(root, "//b:error").get("id")
    assert one(root, "//*[local-name()='BPMNPlane']").get("bpmnElement") == one(root, "//b:process").get("id")
    shapes = root.xpath("//*[local-name()='BPMNShape']/@bpmnElement")
    assert shapes == [register.get("id"), "again"]
    assignment = one(root, "//baton:assignment")
    assert (assignment.get("sameAs"), assignment.get("exclude")) == (
        f"{register.get('id')} {check.get('id')}",
        f"{register.get('id')} starter",
    )


def test_words_that_only_look_like_an_id_stay(drawn: dict[str, Any]) -> None:
    root = tree(drawn)
    assert one(root, "//b:conditionExpression").text == '= step == "复核"'
    assert one(root, "//b:documentation").text == "受理 之后"
    assert one(root, "//baton:why").get("text") == "复核"
    assert "<!-- 受理 is drawn first -->" in drawn["files"]["handling.bpmn"]


def test_an_old_id_stays_to_be_seen_where_there_is_no_name(drawn: dict[str, Any]) -> None:
    root = tree(drawn)
    assert one(root, "//b:userTask[@default]").get("name") == "受 理"
    assert one(root, "//b:error").get("name") == "余额不足", "what a call throws is caught by this word"
    assert root.xpath("//b:sequenceFlow/@name", namespaces={"b": BPMN}) == []
    assert drawn["name"] == "投诉 处理"


def test_a_process_that_another_file_calls_is_called_by_its_new_id(drawn: dict[str, Any]) -> None:
    root, called = tree(drawn), one(tree(drawn, "back.bpmn"), "//b:process").get("id")
    assert root.xpath("//b:callActivity/@calledElement", namespaces={"b": BPMN}) == [called, "别处的流程"]
    assert one(root, "//*[local-name()='calledElement']").get("processId") == called


@pytest.mark.parametrize(("language", "words"), [("zh", "设计器不接受的元素编号"), ("en", "Ids that the designer does not take")])
def test_one_sentence_tells_how_many_ids_were_replaced(desk: Desk, language: str, words: str) -> None:
    desk.language = language
    remarks = [each for each in desk.hand_in({"handling.bpmn": HANDLING}).json["remarks"] if each["code"] == "ids-replaced"]
    assert [(each["file"], each["level"]) for each in remarks] == [("handling.bpmn", "info")]
    assert words in remarks[0]["sentence"]
    assert "16" in remarks[0]["sentence"]


def test_what_an_archive_plays_through_is_found_by_the_new_ids(desk: Desk) -> None:
    settings = {"key": "handling", "main": "handling.bpmn", "name": "投诉处理"}
    scenario = {
        "script": {"start": {"element_id": "来 了"}, "steps": [{"do": "complete", "element": "复核", "text": "复核"}]},
        "expect": {"path": ["复核"]},
    }
    files = {"process.json": json.dumps(settings), "handling.bpmn": HANDLING, "scenarios/a.json": json.dumps(scenario)}
    answer = desk.hand_in({"all.zip": write_zip({name: content.encode() for name, content in files.items()})}).json
    check, start = one(tree(answer), "//b:userTask[@name='复核']").get("id"), one(tree(answer), "//b:startEvent").get("id")
    played = json.loads(answer["files"]["scenarios/a.json"])
    assert played["script"] == {"start": {"element_id": start}, "steps": [{"do": "complete", "element": check, "text": "复核"}]}
    assert played["expect"] == {"path": [check]}


def test_a_file_whose_ids_are_taken_stays_as_it_was_written(desk: Desk) -> None:
    written = f'{HEAD}<process id="p.1-a"><startEvent id="_s"/></process></definitions>'
    assert desk.hand_in({"a.bpmn": written}).json["files"]["a.bpmn"] == written
