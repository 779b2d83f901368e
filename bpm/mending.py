"""What is to happen with a step that failed: it is tried again, passed over, or given its result by hand. Each leads on."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import access, incidents, instances, journal, limits, messages, suspension, work_items
from bpm.access import Actor
from bpm.engine import commands as c
from bpm.engine import moves
from bpm.engine.faults import NotOpenError
from bpm.errors import N_, ConflictError
from bpm.incidents import WayOut
from bpm.messages import Message
from bpm.models.incident import Incident
from bpm.models.instance import Instance
from bpm.models.task import Task
from bpm.models.work_item import WorkItem
from bpm.recording import Doing
from bpm.running import lock, look, require_running


class NoWayOutError(ConflictError):
    """What failed cannot be dealt with in this way."""

    code = "no-way-out"
    sentence = N_("This incident cannot be dealt with in this way ({way}). Possible here: {ways}.")


class StillFailingError(ConflictError):
    """What a person said has not helped; nothing was changed."""

    code = "still-failing"
    sentence = N_("That does not help yet: the step fails again. Nothing was changed.")


def retry_incident(session: Session, incident_id: UUID, actor: Actor, now: datetime) -> Incident:
    """Try a failed step again; one that fails once more stands as before. Raises what ``resolve_incident`` raises."""
    incident, instance, item = _taken(session, incident_id, "retry", actor)
    if item is not None:
        work_items.enqueue(session, item.kind, item.key, item.payload, now, now, instance.id)
        incidents.close_one(session, incident, instance, actor.login, "retried", now)
    elif incident.token_id is not None:
        instances.apply(session, instance, c.Retry(incident.token_id), Doing(actor, now))
    journal.note(session, instance, "incident-retried", actor.login, now, incident.element_id)
    return incident


def retry_all(session: Session, incident_ids: Iterable[UUID], actor: Actor, now: datetime) -> int:
    """Try several failed steps again, in the order in which everybody locks several instances. Returns how many are tried.

    What somebody has dealt with meanwhile, or has stopped, is left out. Raises ForbiddenError.
    """
    access.require(actor, *incidents.MENDERS)
    known = select(Incident.id).where(Incident.id.in_(list(incident_ids))).order_by(Incident.instance_id, Incident.id)
    tried = 0
    for incident_id in session.scalars(known).all():
        with suppress(ConflictError):
            retry_incident(session, incident_id, actor, now)
            tried += 1
    return tried


def resolve_incident(
    session: Session, incident_id: UUID, action: str, result: dict[str, Any] | None, actor: Actor, now: datetime
) -> Incident:
    """Pass over a failed step (``skip``), or give by hand what it should have brought (``result``: variables).

    Raises NotFoundError, IncidentClosedError, NoWayOutError, StillFailingError, InstanceSuspendedError.
    """
    way: WayOut = "result" if action == "result" else "skip"
    incident, instance, item = _taken(session, incident_id, way, actor)
    doing = Doing(actor, now)
    if item is not None:
        work_items.finish(item, now)
        _settle_work(session, instance, item, result or {}, doing)
    elif incident.work_item_id is None:
        _settle_step(session, instance, incident, way, result or {}, doing)
        session.refresh(incident)
        if incident.state == "open":
            raise StillFailingError(problem=incident.message)
    how = "result" if way == "result" else "skipped"
    incidents.close_one(session, incident, instance, actor.login, how, now)
    journal.note(session, instance, f"incident-{how}", actor.login, now, incident.element_id, result=result)
    return incident


def _taken(session: Session, incident_id: UUID, way: WayOut, actor: Actor) -> tuple[Incident, Instance, WorkItem | None]:
    """The incident, read anew with its instance held, and the work that failed, where it was any."""
    instance = lock(session, incidents.get(session, incident_id, actor).instance_id)
    incident = incidents.get(session, incident_id, actor)
    if instance.ended_at is None:  # what outlives its instance waits for nobody's resuming
        require_running(instance)
    ways = incidents.ways_out(incident)
    if way not in ways:
        raise NoWayOutError(way=way, ways=", ".join(sorted(ways)))
    return incident, instance, session.get(WorkItem, incident.work_item_id) if incident.work_item_id else None


def _settle_step(session: Session, instance: Instance, incident: Incident, way: WayOut, result: dict[str, Any], doing: Doing) -> None:
    """A step is taken as done. A gateway has to choose, and an attached event is none on the way: given variables, they are tried again."""
    if incident.token_id is None:
        _set_going(session, instance, incident, way, result, doing)
    elif way == "result" and incidents.kind_of(incident) in ("gateway", "attached"):
        instances.apply(session, instance, c.SetData(result), doing)
        instances.apply(session, instance, c.Retry(incident.token_id), doing)
    else:
        instances.apply(session, instance, c.Skip(incident.token_id, result), doing)


def _set_going(session: Session, instance: Instance, incident: Incident, way: WayOut, result: dict[str, Any], doing: Doing) -> None:
    """A process that waits for itself: its join goes on with what has come, or a condition holds with what is given."""
    if way == "result":
        instances.apply(session, instance, c.SetData(result), doing)
        return
    element = incident.element_id or ""
    for token_id in look(session, instance, lambda process: moves.waiting(process.flow)).get(element, ()):
        _apply(session, instance, doing, c.Move(token_id, element))  # those that have come to the same join are one with the first


def _settle_work(session: Session, instance: Instance, item: WorkItem, result: dict[str, Any], doing: Doing) -> None:
    """Go on as if the work had been done, with ``result`` for what it should have brought.

    Whom a rung should have told, and whom a notice, is not told.
    """
    match item.kind:
        case "timer":
            _apply(session, instance, doing, c.FireTimer(item.payload["token_id"], item.payload["element_id"]))
        case "call":
            token_id = item.payload["token_id"]
            _apply(session, instance, doing, c.FailCall(token_id, item.last_error or ""), c.Skip(token_id, result))
        case "deliver":
            _apply(session, instance, doing, *_message(session, item, result))
        case "rung":
            task = session.get(Task, UUID(item.payload["task_id"]))
            if task is not None:
                limits.pass_rung(session, task, item.payload["rung"], doing.now)
        case "wake":
            suspension.wake(session, item, doing.now)
        case _:
            pass


def _message(session: Session, item: WorkItem, content: dict[str, Any]) -> list[c.Command]:
    """What wakes the step of this instance that waits for the message, with this content."""
    if "signal" in item.payload:
        return [c.Signal(item.payload["signal"], content)]
    known = Message(**item.payload)
    keys = {"correlation": known.correlation, "business_key": known.business_key}
    waiting = messages.awaiting(session, "message", known.name, **keys, instance_id=item.instance_id)
    return [c.Deliver(each.name, each.correlation, content, each.token_id) for each in waiting[:1]]


def _apply(session: Session, instance: Instance, doing: Doing, *commands: c.Command) -> None:
    """Carry out commands, unless the process has gone on without them."""
    try:
        for command in commands:
            instances.apply(session, instance, command, doing)
    except NotOpenError:
        return
