"""Tasks: what a person has to do. Opened and closed by the process; claimed, handed on and drafted by people."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from bpm import access, assigning, contacts, definitions, journal, limits, notices, org
from bpm.access import Actor
from bpm.engine.facts import TaskClosed, TaskOpened
from bpm.engine.templates import Words
from bpm.errors import N_, ConflictError, ForbiddenError, InvalidError, NotFoundError
from bpm.models.database import append
from bpm.models.ids import row_id
from bpm.models.instance import Instance
from bpm.models.org import User
from bpm.models.prepared import one_of
from bpm.models.rows import Rows, add, bring, new
from bpm.models.task import OPEN, HandOver, Task, TaskComment
from bpm.models.work_order import WorkOrder
from bpm.running import lock_of_task

HANDED_OVER = N_("{by} has handed “{step}” to you.")
HANDED_OVER_ORDER = N_("{by} has handed “{step}” of {number} to you: {title}")


class TaskAlreadyClaimedError(ConflictError):
    """Someone else has claimed this task."""

    code = "task-already-claimed"
    sentence = N_("{name} has claimed this task already.")


class TaskDoneError(ConflictError):
    """The task is no longer open."""

    code = "task-done"
    sentence = N_("This task is done already. Your entries were not used; nothing else has changed.")


class TaskNotClaimedError(ConflictError):
    """Completing needs a claim."""

    code = "task-not-claimed"
    sentence = N_("Claim this task first.")


class TaskSuspendedError(ConflictError):
    """The order is on hold."""

    code = "task-suspended"
    sentence = N_("This order is on hold. Resume it first.")


class OneReceiverError(InvalidError):
    """A reassignment names neither a person nor a unit, or both."""

    code = "one-receiver"
    sentence = N_("Choose either a colleague or a unit.")


class NotForYouError(ForbiddenError):
    """Four eyes: another person must do it."""

    code = "other-person-needed"
    sentence = N_("This step must be done by another person than the one who did the step before.")


def open_task(
    session: Session, instance: Instance, order: WorkOrder | None, fact: TaskOpened, came_from: HandOver | None, now: datetime
) -> Task:
    """Put a task that the process has opened where the right people find it, and start its clock. On a held order it stands."""
    place = fact.place
    city = partial(assigning.city_of, session, order, instance.started_by)
    around = assigning.Around(city, instance.started_by, lambda elements: _before(session, instance, elements, place.scope_id))
    found = assigning.assign(session, fact.assignment, around, now)
    on_hold = order is not None and order.state == "SUSPENDED"
    task = new(
        Task,
        id=row_id(),
        instance_id=instance.id,
        instance=instance,
        order_id=order.id if order else None,
        order=order,
        token_id=place.token_id,
        scope_id=place.scope_id,
        process_id=place.process_id,
        element_id=place.element_id,
        name=place.name,
        form=fact.form,
        status="suspended" if on_hold else "open",
        status_before="open" if on_hold else None,
        queue=f"{found.unit.code}:{found.role}",
        unit_code=found.unit.code,
        role=found.role,
        assignee=found.person,
        assignee_id=found.person.id if found.person else None,
        excluded=" " + " ".join(map(str, found.excluded)) + " " if found.excluded else None,
        why=fact.why.said(),
        why_words=[fact.why.text, fact.why.places] if fact.why.places else None,
        way_back=fact.way_back,
        priority=order.priority if order else 0,
        created_at=now,
        returned=came_from is not None and came_from.how == "returned",
        from_element_id=came_from.element_id if came_from else None,
        from_user_id=came_from.user_id if came_from else None,
        tier=0,
        rung=0,
        paused_minutes=0.0,
    )
    add(session, task)
    if fact.limit is not None:
        task.limit_minutes, task.calendar, task.ladder = fact.limit.minutes, fact.limit.calendar, fact.limit.ladder
        limits.arm(session, task, now)
    if order is not None:
        _show_on(order, task, found.person)
    return task


def _before(session: Session, instance: Instance, elements: Sequence[str], scope_id: str | None) -> assigning.Before | None:
    """Who did the first of these elements that was done: in this scope, else anywhere in the instance."""
    for element in elements:
        query = (
            select(HandOver)
            .where(HandOver.instance_id == instance.id, HandOver.element_id == element, HandOver.user_id.is_not(None))
            .options(joinedload(HandOver.user))
            .order_by(HandOver.finished_at.desc())
        )
        legs = session.scalars(query).all()
        found = next((leg for leg in legs if leg.scope_id == scope_id), legs[0] if legs else None)
        if found is not None:
            return assigning.Before(found.user, found.unit_code, found.role)
    return None


def _show_on(order: WorkOrder, task: Task, person: User | None) -> None:
    order.current_unit, order.current_step = task.unit_code, task.name
    order.current_user = person.login if person else None


def close_task(
    session: Session, instance: Instance, fact: TaskClosed, person_id: UUID | None, now: datetime, *, how: str, reason: str | None = None
) -> HandOver | None:
    """Take a task out of the inbox and write its leg of the relay. ``how``: completed, returned, cancelled."""
    task = _at_token(session, instance, fact.token_id)
    if task is None:
        return None
    used = limits.used_minutes(session, task, now)
    limits.clear(session, task)
    task.status = "completed" if how in ("completed", "returned") else "cancelled"
    task.closed_at, task.draft = now, None
    task.completed_by_id = person_id if how != "cancelled" else None
    leg = new(  # told to others in this step, but written as a row that nobody holds
        HandOver,
        id=row_id(),
        instance_id=instance.id,
        order_id=task.order_id,
        task_id=task.id,
        scope_id=task.scope_id,
        element_id=task.element_id,
        name=task.name,
        user_id=task.completed_by_id,
        unit_code=task.unit_code,
        role=task.role,
        from_element_id=task.from_element_id,
        from_user_id=task.from_user_id,
        received_at=task.created_at,
        accepted_at=task.claimed_at,
        finished_at=now,
        net_minutes=used,
        limit_minutes=task.limit_minutes,
        calendar=task.calendar,
        late=limits.is_over(task, used),
        how=how,
        reason=reason,
    )
    append(session, HandOver, vars(leg))
    return leg


def show_who_goes_on(session: Session, order: WorkOrder) -> None:
    """A task is done and none came after it: the order is with whoever got another one last, where others work on it still."""
    newest = _NEWEST.first(session, order=order.id)
    if newest is not None:
        _show_on(order, newest, org.user(session, newest.assignee_id) if newest.assignee_id else None)


_NEWEST = Rows(
    Task, Task.order_id == bindparam("order"), one_of(Task.status, OPEN), order_by=(Task.created_at.desc(), Task.id.desc()), limit=1
)


def _at_token(session: Session, instance: Instance, token_id: str) -> Task | None:
    """The open task of a token; the one that the session holds already, under the lock of its instance, is as good as read anew."""
    for row in session.identity_map.values():
        if isinstance(row, Task) and row.token_id == token_id and row.instance_id == instance.id and row.status in OPEN:
            return row
    return _AT_TOKEN.first(session, instance=instance.id, token=token_id)


_AT_TOKEN = Rows(Task, Task.instance_id == bindparam("instance"), Task.token_id == bindparam("token"), one_of(Task.status, OPEN))


def get(session: Session, task_id: UUID, actor: Actor) -> Task:
    """Read a task that the actor may see. Raises NotFoundError."""
    task = _OF_ID.first(session, id=task_id)
    if task is None or not access.may_see_task(session, actor, task):
        raise NotFoundError
    bring(session, task, "instance", "order", "assignee")
    return task


_OF_ID = Rows(Task, Task.id == bindparam("id"))
_HELD = Rows(Task, Task.id == bindparam("id"), lock=True)


def for_writing(session: Session, task_id: UUID, actor: Actor) -> Task:
    """Read an open task anew and held. Raises NotFoundError, TaskDoneError, TaskSuspendedError."""
    task = _HELD.first(session, id=task_id)
    if task is None or not access.may_see_task(session, actor, task):
        raise NotFoundError
    if task.status not in OPEN:
        raise TaskDoneError
    if task.status == "suspended":
        raise TaskSuspendedError
    return task


def for_completion(session: Session, task_id: UUID, actor: Actor) -> Task:
    """Read a task that the actor has claimed, or was given. Raises as ``for_writing``, TaskAlreadyClaimedError, TaskNotClaimedError."""
    task = for_writing(session, task_id, actor)
    if task.assignee_id is None:
        raise TaskNotClaimedError
    if task.assignee_id != actor.user_id:
        raise TaskAlreadyClaimedError(name=_name(session, task.assignee_id, actor))
    return task


def _for_moving(session: Session, task_id: UUID, actor: Actor) -> Task:
    """As ``for_writing``, with the instance held first: whoever moves the process has it before its order and its tasks."""
    lock_of_task(session, task_id)
    return for_writing(session, task_id, actor)


def claim(session: Session, task_id: UUID, actor: Actor, now: datetime) -> Task:
    """Take a task from its queue. Claiming again what one has is fine. Raises TaskAlreadyClaimedError, NotForYouError."""
    task = _for_moving(session, task_id, actor)
    if task.assignee_id is not None and task.assignee_id != actor.user_id:
        raise TaskAlreadyClaimedError(name=_name(session, task.assignee_id, actor))
    if task.excludes(actor.user_id):
        raise NotForYouError
    if task.status != "claimed" and actor.user_id is not None:
        _give(session, task, org.user(session, actor.user_id), now, accepted=True)
    return task


def take_on(session: Session, tasks: Iterable[Task], actor: Actor, now: datetime) -> Task | None:
    """Claim the first of these tasks that falls to the actor: it was given to him, or nobody else could do it."""
    found = next((task for task in tasks if claimable_by(session, task) == [actor.login]), None)
    return claim(session, found.id, actor, now) if found is not None else None


def release(session: Session, task_id: UUID, actor: Actor) -> Task:
    """Put a claimed task back into its queue; the draft stays with it."""
    lock_of_task(session, task_id)
    task = for_completion(session, task_id, actor)
    task.status, task.assignee, task.assignee_id, task.claimed_at = "open", None, None, None
    if task.order is not None and (task.order.current_unit, task.order.current_step) == (task.unit_code, task.name):
        task.order.current_user = None
    return task


def reassign(session: Session, task_id: UUID, actor: Actor, now: datetime, *, user: str | None = None, unit: str | None = None) -> Task:
    """Hand a task to another person, or to another unit's queue.

    The holder, whoever serves its queue, who leads its unit or one above, and administrators may.
    Raises ForbiddenError, OneReceiverError, NobodyFoundError, NotForYouError.
    """
    task = _for_moving(session, task_id, actor)
    concerned = actor.is_admin or task.assignee_id == actor.user_id or task.queue in actor.queues
    if not (concerned or access.leads(session, actor, task.unit_code)):
        raise ForbiddenError
    if bool(user) == bool(unit):
        raise OneReceiverError(fields={"user": OneReceiverError.sentence})
    if user:
        person = org.named(session, user)
        if person is None or not person.active:
            raise assigning.NobodyFoundError
        person = org.available(session, person, now)
        if task.excludes(person.id):
            raise NotForYouError
        _give(session, task, person, now, accepted=False)
        _tell_of_hand_over(session, task, person, actor, now)
        return task
    other = org.resolve_unit(session, unit or "", assigning.city_of(session, task.order, task.instance.started_by))
    if other is None or not org.members(session, other.code, task.role):
        raise assigning.NobodyFoundError
    task.unit_code, task.queue = other.code, f"{other.code}:{task.role}"
    task.status, task.assignee, task.assignee_id, task.claimed_at = "open", None, None, None
    if task.order is not None:
        _show_on(task.order, task, None)
    journal.note(session, task.instance, "reassigned", actor.login, now, task.element_id, name=task.name, to_unit=other.code)
    return task


def _tell_of_hand_over(session: Session, task: Task, person: User, actor: Actor, now: datetime) -> None:
    """Who handed a task to whom stands in the journal, and whoever gets it learns of it."""
    journal.note(session, task.instance, "reassigned", actor.login, now, task.element_id, name=task.name, to=person.login)
    if person.id == actor.user_id:
        return
    facts: dict[str, Any] = {
        "by": {"zh": actor.name, "en": actor.name_en},
        "step": notices.in_each_language(partial(definitions.text, session, task.instance.definition_id, task.name)),
    }
    if task.order is None:
        notices.tell(session, [person], "handed-over", HANDED_OVER, facts, now=now, task=task)
    else:
        facts |= {"number": task.order.number, "title": task.order.title}
        notices.tell(session, [person], "handed-over", HANDED_OVER_ORDER, facts, now=now, order=task.order, task=task)


def delegate(session: Session, task_id: UUID, actor: Actor, user: str, now: datetime) -> Task:
    """Ask a colleague to do one's own task. Raises as ``reassign``."""
    lock_of_task(session, task_id)
    for_completion(session, task_id, actor)
    return reassign(session, task_id, actor, now, user=user)


def _give(session: Session, task: Task, person: User, now: datetime, *, accepted: bool) -> None:
    task.assignee, task.assignee_id = person, person.id
    task.status, task.claimed_at = ("claimed", task.claimed_at or now) if accepted else ("open", None)
    if task.order is not None:
        _show_on(task.order, task, person)


def _name(session: Session, user_id: UUID, actor: Actor) -> str:
    return org.name_in(org.user(session, user_id), actor.language)


def comment(session: Session, task_id: UUID, text: str, actor: Actor, now: datetime) -> Task:
    """Leave a remark for colleagues on a task. Raises NothingSaidError, TextTooLongError."""
    if not text.strip():
        raise contacts.NothingSaidError
    if len(text) > contacts.LONGEST_TEXT:
        raise contacts.TextTooLongError(limit=contacts.LONGEST_TEXT)
    task = get(session, task_id, actor)
    if actor.user_id is None:
        raise ForbiddenError
    session.add(TaskComment(id=row_id(), task_id=task.id, user_id=actor.user_id, text=text, created_at=now))
    return task


def comments(session: Session, task: Task) -> list[TaskComment]:
    """The remarks on a task, oldest first."""
    return list(session.scalars(select(TaskComment).where(TaskComment.task_id == task.id).order_by(TaskComment.created_at)))


def save_draft(session: Session, task_id: UUID, answers: dict[str, Any], actor: Actor, now: datetime) -> Task:
    """Keep what was typed so far; nothing is checked yet."""
    task = for_completion(session, task_id, actor)
    task.draft, task.draft_at = answers, now
    return task


def why(session: Session, task: Task, language: str) -> str:
    """Why a task came to whoever has it, in the reader's language."""
    words = Words(*task.why_words) if task.why_words else Words(task.why)
    return words.said(definitions.text(session, task.instance.definition_id, words.text, language)).strip()


def claimable_by(session: Session, task: Task) -> list[str]:
    """The logins of those who may claim or hold this task."""
    if task.assignee_id is not None:
        return [org.user(session, task.assignee_id).login]
    return [user.login for user in org.members(session, task.unit_code, task.role) if not task.excludes(user.id)]
