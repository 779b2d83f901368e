"""Instances: start, look at, and what an operator may do with them."""

from typing import Any
from uuid import UUID

from bpm import instances, intake, interventions, journal
from bpm.api.chapter import Chapter, for_reader
from bpm.api.schemas.base import page_of, written_page
from bpm.api.schemas.instances import (
    EntryShape,
    InstanceQuery,
    InstanceShape,
    MoveBody,
    StartBody,
    entry_row,
    instance_row,
    whole_instance,
)
from bpm.api.schemas.tasks import TaskShape, task_rows
from bpm.models.instance import Instance
from bpm.request import actor, now, session

chapter = Chapter("instances", "Running processes")


@chapter.post("/instances")
@chapter.takes(StartBody)
@chapter.answers(201, InstanceShape)
def start(body: dict[str, Any]) -> dict[str, Any]:
    """Start the published version of a process; the answer comes when it waits for the first time.

    Where its definition names a type of work order, the order is made as well.
    """
    return _whole(intake.start(session(), body["definition_key"], body["variables"], body.get("business_key"), actor(), now()))


@chapter.get("/instances")
@chapter.takes(InstanceQuery, location="query")
@chapter.answers(200, page_of(InstanceShape))
def page(query: dict[str, Any]) -> dict[str, Any]:
    """List instances, newest first."""
    return written_page(instances.page(session(), actor(), **query), instance_row)


@chapter.get("/instances/<uuid:instance_id>")
@chapter.answers(200, InstanceShape)
def show(instance_id: UUID) -> dict[str, Any]:
    """Show an instance with its variables and the elements where it stands."""
    return _whole(instances.get(session(), instance_id, actor()))


@chapter.get("/instances/<uuid:instance_id>/journal")
@chapter.answers(200, page_of(EntryShape))
def history(instance_id: UUID) -> dict[str, Any]:
    """Read everything that happened to an instance, in order."""
    instances.get(session(), instance_id, actor())
    return {"items": [entry_row(entry) for entry in journal.entries(session(), instance_id)], "next_cursor": None}


@chapter.get("/instances/<uuid:instance_id>/tasks")
@chapter.answers(200, page_of(TaskShape))
def tasks(instance_id: UUID) -> dict[str, Any]:
    """List all tasks of an instance and of the processes that it calls, oldest first."""
    instance = instances.get(session(), instance_id, actor())
    return {"items": task_rows(session(), instances.tasks_of(session(), instance)), "next_cursor": None}


@chapter.post("/instances/<uuid:instance_id>/suspend")
@chapter.answers(200, InstanceShape)
def suspend(instance_id: UUID) -> dict[str, Any]:
    """Stop an instance; nothing moves until it is resumed, and no clock is paused."""
    return _whole(interventions.suspend(session(), instance_id, actor(), now()))


@chapter.post("/instances/<uuid:instance_id>/resume")
@chapter.answers(200, InstanceShape)
def resume(instance_id: UUID) -> dict[str, Any]:
    """Let a stopped instance go on."""
    return _whole(interventions.resume(session(), instance_id, actor(), now()))


@chapter.post("/instances/<uuid:instance_id>/cancel")
@chapter.answers(200, InstanceShape)
def cancel(instance_id: UUID) -> dict[str, Any]:
    """End an instance now."""
    return _whole(interventions.cancel(session(), instance_id, actor(), now()))


@chapter.post("/instances/<uuid:instance_id>/move")
@chapter.takes(MoveBody)
@chapter.answers(200, InstanceShape)
def move(body: dict[str, Any], instance_id: UUID) -> dict[str, Any]:
    """Take the token from one step to another by hand."""
    return _whole(interventions.move(session(), instance_id, body["from_"], body["to"], actor(), now()))


def _whole(instance: Instance) -> dict[str, Any]:
    return whole_instance(instance, for_reader(instances.variables(session(), instance)))
