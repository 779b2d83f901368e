"""Ids that the designer does not take get others, with all that refers to them.

XML allows ids in Chinese, other programs write blanks and braces; bpmn-js drops what has such an id, and shows the rest read only.
References may be qualified names (BPMN 2.0, 15.3.2); the prefix of the file's own namespace says nothing, and bpmn-js does not read it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from lxml import etree

from bpm.definitions.scenario_files import scenario_name
from bpm.engine import vocabulary as words
from bpm.engine.documents import BATON, BPMN, Element, local, space, tag
from bpm.errors import N_, Finding

_TAKEN = re.compile(r"(?:[a-z][\w.-]*:)?[a-z_][\w.-]*", re.ASCII | re.IGNORECASE)
"""What bpmn-js takes as an id (moddle-xml, ``Context.addElement``)."""

_DRAWN = (BPMN, "http://www.omg.org/spec/BPMN/20100524/DI", "http://www.omg.org/spec/DD/20100524/DI")
_REFERRING = frozenset({"default", "definition", "bpmnElement", "calledElement", "choreographyActivityShape", "labelStyle"})
_REFERRING_TEXTS = frozenset({"incoming", "outgoing", "source", "target", "supports"})
_ENDINGS = ("Ref", "Refs", "sourceElement", "targetElement")
_NO_REFERENCE = "structureRef"  # a type of another language
_LISTS = ("sameAs", "exclude", "managerOf")
_CALLS = frozenset({"calledElement", "processId"})
_OF_SIMULATIONS = "elementRef"
_KNOWN_BY_ID = frozenset({"error", "escalation", "inputDataItem", "outputDataItem"})
"""Without a name these are a code or a variable by their id."""

_NAMED = words.NODES | _KNOWN_BY_ID | {"process", "participant", "lane", "message", "signal", "dataObject", "dataStore", "property"}

_REPLACED = N_(
    "Ids that the designer does not take were replaced wherever they are used, {count} in all; for example, “{old}” is now “{new}”."
)
_UNQUALIFIED = N_(
    "References that carry the prefix of the diagram's own namespace lost it, {count} in all; for example, “{old}” is now “{new}”."
)


def accepted(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[Finding]]:
    """The files of a bundle with ids that the designer takes, and a remark on each diagram in which any was replaced."""
    diagrams = [_Diagram(name, content) for name, content in sorted(files.items()) if name.endswith(".bpmn")]
    taken = {id_ for diagram in diagrams for id_ in diagram.ids}
    numbers = Counter[str]()
    for diagram in diagrams:
        diagram.replace(taken, numbers)
    processes = {old: new for diagram in diagrams for old, new in diagram.processes.items()}
    for diagram in diagrams:
        diagram.refer(processes)
    written = {diagram.file: diagram.written() for diagram in diagrams if diagram.is_changed}
    everything = {old: new for diagram in diagrams for old, new in diagram.names.items()}
    scenarios = {name: _scenario(content, everything) for name, content in files.items() if everything and scenario_name(name)}
    return {**files, **written, **scenarios}, [remark for diagram in diagrams for remark in diagram.remarks()]


class _Diagram:
    """A diagram whose ids are looked at. ``names``: what to call what was called so; ``plain``: references that lost their prefix."""

    def __init__(self, file: str, content: bytes) -> None:
        self.file = file
        parser = etree.XMLParser(resolve_entities=False, no_network=True, strip_cdata=False)
        self.root = etree.fromstring(content, parser)
        self.identified = sorted((each for each in self._drawn() if each.get("id")), key=lambda each: space(each) != BPMN)
        self.ids = {each.get("id") or "" for each in self.identified}
        self.names: dict[str, str] = {}
        self.processes: dict[str, str] = {}
        self.plain: dict[str, str] = {}
        self.replaced: list[tuple[str, str]] = []

    @property
    def is_changed(self) -> bool:
        return bool(self.replaced or self.plain)

    def written(self) -> bytes:
        return etree.tostring(self.root.getroottree(), xml_declaration=True, encoding="UTF-8")

    def remarks(self) -> Iterator[Finding]:
        unqualified = list(self.plain.items())
        for code, text, pairs in (("ids-replaced", _REPLACED, self.replaced), ("references-unqualified", _UNQUALIFIED, unqualified)):
            for old, new in pairs[:1]:
                yield Finding("info", self.file, None, code, text, {"count": len(pairs), "old": old, "new": new})

    def replace(self, taken: set[str], numbers: Counter[str]) -> None:
        """Give new ids, none of them in ``taken``; ``numbers`` counts each kind. A shape that has the id of its element gets its own."""
        seen: set[str] = set()
        for element in self.identified:
            old = element.get("id") or ""
            is_double = old in seen and space(element) != BPMN
            seen.add(old)
            if _TAKEN.fullmatch(old) and not is_double:
                continue
            new = _new(element, old, taken, numbers)
            taken.add(new)
            element.set("id", new)
            self.replaced.append((old, new))
            if is_double:
                continue
            self._name(element, old)
            self.names.setdefault(old, new)
            if element.tag == tag("process"):
                self.processes.setdefault(old, new)

    @staticmethod
    def _name(element: Element, old: str) -> None:
        """Let the old id be seen where there is no name: where it says something to people, or to the engine."""
        is_told = not old.isascii() or local(element) in _KNOWN_BY_ID
        if space(element) == BPMN and local(element) in _NAMED and is_told and not (element.get("name") or "").strip():
            element.set("name", old)

    def refer(self, processes: Mapping[str, str]) -> None:
        """Let all that refers to a replaced id refer to the new one; ``processes``: those of the whole bundle."""
        for element in self.root.iter(etree.Element):
            for name, value in element.attrib.items():
                element.set(name, self._attribute(element, str(name), str(value), processes))
            if space(element) == BPMN and _refers(local(element), _REFERRING_TEXTS) and len(element) == 0 and element.text:
                pointed = self._pointed(element, element.text.strip())
                if pointed != element.text.strip():
                    element.text = pointed

    def _attribute(self, element: Element, name: str, value: str, processes: Mapping[str, str]) -> str:
        if name in _CALLS:
            own = self._pointed(element, value)
            return own if own != value else processes.get(value.rpartition(":")[2], value)
        if space(element) == BATON and name in _LISTS:
            return self.names.get(value) or re.sub(r"\S+", lambda each: self.names.get(each[0], each[0]), value)
        is_reference = name == _OF_SIMULATIONS or (space(element) in _DRAWN and _refers(name, _REFERRING))
        return self._pointed(element, value) if is_reference else value

    def _pointed(self, element: Element, reference: str) -> str:
        if reference in self.names:
            return self.names[reference]
        prefix, _, plain = reference.rpartition(":")
        if plain not in self.ids or reference in self.ids or element.nsmap.get(prefix or None) != self.root.get("targetNamespace"):
            return reference
        self.plain[reference] = self.names.get(plain, plain)
        return self.plain[reference]

    def _drawn(self) -> Iterator[Element]:
        return (each for each in self.root.iter(etree.Element) if space(each) in _DRAWN)


def _refers(name: str, names: frozenset[str]) -> bool:
    return name in names or (name.endswith(_ENDINGS) and name != _NO_REFERENCE and not name.startswith("{"))


def _new(element: Element, old: str, taken: set[str], numbers: Counter[str]) -> str:
    """An id that is made of the old one where that is legible in ASCII, else of what the element is."""
    legible = re.sub(r"[^\w.-]+", "_", old, flags=re.ASCII).strip("_.-") if old.isascii() else ""
    if legible:
        stem = legible if legible[0].isalpha() else f"_{legible}"
        if stem not in taken:
            return stem
    else:
        stem = local(element)[0].upper() + local(element)[1:]
    numbers[stem] += 1
    while f"{stem}_{numbers[stem]}" in taken:
        numbers[stem] += 1
    return f"{stem}_{numbers[stem]}"


_DATA = ("variables", "values", "data", "result")
"""What holds variables by their names, which are no ids."""


def _scenario(content: bytes, names: Mapping[str, str]) -> bytes:
    """A scenario that names elements by their new ids."""

    def renamed(value: Any, key: str = "") -> Any:
        match value:
            case dict():
                return {name: each if name in _DATA else renamed(each, name) for name, each in value.items()}
            case list():
                return [renamed(each, key) for each in value]
            case str() if key in ("element", "element_id", "path"):
                return names.get(value, value)
            case _:
                return value

    return orjson.dumps(renamed(orjson.loads(content)), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
