"""Two states of a form, field by field."""

from collections.abc import Callable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

import orjson

from bpm.comparing import changes
from bpm.comparing.changes import Change, Label, Value
from bpm.comparing.conditions import Condition
from bpm.comparing.fields import Field, Fields, Known
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


def compare(file: str, before: bytes | None, after: bytes | None, known: tuple[Known, Known]) -> Iterator[Change]:
    """The differences of two states of a form; one that cannot be read counts as empty. ``known`` are the fields of either state."""
    old, new = _read(before), _read(after)
    name = str((new or old).get("title") or file)
    if before is None or after is None:
        yield changes.added(file, None, name, _FORM) if before is None else changes.removed(file, None, name, _FORM)
        return
    fields_before, fields_after = _fields(file, old, known[0]), _fields(file, new, known[1])
    renamed = dict(_renamed(old, new))
    for field in fields_before.keys() - fields_after.keys() - set(renamed.values()):
        yield changes.removed(file, field, _title(old, field), _FIELD)
    for field, properties in fields_after.items():
        earlier = renamed.get(field, field)
        if earlier not in fields_before:
            yield changes.added(file, field, _title(new, field), _FIELD)
            continue
        if earlier != field:
            yield changes.renamed(file, field, _title(new, field), _FIELD, earlier, field)
        yield from changes.of_properties(file, field, _title(new, field), fields_before[earlier], properties)
    yield from changes.of_properties(file, None, name, _whole(old), _whole(new))


def name_of(file: str) -> str:
    """What a drawing calls the form of a file."""
    return file.removeprefix("forms/").removesuffix(".json")


def title_of(content: bytes) -> str:
    """What a form is called; nothing where it cannot be read."""
    return str(_read(content).get("title") or "")


def fields_of(content: bytes) -> Iterator[tuple[str, Field]]:
    """The fields of a form, by their names."""
    form = _read(content)
    for name, rule in _properties_of(form).items():
        yield name, Field(_title(form, name), {each["const"]: str(each.get("title") or each["const"]) for each in _choices(rule)})


def _choices(rule: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = rule.get("oneOf")
    named = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return [each for each in named if isinstance(each.get("const"), str | int | float)]


def _renamed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """New names with the old ones: a field of the same kind in the place of one that is gone; where several are, of the same title."""
    before, after = _properties_of(old), _properties_of(new)
    for how, a, b, c, d in SequenceMatcher(a=list(before), b=list(after), autojunk=False).get_opcodes():
        gone = [name for name in list(before)[a:b] if name not in after]
        come = [name for name in list(after)[c:d] if name not in before]
        if how != "replace":
            continue
        in_place = dict(zip(come, gone, strict=True)) if len(come) == len(gone) else {}
        for name in come:
            alike = [each for each in gone if _title(old, each) == _title(new, name)]
            earlier = alike[0] if len(alike) == 1 else in_place.get(name)
            if earlier in gone and _kind(before[earlier]) == _kind(after[name]):
                gone.remove(earlier)
                yield name, earlier


def _kind(rule: Mapping[str, Any]) -> tuple[str, ...]:
    has_choices = "oneOf" in rule or "enum" in rule
    return (*(_written(rule.get(keyword)) for keyword in ("type", "format", "x-options")), str(has_choices))


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


def _fields(file: str, form: Mapping[str, Any], known: Known) -> dict[str, dict[Label, Value]]:
    def here() -> Fields:
        return known.near([name_of(file)])

    found = {field: dict(_of_field(form, field, rule, here)) for field, rule in _properties_of(form).items()}
    for field, when in _asked(form)[0].items():
        if field in found:
            found[field][_ASKED] = Condition(" or ".join(when), here)
    return found


def _asked(form: Mapping[str, Any]) -> tuple[dict[str, list[str]], list[Any]]:
    """When fields are required, by field; and the rules that say more than that."""
    asked: dict[str, list[str]] = {}
    rules, others = _schema(form).get("allOf"), []
    for rule in rules if isinstance(rules, list) else [rules] if rules else []:
        match rule:
            case {"if": {"properties": dict(when), **more}, "then": {"required": list(fields), **rest}, **also} if (
                len(when) == 1 and not more.keys() - {"required"} and not rest and not also
            ):
                ((field, test),) = when.items()
                if isinstance(test, dict) and test.keys() in ({"enum"}, {"const"}):
                    values = test.get("enum", [test.get("const")])
                    for each in fields:
                        asked.setdefault(str(each), []).append(f"{field} in {_written(values)}")
                    continue
        others.append(rule)
    return asked, others


def _of_field(form: Mapping[str, Any], field: str, rule: Mapping[str, Any], known: Callable[[], Fields]) -> Iterator[tuple[Label, Value]]:
    for keyword, label in _LABELS.items():
        if keyword in rule:
            yield label, _written(rule[keyword])
    choices = rule.get("oneOf") or rule.get("enum")
    if choices:
        yield _CHOICES, ", ".join(str(each.get("title") or each.get("const")) if isinstance(each, dict) else str(each) for each in choices)
    if field in _schema(form).get("required", []):
        yield _REQUIRED, "✓"
    ui = form.get("ui", {})
    shown = ui.get("fields", {}).get(field, {}).get("show") if isinstance(ui, dict) and isinstance(ui.get("fields", {}), dict) else None
    if shown:
        yield _SHOWN, _shown(shown, known)


def _shown(shown: Any, known: Callable[[], Fields]) -> Value:
    """“outcome is refused”: where a field is shown for some values of another."""
    if isinstance(shown, dict) and shown.keys() == {"field", "in"}:
        return Condition(f"{shown['field']} in {_written(shown['in'])}", known)
    return _written(shown)


def _whole(form: Mapping[str, Any]) -> dict[Label, Value]:
    found: dict[Label, Value] = {
        _LABELS["title"]: str(form.get("title", "")),
        _ORDER: ", ".join(_title(form, field) for field in _properties_of(form)),
    }
    rules = _asked(form)[1]
    return found | ({_ASKED: _written(rules)} if rules else {})


def _written(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
