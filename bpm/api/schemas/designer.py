"""What the designer asks and is told."""

from marshmallow import fields

from bpm.api.schemas.base import Body, ListQuery, Shape, line, text
from bpm.api.schemas.drafts import LARGEST_FILE, DraftFindingShape


class Files(Body):
    """All files of a draft, as they stand in the browser."""

    files = fields.Dict(keys=line(required=True), values=text(longest=LARGEST_FILE), required=True)


class CheckShape(Shape):
    """What was found, the errors first."""

    findings = fields.List(fields.Nested(DraftFindingShape), required=True)


class CodedShape(Shape):
    """A code and what people call it."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class CatalogueShape(Shape):
    """What can be chosen."""

    units = fields.List(fields.Dict(), required=True, metadata={"description": "code, name, parent, function, city, kind, calendar"})
    functions = fields.List(fields.Nested(CodedShape), required=True)
    roles = fields.List(fields.Nested(CodedShape), required=True)
    cities = fields.List(fields.Nested(CodedShape), required=True)
    calendars = fields.List(fields.Nested(CodedShape), required=True)
    connectors = fields.List(fields.Dict(), required=True, metadata={"description": "name, title, operations, ready"})
    order_states = fields.List(fields.Nested(CodedShape), required=True)
    order_columns = fields.List(fields.Nested(CodedShape), required=True)
    notices_to = fields.List(fields.Nested(CodedShape), required=True)
    templates = fields.List(fields.Dict(), required=True, metadata={"description": "id, name, description, icon"})


class PeopleQuery(ListQuery):
    """Part of a login or name."""

    q = line(load_default="")


class PeopleShape(Shape):
    """The first twenty who were found."""

    items = fields.List(fields.Dict(), required=True, metadata={"description": "login, name, unit, roles"})
