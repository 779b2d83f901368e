"""What is told of a file that breaks a rule of its JSON Schema: a sentence of ours, which exists in both languages."""

import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from bpm.errors import N_, Finding, Level

_KINDS = {
    "string": N_("{place} must be a text."),
    "number": N_("{place} must be a number."),
    "integer": N_("{place} must be a whole number."),
    "boolean": N_("{place} must be true or false."),
    "array": N_("{place} must be a list."),
    "object": N_("{place} must have named entries."),
}
_SAID = {
    "required": N_("{place} lacks “{wanted}”."),
    "additionalProperties": N_("{place} cannot have “{wanted}”."),
    "enum": N_("{place} must be one of these: {wanted}."),
    "minLength": N_("{place} is empty."),
    "pattern": N_("{place} is not written like this: {wanted}."),
}
_OTHER = N_("{place} does not keep this rule: {wanted}.")


def broken(level: Level, file: str, code: str, schema: Mapping[str, Any], value: Any) -> Finding | None:
    """The first rule that a file's content breaks, and where; None when it keeps all. The content itself stays unsaid."""
    error = next(iter(Draft202012Validator(schema).iter_errors(value)), None)
    if error is None:
        return None
    text, wanted = _told(error)
    place = ".".join(map(str, error.absolute_path))
    return Finding(level, file, None, code, text, {"place": f"{file}: {place}" if place else file, "wanted": wanted})


def _told(error: ValidationError) -> tuple[str, str]:
    keyword, rule, given = str(error.validator), error.validator_value, error.instance
    if "propertyNames" in error.absolute_schema_path:
        return _SAID["additionalProperties"], str(given)
    if keyword == "type" and str(rule) in _KINDS:
        return _KINDS[str(rule)], ""
    return _SAID.get(keyword, _OTHER), _wanted(error, keyword, rule, given)


def _wanted(error: ValidationError, keyword: str, rule: Any, given: Any) -> str:
    match keyword:
        case "required":
            return next(str(name) for name in rule if name not in given)
        case "additionalProperties":
            known: Any = error.schema
            return ", ".join(sorted(given.keys() - known.get("properties", {}).keys()))
        case "enum":
            return ", ".join(map(str, rule))
        case "pattern":
            return str(rule)
        case _:
            return f"{keyword} {json.dumps(rule, ensure_ascii=False)}"
