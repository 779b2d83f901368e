"""Definitions and deployments outside."""

from typing import Any

from marshmallow import fields
from sqlalchemy.orm import Session

from bpm import definitions, intake
from bpm.api.schemas.base import Body, ListQuery, Shape, line, one_of, text
from bpm.api.schemas.forms import FormShape, form_row
from bpm.models.definition import Definition
from bpm.request import finding_row

STATES = ("draft", "published", "retired")


class FindingShape(Shape):
    """A remark on a deployed file."""

    level = fields.String(required=True)
    file = fields.String(required=True)
    element = fields.String(required=True, allow_none=True)
    code = fields.String(required=True)
    sentence = fields.String(required=True)


class DefinitionShape(Shape):
    """One version of a process."""

    id = fields.UUID(required=True)
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    name = fields.String(required=True)
    state = one_of(STATES, required=True)
    order_type = fields.String(required=True, allow_none=True, metadata={"description": "The type of work order whose process this is"})
    findings = fields.List(fields.Nested(FindingShape), required=True)
    created_at = fields.DateTime(required=True)
    created_by = fields.String(required=True, allow_none=True)
    published_at = fields.DateTime(required=True, allow_none=True)
    published_by = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True, metadata={"description": "What was changed"})
    files = fields.List(fields.String(), metadata={"description": "Only in the answer about one version"})
    start_form = fields.Nested(FormShape, allow_none=True, metadata={"description": "What is asked of whoever starts it; with the files"})


class DeploymentShape(Shape):
    """What a deployment has made."""

    id = fields.UUID(required=True)
    definitions = fields.List(fields.Nested(DefinitionShape), required=True)


class PublishBody(Body):
    """What was changed; without it the version keeps the note that it has."""

    note = text()


class DefinitionQuery(ListQuery):
    """What a list of definitions is narrowed by."""

    key = line()
    newest_only = fields.Boolean(load_default=False, metadata={"description": "Only the newest version of each process"})


def definition_row(definition: Definition) -> dict[str, Any]:
    """A version as a list shows it."""
    return {
        "id": definition.id,
        "key": definition.key,
        "version": definition.version,
        "name": definition.name,
        "state": definition.state,
        "order_type": definition.order_type,
        "findings": [finding_row(finding) for finding in definitions.findings(definition)],
        "created_at": definition.created_at,
        "created_by": definition.created_by,
        "published_at": definition.published_at,
        "published_by": definition.published_by,
        "note": definition.note,
    }


def told_definition(session: Session, definition: Definition) -> dict[str, Any]:
    """A version with all that is to be said of it today: who is named in it and not there, too."""
    unstaffed = definitions.unstaffed(session, definition)
    return definition_row(definition) | {"findings": [finding_row(each) for each in (*definitions.findings(definition), *unstaffed)]}


def whole_definition(session: Session, definition: Definition, language: str) -> dict[str, Any]:
    """A version with the names of its files and the form at its start."""
    form = intake.first_form(session, definition, language) if definition.state != "draft" else None  # a draft may not run yet
    asked = None if form is None else form_row(form)
    return told_definition(session, definition) | {"files": [file.name for file in definition.files], "start_form": asked}
