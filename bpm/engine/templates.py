"""Texts with places for variables: ``{{ name }}``."""

import re
from collections.abc import Mapping
from typing import Any

import orjson

FIELD = re.compile(r"\{\{([^{}]{1,200})\}\}")


def fill(template: str, data: Mapping[str, Any]) -> str:
    """Replace ``{{ name }}`` and ``{{ name.member }}`` by variables; a missing one leaves nothing."""
    return FIELD.sub(lambda found: shown(reach(data, found[1].strip())), template)


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
