"""What can be read from a diagram or a table without running it: processes, calls, and what its elements refer to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bpm.engine.dialects import vendor
from bpm.engine.documents import Element, Notes, baton, drawn_name, local, parse, tag
from bpm.engine.expressions import is_expression
from bpm.engine.templates import names
from bpm.errors import Finding

_POSTS = {"unit": "unit", "fallbackUnit": "unit", "headOf": "unit", "role": "role", "fallbackRole": "role", "city": "city", "user": "user"}
_DOERS = ("sameAs", "exclude", "managerOf")
_OF_PEOPLE = ("userTask", "manualTask")


@dataclass(frozen=True, slots=True)
class Reference:
    """An element refers to something by name: a form, a table of a ladder, a notice."""

    file: str
    element: str | None
    drawn_name: str
    name: str


@dataclass(frozen=True, slots=True)
class FixedField:
    """A step only shows a field of its form."""

    file: str
    element: str | None
    drawn_name: str
    form: str
    field: str


@dataclass(frozen=True, slots=True)
class Post:
    """A step names who does it: ``kind`` is unit, role, city, user or step, ``attribute`` the one of baton:assignment that says so.

    Or by whose working time its limit counts: then ``kind`` is calendar.
    """

    element: str | None
    drawn_name: str
    kind: str
    attribute: str
    name: str


@dataclass(frozen=True, slots=True)
class DrawnCall:
    """A connector call: who is asked for what, and its inputs: name -> text, None where it is worked out when the case runs."""

    file: str
    element: str | None
    connector: str
    operation: str
    inputs: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class EventStart:
    """A process begins when a message of this name comes that nobody awaits, or a signal of this name. ``kind``: message, signal."""

    process_id: str
    element: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A diagram. ``process_ids`` begins with the one that runs when this file is deployed alone; none when it cannot be read."""

    process_ids: tuple[str, ...] = ()
    name: str = ""
    called: tuple[str, ...] = ()
    event_starts: tuple[EventStart, ...] = ()
    forms: tuple[Reference, ...] = ()
    read_only: tuple[FixedField, ...] = ()
    ladders: tuple[Reference, ...] = ()
    notices: tuple[Reference, ...] = ()
    calls: tuple[DrawnCall, ...] = ()
    posts: tuple[Post, ...] = ()
    unassigned: tuple[Reference, ...] = ()
    steps_of_people: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()


@lru_cache(128)
def read(file: str, content: bytes) -> Drawing:
    """Read a diagram; what keeps it from being read stands in its findings."""
    notes = Notes(file)
    root = parse(file, content, notes)
    if root is None:
        return Drawing(findings=tuple(notes.found))
    processes = sorted(root.findall(tag("process")), key=_runs_first)
    return Drawing(
        process_ids=tuple(id_ for process in processes if (id_ := process.get("id"))),
        name=_name(root, processes[0]) if processes else "",
        called=tuple(_called(root)),
        event_starts=tuple(_event_starts(root)),
        forms=tuple(_references(file, root, "form", "ref")),
        read_only=tuple(_read_only(file, root)),
        ladders=tuple(_references(file, root, "limit", "ladder")),
        notices=tuple(_references(file, root, "notice", "text")),
        calls=tuple(_calls(file, root)),
        posts=(*_posts(root), *_calendars(root)),
        unassigned=tuple(_unassigned(file, root)),
        steps_of_people=frozenset(step.get("id") or "" for step in _people(root)),
    )


@lru_cache(128)
def decision_ids(file: str, content: bytes) -> frozenset[str]:
    """The ids of the decision tables in a file; what keeps it from being read is told by the engine."""
    root = parse(file, content, Notes(file))
    return frozenset() if root is None else frozenset(each.get("id") or "" for each in root.iter() if local(each) == "decision")


def _runs_first(process: Element) -> tuple[bool, bool]:
    """Executable processes first, among them those that somebody can start."""
    starts = any(local(child) == "startEvent" for child in process)
    return process.get("isExecutable") != "true", not starts


def _name(root: Element, process: Element) -> str:
    pools = root.iter(tag("participant"))
    drawn = [pool.get("name") for pool in pools if pool.get("processRef") == process.get("id")]
    return " ".join((process.get("name") or next(filter(None, drawn), None) or process.get("id") or "").split())


def _called(root: Element) -> Iterator[str]:
    for activity in root.iter(tag("callActivity")):
        called = activity.get("calledElement")
        if called and not is_expression(called):
            yield called.rpartition(":")[2]  # a qualified name: the prefix is that of the namespace


def _event_starts(root: Element) -> Iterator[EventStart]:
    for kind in ("message", "signal"):
        names = {each.get("id"): each.get("name") for each in root.iter(tag(kind))}
        for process in root.iter(tag("process")):
            for start in process.findall(tag("startEvent")):
                trigger = start.find(tag(f"{kind}EventDefinition"))
                name = names.get(trigger.get(f"{kind}Ref")) if trigger is not None else None
                if name:
                    yield EventStart(process.get("id") or "", start.get("id") or "", kind, name)


def _references(file: str, root: Element, element: str, attribute: str) -> Iterator[Reference]:
    for each in root.iter(baton(element)):
        name = each.get(attribute)
        if name and not is_expression(name):
            owner = _owner(each)
            yield Reference(file, owner.get("id"), drawn_name(owner), name)


def _read_only(file: str, root: Element) -> Iterator[FixedField]:
    for each in root.iter(baton("form")):
        owner, form = _owner(each), each.get("ref")
        for name in (each.get("readOnly") or "").split() if form else ():
            yield FixedField(file, owner.get("id"), drawn_name(owner), form or "", name)


def _posts(root: Element) -> Iterator[Post]:
    for each in root.iter(baton("assignment")):
        owner = _owner(each)
        named = [(kind, attribute, (each.get(attribute) or "").strip()) for attribute, kind in _POSTS.items()]
        named += [("step", attribute, name) for attribute in _DOERS for name in _names(each.get(attribute) or "")]
        for kind, attribute, name in named:
            if name and not is_expression(name):
                yield Post(owner.get("id"), drawn_name(owner), kind, attribute, name)


def _calendars(root: Element) -> Iterator[Post]:
    for each in root.iter(baton("limit")):
        owner, name = _owner(each), (each.get("calendar") or "").strip()
        if name and not is_expression(name):
            yield Post(owner.get("id"), drawn_name(owner), "calendar", "calendar", name)


def _names(text: str) -> list[str]:
    return [] if is_expression(text) else text.split()


def _people(root: Element) -> Iterator[Element]:
    return root.iter(*(tag(name) for name in _OF_PEOPLE))


def _unassigned(file: str, root: Element) -> Iterator[Reference]:
    """Steps for people that nobody is named for, neither in our words nor in those of another maker."""
    for step in _people(root):
        holder = step.find(tag("extensionElements"))
        named = [] if holder is None else [*holder.iterfind(baton("assignment")), *holder.iterfind("{*}assignmentDefinition")]
        is_named = any(each.attrib for each in named) or any(vendor(step, name) for name in ("assignee", "candidateGroups"))
        if not is_named:
            yield Reference(file, step.get("id"), drawn_name(step), "")


def _calls(file: str, root: Element) -> Iterator[DrawnCall]:
    for each in root.iter(baton("call")):
        owner = _owner(each)
        connector, operation = each.get("connector"), each.get("operation")
        if connector and operation:
            inputs = {name: _fixed(value.get("value")) for value in owner.iter(baton("input")) if (name := value.get("name"))}
            yield DrawnCall(file, owner.get("id"), connector, operation, inputs)


def _fixed(text: str | None) -> str | None:
    return None if text is None or is_expression(text) or names(text) else text


def _owner(extension: Element) -> Element:
    """The element that carries an extension."""
    holder = extension.getparent()
    owner = holder.getparent() if holder is not None and local(holder) == "extensionElements" else None
    return extension if owner is None else owner
