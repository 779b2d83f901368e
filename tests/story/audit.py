"""What must be true of a database whatever happened to the server: nothing lost, doubled or stuck; the rows agree with the states."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bpm import definitions, journal, limits, running
from bpm.engine import facts as f
from bpm.models.incident import Incident
from bpm.models.instance import Instance
from bpm.models.message import Subscription
from bpm.models.task import OPEN, HandOver, Task
from bpm.models.work_item import WorkItem
from bpm.models.work_order import Contact, WorkOrder
from bpm.workorders import CLOSED_STATES

Acknowledged = Iterable[tuple[str, str]]
"""(external id or "number", order number) and ("task", task id), as ``app.py demo-replay --acknowledged`` writes them."""


def faults(session: Session, now: datetime, acknowledged: Acknowledged = ()) -> list[str]:
    """Everything that is wrong, a sentence each."""
    return [
        *_disk(session),
        *_lost(session, acknowledged),
        *_doubled(session),
        *_queue(session, now),
        *_clocks(session),
        *(fault for instance in session.scalars(select(Instance)) for fault in _instance(session, instance)),
        *(f"journal of {place.instance_id}, row {place.seq}: {place.why}" for place in journal.verify(session)),
    ]


def _disk(session: Session) -> Iterator[str]:
    if session.get_bind().dialect.name == "sqlite":
        said = session.execute(text("PRAGMA integrity_check")).scalars().all()
        yield from (f"the file is broken: {line}" for line in said if line != "ok")
        yield from (f"a key refers to nothing: {row}" for row in session.execute(text("PRAGMA foreign_key_check")))


def _lost(session: Session, acknowledged: Acknowledged) -> Iterator[str]:
    """What somebody was told is done must be there."""
    numbers = dict(session.execute(select(WorkOrder.number, WorkOrder.external_id)).all())
    done = dict(session.execute(select(Task.id, Task.status)).all())
    for kind, name in acknowledged:
        if kind == "task":
            if done.get(UUID(name)) != "completed":
                yield f"task {name} was acknowledged and is {done.get(UUID(name), 'not there')}"
        elif name not in numbers:
            yield f"order {name} ({kind}) was acknowledged and is not there"
        elif kind != "number" and numbers[name] != kind:
            yield f"order {name} was acknowledged for {kind} and belongs to {numbers[name]}"


def _doubled(session: Session) -> Iterator[str]:
    for what, column in (
        ("external id", WorkOrder.external_id),
        ("number", WorkOrder.number),
        ("instance of order", Instance.business_key),
        ("leg of task", HandOver.task_id),
    ):
        rows = session.execute(select(column, func.count()).where(column.is_not(None)).group_by(column).having(func.count() > 1))
        yield from (f"{what} {value} is there {count} times" for value, count in rows)
    told = select(Contact.order_id, func.count()).where(Contact.kind == "complaint").group_by(Contact.order_id).having(func.count() > 1)
    yield from (f"the complaint of {order} was written down {count} times" for order, count in session.execute(told))
    done = Counter(session.scalars(select(Task.status).where(Task.status.in_(("completed", "cancelled")))))
    legs = session.scalar(select(func.count()).select_from(HandOver))
    if done.total() != legs:
        yield f"{done.total()} tasks are over, and {legs} legs are written down"
    for order in session.scalars(select(WorkOrder)):
        instance = session.get(Instance, order.instance_id) if order.instance_id else None
        if instance is None or instance.business_key != order.number:
            yield f"order {order.number} has no process of its own"


def _queue(session: Session, now: datetime) -> Iterator[str]:
    for item in session.scalars(select(WorkItem).where(WorkItem.state.in_(("waiting", "failed")))):
        incident = session.scalar(select(Incident.id).where(Incident.work_item_id == item.id, Incident.state == "open"))
        if item.state == "failed" and item.kind != "notice" and incident is None and not _told_by_the_step(session, item):
            yield f"{item.key} has failed and nobody is told"
        if item.state == "waiting" and item.lease is not None:
            yield f"{item.key} is in the hands of nobody"
        elif item.state == "waiting" and item.due_at < now:
            yield f"{item.key} is overdue since {item.due_at}"


def _told_by_the_step(session: Session, item: WorkItem) -> bool:
    """A call that was given up is told by the step that made it."""
    token = (item.payload or {}).get("token_id")
    instance = session.get(Instance, item.instance_id) if item.instance_id else None
    if instance is None or instance.ended_at is not None:
        return True
    return token is not None and not any(
        isinstance(fact, f.CallRequested) and fact.place.token_id == token for fact in running.load(session, instance).awaited()
    )


def _clocks(session: Session) -> Iterator[str]:
    """Every clock that goes has a work item that will ring."""
    waiting = {item.key: item.due_at for item in session.scalars(select(WorkItem).where(WorkItem.state == "waiting"))}
    for task in session.scalars(select(Task).where(Task.status.in_(("open", "claimed")), Task.paused_at.is_(None))):
        rung = limits.next_rung(session, task)
        key = f"rung:{task.id}"
        if rung is not None and waiting.get(key) != rung.at:
            yield f"{key} is to ring at {rung.at} and stands at {waiting.get(key)}"
    for order in session.scalars(select(WorkOrder).where(WorkOrder.state.not_in(CLOSED_STATES), WorkOrder.answered_at.is_(None))):
        item = session.scalar(select(WorkItem).where(WorkItem.kind == "statutory", WorkItem.key.contains(str(order.id))))
        if item is None:
            yield f"order {order.number} has no statutory clock"


def _instance(session: Session, instance: Instance) -> Iterator[str]:
    """The state loads, it waits for something, and what it waits for stands in the rows: no less and no more."""
    process = running.load(session, instance)
    where = f"{instance.definition_key} {instance.business_key or instance.id}"
    if process.flow.completed != (instance.ended_at is not None):
        yield f"{where}: the state says {'ended' if process.flow.completed else 'running'} and the row {instance.status}"
    if process.active != sorted(instance.active):
        yield f"{where} stands at {process.active} and its row says {instance.active}"
    awaited = [] if process.flow.completed else process.awaited()
    if instance.ended_at is None and not awaited:
        yield f"{where} is stuck: nothing will move it"
    for kind, rows in _rows(session, instance).items():
        meant = Counter(_place(fact) for fact in awaited if type(fact) in kind)
        if meant != Counter(rows):
            yield f"{where} awaits {sorted(meant.elements())} and the rows say {sorted(rows)}"
    definitions.settings_of(session, instance.definition_id)


def _place(fact: Any) -> tuple[str, str]:
    return fact.place.token_id, fact.place.element_id


def _rows(session: Session, instance: Instance) -> dict[tuple[type, ...], list[tuple[str, str]]]:
    tasks = select(Task.token_id, Task.element_id).where(Task.instance_id == instance.id, Task.status.in_(OPEN))
    waits = select(Subscription.token_id, Subscription.element_id).where(Subscription.instance_id == instance.id)
    items = session.scalars(
        select(WorkItem).where(WorkItem.instance_id == instance.id, WorkItem.state.in_(("waiting", "paused", "held", "failed")))
    ).all()
    failed = select(Incident.token_id, Incident.element_id).where(
        Incident.instance_id == instance.id, Incident.state == "open", Incident.token_id.is_not(None)
    )

    def of(kind: str) -> list[tuple[str, str]]:
        # a call that was given up has told its step, which stands as an incident or has gone on
        over = {"failed"} if kind == "call" else set()
        return [(item.payload["token_id"], item.payload["element_id"]) for item in items if item.kind == kind and item.state not in over]

    return {
        (f.TaskOpened,): [tuple(row) for row in session.execute(tasks)],
        (f.MessageAwaited, f.SignalAwaited): [tuple(row) for row in session.execute(waits)],
        (f.TimerSet,): of("timer"),
        (f.CallRequested,): of("call"),
        (f.StepFailed,): [tuple(row) for row in session.execute(failed)],
    }
