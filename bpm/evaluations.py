"""The downstream judges the upstream (工单考评): points that a form asks for about a step before.

A field says so itself: ``"x-evaluates": "handle.speed"`` are points for the speed of whoever did the step ``handle``; ``intake`` is whoever
took the complaint in. Nobody scores himself.

What a customer says on the telephone is told as what he writes on his page: ``"x-rating": "score"`` and ``"words"`` name its fields.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import contacts, org
from bpm.forms import Form
from bpm.models.ids import row_id
from bpm.models.task import HandOver, Task
from bpm.models.work_order import Evaluation, WorkOrder

POINTS = range(1, 6)
INTAKE = "intake"
ASPECTS = frozenset({"quality", "speed", "completeness", "comment"})


def record(
    session: Session, order: WorkOrder, task: Task, form: Form, answers: Mapping[str, Any], by: UUID, now: datetime
) -> list[Evaluation]:
    """Keep the points that a completed form gives to steps before, one row a step that was judged."""
    given: dict[str, dict[str, Any]] = {}
    for name, rule in form.schema["properties"].items():
        element, _, aspect = str(rule.get("x-evaluates", "")).partition(".")
        if aspect in ASPECTS and answers.get(name) is not None:
            given.setdefault(element, {})[aspect] = answers[name]
    rows = []
    for element, points in given.items():
        judged = _doer(session, order, task, element)
        if judged is None or judged == by or not any(value in POINTS for value in points.values()):
            continue
        row = Evaluation(
            id=row_id(),
            order_id=order.id,
            task_id=task.id,
            from_element_id=task.element_id,
            of_element_id=element,
            of_user_id=judged,
            by_user_id=by,
            at=now,
            **points,
        )
        session.add(row)
        rows.append(row)
    return rows


def note_rating(session: Session, order: WorkOrder, form: Form, answers: Mapping[str, Any], now: datetime) -> None:
    """Keep the customer's own verdict, where a completed form has asked for it."""
    given: dict[str, Any] = {rule["x-rating"]: answers.get(name) for name, rule in form.fields.items() if "x-rating" in rule}
    if given.get("score") in POINTS:
        contacts.add_rating(session, order, given["score"], str(given.get("words") or ""), now)


def _doer(session: Session, order: WorkOrder, task: Task, element: str) -> UUID | None:
    """Who did that step last; ``intake`` is whoever took the complaint in."""
    if element == INTAKE:
        person = org.named(session, order.first_owner) if order.first_owner else None
        return person.id if person else None
    done = select(HandOver.user_id).where(
        HandOver.instance_id == task.instance_id, HandOver.element_id == element, HandOver.user_id.is_not(None)
    )
    return session.scalars(done.order_by(HandOver.finished_at.desc()).limit(1)).first()


def of_order(session: Session, order: WorkOrder) -> list[Evaluation]:
    """The points given along an order's way, oldest first."""
    return list(session.scalars(select(Evaluation).where(Evaluation.order_id == order.id).order_by(Evaluation.at)))
