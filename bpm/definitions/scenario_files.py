"""The files of scenarios (``scenarios/<name>.json``) as they must be written: a script, and what is expected of it."""

from typing import Any

from bpm.definitions.rules import broken
from bpm.errors import Finding

SCENARIOS = "scenarios/"
_TEXTS = {"type": "array", "items": {"type": "string"}, "maxItems": 5000}
_SCHEMA = {
    "type": "object",
    "required": ["script"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "script": {"type": "object", "properties": {"start": {"type": "object"}, "steps": {"type": "array", "items": {"type": "object"}}}},
        "expect": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "path": _TEXTS,
                "ended": {"type": "boolean"},
                "variables": {"type": "object"},
                "state": {"type": "string"},
                "tier": {"type": "integer"},
                "told": _TEXTS,
            },
        },
    },
}


def scenario_name(file: str) -> str | None:
    """The name of a scenario's file; None for a file that is none."""
    is_scenario = file.startswith(SCENARIOS) and file.endswith(".json")
    return file.removeprefix(SCENARIOS).removesuffix(".json") if is_scenario else None


def fault(file: str, read: Any) -> Finding | None:
    """What is wrong with the content of a scenario's file: a warning, for the process runs without it."""
    return broken("warning", file, "bad-scenario", _SCHEMA, read)
