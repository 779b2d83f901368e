"""What simulated staff do, and how long they take. All of it follows from the case and the step: a replay that was killed goes on alike."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bpm import access, calendars, follow_up, inbox, instances, org, suspension
from bpm.access import CUSTOMER, Actor
from bpm.definitions.form_schema import FormValidator
from bpm.errors import ConflictError, ForbiddenError
from bpm.forms import Form
from bpm.models.org import User
from bpm.models.task import WORKABLE, Task
from bpm.models.work_order import WorkOrder
from bpm.replay.cases import class_of

SLOWNESS = 0.6
"""Spread of the time people take: with a median of a third of the limit, one step in thirty is late, and one order in five has one."""

_MEDIAN_SHARE = 0.33
_MINUTES_WITHOUT_LIMIT = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """When somebody will take a task, and when he will be done."""

    claim_at: datetime
    finish_at: datetime


def _chance(session: Session, task: Task, what: str) -> Random:
    """Dice that fall the same for the same round of the same step of the same case."""
    before = (Task.instance_id == task.instance_id, Task.element_id == task.element_id, Task.created_at < task.created_at)
    rounds = session.scalar(select(func.count()).select_from(Task).where(*before))
    case = task.order.external_id if task.order else str(task.instance_id)
    return Random(f"{what} {case} {task.element_id} {rounds}")  # noqa: S311 -- repeatable, nothing secret


def plan(session: Session, task: Task) -> Plan:
    """A person takes the task after some working time, and is done after some more; some are late."""
    chance = _chance(session, task, "time")
    share = min(_MEDIAN_SHARE * chance.lognormvariate(0, SLOWNESS), 3.0)
    minutes = (task.limit_minutes or _MINUTES_WITHOUT_LIMIT) * share
    calendar = calendars.get(session, task.calendar)
    working = calendar if task.calendar else calendars.get(session, org.calendar_of(session, task.unit_code))
    claim_at = working.add(task.created_at, timedelta(minutes=minutes * chance.uniform(0.1, 0.6)))
    return Plan(claim_at, max(claim_at, working.add(task.created_at, timedelta(minutes=minutes))))


def take(session: Session, task_id: UUID, now: datetime) -> bool:
    """Somebody of the queue claims the task; False when it is no longer to be had."""
    task = session.get(Task, task_id)
    if task is None or task.status not in WORKABLE:
        return False
    person = _person(session, task)
    if person is None:
        return False
    try:
        inbox.claim(session, task_id, access.actor_of(person), now)
    except (ConflictError, ForbiddenError):
        return False
    return True


def _person(session: Session, task: Task) -> User | None:
    if task.assignee_id is not None:
        return org.user(session, task.assignee_id)
    able = [user for user in org.members(session, task.unit_code, task.role) if not task.excludes(user.id)]
    return _chance(session, task, "person").choice(able) if able else None


def finish(session: Session, task_id: UUID, behaviour: dict[str, Any], now: datetime) -> bool:
    """Whoever has the task answers its form, sends it back or puts its order on hold. Tells whether the task is done by that."""
    task = session.get(Task, task_id)
    if task is None or task.status != "claimed" or task.assignee_id is None:
        return False
    actor = access.actor_of(org.user(session, task.assignee_id))
    chance, habits = _chance(session, task, "answer"), behaviour["steps"].get(task.form or "", {})
    if task.order is not None and not task.paused_minutes and chance.random() < habits.get("hold", 0):
        _hold(session, task.order, actor, chance, now)
        return False
    if chance.random() < habits.get("return", 0) and not task.returned:
        instances.return_task(session, task_id, "INCOMPLETE", "资料不全，请补充。", actor, now)
        return True
    form = instances.form_of(session, task, "zh")
    answers = defaults(form, instances.task_data(session, task)) if form else {}
    if task.order is not None and "class_code" in answers and task.order.class_code is None:
        answers["class_code"] = class_of(task.order.title, behaviour["classes"], chance)
    roll = chance.random()
    for other in habits.get("answers", ()):
        roll -= other["chance"]
        if roll < 0:
            answers |= other["answers"]
            break
    instances.complete_task(session, task_id, answers, actor, now)
    return True


def _hold(session: Session, order: WorkOrder, actor: Actor, chance: Random, now: datetime) -> None:
    until = now + timedelta(hours=chance.randint(4, 40))
    suspension.suspend(session, order, "WAIT_CUSTOMER", until, "等客户补充故障时间和地点。", actor, now)


def defaults(form: Form, data: dict[str, Any]) -> dict[str, Any]:
    """The ordinary way through a form: its defaults, its first choices, and a plain sentence where text is needed."""
    answers: dict[str, Any] = {}
    required = set(form.schema.get("required", ()))
    for name, field in form.schema["properties"].items():
        if "default" in field:
            answers[name] = field["default"]
        elif name in required:
            answers[name] = _first(field, data)
    for rule in form.schema.get("allOf", ()):
        if FormValidator(rule["if"]).is_valid(answers):
            for name in rule.get("then", {}).get("required", ()):
                answers.setdefault(name, _first(form.schema["properties"][name], data))
    return {name: value for name, value in answers.items() if value is not None}


def _first(field: dict[str, Any], data: dict[str, Any]) -> Any:
    choices = field.get("oneOf") or [{"const": value} for value in field.get("enum", ())]
    if choices:
        return choices[0]["const"]
    if field.get("type") == "string":
        return data.get("answer_text") or "已核实处理完毕，恢复正常，已向客户说明原因。"
    return {"boolean": True, "integer": 1, "number": 0}.get(str(field.get("type")))


def is_urged(session: Session, task: Task, share: float) -> bool:
    """Whether the customer will lose patience at this step: only where the work is done."""
    return task.order is not None and task.form == "handle" and _chance(session, task, "urge").random() < share


def urge(session: Session, task_id: UUID, now: datetime) -> bool:
    """The customer asks where it is."""
    task = session.get(Task, task_id)
    if task is None or task.order is None or task.status == "completed":
        return False
    follow_up.urge(session, task.order, "客户来电询问进度。", CUSTOMER, now)
    return True
