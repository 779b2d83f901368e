"""Where the variables of a drawing come from: forms, tables, calls, scripts, the order. What nobody gives before it is named is told.

It walks the drawing backwards, and says nothing where it cannot be sure: a message may carry anything.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from bpm.definitions.drawings import read
from bpm.definitions.settings import ProcessSettings
from bpm.engine import dialects, scripts, tables, templates
from bpm.engine.attributes import TEXTS
from bpm.engine.documents import Element, Notes, baton, drawn_name, local, parse, tag, text_of
from bpm.engine.expressions import is_expression, variables
from bpm.engine.faults import ExpressionError
from bpm.engine.vocabulary import SCOPES, is_event_subprocess, nodes
from bpm.errors import N_, Finding

AMBIENT = frozenset({"now", "loopCounter"})
FROM_THE_ORDER = frozenset(
    {"number", "order_type", "channel", "title", "description", "demand", "contact_name", "contact_phone", "contact_email"}
    | {"customer_number", "city", "class_code", "first_owner", "registered", "regulator", "customer", "last_grade", "grade_pending"}
    | {"on_the_spot", "safety_or_media", "amount_disputed", "affected_users", "compensation", "on_line", "answer_text", "result"}
    | {"sp_code", "orders_90d", "open_orders", "repeat_30d", "repeat_flag"}
)
"""What a process knows at its start where it belongs to a type of work order."""

FROM_THE_PLATFORM = frozenset(
    {"current_user", "current_unit", "urge_count", "urge_reason", "information", "withdraw_reason", "close_code", "reopen_reason"}
    | {"resumed_because", "suspend_reason", "suspend_note", "suspended_until", "until", "reason", "touches_customer"}
    | {"days_since_close", "same_class", "unsolved", "score_result", "outcome", "solved", "satisfaction", "sat_comment"}
    | {"sat_attitude", "sat_speed", "sat_result", "tier", "escalated_step", "escalated_element"}
)
"""What the messages of the platform (``messages`` of process.json) carry."""

_BY_A_RETURN = frozenset({"return_reason", "return_note"})
_CHECKED = ("assignment", "limit", "input")
_CARRYING = ("signalEventDefinition", "dataOutputAssociation")
"""What may bring variables that nobody has drawn."""

_OPTIONAL = re.compile(r"([^\W\d]\w*)(?:\.\w+|\[[^\]]*\])*\s*(?:\?\?|[=!]=\s*null\b)")


@dataclass(slots=True)
class _Node:
    """A flow node: what it gives, and which come directly before it. ``anything``: it may give what cannot be known."""

    gives: set[str] = field(default_factory=set)
    items: set[str] = field(default_factory=set)
    before: set[str] = field(default_factory=set)
    anything: bool = False


@dataclass(frozen=True, slots=True)
class _Use:
    """An element names variables in one of its parts. ``after``: what has been done by then, without it what comes before the element."""

    file: str
    element: Element
    after: tuple[str, ...]
    names: frozenset[str]
    extension: str
    part: str = ""


def check(files: Mapping[str, bytes], settings: ProcessSettings) -> Iterator[Finding]:
    """Each name in a condition, an assignment, a limit or an input of a call that nobody gives before it."""
    if any(_is_broken(name, content) for name, content in files.items()):
        return  # what is in it may be what is missed
    plan = _Plan(files, settings)
    text = N_("“{step}” asks for “{name}”, but no form, table, call or script before it gives that.")
    for use in plan.uses:
        known = plan.known_after(use)
        for name in sorted(use.names - known) if known is not None else ():
            facts = {"step": _called(use.element), "name": name, "extension": use.extension, "attribute": use.part, "input": use.part}
            yield Finding("warning", use.file, use.element.get("id"), "not-asked", text, facts)


class _Plan:
    """All own diagrams of a bundle as one graph of nodes by id. What is in a sub-process counts as done in any order."""

    def __init__(self, files: Mapping[str, bytes], settings: ProcessSettings) -> None:
        self.nodes: dict[str, _Node] = {}
        self.uses: list[_Use] = []
        self.objects: set[str] = set()
        self.platform = frozenset(settings.messages.values())
        self.forms = {name.removeprefix("forms/").removesuffix(".json"): content for name, content in files.items() if _is_form(name)}
        self.tables = _outputs(files)
        processes: dict[str, Element] = {}
        for file, content in files.items():
            root = parse(file, content, Notes(file)) if file.endswith(".bpmn") else None
            for process in root.findall(tag("process")) if root is not None else ():
                processes[process.get("id") or ""] = process
                self.scope(file, process, None)
        main = read(settings.main, files[settings.main]).process_ids if settings.main in files else ()
        if settings.order_type and main:
            self.begin(processes[settings.key if settings.key in main else main[0]], _Node(gives=set(FROM_THE_ORDER)))
        for process in processes.values():
            for call in process.iter(tag("callActivity")):
                self.call(call, processes.get((call.get("calledElement") or "").rpartition(":")[2]))

    def known_after(self, use: _Use) -> set[str] | None:
        """The variables that there can be when something is used; None when that cannot be known."""
        known = set(AMBIENT) | self.objects | self.node(use.element).items
        seen: set[str] = set()
        left = list(use.after or self.node(use.element).before)
        while left:
            here = left.pop()
            if here not in seen and here in self.nodes:
                seen.add(here)
                node = self.nodes[here]
                if node.anything:
                    return None
                known |= node.gives
                left += node.before
        return known

    def node(self, element: Element) -> _Node:
        return self.nodes.setdefault(element.get("id") or "", _Node())

    # ---- what is drawn

    def scope(self, file: str, scope: Element, around: str | None) -> None:
        """A process or a sub-process, and all that is in it."""
        self.objects |= {name for each in scope.findall(tag("dataObject")) for name in (each.get("id"), each.get("name")) if name}
        for element in nodes(scope):
            self.step(file, element, around)
        for flow in scope.findall(tag("sequenceFlow")):
            source = flow.get("sourceRef") or ""
            self.nodes.setdefault(flow.get("targetRef") or "", _Node()).before.add(source)
            self.use(_Use(file, flow, (source,), frozenset(), "condition"), dialects.bare(text_of(flow.find(tag("conditionExpression")))))
        for element in nodes(scope):
            if local(element) in SCOPES:
                self.inner(file, scope, element)
        self.links(scope)

    def inner(self, file: str, scope: Element, element: Element) -> None:
        """A sub-process gives all that is given in it. One that an event starts comes after, and before, anything around it."""
        id_ = element.get("id") or ""
        self.scope(file, element, id_)
        inside = [self.node(each) for each in nodes(element)]
        self.node(element).gives |= set().union(*(each.gives for each in inside))
        if not is_event_subprocess(element):
            self.node(element).anything |= any(each.anything for each in inside)
            return
        for other in nodes(scope):
            self.node(element).before.add(other.get("id") or "")
            self.node(other).gives |= self.node(element).gives

    def links(self, scope: Element) -> None:
        throws = [(each, each.find(tag("linkEventDefinition"))) for each in scope.findall(tag("intermediateThrowEvent"))]
        for catch in scope.findall(tag("intermediateCatchEvent")):
            link = catch.find(tag("linkEventDefinition"))
            for throw, thrown in throws:
                if link is not None and thrown is not None and link.get("name") == thrown.get("name"):
                    self.node(catch).before.add(throw.get("id") or "")

    def step(self, file: str, element: Element, around: str | None) -> None:
        """What a step gives, what comes before it, and what it asks for."""
        node = self.node(element)
        node.before |= {id_ for id_ in (around, element.get("attachedToRef")) if id_}
        node.gives |= self.given(element)
        node.items |= _items(element)
        node.anything |= any(element.find(tag(name)) is not None for name in _CARRYING) or self.is_foreign_message(element)
        for extension in element.iterfind(f"{tag('extensionElements')}/{baton('*')}"):
            for attribute in TEXTS[local(extension)] if local(extension) in _CHECKED else ():
                text = extension.get(attribute) or ""
                part = (extension.get("name") or "") if local(extension) == "input" else attribute
                use = _Use(file, element, (), frozenset(), local(extension), part)
                self.use(use, text.lstrip()[1:] if is_expression(text) else "")
                if local(extension) == "input" and not is_expression(text) and (asked := templates.names(text)):
                    self.uses.append(replace(use, names=frozenset(asked)))

    def is_foreign_message(self, element: Element) -> bool:
        """Tell whether a step waits for a message that is not one of the platform's own, of which it is known what they carry."""
        trigger = element if local(element) == "receiveTask" else element.find(tag("messageEventDefinition"))
        if trigger is None or local(element) in ("endEvent", "intermediateThrowEvent"):
            return False
        root = element.getroottree().getroot()
        name = next((each.get("name") for each in root.findall(tag("message")) if each.get("id") == trigger.get("messageRef")), None)
        if name not in self.platform:
            return True
        self.node(element).gives |= FROM_THE_PLATFORM
        return False

    def use(self, use: _Use, text: str) -> None:
        """Note what an expression asks for; the engine tells what is wrong with one that cannot be read."""
        try:
            names = variables(text) if text.strip() else set()
        except ExpressionError:
            return
        asked = frozenset(names - set(_OPTIONAL.findall(text)))
        if asked:
            self.uses.append(replace(use, names=asked))

    def given(self, element: Element) -> set[str]:
        """The variables that there are once a step is done."""
        found = {code.get("variable") or "" for code in element.iterfind(f"*/{tag('extensionElements')}/{baton('code')}")}
        found |= {code.get("variable") or "" for code in element.iterfind(f"{tag('extensionElements')}/{baton('code')}")}
        for each in element.iterfind(f"{tag('extensionElements')}/{baton('*')}"):
            gives = self.given_by(local(each), each)
            self.node(element).anything |= gives is None
            found |= gives or set()
        found |= _assigned(text_of(element.find(tag("script")))) | _items(element)
        found |= {text_of(loop.find(tag("loopDataOutputRef"))) for loop in element.iterfind(tag("multiInstanceLoopCharacteristics"))}
        return found - {""}

    def given_by(self, name: str, extension: Element) -> set[str] | None:
        """What an extension gives; None where the form or the table is not there."""
        match name:
            case "form":
                return self.fields(extension.get("ref") or "")
            case "return":
                return {extension.get("variable") or "", *_BY_A_RETURN}
            case "call":
                return {extension.get("result") or ""}
            case "decision":
                return {result} if (result := extension.get("result")) else self.tables.get(extension.get("id") or "")
            case "out":
                return {extension.get("target") or ""}
            case _:
                return set()

    def fields(self, form: str) -> set[str] | None:
        read = orjson.loads(self.forms.get(form, b"null"))
        schema: Any = read.get("schema", read) if isinstance(read, dict) else {}
        properties = schema.get("properties") if isinstance(schema, dict) else None
        return set(properties) if isinstance(properties, dict) else None

    # ---- where processes begin, and what they call

    def begin(self, process: Element, outside: _Node) -> None:
        """A process begins with what there is outside."""
        id_ = f"^{process.get('id')} {len(self.nodes)}"
        self.nodes[id_] = outside
        for each in nodes(process):
            if local(each) == "startEvent" or not self.node(each).before:
                self.node(each).before.add(id_)

    def call(self, call: Element, called: Element | None) -> None:
        """A called process begins with what the caller has, or hands in; without a mapping all that it gives comes back."""
        into = {each.get("target") or "" for each in call.iterfind(f"{tag('extensionElements')}/{baton('in')}")}
        out = call.find(f"{tag('extensionElements')}/{baton('out')}") is not None
        if called is None:
            self.node(call).anything |= not out
            return
        if not out:
            inside = [self.node(each) for each in nodes(called)]
            self.node(call).gives |= set().union(*(each.gives for each in inside))
            self.node(call).anything |= any(each.anything for each in inside)
        self.begin(called, _Node(gives=into | _items(call), before=set() if into else {call.get("id") or ""}))


def _called(element: Element) -> str:
    """What a reader calls an element; a flow without a name by where it leads from."""
    if local(element) != "sequenceFlow" or element.get("name"):
        return drawn_name(element)
    source, scope = element.get("sourceRef"), element.getparent()
    found = [] if scope is None else [each for each in scope if each.get("id") == source]
    return drawn_name(found[0]) if found else drawn_name(element)


def _is_broken(name: str, content: bytes) -> bool:
    if name.endswith((".bpmn", ".dmn")):
        return parse(name, content, Notes(name)) is None
    if not _is_form(name):
        return False
    try:
        orjson.loads(content)
    except orjson.JSONDecodeError:
        return True
    return False


def _is_form(name: str) -> bool:
    return name.startswith("forms/") and name.endswith(".json")


def _outputs(files: Mapping[str, bytes]) -> dict[str, set[str]]:
    """By the id of a decision the names of what it gives: its columns, or its variable where it is one expression."""
    found: dict[str, set[str]] = {}
    for file, content in files.items():
        root = parse(file, content, Notes(file)) if file.endswith(".dmn") else None
        for id_, decision in (tables.decisions(root, Notes(file)) if root is not None else {}).items():
            found[id_] = {*decision.outputs, decision.variable}
    return found


def _assigned(script: str) -> set[str]:
    try:
        return {path[0] for path, _ in scripts.assignments(script)}
    except ExpressionError:
        return set()


def _items(element: Element) -> set[str]:
    """The variables that a step has once for each of several times."""
    loops = element.iterfind(tag("multiInstanceLoopCharacteristics"))
    found = (loop.find(tag(name)) for loop in loops for name in ("inputDataItem", "outputDataItem"))
    return {text for item in found if item is not None for text in (item.get("id"), item.get("name")) if text}
