"""The commands on a running process: lock, step, record its facts."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import (
    access,
    assigning,
    contacts,
    definitions,
    evaluations,
    forms,
    inbox,
    incidents,
    journal,
    messages,
    queues,
    work_items,
    workorders,
)
from bpm.access import SYSTEM, Actor
from bpm.engine import commands as c
from bpm.engine.facts import Stuck, is_way_back
from bpm.engine.process import NotOpenError
from bpm.errors import NotFoundError
from bpm.messages import Message
from bpm.models import rows
from bpm.models.ids import row_id
from bpm.models.instance import Instance
from bpm.models.message import Subscription
from bpm.models.task import Task
from bpm.models.work_order import WorkOrder
from bpm.paging import Page, cursor_of, newest_first
from bpm.recording import Doing, record
from bpm.running import lock, lock_of_task, look, new, require_running, running


def start(
    session: Session,
    key: str,
    variables: dict[str, Any],
    actor: Actor,
    now: datetime,
    *,
    business_key: str | None = None,
    element_id: str | None = None,
    order: WorkOrder | None = None,
) -> Instance:
    """Start the published version of a process and run it to its first wait. Raises NotFoundError."""
    definition = definitions.latest(session, key)
    instance = rows.new(
        Instance,
        id=row_id(),
        definition_id=definition.id,
        definition_key=definition.key,
        definition_version=definition.version,
        business_key=order.number if order else business_key,
        status="running",
        state=b"",
        stamp=uuid4(),
        active=[],
        journal_seq=0,
        journal_hash="",
        started_by=actor.login,
        created_at=now,
    )
    rows.add(session, instance)
    if order is not None:
        session.flush()
        order.instance_id = instance.id
        session.flush()
    journal.note(session, instance, "started", actor.login, now, None, version=definition.version)
    with running(session, instance, new(session, instance)) as process:
        happened = process.apply(c.Start(variables, element_id), now)
        record(session, instance, process, happened, Doing(actor, now))
    return instance


def apply(session: Session, instance: Instance, command: c.Command, doing: Doing) -> None:
    """Carry out one command on a locked instance. Raises NotOpenError before anything has changed."""
    require_running(instance)
    with running(session, instance) as process:
        happened = process.apply(command, doing.now)
        record(session, instance, process, happened, doing)
    if instance.status == "incident":
        stuck = [element for fact in happened if isinstance(fact, Stuck) for element in (fact.element_ids or (None,))]
        incidents.clear(session, instance, doing.actor.login, doing.now, stuck=stuck)


def complete_task(session: Session, task_id: UUID, answers: Mapping[str, Any], actor: Actor, now: datetime) -> Task:
    """Hand a person's answers to the process and move it on; the answers of the drawn way back send it back.

    Raises AnswersError and what ``inbox.for_completion`` raises.
    """
    instance = lock_of_task(session, task_id)
    task = inbox.for_completion(session, task_id, actor)
    form = form_of(session, task, actor.language)
    checked = dict(answers) if form is None else forms.check(form, answers)
    if form is not None and task.order is not None and actor.user_id is not None:
        evaluations.record(session, task.order, task, form, checked, actor.user_id, now)
        evaluations.note_rating(session, task.order, form, checked, now)
    command = c.CompleteTask(task.token_id, checked)
    if is_way_back(task.way_back, checked):
        _send_back(session, instance, task, command, checked, actor, now)
    else:
        apply(session, instance, command, Doing(actor, now, task.token_id))
    return task


def form_of(session: Session, task: Task, language: str) -> forms.Form | None:
    """The form of a task, with its choices and defaults filled in; None where the drawing names none."""
    if task.form is None:
        return None
    city = assigning.city_of(session, task.order, task.instance.started_by)
    definition_id = task.instance.definition_id
    read_only = definitions.engine_definition(session, definition_id).read_only(task.process_id, task.element_id)
    return forms.resolved(session, definition_id, task.form, task_data(session, task), language=language, city=city, read_only=read_only)


def return_task(session: Session, task_id: UUID, reason: str, note: str, actor: Actor, now: datetime) -> Task:
    """Send the work back: the drawn way where there is one, else to the step before."""
    instance = lock_of_task(session, task_id)
    task = inbox.for_completion(session, task_id, actor)
    why = {"return_reason": reason, "return_note": note}
    if task.way_back:
        command: c.Command = c.CompleteTask(task.token_id, {**task.way_back, **why})
    else:
        command = c.SendBack(task.token_id, None, why)
    _send_back(session, instance, task, command, why, actor, now)
    return task


def _send_back(
    session: Session, instance: Instance, task: Task, command: c.Command, why: Mapping[str, Any], actor: Actor, now: datetime
) -> None:
    """A return is one, whether somebody pressed "return" or chose the drawn way back in the form. Its words stay with the order."""
    reason, note = (str(why.get(name) or "") for name in ("return_reason", "return_note"))
    if task.order is not None:
        task.order.return_count += 1
        if note.strip():
            contacts.note(session, task.order, note, actor, now)
    apply(session, instance, command, Doing(actor, now, task.token_id, "returned", reason or None))


def deliver(
    session: Session,
    name: str,
    correlation: Any,
    payload: dict[str, Any],
    now: datetime,
    *,
    business_key: str | None = None,
    message_id: str | None = None,
    actor: Actor = SYSTEM,
) -> list[Instance]:
    """Hand a message to whoever awaits it, one receiver an instance; else start what it starts; else keep it for its time to live.

    The same ``message_id`` again changes nothing and answers the same.
    """
    if message_id is not None and (before := messages.seen(session, message_id, now)) is not None:
        return list(session.scalars(select(Instance).where(Instance.id.in_(before))))
    message = Message(name, messages.correlation_text(correlation), payload, business_key)
    find = partial(messages.awaiting, session, "message", name, correlation=message.correlation, business_key=business_key)
    waiting = find()
    found = _hand_out(session, waiting, message, actor, now) or _start_by(session, "message", name, payload, business_key, actor, now)
    if not found:
        messages.hold_waiting(session)
        tried = {subscription.id for subscription in waiting}
        found = [_deliver_later(session, late, message, now) for late in find() if late.id not in tried]
    if not found:
        messages.keep(session, message, now)
    if message_id is not None:
        messages.remember(session, message_id, found)
    return found


def deliver_to(session: Session, instance_id: UUID, message: Message, now: datetime) -> None:
    """Hand a message that had to wait to the instance that it is for, and to no other.

    Where nobody there waits any more, it is kept if it has a key, and if it was kept before.
    """
    keys = {"correlation": message.correlation, "business_key": message.business_key}
    waiting = messages.awaiting(session, "message", message.name, **keys, instance_id=instance_id)
    if not _hand_out(session, waiting, message, SYSTEM, now) and (message.kept or any(keys.values())):
        messages.keep(session, message, now)


def _hand_out(session: Session, waiting: list[Subscription], message: Message, actor: Actor, now: datetime) -> list[Instance]:
    reached: dict[UUID, Instance] = {}
    for subscription in waiting:
        if subscription.instance_id not in reached:
            instance = _deliver_one(session, subscription, message, actor, now)
            if instance is not None:
                reached[instance.id] = instance
    return list(reached.values())


def _deliver_one(session: Session, subscription: Subscription, message: Message, actor: Actor, now: datetime) -> Instance | None:
    instance = lock(session, subscription.instance_id)
    if instance.is_stopped:
        _deliver_later(session, subscription, message, now)
        work_items.hold_all(session, instance.id)
        return instance
    command = c.Deliver(subscription.name, subscription.correlation, message.payload, subscription.token_id)
    try:
        apply(session, instance, command, Doing(actor, now))
    except NotOpenError:
        return None
    journal.note(session, instance, "message", actor.login, now, subscription.element_id, name=subscription.name)
    return instance


def _deliver_later(session: Session, subscription: Subscription, message: Message, now: datetime) -> Instance:
    """Hand a message to the instance of a step that waits, and to no other, in a unit of work of its own."""
    messages.post(session, message, now, subscription.instance_id)
    return session.get_one(Instance, subscription.instance_id)


def _start_by(
    session: Session, kind: str, name: str, payload: dict[str, Any], business_key: str | None, actor: Actor, now: datetime
) -> list[Instance]:
    return [
        start(session, key, payload, actor, now, business_key=business_key, element_id=element_id)
        for key, element_id in definitions.started_by(session, kind, name)
    ]


def signal(session: Session, name: str, payload: dict[str, Any], now: datetime, *, sender: UUID | None = None) -> None:
    """Hand a signal to every instance that waits for it, in the order in which everybody locks several, and start what it starts.

    ``sender``: the instance that threw it, whose own steps have had it already.
    """
    for instance_id in sorted({s.instance_id for s in messages.awaiting(session, "signal", name)} - {sender}):
        signal_to(session, instance_id, name, payload, now)
    _start_by(session, "signal", name, payload, None, SYSTEM, now)


def signal_to(session: Session, instance_id: UUID, name: str, payload: dict[str, Any], now: datetime) -> None:
    """Hand a signal to one instance; one that an operator has stopped gets it when it goes on."""
    instance = lock(session, instance_id)
    if instance.is_stopped:
        messages.post_signal(session, name, payload, now, instance_id)
        work_items.hold_all(session, instance_id)
    elif instance.ended_at is None:
        apply(session, instance, c.Signal(name, payload), Doing(SYSTEM, now))


def escalate(session: Session, instance_id: UUID, token_id: str | None, code: str, payload: dict[str, Any], now: datetime) -> None:
    """Throw a BPMN escalation at an open step; where nothing is drawn to catch it, nothing happens."""
    instance = lock(session, instance_id)
    if instance.ended_at is None and not instance.is_stopped:
        apply(session, instance, c.Escalate(code, token_id, payload), Doing(SYSTEM, now))


def fire_timer(session: Session, instance_id: UUID, token_id: str, element_id: str, now: datetime) -> None:
    """Wake the process at a timer that is due; one that no longer counts is passed over."""
    instance = lock(session, instance_id)
    if instance.ended_at is None:
        try:
            apply(session, instance, c.FireTimer(token_id, element_id), Doing(SYSTEM, now))
        except NotOpenError:
            return


def finish_call(session: Session, instance_id: UUID, token_id: str, element_id: str, result: Any, now: datetime) -> None:
    """Hand a connector's answer to the process; one that no longer waits is left alone."""
    instance = lock(session, instance_id)
    if instance.ended_at is None:
        journal.note(session, instance, "call-finished", SYSTEM.login, now, element_id)
        apply(session, instance, c.FinishCall(token_id, result), Doing(SYSTEM, now))


def fail_call(
    session: Session, instance_id: UUID, token_id: str, element_id: str, said: dict[str, str], code: str | None, now: datetime
) -> None:
    """Tell the process that a connector has given up: the drawn error path, else an incident. ``said``: its words by language."""
    instance = lock(session, instance_id)
    if instance.ended_at is None:
        journal.note(session, instance, "call-failed", SYSTEM.login, now, element_id, message=said["en"], said=said, code=code)
        apply(session, instance, c.FailCall(token_id, said["en"], code), Doing(SYSTEM, now, said=said))


def get(session: Session, instance_id: UUID, actor: Actor, *, for_update: bool = False) -> Instance:
    """Read an instance that the actor may see; ``for_update`` holds it. Raises NotFoundError."""
    instance = lock(session, instance_id) if for_update else rows.known(session, Instance, instance_id)
    if instance is None:
        raise NotFoundError
    order = workorders.of_instance(session, instance)
    if order is not None:
        allowed = access.may_see_order(session, actor, order)
    else:
        allowed = actor.sees_all or instance.started_by == actor.login or bool(queues.following(session, actor, instance.id))
    if not allowed:
        raise NotFoundError
    return instance


def page(
    session: Session,
    actor: Actor,
    *,
    definition_key: str | None = None,
    status: str | None = None,
    business_key: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Instance]:
    """List instances, newest first; for those who see all, else one's own."""
    query = newest_first(select(Instance), Instance, cursor, limit)
    if not (actor.sees_all or "ANALYST" in actor.roles):
        query = query.where(Instance.started_by == actor.login)
    for column, value in (
        (Instance.definition_key, definition_key),
        (Instance.status, status),
        (Instance.business_key, business_key),
    ):
        if value:
            query = query.where(column == value)
    return Page.of(session.scalars(query).all(), limit, lambda row: cursor_of(row.created_at, row.id))


def variables(session: Session, instance: Instance) -> dict[str, Any]:
    """The variables of an instance as they stand now."""
    return look(session, instance, lambda process: process.variables)


def task_data(session: Session, task: Task) -> dict[str, Any]:
    """The variables that a task's token sees; those of its end for a task that is done."""
    token_id = task.token_id
    return look(session, task.instance, lambda process: process.data_of(token_id) if process.is_open(token_id) else process.variables)


def tasks_of(session: Session, instance: Instance) -> list[Task]:
    """All tasks of an instance and of what it calls, oldest first."""
    return list(session.scalars(select(Task).where(Task.instance_id == instance.id).order_by(Task.created_at)))


def next_tasks(session: Session, task: Task, actor: Actor) -> list[Task]:
    """The tasks of the same case that are now open for the actor."""
    session.flush()
    return [found for found in queues.following(session, actor, task.instance_id) if found.id != task.id]
