"""What comes after a complaint was told: it is urged, added to, withdrawn, or was not solved after all.

Every contact counts as a contact; what it sets going is drawn in the order's process, which is told by a message.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bpm import access, contacts, decisions, journal, limits, notices, options, order_messages, org, running, suspension, workorders
from bpm.access import CUSTOMER, Actor
from bpm.errors import N_, ConflictError
from bpm.models.instance import Instance
from bpm.models.org import User
from bpm.models.task import Task
from bpm.models.work_order import WorkOrder
from bpm.workorders import CLOSED_STATES

COUNTED_AGAIN = timedelta(minutes=30)
"""Of the urges within this time only the first counts (reference processes, A9); all are shown."""

KEY_ACCOUNT_WEIGHT = 2
"""For how many a key account manager's urge counts (reference processes, A11)."""

URGED = N_("{number} was urged ({count}): {text}")
URGED_WITHOUT_WORDS = N_("{number} was urged ({count}).")
INFORMED = N_("New information on {number}: {text}")
WITHDRAWN = N_("{number} was withdrawn. Nothing is left to do for it.")
_SHOWN = 200


class OrderClosedError(ConflictError):
    """The order is closed."""

    code = "order-closed"
    sentence = N_("This order is closed. It can be reopened if it was not solved.")


class OrderNotClosedError(ConflictError):
    """Only what was closed can be reopened."""

    code = "order-not-closed"
    sentence = N_("This order is still being worked on; it can be urged or added to.")


class NewOrderNeededError(ConflictError):
    """The table of the process says that this is a new complaint."""

    code = "new-order-needed"
    sentence = N_("This order cannot be reopened any more. Make a new order that refers to {number}.")


class NotProvidedError(ConflictError):
    """Nothing is drawn for it, or not at this step."""

    code = "not-provided"
    sentence = N_("The process does not provide for this at its present step.")


def urge(session: Session, order: WorkOrder, reason: str, actor: Actor, now: datetime) -> bool:
    """Somebody asks when it will be done. Tells whether it counted: an urge soon after another is only shown. Raises OrderClosedError."""
    instance = workorders.lock(session, order)
    _require_open(order)
    contacts.add(session, order, "urge", reason, now, user_id=actor.user_id)
    counted = order.last_urged_at is None or now - order.last_urged_at >= COUNTED_AGAIN
    working, drawn = workorders.open_tasks(session, order), False
    if counted:
        order.urge_count += KEY_ACCOUNT_WEIGHT if "KAM" in actor.roles else 1
        order.last_urged_at = now
        drawn = order_messages.deliver(session, order, "urged", {"urge_count": order.urge_count, "urge_reason": reason}, actor, now)
        limits.prioritise(session, order, now)
    if instance is not None:
        journal.note(session, instance, "urged", actor.login, now, counted=counted, count=order.urge_count, reason=reason)
    if counted or actor is CUSTOMER:
        facts = {"number": order.number, "count": order.urge_count, "text": reason[:_SHOWN]}
        people = _holders(session, working, drawn=drawn) + _first_owner(session, order)
        _tell(session, order, "urge", URGED if reason else URGED_WITHOUT_WORDS, facts, people, actor, now)
    return counted


def inform(session: Session, order: WorkOrder, text: str, actor: Actor, now: datetime) -> None:
    """The customer adds something. An order that waits for him goes on; one that is closed stays closed. Raises NothingSaidError."""
    if not text.strip():
        raise contacts.NothingSaidError
    instance = workorders.lock(session, order)
    contacts.add(session, order, "information", text, now, user_id=actor.user_id)
    working, drawn = workorders.open_tasks(session, order), False
    if order.state not in CLOSED_STATES:
        if order.state == suspension.SUSPENDED and order.suspend_reason == "WAIT_CUSTOMER":
            suspension.resume(session, order, actor, now, "information")
        drawn = order_messages.deliver(session, order, "information", {"information": text}, actor, now)
    if instance is not None:
        journal.note(session, instance, "informed", actor.login, now)
    people = _holders(session, working, drawn=drawn) + ([] if drawn else _first_owner(session, order))
    _tell(session, order, "information", INFORMED, {"number": order.number, "text": text[:_SHOWN]}, people, actor, now)


def withdraw(session: Session, order: WorkOrder, reason: str, actor: Actor, now: datetime) -> None:
    """The customer takes his complaint back. Raises ForbiddenError, OrderClosedError, InstanceSuspendedError, NotProvidedError."""
    _require(actor, options.MAY_WITHDRAW)
    instance = workorders.lock(session, order)
    _require_open(order)
    _require_going(instance)
    contacts.add(session, order, "withdraw", reason, now, user_id=actor.user_id)
    working = workorders.open_tasks(session, order)
    suspension.end(session, order, actor, now, "withdrawn")
    if not order_messages.deliver(session, order, "withdrawn", {"withdraw_reason": reason, "close_code": "WITHDRAWN"}, actor, now):
        raise NotProvidedError
    people = _holders(session, working, drawn=True)
    _tell(session, order, "withdrawn", WITHDRAWN, {"number": order.number}, people, actor, now)
    if instance is not None:
        journal.note(session, instance, "withdrawn", actor.login, now, reason=reason)


def reopen(session: Session, order: WorkOrder, reason: str, actor: Actor, now: datetime) -> None:
    """It was not solved: the same number goes on.

    The time between answer and reopening counts against nobody, and the law's days begin anew (reference processes, D9).
    Raises ForbiddenError, OrderNotClosedError, NewOrderNeededError, InstanceSuspendedError.
    """
    _require(actor, options.MAY_REOPEN)
    instance = workorders.lock(session, order)
    if order.state not in CLOSED_STATES:
        raise OrderNotClosedError
    facts = _reopening(order, now)
    if not _may_reopen(session, order, facts, now):
        raise NewOrderNeededError(number=order.number)
    _require_going(instance)
    count = order.reopen_count
    workorders.count_again(session, order, actor.login, now)
    contacts.add(session, order, "reopen", reason, now, user_id=actor.user_id)
    if not order_messages.deliver(session, order, "reopened", {**facts, "reopen_reason": reason}, actor, now):
        raise NewOrderNeededError(number=order.number)
    order.reopen_count = max(order.reopen_count, count + 1)  # a drawing need not have a state for it
    if instance is not None:
        journal.note(session, instance, "reopened", actor.login, now, reason=reason, count=order.reopen_count)
    limits.prioritise(session, order, now)


def _require(actor: Actor, roles: frozenset[str]) -> None:
    """The customer himself, or a desk that speaks for him. Raises ForbiddenError."""
    if actor is not CUSTOMER:
        access.require(actor, *roles)


def _require_open(order: WorkOrder) -> None:
    if order.state in CLOSED_STATES:
        raise OrderClosedError


def _require_going(instance: Instance | None) -> None:
    """What a stopped process hears only when it goes on would be told and counted now, and again then. Raises InstanceSuspendedError."""
    if instance is not None and instance.is_stopped:
        raise running.InstanceSuspendedError


_CLOSED_AS = {"WITHDRAWN": "WITHDRAWN", "MERGED": "DUPLICATE"}


def _reopening(order: WorkOrder, now: datetime) -> dict[str, Any]:
    """What the table of reopening asks; who asks to reopen says by it that this was not solved."""
    closed = order.closed_at or now
    return {
        "close_code": _CLOSED_AS.get(order.state, order.result),
        "days_since_close": (now - closed) / timedelta(days=1),
        "same_class": True,
        "unsolved": True,
        "score_result": order.satisfaction,
    }


def _may_reopen(session: Session, order: WorkOrder, facts: dict[str, Any], now: datetime) -> bool:
    found = decisions.ask_about(session, order, "reopen", now, **facts)
    action = found.get("action") if isinstance(found, dict) else found
    return action != "NEW"


def _holders(session: Session, tasks: list[Task], *, drawn: bool) -> list[User]:
    """Whoever works on these tasks, without the newest one's holder where the drawing has told him: it knows of one."""
    people = [[task.assignee] if task.assignee else org.members(session, task.unit_code, task.role) for task in tasks]
    told = {person.id for person in people.pop()} if drawn and people else set()
    return [person for each in people for person in each if person.id not in told]


def _first_owner(session: Session, order: WorkOrder) -> list[User]:
    owner = org.named(session, order.first_owner) if order.first_owner else None
    return [owner] if owner is not None else []


def _tell(
    session: Session, order: WorkOrder, kind: str, text: str, facts: dict[str, Any], people: list[User], actor: Actor, now: datetime
) -> None:
    others = [org.available(session, person, now) for person in people if person.id != actor.user_id]
    notices.tell(session, others, kind, text, facts, now=now, order=order)
