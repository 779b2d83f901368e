"""One difference, and how two sets of properties become differences."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bpm.errors import N_

Kind = Literal["added", "removed", "changed"]
Label = str | tuple[str, str]
"""What is said: a text marked N_, and of several alike the name of the one that is meant."""

LONGEST_VALUE = 300


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: what brings our texts into his language, the words of the drawing in it, and how long a working day is.

    ``day_minutes`` is by the code of the calendar, in minutes. ``called`` gives the name behind a code, by its kind (see ``references``).
    """

    translate: Callable[[str], str]
    words: Mapping[str, str] = field(default_factory=dict)
    day_minutes: Mapping[str, float] = field(default_factory=dict)
    called: Callable[[str, str], str] = lambda _, code: code

    def drawn(self, text: str) -> str:
        """A text of the drawing, or of ours that stands in its place."""
        return self.words.get(text) or (self.translate(text) if text else "")


@dataclass(frozen=True, slots=True)
class Told:
    """A value that people say otherwise than it is written; ``told`` says how."""

    written: str

    def __bool__(self) -> bool:
        return bool(self.written)

    def __str__(self) -> str:
        return _short(self.written)

    def told(self, reader: Reader) -> str:
        """The value in words."""
        raise NotImplementedError


Value = str | Told
Properties = Mapping[Label, Value]
"""What is said of a thing, and the value as it is written."""


@dataclass(frozen=True, slots=True)
class Change:
    """A difference in a file. ``text`` is an English str.format sentence; ``what`` among its facts is a label to be translated."""

    kind: Kind
    file: str
    element: str | None
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def told(self, reader: Reader) -> str:
        """The sentence in the language of whoever reads it."""
        drawn = {name: _in(reader, value) for name, value in self.facts.items() if name in _DRAWN}
        if "old" in drawn and drawn["old"] == drawn.get("new"):  # said alike, as where a field was renamed: then as it is written
            drawn |= {name: str(self.facts[name]) for name in ("old", "new")}
        said = {"what": reader.translate(self.facts["what"])} if "what" in self.facts else {}
        return reader.translate(self.text).format(**{**self.facts, **drawn, **said})


_DRAWN = frozenset({"name", "old", "new"})
_JOINED = re.compile(r"( · | → | #\d+(?:: .*)?$)", re.DOTALL)
"""What stands between names that are said together: a gateway and its way, the ends of a connection, a table and its rule."""


def _in(reader: Reader, value: Value) -> str:
    if isinstance(value, Told):
        return _short(value.told(reader))
    return reader.words.get(value) or "".join(reader.words.get(part, part) for part in _JOINED.split(value))


def _short(text: str) -> str:
    return text[:LONGEST_VALUE]


_ADDED = N_("“{name}” is new ({what}).")
_REMOVED = N_("“{name}” is gone ({what}).")
_SET = N_("“{name}”: {what} is now “{new}”; there was none.")
_CLEARED = N_("“{name}”: {what} is gone; it was “{old}”.")
_CHANGED = N_("“{name}”: {what} was “{old}”, is now “{new}”.")
_RENAMED = N_("“{name}”: the {what} is now called “{new}”; it was “{old}”.")


def added(file: str, element: str | None, name: str, what: str) -> Change:
    """Something is there that was not."""
    return Change("added", file, element, _ADDED, {"name": name, "what": what})


def removed(file: str, element: str | None, name: str, what: str) -> Change:
    """Something is not there any more."""
    return Change("removed", file, element, _REMOVED, {"name": name, "what": what})


def renamed(file: str, element: str | None, name: str, what: str, old: str, new: str) -> Change:
    """The same thing under another name."""
    return Change("changed", file, element, _RENAMED, {"name": name, "what": what, "old": old, "new": new})


def of_properties(file: str, element: str | None, name: str, before: Properties, after: Properties) -> Iterator[Change]:
    """The properties of one thing that differ."""
    for what in [*before, *(what for what in after if what not in before)]:
        old, new = before.get(what, ""), after.get(what, "")
        if old == new:
            continue
        text = _CHANGED if old and new else _SET if new else _CLEARED
        label, detail = what if isinstance(what, tuple) else (what, "")
        facts = {"name": f"{name} · {detail}" if detail else name, "what": label, "old": _cut(old), "new": _cut(new)}
        yield Change("changed", file, element, text, facts)


def _cut(value: Value) -> Value:
    return value if isinstance(value, Told) else _short(value)
