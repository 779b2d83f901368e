"""Two states of a whole process: its diagrams, forms, tables and settings."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from bpm.comparing import changes, drawings, forms, tables
from bpm.comparing.changes import Change, Label
from bpm.comparing.fields import Field, Known
from bpm.errors import N_

_FILE = N_("file")
_SETTINGS = {"name": N_("name"), "main": N_("main diagram"), "order_type": N_("type of order"), "begun_by_hand": N_("begun by hand")}
_MAPS = {"order_columns": N_("column of the order"), "decisions": N_("table"), "messages": N_("message"), "notices": N_("notice")}
_TEXT = N_("translation")
_CALLED = "called/"


def compare(before: Mapping[str, bytes], after: Mapping[str, bytes], columns: Mapping[str, str] | None = None) -> list[Change]:
    """What differs between two states of a process, file by file; what it calls is not looked at.

    ``columns`` are what an order's own fields are called.
    """
    known = _known(before, columns or {}), _known(after, columns or {})
    names = sorted(name for name in before.keys() | after.keys() if not name.startswith(_CALLED))
    return [change for name in sorted(names, key=_first_the_drawing) for change in _of_file(name, before.get(name), after.get(name), known)]


def _first_the_drawing(name: str) -> tuple[int, str]:
    order = (".bpmn", ".dmn", "forms/")
    return next((at for at, part in enumerate(order) if part in name), len(order)), name


def _known(files: Mapping[str, bytes], columns: Mapping[str, str]) -> Known:
    others = {name: Field(title) for name, title in columns.items()}
    for name in (each for each in sorted(files) if each.endswith(".dmn") and not each.startswith(_CALLED)):
        others |= tables.fields_of(name, files[name])
    by_form = {forms.name_of(name): dict(forms.fields_of(files[name])) for name in sorted(files) if name.startswith("forms/")}
    return Known(by_form, others, dict(_names(files)))


def _names(files: Mapping[str, bytes]) -> Iterator[tuple[tuple[str, str], str]]:
    for name, content in files.items():
        inside = name.split("/", 2)[-1] if name.startswith(_CALLED) else name
        if inside.endswith(".bpmn"):
            yield from ((("process", key), said) for key, said in drawings.processes_of(name, content))
        elif inside.endswith(".dmn"):
            yield from ((("decision", key), said) for key, said in tables.names_of(name, content))
        elif inside.startswith("forms/"):
            yield ("form", forms.name_of(inside)), forms.title_of(content) or forms.name_of(inside)
        elif name == "process.json":
            texts = _read(content).get("notices")
            for key, text in texts.items() if isinstance(texts, dict) else ():
                yield ("notice", key), str(text.get("subject") or key) if isinstance(text, dict) else key


def _of_file(name: str, before: bytes | None, after: bytes | None, known: tuple[Known, Known]) -> Iterator[Change]:
    if before == after:
        return
    if name.endswith(".bpmn"):
        yield from drawings.compare(name, before, after, known)
    elif name.endswith(".dmn"):
        yield from tables.compare(name, before, after)
    elif name.startswith("forms/"):
        yield from forms.compare(name, before, after, known)
    elif before is None or after is None:
        yield changes.added(name, None, name, _FILE) if before is None else changes.removed(name, None, name, _FILE)
    elif name == "process.json":
        yield from changes.of_properties(name, None, name, dict(_settings(before)), dict(_settings(after)))
    elif name.startswith("strings/"):
        yield from changes.of_properties(name, None, name, _flat(before), _flat(after))
    else:
        yield Change("changed", name, None, N_("The file {name} has changed."), {"name": name})


def _settings(content: bytes) -> Iterator[tuple[Label, str]]:
    read = _read(content)
    for entry, label in _SETTINGS.items():
        yield label, _plain(read.get(entry))
    for entry, label in _MAPS.items():
        listed = read.get(entry)
        for key, value in listed.items() if isinstance(listed, dict) else ():
            yield (label, key), " / ".join(map(str, value.values())) if isinstance(value, dict) else str(value)


def _plain(value: Any) -> str:
    """An entry as the file has it."""
    return value if isinstance(value, str) else "" if value is None else orjson.dumps(value).decode()


def _flat(content: bytes) -> dict[Label, str]:
    return {(_TEXT, name): str(value) for name, value in _read(content).items()}


def _read(content: bytes) -> dict[str, Any]:
    try:
        read = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return read if isinstance(read, dict) else {}
