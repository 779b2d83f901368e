"""Steps that failed: they stand on the diagram with a sentence until a person says what is to happen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from bpm import access, definitions, work_items
from bpm.access import Actor
from bpm.engine.facts import StepFailed, Stuck
from bpm.errors import N_, BatonError, ConflictError, NotFoundError
from bpm.models.ids import row_id
from bpm.models.incident import Incident
from bpm.models.instance import Instance
from bpm.models.work_item import WorkItem
from bpm.models.work_order import WorkOrder
from bpm.paging import Page, cursor_of, newest_first
from bpm.running import lock

OWN_FAULT = N_("Baton could not do this because of a fault of its own. Its log says which.")
_STUCK = "stuck"
WayOut = Literal["retry", "skip", "result"]
MENDERS = ("ADMIN", "CS_MANAGER", "ANALYST")
"""Who sees all incidents, and says what is to happen."""


class IncidentClosedError(ConflictError):
    """Somebody has dealt with it already."""

    code = "incident-resolved"
    sentence = N_("This fault has been dealt with already.")


@dataclass(frozen=True, slots=True)
class Case:
    """Where a step failed. ``number`` is that of the work order, where there is one that the actor may open."""

    instance: Instance
    number: str | None


def of_step(session: Session, instance: Instance, fact: StepFailed, said: dict[str, str] | None, now: datetime) -> None:
    """A step of the drawing could not be carried out. ``said``: what a connector told, by language."""
    place = fact.place
    facts = {"text": fact.text, "facts": fact.facts, "said": said or {}, "kind": fact.kind}
    standing = session.scalar(select(Incident).where(*_open(instance), Incident.token_id == place.token_id))
    if standing is not None:
        standing.code, standing.message, standing.facts = fact.code, fact.message, facts
        return
    _stand(
        session,
        instance,
        now,
        kind="step",
        code=fact.code,
        message=fact.message,
        facts=facts,
        name=place.name,
        token_id=place.token_id,
        element_id=place.element_id,
    )


def of_deadlock(session: Session, instance: Instance, fact: Stuck, now: datetime) -> None:
    """Nothing can happen any more in this instance: the drawing waits for itself."""
    element = fact.element_ids[0] if fact.element_ids else None
    here = Incident.element_id == element if element else Incident.element_id.is_(None)
    if session.scalar(select(Incident.id).where(*_stuck(instance), here)) is not None:
        return
    text = N_("The process waits for itself: no step is open and it has not ended.")
    facts: dict[str, Any] = {"text": text, "facts": {}, "said": {}}
    name = _name(session, instance, element)
    _stand(session, instance, now, kind="step", code=_STUCK, message=text, facts=facts, name=name, element_id=element)


def of_work(session: Session, item: WorkItem, error: BatonError | None, said: dict[str, str], now: datetime) -> None:
    """A work item has failed for good: it is shown at its instance, unless that has ended and the work meant nothing without it.

    ``error``: of ours, else a fault of Baton itself. ``said``: a connector's words by language.
    """
    instance_id = instance_of(session, item)
    instance = lock(session, instance_id) if instance_id is not None else None
    if instance is None or (instance.ended_at is not None and item.kind in work_items.OF_INSTANCE):
        return
    text = OWN_FAULT if error is None else error.sentence
    facts = {name: value if isinstance(value, int | float) else str(value) for name, value in (error.facts if error else {}).items()}
    element = item.payload.get("element_id")
    message = said.get("en") or text.format(**facts)
    _stand(
        session,
        instance,
        now,
        kind="work",
        code=f"{item.kind}-failed",
        message=message,
        facts={"text": None if said else text, "facts": facts, "said": said},
        name=_name(session, instance, element),
        element_id=element,
        work_item_id=item.id,
    )


def _stand(session: Session, instance: Instance, now: datetime, **columns: Any) -> None:
    """Let an incident stand at its instance. One that an operator has stopped stays so: whoever resumes it looks for incidents."""
    session.add(Incident(id=row_id(), instance_id=instance.id, created_at=now, state="open", **columns))
    if not instance.is_stopped and instance.ended_at is None:
        instance.status = "incident"


def _name(session: Session, instance: Instance, element_id: str | None) -> str:
    """What people call the step of an element; where it has no name, or the drawing cannot be built any more, the process."""
    version = definitions.get(session, instance.definition_id)
    try:
        names = definitions.engine_definition(session, version.id).names
    except BatonError:
        return version.name
    return names.get(element_id or "") or version.name


def kind_of(incident: Incident) -> str:
    """What has failed: a step, a gateway, an attached event; the whole instance (``stuck``); or the kind of a work item."""
    if incident.work_item_id is not None:
        return incident.code.removesuffix("-failed")
    return str(incident.facts.get("kind", "step")) if incident.token_id is not None else "stuck"


def ways_out(incident: Incident) -> frozenset[WayOut]:
    """What can be done about an incident: each of them leads on."""
    match kind_of(incident):
        case "step" | "attached" | "call" | "deliver":
            return frozenset({"retry", "skip", "result"})
        case "gateway":
            return frozenset({"retry", "result"})
        case "stuck":
            return frozenset({"skip"} if incident.element_id else {"result"})  # a join can go on; a condition needs values
        case _:
            return frozenset({"retry", "skip"})


def told(message: str, text: str | None, kept: Mapping[str, Any], translate: Callable[[str], str], language: str) -> str:
    """What went wrong, in a language: our ``text`` with the ``facts`` that are kept, or what a connector ``said``; else the message."""
    outside = (kept.get("said") or {}).get(language)
    if not text:
        return outside or message
    return translate(text).format(**{**(kept.get("facts") or {}), **({"problem": outside} if outside else {})})


def instance_of(session: Session, item: WorkItem) -> UUID | None:
    """The instance at which a work item's failure is to be seen: its own, that of its order, or whoever threw the message."""
    if item.instance_id is None and "order_id" in item.payload:
        return session.scalar(select(WorkOrder.instance_id).where(WorkOrder.id == UUID(item.payload["order_id"])))
    return UUID(item.payload["sender"]) if "sender" in item.payload else item.instance_id


def close(session: Session, instance: Instance, token_id: str, actor: str, how: str, now: datetime) -> None:
    """The incidents of this token are over."""
    over = update(Incident).where(*_open(instance), Incident.token_id == token_id)
    session.execute(over.values(state="resolved", resolved_at=now, resolved_by=actor, how=how))
    settle_status(session, instance)


def close_one(session: Session, incident: Incident, instance: Instance, actor: str, how: str, now: datetime) -> None:
    """This incident is over."""
    incident.state, incident.resolved_at, incident.resolved_by, incident.how = "resolved", now, actor, how
    session.flush()
    settle_status(session, instance)


def clear(session: Session, instance: Instance, actor: str, now: datetime, *, stuck: Sequence[str | None]) -> None:
    """Close what a command has made pointless: a deadlock that is none any more (``stuck``: where there still is one), and failed work
    that nobody waits for any more.
    """
    over = list(session.scalars(select(Incident).where(*_stuck(instance))))
    over = [each for each in over if each.element_id not in stuck]
    needless = select(Incident).join(WorkItem, WorkItem.id == Incident.work_item_id)
    needless = needless.where(*_open(instance), WorkItem.state.in_(("cancelled", "done")))
    for incident in [*over, *session.scalars(needless)]:
        close_one(session, incident, instance, actor, "cancelled", now)


def _stuck(instance: Instance) -> tuple[ColumnElement[bool], ...]:
    return *_open(instance), Incident.code == _STUCK, Incident.work_item_id.is_(None)


def _open(instance: Instance) -> tuple[ColumnElement[bool], ...]:
    return Incident.instance_id == instance.id, Incident.state == "open"


def close_all(session: Session, instance: Instance, actor: str, now: datetime) -> None:
    """The instance has ended, and its incidents with it; what is to be told to others outlives it."""
    needless = Incident.work_item_id.in_(select(WorkItem.id).where(WorkItem.kind.in_(work_items.OF_INSTANCE)))
    over = update(Incident).where(*_open(instance), Incident.work_item_id.is_(None) | needless)
    session.execute(over.values(state="resolved", resolved_at=now, resolved_by=actor, how="cancelled"))


def settle_status(session: Session, instance: Instance) -> None:
    """An instance without open incidents runs again."""
    if instance.status == "incident" and not session.scalar(select(exists().where(*_open(instance)))):
        instance.status = "running"


def get(session: Session, incident_id: UUID, actor: Actor) -> Incident:
    """Read an incident anew that is still open. Raises NotFoundError, IncidentClosedError."""
    access.require(actor, *MENDERS)
    incident = session.get(Incident, incident_id, populate_existing=True)
    if incident is None:
        raise NotFoundError
    if incident.state != "open":
        raise IncidentClosedError
    return incident


def of_instance(session: Session, instance_id: UUID) -> list[Incident]:
    """The open incidents of an instance, oldest first."""
    query = select(Incident).where(Incident.instance_id == instance_id, Incident.state == "open").order_by(Incident.created_at)
    return list(session.scalars(query))


def cases(session: Session, found: Sequence[Incident], actor: Actor) -> dict[UUID, Case]:
    """The cases in which these incidents stand, by the id of their instance."""
    order = (WorkOrder.instance_id == Instance.id) & access.visible_orders(actor)
    query = select(Instance, WorkOrder.number).outerjoin(WorkOrder, order)
    rows = session.execute(query.where(Instance.id.in_({each.instance_id for each in found}))).all()
    return {instance.id: Case(instance, number) for instance, number in rows}


def page(
    session: Session,
    actor: Actor,
    *,
    state: str | None = "open",
    instance_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Incident]:
    """List incidents, newest first."""
    access.require(actor, *MENDERS)
    query = newest_first(select(Incident), Incident, cursor, limit)
    if state:
        query = query.where(Incident.state == state)
    if instance_id:
        query = query.where(Incident.instance_id == instance_id)
    return Page.of(session.scalars(query).all(), limit, lambda row: cursor_of(row.created_at, row.id))
