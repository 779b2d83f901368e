"""A resolved form as fields to draw, and what is wrong with what was typed into them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bpm import clock
from bpm.errors import N_, InvalidError
from bpm.forms import AnswersError, FieldSentence, Form
from bpm.web import words
from bpm.web.speech import gettext

Json = dict[str, Any]


class MomentError(InvalidError):
    """What was typed is no moment."""

    code = "moment"
    sentence = N_("This is no date and time. Write it like 2026-11-24T15:10.")


FILES_PREFIX = "files:"
"""Before the name of a field that takes files: they travel beside the answers."""

_MOMENT = "%Y-%m-%dT%H:%M"
_MOST_SEGMENTS = 5
_LONGEST_SEGMENTS = 26


@dataclass(frozen=True, slots=True)
class Field:
    """A field as the page draws it. ``kind`` names its macro; ``show`` is when it is asked, ``value`` what it holds."""

    name: str
    label: str
    kind: str
    value: Any
    must: bool
    options: Sequence[tuple[str, str]]
    help: str
    error: str | None
    show: Json | None
    half: bool
    group: str | None
    longest: int | None
    least: float | None


def of_form(form: Form, answers: Mapping[str, Any], wrong: Mapping[str, str]) -> list[Field]:
    """The fields of a form in its order, holding these answers, else the form's defaults."""
    properties: Json = form.schema.get("properties", {})
    groups = {name: group.get("title") for group in form.ui.get("groups", ()) for name in group.get("fields", ())}
    must = _required(form.schema)
    known: Json = form.ui.get("fields", {})
    return [
        _field(name, properties[name], known.get(name, {}), answers, wrong.get(name), name in must, groups.get(name))
        for name in [*form.ui.get("order", ()), *(name for name in properties if name not in form.ui.get("order", ()))]
        if name in properties
    ]


def _required(schema: Json) -> set[str]:
    """What must be filled in, also what must be only after certain answers: such a field is not shown otherwise."""
    then = (branch.get("then", {}).get("required", ()) for branch in schema.get("allOf", ()))
    return {*schema.get("required", ()), *(name for names in then for name in names)}


def _field(name: str, schema: Json, hints: Json, answers: Mapping[str, Any], error: str | None, must: bool, group: str | None) -> Field:  # noqa: FBT001
    kind = _kind(schema, hints)
    value = answers.get(name, schema.get("default"))
    return Field(
        name=name,
        label=schema.get("title", name),
        kind=kind,
        value=_shown(kind, value),
        must=must and kind not in ("yes", "files"),
        options=_options(schema),
        help=hints.get("help") or schema.get("description", ""),
        error=error,
        show=hints.get("show"),
        half=hints.get("width") == "half",
        group=group,
        longest=schema.get("maxLength"),
        least=schema.get("minimum"),
    )


def _kind(schema: Json, hints: Json) -> str:
    widget, kind = hints.get("widget"), schema.get("type")
    if kind == "array":
        return "files" if schema.get("format") == "files" or widget == "files" else "several"
    if kind == "boolean":
        return "yes"
    if widget == "tree":
        return "class"
    if _options(schema):
        return "radio" if widget == "radio" else "select"
    if kind in ("integer", "number"):
        return "money" if "money" in (widget, schema.get("format")) else "number"
    by_format = {"date": "date", "date-time": "moment", "textarea": "area", "email": "email"}
    return "area" if widget == "textarea" else by_format.get(schema.get("format", ""), "text")


def _options(schema: Json) -> list[tuple[str, str]]:
    source = schema.get("items", {}) if schema.get("type") == "array" else schema
    if "oneOf" in source:
        return [(_text(each["const"]), each.get("title", _text(each["const"]))) for each in source["oneOf"]]
    return [(_text(each), _text(each)) for each in source.get("enum", ())]


def are_short(options: Sequence[tuple[str, str]]) -> bool:
    """Tell whether choices stand well beside each other in one row."""
    return len(options) <= _MOST_SEGMENTS and sum(len(word.encode("gb18030")) for _, word in options) <= _LONGEST_SEGMENTS * 2


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(kind: str, value: Any) -> Any:
    match kind:
        case "several" | "files":
            return [_text(each) for each in value or ()]
        case "yes":
            return value is True
        case "moment" if value:
            return _as_typed(value)
        case "money" if isinstance(value, int | float):
            return f"{value:.2f}"
        case _:
            return "" if value is None else _text(value)


def _as_typed(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return (words.local(moment) if moment.tzinfo else moment).strftime(_MOMENT)


def moment(text: str) -> datetime | None:
    """A moment as an input of a page gives it, in the organisation's zone; None for none. Raises MomentError."""
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=clock.zone())).astimezone(UTC)
    except (ValueError, OverflowError):
        raise MomentError from None


def sentences(error: AnswersError) -> dict[str, str]:
    """What is wrong with each field, in the reader's language."""
    return {name: _sentence(text) for name, text in error.facts["fields"].items()}


def _sentence(text: str) -> str:
    return gettext(text.template).format(**text.facts) if isinstance(text, FieldSentence) else gettext(text)


def in_groups(fields: Sequence[Field]) -> list[tuple[str | None, list[Field]]]:
    """The fields under the headings of their groups, in the form's order."""
    groups: list[tuple[str | None, list[Field]]] = []
    for field in fields:
        if not groups or groups[-1][0] != field.group:
            groups.append((field.group, []))
        groups[-1][1].append(field)
    return groups
