"""What other tools have written into a diagram and does nothing here: kept in the file, and listed."""

from collections.abc import Iterator, Mapping

from lxml import etree

from bpm.engine import attributes, dialects
from bpm.engine.documents import BATON, BPMN, Element, Notes, drawn_name, local, parse, space
from bpm.errors import N_, Finding

_PICTURE = (
    "http://www.omg.org/spec/BPMN/20100524/DI",
    "http://www.omg.org/spec/DD/20100524/DC",
    "http://www.omg.org/spec/DD/20100524/DI",
    "http://www.w3.org/2001/XMLSchema-instance",
    "http://www.w3.org/XML/1998/namespace",
    "http://bpmn.io/schema/bpmn/biocolor/1.0",
    "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
)
"""Namespaces of the standard, and of colours, which the picture shows."""

_MAKERS = {
    "http://camunda.org/schema/1.0/bpmn": "Camunda 7",
    "http://camunda.org/schema/zeebe/1.0": "Camunda 8",
    "http://camunda.org/schema/modeler/1.0": "Camunda Modeler",
    "http://activiti.org/bpmn": "Activiti",
    "http://flowable.org/bpmn": "Flowable",
    "http://flowable.org/design": "Flowable",
    "http://www.signavio.com": "Signavio",
    "http://www.bizagi.com/bpmn20": "Bizagi",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
    "http://www.jboss.org/drools": "jBPM",
    "http://www.omg.org/bpsim": "BPSim",
    "http://www.bpsim.org/schemas/1.0": "BPSim",
    "http://flowable.org/modeler": "Flowable",
    "http://www.softwareag.com/aris": "ARIS",
    "http://www.boc-eu.com/boc-is/adonis.model.document/1.1": "ADONIS",
    "http://www.imixs.org/bpmn2": "Imixs",
    "http://www.visual-paradigm.com/bpmn": "Visual Paradigm",
    "http://www.trisotech.com/2014/triso/bpmn": "Trisotech",
    "http://www.trisotech.com/2015/triso/modeling": "Trisotech",
    "http://bpmn.sourceforge.net": "Yaoqiang",
}
_READ_ELEMENTS = {
    dialects.SPIFF: frozenset({"calledDecisionId"}),
    dialects.ZEEBE: frozenset(
        {"in", "out", "calledElement", "assignmentDefinition", "formDefinition", "calledDecision", "script", "subscription"}
        | {"loopCharacteristics"}
    ),
    **dict.fromkeys(dialects.CAMUNDA, frozenset({"in", "out"})),
}
_READ_ATTRIBUTES = dict.fromkeys(
    dialects.CAMUNDA,
    frozenset({"assignee", "candidateGroups", "formKey", "decisionRef", "collection", "elementVariable", "resultVariable", "asyncBefore"}),
)


def remarks(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Of each element of each diagram: what stands on it that nothing here reads."""
    for file, content in sorted(files.items()):
        root = parse(file, content, Notes(file)) if file.endswith(".bpmn") else None
        if root is not None:
            yield from _of_diagram(file, root)


def _of_diagram(file: str, root: Element) -> Iterator[Finding]:
    told: set[tuple[str | None, str]] = set()
    for element in root.iter(etree.Element):
        for name in [*_elements(element), *_attributes(element)]:
            owner = _owner(element)
            known = None if owner is None else owner.get("id")
            if (known, name) not in told:
                told.add((known, name))
                yield _remark(file, owner, known, name)


def _elements(element: Element) -> Iterator[str]:
    """The name of an element that nothing reads; what is inside one is part of it."""
    parent = element.getparent()
    home = space(element) or ""
    if home == BPMN or home in _PICTURE or parent is None or (space(parent) == home and local(parent) != "extensionElements"):
        return
    if home == BATON:
        if local(element) not in attributes.KNOWN:
            yield f"baton:{local(element)}"
    elif local(element) not in _READ_ELEMENTS.get(home, ()):
        yield f"{_maker(home)}: {local(element)}"


def _attributes(element: Element) -> Iterator[str]:
    for written in element.attrib:
        name = etree.QName(written)
        home = name.namespace or ""
        if home in ("", BPMN, BATON) or home in _PICTURE or name.localname in _READ_ATTRIBUTES.get(home, ()):
            continue
        yield f"{_maker(home)}: {name.localname}"


def _maker(home: str) -> str:
    return _MAKERS.get(home.rstrip("/"), home)


def _owner(element: Element) -> Element | None:
    """The nearest element of the drawing that has an id."""
    node: Element | None = element
    while node is not None and not (space(node) == BPMN and node.get("id")):
        node = node.getparent()
    return node


def _remark(file: str, owner: Element | None, known: str | None, name: str) -> Finding:
    text = N_("“{step}” carries “{name}”, which does nothing here. It is kept in the file.")
    return Finding("info", file, known, "kept-aside", text, {"step": drawn_name(owner), "name": name})
