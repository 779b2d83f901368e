"""A field of a form gets another name: where else its process speaks of it, and the files rewritten.

A name is one variable in the whole process, so it changes wherever the variable is used. Expressions are changed by their tokens: texts,
members and keys that only read alike stay.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
from lxml import etree

from bpm.definitions.settings import SETTINGS_FILE
from bpm.definitions.sources import FROM_THE_ORDER, FROM_THE_PLATFORM
from bpm.engine import scripts
from bpm.engine.attributes import TEXTS
from bpm.engine.dialects import EXPRESSIONS, JUEL, TIMES
from bpm.engine.documents import BATON, BPMN, Element, baton, local, space, tag
from bpm.engine.expressions import is_expression, renamed
from bpm.engine.faults import ExpressionError
from bpm.engine.reading import NAME, WORDS
from bpm.engine.templates import FIELD
from bpm.errors import N_, InvalidError

Kind = Literal["condition", "who", "when", "call", "step", "table", "form", "text", "order", "test"]
_BY_EXTENSION: dict[str, Kind] = {"assignment": "who", "limit": "when", "order": "order", "notice": "text", "why": "text"}
_CALLING = ("input", "in", "out", "message", "payload")
_CELLS = ("inputExpression", "inputEntry", "outputEntry", "literalExpression")
_HOLDERS = ("variables", "answers", "values", "data")
"""In scenarios and tests of tables: what holds variables by their names."""

_CALENDAR = "baton:calendar"


class FieldNameError(InvalidError):
    """A name that expressions could not speak of."""

    code = "field-name"
    sentence = N_("“{name}” cannot be the name of a field: letters, digits and _ only, a letter first, and no word of the expressions.")


@dataclass(frozen=True, slots=True)
class Place:
    """A text that names the field. ``element`` and ``part`` (an attribute, or ``text``) say where in a diagram it stands."""

    file: str
    kind: Kind
    element: str | None = None
    part: str = ""
    before: str = ""
    after: str = ""


@dataclass
class Renaming:
    """What a renaming changes beside the form itself: its places, and each file in which there are any.

    ``is_given_elsewhere``: not only forms give a variable of the old name, so that others may mean that one.
    ``is_taken``: there is a variable of the new name already, so that the two would be one.
    """

    old: str
    new: str
    form: str
    is_given_elsewhere: bool = False
    is_taken: bool = False
    places: list[Place] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def expression(self, text: str) -> str:
        """An expression with the new name; one that cannot be read stays as it is."""
        try:
            return renamed(text, self.old, self.new)
        except ExpressionError:
            return text

    def marked(self, text: str) -> str:
        """An expression with what other makers, or we, put around it."""
        if JUEL.fullmatch(text.strip()):
            start, end = text.index("{") + 1, text.rindex("}")
            return text[:start] + self.expression(text[start:end]) + text[end:]
        return self.value(text) if is_expression(text) else self.expression(text)

    def value(self, text: str) -> str:
        """An attribute: an expression only where it begins with ``=``."""
        before, mark, rest = text.partition("=")
        return before + mark + self.expression(rest) if is_expression(text) else text

    def filled(self, text: str) -> str:
        """A text with places to be filled."""

        def path(found: re.Match[str]) -> str:
            first, dot, more = found[1].partition(".")
            return "{{" + (first.replace(self.old, self.new) if first.strip() == self.old else first) + dot + more + "}}"

        return FIELD.sub(path, text)

    def input(self, text: str) -> str:
        """An input of a call: an expression, or a text with places to be filled."""
        return self.value(text) if is_expression(text) else self.filled(text)

    def words(self, text: str) -> str:
        """A list of names."""
        return re.sub(r"\S+", lambda word: self.new if word[0] == self.old else word[0], text)

    def script(self, text: str) -> str:
        """The lines of a script: what they work out, and what they set."""
        return "\n".join(self._line(line) for line in text.split("\n"))

    def _line(self, line: str) -> str:
        match = None if line.strip().startswith("#") else scripts.LINE.match(line)
        if match is None:
            return line
        path, dot, more = match[1].partition(".")
        target = (self.new if path == self.old else path) + dot + more
        return line[: match.start(1)] + target + line[match.end(1) : match.start(2)] + self.expression(match[2])


def rename(files: Mapping[str, bytes], form: str, old: str, new: str) -> Renaming:
    """What speaks of a field, given another name; ``form`` itself is left to whoever renames the field in it.

    Files that cannot be read are left alone. Raises FieldNameError.
    """
    if not NAME.fullmatch(new) or new in WORDS:
        raise FieldNameError(name=new)
    drawn = {name: root for name, content in files.items() if name.endswith((".bpmn", ".dmn")) and (root := _xml(content)) is not None}
    own = {process.get("id") for root in drawn.values() for process in root.iter(tag("process"))}
    others = [content for file, content in files.items() if file.startswith("forms/") and file != f"forms/{form}.json"]
    asked = {name for content in others for name in _fields(_json(content))}
    given = {name: name in _platform(files) or any(_gives(root, name) for root in drawn.values()) for name in (old, new)}
    renaming = Renaming(old, new, form, is_given_elsewhere=given[old], is_taken=given[new] or new in asked)
    for file, root in drawn.items():
        found = list(_of_table(file, root, renaming) if file.endswith(".dmn") else _of_diagram(file, root, renaming, own))
        _note(renaming, found, file, etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8"))
    for file, content in files.items():
        read = _json(content) if file.endswith(".json") and file != f"forms/{form}.json" else None
        kind, changed = _of_json(file, read, renaming)
        if changed != read:
            _note(renaming, [Place(file, kind)], file, orjson.dumps(changed, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return renaming


def _fields(form: Any) -> Mapping[str, Any]:
    """The fields of a form as its file has them."""
    schema = form.get("schema", form) if isinstance(form, dict) else {}
    fields = schema.get("properties", {}) if isinstance(schema, dict) else {}
    return fields if isinstance(fields, dict) else {}


def _platform(files: Mapping[str, bytes]) -> frozenset[str]:
    """The variables that a process has of its order, and of the platform's messages."""
    settings = _json(files.get(SETTINGS_FILE, b""))
    given = settings if isinstance(settings, dict) else {}
    return (FROM_THE_ORDER if given.get("order_type") else frozenset()) | (FROM_THE_PLATFORM if given.get("messages") else frozenset())


def _gives(root: Element, name: str) -> bool:
    """Tell whether a call, a table or a loop gives a variable of this name."""
    extensions = (each.get("result") or each.get("variable") for each in root.iter(baton("call"), baton("decision"), baton("code")))
    others = (each.get("name") for each in root.iter("{*}output", "{*}inputDataItem", "{*}outputDataItem"))
    return name in (*extensions, *others, *(each.get("target") for each in root.iter(baton("out"))))


def _note(renaming: Renaming, found: list[Place], file: str, content: bytes) -> None:
    if found:
        renaming.places += found
        renaming.files[file] = content


def _xml(content: bytes) -> Element | None:
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, strip_cdata=False))
    except (etree.XMLSyntaxError, ValueError):
        return None


def _json(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


# ---- diagrams and tables, changed in place


def _of_diagram(file: str, root: Element, renaming: Renaming, own: set[str | None]) -> Iterator[Place]:
    for element in root.iter(etree.Element):
        owner = _owner(element)
        for kind, part, before, after in _parts(element, owner, renaming, own):
            if before != after:
                _set(element, part, after)
                yield Place(file, kind, owner.get("id"), part, before, after)


def _parts(element: Element, owner: Element, renaming: Renaming, own: set[str | None]) -> Iterator[tuple[Kind, str, str, str]]:
    """Each part of an element that may name the field: its kind, attribute or ``text``, and how it reads before and after."""
    name, text = local(element), element.text or ""
    if space(element) == BATON:
        kind: Kind = "call" if name in _CALLING else _BY_EXTENSION.get(name, "step")
        for attribute in () if name == "out" and not _calls(owner, own) else TEXTS.get(name, ()):  # read in the called process
            value = element.get(attribute) or ""
            yield kind, attribute, value, renaming.input(value) if name == "input" else renaming.value(value)
        for attribute, change in _named(element, owner, renaming, own):
            yield kind, attribute, (value := element.get(attribute) or ""), change(value)
    elif space(element) == BPMN and name == "script":
        yield "step", "text", text, renaming.script(text)
    elif space(element) == BPMN and name in (*EXPRESSIONS, *TIMES):
        kind = "when" if name in TIMES else "condition" if "ondition" in name else "step"
        yield kind, "text", text, renaming.marked(text)
    calendar = element.get(baton("calendar"))
    if calendar:
        yield "when", _CALENDAR, calendar, renaming.value(calendar)


def _named(element: Element, owner: Element, renaming: Renaming, own: set[str | None]) -> Iterator[tuple[str, Any]]:
    """The attributes of our extensions that name variables as they are: (attribute, what changes it)."""
    match local(element):
        case "return":
            yield "variable", renaming.words
        case "why":
            yield "text", renaming.filled
        case "form" if element.get("ref") == renaming.form:
            yield "readOnly", renaming.words
        case "out":  # a variable of the process that calls
            yield "target", renaming.words
        case "in" if _calls(owner, own):
            yield "target", renaming.words
        case _:
            pass


def _calls(owner: Element, own: set[str | None]) -> bool:
    """Tell whether what is called stands in the bundle, so that its variables are renamed as well."""
    return (owner.get("calledElement") or "").rpartition(":")[2] in own


def _set(element: Element, part: str, after: str) -> None:
    if part == "text" and space(element) == BPMN:
        element.text = after
    else:
        element.set(baton("calendar") if part == _CALENDAR else part, after)


def _owner(element: Element) -> Element:
    """The nearest element of the drawing that is drawn: what stands in an event or a loop belongs to it."""
    node: Element = element
    while (parent := node.getparent()) is not None and (not node.get("id") or local(node).endswith(("Definition", "Characteristics"))):
        node = parent
    return node


def _of_table(file: str, root: Element, renaming: Renaming) -> Iterator[Place]:
    for element in root.iter(etree.Element):
        parent = element.getparent()
        if local(element) == "text" and element.text and parent is not None and local(parent) in _CELLS:
            after = renaming.marked(element.text)
            if after != element.text:
                yield Place(file, "table", None, "text", element.text, after)
                element.text = after


# ---- forms, settings, texts, scenarios


def _of_json(file: str, read: Any, renaming: Renaming) -> tuple[Kind, Any]:
    if file == SETTINGS_FILE and isinstance(read, dict):
        columns = {name: renaming.words(str(value)) for name, value in read.get("order_columns", {}).items()}
        return "order", {**_filled(read, renaming), **({"order_columns": columns} if columns else {})}
    if file.startswith("strings/"):
        return "text", _filled(read, renaming)
    if file.startswith("forms/"):
        return "form", _form(read, renaming, has=renaming.old in _fields(read))
    if file.startswith(("scenarios/", "tests/")):
        return "test", _keys(read, renaming)
    return "text", read


def _filled(value: Any, renaming: Renaming) -> Any:
    match value:
        case dict():
            return {renaming.filled(name): _filled(each, renaming) for name, each in value.items()}
        case str():
            return renaming.filled(value)
        case _:
            return value


def _form(value: Any, renaming: Renaming, holder: str = "", *, has: bool) -> Any:
    """A form with its expressions changed and, where it ``has`` a field of the name itself, with that field renamed. Columns stay."""
    match value:
        case dict():
            is_held = has and holder in ("properties", "fields", "notes")
            named = ((renaming.new if is_held and name == renaming.old else name, name, each) for name, each in value.items())
            return {now: each if name == "items" else _form(each, renaming, name, has=has) for now, name, each in named}
        case list():
            is_held = has and holder in ("required", "order", "fields")
            return [renaming.new if is_held and each == renaming.old else _form(each, renaming, has=has) for each in value]
        case str() if holder == "x-default":
            return renaming.value(value)
        case str() if has and holder in ("field", "x-before", "x-after"):
            return renaming.words(value)
        case _:
            return value


def _keys(value: Any, renaming: Renaming, *, held: bool = False) -> Any:
    match value:
        case dict():
            pairs = value.items()
            return {
                (renaming.new if held and name == renaming.old else name): _keys(each, renaming, held=name in _HOLDERS)
                for name, each in pairs
            }
        case list():
            return [_keys(each, renaming) for each in value]
        case _:
            return value
