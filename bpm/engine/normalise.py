"""Standard BPMN in, what SpiffWorkflow runs right out. Original ids are kept.

What is added carries ``baton:made`` with the id it stands for.

The order matters: what is unknown is refused early, then other makers' words become ours, references are worked out,
shapes that mean nothing are refused, and only then is the structure rewritten.
"""

from lxml import etree

from bpm.engine import attributes, refusals, runaway
from bpm.engine import vocabulary as words
from bpm.engine.dialects import translate
from bpm.engine.documents import BPMN, Element, Notes, baton, drawn_name, local, space, tag, text_of
from bpm.engine.expressions import problem
from bpm.engine.structure import rewrite
from bpm.errors import N_

OWN = "__own"
RESERVED = frozenset({"Start", "End", "Root", "baton.gone"})  # names that SpiffWorkflow gives its own steps
DECLARED = {"messageRef": "message", "signalRef": "signal", "errorRef": "error", "escalationRef": "escalation"}
CODES = {"error": "errorCode", "escalation": "escalationCode"}


def normalise(root: Element, notes: Notes) -> Element:
    """Rewrite a BPMN file in place for SpiffWorkflow; the notes say what is refused and what to know."""
    _ids(root)
    _empty(root)
    _adhoc(root, notes)
    refusals.names(root, notes)
    translate(root, notes)
    _references(root, notes)
    _items(root)
    refusals.shape(root, notes)
    for process in root.iter(tag("process")):
        runaway.refuse(process, notes)
    attributes.conditions(root, notes)
    if any(finding.level == "error" for finding in notes.found):
        return root
    _processes(root, notes)
    _reserved(root)
    for scope in list(root.iter(tag("process"), *(tag(name) for name in words.SCOPES))):
        rewrite(scope, notes)
    return root


def _ids(root: Element) -> None:
    """The schema allows flows and steps without an id; SpiffWorkflow would lose them in silence."""
    wanted = words.NODES | {"sequenceFlow", "association", "adHocSubProcess"}
    for number, element in enumerate(root.iter()):
        if space(element) == BPMN and local(element) in wanted and not element.get("id"):
            element.set("id", f"{local(element)}__{number}")


def _empty(root: Element) -> None:
    """A condition without a text is none; editors leave them behind."""
    for condition in list(root.iter(tag("conditionExpression"))):
        parent = condition.getparent()
        if parent is not None and not text_of(condition) and not condition.attrib:
            parent.remove(condition)


def _adhoc(root: Element, notes: Notes) -> None:
    """An ad-hoc sub-process offers all of its steps at once; its condition is an event that interrupts the rest."""
    for element in list(root.iter(tag("adHocSubProcess"))):
        if element.get("ordering") == "Sequential" or element.get("cancelRemainingInstances") == "false":
            notes.refuse(
                element,
                "adhoc",
                N_("The ad-hoc sub-process “{name}” does its steps one by one or lets the rest go on, which is not supported."),
            )
        if element.find(tag("startEvent")) is not None or element.find(tag("endEvent")) is not None:
            notes.refuse(element, "adhoc", N_("The ad-hoc sub-process “{name}” may have no start and no end."))
        notes.add("warning", element, "adhoc", N_("The ad-hoc sub-process “{name}” offers each of its steps once, all at the same time."))
        condition = element.find(tag("completionCondition"))
        element.tag = tag("subProcess")
        if condition is None:
            continue
        element.remove(condition)
        own = element.get("id") or ""
        inner = etree.SubElement(element, tag("subProcess"), {"id": f"{own}__done", "triggeredByEvent": "true", baton("made"): own})
        start = etree.SubElement(inner, tag("startEvent"), {"id": f"{own}__when", baton("made"): own})
        event = etree.SubElement(start, tag("conditionalEventDefinition"))
        event.append(condition)
        condition.tag = tag("condition")


def _references(root: Element, notes: Notes) -> None:
    """Messages, signals, errors and escalations are declared in this file; their names and codes go to where they are used."""
    declared = {(local(element), element.get("id")): element for element in root if element.get("id")}
    for element in root.iter():
        if space(element) != BPMN:
            continue
        kind = local(element).removesuffix(words.SUFFIX)
        if kind in ("sendTask", "receiveTask") or (kind in DECLARED.values() and local(element).endswith(words.SUFFIX)):
            _refer(element, "message" if kind.endswith("Task") else kind, declared, notes)


def _refer(element: Element, kind: str, declared: dict[tuple[str, str | None], Element], notes: Notes) -> None:
    reference = element.get(f"{kind}Ref")
    event = element if local(element).endswith("Task") else element.getparent()
    found = declared.get((kind, reference))
    if found is None and reference:  # references are qualified names: prefix:id
        found = declared.get((kind, reference.split(":")[-1]))
    if reference and found is None:
        notes.refuse(event, "reference", N_("“{name}” refers to {reference}, which this file does not declare."), reference=reference)
        return
    if kind in CODES:
        _code(element, event, kind, found, notes)
        return
    name = (found.get("name") if found is not None else None) or ("" if found is not None or event is None else event.get("name") or "")
    if not name.strip():
        notes.refuse(event, "reference", N_("“{name}” does not name its {kind}."), kind=kind)
        return
    element.set(baton("name"), name.strip())
    fault = problem(f"`{name}`") if "${" in name else None
    if fault:
        notes.wrong(event, fault)
    if found is not None and found.get(baton("correlation")):
        element.set(baton("correlation"), found.get(baton("correlation")) or "")


def _code(element: Element, event: Element | None, kind: str, found: Element | None, notes: Notes) -> None:
    code = (found.get(CODES[kind]) or found.get("name") or found.get("id") or "") if found is not None else ""
    throws = event is not None and local(event) in ("endEvent", "intermediateThrowEvent")
    if throws and not code:
        notes.refuse(event, "reference", N_("“{name}” throws an {kind} without a code."), kind=kind)
    element.set(baton("codeOf"), code)
    element.set(baton("name"), drawn_name(found) if found is not None else code)


def _items(root: Element) -> None:
    """The variable of a unit is its name; the id may be missing."""
    for item in root.iter(tag("inputDataItem"), tag("outputDataItem")):
        if item.get("name"):
            item.set("id", item.get("name") or "")


def _processes(root: Element, notes: Notes) -> None:
    for process in list(root.iter(tag("process"))):
        if not words.nodes(process):
            root.remove(process)
        elif process.get("isExecutable") == "false":
            process.set("isExecutable", "true")
            notes.add("info", process, "executable", N_("The process “{name}” was marked as not executable; it is run all the same."))


def _reserved(root: Element) -> None:
    clash = {node.get("id") for node in root.iter(*(tag(name) for name in words.NODES)) if node.get("id") in RESERVED}
    for element in root.iter() if clash else ():
        for attribute in ("id", "sourceRef", "targetRef", "attachedToRef", "activityRef", "default"):
            if element.get(attribute) in clash:
                element.set(attribute, (element.get(attribute) or "") + OWN)
        if local(element) == "flowNodeRef" and text_of(element) in clash:
            element.text = text_of(element) + OWN
