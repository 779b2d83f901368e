"""Forms in the making, outside."""

from marshmallow import fields

from bpm.api.schemas.base import Body, line, one_of, text


class PreviewQuestion(Body):
    """A form as its file would hold it, and how it is to be shown."""

    form = fields.Dict(required=True, metadata={"description": "The content of forms/<name>.json"})
    strings = fields.Dict(keys=text(), values=text(), load_default=dict, metadata={"description": "English by Chinese text"})
    as_ = one_of(("page", "mail"), data_key="as", load_default="page")
    language = one_of(("zh", "en"), load_default=None, allow_none=True)
    data = fields.Dict(load_default=dict, metadata={"description": "Variables of a case"})
    city = line(load_default=None, allow_none=True, metadata={"description": "The city of the case; without it some city"})
    read_only = fields.List(line(), load_default=list, metadata={"description": "Fields that the step only shows"})
