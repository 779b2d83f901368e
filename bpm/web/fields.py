"""A resolved form as fields to draw, and what is wrong with what was typed into them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bpm import clock
from bpm.errors import N_, InvalidError
from bpm.forms import AnswersError, Form, said
from bpm.forms.form import choices, columns, listed, plain
from bpm.forms.form import kind as kind_of
from bpm.forms.html import MOST_ROWS
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


SPARE_ROWS = 3
"""Empty rows below those of a table: who has no script fills these, and asks for more."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading above fields; ``show`` is when all of them are asked."""

    title: str
    help: str
    show: Json | None


@dataclass(frozen=True, slots=True)
class Field:
    """A field as the page draws it. ``kind`` names its macro; ``show`` is when it is asked, ``value`` what it holds.

    A table has its ``columns`` and ``rows``, whose cells are fields again. A field that is only read is drawn as ``said``.
    """

    name: str
    label: str
    kind: str
    value: Any
    must: bool = False
    options: Sequence[tuple[str, str]] = ()
    help: str = ""
    error: str | None = None
    show: Json | None = None
    half: bool = False
    section: Section | None = None
    longest: int | None = None
    least: float | None = None
    most: float | None = None
    columns: Sequence["Field"] = ()
    rows: Sequence[Sequence["Field"]] = ()
    said: Sequence[str] | None = None


def of_form(form: Form, answers: Mapping[str, Any], wrong: Mapping[str, str]) -> list[Field]:
    """The fields and notes of a form in its order, holding these answers, else the form's defaults."""
    sections = {name: _section(group) for group in form.ui.get("groups", ()) for name in group.get("fields", ())}
    must, notes = _required(form, sections), form.ui.get("notes", {})
    every = dict.fromkeys((*form.ui.get("order", ()), *form.fields, *notes))
    return [
        replace(_note(name, notes[name]) if name in notes else _asked(form, name, answers, wrong, must), section=sections.get(name))
        for name in every
        if name in form.fields or name in notes
    ]


def _section(group: Json) -> Section:
    return Section(group.get("title", ""), group.get("help", ""), group.get("show"))


def _note(name: str, note: Json) -> Field:
    return Field(name, "", "note", None, help=note["help"], show=note.get("show"))


def _required(form: Form, sections: Mapping[str, Section]) -> set[str]:
    """What must be filled in, also what must be only after certain answers and is not shown otherwise."""
    then = (branch.get("then", {}).get("required", ()) for branch in form.schema.get("allOf", ()))
    hidden = {name for name, hints in form.ui.get("fields", {}).items() if hints.get("show")}
    hidden |= {name for name, section in sections.items() if section.show}
    return {*form.schema.get("required", ()), *(hidden & {name for names in then for name in names})}


_SOUGHT = frozenset({"class", "search"})
"""Of so many choices the first means nothing: people are shown none."""


def _asked(form: Form, name: str, answers: Mapping[str, Any], wrong: Mapping[str, str], must: set[str]) -> Field:
    schema, hints = form.fields[name], form.ui.get("fields", {}).get(name, {})
    fixed = name in form.fixed
    by_itself = None if name in form.assumed and _kind(schema, hints) in _SOUGHT else schema.get("default")
    value = form.fixed[name] if fixed else answers.get(name, by_itself)
    drawn = replace(
        _field(name, schema, hints, value, is_fixed=fixed),
        help=hints.get("help") or schema.get("description", ""),
        error=wrong.get(name),
        show=hints.get("show"),
        half=hints.get("width") == "half",
    )
    return replace(drawn, must=name in must and drawn.kind not in ("yes", "files") and not fixed)


def _field(name: str, schema: Json, hints: Json, value: Any, *, is_fixed: bool = False) -> Field:
    kind = _kind(schema, hints)
    options = [(plain(code), word) for code, word in choices(schema)]
    shown = _shown(kind, value)
    if kind == "search":
        shown = next((listed(code, word) for code, word in options if code == shown), shown)
        options = [(code, listed(code, word)) for code, word in options]
    table = _table(name, schema, value, is_fixed=is_fixed) if kind == "table" else {}
    return Field(
        name=name,
        label=schema.get("title", name),
        kind=kind,
        value=shown,
        options=options,
        longest=schema.get("maxLength"),
        least=schema.get("minimum"),
        most=schema.get("maximum"),
        said=_said(kind, shown, dict(options)) if is_fixed else None,
        **table,
    )


def _table(name: str, schema: Json, value: Any, *, is_fixed: bool) -> dict[str, Any]:
    """The columns of a table, and its rows with some to spare."""
    cells, needed = columns(schema), schema["items"].get("required", ())
    filled = [row if isinstance(row, dict) else {} for row in value] if isinstance(value, list) else []
    room = max(schema.get("maxItems", MOST_ROWS) - len(filled), 0)
    rows = [*filled, *({} for _ in range(0 if is_fixed else min(SPARE_ROWS, room)))]

    def cell(at: int, row: Json, column: str, rule: Json) -> Field:
        return replace(_field(f"{name}.{at}.{column}", rule, {}, row.get(column), is_fixed=is_fixed), must=column in needed)

    return {
        "columns": [replace(_field(column, rule, {}, None), must=column in needed) for column, rule in cells.items()],
        "rows": [[cell(at, row, column, rule) for column, rule in cells.items()] for at, row in enumerate(rows)],
    }


def _kind(schema: Json, hints: Json) -> str:
    widget, asked = hints.get("widget"), kind_of(schema)
    match asked:
        case "array":
            files = schema.get("format") == "files" or widget == "files"
            return "table" if columns(schema) else "files" if files else "several"
        case "boolean":
            return "yes"
        case _ if widget == "tree" or choices(schema):
            return "class" if widget == "tree" else widget if widget in ("radio", "search") else "select"
        case "integer" | "number":
            return "money" if "money" in (widget, schema.get("format")) else str(asked)
        case _:
            return "area" if widget == "textarea" else _BY_FORMAT.get(schema.get("format", ""), "text")


_BY_FORMAT = {"date": "date", "date-time": "moment", "textarea": "area", "email": "email"}


def _said(kind: str, shown: Any, words_of: Mapping[str, str]) -> list[str]:
    """What a field that is only read holds, as lines to read."""
    match kind:
        case "several" | "files":
            return [words_of.get(code, code) for code in shown]
        case "yes":
            return [gettext("Yes") if shown else gettext("No")]
        case "moment":
            return [str(shown).replace("T", " ")] if shown else []
        case "table":
            return []
        case _:
            return [words_of.get(str(shown), str(shown))] if shown != "" else []


def are_short(options: Sequence[tuple[str, str]]) -> bool:
    """Tell whether choices stand well beside each other in one row."""
    return len(options) <= _MOST_SEGMENTS and sum(len(word.encode("gb18030")) for _, word in options) <= _LONGEST_SEGMENTS * 2


def _shown(kind: str, value: Any) -> Any:
    match kind:
        case "several" | "files":
            return [plain(each) for each in value] if isinstance(value, list) else []
        case "yes":
            return value is True
        case "moment" if isinstance(value, str):
            return _as_typed(value)
        case "money" if isinstance(value, int | float) and not isinstance(value, bool):
            return f"{value:.2f}"
        case "table":
            return ""
        case _:
            return "" if value is None else plain(value)


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
    return {name: said(text, gettext) for name, text in error.facts["fields"].items()}


def in_groups(fields: Sequence[Field]) -> list[tuple[Section | None, list[Field]]]:
    """The fields under the headings of their sections, in the form's order."""
    groups: list[tuple[Section | None, list[Field]]] = []
    for field in fields:
        if not groups or groups[-1][0] != field.section:
            groups.append((field.section, []))
        groups[-1][1].append(field)
    return groups
