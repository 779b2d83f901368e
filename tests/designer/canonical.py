"""What a diagram says, apart from how it is written down.

A drawing becomes a flat mapping of places to values: ``process#p/userTask#review@name`` -> ``复核``. Formatting, comments, the order of
attributes and namespace prefixes do not show; attributes that are left out have the value that BPMN 2.0 gives them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

Facts = dict[str, str]

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
SHORT = {
    BPMN: "",
    BPMNDI: "di:",
    "http://www.omg.org/spec/DD/20100524/DC": "dc:",
    "http://www.omg.org/spec/DD/20100524/DI": "dd:",
}
SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
ROUNDING = 0.5
"""Coordinates may differ by so many pixels."""

ACTIVITIES = ("task", "userTask", "serviceTask", "scriptTask", "manualTask", "sendTask", "receiveTask", "businessRuleTask", "callActivity")
SCOPES = ("subProcess", "adHocSubProcess", "transaction")
DEFAULTS: dict[str, dict[str, str]] = {
    **{name: {"startQuantity": "1", "completionQuantity": "1", "isForCompensation": "false"} for name in (*ACTIVITIES, *SCOPES)},
    "startEvent": {"isInterrupting": "true", "parallelMultiple": "false"},
    "intermediateCatchEvent": {"parallelMultiple": "false"},
    "boundaryEvent": {"cancelActivity": "true", "parallelMultiple": "false"},
    "process": {"processType": "None", "isClosed": "false"},
    "collaboration": {"isClosed": "false"},
    "eventBasedGateway": {"instantiate": "false", "eventGatewayType": "Exclusive"},
    "multiInstanceLoopCharacteristics": {"isSequential": "false", "behavior": "All"},
    "standardLoopCharacteristics": {"testBefore": "false"},
    "dataObject": {"isCollection": "false"},
    "dataInput": {"isCollection": "false"},
    "dataOutput": {"isCollection": "false"},
    "dataStore": {"isUnlimited": "true"},
    "association": {"associationDirection": "None"},
    "textAnnotation": {"textFormat": "text/plain"},
    "documentation": {"textFormat": "text/plain"},
    "itemDefinition": {"itemKind": "Information", "isCollection": "false"},
    "definitions": {"expressionLanguage": "http://www.w3.org/1999/XPath", "typeLanguage": "http://www.w3.org/2001/XMLSchema"},
    "participantMultiplicity": {"minimum": "0", "maximum": "1"},
}
EXPRESSIONS = {"formalExpression", "messagePath"}
"""Elements that are written as ``expression`` with the type of a formal expression, which means the same."""

FORMAL = f"{{{BPMN}}}tFormalExpression"
DEFAULTS["compensateEventDefinition"] = {"waitForCompletion": "true"}
DEFAULTS["subProcess"] |= {"triggeredByEvent": "false"}
DEFAULTS["transaction"] |= {"triggeredByEvent": "false", "method": "##Compensate"}
DEFAULTS["adHocSubProcess"] |= {"triggeredByEvent": "false", "cancelRemainingInstances": "true", "ordering": "Parallel"}
DEFAULTS["receiveTask"] |= {"instantiate": "false", "implementation": "##WebService"}
for _name in ("sendTask", "serviceTask"):
    DEFAULTS[_name] |= {"implementation": "##WebService"}
for _name in ("userTask", "businessRuleTask"):
    DEFAULTS[_name] |= {"implementation": "##unspecified"}
for _name in ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway"):
    DEFAULTS.setdefault(_name, {})["gatewayDirection"] = "Unspecified"

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)


def facts(xml: bytes | str) -> Facts:
    """Everything that a diagram says, by place. Raises etree.XMLSyntaxError."""
    root = etree.fromstring(xml.encode() if isinstance(xml, str) else xml, _PARSER)
    return dict(_walk(root, _label(root)))


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """What is said differently: a line a place. An empty drawing plane for a folded sub-process may be added."""
    spare = {place.split("/di:BPMNPlane", 1)[0] for place in after if _is_new_plane(place, before, after)}
    found = []
    for place in sorted({*before, *after}):
        was, now = before.get(place), after.get(place)
        if not _same(place, was, now) and not any(place.startswith(plane) for plane in spare):
            found.append(f"{place}: {was!r} -> {now!r}")
    return found


def _walk(node: Any, place: str) -> Iterator[tuple[str, str]]:
    yield place, (node.text or "").strip()
    for name, value in _attributes(node).items():
        yield f"{place}@{name}", _resolved(value, node.nsmap, is_type=name == XSI_TYPE)
    in_extension = _name(node) == "extensionElements" or SHORT.get(etree.QName(node).namespace) is None
    counted: Counter[str] = Counter()
    order: dict[str, list[str]] = {}
    for child in node:
        label = _label(child)
        if "#" not in label:
            counted[label] += 1
            label += f"[{counted[label]}]"
        order.setdefault("*" if in_extension else _name(child), []).append(label)
        yield from _walk(child, f"{place}/{label}")
        if (child.tail or "").strip():
            yield f"{place}/{label}/tail", child.tail.strip()
    for name, labels in order.items():
        if len(labels) > 1 and not name.startswith("di:"):  # which shape lies above which is the viewer's choice
            yield f"{place}/{name}/order", " ".join(labels)


def _attributes(node: Any) -> dict[str, str]:
    name = _name(node)
    given = {**DEFAULTS.get(name, {}), **node.attrib}
    if name == "expression":
        given.setdefault(XSI_TYPE, FORMAL)
    if name == "dd:waypoint":
        given.pop(XSI_TYPE, None)
    given.pop(SCHEMA_LOCATION, None)
    if name == "di:BPMNShape":
        given.setdefault("isMarkerVisible", "true")  # shown on the gateways where it means anything
    return given


def _name(node: Any) -> str:
    tag = etree.QName(node)
    short = SHORT.get(tag.namespace)
    if short == "" and tag.localname in EXPRESSIONS:
        return "expression"
    return str(node.tag) if short is None else f"{short}{tag.localname}"


def _label(node: Any) -> str:
    """The element's name, with its id, or with what it draws."""
    drawn = node.get("bpmnElement")
    own = drawn if drawn and _name(node).startswith("di:") else node.get("id")
    return f"{_name(node)}#{own}" if own else _name(node)


def _resolved(value: str, prefixes: Mapping[Any, str], *, is_type: bool) -> str:
    """A name with a declared prefix, as the namespace it means."""
    found = re.fullmatch(r"(?:([A-Za-z_][\w.-]*):)?([\w.-]+)", value)
    if found and found[1] in prefixes and (found[1] or is_type):
        return f"{{{prefixes[found[1]]}}}{found[2]}"
    return value


def _same(place: str, was: str | None, now: str | None) -> bool:
    if was == now:
        return True
    if was is None or now is None or place.rsplit("@", 1)[-1] not in {"x", "y", "width", "height"}:
        return False
    return abs(float(was) - float(now)) <= ROUNDING


def _is_new_plane(place: str, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    found = re.fullmatch(r"definitions[^/]*/di:BPMNDiagram[^/]*/di:BPMNPlane#([^/]+)@bpmnElement", place)
    if not found or any(f"di:BPMNPlane#{found[1]}" in known for known in before):
        return False
    return any(known.endswith(tuple(f"{scope}#{found[1]}" for scope in SCOPES)) for known in after)
