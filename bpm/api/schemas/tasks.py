"""Tasks outside."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from marshmallow import fields
from sqlalchemy.orm import Session

from bpm import inbox, instances, limits
from bpm.api.schemas.base import Body, ListQuery, Shape, line, one_of, text
from bpm.api.schemas.forms import FormShape, form_row
from bpm.models.task import OPEN, Task, TaskComment

VIEWS = ("mine", "unit", "all", "done")
STATUSES = ("open", "claimed", "suspended", "completed", "cancelled")
SORTS = {"priority": "priority", "due_at": "due", "created_at": "created", "due": "due", "created": "created"}
"""What a list may be sorted by, by the name of its field or of its order in ``queues``."""


class LimitShape(Shape):
    """How long a task may take."""

    minutes = fields.Float(required=True, metadata={"description": "Working minutes of the calendar"})
    calendar = fields.String(required=True, allow_none=True, metadata={"description": "None: all the time"})
    used = fields.Float(metadata={"description": "Working minutes used so far; only in the answer about one task"})


class TaskShape(Shape):
    """What a person has to do. A list leaves ``form`` and ``data`` out."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    element_id = fields.String(required=True)
    status = one_of(STATUSES, required=True)
    assignee = fields.String(required=True, allow_none=True, metadata={"description": "A login"})
    unit = fields.String(required=True)
    role = fields.String(required=True)
    priority = fields.Integer(required=True)
    tier = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    claimed_at = fields.DateTime(required=True, allow_none=True)
    closed_at = fields.DateTime(required=True, allow_none=True)
    due_at = fields.DateTime(required=True, allow_none=True)
    instance_id = fields.UUID(required=True)
    work_order = fields.String(required=True, allow_none=True, metadata={"description": "The number of its work order"})
    why = fields.String(required=True, metadata={"description": "Why it came to this person; of one task alone in the reader's language"})
    limit = fields.Nested(LimitShape, required=True, allow_none=True)
    claimable_by = fields.List(fields.String(), required=True, metadata={"description": "Logins of those who may claim or hold it"})
    form = fields.Nested(FormShape, allow_none=True)
    data = fields.Dict(metadata={"description": "The variables that this step sees"})


class CompletedTaskShape(TaskShape):
    """A task that is done, and what the caller may do next in the same case."""

    next = fields.List(fields.Nested(TaskShape), required=True)


class CommentShape(Shape):
    """A remark of a colleague."""

    user = fields.String(required=True)
    text = fields.String(required=True)
    created_at = fields.DateTime(required=True)


class CommentsShape(Shape):
    """All remarks on a task, oldest first."""

    items = fields.List(fields.Nested(CommentShape), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class TaskQuery(ListQuery):
    """What a list of tasks is narrowed and sorted by."""

    view = one_of(VIEWS, load_default="mine")
    status = one_of(STATUSES)
    q = line(metadata={"description": "Part of a number, title, name or telephone number"})
    sort = one_of(SORTS, load_default="priority")
    instance_id = fields.UUID()
    late = fields.Boolean(load_default=False)


class CompleteBody(Body):
    """The answers, as the task's form asks for them."""

    variables = fields.Dict(keys=fields.String(), load_default=dict)


class ReturnBody(Body):
    """Why the work goes back."""

    reason = line(required=True)
    note = text(load_default="")


class ReassignBody(Body):
    """Who gets it: a login, or a unit's code."""

    user = line()
    unit = line()


class DelegateBody(Body):
    """The colleague's login."""

    user = line(required=True)


class TextBody(Body):
    """A remark."""

    text = text(required=True)


def claimants(session: Session) -> Callable[[Task], list[str]]:
    """Find who may claim a task; tasks of one queue that bar the same people are asked for once."""
    known: dict[Any, list[str]] = {}

    def find(task: Task) -> list[str]:
        key = (task.assignee_id, task.queue, task.excluded)
        if key not in known:
            known[key] = inbox.claimable_by(session, task)
        return known[key]

    return find


def task_row(task: Task, claimable_by: list[str], holder: str | None = None) -> dict[str, Any]:
    """A task as a list shows it. Who holds it need not be read where the caller knows: ``holder`` is his login."""
    return {
        "id": task.id,
        "name": task.name,
        "element_id": task.element_id,
        "status": task.status,
        "assignee": holder or (task.assignee.login if task.assignee else None),
        "unit": task.unit_code,
        "role": task.role,
        "priority": task.priority,
        "tier": task.tier,
        "created_at": task.created_at,
        "claimed_at": task.claimed_at,
        "closed_at": task.closed_at,
        "due_at": task.due_at,
        "instance_id": task.instance_id,
        "work_order": task.order.number if task.order else None,
        "why": task.why,
        "limit": None if task.limit_minutes is None else {"minutes": task.limit_minutes, "calendar": task.calendar},
        "claimable_by": claimable_by,
    }


def task_rows(session: Session, tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """Tasks as a list shows them."""
    find = claimants(session)
    return [task_row(task, find(task)) for task in tasks]


def whole_task(session: Session, task: Task, language: str, now: datetime) -> dict[str, Any]:
    """A task with its form, its data and how much of its limit is used."""
    row = task_row(task, inbox.claimable_by(session, task))
    if row["limit"] is not None:
        row["limit"]["used"] = round(limits.used_minutes(session, task, now), 2)
    form = instances.form_of(session, task, language) if task.status in OPEN else None
    row["form"] = None if form is None else form_row(form)
    row["data"] = instances.task_data(session, task)
    row["why"] = inbox.why(session, task, language)
    return row


def comment_row(comment: TaskComment) -> dict[str, Any]:
    """A remark on a task."""
    return {"user": comment.user.login, "text": comment.text, "created_at": comment.created_at}


def version(task: Task) -> tuple[object, ...]:
    """What changes whenever a task or its case changes: its ETag."""
    return (task.status, task.assignee_id, task.queue, task.priority, task.tier, task.due_at, task.draft_at, task.instance.stamp)
