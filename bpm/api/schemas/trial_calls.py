"""Trial calls outside."""

from marshmallow import fields

from bpm.api.schemas.base import Body, Shape, line


class TrialCall(Body):
    """A call to be tried out."""

    connector = line(required=True)
    operation = line(required=True)
    inputs = fields.Dict(keys=line(required=True), load_default=dict)


class AnswerShape(Shape):
    """What the simulator said: a result, or an error."""

    result = fields.Dict(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True, metadata={"description": "A sentence in the reader's language"})
    code = fields.String(required=True, allow_none=True, metadata={"description": "Of the error"})
