"""One difference, and how two sets of properties become differences."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bpm.errors import N_

Kind = Literal["added", "removed", "changed"]
Label = str | tuple[str, str]
"""What is said: a text marked N_, and of several alike the name of the one that is meant."""

Properties = Mapping[Label, str]
"""What is said of a thing, and the value as it is written."""

LONGEST_VALUE = 300


@dataclass(frozen=True, slots=True)
class Change:
    """A difference in a file. ``text`` is an English str.format sentence; ``what`` among its facts is a label to be translated."""

    kind: Kind
    file: str
    element: str | None
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def told(self, translate: Callable[[str], str], words: Mapping[str, str]) -> str:
        """The sentence in the language that ``translate`` brings our texts into, and ``words`` those of the drawing."""
        drawn = {name: _in(words, value) for name, value in self.facts.items() if name in _DRAWN}
        said = {"what": translate(self.facts["what"])} if "what" in self.facts else {}
        return translate(self.text).format(**{**self.facts, **drawn, **said})


_DRAWN = frozenset({"name", "old", "new"})
_JOINED = re.compile(r"( · | → | #\d+(?:: .*)?$)", re.DOTALL)
"""What stands between names that are said together: a gateway and its way, the ends of a connection, a table and its rule."""


def _in(words: Mapping[str, str], text: str) -> str:
    return words.get(text) or "".join(words.get(part, part) for part in _JOINED.split(text))


_ADDED = N_("“{name}” is new ({what}).")
_REMOVED = N_("“{name}” is gone ({what}).")
_SET = N_("“{name}”: {what} is now “{new}”; there was none.")
_CLEARED = N_("“{name}”: {what} is gone; it was “{old}”.")
_CHANGED = N_("“{name}”: {what} was “{old}”, is now “{new}”.")


def added(file: str, element: str | None, name: str, what: str) -> Change:
    """Something is there that was not."""
    return Change("added", file, element, _ADDED, {"name": name, "what": what})


def removed(file: str, element: str | None, name: str, what: str) -> Change:
    """Something is not there any more."""
    return Change("removed", file, element, _REMOVED, {"name": name, "what": what})


def of_properties(file: str, element: str | None, name: str, before: Properties, after: Properties) -> Iterator[Change]:
    """The properties of one thing that differ."""
    for what in [*before, *(what for what in after if what not in before)]:
        old, new = before.get(what, ""), after.get(what, "")
        if old == new:
            continue
        text = _CHANGED if old and new else _SET if new else _CLEARED
        label, detail = what if isinstance(what, tuple) else (what, "")
        facts = {"name": f"{name} · {detail}" if detail else name, "what": label, "old": old[:LONGEST_VALUE], "new": new[:LONGEST_VALUE]}
        yield Change("changed", file, element, text, facts)
