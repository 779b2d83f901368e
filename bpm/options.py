"""What a reader may do with a task or an order as it stands now: the buttons of a page. The commands themselves ask again."""

from typing import Literal

from sqlalchemy.orm import Session

from bpm import access, incidents
from bpm.access import Actor
from bpm.models.task import OPEN, Task
from bpm.models.work_order import WorkOrder
from bpm.workorders import CLOSED_STATES

OfTask = Literal["claim", "complete", "release", "return", "reassign", "hold", "resume"]
OfOrder = Literal["urge", "note", "attach", "hold", "resume", "withdraw", "reopen", "move", "incident"]

_MAY_HOLD = frozenset({"AGENT", "REVIEWER", "DISPATCHER", "HANDLER", "SECTION_HEAD", "DEPT_HEAD", "CS_MANAGER", "KAM", "VP"})
MAY_WITHDRAW = frozenset({"AGENT", "REVIEWER", "DISPATCHER", "CS_MANAGER", "KAM"})
MAY_REOPEN = MAY_WITHDRAW | {"VISITOR", "QA"}


def of_task(session: Session, task: Task, actor: Actor) -> frozenset[OfTask]:
    """What the actor may do with a task."""
    if task.status == "suspended":
        return frozenset({"resume"})
    if task.status not in OPEN:
        return frozenset()
    can: set[OfTask] = set()
    mine = actor.user_id is not None and task.assignee_id == actor.user_id
    if mine and task.status == "claimed":
        can |= {"complete", "release", "return", "reassign"}
        can |= {"hold"} if task.order is not None else set()
    elif (task.assignee_id is None or mine) and not task.excludes(actor.user_id) and access.may_see_task(session, actor, task):
        can.add("claim")
    if actor.is_admin or task.queue in actor.queues or access.leads(session, actor, task.unit_code):
        can.add("reassign")
    return frozenset(can)


def of_order(session: Session, order: WorkOrder, actor: Actor) -> frozenset[OfOrder]:
    """What the actor may do with an order."""
    closed = order.state in CLOSED_STATES
    can: set[OfOrder] = {"note", "attach"}
    if not closed:
        can.add("urge")
        if order.state == "SUSPENDED":
            can.add("resume")
        elif actor.plays(_MAY_HOLD):
            can.add("hold")
        if actor.plays(MAY_WITHDRAW):
            can.add("withdraw")
    elif order.state in ("CLOSED", "ARCHIVED") and actor.plays(MAY_REOPEN):
        can.add("reopen")
    if actor.plays(incidents.MENDERS):
        can.add("incident")
    if actor.is_admin and not closed:
        can.add("move")
    return frozenset(can)
