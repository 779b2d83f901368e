"""The decision tables that a process names for a purpose (``decisions`` in process.json), and what they are asked of an order."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bpm import calendars, definitions
from bpm.errors import NotFoundError
from bpm.models.instance import Instance
from bpm.models.work_order import WorkOrder

COLUMNS = (
    "type",
    "channel",
    "state",
    "city",
    "class_code",
    "level",
    "grade",
    "escalation_tier",
    "urge_count",
    "reopen_count",
    "return_count",
    "customer_number",
    "suspend_reason",
    "satisfaction",
    "result",
)
"""What of an order a table may ask."""


def ask(session: Session, definition_id: UUID, purpose: str, facts: dict[str, Any]) -> Any:
    """What a version's table for a purpose (``pause``, ``reopen`` ...) says of these facts; None where it names none.

    Raises DecisionError, ExpressionError.
    """
    table = definitions.settings_of(session, definition_id).decisions.get(purpose)
    return definitions.engine_definition(session, definition_id).decide(table, facts).result if table is not None else None


def ask_about(session: Session, order: WorkOrder, purpose: str, now: datetime | None, **facts: Any) -> Any:
    """What the table of the order's process says, asked about ``facts_of`` the order and ``facts``. Answers and raises as ``ask``."""
    definition_id = _version(session, order)
    return ask(session, definition_id, purpose, {**facts_of(session, order, now), **facts}) if definition_id is not None else None


def facts_of(session: Session, order: WorkOrder, now: datetime | None) -> dict[str, Any]:
    """An order's columns and its customer's snapshot. ``minutes_to_due`` are working minutes, and null while the order is on hold."""
    left = None
    if now is not None and order.due_at is not None and order.paused_at is None:
        left = calendars.get(session, order.calendar).minutes_between(now, order.due_at)
    columns = {name: getattr(order, name) for name in COLUMNS}
    return {**(order.customer or {}), **columns, "minutes_to_due": left}


def _version(session: Session, order: WorkOrder) -> UUID | None:
    """The version that the order's process runs on; before it has started, the one that it will start with."""
    if order.instance_id is not None:
        return session.get_one(Instance, order.instance_id).definition_id
    try:
        return definitions.latest(session, order.definition_key).id
    except NotFoundError:
        return None
