"""Small drawings for tests of the API."""

import json

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:baton="urn:baton:bpmn:1"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="urn:test">
"""

ERRAND = (
    _HEAD
    + """  <bpmn:message id="m_paid" name="paid" />
  <bpmn:process id="errand" name="跑腿" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="ask" />
    <bpmn:userTask id="ask" name="记下">
      <bpmn:extensionElements>
        <baton:assignment role="AGENT" unit="JN-FRONT" /><baton:form ref="note" />
        <baton:why text="{{ who }} 要办" /><baton:limit minutes="60" calendar="CAL-247" />
      </bpmn:extensionElements>
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="go" />
    <bpmn:userTask id="go" name="去办">
      <bpmn:extensionElements><baton:assignment role="HANDLER" unit="JN-NET-1" /></bpmn:extensionElements>
      <bpmn:incoming>f2</bpmn:incoming><bpmn:outgoing>f3</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="f3" sourceRef="go" targetRef="share" />
    <bpmn:scriptTask id="share" name="分摊" scriptFormat="baton">
      <bpmn:incoming>f3</bpmn:incoming><bpmn:outgoing>f4</bpmn:outgoing>
      <bpmn:script>share = number(amount) / 2</bpmn:script>
    </bpmn:scriptTask>
    <bpmn:sequenceFlow id="f4" sourceRef="share" targetRef="paid" />
    <bpmn:intermediateCatchEvent id="paid" name="收款">
      <bpmn:extensionElements><baton:message correlation="= ref" /></bpmn:extensionElements>
      <bpmn:incoming>f4</bpmn:incoming><bpmn:outgoing>f5</bpmn:outgoing>
      <bpmn:messageEventDefinition messageRef="m_paid" />
    </bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="f5" sourceRef="paid" targetRef="end" />
    <bpmn:endEvent id="end"><bpmn:incoming>f5</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>
"""
)
"""Somebody notes an errand, a handler does it, and it ends when it is paid. Without a number as its amount it fails at "share"."""

BROKEN = ERRAND.replace('id="errand"', 'id="broken"').replace('ref="note"', 'ref="nowhere"').replace('minutes="60"', 'minutes="= (("')

FORM = json.dumps(
    {
        "title": "记下",
        "schema": {
            "type": "object",
            "properties": {
                "note": {"type": "string", "title": "备注", "maxLength": 20},
                "urgent": {"type": "boolean", "title": "急", "default": False},
            },
            "required": ["note"],
        },
        "ui": {"order": ["note", "urgent"]},
    },
    ensure_ascii=False,
)
