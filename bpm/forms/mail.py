"""A form as a mail to somebody who works without our pages: what it is about, and numbered fields to fill in by replying."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from bpm.errors import N_
from bpm.forms.form import Form, choices, columns, kind, plain

Say = Callable[[str], str]

_MOST_CHOICES = 12
"""Choices that a mail lists. Of more, the first are shown as examples."""

_SUBJECT = N_("[Baton] {title}")
_HOW = N_("Reply to this mail. Write each answer behind its number, and leave the numbers as they are. * must be filled in.")
_ONE = N_("choose one: put an x between its brackets")
_SEVERAL = N_("choose any: put an x between their brackets")
_MORE = N_("… and {count} more: write its name or code behind the number")
_YES, _NO = N_("Yes"), N_("No")
_ROWS = N_("one line for each row, columns separated by | : {columns}")
_FILES = N_("attach the files to your reply")
_IF = N_("only if no. {number} is: {values}")
_FORMATS = {
    "date": N_("a date like 2026-11-24"),
    "date-time": N_("date and time like 2026-11-24 15:10"),
    "money": N_("yuan, like 128.50"),
}
_NUMBERS = {"number": N_("a number"), "integer": N_("a whole number")}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail: plain text, and the same as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """A field as the mail asks for it. ``number`` is what the answer stands behind; None for what is only told."""

    number: int | None
    label: str
    must: bool
    hints: Sequence[str]
    lines: Sequence[str]
    answer: str


def write(form: Form, say: Say, facts: Mapping[str, str] | None = None) -> Mail:
    """Write the mail for a resolved form. ``say`` translates our own texts, ``facts`` are told above the fields (label: value)."""
    asked = list(_fields(form, say))
    facts = facts or {}
    title = " ".join(form.title.split())  # a subject is one line, whatever the form says
    return Mail(say(_SUBJECT).format(title=title), _text(form, asked, say, facts), _html(form, asked, say, facts))


def _fields(form: Form, say: Say) -> Iterator[_Asked]:
    notes = form.ui.get("notes", {})
    order = dict.fromkeys((*form.ui.get("order", ()), *form.fields, *notes))
    every = [name for name in order if name in form.fields or name in notes]
    numbers = {name: at for at, name in enumerate((name for name in every if name in form.fields and name not in form.fixed), 1)}
    for name in every:
        if name in notes:
            yield _Asked(None, "", must=False, hints=(), lines=notes[name]["help"].splitlines(), answer="")
        else:
            yield _field(form, name, numbers, say)


def _field(form: Form, name: str, numbers: Mapping[str, int], say: Say) -> _Asked:
    rule, hints = form.fields[name], form.ui.get("fields", {}).get(name, {})
    label, value = rule.get("title", name), rule.get("default")
    if name in form.fixed:
        return _Asked(None, label, must=False, hints=(), lines=[_said(rule, form.fixed[name], say)], answer="")
    lines, answer = _ways(rule, value, say)
    told = [text for text in (hints.get("help") or rule.get("description"), _format(rule, say), _if(form, hints, numbers, say)) if text]
    return _Asked(numbers[name], label, name in form.schema.get("required", ()), told, lines, answer)


def _format(rule: Mapping[str, Any], say: Say) -> str | None:
    if columns(rule):
        return say(_ROWS).format(columns=" | ".join(cell.get("title", name) for name, cell in columns(rule).items()))
    if rule.get("format") == "files":
        return say(_FILES)
    if choices(rule):
        return say(_SEVERAL if kind(rule) == "array" else _ONE)
    known = _FORMATS.get(rule.get("format", "")) or (_ONE if kind(rule) == "boolean" else _NUMBERS.get(kind(rule)))
    return say(known) if known else None


def _if(form: Form, hints: Mapping[str, Any], numbers: Mapping[str, int], say: Say) -> str | None:
    show = hints.get("show")
    if show is None or show["field"] not in numbers:
        return None
    words = dict(choices(form.fields[show["field"]])) | {True: say(_YES), False: say(_NO)}
    values = ", ".join(str(words.get(value, value)) for value in show["in"] if not isinstance(value, list | dict))
    return say(_IF).format(number=numbers[show["field"]], values=values)


def _ways(rule: Mapping[str, Any], value: Any, say: Say) -> tuple[list[str], str]:
    """The lines to tick, and what stands behind the number already."""
    known = [(True, say(_YES)), (False, say(_NO))] if kind(rule) == "boolean" else choices(rule)
    if not known:
        return [], "" if value is None or isinstance(value, list | dict) else plain(value)
    chosen = value if isinstance(value, list) else [value]
    lines = [f"[{'x' if code in chosen else ' '}] {word}" for code, word in known[:_MOST_CHOICES]]
    if len(known) > _MOST_CHOICES:
        lines.append(say(_MORE).format(count=len(known) - _MOST_CHOICES))
    return lines, ""


def _said(rule: Mapping[str, Any], value: Any, say: Say) -> str:
    """What a field that is only read holds."""
    words = dict(choices(rule)) | {True: say(_YES), False: say(_NO)}
    values = value if isinstance(value, list) else [] if value is None else [value]
    return ", ".join(str(each if isinstance(each, list | dict) else words.get(each, each)) for each in values) or "-"


def _heading(field: _Asked) -> str:
    number = "" if field.number is None else f"{field.number}. "
    return f"{number}{field.label}{' *' if field.must else ''}"


def _text(form: Form, asked: Sequence[_Asked], say: Say, facts: Mapping[str, str]) -> str:
    parts = [form.title, *(f"{label}: {value}" for label, value in facts.items()), "", say(_HOW), ""]
    for field in asked:
        heading = [_heading(field)] if field.label else []
        hints = [f"   ({'; '.join(field.hints)})"] if field.hints else []
        parts += [*heading, *hints, *(f"   {line}" for line in field.lines)]
        parts += [f"   {field.number}> {field.answer}".rstrip()] if field.number is not None and not field.lines else []
        parts.append("")
    return "\n".join(parts)


_DOCUMENT = Markup('<h1>{title}</h1>{facts}<p class="how">{how}</p><ol class="fields">{fields}</ol>')
_FACT = Markup("<tr><th scope='row'>{label}</th><td>{value}</td></tr>")
_FIELD = Markup('<li{number}><b>{label}</b>{must}<div class="hints">{hints}</div>{lines}{answer}</li>')


def _html(form: Form, asked: Sequence[_Asked], say: Say, facts: Mapping[str, str]) -> str:
    rows = Markup("").join(_FACT.format(label=label, value=value) for label, value in facts.items())
    return str(
        _DOCUMENT.format(
            title=form.title,
            facts=Markup("<table>{}</table>").format(rows) if facts else "",
            how=say(_HOW),
            fields=Markup("").join(_html_field(field) for field in asked),
        )
    )


def _html_field(field: _Asked) -> Markup:
    lines = Markup("").join(Markup("<div>{}</div>").format(line) for line in field.lines)
    if field.number is None:
        label = Markup("<b>{}</b>").format(field.label) if field.label else ""
        return Markup('<li class="told">{}{}</li>').format(label, lines)
    answer = Markup('<div class="answer">{}&gt; {}</div>').format(field.number, field.answer) if not field.lines else ""
    must = Markup(" <span>*</span>") if field.must else ""
    number = Markup(' value="{}"').format(field.number)
    return _FIELD.format(number=number, label=field.label, must=must, hints="; ".join(field.hints), lines=lines, answer=answer)
