"""Processes: the versions in use and in draft, what was found in them, their pictures; handing in changes and publishing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, jsonify, make_response, url_for
from flask import request as http
from werkzeug.wrappers import Response

from bpm import access, catalogue, definitions, drafts, picture
from bpm.errors import Finding, InvalidError, RefusedError, worst_first
from bpm.models.definition import Definition
from bpm.request import actor, finding_row, language, now, session
from bpm.web import frame, rows
from bpm.web.speech import gettext, ngettext

blueprint = Blueprint("flows", __name__, url_prefix="/definitions")

MOST_DRAFTS = 100
"""Shown in the list; who has more finds them by the process."""


@blueprint.get("")
def listing() -> Response:
    """Every process: its version in use, its draft, what was found."""
    access.require(actor(), *drafts.READERS)
    return draw_list()


def draw_list(status: int = 200, found: Sequence[Finding] = (), alert: str | None = None, note: str = "") -> Response:
    """The list, with what was found in files that were not taken and the note that was typed to them."""
    return frame.show(
        "definitions/listing.html",
        status,
        entries=catalogue.processes(session(), now()),
        drafts=_drafts(drafts.RUNNING),
        deleted=_drafts(("discarded",)),
        kept_days=drafts.KEPT.days,
        templates=_templates(),
        findings=told(found),
        alert=alert,
        note=note,
        writer=_may_write(),
    )


def _drafts(states: Sequence[str]) -> list[dict[str, Any]]:
    found = drafts.page(session(), drafts.Wanted(states=states), actor(), now(), limit=MOST_DRAFTS).items
    return [
        {
            "draft": draft,
            "who": rows.person_name(draft.saved_by),
            "deleted_by": rows.person_name(draft.discarded_by),
            "here": rows.person_name(drafts.present(session(), draft).editor),
        }
        for draft in found
    ]


def _templates() -> list[dict[str, str]]:
    return [
        {"id": each.id, "icon": each.icon, "name": each.name[language()], "description": each.description[language()]}
        for each in drafts.every_template()
    ]


def _may_write() -> bool:
    return actor().plays(drafts.WRITERS)


def told(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings in words, the errors first."""
    return [finding_row(each) for each in worst_first(found)]


@blueprint.get("/<uuid:definition_id>")
def page(definition_id: UUID) -> Response:
    """One version: its picture, what was found, its files, and the other versions."""
    access.require(actor(), *drafts.READERS)
    return _draw(definitions.get(session(), definition_id))


def _name(definition: Definition) -> str:
    return definitions.text(session(), definition.id, definition.name, language())


def _in_words(definition: Definition, found: Finding) -> Finding:
    """A finding that calls the steps as the picture beside it does."""
    words = {
        name: definitions.text(session(), definition.id, fact, language()) if isinstance(fact, str) else fact
        for name, fact in found.facts.items()
    }
    return replace(found, facts=words)


def _found(definition: Definition) -> list[Finding]:
    return [*definitions.findings(definition), *definitions.unstaffed(session(), definition)]


def _draw(definition: Definition, status: int = 200, alert: str | None = None, refused: Sequence[Finding] = ()) -> Response:
    found = refused or _found(definition)
    diagrams = [name for name, _ in picture.diagrams(session(), definition.id)]
    remarked = [each.file for each in worst_first(found)]
    return frame.show(
        "definitions/page.html",
        status,
        definition=definition,
        findings=told([_in_words(definition, each) for each in found]),
        errors=sum(each.level == "error" for each in found),
        versions=[
            (each, rows.person_name(each.published_by or each.created_by)) for each in definitions.versions(session(), definition.key)
        ],
        running=catalogue.running(session(), definition.key),
        diagrams=diagrams,
        chosen=next((name for name in [*remarked, *diagrams] if name in diagrams), None),
        files=[file.name for file in definition.files],
        writer=_may_write(),
        alert=alert,
        **_running_draft(definition.key),
    )


def _running_draft(key: str) -> dict[str, Any]:
    """The draft on which somebody works, and whose it is."""
    draft = drafts.running_of(session(), key)
    return {"draft": draft, "draft_by": rows.person_name(draft.saved_by) if draft is not None else ""}


@blueprint.get("/<uuid:definition_id>/xml")
def xml(definition_id: UUID) -> Response:
    """A diagram of a version."""
    access.require(actor(), *drafts.READERS)
    response = make_response(picture.drawing(session(), definition_id, http.args["file"], language()))
    response.mimetype = "application/xml"
    return response


@blueprint.get("/<uuid:definition_id>/marks")
def marks(definition_id: UUID) -> Response:
    """What was found in a diagram, as marks for its picture."""
    access.require(actor(), *drafts.READERS)
    found = [each for each in _found(definitions.get(session(), definition_id)) if each.element and each.file == http.args.get("file")]
    return jsonify(
        {"findings": [{"id": each.element, "level": each.level, "word": gettext("Look here")} for each in found if each.level != "info"]}
    )


@blueprint.get("/<uuid:definition_id>/archive")
def archive(definition_id: UUID) -> Response:
    """A version as a ZIP archive, which can be changed and handed in again."""
    access.require(actor(), *drafts.READERS)
    definition = definitions.get(session(), definition_id)
    response = make_response(definitions.archive(session(), definition_id))
    response.mimetype = "application/zip"
    response.headers.set("Content-Disposition", "attachment", filename=f"{definition.key}-v{definition.version}.zip")
    return response


@blueprint.post("/upload")
def upload() -> Response:
    """Take changed files as a draft, or at once into use."""
    access.require(actor(), *drafts.WRITERS)
    given = [file for file in http.files.getlist("files") if file.filename]
    note = http.form.get("note", "").strip()
    try:
        kept = definitions.deploy(
            session(),
            definitions.handed_in((file.filename or "", file.read()) for file in given),
            actor().login,
            now(),
            publish="publish" in http.form,
            note=note or None,
            registry=current_app.extensions["connectors"],
        )
    except RefusedError as error:
        return draw_list(frame.refused(error), error.findings, frame.tell(error), note)
    except InvalidError as error:
        return draw_list(frame.refused(error), alert=frame.tell(error), note=note)
    shown = url_for("flows.page", definition_id=kept[0].id) if len(kept) == 1 else url_for("flows.listing")
    return frame.done(" ".join(map(_kept, kept)), shown)


def _kept(definition: Definition) -> str:
    """What an upload has come to: in use, a draft, or a draft that cannot be published yet."""
    if definition.state == "published":
        return _in_use(definition)
    errors = sum(each.level == "error" for each in definitions.findings(definition))
    facts = {"name": _name(definition), "version": definition.version}
    if not errors:
        return gettext("%(name)s v%(version)s is kept as a draft.", **facts)
    return ngettext(
        "%(name)s v%(version)s is kept as a draft. It has %(num)d error, to be mended before it is published.",
        "%(name)s v%(version)s is kept as a draft. It has %(num)d errors, to be mended before it is published.",
        errors,
        **facts,
    )


def _in_use(definition: Definition) -> str:
    name = _name(definition)
    return gettext("%(name)s v%(version)s is in use. Running cases keep their version.", name=name, version=definition.version)


@blueprint.post("/<uuid:definition_id>/publish")
def publish(definition_id: UUID) -> Response:
    """Put a version into use: new cases run on it, running ones keep theirs."""
    access.require(actor(), *drafts.WRITERS)
    try:
        definition = definitions.publish(session(), definition_id, actor(), now(), http.form.get("note", "").strip())
    except RefusedError as error:
        return _draw(definitions.get(session(), definition_id), frame.refused(error), frame.tell(error), error.findings)
    return frame.done(_in_use(definition), url_for("flows.page", definition_id=definition_id))
