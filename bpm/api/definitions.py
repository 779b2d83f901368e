"""Definitions: the versions of each process."""

from typing import Any
from uuid import UUID

from flask import Response

from bpm import access, definitions, drafts
from bpm.api.chapter import Chapter
from bpm.api.schemas.base import page_of, written_page
from bpm.api.schemas.definitions import DefinitionQuery, DefinitionShape, PublishBody, definition_row, whole_definition
from bpm.request import actor, language, now, session

chapter = Chapter("definitions", "The versions of each process")


@chapter.get("/definitions")
@chapter.takes(DefinitionQuery, location="query")
@chapter.answers(200, page_of(DefinitionShape))
def page(query: dict[str, Any]) -> dict[str, Any]:
    """List the versions of all processes, newest first."""
    return written_page(definitions.page(session(), **query), definition_row)


@chapter.get("/definitions/<uuid:definition_id>")
@chapter.answers(200, DefinitionShape)
def show(definition_id: UUID) -> dict[str, Any]:
    """Show a version, with the names of its files and the form that is filled in to start it."""
    return whole_definition(session(), definitions.get(session(), definition_id), language())


@chapter.get("/definitions/<uuid:definition_id>/xml")
@chapter.answers(200, {"type": "string"}, content_type="application/xml")
def xml(definition_id: UUID) -> Response:
    """Read the main diagram of a version, as it was deployed."""
    main = definitions.settings_of(session(), definition_id).main
    return Response(definitions.file(session(), definition_id, main), mimetype="application/xml")


@chapter.get("/definitions/<uuid:definition_id>/archive")
@chapter.answers(200, {"type": "string", "format": "binary"}, content_type="application/zip")
def archive(definition_id: UUID) -> Response:
    """A version as a ZIP archive, which can be changed and deployed again."""
    access.require(actor(), *drafts.READERS)
    definition = definitions.get(session(), definition_id)
    response = Response(definitions.archive(session(), definition_id), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"{definition.key}-v{definition.version}.zip")
    return response


@chapter.post("/definitions/<uuid:definition_id>/publish")
@chapter.takes(PublishBody)
@chapter.answers(200, DefinitionShape)
def publish(body: dict[str, Any], definition_id: UUID) -> dict[str, Any]:
    """Put a draft or an earlier version into use: new instances run on it, running ones keep theirs. 422 while it has an error."""
    made = definitions.publish(session(), definition_id, actor(), now(), body.get("note"))
    return whole_definition(session(), made, language())
