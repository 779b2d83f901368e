"""What an agent sees at once when a customer calls: who he is, what is open, what was before, what may be settled on the spot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bpm import customers, decisions, definitions, workorders
from bpm.access import Actor
from bpm.engine.faults import StepError
from bpm.models.work_order import WorkOrder
from bpm.workorders import CLOSED_STATES

RECENT = timedelta(days=90)
_MOST = 20_000
"""Yuan; nobody settles more than this on the spot."""

_ORDER_TYPE = "COMPLAINT"


@dataclass(frozen=True, slots=True)
class Panel:
    """A customer as billing tells of him now (``fresh``), or as it last did; ``known`` says whether anybody does.

    ``elsewhere``: how many open orders of his the actor may not see.
    """

    number: str
    known: bool
    fresh: bool
    name: str | None
    grade: str | None
    kam: str | None
    snapshot: Mapping[str, Any]
    open_orders: list[WorkOrder]
    earlier: list[WorkOrder]
    elsewhere: int


def of_number(session: Session, number: str, found: Mapping[str, Any] | None, actor: Actor, now: datetime) -> Panel:
    """Put together what is known of a number. ``found`` is billing's answer of this moment, None where it gave none."""
    kept = customers.find(session, number)
    snapshot: Mapping[str, Any] = found or (kept.snapshot if kept else {})
    orders = workorders.history(session, actor, number)
    return Panel(
        number=number,
        known=bool(snapshot),
        fresh=found is not None,
        name=snapshot.get("name"),
        grade=(_grade(session, found) if found else None) or (kept.grade if kept else None),
        kam=snapshot.get("kam"),
        snapshot=snapshot,
        open_orders=[order for order in orders if order.state not in CLOSED_STATES],
        earlier=[order for order in orders if order.state in CLOSED_STATES and now - order.created_at < RECENT],
        elsewhere=workorders.open_elsewhere(session, actor, number),
    )


def _grade(session: Session, snapshot: Mapping[str, Any]) -> str | None:
    """What the table that the process names for ``grade`` says of this customer (reference processes, D1)."""
    found = _asked(session, "grade", {**snapshot, "customer": dict(snapshot)})
    grade = found.get("grade") if isinstance(found, Mapping) else found
    return grade if isinstance(grade, str) else None


def authority(session: Session, roles: Iterable[str], grade: str | None) -> int:
    """The largest sum, in whole yuan, that one of these roles may settle at once for a customer of this grade (reference processes, D6)."""
    return max((_largest(session, role, grade or "ORDINARY") for role in roles), default=0)


def _largest(session: Session, role: str, grade: str) -> int:
    """Found by halving: what may be settled may be settled for less."""
    least, most = 0, _MOST
    while least < most:
        middle = (least + most + 1) // 2
        found = _asked(session, "authority", {"role": role, "grade": grade, "amount": middle})
        may = found.get("may_settle") if isinstance(found, Mapping) else found
        least, most = (middle, most) if may is True else (least, middle - 1)
    return least


def _asked(session: Session, purpose: str, facts: dict[str, Any]) -> Any:
    """What a table of the complaints' process says; None where it names none, or the table cannot be asked."""
    try:
        definition = definitions.for_order_type(session, _ORDER_TYPE)
    except definitions.NoProcessForTypeError:
        return None
    try:
        return decisions.ask(session, definition.id, purpose, facts)
    except StepError:
        return None
