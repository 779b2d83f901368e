"""Work orders: the business record beside each complaint's process.

The number and the secret token are given at intake; the state follows the drawing (``baton:order``) and is never set by hand.
"""

import base64
import logging
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from bpm import access, calendars, clock, customers, journal, limits, org, running, timers
from bpm.access import SYSTEM, Actor
from bpm.engine.facts import LONGEST_LIMIT
from bpm.engine.templates import reach
from bpm.errors import N_, NotFoundError
from bpm.models.database import insert_new
from bpm.models.definition import Definition
from bpm.models.ids import row_id
from bpm.models.instance import Instance
from bpm.models.org import Unit
from bpm.models.rows import Rows, add
from bpm.models.task import OPEN, Task
from bpm.models.work_order import OrderSerial, Pause, WorkOrder
from bpm.paging import LONGEST_SOUGHT, Page, cursor_of, newest_first, pattern

_log = logging.getLogger(__name__)

STATUTORY = timedelta(days=15)
"""An answer is due 15 calendar days after the complaint (MIIT, rules on telecom complaints)."""

STATES: Mapping[str, str] = {
    "DRAFT": N_("Draft"),
    "REGISTERED": N_("Registered"),
    "IN_REVIEW": N_("In review"),
    "TO_DISPATCH": N_("To be dispatched"),
    "DISPATCHED": N_("To be accepted"),
    "IN_PROGRESS": N_("In progress"),
    "FEEDBACK": N_("Feedback in"),
    "TO_ANSWER": N_("To be answered"),
    "ANSWERED": N_("Answered"),
    "TO_VISIT": N_("Return visit"),
    "CLOSED": N_("Closed"),
    "ARCHIVED": N_("Archived"),
    "SUSPENDED": N_("On hold"),
    "RETURNED": N_("Returned"),
    "ON_SPOT_DONE": N_("Solved on the spot"),
    "MERGED": N_("Merged"),
    "WITHDRAWN": N_("Withdrawn"),
    "REJECTED": N_("Not ours"),
    "REOPENED": N_("Reopened"),
}
"""What a work order can be in (reference processes, A6), and the word for it."""

SOLVED_ON_THE_SPOT = "ON_SPOT_DONE"
_ANSWERED = frozenset({"ANSWERED", SOLVED_ON_THE_SPOT})
"""In these the customer has his answer."""

CLOSED_STATES = frozenset({"CLOSED", "ARCHIVED", "WITHDRAWN", "REJECTED", "MERGED"})


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is known when somebody complains."""

    type: str
    channel: str
    title: str
    description: str = ""
    demand: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    contact_email: str | None = None
    customer_number: str | None = None
    city: str = ""
    class_code: str | None = None
    first_owner: str | None = None
    first_owner_unit: str | None = None
    external_id: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class OrderFilters:
    """What a list of orders is narrowed by; None leaves it open.

    ``unit`` is the one that has or had it last; ``at``: what is not closed, and lies with this unit or one below it.
    """

    q: str | None = None
    state: str | None = None
    unit: str | None = None
    at: str | None = None
    class_code: str | None = None
    late: bool | None = None
    city: str | None = None
    level: str | None = None
    open_only: bool = False


_MOST_OF_ONE = 50
"""Orders of one customer that anybody looks at."""

_OF_INSTANCE = Rows(WorkOrder, WorkOrder.instance_id == bindparam("instance"))


def of_instance(session: Session, instance: Instance) -> WorkOrder | None:
    """The order of an instance; often the session has read it with its task. Its number is the instance's business key."""
    if instance.business_key is None:
        return None
    for row in session.identity_map.values():
        if isinstance(row, WorkOrder) and row.instance_id == instance.id:
            return row
    return _OF_INSTANCE.first(session, instance=instance.id)


def create(session: Session, new: NewOrder, definition: Definition, now: datetime) -> WorkOrder:
    """Give a complaint its number, its secret token and its statutory clock. It is a DRAFT until somebody registers it."""
    order = WorkOrder(
        id=row_id(),
        number=_number(session, new.city, now),
        token=base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower(),
        definition_key=definition.key,
        type=new.type,
        channel=new.channel,
        title=new.title,
        description=new.description or new.title,
        demand=new.demand,
        state="DRAFT",
        contact_name=new.contact_name,
        contact_phone=new.contact_phone,
        contact_email=new.contact_email,
        language=new.language,
        customer_number=new.customer_number,
        city=new.city,
        class_code=new.class_code,
        class_at_intake=new.class_code,
        first_owner=new.first_owner,
        first_owner_unit=new.first_owner_unit,
        external_id=new.external_id,
        created_at=now,
        statutory_due_at=now + STATUTORY,
        grade_pending=False,
        priority=0,
        escalation_tier=0,
        paused_minutes=0.0,
        urge_count=0,
        reopen_count=0,
        return_count=0,
        on_the_spot=False,
    )
    add(session, order)
    session.flush()
    limits.arm_statutory(session, order, now)
    return order


def _number(session: Session, city: str, now: datetime) -> str:
    """The next number of a city's day: province, city, date, serial."""
    day = now.astimezone(clock.zone()).strftime("%Y%m%d")
    insert_new(session, OrderSerial, city=city, day=day, last=0)  # two may be the first of a day
    serial = session.get_one(OrderSerial, (city, day), with_for_update=True)
    serial.last += 1
    province = session.scalar(select(Unit.code).where(Unit.kind == "PROVINCE").limit(1)) or "P"
    return f"{province}-{city}-{day}-{serial.last:06d}"


def enter_state(session: Session, order: WorkOrder, state: str, now: datetime) -> None:
    """The drawing has come to an element that stands for this state."""
    on_hold = order.state == "SUSPENDED"
    if on_hold and state not in CLOSED_STATES:
        order.state_before = state
    else:
        order.state = state
    if on_hold and state in CLOSED_STATES and (hold := limits.running_pause(session, order)) is not None:
        end_hold(session, order, hold, SYSTEM, "closed", now)
    if state in _ANSWERED:
        order.answered_at = now
        limits.clear_statutory(session, order)
    elif state in CLOSED_STATES:
        order.closed_at = order.closed_at or now
        limits.clear_statutory(session, order)
    elif state == "REOPENED":
        count_again(session, order, SYSTEM.login, now)
        order.reopen_count += 1
        order.escalation_tier = 0
        if limits.statutory_stands_since(session, order) is None:
            limits.arm_statutory(session, order, now)


def count_again(session: Session, order: WorkOrder, by: str, now: datetime) -> None:
    """The case was not over: its clocks go on, without the time since the answer, and the law's days begin anew. Twice is once."""
    over_since = order.answered_at or order.closed_at
    if over_since is not None:
        limits.leave_out(session, order, over_since, by, now)
        law_counts_from = limits.statutory_stands_since(session, order) or now  # what a hold has stopped moves on when it ends
        order.statutory_due_at = max(order.statutory_due_at, law_counts_from + STATUTORY)
        order.answered_at = order.closed_at = None
        order.paused_at = order.paused_at and now  # a hold stands from here on: until now nothing counted anyhow


def end_hold(session: Session, order: WorkOrder, pause: Pause, actor: Actor, why: str, now: datetime) -> None:
    """Let everything of an order go on that stands, whatever the table of holds says by now. ``why`` is for the journal."""
    order.state_before = order.suspend_reason = order.suspended_until = None
    pause.ended_at, pause.minutes = now, limits.resume_order(session, order, now)
    for task in open_tasks(session, order):
        if task.status == "suspended":
            task.status, task.status_before = task.status_before or "open", None
        limits.resume(session, task, now)
    instance = instance_of(session, order)
    if instance is not None:
        timers.resume_working(session, instance.id, now)
        told: dict[str, Any] = {"reason": pause.reason, "because": why, "minutes": round(pause.minutes or 0, 1)}
        journal.note(session, instance, "order-resumed", actor.login, now, **told)


def raise_tier(order: WorkOrder, tier: int) -> None:
    """An order's tier is the highest reached; it falls only when the case is reopened."""
    order.escalation_tier = max(order.escalation_tier, tier)


def refresh(session: Session, order: WorkOrder, variables: Mapping[str, Any], columns: Mapping[str, str], now: datetime) -> None:
    """Copy the process's variables into the order's columns. ``columns``: column -> variable, dotted where it is nested.

    A drawing may work out anything: what a column cannot hold is left out, and the case goes on.
    """
    before = order.calendar, order.total_minutes, order.level, order.grade, order.class_code
    for column, path in columns.items():
        value = reach(variables, path)
        if value is None or getattr(order, column) == value:
            continue
        if _fits(session, column, value):
            setattr(order, column, value)
        else:
            _log.warning("order %s: what “%s” holds does not fit %s and is left out", order.number, path, column)
    if before != (order.calendar, order.total_minutes, order.level, order.grade, order.class_code):
        limits.arm_order(session, order, counted_by=before[0])
        limits.prioritise(session, order, now)


def _fits(session: Session, column: str, value: Any) -> bool:
    if column == "calendar":
        return isinstance(value, str) and calendars.is_known(session, value)
    kind = WorkOrder.__table__.columns[column].type.python_type
    if kind in (int, float):
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LONGEST_LIMIT
    return column == "customer" or isinstance(value, kind)


def by_number(session: Session, number: str, actor: Actor) -> WorkOrder:
    """Find an order that the actor may see. Raises NotFoundError: unknown and forbidden look alike."""
    order = session.scalar(select(WorkOrder).where(WorkOrder.number == number))
    if order is None or not access.may_see_order(session, actor, order):
        raise NotFoundError
    return order


def by_token(session: Session, token: str) -> WorkOrder:
    """Find the order of a private link. Raises NotFoundError."""
    order = session.scalar(select(WorkOrder).where(WorkOrder.token == token))
    if order is None:
        raise NotFoundError
    return order


def reveal(session: Session, order: WorkOrder, actor: Actor, now: datetime) -> str:
    """The customer's whole number. That it was shown, and to whom, is written down."""
    instance = instance_of(session, order)
    if instance is not None:
        journal.note(session, instance, "number-shown", actor.login, now)
    return order.contact_phone or order.customer_number or ""


def by_external_id(session: Session, external_id: str) -> WorkOrder | None:
    """The order that this contact has made already, if it came before."""
    return session.scalar(select(WorkOrder).where(WorkOrder.external_id == external_id))


def lock(session: Session, order: WorkOrder) -> Instance | None:
    """Read an order anew and hold it until the unit of work ends; its instance is held before it, and returned where there is one.

    Everybody takes the two in this sequence.
    """
    instance = running.lock(session, order.instance_id) if order.instance_id else None
    query = select(WorkOrder).where(WorkOrder.id == order.id).with_for_update().execution_options(populate_existing=True)
    session.scalars(query).one()
    return instance


def instance_of(session: Session, order: WorkOrder) -> Instance | None:
    """The instance of an order; None before its process has begun."""
    return session.get(Instance, order.instance_id) if order.instance_id else None


def history(session: Session, actor: Actor, *numbers: str | None) -> list[WorkOrder]:
    """The last orders of a customer, who is known by these numbers, that the actor may see; newest first."""
    query = select(WorkOrder).where(customers.orders_of(*numbers), access.visible_orders(actor)).order_by(WorkOrder.created_at.desc())
    return list(session.scalars(query.limit(_MOST_OF_ONE)))


def open_elsewhere(session: Session, actor: Actor, *numbers: str | None) -> int:
    """How many open orders a customer has that the actor may not see."""
    seen = select(WorkOrder.id).where(customers.orders_of(*numbers), access.visible_orders(actor))
    his_open = (customers.orders_of(*numbers), WorkOrder.state.not_in(CLOSED_STATES))
    return session.scalar(select(func.count(WorkOrder.id)).where(*his_open, WorkOrder.id.not_in(seen))) or 0


def page(
    session: Session, actor: Actor, filters: OrderFilters, now: datetime, cursor: str | None = None, limit: int = 50
) -> Page[WorkOrder]:
    """List the orders that the actor may see, newest first."""
    query = select(WorkOrder).where(access.visible_orders(actor), *_conditions(filters, now))
    rows = session.scalars(newest_first(query, WorkOrder, cursor, limit)).all()
    return Page.of(rows, limit, lambda order: cursor_of(order.created_at, order.id))


def _conditions(filters: OrderFilters, now: datetime) -> list[Any]:
    conditions: list[Any] = []
    if filters.q:
        like = pattern(filters.q)
        texts = (WorkOrder.number, WorkOrder.title, WorkOrder.contact_phone, WorkOrder.customer_number, WorkOrder.contact_name)
        conditions.append(or_(*(column.ilike(like) for column in texts)))
    for column, value in (
        (WorkOrder.state, filters.state),
        (WorkOrder.current_unit, filters.unit),
        (WorkOrder.city, filters.city),
        (WorkOrder.level, filters.level),
    ):
        if value:
            conditions.append(column == value)
    if filters.at:
        conditions.append(WorkOrder.current_unit.in_(org.and_below([filters.at])))
    if filters.class_code:
        conditions.append(WorkOrder.class_code.startswith(filters.class_code[:LONGEST_SOUGHT], autoescape=True))
    if filters.late is not None:
        late = _late(now)
        conditions.append(late if filters.late else ~late)
    if filters.open_only or filters.at:
        conditions.append(WorkOrder.state.not_in(CLOSED_STATES))
    return conditions


def _late(now: datetime) -> ColumnElement[bool]:
    """An order is late as soon as one of its clocks is over: its step's, that of the answer, or the statutory one. Held it is not."""
    step = exists().where(Task.order_id == WorkOrder.id, *_late_step(now))
    answer = and_(WorkOrder.due_at.is_not(None), WorkOrder.due_at < now)
    law = and_(WorkOrder.statutory_due_at < now, WorkOrder.state != "SUSPENDED")
    whole = and_(WorkOrder.answered_at.is_(None), WorkOrder.paused_at.is_(None), or_(answer, law))
    return and_(WorkOrder.closed_at.is_(None), WorkOrder.state.not_in(CLOSED_STATES), or_(whole, step))


def _late_step(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Task.status.in_(OPEN), Task.due_at.is_not(None), Task.due_at < now, Task.paused_at.is_(None)


def late_steps(session: Session, orders: Iterable[WorkOrder], now: datetime) -> dict[UUID, Task]:
    """The steps of these orders that are late now, by the order's id: of several the one that was due first."""
    wanted = (Task.order_id.in_([order.id for order in orders if order.closed_at is None]), *_late_step(now))
    found = session.scalars(select(Task).where(*wanted).order_by(Task.due_at.desc(), Task.id))
    return {task.order_id: task for task in found if task.order_id is not None}


def open_tasks(session: Session, order: WorkOrder) -> list[Task]:
    """The tasks on which this order's progress depends now."""
    query = select(Task).where(Task.order_id == order.id, Task.status.in_(OPEN)).order_by(Task.created_at, Task.id)
    return list(session.scalars(query))
