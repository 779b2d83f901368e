"""A form as it is served: choices filled in, defaults worked out, every text in the reader's language.

The promise to programs: every required field that is no free text has a default, or its first choice is the ordinary way through;
yes/no questions default to the ordinary way; files are never required. So a case can be walked by taking the defaults.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bpm import definitions, org
from bpm.definitions.form_schema import FormValidator
from bpm.engine import expressions
from bpm.engine.faults import ExpressionError
from bpm.models.classes import ServiceClass
from bpm.models.org import Membership, Unit, User

Json = dict[str, Any]
_WORKING_UNITS = ("DEPARTMENT", "SECTION", "HALL", "PARTNER")


@dataclass(frozen=True, slots=True)
class Form:
    """``schema`` is JSON Schema of an object; ``ui`` says in which order, groups and widgets the fields stand and when they show."""

    name: str
    title: str
    schema: Json
    ui: Json

    @property
    def fields(self) -> Mapping[str, Json]:
        """The fields by name."""
        fields: Mapping[str, Json] = self.schema["properties"]
        return fields

    def shows(self, name: str, answers: Mapping[str, Any]) -> bool:
        """Tell whether a field is shown beside these answers: a hidden one is neither asked for nor kept."""
        condition = self.ui.get("fields", {}).get(name, {}).get("show")
        return condition is None or answers.get(condition["field"]) in condition["in"]


def resolved(session: Session, definition_id: UUID, name: str, data: Mapping[str, Any], *, language: str, city: str | None) -> Form:
    """Make a form ready for a reader: ``data`` are the task's variables, ``city`` is the order's.

    Raises FileNotFoundInDefinitionError where the process has no such form.
    """
    written = definitions.form(session, definition_id, name)

    def text(zh: str) -> str:
        return definitions.text(session, definition_id, zh, language)

    return made_ready(session, name, written, text, data, language=language, city=city)


def made_ready(
    session: Session, name: str, written: Json, text: Callable[[str], str], data: Mapping[str, Any], *, language: str, city: str | None
) -> Form:
    """As ``resolved``, for a form that stands in no version yet: ``written`` is its file, ``text`` puts its words into the language."""
    read = copy.deepcopy(written)
    schema = read["schema"] if "schema" in read else {key: value for key, value in read.items() if key != "ui"}
    fields, ui = schema["properties"], read.get("ui", {})
    _translate(schema, text)
    _translate(ui, text)
    _never_ask_for_files(schema)
    for rule in fields.values():
        _choices(session, rule, language, city)
        _default(session, rule, data, city)
    for field in _required(schema):
        _guarantee(fields.get(field, {}))
    return Form(name, text(read.get("title", name)), schema, ui)


# ---- words

_SHOWN = frozenset({"title", "description", "help", "primary", "placeholder"})


def _translate(node: Any, text: Callable[[str], str]) -> None:
    """Put every text that is shown into the reader's language, in place."""
    if isinstance(node, list):
        for each in node:
            _translate(each, text)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in _SHOWN and isinstance(value, str):
                node[key] = text(value)
            else:
                _translate(value, text)


# ---- choices


def _choices(session: Session, rule: Json, language: str, city: str | None) -> None:
    """Fill in the choices that ``x-options`` names: ``classes``, ``units`` or ``users:ROLE``."""
    kind, _, role = rule.get("x-options", "").partition(":")
    match kind:
        case "classes":
            found = _classes(session, language)
        case "units":
            found = _units(session, language, city)
        case "users":
            found = _users(session, role, language, city)
        case _:
            return
    options = [{"const": code, "title": name} for code, name in found]
    if options:
        target = rule.setdefault("items", {}) if rule.get("type") == "array" else rule
        target["oneOf"] = options


def _classes(session: Session, language: str) -> Iterator[tuple[str, str]]:
    """The classes that are still given and not divided further, with their path."""
    every = {each.code: each for each in session.scalars(select(ServiceClass).order_by(ServiceClass.code))}
    given = [each for each in every.values() if each.replaced_by is None]
    divided = {each.parent for each in given}
    for each in given:
        if each.code not in divided:
            yield each.code, " / ".join(_own_name(above, language) for above in _upwards(every, each))


def _upwards(every: Mapping[str, ServiceClass], lowest: ServiceClass) -> list[ServiceClass]:
    steps = [lowest]
    while (above := every.get(steps[0].parent or "")) is not None and above not in steps:
        steps.insert(0, above)
    return steps


def _units(session: Session, language: str, city: str | None) -> Iterator[tuple[str, str]]:
    """The units that can be given work: those of the city, then those of the province."""
    query = select(Unit).where(Unit.kind.in_(_WORKING_UNITS), or_(Unit.city == city, Unit.city.is_(None)))
    for each in sorted(session.scalars(query), key=lambda unit: (unit.city is None, unit.code)):
        yield each.code, _own_name(each, language)


def _users(session: Session, role: str, language: str, city: str | None) -> Iterator[tuple[str, str]]:
    """Who plays a role in the city or in the province."""
    playing = select(Membership.user_id).join(Membership.unit).where(Membership.role == role, or_(Unit.city == city, Unit.city.is_(None)))
    for each in session.scalars(select(User).where(User.active, User.id.in_(playing)).order_by(User.login)):
        yield each.login, _own_name(each, language)


def _own_name(each: ServiceClass | Unit | User, language: str) -> str:
    return each.name if language.startswith("zh") else each.name_en


# ---- defaults


def _default(session: Session, rule: Json, data: Mapping[str, Any], city: str | None) -> None:
    """Work out ``x-default``; what it gives counts where it is an answer that would be accepted."""
    expression = rule.pop("x-default", None)
    if expression is None:
        return
    try:
        found = expressions.value(expression, data) if isinstance(expression, str) else expression
    except ExpressionError:  # a variable is missing or of another kind: the written default stands
        return
    if rule.get("x-options") == "units":
        found = _units_meant(session, found, city)
    if found is not None and FormValidator(rule).is_valid(found):
        rule["default"] = found


def _units_meant(session: Session, found: Any, city: str | None) -> Any:
    """A default may name functions (NETWORK) where units are chosen."""
    if isinstance(found, list):
        return [code for each in found if (code := _units_meant(session, each, city)) is not None]
    unit = org.resolve_unit(session, found, city) if isinstance(found, str) else None
    return None if unit is None else unit.code


def _required(schema: Json) -> set[str]:
    """The fields that are, or under some condition can be, required."""
    then = (branch.get(way, {}) for branch in schema.get("allOf", ()) for way in ("then", "else"))
    return set(schema.get("required", ())).union(*(branch.get("required", ()) for branch in (*then, schema.get("then", {}))))


def _guarantee(rule: Json) -> None:
    """Give a required field that is no free text a default, where it has none."""
    choices = rule.get("enum") or [choice["const"] for choice in rule.get("oneOf", ()) if "const" in choice]
    if "default" in rule:
        return
    if choices:
        rule["default"] = choices[0]
        return
    match rule.get("type"):
        case "boolean":
            rule["default"] = False
        case "number" | "integer":
            rule["default"] = rule.get("minimum", 0)
        case "array" if not rule.get("minItems"):
            rule["default"] = []
        case _:
            pass


def _never_ask_for_files(schema: Json) -> None:
    files = {name for name, rule in schema["properties"].items() if rule.get("format") == "files"}
    for branch in (schema, *(branch.get("then", {}) for branch in schema.get("allOf", ()))):
        if "required" in branch:
            branch["required"] = [name for name in branch["required"] if name not in files]
