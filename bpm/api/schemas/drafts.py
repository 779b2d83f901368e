"""Drafts outside."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from bpm import definitions, drafts, people
from bpm.api.schemas.base import Body, ListQuery, Shape, line, one_of, text
from bpm.errors import Finding
from bpm.models.draft import Draft, DraftComment, DraftRevision, DraftStep
from bpm.request import finding_row

LARGEST_FILE = 5 * 1024 * 1024
STATES = ("open", "review", "approved", "published", "discarded")


class PersonShape(Shape):
    """Somebody who works here."""

    login = fields.String(required=True)
    name = fields.String(required=True)


class DraftFindingShape(Shape):
    """Something to be mended, or to be known."""

    level = fields.String(required=True, metadata={"description": "error, warning or info"})
    file = fields.String(required=True)
    element = fields.String(required=True, allow_none=True)
    field = fields.String(required=True, allow_none=True, metadata={"description": "tab/field of the designer's panel that mends it"})
    code = fields.String(required=True)
    sentence = fields.String(required=True)
    facts = fields.Dict(required=True, metadata={"description": "What fills the sentence"})
    fix = fields.String(required=True, allow_none=True, metadata={"description": "What can be done about it at one press"})


class DraftCommentShape(Shape):
    """A remark on a draft or on one element."""

    id = fields.UUID(required=True)
    file = fields.String(required=True, allow_none=True)
    element_id = fields.String(required=True, allow_none=True)
    text = fields.String(required=True)
    author = fields.Nested(PersonShape, required=True)
    created_at = fields.DateTime(required=True)
    resolved_at = fields.DateTime(required=True, allow_none=True)
    resolved_by = fields.String(required=True, allow_none=True)


class DraftCommentsShape(Shape):
    """What was said about a draft, the oldest first."""

    items = fields.List(fields.Nested(DraftCommentShape), required=True)


class ReviewStepShape(Shape):
    """One step of a review."""

    what = fields.String(required=True, metadata={"description": "asked, approved, sent_back, changed, published, discarded, brought_back"})
    revision = fields.Integer(required=True)
    by = fields.Nested(PersonShape, required=True)
    reviewer = fields.Nested(PersonShape, required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    at = fields.DateTime(required=True)


class ReviewShape(Shape):
    """How far a draft is on its way to a version, and what the reader may do."""

    state = fields.String(required=True)
    steps = fields.List(fields.Nested(ReviewStepShape), required=True)
    may_write = fields.Boolean(required=True)
    may_approve = fields.Boolean(required=True, metadata={"description": "The reader neither changed it last nor asked"})


class PresenceShape(Shape):
    """Who has a draft open. Say it every ``seconds``."""

    editor = fields.Nested(PersonShape, required=True, allow_none=True, metadata={"description": "Who may draw at this moment"})
    mine = fields.Boolean(required=True, metadata={"description": "The reader is the one who may draw"})
    editors = fields.List(fields.Nested(PersonShape), required=True, metadata={"description": "Everybody who has it open"})
    revision = fields.Integer(required=True)
    state = fields.String(required=True)
    seconds = fields.Integer(required=True)


class DraftShape(Shape):
    """A process in the making."""

    id = fields.UUID(required=True)
    key = fields.String(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True, metadata={"description": ", ".join(STATES)})
    revision = fields.Integer(required=True)
    base_id = fields.UUID(required=True, allow_none=True)
    published_id = fields.UUID(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)
    created_by = fields.String(required=True, metadata={"description": "A login"})
    saved_at = fields.DateTime(required=True)
    saved_by = fields.String(required=True, metadata={"description": "A login"})
    saved_by_name = fields.String(required=True)
    discarded_at = fields.DateTime(required=True, allow_none=True)
    discarded_by = fields.String(required=True, allow_none=True)
    files = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "Only in the answer about one draft"})
    editors = fields.List(fields.Nested(PersonShape), metadata={"description": "As files"})
    presence = fields.Nested(PresenceShape, metadata={"description": "As files"})
    comments = fields.List(fields.Nested(DraftCommentShape), metadata={"description": "As files"})
    review = fields.Nested(ReviewShape, metadata={"description": "As files"})
    remarks = fields.List(fields.Nested(DraftFindingShape), metadata={"description": "As files: of the import it began with"})


class RevisionShape(Shape):
    """What a draft was after a save, or after several within minutes."""

    revision = fields.Integer(required=True)
    begun_at = fields.DateTime(required=True)
    saved_at = fields.DateTime(required=True)
    saved_by = fields.Nested(PersonShape, required=True)
    mark = fields.String(required=True, allow_none=True, metadata={"description": "begun, restored N, kept, review, approved, named"})
    name = fields.String(required=True, allow_none=True)
    files = fields.Integer(required=True, metadata={"description": "How many"})


class RevisionsShape(Shape):
    """What a draft was after each save that is kept, the newest first."""

    items = fields.List(fields.Nested(RevisionShape), required=True)


class DraftQuery(ListQuery):
    """Which drafts."""

    key = fields.String()
    state = one_of(STATES, metadata={"description": "Without it: open, review, approved"})


class NewDraft(Body):
    """Where a draft begins: a version, a template, or nothing but a name."""

    definition_id = fields.UUID(load_default=None, allow_none=True)
    template = line(load_default=None, allow_none=True)
    name = line(load_default="")


class ChangedFiles(Body):
    """Files that were changed; null takes one away. ``revision`` is the one that was changed, null writes over any."""

    revision = fields.Integer(load_default=None, allow_none=True)
    files = fields.Dict(keys=line(required=True), values=text(longest=LARGEST_FILE, allow_none=True), required=True)


class Copy(Body):
    """A copy with changes of one's own."""

    name = line(required=True)
    files = fields.Dict(keys=line(required=True), values=text(longest=LARGEST_FILE, allow_none=True), load_default=dict)


class Name(Body):
    """A name."""

    name = line(required=True)


class Restored(Body):
    """Which revision."""

    revision = fields.Integer(required=True, validate=validate.Range(1, 2**31 - 1, error="This is too small or too large."))


class NamedRevision(Restored):
    """What a revision is called from now on."""

    name = line(required=True)


class Beat(Body):
    """The reader has the draft open."""

    take_over = fields.Boolean(load_default=False)
    leave = fields.Boolean(load_default=False)


class NewComment(Body):
    """A remark; @login tells somebody."""

    file = line(load_default=None, allow_none=True)
    element_id = line(load_default=None, allow_none=True)
    text = text(required=True)


class Ask(Body):
    """Who is asked to look at it; nobody in particular without ``reviewer``."""

    reviewer = line(load_default=None, allow_none=True)
    note = text(load_default="")


class Approval(Body):
    """Which revision was looked at."""

    revision = fields.Integer(required=True)
    note = text(load_default="")


class Note(Body):
    """A sentence."""

    note = text(required=True)


class Publication(Note):
    """What was changed. ``anyway``: although another version was made since the draft began."""

    anyway = fields.Boolean(load_default=False)


def person(session: Session, login: str | None, language: str) -> dict[str, Any] | None:
    """Somebody, by login; None for nobody."""
    return None if login is None else {"login": login, "name": people.name_of(session, login, language)}


def mendable_row(finding: Finding) -> dict[str, Any]:
    """A finding in the reader's language, and where it is mended."""
    mended = {"field": definitions.field_of(finding), "fix": definitions.fix_of(finding)}
    return finding_row(finding) | mended | {"facts": finding.facts}


def draft_row(draft: Draft, session: Session, language: str) -> dict[str, Any]:
    """A draft as a list shows it."""
    return {
        "id": draft.id,
        "key": draft.key,
        "name": draft.name,
        "state": draft.state,
        "revision": draft.revision,
        "base_id": draft.base_id,
        "published_id": draft.published_id,
        "created_at": draft.created_at,
        "created_by": draft.created_by,
        "saved_at": draft.saved_at,
        "saved_by": draft.saved_by,
        "saved_by_name": people.name_of(session, draft.saved_by, language),
        "discarded_at": draft.discarded_at,
        "discarded_by": draft.discarded_by,
    }


def as_text(files: Mapping[str, bytes]) -> dict[str, str]:
    """Files as the designer reads them; what is no UTF-8 (of versions that were deployed so) is shown as far as it goes."""
    return {name: content.decode("utf-8", "replace") for name, content in files.items()}


def revision_row(revision: DraftRevision, session: Session, language: str) -> dict[str, Any]:
    """A revision."""
    return {
        "revision": revision.revision,
        "begun_at": revision.begun_at,
        "saved_at": revision.saved_at,
        "saved_by": person(session, revision.saved_by, language),
        "mark": revision.mark,
        "name": revision.name,
        "files": len(revision.files),
    }


def comment_row(comment: DraftComment, session: Session, language: str) -> dict[str, Any]:
    """A comment."""
    return {
        "id": comment.id,
        "file": comment.file,
        "element_id": comment.element_id,
        "text": comment.text,
        "author": person(session, comment.author, language),
        "created_at": comment.created_at,
        "resolved_at": comment.resolved_at,
        "resolved_by": comment.resolved_by,
    }


def step_row(step: DraftStep, session: Session, language: str) -> dict[str, Any]:
    """A step of a review."""
    return {
        "what": step.what,
        "revision": step.revision,
        "by": person(session, step.by, language),
        "reviewer": person(session, step.reviewer, language),
        "note": step.note,
        "at": step.at,
    }


def presence_row(draft: Draft, login: str, session: Session, language: str) -> dict[str, Any]:
    """Who has a draft open."""
    there = drafts.present(session, draft)
    return {
        "editor": person(session, there.editor, language),
        "mine": there.editor == login,
        "editors": [person(session, each, language) for each in there.readers],
        "revision": draft.revision,
        "state": draft.state,
        "seconds": int(drafts.BEAT.total_seconds()),
    }
