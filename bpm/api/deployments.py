"""Deployments: diagrams, tables and forms become a new version of their process."""

from typing import Any

from flask import current_app
from flask import request as http

from bpm import access, definitions
from bpm.api.chapter import Chapter, FieldsError, files_field, form_body, uploaded
from bpm.api.schemas.definitions import DeploymentShape, told_definition
from bpm.errors import N_, InvalidError
from bpm.request import actor, now, session

chapter = Chapter("deployments", "Diagrams, tables and forms become a version of their process")

_ZIP_TYPES = {"application/zip", "application/x-zip-compressed"}
_FILES_DOC = form_body(
    files=files_field(".bpmn .dmn .json or .zip"),
    note={"type": "string"},
    publish={"type": "string", "enum": ["true", "false"], "default": "true"},
)
_FILES_DOC["requestBody"]["content"]["application/zip"] = {"schema": {"type": "string", "format": "binary"}}


class NoFilesError(InvalidError):
    """Nothing to deploy was sent."""

    code = "no-files"
    sentence = N_("Send at least one file: .bpmn, .dmn, .json, or all of them in a .zip.")


@chapter.post("/deployments")
@chapter.describes(_FILES_DOC)
@chapter.answers(201, DeploymentShape)
def deploy() -> dict[str, Any]:
    """Deploy files as a new version, published at once unless ``publish`` is ``false``.

    A bundle with a ``process.json`` is a whole version; without one the files overlay the version in use of their
    process, or a newer draft of it.
    422 names every finding: file, element, code and a sentence.
    """
    access.require(actor(), "ANALYST")
    files = _files()
    publish = _flag("publish", default="true")
    registry = current_app.extensions["connectors"]
    made = definitions.deploy(session(), files, actor().login, now(), publish=publish, note=http.form.get("note"), registry=registry)
    return {"id": made[0].id, "definitions": [told_definition(session(), definition) for definition in made]}


def _flag(name: str, *, default: str) -> bool:
    """A yes or no of the form, in whatever case a program writes it. Raises FieldsError for anything else."""
    given = http.form.get(name, default).lower()
    if given not in ("true", "false"):
        raise FieldsError(fields={name: N_("This must be true or false.")})
    return given == "true"


def _files() -> dict[str, bytes]:
    """What was sent, by name: the parts of a form, or a body that is an archive. Raises NoFilesError and what ``handed_in`` does."""
    body = [(".zip", http.get_data())] if http.mimetype in _ZIP_TYPES else []
    files = definitions.handed_in([*body, *((file.filename or "", file.stream.read()) for file in uploaded())])
    if not files:
        raise NoFilesError
    return files
