"""Instances, their journal and messages outside."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from bpm.api.schemas.base import Body, ListQuery, Shape, line, one_of
from bpm.models.instance import Instance
from bpm.models.journal import JournalEntry

STATUSES = ("running", "suspended", "incident", "completed", "cancelled")


class VersionShape(Shape):
    """Which version of which process it runs."""

    id = fields.UUID(required=True)
    key = fields.String(required=True)
    version = fields.Integer(required=True)


class InstanceShape(Shape):
    """A running process. A list leaves ``variables`` out."""

    id = fields.UUID(required=True)
    definition = fields.Nested(VersionShape, required=True)
    business_key = fields.String(required=True, allow_none=True, metadata={"description": "The number of its work order, or the starter's"})
    status = one_of(STATUSES, required=True)
    active = fields.List(fields.String(), required=True, metadata={"description": "Ids of the elements where it stands"})
    started_by = fields.String(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)
    ended_at = fields.DateTime(required=True, allow_none=True)
    variables = fields.Dict()


class EntryShape(Shape):
    """One event of an instance; ``hash`` covers it and the hash before it."""

    seq = fields.Integer(required=True)
    at = fields.DateTime(required=True)
    actor = fields.String(required=True)
    kind = fields.String(required=True)
    element_id = fields.String(required=True, allow_none=True)
    facts = fields.Dict(required=True)
    hash = fields.String(required=True)


class InstanceQuery(ListQuery):
    """What a list of instances is narrowed by."""

    definition_key = line()
    status = one_of(STATUSES)
    business_key = line()


class StartBody(Body):
    """Which process to start, and with what."""

    definition_key = line(required=True)
    business_key = line(allow_none=True)
    variables = fields.Dict(keys=fields.String(), load_default=dict)


class MoveBody(Body):
    """From which element to which."""

    from_ = line(required=True, data_key="from")
    to = line(required=True)


class MessageBody(Body):
    """A message for whoever awaits it: by the business key of an instance, or by the key that the drawing correlates."""

    name = line(required=True)
    id = line(allow_none=True, metadata={"description": "The same id again changes nothing"})
    business_key = line(allow_none=True)
    correlation = fields.Raw(allow_none=True)
    variables = fields.Dict(keys=fields.String(), load_default=dict)

    @validates_schema
    def _one_way(self, data: dict[str, Any], **_options: Any) -> None:
        if data.get("business_key") is not None and data.get("correlation") is not None:
            raise ValidationError("Give business_key or correlation, not both.", "correlation")


class DeliveredShape(Shape):
    """The instances that a message has reached or started."""

    instances = fields.List(fields.Nested(InstanceShape), required=True)


def instance_row(instance: Instance) -> dict[str, Any]:
    """An instance as a list shows it."""
    return {
        "id": instance.id,
        "definition": {"id": instance.definition_id, "key": instance.definition_key, "version": instance.definition_version},
        "business_key": instance.business_key,
        "status": instance.status,
        "active": instance.active,
        "started_by": instance.started_by,
        "created_at": instance.created_at,
        "ended_at": instance.ended_at,
    }


def whole_instance(instance: Instance, variables: dict[str, Any]) -> dict[str, Any]:
    """An instance with its variables."""
    return instance_row(instance) | {"variables": variables}


def entry_row(entry: JournalEntry) -> dict[str, Any]:
    """One event of the journal."""
    return {
        "seq": entry.seq,
        "at": entry.at,
        "actor": entry.actor,
        "kind": entry.kind,
        "element_id": entry.element_id,
        "facts": entry.facts,
        "hash": entry.hash,
    }
