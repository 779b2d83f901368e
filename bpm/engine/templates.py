"""Texts with places for variables: ``{{ name }}``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

FIELD = re.compile(r"\{\{([^{}]{1,200})\}\}")


@dataclass(frozen=True, slots=True)
class Words:
    """A text of the drawing and what its places hold, by their names: it can be said in every language that has the text."""

    text: str
    places: Mapping[str, str] = field(default_factory=dict)

    def said(self, text: str | None = None) -> str:
        """The text with its places filled, or in its stead the same in another language."""
        return FIELD.sub(lambda found: self.places.get(found[1].strip(), ""), self.text if text is None else text)


def worded(template: str, data: Mapping[str, Any]) -> Words:
    """A text with what its places hold: ``{{ name }}`` and ``{{ name.member }}`` stand for variables; a missing one leaves nothing."""
    return Words(template, {path: shown(reach(data, path)) for path in map(str.strip, FIELD.findall(template))})


def fill(template: str, data: Mapping[str, Any]) -> str:
    """Replace the places of a text by variables, as ``worded`` does."""
    return worded(template, data).said()


def names(template: str) -> set[str]:
    """The variables that a text has places for."""
    return {found.partition(".")[0].strip() for found in FIELD.findall(template)}


def shown(found: Any) -> str:
    """A variable as text."""
    if found is None:
        return ""
    if isinstance(found, str):
        return found
    return orjson.dumps(found).decode()


def reach(data: Any, path: str) -> Any:
    """The value at a dotted path, or None."""
    for part in path.split("."):
        data = data.get(part.strip()) if isinstance(data, Mapping) else None
    return data
