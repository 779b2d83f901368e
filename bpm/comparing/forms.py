"""Two states of a form, field by field."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from bpm.comparing import changes
from bpm.comparing.changes import Change, Label
from bpm.errors import N_

_FORM, _FIELD = N_("form"), N_("field")
_LABELS = {
    "title": N_("label"),
    "type": N_("kind"),
    "format": N_("kind of text"),
    "description": N_("help"),
    "default": N_("default"),
    "x-default": N_("default worked out"),
    "x-options": N_("choices from"),
    "minimum": N_("least"),
    "maximum": N_("most"),
    "minLength": N_("shortest"),
    "maxLength": N_("longest"),
    "pattern": N_("pattern"),
    "readOnly": N_("read only"),
}
_CHOICES, _REQUIRED, _SHOWN, _ASKED, _ORDER = (
    N_("choices"),
    N_("required"),
    N_("shown when"),
    N_("required when"),
    N_("order of the fields"),
)


def compare(file: str, before: bytes | None, after: bytes | None) -> Iterator[Change]:
    """The differences of two states of a form; one that cannot be read counts as empty."""
    old, new = _read(before), _read(after)
    name = str((new or old).get("title") or file)
    if before is None or after is None:
        yield changes.added(file, None, name, _FORM) if before is None else changes.removed(file, None, name, _FORM)
        return
    fields_before, fields_after = _fields(old), _fields(new)
    for field in fields_before.keys() - fields_after.keys():
        yield changes.removed(file, field, _title(old, field), _FIELD)
    for field, properties in fields_after.items():
        if field not in fields_before:
            yield changes.added(file, field, _title(new, field), _FIELD)
        else:
            yield from changes.of_properties(file, field, _title(new, field), fields_before[field], properties)
    yield from changes.of_properties(file, None, name, _whole(old), _whole(new))


def _read(content: bytes | None) -> dict[str, Any]:
    try:
        read = orjson.loads(content or b"{}")
    except orjson.JSONDecodeError:
        return {}
    return read if isinstance(read, dict) else {}


def _schema(form: Mapping[str, Any]) -> Mapping[str, Any]:
    schema = form.get("schema", form)
    return schema if isinstance(schema, dict) else {}


def _properties_of(form: Mapping[str, Any]) -> Mapping[str, Any]:
    found = _schema(form).get("properties", {})
    return {name: rule for name, rule in found.items() if isinstance(rule, dict)} if isinstance(found, dict) else {}


def _title(form: Mapping[str, Any], field: str) -> str:
    return str(_properties_of(form).get(field, {}).get("title") or field)


def _fields(form: Mapping[str, Any]) -> dict[str, dict[Label, str]]:
    required = _schema(form).get("required", [])
    return {field: dict(_of_field(form, field, rule, field in required)) for field, rule in _properties_of(form).items()}


def _of_field(form: Mapping[str, Any], field: str, rule: Mapping[str, Any], required: bool) -> Iterator[tuple[Label, str]]:  # noqa: FBT001 - one of the field's properties
    for keyword, label in _LABELS.items():
        if keyword in rule:
            yield label, _written(rule[keyword])
    choices = rule.get("oneOf") or rule.get("enum")
    if choices:
        yield _CHOICES, ", ".join(str(each.get("title") or each.get("const")) if isinstance(each, dict) else str(each) for each in choices)
    if required:
        yield _REQUIRED, "✓"
    ui = form.get("ui", {})
    shown = ui.get("fields", {}).get(field, {}).get("show") if isinstance(ui, dict) and isinstance(ui.get("fields", {}), dict) else None
    if shown:
        yield _SHOWN, _written(shown)


def _whole(form: Mapping[str, Any]) -> dict[Label, str]:
    found: dict[Label, str] = {
        _LABELS["title"]: str(form.get("title", "")),
        _ORDER: ", ".join(_title(form, field) for field in _properties_of(form)),
    }
    rules = _schema(form).get("allOf")
    return found | ({_ASKED: _written(rules)} if rules else {})


def _written(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
