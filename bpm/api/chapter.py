"""What every chapter of the API shares: who may come in, how a body is read, how a page of a list is asked for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, TypeVar, cast

import marshmallow
import orjson
from flask import Flask
from flask import request as http
from flask_smorest import Blueprint  # type: ignore[import-untyped]
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import FileStorage

from bpm import customers, request
from bpm.errors import N_, InvalidError

PREFIX = "/api/v1"

View = TypeVar("View", bound=Callable[..., object])

FIELD_SENTENCES = (
    N_("Missing data for required field."),
    N_("Unknown field."),
    N_("Field may not be null."),
    N_("Invalid input type."),
    N_("Not a valid string."),
    N_("Not a valid integer."),
    N_("Not a valid boolean."),
    N_("Not a valid mapping type."),
    N_("Not a valid list."),
    N_("Not a valid datetime."),
    N_("Not a valid UUID."),
    N_("Not a valid number."),
    N_("Write the moment with its offset, such as 2026-11-24T12:00:00+08:00."),
    N_("Give business_key or correlation, not both."),
    N_("This may not be empty."),
    N_("This is too long."),
    N_("This is not one of the known values."),
    N_("This is too small or too large."),
)
"""What can be wrong with one field of a body: marshmallow's sentences and ours, so that they are found for translation."""


class FieldsError(InvalidError):
    """Some fields of the body or of the query are wrong; ``fields`` says which and why."""

    code = "fields"
    sentence = N_("Some of what you sent needs another look.")


class _Parser(FlaskParser):
    """Reads bodies and queries; what is wrong with them is told as any other error is."""

    def load_json(self, req: Any, schema: Any) -> Any:
        """Read the body as JSON. Nothing at all counts as ``{}``. Raises MalformedError, MediaTypeError, NotPlainError."""
        body = req.get_data(cache=True)
        if not body:
            return marshmallow.missing
        if not req.is_json:
            raise request.MediaTypeError
        if len(body) > request.MAX_JSON:
            raise request.NotPlainError
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise request.MalformedError from None
        request.check_json(body, value)
        return value

    def handle_error(self, error: marshmallow.ValidationError, *_args: Any, **_options: Any) -> NoReturn:
        """Raise FieldsError with one sentence a field."""
        raise FieldsError(fields=dict(_flat("", error.messages)))


def _flat(path: str, messages: Any) -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for name, below in messages.items():
            inner = "" if not path and name in {"json", "query"} else f"{path}.{name}".lstrip(".")
            yield from _flat(inner, below)
    else:
        yield path, messages[0] if isinstance(messages, list) else str(messages)


class Chapter(Blueprint):  # type: ignore[misc]  # flask-smorest is untyped: the methods below give views their types back
    """One chapter of the API, below /api/v1; only for those who are logged in or bring a token."""

    ARGUMENTS_PARSER = _Parser()

    def __init__(self, name: str, description: str) -> None:
        super().__init__(name, f"bpm.api.{name}", url_prefix=PREFIX, description=description)
        self.before_request(_known)

    def get(self, rule: str) -> Callable[[View], View]:
        """Answer GET at an address below /api/v1."""
        return cast(Callable[[View], View], super().get(rule))

    def post(self, rule: str) -> Callable[[View], View]:
        """Answer POST at an address below /api/v1."""
        return cast(Callable[[View], View], super().post(rule))

    def takes(self, schema: type[Schema], location: str = "json") -> Callable[[View], View]:
        """Read the body, or the query, by a schema and hand it to the view first."""
        return cast(Callable[[View], View], self.arguments(schema(), location=location))

    def answers(self, status: int, shape: type[Schema] | dict[str, str], content_type: str | None = None) -> Callable[[View], View]:
        """Say with which status and in which shape the view answers."""
        return cast(Callable[[View], View], self.response(status, shape, content_type=content_type))

    def describes(self, operation: dict[str, Any]) -> Callable[[View], View]:
        """Say in OpenAPI what no schema can say of the view."""
        return cast(Callable[[View], View], self.doc(**operation))


def form_body(**fields: dict[str, Any]) -> dict[str, Any]:
    """The body of a view that reads files and fields of a form, as ``describes`` says it in OpenAPI: the schema of each field."""
    content = {"multipart/form-data": {"schema": {"type": "object", "properties": fields}}}
    return {"requestBody": {"required": True, "content": content}}


def files_field(kinds: str) -> dict[str, Any]:
    """The schema of a field of a form that takes several files of these kinds."""
    return {"type": "array", "items": {"type": "string", "format": "binary"}, "description": kinds}


def for_reader(told: dict[str, Any]) -> dict[str, Any]:
    """What a program may read whole. A person at a browser asks for a number on the order's page, where it is written down that he did."""
    return told if request.login() is None else customers.without_numbers(told)


def _known() -> None:
    request.actor()


def uploaded() -> list[FileStorage]:
    """The files of a form, whatever their fields are called."""
    return [file for _, file in http.files.items(multi=True)]


def url_of(app: Flask) -> str:
    """The address under which people reach this server, without a slash at its end."""
    url: str = app.extensions["settings"].url
    return url
