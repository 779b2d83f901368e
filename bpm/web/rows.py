"""Tasks and orders as a list shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bpm import classes, definitions, org, timeline, workorders
from bpm.classes import ClassNotFoundError
from bpm.models.task import OPEN, Task
from bpm.models.work_order import WorkOrder
from bpm.request import actor, language, now, session
from bpm.timeline import Face
from bpm.web import words
from bpm.web.speech import gettext


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task in a list: what is shown beside its order's columns.

    ``face`` is its clock, as long as it is open; ``taken`` says who has it, where that is somebody else.
    """

    task: Task
    order: WorkOrder | None
    title: str
    step: str
    kind: str
    face: Face | None
    taken: str | None


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list. ``unit`` and ``person`` say with whom it is: with nobody once it is closed.

    ``face`` is the clock of its answer; ``step`` and ``law`` are those of its step and of the law where these are over.
    """

    order: WorkOrder
    kind: str
    unit: str
    person: str
    face: Face | None
    step: Face | None
    law: Face | None


def of_tasks(tasks: Iterable[Task]) -> list[TaskRow]:
    """The rows of these tasks."""
    return [of_task(task) for task in tasks]


def of_task(task: Task) -> TaskRow:
    """The row of a task."""
    order, step = task.order, step_of(task)
    title = order.title if order else (task.instance.business_key or step)
    face = timeline.of_task(session(), task, now()) if task.status in OPEN else None
    return TaskRow(task, order, title, step, class_of(order), face, taken_by(task))


def of_orders(orders: Sequence[WorkOrder]) -> list[OrderRow]:
    """The rows of these orders."""
    late = workorders.late_steps(session(), orders, now())
    return [_of_order(order, late.get(order.id)) for order in orders]


def _of_order(order: WorkOrder, late_step: Task | None) -> OrderRow:
    unit, person = (order.current_unit, order.current_user) if order.closed_at is None else (None, None)
    step = timeline.of_task(session(), late_step, now()) if late_step is not None else None
    goes_on = order.paused_at is None and order.state != "SUSPENDED"  # what is held is not called late
    law = timeline.of_law(session(), order, now()) if goes_on else None
    return OrderRow(
        order=order,
        kind=class_of(order),
        unit=unit_name(unit),
        person=person_name(person),
        face=order_face(order, now()),
        step=step,
        law=law if law is not None and law.state == "late" else None,
    )


def order_face(order: WorkOrder, moment: datetime) -> Face | None:
    """The clock of a whole order, where it still runs."""
    return timeline.of_order(session(), order, moment) if order.closed_at is None else None


def step_of(task: Task) -> str:
    """The name of a task's step in the reader's language."""
    return definitions.text(session(), task.instance.definition_id, task.name, language())


def class_of(order: WorkOrder | None) -> str:
    """The two finest names of an order's class: No signal › indoor."""
    if order is None or not order.class_code:
        return ""
    try:
        return " › ".join(words.name_of(each) for each in classes.path(session(), order.class_code)[-2:])
    except ClassNotFoundError:
        return order.class_code


def class_words(code: str | None) -> str:
    """All names of a class, from level 1 down; empty where there is none."""
    try:
        return " › ".join(words.name_of(each) for each in classes.path(session(), code)) if code else ""
    except ClassNotFoundError:
        return ""


def unit_name(code: str | None) -> str:
    """The name of a unit in the reader's language."""
    return words.name_of(org.unit(session(), code)) if code else ""


def person_name(login: str | None) -> str:
    """The name behind a login; the system and the customer have names as well."""
    if not login:
        return ""
    if login in ("system", "customer"):
        return gettext("System") if login == "system" else gettext("Customer")
    try:
        return words.name_of(org.find_user(session(), login))
    except org.UserNotFoundError:
        return login


def taken_by(task: Task) -> str | None:
    """Claimed by Li Xiaoyan 15:04, where somebody else has it."""
    if task.assignee is None or task.assignee_id == actor().user_id:
        return None
    name = words.name_of(task.assignee)
    if task.claimed_at is None:
        return gettext("With %(name)s", name=name)
    return gettext("Claimed by %(name)s %(time)s", name=name, time=words.moment_of(task.claimed_at))


def function_name(function: str | None) -> str:
    """The name of the unit that does this in the reader's city."""
    if not function:
        return ""
    unit = org.resolve_unit(session(), function, next((city for city in actor().cities if city), None))
    return words.name_of(unit) if unit else ""
