"""What people do to a running process by hand: move a token, stop, go on, end."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import access, definitions, incidents, instances, journal, work_items, workorders
from bpm.access import Actor
from bpm.engine import commands as c
from bpm.engine import moves
from bpm.errors import N_, ConflictError
from bpm.models.incident import Incident
from bpm.models.instance import Instance
from bpm.models.message import Subscription
from bpm.models.task import OPEN, Task
from bpm.models.work_item import WorkItem
from bpm.recording import Doing
from bpm.running import look, require_running


class NotHereError(ConflictError):
    """The process does not stand at that element."""

    code = "not-here"
    sentence = N_("The process does not stand at {element} now.")


class UnknownElementError(ConflictError):
    """The diagram has no such element."""

    code = "unknown-element"
    sentence = N_("There is no step {element} in this process.")


def move(session: Session, instance_id: UUID, source: str, target: str, actor: Actor, now: datetime) -> Instance:
    """Take the token from one step to another by hand. Raises ForbiddenError, NotHereError, UnknownElementError."""
    access.require(actor, "ADMIN")
    instance = instances.get(session, instance_id, actor, for_update=True)
    token_id = _token_at(session, instance, source)
    if token_id is None:
        raise NotHereError(element=source)
    if target not in definitions.engine_definition(session, instance.definition_id).names:
        raise UnknownElementError(element=target)
    instances.apply(session, instance, c.Move(token_id, target), Doing(actor, now))
    journal.note(session, instance, "moved", actor.login, now, target, source=source)
    return instance


def ways(session: Session, instance: Instance, elements: Iterable[str]) -> dict[str, list[str]]:
    """Where a token could be moved to, by the element at which it stands: all that ``move`` takes, and nothing that it refuses."""
    if instance.ended_at is not None or instance.is_stopped:
        return {}
    tokens = {element: token for element in elements if (token := _token_at(session, instance, element)) is not None}
    found = look(session, instance, lambda process: {element: process.targets(token) for element, token in tokens.items()})
    return {element: targets for element, targets in found.items() if targets}


def _token_at(session: Session, instance: Instance, element_id: str) -> str | None:
    """The token that stands at an element: a task's, an incident's, a message's, a call's, a timer's or a join's."""
    task = select(Task.token_id).where(Task.instance_id == instance.id, Task.element_id == element_id, Task.status.in_(OPEN))
    incident = select(Incident.token_id).where(
        Incident.instance_id == instance.id, Incident.element_id == element_id, Incident.state == "open"
    )
    message = select(Subscription.token_id).where(Subscription.instance_id == instance.id, Subscription.element_id == element_id)
    for query in (task, incident, message):
        if (token := session.scalars(query).first()) is not None:
            return token
    items = session.scalars(
        select(WorkItem).where(
            WorkItem.instance_id == instance.id, WorkItem.kind.in_(("call", "timer")), WorkItem.state.in_(("waiting", "failed"))
        )
    )
    token_id = next((item.payload["token_id"] for item in items if item.payload["element_id"] == element_id), None)
    return token_id or next(iter(look(session, instance, lambda process: moves.waiting(process.flow)).get(element_id, ())), None)


def cancel(session: Session, instance_id: UUID, actor: Actor, now: datetime) -> Instance:
    """End an instance now; its tasks, timers and calls are taken back, and its order is closed.

    CLOSED, of the states that close: an operator cannot say that the customer took it back, or that it is not ours.
    """
    access.require(actor, "ADMIN")
    instance = instances.get(session, instance_id, actor, for_update=True)
    if instance.is_stopped:
        _go_on(session, instance)
    instances.apply(session, instance, c.Cancel(), Doing(actor, now))
    order = workorders.of_instance(session, instance)
    if order is not None and order.state not in workorders.CLOSED_STATES:
        workorders.enter_state(session, order, "CLOSED", now)
        journal.note(session, instance, "state", actor.login, now, state="CLOSED")
    return instance


def suspend(session: Session, instance_id: UUID, actor: Actor, now: datetime) -> Instance:
    """An operator's stop: nothing moves until ``resume``; no clock is paused."""
    access.require(actor, "ADMIN")
    instance = instances.get(session, instance_id, actor, for_update=True)
    require_running(instance)
    instance.status = "suspended"
    work_items.hold_all(session, instance.id)
    journal.note(session, instance, "suspended", actor.login, now, None)
    return instance


def resume(session: Session, instance_id: UUID, actor: Actor, now: datetime) -> Instance:
    """Let a stopped instance go on; what fell due meanwhile happens at once."""
    access.require(actor, "ADMIN")
    instance = instances.get(session, instance_id, actor, for_update=True)
    if not instance.is_stopped:
        raise ConflictError
    _go_on(session, instance)
    journal.note(session, instance, "resumed", actor.login, now, None)
    return instance


def _go_on(session: Session, instance: Instance) -> None:
    instance.status = "incident"
    incidents.settle_status(session, instance)
    work_items.release_all(session, instance.id)
