"""Is it alive, is it ready, how is it doing: for the machines that watch. At the root, for everybody on the network."""

import time
from collections.abc import Iterator
from datetime import timedelta

from flask import Blueprint, Response
from sqlalchemy import func, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from bpm import clock, work_items
from bpm.models.incident import Incident
from bpm.models.instance import Instance
from bpm.models.task import OPEN, Task
from bpm.models.work_order import WorkOrder
from bpm.request import session

chapter = Blueprint("health", __name__)

_started = time.monotonic()
_OPEN_INSTANCES = ("running", "suspended", "incident")


@chapter.get("/healthz")
def alive() -> dict[str, str]:
    """Answer, as long as this process can; it asks nothing of the database."""
    return {"status": "ok"}


@chapter.get("/readyz")
def ready() -> dict[str, str]:
    """Answer when requests can be served: the database can be reached. 503 else."""
    session().execute(text("SELECT 1"))
    return {"status": "ok", "database": "ok"}


@chapter.get("/metrics")
def metrics() -> Response:
    """The state of work in the text format of Prometheus."""
    return Response("\n".join(_lines(session())) + "\n", mimetype="text/plain", content_type="text/plain; version=0.0.4; charset=utf-8")


def _lines(session: Session) -> Iterator[str]:
    health = work_items.health(session)
    late = max(timedelta(0), clock.now() - health.oldest_due) if health.oldest_due else timedelta(0)
    yield from _gauge("baton_uptime_seconds", "Seconds since this process started", time.monotonic() - _started)
    yield from _gauge("baton_work_items_waiting", "Work items that wait for their time or their turn", health.waiting)
    yield from _gauge("baton_work_items_failed", "Work items that were given up", health.failed)
    yield from _gauge("baton_work_items_lateness_seconds", "How long the oldest work item is overdue", late.total_seconds())
    yield from _counts(session, "baton_tasks", "Tasks that are not done", Task.status, OPEN)
    yield from _counts(session, "baton_instances", "Instances that have not ended", Instance.status, _OPEN_INSTANCES)
    yield from _counts(session, "baton_incidents", "Incidents", Incident.state, ("open",))
    counted = (WorkOrder.paused_at.is_(None), WorkOrder.answered_at.is_(None), WorkOrder.closed_at.is_(None))
    overdue = select(func.count()).where(WorkOrder.due_at < clock.now(), *counted)
    yield from _gauge("baton_work_orders_late", "Work orders past their limit without an answer", session.scalar(overdue) or 0)


def _gauge(name: str, told: str, value: float) -> Iterator[str]:
    yield f"# HELP {name} {told}"
    yield f"# TYPE {name} gauge"
    yield f"{name} {value:g}"


def _counts(session: Session, name: str, told: str, column: InstrumentedAttribute[str], values: tuple[str, ...]) -> Iterator[str]:
    query = select(column, func.count()).where(column.in_(values)).group_by(column)
    rows = {value: count for value, count in session.execute(query)}  # noqa: C416 -- dict() would not see that a row is a pair
    yield f"# HELP {name} {told}"
    yield f"# TYPE {name} gauge"
    for value in values:
        yield f'{name}{{{column.key}="{value}"}} {rows.get(value, 0)}'
