"""Incidents outside."""

from typing import Any

from flask_babel import gettext
from marshmallow import fields

from bpm import incidents
from bpm.api.schemas.base import Body, ListQuery, Shape, one_of
from bpm.models.incident import Incident
from bpm.request import language

STATES = ("open", "resolved")


class IncidentShape(Shape):
    """A step that failed."""

    id = fields.UUID(required=True)
    instance_id = fields.UUID(required=True)
    element_id = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True, metadata={"description": "What went wrong, in the reader's language"})
    ways = fields.List(fields.String(), required=True, metadata={"description": "What can be done about it: retry, skip, result"})
    state = one_of(STATES, required=True)
    created_at = fields.DateTime(required=True)
    resolved_at = fields.DateTime(required=True, allow_none=True)
    resolved_by = fields.String(required=True, allow_none=True)
    how = fields.String(required=True, allow_none=True)


class IncidentQuery(ListQuery):
    """What a list of incidents is narrowed by."""

    state = one_of((*STATES, "all"), load_default="open")
    instance_id = fields.UUID()


class ResolveBody(Body):
    """Pass over the step, or give by hand what it should have brought."""

    action = one_of(("skip", "result"), required=True)
    result = fields.Dict(keys=fields.String(), allow_none=True)


def incident_row(incident: Incident) -> dict[str, Any]:
    """An incident."""
    return {
        "id": incident.id,
        "instance_id": incident.instance_id,
        "element_id": incident.element_id,
        "name": incident.name,
        "kind": incident.kind,
        "code": incident.code,
        "message": incidents.told(incident.message, incident.facts.get("text"), incident.facts, gettext, language()),
        "ways": sorted(incidents.ways_out(incident)) if incident.state == "open" else [],
        "state": incident.state,
        "created_at": incident.created_at,
        "resolved_at": incident.resolved_at,
        "resolved_by": incident.resolved_by,
        "how": incident.how,
    }
