"""What is checked when a process is deployed, beside what the engine itself has to say about the drawing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import orjson
from jsonschema import Draft202012Validator, SchemaError

from bpm.connecting import Registry
from bpm.definitions import form_schema, sources
from bpm.definitions.drawings import Drawing, Reference, decision_ids
from bpm.definitions.drawings import read as drawings_of
from bpm.definitions.rules import broken
from bpm.definitions.scenario_files import fault, scenario_name
from bpm.definitions.settings import ProcessSettings
from bpm.definitions.sorting import CALLED, Bundle, not_json, with_nul
from bpm.engine import expressions, table_analysis
from bpm.errors import N_, Finding

FORMS = "forms/"


def check(bundle: Bundle, settings: ProcessSettings, registry: Registry | None) -> Iterator[Finding]:
    """Everything that a version refers to is there, and every form is one. Without a registry, calls are not checked."""
    drawings = bundle.drawings
    main = drawings.get(settings.main)
    if settings.main in bundle.files and (main is None or not (main.process_ids or main.findings)):
        text = N_("The file {file} holds no BPMN 2.0 process.")
        yield Finding("error", settings.main, None, "no-process", text, {"file": settings.main})
    yield from _json_files(bundle.files)
    yield from _references(drawings.values(), lambda d: d.forms, _forms_of(bundle.files), _NO_FORM)
    yield from _read_only(bundle.files, drawings.values())
    yield from _decisions(bundle, settings, drawings)
    yield from table_analysis.findings({name: content for name, content in bundle.files.items() if not name.startswith(CALLED)})
    yield from _references(_own(drawings), lambda d: d.notices, settings.notices.keys(), _NO_NOTICE)
    own = {name: content for name, content in bundle.files.items() if not name.startswith(CALLED)}
    yield from sources.check(own, settings)
    yield from _unassigned(own)
    if registry is not None:
        for call in (call for drawing in drawings.values() for call in drawing.calls):
            yield from registry.check(call.connector, call.operation, call.inputs, file=call.file, element=call.element)


_NO_FORM = ("form-missing", N_("“{step}” shows the form “{name}”, but there is no file forms/{name}.json."))
_NO_LADDER = ("ladder-missing", N_("“{step}” has the ladder “{name}”, but no decision table has this id."))
_NO_NOTICE = ("notice-missing", N_("“{step}” sends the notice “{name}”, which is not in process.json."))


def _unassigned(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Steps of which nothing says who does them: they would wait for an administrator. A lane only groups."""
    text = N_("Nothing says who does “{step}”: it would go to the administrators.")
    for file, content in files.items():
        for step in drawings_of(file, content).unassigned if file.endswith(".bpmn") else ():
            yield Finding("warning", file, step.element, "no-assignment", text, {"step": step.drawn_name})


def form_name(file: str) -> str | None:
    """The name by which drawings refer to a form's file; None for a file that is no form."""
    inside = file.split("/", 2)[2] if file.startswith(CALLED) else file
    is_form = inside.startswith(FORMS) and inside.endswith(".json")
    return inside.removeprefix(FORMS).removesuffix(".json") if is_form else None


def _own(drawings: Mapping[str, Drawing]) -> list[Drawing]:
    return [drawing for name, drawing in drawings.items() if not name.startswith(CALLED)]


def _forms_of(files: Iterable[str]) -> set[str]:
    return {name for file in files if (name := form_name(file)) is not None}


def _references(
    drawings: Iterable[Drawing], kind: Callable[[Drawing], Iterable[Reference]], known: Iterable[str], missing: tuple[str, str]
) -> Iterator[Finding]:
    there, (code, text) = set(known), missing
    for reference in (reference for drawing in drawings for reference in kind(drawing)):
        if reference.name not in there:
            facts = {"step": reference.drawn_name, "name": reference.name}
            yield Finding("error", reference.file, reference.element, code, text, facts)


def _read_only(files: Mapping[str, bytes], drawings: Iterable[Drawing]) -> Iterator[Finding]:
    by_name = {name: content for file, content in files.items() if (name := form_name(file)) is not None}
    text = N_("“{step}” lets the field “{field}” only be read, but the form “{form}” has no such field.")
    for fixed in (fixed for drawing in drawings for fixed in drawing.read_only):
        if fixed.form in by_name and fixed.field not in _field_names(by_name[fixed.form]):
            facts = {"step": fixed.drawn_name, "field": fixed.field, "form": fixed.form}
            yield Finding("error", fixed.file, fixed.element, "field-missing", text, facts)


def _field_names(content: bytes) -> Iterable[str]:
    """The fields of a form; none where the file is broken, which is told elsewhere."""
    try:
        read = orjson.loads(content)
    except orjson.JSONDecodeError:
        return ()
    schema = read.get("schema", read) if isinstance(read, dict) else None
    fields = schema.get("properties") if isinstance(schema, dict) else None
    return fields if isinstance(fields, dict) else ()


def _decisions(bundle: Bundle, settings: ProcessSettings, drawings: Mapping[str, Drawing]) -> Iterator[Finding]:
    tables = [decision_ids(name, content) for name, content in bundle.files.items() if name.endswith(".dmn")]
    known: set[str] = set().union(*tables)
    yield from _references(drawings.values(), lambda d: d.ladders, known, _NO_LADDER)
    text = N_("process.json names the decision table “{name}” for {purpose}, but no table has this id.")
    for purpose, name in settings.decisions.items():
        if name not in known:
            yield Finding("error", "process.json", None, "table-missing", text, {"name": name, "purpose": purpose})


def _json_files(files: Mapping[str, bytes]) -> Iterator[Finding]:
    for file, content in files.items():
        if not file.endswith(".json") or file == "process.json" or file.startswith(CALLED):
            continue
        try:
            read = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            yield not_json(file, error)
            continue
        yield from with_nul(file, content)
        if form_name(file) is not None:
            yield from _form(file, read)
        elif file.startswith("strings/"):
            yield from _strings(file, read)
        elif scenario_name(file) is not None and (broken := fault(file, read)) is not None:
            yield broken


def form_faults(file: str, read: Any) -> list[Finding]:
    """What keeps the content of a form's file from being shown."""
    return [finding for finding in _form(file, read) if finding.level == "error"]


def _strings(file: str, read: Any) -> Iterator[Finding]:
    if not isinstance(read, dict) or not all(isinstance(text, str) for text in read.values()):
        text = N_("The file {file} must give a text for each text.")
        yield Finding("error", file, None, "bad-strings", text, {"file": file})


def _form(file: str, read: Any) -> Iterator[Finding]:
    schema = read.get("schema", read) if isinstance(read, dict) else None
    if not isinstance(schema, dict) or schema.get("type") != "object" or not isinstance(schema.get("properties"), dict):
        text = N_("The form {file} is no JSON Schema of an object with fields.")
        yield Finding("error", file, None, "bad-form", text, {"file": file})
        return
    foreign = form_schema.refused(schema)
    if foreign is not None:
        text = N_("The form {file} uses “{keyword}”, which forms cannot.")
        yield Finding("error", file, None, "bad-form", text, {"file": file, "keyword": foreign})
        return
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        text = N_("The form {file} is no valid JSON Schema: the value at “{place}” is not allowed.")
        place = "/".join(map(str, error.absolute_path)) or "schema"
        yield Finding("error", file, None, "bad-form", text, {"file": file, "place": place})
        return
    wrong = broken("error", file, "bad-form", _FORM, {"title": read.get("title", ""), "schema": schema, "ui": read.get("ui", {})})
    if wrong is not None:
        yield wrong
        return
    yield from _fields(file, schema, read.get("ui", {}))


_TEXT = {"type": "string"}
_NAMES = {"type": "array", "items": _TEXT}
_SHOW = {"type": "object", "required": ["field", "in"], "properties": {"field": _TEXT, "in": {"type": "array"}}}
_OPTIONS = {"type": "string", "pattern": r"^(classes|units|users:[A-Z_]+)$"}
_CELL = {"type": "object", "properties": {"x-options": _OPTIONS}}
_COLUMNS = {"type": "object", "properties": {"properties": {"type": "object", "additionalProperties": _CELL}}}
_RATING = {"enum": ["score", "words"]}
_RULE = {"type": "object", "properties": {"x-options": _OPTIONS, "x-rating": _RATING, "items": _COLUMNS}}
_BRANCH = {"type": "object", "properties": {"then": {"type": "object"}, "else": {"type": "object"}}}
_HINTS = {"type": "object", "properties": {"show": _SHOW, "help": _TEXT, "widget": _TEXT}}
_GROUP = {"type": "object", "properties": {"title": _TEXT, "help": _TEXT, "fields": _NAMES, "show": _SHOW}}
_NOTE = {"type": "object", "required": ["help"], "properties": {"help": _TEXT, "show": _SHOW}}
_FORM = {  # what more than JSON Schema a form must keep
    "properties": {
        "title": _TEXT,
        "schema": {
            "properties": {
                "properties": {"additionalProperties": _RULE},
                "allOf": {"items": _BRANCH},
                "then": {"type": "object"},
                "else": {"type": "object"},
            }
        },
        "ui": {
            "type": "object",
            "properties": {
                "fields": {"type": "object", "additionalProperties": _HINTS},
                "notes": {"type": "object", "additionalProperties": _NOTE},
                "groups": {"type": "array", "items": _GROUP},
                "order": _NAMES,
                "primary": _TEXT,
            },
        },
    }
}


def _fields(file: str, schema: Mapping[str, Any], ui: Mapping[str, Any]) -> Iterator[Finding]:
    properties = schema["properties"]
    nothing = N_("The field “{name}” of the form {file} has no choices.")
    for name, rule in properties.items():
        if rule.get("enum") == []:
            yield Finding("error", file, name, "no-choices", nothing, {"file": file, "name": name})
        default = rule.get("x-default")
        if isinstance(default, str) and expressions.is_expression(default):
            error = expressions.problem(default.lstrip()[1:])
            if error is not None:
                yield Finding(
                    "error", file, name, error.code, error.sentence, {**error.facts, "name": rule.get("title") or name}, N_("“{name}”: ")
                )
    text = N_("The form {file} speaks of the field “{name}”, which it does not have.")
    hints, notes, groups = ui.get("fields", {}), ui.get("notes", {}), ui.get("groups", ())
    shown_by = (each["show"]["field"] for each in (*hints.values(), *notes.values(), *groups) if "show" in each)
    for name in sorted({*hints, *shown_by, *schema.get("required", ())} - properties.keys()):
        yield Finding("error", file, name, "field-missing", text, {"file": file, "name": name})
    twice = N_("The form {file} has a field and a note of the name “{name}”.")
    for name in sorted(notes.keys() & properties.keys()):
        yield Finding("error", file, name, "name-twice", twice, {"file": file, "name": name})
