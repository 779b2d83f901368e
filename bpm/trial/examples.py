"""Ordinary values for what a schema asks: answers that a person could have given, and answers of a connector."""

from collections.abc import Mapping
from typing import Any

from bpm.forms import AnswersError, Form, check

Json = dict[str, Any]
_DEPTH = 6
_ROUNDS = 4
_FORMATS = {"date": "2026-11-24", "date-time": "2026-11-24T09:00:00+08:00", "email": "li.hua@example.com"}


def answers(form: Form, word: str) -> Json:
    """The form's defaults; what is required beside them and has none gets an ordinary value. ``word`` stands in a free text."""
    found = {name: rule["default"] for name, rule in form.fields.items() if isinstance(rule, Mapping) and "default" in rule}
    for _ in range(_ROUNDS):  # what is filled in may make other fields required
        try:
            check(form, found)
        except AnswersError as error:
            missing = [name for name in error.facts["fields"] if name not in found]
            found |= {name: example(form.fields[name], word) for name in missing}
            if missing:
                continue
        break
    return found


def example(rule: Any, word: str = "…", depth: int = 0) -> Any:
    """A value that fits a schema: its default, its first choice, else the plainest of its type."""
    if not isinstance(rule, Mapping) or depth > _DEPTH:
        return None
    choices = _choices(rule)
    return choices[0] if choices else _plainest(rule, word, depth)


def _choices(rule: Mapping[str, Any]) -> list[Any]:
    given = [rule[key] for key in ("default", "const") if key in rule]
    listed = [choice["const"] for choice in rule.get("oneOf") or () if isinstance(choice, Mapping) and "const" in choice]
    return [*given, *(rule.get("enum") or ()), *listed]


def _plainest(rule: Mapping[str, Any], word: str, depth: int) -> Any:
    kinds = rule.get("type")
    if isinstance(kinds, list) and kinds:
        kinds = "null" if "null" in kinds else kinds[0]
    match kinds:
        case "object":
            properties = rule.get("properties") or {}
            return {name: example(inside, word, depth + 1) for name, inside in properties.items()}
        case "array":
            return [example(rule.get("items"), word, depth + 1)] if rule.get("minItems") else []
        case "boolean":
            return False
        case "integer" | "number":
            return rule.get("minimum", 0)
        case "null":
            return None
        case _:
            return _text(rule, word)


def _text(rule: Mapping[str, Any], word: str) -> str:
    text = _FORMATS.get(str(rule.get("format")), word)
    shortest = rule.get("minLength", 0)
    return text if not isinstance(shortest, int) or len(text) >= shortest else (text * (shortest // len(text) + 1))[: max(shortest, 1)]
