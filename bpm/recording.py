"""Hands each fact of a step to the chapter that owns it. It never calls upwards and never touches a second instance:
a message for others and a raised tier become work items.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from uuid import UUID

from sqlalchemy.orm import Session

from bpm import calls, definitions, inbox, incidents, journal, messages, notices, org, timers, work_items, workorders
from bpm.access import Actor
from bpm.engine import facts as f
from bpm.engine.process import Process
from bpm.models.instance import Instance
from bpm.models.task import HandOver
from bpm.models.work_order import WorkOrder


@dataclass(slots=True)
class Doing:
    """Who does this step and how: what a hand-over and the journal say about it."""

    actor: Actor
    now: datetime
    token_id: str | None = None  # of the task that a person closes with this command
    how: str = "completed"
    reason: str | None = None
    leg: HandOver | None = None
    said: dict[str, str] | None = None  # what a connector that gave up told, by language


def record(session: Session, instance: Instance, process: Process, happened: Sequence[f.Fact], doing: Doing) -> None:
    """Carry out what a step has reported: closed things first, so that a hand-over is known to what it opens."""
    order = workorders.of_instance(session, instance)
    if order is not None:  # first: what is told and ranked below goes by the order's columns
        settings = definitions.settings_of(session, instance.definition_id)
        workorders.refresh(session, order, process.variables, settings.order_columns, doing.now)
    ended = any(isinstance(fact, f.InstanceEnded) for fact in happened)
    for fact in sorted(happened, key=lambda fact: not isinstance(fact, f.TaskClosed)):
        _hand_over(session, instance, order, fact, doing, ended=ended)
    kinds = {type(fact) for fact in happened}
    if order is not None and f.TaskClosed in kinds and f.TaskOpened not in kinds:
        inbox.show_who_goes_on(session, order)


def _hand_over(  # noqa: C901, PLR0912 -- one line a kind of fact: splitting the match would hide that none is missing
    session: Session, instance: Instance, order: WorkOrder | None, fact: f.Fact, doing: Doing, *, ended: bool
) -> None:
    now, actor = doing.now, doing.actor.login
    match fact:
        case f.TaskOpened():
            task = inbox.open_task(session, instance, order, fact, doing.leg, now)
            journal.note(session, instance, "task-opened", actor, now, fact.place.element_id, name=task.name, queue=task.queue)
        case f.TaskClosed():
            _close_task(session, instance, fact, doing)
        case f.TimerSet():
            timers.set_timer(session, instance, fact, now)
        case f.TimerCleared():
            if not ended:
                timers.clear(session, instance, fact)
        case f.CallRequested():
            calls.request(session, instance, fact, now)
            operation = f"{fact.connector}.{fact.operation}"
            journal.note(session, instance, "call-requested", actor, now, fact.place.element_id, name=fact.place.name, operation=operation)
        case f.CallDropped():
            if not ended:
                calls.drop(session, instance, fact)
        case f.MessageAwaited():
            messages.subscribe(session, instance, fact)
            _deliver_kept(session, instance, fact, now)
        case f.SignalAwaited():
            messages.subscribe(session, instance, fact)
        case f.MessageForgotten() | f.SignalForgotten():
            if not ended:
                messages.unsubscribe(session, instance, fact.token_id, fact.element_id)
        case f.MessageSent() | f.SignalThrown():
            messages.throw(session, instance, fact, now)
        case f.Decided():
            because = {"decision": fact.decision, "rules": fact.rules, "why": fact.annotations, "result": fact.result}
            journal.note(session, instance, "decided", actor, now, fact.element_id, **because)
        case f.ElementEntered():
            _enter(session, instance, order, fact, doing)
        case f.NoticeAsked():
            _tell(session, order, fact, now)
        case f.Passed():
            journal.note(session, instance, "passed", actor, now, None, elements=fact.element_ids)
        case f.StepFailed():
            incidents.of_step(session, instance, fact, doing.said, now)
            told = {"message": fact.message, "template": fact.text, "facts": fact.facts, "said": doing.said}
            journal.note(session, instance, "incident", actor, now, fact.place.element_id, code=fact.code, **told)
        case f.StepMended():
            incidents.close(session, instance, fact.token_id, actor, "retried", now)
        case f.Stuck():
            incidents.of_deadlock(session, instance, fact, now)
        case f.InstanceEnded():
            _end(session, instance, fact, doing)
        case _:
            assert_never(fact)


def _close_task(session: Session, instance: Instance, fact: f.TaskClosed, doing: Doing) -> None:
    mine = fact.token_id == doing.token_id
    how = doing.how if mine else ("cancelled" if fact.how == "cancelled" else "completed")
    person: UUID | None = doing.actor.user_id if mine else None
    leg = inbox.close_task(session, instance, fact, person, doing.now, how=how, reason=doing.reason if mine else None)
    if leg is None:
        return
    if mine:
        doing.leg = leg
    told = {"name": leg.name, "unit": leg.unit_code, "used": round(leg.net_minutes, 1), "limit": leg.limit_minutes, "reason": leg.reason}
    journal.note(session, instance, f"task-{how}", doing.actor.login, doing.now, fact.element_id, **told)


def _deliver_kept(session: Session, instance: Instance, fact: f.MessageAwaited, now: datetime) -> None:
    """Somebody waits for a message that came before: it is delivered next."""
    kept = messages.kept_for(session, instance, fact, now)
    if kept is not None:
        messages.post(session, kept, now, instance.id)


def _enter(session: Session, instance: Instance, order: WorkOrder | None, fact: f.ElementEntered, doing: Doing) -> None:
    if order is None:
        return
    if fact.order_state:
        workorders.enter_state(session, order, fact.order_state, doing.now)
        journal.note(session, instance, "state", doing.actor.login, doing.now, fact.element_id, state=fact.order_state)
    if fact.tier:
        workorders.raise_tier(order, fact.tier)
        journal.note(session, instance, "tier", doing.actor.login, doing.now, fact.element_id, tier=fact.tier)


def _tell(session: Session, order: WorkOrder | None, fact: f.NoticeAsked, now: datetime) -> None:
    if order is None:
        return
    if fact.to == "customer":
        notices.tell_customer(session, order, fact.text, {}, now)
        return
    notices.tell_staff(session, org.meant(session, fact.to, order.city), order, fact.text, now)


def _end(session: Session, instance: Instance, fact: f.InstanceEnded, doing: Doing) -> None:
    had_incidents = instance.status != "running"
    instance.status, instance.ended_at = fact.how, doing.now
    messages.unsubscribe_all(session, instance)
    work_items.cancel_all(session, instance.id)
    if had_incidents:
        incidents.close_all(session, instance, doing.actor.login, doing.now)
    journal.note(session, instance, f"instance-{fact.how}", doing.actor.login, doing.now, None)
