"""Work orders: take one in, find it, and what may be done with it from outside the process."""

from typing import Any

from flask import current_app

from bpm import contacts, follow_up, intake, suspension, workorders
from bpm.api import etag
from bpm.api.chapter import Chapter, for_reader, url_of
from bpm.api.schemas.base import page_of, written_page
from bpm.api.schemas.tasks import TextBody
from bpm.api.schemas.work_orders import (
    ContactsShape,
    OrderBody,
    OrderQuery,
    OrderShape,
    ReasonBody,
    SuspendBody,
    contact_row,
    order_row,
)
from bpm.models.work_order import WorkOrder
from bpm.request import actor, now, session
from bpm.workorders import OrderFilters

chapter = Chapter("work_orders", "Work orders")

Answer = tuple[dict[str, Any], int, dict[str, str]]


@chapter.post("/work-orders")
@chapter.takes(OrderBody)
@chapter.answers(201, OrderShape)
def take(body: dict[str, Any]) -> Answer:
    """Take a complaint in: it gets its number and its tracking page, and the process of its type starts.

    The same ``external_id`` again answers the order that was made before.
    """
    external_id = body.pop("external_id", None)
    fields = {("class" if name == "class_" else name): value for name, value in body.items()}
    answer, _, headers = _whole(intake.take(session(), fields, actor(), now(), external_id=external_id))
    return answer, 201, headers


@chapter.get("/work-orders")
@chapter.takes(OrderQuery, location="query")
@chapter.answers(200, page_of(OrderShape))
def page(query: dict[str, Any]) -> dict[str, Any]:
    """List the orders that one may see, newest first."""
    cursor, limit, url = query.pop("cursor", None), query.pop("limit"), url_of(current_app)
    filters = OrderFilters(class_code=query.pop("class_", None), **query)
    return written_page(workorders.page(session(), actor(), filters, now(), cursor, limit), lambda order: for_reader(order_row(order, url)))


@chapter.get("/work-orders/<number>")
@chapter.answers(200, OrderShape)
def show(number: str) -> Answer:
    """Show an order."""
    return _whole(_order(number))


@chapter.get("/work-orders/<number>/contacts")
@chapter.answers(200, ContactsShape)
def said(number: str) -> dict[str, Any]:
    """Read what was said and noted, oldest first."""
    return {"items": [for_reader(contact_row(contact)) for contact in contacts.of_order(session(), _order(number))], "next_cursor": None}


@chapter.post("/work-orders/<number>/urge")
@chapter.takes(ReasonBody)
@chapter.answers(200, OrderShape)
def urge(body: dict[str, Any], number: str) -> Answer:
    """Urge an order (催办): at most one in half an hour counts. What follows from the second or third is drawn in the process."""
    order = _checked(number)
    follow_up.urge(session(), order, body["reason"], actor(), now())
    return _whole(order)


@chapter.post("/work-orders/<number>/suspend")
@chapter.takes(SuspendBody)
@chapter.answers(200, OrderShape)
def suspend(body: dict[str, Any], number: str) -> Answer:
    """Put an order on hold (挂起) for a reason that the pause rules know, until a moment."""
    order = _checked(number)
    suspension.suspend(session(), order, body["reason"], body.get("until"), body.get("note"), actor(), now())
    return _whole(order)


@chapter.post("/work-orders/<number>/resume")
@chapter.answers(200, OrderShape)
def resume(number: str) -> Answer:
    """Let an order on hold go on; its limits move by the working time that it stood."""
    order = _checked(number)
    suspension.resume(session(), order, actor(), now())
    return _whole(order)


@chapter.post("/work-orders/<number>/notes")
@chapter.takes(TextBody)
@chapter.answers(200, OrderShape)
def note(body: dict[str, Any], number: str) -> Answer:
    """Add a remark that only the staff can read."""
    order = _checked(number)
    contacts.note(session(), order, body["text"], actor(), now())
    return _whole(order)


@chapter.post("/work-orders/<number>/information")
@chapter.takes(TextBody)
@chapter.answers(200, OrderShape)
def inform(body: dict[str, Any], number: str) -> Answer:
    """Add what the customer has told since; an order that waited for him goes on."""
    order = _checked(number)
    follow_up.inform(session(), order, body["text"], actor(), now())
    return _whole(order)


@chapter.post("/work-orders/<number>/withdraw")
@chapter.takes(ReasonBody)
@chapter.answers(200, OrderShape)
def withdraw(body: dict[str, Any], number: str) -> Answer:
    """Withdraw an order at the customer's wish; its tasks are cancelled."""
    order = _checked(number)
    follow_up.withdraw(session(), order, body["reason"], actor(), now())
    return _whole(order)


@chapter.post("/work-orders/<number>/reopen")
@chapter.takes(ReasonBody)
@chapter.answers(200, OrderShape)
def reopen(body: dict[str, Any], number: str) -> Answer:
    """Reopen an order that was answered or closed."""
    order = _checked(number)
    follow_up.reopen(session(), order, body["reason"], actor(), now())
    return _whole(order)


def _order(number: str) -> WorkOrder:
    return workorders.by_number(session(), number, actor())


def _checked(number: str) -> WorkOrder:
    """The order, in the version that the caller has read, where it says which. Nobody changes it before the caller does."""
    order = _order(number)
    if etag.asked_for():
        workorders.lock(session(), order)
        etag.check(order_row(order, url_of(current_app)))
    return order


def _whole(order: WorkOrder) -> Answer:
    row = order_row(order, url_of(current_app))
    return for_reader(row), 200, etag.header(row)
