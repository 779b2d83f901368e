"""Incidents: steps that failed, and what a person says is to happen."""

from typing import Any
from uuid import UUID

from bpm import incidents, mending
from bpm.api.chapter import Chapter
from bpm.api.schemas.base import page_of, written_page
from bpm.api.schemas.incidents import IncidentQuery, IncidentShape, ResolveBody, incident_row
from bpm.request import actor, now, session

chapter = Chapter("incidents", "Steps that failed and wait for a person's word")


@chapter.get("/incidents")
@chapter.takes(IncidentQuery, location="query")
@chapter.answers(200, page_of(IncidentShape))
def page(query: dict[str, Any]) -> dict[str, Any]:
    """List incidents, newest first; those that are open, unless told otherwise."""
    state = None if query["state"] == "all" else query["state"]
    return written_page(incidents.page(session(), actor(), **{**query, "state": state}), incident_row)


@chapter.post("/incidents/<uuid:incident_id>/retry")
@chapter.answers(200, IncidentShape)
def retry(incident_id: UUID) -> dict[str, Any]:
    """Try the failed step again."""
    return incident_row(mending.retry_incident(session(), incident_id, actor(), now()))


@chapter.post("/incidents/<uuid:incident_id>/resolve")
@chapter.takes(ResolveBody)
@chapter.answers(200, IncidentShape)
def resolve(body: dict[str, Any], incident_id: UUID) -> dict[str, Any]:
    """Pass over the failed step, or give by hand what it should have brought."""
    return incident_row(mending.resolve_incident(session(), incident_id, body["action"], body.get("result"), actor(), now()))
