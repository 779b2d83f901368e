"""Drafts: what the designer reads and saves."""

from typing import Any
from uuid import UUID

from flask import Response, current_app
from flask import request as http

from bpm import definitions, drafts
from bpm.api.chapter import Chapter, files_field, form_body, uploaded
from bpm.api.schemas import drafts as shapes
from bpm.api.schemas.base import page_of, written_page
from bpm.api.schemas.definitions import DefinitionShape, whole_definition
from bpm.errors import N_, Finding, InvalidError
from bpm.models.draft import Draft
from bpm.request import actor, language, now, session

chapter = Chapter("drafts", "Processes in the making")

_IMPORT_DOC = form_body(
    files=files_field(".bpmn .xml .dmn .json or .zip"),
    key={"type": "string", "description": "The process over whose version in use, or newer draft, they are laid"},
    name={"type": "string"},
)


class NoFileGivenError(InvalidError):
    """An import needs files."""

    code = "no-files"
    sentence = N_("Choose at least one file: .bpmn, .xml, .dmn, .json, or all of them in a .zip.")


class NoBeginningError(InvalidError):
    """A draft begins from a version, from a template, or with a name."""

    code = "no-beginning"
    sentence = N_("Say what the draft begins with: a version, a template, or a name.")


def _row(draft: Draft) -> dict[str, Any]:
    return shapes.draft_row(draft, session(), language())


def _whole(draft: Draft) -> dict[str, Any]:
    unit, reader = session(), language()
    presence = shapes.presence_row(draft, actor().login, unit, reader)
    return _row(draft) | {
        "files": shapes.as_text(drafts.files(unit, draft)),
        "presence": presence,
        "editors": presence["editors"],
        "comments": [shapes.comment_row(each, unit, reader) for each in drafts.comments(unit, draft)],
        "review": _review(draft),
        "remarks": [shapes.mendable_row(Finding(**each)) for each in draft.remarks],
    }


def _review(draft: Draft) -> dict[str, Any]:
    unit, reader = session(), language()
    return {
        "state": draft.state,
        "steps": [shapes.step_row(each, unit, reader) for each in drafts.steps(unit, draft)],
        "may_write": drafts.may_write(draft, actor()),
        "may_approve": drafts.may_approve(unit, draft, actor()),
    }


def _bytes(files: dict[str, str | None]) -> dict[str, bytes | None]:
    return {name: None if content is None else content.encode() for name, content in files.items()}


@chapter.get("/drafts")
@chapter.takes(shapes.DraftQuery, location="query")
@chapter.answers(200, page_of(shapes.DraftShape))
def page(query: dict[str, Any]) -> dict[str, Any]:
    """List drafts, the one saved last first."""
    state = query.pop("state", None)
    wanted = drafts.Wanted(query.pop("key", None), (state,) if state else drafts.RUNNING)
    return written_page(drafts.page(session(), wanted, actor(), now(), **query), _row)


@chapter.post("/drafts")
@chapter.takes(shapes.NewDraft)
@chapter.answers(201, shapes.DraftShape)
def begin(body: dict[str, Any]) -> dict[str, Any]:
    """Begin a draft from a version, from a template, or from a name."""
    if body["definition_id"] is not None:
        return _row(drafts.begin_from(session(), body["definition_id"], actor(), now()))
    if not body["name"].strip():
        raise NoBeginningError
    return _row(drafts.begin_template(session(), body["template"] or drafts.BLANK, body["name"], actor(), now()))


@chapter.post("/drafts/import")
@chapter.describes(_IMPORT_DOC)
@chapter.answers(201, shapes.DraftShape)
def import_files() -> dict[str, Any]:
    """Begin a draft with diagrams of other tools, or a whole archive.

    What is kept but does nothing here stands in ``remarks``. 422 names every finding of a broken file; then nothing was kept.
    """
    given = [(file.filename, file.stream.read()) for file in uploaded() if file.filename]
    if not given:
        raise NoFileGivenError
    key, name = http.form.get("key") or None, http.form.get("name", "")
    return _whole(drafts.import_files(session(), given, actor(), now(), key=key, name=name))


@chapter.get("/drafts/<uuid:draft_id>")
@chapter.answers(200, shapes.DraftShape)
def show(draft_id: UUID) -> dict[str, Any]:
    """Show a draft with its files, who is in it, and what was said."""
    return _whole(drafts.get(session(), draft_id, actor()))


@chapter.post("/drafts/<uuid:draft_id>/files")
@chapter.takes(shapes.ChangedFiles)
@chapter.answers(200, shapes.DraftShape)
def save(body: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
    """Save changed files. 409 ``draft-changed`` or ``draft-taken`` when somebody else has saved, or has the pen."""
    return _row(drafts.save(session(), draft_id, _bytes(body["files"]), body["revision"], actor(), now()))


@chapter.post("/drafts/<uuid:draft_id>/copy")
@chapter.takes(shapes.Copy)
@chapter.answers(201, shapes.DraftShape)
def copy(body: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
    """Begin another draft of the same process, with changes of one's own."""
    return _row(drafts.copy(session(), draft_id, _bytes(body["files"]), body["name"], actor(), now()))


@chapter.post("/drafts/<uuid:draft_id>/name")
@chapter.takes(shapes.Name)
@chapter.answers(200, shapes.DraftShape)
def rename(body: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
    """Call a draft by another name in the lists."""
    return _row(drafts.rename(session(), draft_id, body["name"], actor()))


@chapter.get("/drafts/<uuid:draft_id>/revisions")
@chapter.answers(200, shapes.RevisionsShape)
def revisions(draft_id: UUID) -> dict[str, Any]:
    """List what the draft was after each save that is kept."""
    draft = drafts.get(session(), draft_id, actor())
    return {"items": [shapes.revision_row(each, session(), language()) for each in drafts.revisions(session(), draft)]}


@chapter.post("/drafts/<uuid:draft_id>/revisions/name")
@chapter.takes(shapes.NamedRevision)
@chapter.answers(200, shapes.RevisionShape)
def name_revision(body: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
    """Call a revision by a name; it is kept for itself."""
    named = drafts.name_revision(session(), draft_id, body["revision"], body["name"], actor())
    return shapes.revision_row(named, session(), language())


@chapter.post("/drafts/<uuid:draft_id>/restore")
@chapter.takes(shapes.Restored)
@chapter.answers(200, shapes.DraftShape)
def restore(body: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
    """Bring an earlier revision back, as a new one."""
    return _whole(drafts.restore(session(), draft_id, body["revision"], actor(), now()))


@chapter.post("/drafts/<uuid:draft_id>/presence")
@chapter.takes(shapes.Beat)
@chapter.answers(200, shapes.PresenceShape)
def beat(body: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
    """Say that one has the draft open; the first who may draw gets the pen."""
    draft = drafts.beat(session(), draft_id, actor(), **body)
    return shapes.presence_row(draft, actor().login, session(), language())


@chapter.get("/drafts/<uuid:draft_id>/comments")
@chapter.answers(200, shapes.DraftCommentsShape)
def comments(draft_id: UUID) -> dict[str, Any]:
    """List the comments, the oldest first."""
    draft = drafts.get(session(), draft_id, actor())
    return {"items": [shapes.comment_row(each, session(), language()) for each in drafts.comments(session(), draft)]}


@chapter.post("/drafts/<uuid:draft_id>/comments")
@chapter.takes(shapes.NewComment)
@chapter.answers(201, shapes.DraftCommentShape)
def comment(body: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
    """Say something about the draft or about an element; @login tells somebody."""
    place = (body["file"], body["element_id"])
    return shapes.comment_row(drafts.comment(session(), draft_id, actor(), body["text"], now(), place), session(), language())


@chapter.post("/drafts/<uuid:draft_id>/comments/<uuid:comment_id>/resolve")
@chapter.answers(200, shapes.DraftCommentShape)
def resolve_comment(draft_id: UUID, comment_id: UUID) -> dict[str, Any]:
    """Say that what a comment asks for is done."""
    return shapes.comment_row(drafts.resolve_comment(session(), draft_id, comment_id, actor(), now()), session(), language())


@chapter.post("/drafts/<uuid:draft_id>/comments/<uuid:comment_id>/reopen")
@chapter.answers(200, shapes.DraftCommentShape)
def reopen_comment(draft_id: UUID, comment_id: UUID) -> dict[str, Any]:
    """Say that it is not done after all."""
    return shapes.comment_row(drafts.reopen_comment(session(), draft_id, comment_id, actor()), session(), language())


@chapter.post("/drafts/<uuid:draft_id>/review")
@chapter.takes(shapes.Ask)
@chapter.answers(200, shapes.DraftShape)
def ask_for_review(body: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
    """Ask a second person to look at the draft."""
    return _whole(drafts.ask_for_review(session(), draft_id, actor(), body["reviewer"], body["note"], now()))


@chapter.post("/drafts/<uuid:draft_id>/approve")
@chapter.takes(shapes.Approval)
@chapter.answers(200, shapes.DraftShape)
def approve(body: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
    """Say that this revision may be published."""
    return _whole(drafts.approve(session(), draft_id, actor(), body["revision"], body["note"], now()))


@chapter.post("/drafts/<uuid:draft_id>/send-back")
@chapter.takes(shapes.Note)
@chapter.answers(200, shapes.DraftShape)
def send_back(body: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
    """Say what is still to be done."""
    return _whole(drafts.send_back(session(), draft_id, actor(), body["note"], now()))


@chapter.post("/drafts/<uuid:draft_id>/publish")
@chapter.takes(shapes.Publication)
@chapter.answers(201, DefinitionShape)
def publish(body: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
    """Make an approved draft the version in use. 422 with every finding while there is an error."""
    registry = current_app.extensions["connectors"]
    made = drafts.publish(session(), draft_id, actor(), body["note"], registry, now(), anyway=body["anyway"])
    return whole_definition(session(), definitions.get(session(), made.id), language())


@chapter.post("/drafts/<uuid:draft_id>/discard")
@chapter.answers(200, shapes.DraftShape)
def discard(draft_id: UUID) -> dict[str, Any]:
    """Put the draft aside; for thirty days it can be brought back."""
    return _row(drafts.discard(session(), draft_id, actor(), now()))


@chapter.post("/drafts/<uuid:draft_id>/bring-back")
@chapter.answers(200, shapes.DraftShape)
def bring_back(draft_id: UUID) -> dict[str, Any]:
    """Take up a draft again that was put aside."""
    return _row(drafts.bring_back(session(), draft_id, actor(), now()))


@chapter.get("/drafts/<uuid:draft_id>/archive")
@chapter.answers(200, {"type": "string", "format": "binary"}, content_type="application/zip")
def archive(draft_id: UUID) -> Response:
    """The draft as a ZIP archive that can be handed in or imported again."""
    draft = drafts.get(session(), draft_id, actor())
    response = Response(drafts.archive(session(), draft), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"{draft.key}-draft-{draft.revision}.zip")
    return response
