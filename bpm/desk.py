"""What stands on a person's desk beside the tasks themselves: the steps they stand at, and what he was told."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bpm import definitions
from bpm.access import Actor
from bpm.models.instance import Instance
from bpm.models.notice import Notice
from bpm.models.task import WORKABLE, Task
from bpm.models.work_order import WorkOrder
from bpm.paging import Page, cursor_of, newest_first


@dataclass(frozen=True, slots=True)
class DeskStep:
    """A step at which tasks of the actor stand, in the reader's language, and how many."""

    element_id: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Told:
    """A notice, with the number of the order that it is about where there is one."""

    notice: Notice
    number: str | None


def steps(session: Session, actor: Actor, language: str) -> list[DeskStep]:
    """The steps at which the actor's own open tasks stand, the fullest first."""
    query = (
        select(Task.element_id, Task.name, func.count())
        .where(Task.assignee_id == actor.user_id, Task.status.in_(WORKABLE))
        .group_by(Task.element_id, Task.name)
        .order_by(func.count().desc(), Task.element_id)
    )
    rows = session.execute(query).all()
    return [DeskStep(element_id, _translated(session, actor, element_id, name, language), count) for element_id, name, count in rows]


def _translated(session: Session, actor: Actor, element_id: str, name: str, language: str) -> str:
    """A step's name as the newest version of its drawing among the actor's tasks translates it."""
    if language == "zh":
        return name
    definition_id = session.scalar(
        select(Instance.definition_id)
        .join(Task, Task.instance_id == Instance.id)
        .where(Task.element_id == element_id, Task.name == name, Task.assignee_id == actor.user_id)
        .limit(1)
    )
    return definitions.text(session, definition_id, name, language) if definition_id else name


def told(session: Session, actor: Actor, cursor: str | None = None, limit: int = 50) -> Page[Told]:
    """What the actor was told, read or not, the newest first."""
    query = select(Notice, WorkOrder.number).outerjoin(WorkOrder, Notice.order_id == WorkOrder.id).where(Notice.user_id == actor.user_id)
    rows = session.execute(newest_first(query, Notice, cursor, limit)).all()
    found = [Told(notice, number) for notice, number in rows]
    return Page.of(found, limit, lambda each: cursor_of(each.notice.created_at, each.notice.id))
