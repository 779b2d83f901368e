"""Answers to a form: checked against its schema, and every fault told in plain words beside its field."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from jsonschema import FormatChecker
from jsonschema.exceptions import ValidationError

from bpm.definitions.form_schema import FormValidator
from bpm.errors import N_, InvalidError
from bpm.forms.form import Form, columns

Json = dict[str, Any]


class FieldSentence(str):
    """What is wrong with one field, in English; of its ``template`` and ``facts`` ``said`` makes the sentence in another language."""

    __slots__ = ("facts", "template")

    template: str
    facts: dict[str, Any]

    def __new__(cls, template: str, **facts: Any) -> "FieldSentence":
        """Fill the sentence."""
        sentence = super().__new__(cls, template.format(**facts))
        sentence.template, sentence.facts = template, facts
        return sentence


def said(sentence: str, translated: Callable[[str], str]) -> str:
    """What is wrong with one field in another language, sentences within the sentence as well."""
    if not isinstance(sentence, FieldSentence):
        return translated(sentence)
    facts = {name: said(fact, translated) if isinstance(fact, FieldSentence) else fact for name, fact in sentence.facts.items()}
    return translated(sentence.template).format(**facts)


class AnswersError(InvalidError):
    """Some answers are not right. ``fields`` gives a sentence for each field that needs another look."""

    code = "answers"
    sentence = N_("Some of what you entered needs another look.")

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(fields=dict(fields))


def check(form: Form, answers: Mapping[str, Any], *, partial: bool = False) -> Json:
    """The answers that the form asks for, in the form's order; an answer that was cleared is None.

    What the form does not ask for, or does not show beside the other answers, is left out; so is every answer to a field that is only
    read at this step. ``partial`` (a draft) asks for nothing that is not there yet. Raises AnswersError.
    """
    asked = {name: rule for name, rule in form.fields.items() if name in answers and name not in form.fixed}
    given = {name: _cleared(answers[name], columns(rule)) for name, rule in asked.items()}
    beside = {**form.fixed, **given}
    shown = {name: value for name, value in given.items() if form.shows(name, beside)}
    filled = {name: value for name, value in {**form.fixed, **shown}.items() if value is not None}
    wrong = _wrong(form, filled, partial=partial)
    if wrong:
        raise AnswersError({name: wrong[name] for name in form.fields if name in wrong})
    return shown


def _cleared(value: Any, cells: Mapping[str, Any]) -> Any:
    """A text of blanks is no answer, nor is a row without any; the one character that PostgreSQL cannot keep is dropped."""
    if cells and isinstance(value, list):
        return [row for each in value if (row := _row(each, cells))]
    if not isinstance(value, str):
        return value
    kept = value.replace("\0", "")
    return kept if kept.strip() else None


def _row(row: Any, cells: Mapping[str, Any]) -> Any:
    """What a row says in the table's columns; nothing where it says no more than no."""
    if not isinstance(row, dict):
        return row if row is not None else {}
    said = {name: value for name in cells if name in row and (value := _cleared(row[name], {})) is not None}
    return said if any(value not in (False, []) for value in said.values()) else {}


def _wrong(form: Form, filled: Json, *, partial: bool) -> dict[str, FieldSentence]:
    """The first fault of each field that is shown."""
    found: dict[str, FieldSentence] = {}
    for error in FormValidator(form.schema, format_checker=_formats).iter_errors(filled):
        if error.validator == "required" and not error.absolute_path:
            wanted = cast("Sequence[str]", error.validator_value)
            missing = () if partial else (name for name in wanted if name not in filled and form.shows(name, filled))
            found.update((name, FieldSentence(_REQUIRED)) for name in missing)
        elif error.absolute_path:
            name = str(error.absolute_path[0])
            found.setdefault(name, _in_table(error, form.fields[name]) if columns(form.fields[name]) else _sentence(error))
    for name, sentence in _out_of_order(form, filled):
        found.setdefault(name, sentence)
    return {name: sentence for name, sentence in found.items() if form.shows(name, filled) and name not in form.fixed}


def _in_table(error: ValidationError, rule: Mapping[str, Any]) -> FieldSentence:
    """Say in which row and column of a table a rule is broken."""
    _, *place = error.absolute_path
    if not place:
        return FieldSentence(_ROWS.get(str(error.validator), _OTHERWISE), limit=error.validator_value)
    column = place[1] if len(place) > 1 else next((name for name in _missing(error)), None)
    problem = FieldSentence(_REQUIRED) if error.validator == "required" else _sentence(error)
    title = columns(rule).get(str(column), {}).get("title", column)
    told = _ROW if column is None else _CELL
    return FieldSentence(told, row=int(place[0]) + 1, column=title, problem=problem)


def _missing(error: ValidationError) -> Iterator[str]:
    if error.validator == "required":
        yield from (name for name in cast("Sequence[str]", error.validator_value) if name not in cast("Any", error.instance))


def _out_of_order(form: Form, filled: Json) -> Iterator[tuple[str, FieldSentence]]:
    """Moments that must come before or after another field's (``x-before``, ``x-after``)."""
    for name, rule in form.fields.items():
        moment = _moment(filled.get(name))
        for key, template in (("x-before", _BEFORE), ("x-after", _AFTER)):
            other = str(rule.get(key))
            limit = _moment(filled.get(other)) if other in form.fields else None
            if moment is None or limit is None:
                continue
            if (moment >= limit) if key == "x-before" else (moment <= limit):
                yield name, FieldSentence(template, title=form.fields[other].get("title", other))


def _moment(value: Any) -> float | None:
    try:
        return datetime.fromisoformat(value).timestamp()
    except (TypeError, ValueError):
        return None


# ---- words

_REQUIRED = N_("Fill this in.")
_BEFORE = N_("This must be before “{title}”.")
_AFTER = N_("This must be after “{title}”.")
_ROW = N_("Row {row}: {problem}")
_CELL = N_("Row {row}, “{column}”: {problem}")
_ROWS = {
    "minItems": N_("Fill in at least this many rows: {limit}."),
    "maxItems": N_("Fill in at most this many rows: {limit}."),
    "uniqueItems": N_("Two rows say the same."),
}
_OTHERWISE = N_("This is not what is asked for here.")
_TYPES = {
    "number": N_("This is not a number."),
    "integer": N_("This is not a whole number."),
    "boolean": N_("Answer yes or no."),
    "array": N_("This must be a list."),
    "string": N_("This must be a text."),
}
_LIMITS = {
    "minimum": N_("It must be at least {limit}."),
    "maximum": N_("It must be at most {limit}."),
    "exclusiveMinimum": N_("It must be more than {limit}."),
    "exclusiveMaximum": N_("It must be less than {limit}."),
    "multipleOf": N_("It must be a multiple of {limit}."),
    "minLength": N_("Write at least {limit} characters."),
    "minItems": N_("Choose at least {limit}."),
    "maxItems": N_("Choose at most {limit}."),
    "uniqueItems": N_("Each may be chosen only once."),
}
_FORMATS = {
    "date": N_("This is no date. Write it like 2026-11-24."),
    "date-time": N_("This is no date and time. Write it like 2026-11-24T15:10."),
    "email": N_("This is no e-mail address."),
    "money": N_("Write an amount of money with at most two decimals."),
}


def _sentence(error: ValidationError) -> FieldSentence:
    """Say in plain words which rule a field has broken."""
    rule, value, instance = str(error.validator), cast("Any", error.validator_value), cast("Any", error.instance)
    match rule:
        case "type":
            return FieldSentence(_TYPES.get(value if isinstance(value, str) else value[0], _OTHERWISE))
        case "maxLength":
            return FieldSentence(N_("At most {limit} characters; there are {length} now."), limit=value, length=len(instance))
        case "const" | "enum" | "oneOf":
            return _choose(rule, value)
        case "format":
            return FieldSentence(_FORMATS.get(value, _OTHERWISE))
        case _:
            return FieldSentence(_LIMITS.get(rule, _OTHERWISE), limit=value)


_LISTED = 8


def _choose(rule: str, value: Any) -> FieldSentence:
    match rule:
        case "const":
            choices = [value]
        case "oneOf":
            choices = [choice.get("const") for choice in value]
        case _:
            choices = value
    listed = ", ".join(str(choice) for choice in choices[:_LISTED]) + (", …" if len(choices) > _LISTED else "")
    return FieldSentence(N_("This is not one of the choices: {choices}."), choices=listed)


_formats = FormatChecker(formats=())


def _is(read: Callable[[str], object]) -> Callable[[object], bool]:
    def fits(value: object) -> bool:
        return not isinstance(value, str) or bool(read(value))

    return fits


def _is_address(text: str) -> bool:
    name, at, host = text.rpartition("@")
    return bool(name and at and "." in host.strip(".")) and not any(letter.isspace() for letter in text)


_formats.checks("date", raises=ValueError)(_is(date.fromisoformat))
_formats.checks("date-time", raises=ValueError)(_is(datetime.fromisoformat))
_formats.checks("email")(_is(_is_address))


_FEN = 2  # decimals of the yuan


@_formats.checks("money")
def _is_money(value: object) -> bool:
    return not isinstance(value, float) or round(value, _FEN) == value
