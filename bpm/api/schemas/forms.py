"""Forms in the making, outside."""

from marshmallow import fields

from bpm.api.schemas.base import Body, Shape, line, one_of, text
from bpm.api.schemas.designer import Files
from bpm.errors import LANGUAGES


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
