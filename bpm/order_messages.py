"""The messages by which an order's process hears what people do (``messages`` in process.json): ``urged``, ``suspended`` and others."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bpm import definitions, instances, messages, workorders
from bpm.access import Actor
from bpm.models.work_order import WorkOrder


def awaited(session: Session, order: WorkOrder, what: str) -> str | None:
    """The name of the message that the process has for this, if a step of the order waits for it now."""
    instance = workorders.instance_of(session, order)
    name = definitions.settings_of(session, instance.definition_id).messages.get(what) if instance is not None else None
    return name if name and messages.awaiting(session, "message", name, business_key=order.number) else None


def deliver(session: Session, order: WorkOrder, what: str, payload: dict[str, Any], actor: Actor, now: datetime) -> bool:
    """Tell the order's process. Tells whether a step waited for it: else it is not kept, for by the time one did it would be old news."""
    session.flush()
    name = awaited(session, order, what)
    if name is None:
        return False
    everything = {"current_user": _who_has_it(session, order), "current_unit": order.current_unit, **payload}
    return bool(instances.deliver(session, name, order.number, everything, now, business_key=order.number, actor=actor))


def _who_has_it(session: Session, order: WorkOrder) -> str | None:
    """Whom a drawn notice reaches about this order now: a login, or role@unit while nobody has taken the newest step."""
    tasks = workorders.open_tasks(session, order)
    if not tasks:
        return order.current_user
    newest = tasks[-1]
    return newest.assignee.login if newest.assignee else f"{newest.role}@{newest.unit_code}"
