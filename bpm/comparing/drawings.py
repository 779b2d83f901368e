"""Two states of a diagram: by the ids of its elements, what they are called, where they lead and all that is said of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from bpm.comparing import changes
from bpm.comparing.changes import Change, Label, Value
from bpm.comparing.conditions import Condition
from bpm.comparing.fields import Fields, Known
from bpm.comparing.references import OUTSIDE, Drawn, Notices, Outside
from bpm.comparing.spans import of_duration, of_minutes
from bpm.engine import vocabulary as words
from bpm.engine.documents import Element, Notes, baton, drawn_name, local, parse, tag, text_of
from bpm.errors import N_

_KINDS = {
    "userTask": N_("user task"),
    "manualTask": N_("manual task"),
    "serviceTask": N_("connector call"),
    "businessRuleTask": N_("decision table"),
    "scriptTask": N_("calculation"),
    "sendTask": N_("sending task"),
    "receiveTask": N_("receiving task"),
    "task": N_("task"),
    "callActivity": N_("called process"),
    "subProcess": N_("sub-process"),
    "transaction": N_("transaction"),
    "startEvent": N_("start"),
    "endEvent": N_("end"),
    "intermediateCatchEvent": N_("waiting event"),
    "intermediateThrowEvent": N_("sending event"),
    "boundaryEvent": N_("event on the edge"),
    "exclusiveGateway": N_("branch"),
    "inclusiveGateway": N_("branch"),
    "parallelGateway": N_("parallel paths"),
    "eventBasedGateway": N_("branch by event"),
    "sequenceFlow": N_("connection"),
    "lane": N_("lane"),
    "participant": N_("pool"),
    "message": N_("message"),
    "signal": N_("signal"),
    "error": N_("error"),
    "escalation": N_("escalation"),
}
_ATTRIBUTES = {
    "name": N_("name"),
    "sourceRef": N_("beginning of the connection"),
    "targetRef": N_("end of the connection"),
    "attachedToRef": N_("place on the edge of"),
    "cancelActivity": N_("interrupts the step"),
    "isInterrupting": N_("interrupts the process"),
    "calledElement": N_("called process"),
    "default": N_("default way"),
    "isForCompensation": N_("compensation"),
    "errorCode": N_("code"),
    "escalationCode": N_("code"),
    "messageRef": N_("message"),
    "signalRef": N_("signal"),
    "errorRef": N_("error"),
    "escalationRef": N_("escalation"),
    "triggeredByEvent": N_("started by an event"),
}
_REFERENCES = frozenset(
    {"sourceRef", "targetRef", "attachedToRef", "default", "messageRef", "signalRef", "errorRef", "escalationRef", "sameAs", "exclude"}
)
"""Elements of the same drawing, of which some name several."""
_PARTS = {("form", "ref"): "form", ("decision", "id"): "decision", ("limit", "ladder"): "decision"}
"""Other parts of the process, by the extension and its attribute."""
_EXTENSIONS = {
    "assignment": {
        "role": N_("role that does it"),
        "unit": N_("unit that does it"),
        "city": N_("city of the unit"),
        "user": N_("person who does it"),
        "sameAs": N_("the same person as at"),
        "exclude": N_("another person than at"),
        "fallbackRole": N_("role if nobody is found"),
        "fallbackUnit": N_("unit if nobody is found"),
    },
    "form": {"ref": N_("form")},
    "limit": {"minutes": N_("time limit"), "calendar": N_("calendar of the time limit"), "ladder": N_("ladder")},
    "order": {"state": N_("state of the order"), "tier": N_("tier of the order")},
    "return": {"variable": N_("field of the way back"), "value": N_("answer of the way back")},
    "why": {"text": N_("reason shown")},
    "call": {
        "connector": N_("connector"),
        "operation": N_("what the connector does"),
        "result": N_("variable of the answer"),
        "tries": N_("tries"),
        "onFailure": N_("error when all tries fail"),
    },
    "decision": {"id": N_("decision table"), "result": N_("variable of the answer")},
    "message": {"correlation": N_("correlation of the message")},
    "code": {"variable": N_("variable of the code")},
}
"""What our extensions say, attribute by attribute. One that is not listed is called by its own names."""

_NOTICE = N_("notice")
_LISTS = {"input": N_("input"), "payload": N_("content of the message"), "in": N_("variable in"), "out": N_("variable out")}
_TIMES = {"timeDuration": N_("waiting time"), "timeDate": N_("moment"), "timeCycle": N_("repetition")}
_TEXTS = {
    "conditionExpression": N_("condition"),
    "condition": N_("condition"),
    "script": N_("calculation"),
    "documentation": N_("description"),
    **_TIMES,
}
_LOOP, _CALENDAR, _LANE = N_("repetition"), N_("calendar of the timer"), N_("lane")
_DIAGRAM = N_("diagram")


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    kind: str
    properties: dict[Label, Value]


def compare(file: str, before: bytes | None, after: bytes | None, known: tuple[Known, Known]) -> Iterator[Change]:
    """The differences of two states of a diagram; None where there was, or is, none. One that cannot be read counts as empty.

    ``known`` are the fields of either state.
    """
    if before is None or after is None:
        yield changes.added(file, None, file, _DIAGRAM) if before is None else changes.removed(file, None, file, _DIAGRAM)
        return
    names = _names(file, before) | _names(file, after)  # what has a new name is called by it on both sides, where it is referred to
    old, new = _parts(file, before, known[0], names), _parts(file, after, known[1], names)
    for id_ in old.keys() - new.keys():
        if old[id_].kind != _KINDS["sequenceFlow"]:
            yield changes.removed(file, id_, old[id_].name, old[id_].kind)
    for id_, part in new.items():
        if id_ not in old:
            if part.kind != _KINDS["sequenceFlow"] or len(part.properties) > _BARE:
                yield changes.added(file, id_, part.name, part.kind)
            continue
        earlier = old[id_]
        if earlier.kind != part.kind:
            yield from changes.of_properties(file, id_, part.name, {N_("kind"): earlier.kind}, {N_("kind"): part.kind})
        yield from changes.of_properties(file, id_, part.name, earlier.properties, part.properties)


_BARE = 2  # a connection that says only where it begins and ends comes and goes with the steps


class _Before:
    """What has been asked before a token comes to an element, the nearest first."""

    def __init__(self, root: Element, known: Known) -> None:
        self._root, self.known = root, known

    def fields(self, element_id: str) -> Fields:
        """The fields as the forms on the way to an element call them."""
        passed, found = [element_id], {element_id}
        for here in passed:
            more = self._ways.get(here, set()) - found
            found |= more
            passed += sorted(more)
        return self.known.near(self._forms[each] for each in passed if each in self._forms)

    @cached_property
    def _ways(self) -> dict[str, set[str]]:
        ways: dict[str, set[str]] = {}
        for flow in self._root.iter(tag("sequenceFlow")):
            ways.setdefault(flow.get("targetRef") or "", set()).add(flow.get("sourceRef") or "")
        return ways

    @cached_property
    def _forms(self) -> dict[str, str]:
        asked = ((step, form) for form in self._root.iter(baton("form")) for step in form.iterancestors(*_ASKING))
        return {step.get("id") or "": form.get("ref") or "" for step, form in asked}


_ASKING = (tag("userTask"), tag("startEvent"))


def _names(file: str, content: bytes) -> dict[str, str]:
    """What the elements of a diagram are called, by their ids."""
    root = parse(file, content, Notes(file))
    return {} if root is None else {id_: drawn_name(each) for each in root.iter(etree.Element) if (id_ := each.get("id"))}


def _parts(file: str, content: bytes, known: Known, names: Mapping[str, str]) -> dict[str, _Part]:
    root = parse(file, content, Notes(file))
    if root is None:
        return {}
    before = _Before(root, known)
    lanes = {
        text_of(reference): Drawn(lane.get("id") or drawn_name(lane), (drawn_name(lane),))
        for lane in root.iter(tag("lane"))
        for reference in lane.findall(tag("flowNodeRef"))
    }
    found = {}
    for element in root.iter(*(tag(kind) for kind in _KINDS)):
        id_ = element.get("id")
        if id_:
            properties = dict(_properties(element, names, before))
            if id_ in lanes:
                properties[_LANE] = lanes[id_]
            found[id_] = _Part(_name(element, names), _KINDS[local(element)], properties)
    return found


def _name(element: Element, names: Mapping[str, str]) -> str:
    """A connection is called by where it begins, as many are called “yes”, and one without a name by where it ends."""
    if local(element) != "sequenceFlow":
        return drawn_name(element)
    source, target = (names.get(element.get(end) or "", "?") for end in ("sourceRef", "targetRef"))
    return f"{source} · {drawn_name(element)}" if element.get("name") else f"{source} → {target}"


def _properties(element: Element, names: Mapping[str, str], before: _Before) -> Iterator[tuple[Label, Value]]:
    for attribute, label in _ATTRIBUTES.items():
        value = element.get(attribute)
        if value:
            yield label, _referred(attribute, value, names, before.known)
    for child in element:
        yield from _of_child(child, names, before)


def _referred(attribute: str, value: str, names: Mapping[str, str], known: Known) -> Value:
    if attribute in _REFERENCES and not value.startswith("="):
        return Drawn(value, tuple(names.get(each, each) for each in value.split()))
    return Drawn(value, (known.names.get(("process", value), value),)) if attribute == "calledElement" else value


def _of_child(child: Element, names: Mapping[str, str], before: _Before) -> Iterator[tuple[Label, Value]]:
    kind = local(child)
    if kind in _TEXTS and text_of(child):
        yield _TEXTS[kind], _text(child, before)
    elif kind.endswith(words.SUFFIX):
        if child.get(baton("calendar")):
            yield _CALENDAR, Outside(str(child.get(baton("calendar"))), "calendar")
        yield from _properties(child, names, before)
    elif kind in words.LOOPS:
        yield _LOOP, _written(child)
    elif kind == "extensionElements":
        yield from _extensions(child, names, before.known)


def _text(element: Element, before: _Before) -> Value:
    written, holder = text_of(element), element.getparent()
    if holder is None:
        return written
    match local(element):
        case "conditionExpression":
            return Condition(written, lambda: before.fields(holder.get("sourceRef") or ""))
        case "condition":
            return Condition(written, lambda: before.fields(""))
        case "timeDuration":
            return of_duration(written, holder.get(baton("calendar")))
        case _:
            return written


def _extensions(holder: Element, names: Mapping[str, str], known: Known) -> Iterator[tuple[Label, Value]]:
    ours = [each for each in holder if each.tag == baton(local(each))]
    notices = [each for each in ours if local(each) == "notice"]
    if notices:
        pairs = tuple((each.get("to") or "", known.names.get(("notice", text := each.get("text") or ""), text)) for each in notices)
        yield _NOTICE, Notices("; ".join(map(_attributes, notices)), pairs)
    for each in ours:
        labels = _EXTENSIONS.get(local(each), {})
        for name, value in each.items() if local(each) not in (*_LISTS, "notice") else ():
            yield labels.get(str(name), f"{local(each)} {name!s}"), _of_extension(each, str(name), str(value), names, known)
    for kind, label in _LISTS.items():
        listed = {str(each.get("name") or each.get("target")): str(each.get("value") or "") for each in ours if local(each) == kind}
        yield from (((label, name), value) for name, value in listed.items())


def _of_extension(extension: Element, name: str, value: str, names: Mapping[str, str], known: Known) -> Value:
    part = _PARTS.get((local(extension), name))
    if part:
        return Drawn(value, (known.names.get((part, value), value),))
    if name in OUTSIDE:
        return Outside(value, OUTSIDE[name])
    if (local(extension), name) == ("limit", "minutes"):
        return of_minutes(value, extension.get("calendar"))
    return _referred(name, value, names, known)


def processes_of(file: str, content: bytes) -> Iterator[tuple[str, str]]:
    """What the processes of a diagram are called, by their ids."""
    root = parse(file, content, Notes(file))
    for each in root.iter(tag("process")) if root is not None else ():
        yield each.get("id") or "", drawn_name(each)


def _attributes(element: Element) -> str:
    return ", ".join(f"{name!s}: {value!s}" for name, value in sorted(element.items()) if value)


def _written(element: Element) -> str:
    """An element with all inside it in one line."""
    inside = [_written(child) for child in element if isinstance(child.tag, str)]
    return " ".join(filter(None, [local(element), _attributes(element), text_of(element), *inside]))
