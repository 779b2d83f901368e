"""What a failed step should have brought, given by hand: the fields of a connector's answer where it is one, else JSON."""

import json
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask import request as http

from bpm import definitions, forms
from bpm.errors import N_, BatonError, InvalidError
from bpm.forms import Form
from bpm.forms.form import kind
from bpm.models.incident import Incident
from bpm.models.instance import Instance
from bpm.request import language, session
from bpm.web import fields
from bpm.web.fields import Field

_PLAIN = frozenset({"string", "number", "integer", "boolean"})
_EMPTY: dict[str, Any] = {"number": 0, "integer": 0, "boolean": False, "array": [], "object": {}}


class NotJsonError(InvalidError):
    """A result given by hand is no JSON object."""

    code = "not-json"
    sentence = N_('The result must be a JSON object, such as {{"ticket": "A1"}}.')


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a call brings into ``variable``."""

    variable: str
    form: Form


def fields_of(fault: Incident) -> list[Field]:
    """The fields of the answer that is missing; none where it is not known which those are, or one of them is more than a text."""
    answer = _answer(fault)
    return fields.of_form(answer.form, {}, {}) if answer else []


def given(fault: Incident) -> dict[str, Any]:
    """The variables that were typed. Raises AnswersError, NotJsonError."""
    answer = _answer(fault)
    if answer is None:
        return _of_json(http.form.get("result", ""))
    typed = forms.from_html(answer.form, http.form)
    return {answer.variable: {name: value for name, value in forms.check(answer.form, typed).items() if value is not None}}


def example(fault: Incident) -> str:
    """How the answer of a connector is written that is more than texts; empty where it is not known what is missing."""
    missing = _missing(fault)
    if missing is None:
        return ""
    answer = {name: _EMPTY.get(kind(rule), "") for name, rule in missing.form.schema["properties"].items()}
    return json.dumps({missing.variable: answer})


def _answer(fault: Incident) -> _Answer | None:
    missing = _missing(fault)
    plain = missing is not None and all(kind(rule) in _PLAIN for rule in missing.form.schema["properties"].values())
    return missing if plain else None


def _missing(fault: Incident) -> _Answer | None:
    instance = session().get_one(Instance, fault.instance_id)
    try:
        drawn = definitions.engine_definition(session(), instance.definition_id).calls()
    except BatonError:
        return None
    call = next((each for each in drawn if each.element_id == fault.element_id), None)
    manifest = current_app.extensions["connectors"].get(call.connector) if call else None
    if call is None or call.result is None or manifest is None or call.operation not in manifest.operations:
        return None
    schema = manifest.answer(call.operation, language())
    if not schema["properties"]:
        return None
    return _Answer(call.result, Form(call.operation, call.name, schema, {}))


def _of_json(text: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except ValueError as error:
        raise NotJsonError from error
    if not isinstance(found, dict):
        raise NotJsonError
    return found
