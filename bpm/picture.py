"""An instance on its drawings: where it has been, where it stands, what is broken."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from uuid import UUID
from xml.sax.saxutils import quoteattr

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import definitions, incidents, journal
from bpm.definitions import drawings
from bpm.engine.documents import Notes, local, parse
from bpm.models.incident import Incident
from bpm.models.instance import Instance
from bpm.models.task import OPEN, Task

_NAME = re.compile(r'\bname="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Picture:
    """One diagram of an instance's version. ``here`` counts the tokens at an element, ``faults`` are its open incidents."""

    file: str
    name: str
    main: bool
    done: tuple[str, ...] = ()
    here: dict[str, int] = field(default_factory=dict)
    faults: tuple[Incident, ...] = ()


def diagrams(session: Session, definition_id: UUID) -> list[tuple[str, bytes]]:
    """The diagrams of a version with their content, the main one first."""
    main = definitions.settings_of(session, definition_id).main
    names = [each.name for each in definitions.get(session, definition_id).files if each.name.endswith(".bpmn")]
    names.sort(key=lambda name: (name != main, name))
    return [(name, definitions.file(session, definition_id, name)) for name in names]


def drawing(session: Session, definition_id: UUID, file: str, language: str) -> bytes:
    """A diagram to be looked at, its names in the reader's language. Raises what ``definitions.file`` raises."""
    content = definitions.file(session, definition_id, file)
    return content if language == "zh" else renamed(content, lambda name: definitions.text(session, definition_id, name, language))


def renamed(content: bytes, word: Callable[[str], str]) -> bytes:
    """A diagram with every name in it said by ``word``."""

    def translated(found: re.Match[str]) -> str:
        return f"name={quoteattr(word(unescape(found[1])))}"

    return _NAME.sub(translated, content.decode("utf-8", errors="replace")).encode()


def of_instance(session: Session, instance: Instance) -> list[Picture]:
    """The diagrams of a running or ended instance, the main one first; a called one only when it was entered."""
    tasks = list(session.scalars(select(Task).where(Task.instance_id == instance.id)))
    done = _left_behind(session, instance, tasks)
    faults = incidents.of_instance(session, instance.id)
    files = diagrams(session, instance.definition_id)
    standing = set(instance.active or ()) | {task.element_id for task in tasks if task.status in OPEN}
    found: list[Picture] = []
    for file, content in files:
        drawn = drawings.read(file, content)
        elements = _elements(file, content)
        inside = {name for name, called in elements.items() if called and _is_busy(called, tasks)}
        stands = (name for name in elements if (name in standing and name not in _waiting(file, content)) or name in inside)
        here = {name: _count(name, elements[name], tasks) for name in stands}
        broken = tuple(fault for fault in faults if fault.element_id in elements)
        been = tuple(name for name in elements if name in done)
        if not found or been or here or broken:
            found.append(Picture(file, drawn.name or file, not found, been, here, broken))
    return found


@lru_cache(256)
def _elements(file: str, content: bytes) -> Mapping[str, str | None]:
    """The ids that a diagram draws, each with the process that it calls (None: it calls none)."""
    root = parse(file, content, Notes(file))
    if root is None:
        return {}
    named = (each for each in root.iter() if isinstance(each.tag, str) and each.get("id"))
    return {each.get("id", ""): each.get("calledElement", "").rpartition(":")[2] or None for each in named if local(each) != "process"}


@lru_cache(256)
def _waiting(file: str, content: bytes) -> frozenset[str]:
    """What merely listens: the starts of event sub-processes, and events on the edge of an activity. No work stands there."""
    root = parse(file, content, Notes(file))
    listening = ("startEvent", "boundaryEvent")
    return (
        frozenset()
        if root is None
        else frozenset(each.get("id", "") for each in root.iter() if isinstance(each.tag, str) and local(each) in listening)
    )


def _left_behind(session: Session, instance: Instance, tasks: Iterable[Task]) -> set[str]:
    done = {task.element_id for task in tasks if task.status == "completed"}
    for entry in journal.entries(session, instance.id):
        if entry.kind == "passed":
            done.update(entry.facts.get("elements", ()))
    return done


def _is_busy(process_id: str, tasks: Iterable[Task]) -> bool:
    return any(task.process_id == process_id and task.status in OPEN for task in tasks)


def _count(element_id: str, called: str | None, tasks: Iterable[Task]) -> int:
    """How many tasks stand at an element, or inside the process that it calls; one where something else waits."""
    here = [task for task in tasks if task.status in OPEN and (task.element_id == element_id or (called and task.process_id == called))]
    return len({task.scope_id if called else task.token_id for task in here}) or 1
