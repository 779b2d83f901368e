"""Forms outside: as they are filled in, and in the making."""

from typing import Any

from marshmallow import fields

from bpm.api.schemas.base import Body, Shape, line, one_of, text
from bpm.api.schemas.designer import Files
from bpm.definitions.form_schema import FormValidator
from bpm.errors import LANGUAGES
from bpm.forms import Form


class FormShape(Shape):
    """A form with its choices and defaults filled in."""

    name = fields.String(required=True)
    title = fields.String(required=True)
    schema = fields.Dict(required=True, metadata={"description": "JSON Schema of the answers"})
    ui = fields.Dict(required=True, metadata={"description": "How a page draws it"})


class PreviewQuestion(Body):
    """A form as its file would hold it, and how it is to be shown."""

    form = fields.Dict(required=True, metadata={"description": "The content of forms/<name>.json"})
    strings = fields.Dict(keys=text(), values=text(), load_default=dict, metadata={"description": "English by Chinese text"})
    as_ = one_of(("page", "mail"), data_key="as", load_default="page")
    language = one_of(LANGUAGES, load_default=None, allow_none=True)
    data = fields.Dict(load_default=dict, metadata={"description": "Variables of a case"})
    city = line(load_default=None, allow_none=True, metadata={"description": "The city of the case; without it some city"})
    read_only = fields.List(line(), load_default=list, metadata={"description": "Fields that the step only shows"})


class NewName(Files):
    """Another name for a field of a form."""

    form = line(required=True, metadata={"description": "The form that is being changed: its own file is left alone"})
    old = line(required=True)
    new = line(required=True)


class PlaceShape(Shape):
    """A text that names the field."""

    file = fields.String(required=True)
    kind = fields.String(required=True, metadata={"description": "condition, who, when, call, step, table, form, text, order or test"})
    element = fields.String(required=True, allow_none=True)
    part = fields.String(required=True, metadata={"description": "In a diagram: the attribute, or text"})
    before = fields.String(required=True)
    after = fields.String(required=True)


class RenamingShape(Shape):
    """What a field's new name changes beside its form."""

    places = fields.List(fields.Nested(PlaceShape), required=True)
    files = fields.Dict(required=True, metadata={"description": "Each changed file, whole"})
    is_taken = fields.Boolean(required=True, metadata={"description": "There is a variable of the new name already"})
    is_given_elsewhere = fields.Boolean(required=True, metadata={"description": "Not only forms give a variable of the old name"})


def form_row(form: Form) -> dict[str, Any]:
    """A form, with all that its ordinary way asks for among the required fields: a program need not work out any condition.

    Beside other answers some of them are hidden (``ui`` says which) and then not asked for, as everywhere.
    """
    defaults = {name: rule["default"] for name, rule in form.fields.items() if "default" in rule}
    asked = set(form.schema.get("required", ()))
    for branch in form.schema.get("allOf", ()):
        if "if" in branch:
            way = "then" if FormValidator(branch["if"]).is_valid(defaults) else "else"
            asked.update(branch.get(way, {}).get("required", ()))
    required = [name for name in form.fields if name in asked and form.shows(name, defaults)]
    return {"name": form.name, "title": form.title, "schema": {**form.schema, "required": required}, "ui": form.ui}
