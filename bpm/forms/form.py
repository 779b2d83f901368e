"""A form as it is served to a reader, and what can be read from the rule of a field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """``schema`` is JSON Schema of an object; ``ui`` says in which order, sections and widgets the fields stand and when they show.

    ``fixed`` holds what the fields that are only read at this step stand at: they are shown, and no answer changes them.
    ``assumed`` are the fields whose default nobody has chosen: it is there for programs that go on by defaults.
    """

    name: str
    title: str
    schema: Json
    ui: Json
    fixed: Mapping[str, Any] = field(default_factory=dict)
    assumed: frozenset[str] = frozenset()

    @property
    def fields(self) -> Mapping[str, Json]:
        """The fields by name."""
        fields: Mapping[str, Json] = self.schema["properties"]
        return fields

    def shows(self, name: str, answers: Mapping[str, Any]) -> bool:
        """Tell whether a field is shown beside these answers: a hidden one is neither asked for nor kept."""
        own = self.ui.get("fields", {}).get(name, {})
        sections = (section for section in self.ui.get("groups", ()) if name in section.get("fields", ()))
        return all(_holds(each["show"], answers) for each in (own, *sections) if "show" in each)


def _holds(condition: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    """Of several choices, one that is among those asked for is enough."""
    given = answers.get(condition["field"])
    return any(each in condition["in"] for each in given) if isinstance(given, list) else given in condition["in"]


def kind(rule: Mapping[str, Any]) -> Any:
    """The JSON type that a rule asks for, "null" left out; None where it asks for none."""
    asked = rule.get("type")
    return next((each for each in asked if each != "null"), None) if isinstance(asked, list) else asked


def columns(rule: Mapping[str, Any]) -> Mapping[str, Json]:
    """The columns of a table of rows by name; none where the rule is no table."""
    items = rule.get("items")
    if kind(rule) != "array" or not isinstance(items, dict):
        return {}
    found: Mapping[str, Json] = items.get("properties", {})
    return found


def choices(rule: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """What may be chosen: values with their words; none where anything may be written."""
    source = rule.get("items", {}) if kind(rule) == "array" else rule
    if "oneOf" in source:
        known = (each for each in source["oneOf"] if isinstance(each, dict) and "const" in each)
        return [(each["const"], each.get("title", plain(each["const"]))) for each in known]
    return [(each, plain(each)) for each in source.get("enum", ())]


def plain(value: Any) -> str:
    """A value as a page sends it back."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def listed(code: Any, word: str) -> str:
    """A choice as it is offered where people type to find it: of two Zhang Wei each can be told."""
    return word if plain(code) == word else f"{word} ({plain(code)})"
