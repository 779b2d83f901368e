"""Tasks: the inbox, and what a person does with a task."""

from typing import Any
from uuid import UUID

from bpm import inbox, instances, queues, running
from bpm.api import etag
from bpm.api.chapter import Chapter, for_reader
from bpm.api.schemas.base import page_of
from bpm.api.schemas.tasks import (
    SORTS,
    CommentsShape,
    CompleteBody,
    CompletedTaskShape,
    DelegateBody,
    ReassignBody,
    ReturnBody,
    TaskQuery,
    TaskShape,
    TextBody,
    comment_row,
    task_row,
    task_rows,
    version,
    whole_task,
)
from bpm.models.task import Task
from bpm.queues import TaskFilters
from bpm.request import actor, language, now, session

chapter = Chapter("tasks", "The inbox, and what a person does with a task")

Answer = tuple[dict[str, Any], int, dict[str, str]]


@chapter.get("/tasks")
@chapter.takes(TaskQuery, location="query")
@chapter.answers(200, page_of(TaskShape))
def page(query: dict[str, Any]) -> dict[str, Any]:
    """List tasks: one's own, those of one's queues, all one may see, or those one has done."""
    filters = TaskFilters(q=query.get("q"), status=query.get("status"), late=query["late"], instance_id=query.get("instance_id"))
    sort, cursor = SORTS[query["sort"]], query.get("cursor")
    found = queues.page(session(), actor(), query["view"], filters, now(), sort=sort, cursor=cursor, limit=query["limit"])
    return {"items": task_rows(session(), found.items), "next_cursor": found.next_cursor}


@chapter.get("/tasks/<uuid:task_id>")
@chapter.answers(200, TaskShape)
def show(task_id: UUID) -> Answer:
    """Show a task with its form, its data, why it came here, and its limit."""
    return _whole(inbox.get(session(), task_id, actor()))


@chapter.post("/tasks/<uuid:task_id>/claim")
@chapter.answers(200, TaskShape)
def claim(task_id: UUID) -> Answer:
    """Claim a task from its queue. Claiming again what one has is fine; 409 where somebody else has it."""
    _check_version(task_id)
    return _whole(inbox.claim(session(), task_id, actor(), now()))


@chapter.post("/tasks/<uuid:task_id>/release")
@chapter.answers(200, TaskShape)
def release(task_id: UUID) -> Answer:
    """Put a claimed task back into its queue."""
    _check_version(task_id)
    return _whole(inbox.release(session(), task_id, actor()))


@chapter.post("/tasks/<uuid:task_id>/complete")
@chapter.takes(CompleteBody)
@chapter.answers(200, CompletedTaskShape)
def complete(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Complete a claimed task with the answers that its form asks for."""
    _check_version(task_id)
    return _done(instances.complete_task(session(), task_id, body["variables"], actor(), now()))


@chapter.post("/tasks/<uuid:task_id>/return")
@chapter.takes(ReturnBody)
@chapter.answers(200, CompletedTaskShape)
def send_back(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Return the work: the drawn way back where there is one, else to the step before."""
    _check_version(task_id)
    return _done(instances.return_task(session(), task_id, body["reason"], body["note"], actor(), now()))


@chapter.post("/tasks/<uuid:task_id>/reassign")
@chapter.takes(ReassignBody)
@chapter.answers(200, TaskShape)
def reassign(body: dict[str, Any], task_id: UUID) -> Answer:
    """Hand a task to another person or to another unit's queue."""
    _check_version(task_id)
    return _handed_on(inbox.reassign(session(), task_id, actor(), now(), user=body.get("user"), unit=body.get("unit")))


@chapter.post("/tasks/<uuid:task_id>/delegate")
@chapter.takes(DelegateBody)
@chapter.answers(200, TaskShape)
def delegate(body: dict[str, Any], task_id: UUID) -> Answer:
    """Ask a colleague to do a task that one has claimed."""
    _check_version(task_id)
    return _handed_on(inbox.delegate(session(), task_id, actor(), body["user"], now()))


@chapter.post("/tasks/<uuid:task_id>/comments")
@chapter.takes(TextBody)
@chapter.answers(200, TaskShape)
def comment(body: dict[str, Any], task_id: UUID) -> Answer:
    """Leave a remark for colleagues on a task."""
    return _whole(inbox.comment(session(), task_id, body["text"], actor(), now()))


@chapter.get("/tasks/<uuid:task_id>/comments")
@chapter.answers(200, CommentsShape)
def comments(task_id: UUID) -> dict[str, Any]:
    """Read the remarks on a task, oldest first."""
    task = inbox.get(session(), task_id, actor())
    return {"items": [comment_row(comment) for comment in inbox.comments(session(), task)], "next_cursor": None}


def _whole(task: Task) -> Answer:
    row = whole_task(session(), task, language(), now())
    return {**row, "data": for_reader(row["data"])}, 200, etag.header(*version(task))


def _handed_on(task: Task) -> Answer:
    """A task that may no longer be the caller's to see: its form and data are left out."""
    return task_row(task, inbox.claimable_by(session(), task)), 200, etag.header(*version(task))


def _done(task: Task) -> dict[str, Any]:
    """A task that the caller has just done, and so held."""
    following = instances.next_tasks(session(), task, actor())
    return task_row(task, [actor().login], actor().login) | {"next": task_rows(session(), following)}


def _check_version(task_id: UUID) -> None:
    """Nobody changes the task between this look at it and the change: its instance is held."""
    if etag.asked_for():
        running.lock_of_task(session(), task_id)
        etag.check(*version(inbox.get(session(), task_id, actor())))
