"""A form as it is served: choices filled in, defaults worked out, every text in the reader's language.

The promise to programs: every required field that is no free text has a default, or its first choice is the ordinary way through;
yes/no questions default to the ordinary way; files are never required. So a case can be walked by taking the defaults.
"""

import copy
from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bpm import definitions, org
from bpm.definitions.form_schema import FormValidator
from bpm.engine import expressions
from bpm.engine.faults import ExpressionError
from bpm.forms.choices import fill_in
from bpm.forms.form import Form, choices, kind

Json = dict[str, Any]


def resolved(
    session: Session,
    definition_id: UUID,
    name: str,
    data: Mapping[str, Any],
    *,
    language: str,
    city: str | None,
    read_only: Collection[str] = (),
) -> Form:
    """Make a form of a version ready for a reader: ``data`` are the task's variables, ``city`` is the order's.

    ``read_only`` are fields that this step only shows. Raises FileNotFoundInDefinitionError where the process has no such form.
    """
    read = definitions.form(session, definition_id, name)

    def text(zh: str) -> str:
        return definitions.text(session, definition_id, zh, language)

    return made_ready(session, name, read, text, data, language=language, city=city, read_only=read_only)


def made_ready(
    session: Session,
    name: str,
    read: Json,
    text: Callable[[str], str],
    data: Mapping[str, Any],
    *,
    language: str,
    city: str | None,
    read_only: Collection[str] = (),
) -> Form:
    """As ``resolved``, for a form that stands in no version yet: ``read`` is its file, which must have passed the check of deployment.

    ``text`` puts a text of the drawing into the reader's language.
    """
    read = copy.deepcopy(read)
    schema = read["schema"] if "schema" in read else {key: value for key, value in read.items() if key != "ui"}
    fields, ui = schema["properties"], read.get("ui", {})
    _translate(schema, text)
    _translate(ui, text)
    fixed = {field: rule for field, rule in fields.items() if field in read_only or rule.get("readOnly") is True}
    _never_ask_for(schema, {*fixed, *(field for field, rule in fields.items() if rule.get("format") == "files")})
    worked_out = set()
    for field, rule in fields.items():
        fill_in(session, rule, language, city)
        if _default(session, rule, data, city):
            worked_out.add(field)
    stands = {field: rule.get("default") if field in worked_out else data.get(field, rule.get("default")) for field, rule in fixed.items()}
    for field, value in stands.items():
        fixed[field].update({"readOnly": True} if value is None else {"readOnly": True, "default": value})
    assumed = frozenset(field for field in _required(schema) if _guarantee(fields.get(field, {}), _least(schema, field)))
    return Form(name, text(read.get("title", name)), schema, ui, stands, assumed)


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


# ---- defaults


def _default(session: Session, rule: Json, data: Mapping[str, Any], city: str | None) -> bool:
    """Work out ``x-default``; what it gives counts where it is an answer that would be accepted. Tells whether it did."""
    expression = rule.pop("x-default", None)
    if expression is None:
        return False
    try:
        found = expressions.value(expression, data) if isinstance(expression, str) else expression
    except ExpressionError:  # a variable is missing or of another kind: the written default stands
        return False
    if rule.get("x-options") == "units":
        found = _units_meant(session, found, city)
    if rule.get("format") == "money" and isinstance(found, float):
        found = round(found, 2)
    if found is None or not FormValidator(rule).is_valid(found):
        return False
    rule["default"] = found
    return True


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


def _least(schema: Json, field: str) -> int:
    """How many a list must hold, also where only some answers ask for them."""
    rules = [schema["properties"].get(field, {})]
    rules += [branch.get("then", {}).get("properties", {}).get(field, {}) for branch in schema.get("allOf", ())]
    return max(int(rule.get("minItems", 0)) for rule in rules if isinstance(rule, dict))


def _guarantee(rule: Json, least: int) -> bool:
    """Give a required field that is no free text a default, where it has none. Tells whether it did."""
    if "default" in rule:
        return False
    found = [value for value, _ in choices(rule)]
    match kind(rule):
        case "array":
            if len(found) >= least:
                rule["default"] = found[:least]
        case _ if found:
            rule["default"] = found[0]
        case "boolean":
            rule["default"] = False
        case "number" | "integer":
            rule["default"] = rule.get("minimum", 0)
        case _:
            return False
    return "default" in rule


def _never_ask_for(schema: Json, names: Collection[str]) -> None:
    """These fields are required under no condition."""
    for holder in (schema, *schema.get("allOf", ())):
        for branch in (holder, holder.get("then", {}), holder.get("else", {})):
            if "required" in branch:
                branch["required"] = [name for name in branch["required"] if name not in names]
