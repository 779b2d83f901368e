"""Files of a bundle, read as what they are: text from strangers. And the collector of remarks on them."""

from typing import Any

from lxml import etree

from bpm.engine.faults import StepError
from bpm.errors import N_, Finding, Level

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BATON = "urn:baton:bpmn:1"
MAX_BYTES = 5 * 1024 * 1024
MAX_ELEMENTS = 20_000
MAX_DEPTH = 100

Element = etree._Element  # noqa: SLF001 - lxml has no public name for the class of its elements


def tag(name: str) -> str:
    """The full tag of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def baton(name: str) -> str:
    """The full name of one of our extension elements or attributes."""
    return f"{{{BATON}}}{name}"


def local(element: Element) -> str:
    """The tag without its namespace; empty for comments and the like."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def space(element: Element) -> str | None:
    """The namespace of an element."""
    return etree.QName(element).namespace if isinstance(element.tag, str) else None


def drawn_name(element: Element | None) -> str:
    """What a reader of the drawing calls the element: its name, else its id."""
    if element is None:
        return ""
    return " ".join((element.get("name") or "").split()) or element.get("id") or local(element)


def text_of(element: Element | None) -> str:
    """The text inside an element, without blanks around it."""
    return "" if element is None else (element.text or "").strip()


def _ends(flow: Element) -> dict[str, str]:
    """What a reader calls the ends of a flow: many flows have no name, or the same."""
    scope = flow.getparent()
    drawn = {each.get("id"): drawn_name(each) for each in (scope if scope is not None else ())}
    ends = {"source": flow.get("sourceRef") or "", "target": flow.get("targetRef") or ""}
    return {end: drawn.get(id_, id_) for end, id_ in ends.items()}


class Notes:
    """Collects the findings on one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Finding] = []

    def add(self, level: Level, element: Element | None, code: str, text: str, /, **facts: Any) -> None:
        """Remark on an element. The sentence may use {name} for the drawn name."""
        known = None if element is None else element.get("id")
        self.found.append(Finding(level, self.file, known, code, text, {"name": drawn_name(element), **facts}))

    def refuse(self, element: Element | None, code: str, text: str, /, **facts: Any) -> None:
        """Say why this cannot be run truly."""
        self.add("error", element, code, text, **facts)

    def wrong(self, element: Element | None, error: StepError, within: str = "", **place: str | int) -> None:
        """Hand on what an expression, a time or a table has to say against itself.

        ``place`` tells in which part of the element, and ``within`` says it before the sentence; else the element's name does.
        """
        known, name = None if element is None else element.get("id"), drawn_name(element)
        if element is not None and local(element) == "sequenceFlow":
            within, place = N_("“{source} → {target}”: "), {**place, **_ends(element)}
        elif element is not None and name != known:
            within = within or N_("“{name}”: ")
        facts = {"name": name, **place, **error.facts}
        self.found.append(Finding("error", self.file, known, error.code, error.sentence, facts, within))


def parse(file: str, content: bytes, notes: Notes) -> Element | None:
    """Read an XML file: no document type, no entities, no network, limits of size and depth. None: the notes say why."""
    if len(content) > MAX_BYTES:
        notes.refuse(None, "too-large", N_("The file {file} is larger than {limit} MB."), file=file, limit=MAX_BYTES // 1024 // 1024)
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        text = N_("The file {file} is not well-formed XML: it goes wrong in line {line}, column {column}.")
        notes.refuse(None, "not-xml", text, file=file, line=error.position[0], column=error.position[1])
        return None
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs lack it
        notes.refuse(None, "doctype", N_("The file {file} has a document type declaration (DOCTYPE). It is not read."), file=file)
        return None
    return root if _within_limits(file, root, notes) else None


def _within_limits(file: str, root: Element, notes: Notes) -> bool:
    level, stack, count = 0, [(root, 1)], 0
    while stack:
        element, depth = stack.pop()
        count, level = count + 1, max(level, depth)
        stack += [(child, depth + 1) for child in element]
    if count > MAX_ELEMENTS:
        notes.refuse(None, "too-large", N_("The file {file} has more than {limit} elements."), file=file, limit=MAX_ELEMENTS)
    if level > MAX_DEPTH:
        notes.refuse(None, "too-deep", N_("The file {file} is nested deeper than {limit} levels."), file=file, limit=MAX_DEPTH)
    return count <= MAX_ELEMENTS and level <= MAX_DEPTH
