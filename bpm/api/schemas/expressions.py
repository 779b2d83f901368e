"""Expressions outside."""

from marshmallow import fields

from bpm.api.schemas.base import Body, Shape, one_of, text

KINDS = ("condition", "value", "assignment")


class Written(Body):
    """An expression as it stands in a field. ``assignment``: the lines of a script, ``name = expression``."""

    expression = text(required=True)
    kind = one_of(KINDS, required=True)


class VerdictShape(Shape):
    """What is wrong with an expression."""

    problem = fields.String(required=True, allow_none=True, metadata={"description": "A sentence in the reader's language"})
