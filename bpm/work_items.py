"""Rows of what is to be done without a person; ``clockwork`` carries them out, in the order in which they fall due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, func, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bpm.models.database import after_commit
from bpm.models.ids import row_id
from bpm.models.instance import Instance
from bpm.models.prepared import one_of
from bpm.models.rows import Change, Rows
from bpm.models.work_item import WorkItem
from bpm.models.work_order import WorkOrder

LEASE = timedelta(minutes=2)
"""How long a worker may take before another takes its item over."""


class _Nudge:
    """Who is told that something is due at once: the driver of this process, if it has one."""

    tell: Callable[[], None] | None = None


def on_due(tell: Callable[[], None] | None) -> None:
    """Have ``tell`` called after each commit that asked for something that is due at once."""
    _Nudge.tell = tell


@dataclass(frozen=True, slots=True)
class Health:
    """How the queue stands: items that wait, the oldest that is overdue, and those that failed."""

    waiting: int
    oldest_due: datetime | None
    failed: int


def enqueue(
    session: Session, kind: str, key: str, payload: dict[str, Any], due_at: datetime, now: datetime, instance_id: UUID | None = None
) -> None:
    """Ask for something to be done at ``due_at``, in the transaction of whoever asks.

    The same key again asks anew: the one row of that key waits again, with this due time and payload.
    """
    item = _read_here(session, key)
    if item is not None:
        item.payload, item.due_at, item.state, item.attempts = payload, due_at, "waiting", 0
        item.lease, item.lease_until, item.last_error = None, None, None
    else:
        row = {
            "id": row_id(),
            "key": key,
            "kind": kind,
            "instance_id": instance_id,
            "payload": payload,
            "due_at": due_at,
            "created_at": now,
        }
        _ASK[session.get_bind().dialect.name].carry_out(session, row)
    if due_at <= now and _Nudge.tell is not None:
        after_commit(session, _Nudge.tell)


def _ask(upsert: Callable[[Any], Any]) -> Change:
    """The row of a key, new or once more."""
    table = WorkItem.__table__
    anew = {"state": "waiting", "attempts": 0, "lease": None, "lease_until": None, "last_error": None}
    given = ("id", "key", "kind", "instance_id", "payload", "due_at", "created_at")
    statement = upsert(table).values({**anew, **{name: bindparam(name, type_=table.columns[name].type) for name in given}})
    again = {**anew, "payload": statement.excluded.payload, "due_at": statement.excluded.due_at}
    return Change(WorkItem, statement.on_conflict_do_update(index_elements=["key"], set_=again))


_OF_KEY = Rows(WorkItem, WorkItem.key == bindparam("of_key"))
_ASK = {"sqlite": _ask(sqlite.insert), "postgresql": _ask(postgresql.insert)}


def _read_here(session: Session, key: str) -> WorkItem | None:
    """The item of a key where this session has read it: its carrier will mark it, so it may not be changed behind its back."""
    return next((row for row in session.identity_map.values() if isinstance(row, WorkItem) and row.key == key), None)


def get(session: Session, key: str) -> WorkItem | None:
    """Find the item of a key."""
    return _OF_KEY.first(session, of_key=key)


def cancel(session: Session, key: str) -> None:
    """Take back what has not been done yet."""
    item = _read_here(session, key)
    if item is None:
        _CANCEL.carry_out(session, {"of_key": key})
    elif item.state != "done":
        item.state, item.lease, item.lease_until = "cancelled", None, None


_FREE = {"lease": None, "lease_until": None}
_CANCEL = Change(
    WorkItem, update(WorkItem).where(WorkItem.key == bindparam("of_key"), WorkItem.state != "done").values(state="cancelled", **_FREE)
)


OF_INSTANCE = ("timer", "call", "rung", "deliver", "wake")
"""Kinds that have no meaning without their running instance. What is to be told to people goes out all the same."""


def cancel_all(session: Session, instance_id: UUID) -> None:
    """Take back everything that an instance which has ended still asked for."""
    _CANCEL_ALL.carry_out(session, {"of_instance": instance_id})


def hold_all(session: Session, instance_id: UUID) -> None:
    """Let nothing of this instance happen until ``release_all``."""
    _HOLD_ALL.carry_out(session, {"of_instance": instance_id})


def release_all(session: Session, instance_id: UUID) -> None:
    """Let the held items of this instance happen again, late ones at once."""
    _RELEASE_ALL.carry_out(session, {"of_instance": instance_id})


def _all_to(state: str, *before: str) -> Change:
    mine = (WorkItem.instance_id == bindparam("of_instance"), one_of(WorkItem.kind, OF_INSTANCE), one_of(WorkItem.state, before))
    return Change(WorkItem, update(WorkItem).where(*mine).values(state=state, **_FREE))


_CANCEL_ALL = _all_to("cancelled", "waiting", "paused", "failed")
_HOLD_ALL = _all_to("held", "waiting")
_RELEASE_ALL = _all_to("waiting", "held")


def claim(session: Session, now: datetime, wall: datetime, *, waits: bool = False) -> WorkItem | None:
    """Take the item that fell due first under a lease (by the wall clock); None when nothing is due. Its instance is locked before it.

    One whose instance somebody holds just now is passed over, unless ``waits``: what is due elsewhere does not wait with it.
    """
    moments = {"now": now, "wall": wall}
    due = _FIRST_DUE.first(session, **moments)
    while due is not None:
        place = {"due_at": due.due_at, "created_at": due.created_at, "id": due.id}
        if _is_sqlite(session):  # there is one writer at a time
            item: WorkItem | None = due
        else:  # it was perhaps taken back, or taken, before its instance was ours
            is_ours = _lock_instance(session, _instance_of(session, due), waits=waits)
            item = _STILL_DUE.first(session, id=due.id, **moments) if is_ours else None
        if item is not None:
            item.lease, item.lease_until = uuid4(), wall + LEASE
            return item
        due = _NEXT_DUE.first(session, **moments, **place)
    return None


_IS_FREE = or_(WorkItem.lease_until.is_(None), WorkItem.lease_until < bindparam("wall"))
_IS_DUE = (WorkItem.state == "waiting", WorkItem.due_at <= bindparam("now"), _IS_FREE)
_PLACE = (WorkItem.due_at, WorkItem.created_at, WorkItem.id)
_FIRST_DUE = Rows(WorkItem, *_IS_DUE, order_by=_PLACE, limit=1)
_BEHIND = tuple_(*_PLACE) > tuple_(*(bindparam(column.key, type_=column.type) for column in _PLACE))
_NEXT_DUE = Rows(WorkItem, *_IS_DUE, _BEHIND, order_by=_PLACE, limit=1)
_STILL_DUE = Rows(WorkItem, WorkItem.id == bindparam("id"), *_IS_DUE, lock=True)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _instance_of(session: Session, item: WorkItem) -> UUID | None:
    """The instance that an item is about: its own, else that of its order, whose statutory clock no operator stops."""
    if item.instance_id is not None or "order_id" not in item.payload:
        return item.instance_id
    return session.scalar(select(WorkOrder.instance_id).where(WorkOrder.id == UUID(item.payload["order_id"])))


def _lock_instance(session: Session, instance_id: UUID | None, *, waits: bool) -> bool:
    """Lock the instance before its item: a command holds its instance and then takes back items of it. False where another has it."""
    held = select(Instance.id).where(Instance.id == instance_id).with_for_update(skip_locked=not waits)
    return instance_id is None or session.scalar(held) is not None


def free_all(session: Session) -> None:
    """Let go of every lease: whoever held one in this installation is dead. A late answer of his finds another lease and is dropped."""
    session.execute(update(WorkItem).where(WorkItem.lease.is_not(None)).values(lease=None, lease_until=None))


def still_mine(session: Session, item_id: UUID, lease: UUID | None) -> WorkItem | None:
    """Read the item anew and locked; None when another has it, or it was done or cancelled meanwhile (the fence)."""
    if not _is_sqlite(session):
        _lock_instance(session, session.scalar(select(WorkItem.instance_id).where(WorkItem.id == item_id)), waits=True)
    item = _OF_ID.first(session, id=item_id)
    return item if item is not None and item.state == "waiting" and item.lease == lease else None


_OF_ID = Rows(WorkItem, WorkItem.id == bindparam("id"), lock=True)


def finish(item: WorkItem, now: datetime) -> None:
    """Mark the item as done: exactly once, in the transaction that carries its effect."""
    item.state, item.done_at, item.lease, item.lease_until = "done", now, None, None


def postpone(item: WorkItem, due_at: datetime, error: str) -> None:
    """Try again later."""
    item.due_at, item.last_error, item.lease, item.lease_until = due_at, error, None, None
    item.attempts += 1


def fail(item: WorkItem, error: str) -> None:
    """Give up: an incident says so to a person, whose retry makes it wait again."""
    item.state, item.last_error, item.lease, item.lease_until = "failed", error, None, None
    item.attempts += 1


def next_due(session: Session, wall: datetime) -> datetime | None:
    """When the next item falls due that nobody has in hand (by the wall clock)."""
    return session.scalar(select(func.min(WorkItem.due_at)).where(WorkItem.state == "waiting", _IS_FREE), {"wall": wall})


def health(session: Session) -> Health:
    """Count what waits and what failed."""
    query = select(WorkItem.state, func.count()).where(WorkItem.state.in_(("waiting", "failed"))).group_by(WorkItem.state)
    rows = {row[0]: row[1] for row in session.execute(query)}
    oldest = session.scalar(select(func.min(WorkItem.due_at)).where(WorkItem.state == "waiting"))
    return Health(rows.get("waiting", 0), oldest, rows.get("failed", 0))
