"""The designer's questions: what would be found, what can be chosen, who is there."""

from typing import Any

from flask import current_app

from bpm import access, definitions, drafts, palette
from bpm.api.chapter import Chapter
from bpm.api.schemas.designer import CatalogueShape, CheckShape, Files, PeopleQuery, PeopleShape
from bpm.api.schemas.drafts import mendable_row
from bpm.errors import worst_first
from bpm.request import actor, language, only_reads, session

chapter = Chapter("designer", "What the designer asks while a process is drawn")


@chapter.post("/designer/check")
@only_reads
@chapter.takes(Files)
@chapter.answers(200, CheckShape)
def check(body: dict[str, Any]) -> dict[str, Any]:
    """Tell all that a deployment of these files would find, and where it is mended; nothing is kept."""
    access.require(actor(), *drafts.READERS)
    files = {name: content.encode() for name, content in body["files"].items()}
    found = definitions.examine(session(), files, current_app.extensions["connectors"])
    return {"findings": [mendable_row(each) for each in worst_first(found)]}


@chapter.get("/designer/catalogue")
@chapter.answers(200, CatalogueShape)
def catalogue() -> dict[str, Any]:
    """Everything an analyst can choose from, in the reader's language."""
    access.require(actor(), *drafts.READERS)
    reader = language()
    told = palette.read(session(), current_app.extensions["connectors"], reader)
    templates = [
        {"id": each.id, "name": each.name[reader], "description": each.description[reader], "icon": each.icon}
        for each in drafts.every_template()
    ]
    return {**told, "templates": templates}


@chapter.get("/designer/people")
@chapter.takes(PeopleQuery, location="query")
@chapter.answers(200, PeopleShape)
def people(query: dict[str, Any]) -> dict[str, Any]:
    """Find people by login or name."""
    access.require(actor(), *drafts.READERS)
    return {"items": palette.people(session(), query["q"], language())}
