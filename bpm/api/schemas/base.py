"""The pieces that the chapters' schemas are made of."""

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from marshmallow import Schema, fields, validate

from bpm.paging import Page

PAGE_SIZE = 50
LARGEST_PAGE = 200
LONGEST_TEXT = 20_000
LONGEST_LINE = 400

not_empty = validate.Length(min=1, error="This may not be empty.")


class Body(Schema):
    """What is sent; a field that is not known is refused."""


class Shape(Schema):
    """What is answered: it documents, and a function beside it writes. Dumping each field anew would cost more than the query."""

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """Hand on what has been written already."""
        del many
        return obj


class ProblemShape(Shape):
    """A problem document (RFC 9457)."""

    type = fields.String(required=True, metadata={"description": "urn:baton:problem: and the code"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "A sentence in the reader's language"})
    code = fields.String(required=True, metadata={"description": "The same in every language: for programs"})
    facts = fields.Dict(metadata={"description": "What fills the sentence"})
    fields_ = fields.Dict(data_key="fields", keys=fields.String(), values=fields.String(), metadata={"description": "Field: what is wrong"})
    findings = fields.List(fields.Dict(), metadata={"description": "Of refused files: file, element, code, sentence"})


class ListQuery(Schema):
    """Which page of a list."""

    cursor = fields.String(metadata={"description": "next_cursor of the page before"})
    limit = fields.Integer(
        load_default=PAGE_SIZE,
        validate=validate.Range(1, LARGEST_PAGE, error="This is too small or too large."),
        metadata={"description": "Rows"},
    )


def text(*, required: bool = False, longest: int = LONGEST_TEXT, **options: Any) -> fields.String:
    """A text that may be missing, but not empty where it is required."""
    checks: list[validate.Validator] = [validate.Length(max=longest, error="This is too long.")]
    if required:
        checks.append(not_empty)
    return fields.String(required=required, validate=checks, **options)


def line(*, required: bool = False, **options: Any) -> fields.String:
    """A short text."""
    return text(required=required, longest=LONGEST_LINE, **options)


def one_of(values: Collection[str], **options: Any) -> fields.String:
    """One of some known codes."""
    choices = sorted(values)
    return fields.String(validate=validate.OneOf(choices, error="This is not one of the known values."), **options)


@cache
def page_of(shape: type[Shape]) -> type[Shape]:
    """The shape of one page of a list."""
    made: type[Shape] = type(
        f"{shape.__name__.removesuffix('Shape')}PageShape",
        (Shape,),
        {
            "__doc__": "One page of a list.",
            "items": fields.List(fields.Nested(shape), required=True),
            "next_cursor": fields.String(required=True, allow_none=True),
        },
    )
    return made


def written_page(page: Page[Any], write: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Write one page of a list."""
    return {"items": [write(row) for row in page.items], "next_cursor": page.next_cursor}
