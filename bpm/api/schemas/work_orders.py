"""Work orders outside."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields

from bpm.api.schemas.base import Body, ListQuery, Shape, line, text
from bpm.models.work_order import Contact, WorkOrder

WITH_OFFSET = "Write the moment with its offset, such as 2026-11-24T12:00:00+08:00."


def _in_calendars(moment: datetime) -> None:
    """At the ends of time an offset leads out of it."""
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise ValidationError(WITH_OFFSET) from None


class OrderShape(Shape):
    """A work order (工单)."""

    number = fields.String(required=True)
    type = fields.String(required=True)
    channel = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    state = fields.String(required=True)
    instance_id = fields.UUID(required=True, allow_none=True)
    tracking_url = fields.String(
        required=True, allow_none=True, metadata={"description": "The customer's private page; for programs only, as whole numbers are"}
    )
    contact_name = fields.String(required=True, allow_none=True)
    contact_phone = fields.String(required=True, allow_none=True)
    contact_email = fields.String(required=True, allow_none=True)
    customer_number = fields.String(required=True, allow_none=True)
    city = fields.String(required=True)
    class_ = fields.String(required=True, allow_none=True, data_key="class")
    level = fields.String(required=True, allow_none=True)
    grade = fields.String(required=True, allow_none=True)
    grade_pending = fields.Boolean(
        required=True, metadata={"description": "The grade stands in for the customer's own, still to be looked up"}
    )
    priority = fields.Integer(required=True)
    escalation_tier = fields.Integer(required=True)
    due_at = fields.DateTime(required=True, allow_none=True)
    statutory_due_at = fields.DateTime(required=True)
    paused_minutes = fields.Float(required=True)
    suspend_reason = fields.String(required=True, allow_none=True)
    suspended_until = fields.DateTime(required=True, allow_none=True)
    urge_count = fields.Integer(required=True)
    reopen_count = fields.Integer(required=True)
    return_count = fields.Integer(required=True)
    current_unit = fields.String(required=True, allow_none=True)
    current_user = fields.String(required=True, allow_none=True)
    current_step = fields.String(required=True, allow_none=True)
    result = fields.String(required=True, allow_none=True)
    satisfaction = fields.Integer(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)
    answered_at = fields.DateTime(required=True, allow_none=True)
    closed_at = fields.DateTime(required=True, allow_none=True)


class ContactShape(Shape):
    """One time that the customer and the organisation spoke, or a note of the staff."""

    at = fields.DateTime(required=True)
    direction = fields.String(required=True)
    channel = fields.String(required=True)
    kind = fields.String(required=True)
    text = fields.String(required=True)
    public = fields.Boolean(required=True, metadata={"description": "Shown on the tracking page"})


class ContactsShape(Shape):
    """All contacts of an order, oldest first."""

    items = fields.List(fields.Nested(ContactShape), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class OrderQuery(ListQuery):
    """What a list of orders is narrowed by."""

    q = line(metadata={"description": "Part of a number, title, name or telephone number"})
    state = line()
    unit = line(metadata={"description": "Code of the unit that has it now"})
    at = line(metadata={"description": "Code of a unit: what is not closed and lies with it, or with one below it"})
    class_ = line(data_key="class", metadata={"description": "A class, with all below it"})
    late = fields.Boolean(metadata={"description": "One of its clocks is over: its step's, that of the answer, or the statutory one"})
    city = line()
    level = line()


class OrderBody(Body):
    """A complaint, fault, question ... as it comes in. A title, the channel and one way to reach the customer are enough."""

    type = line(load_default="COMPLAINT")
    channel = line(required=True)
    title = line(required=True)
    description = text(allow_none=True)
    demand = text(allow_none=True)
    contact_name = line(allow_none=True)
    contact_phone = line(allow_none=True)
    contact_email = line(allow_none=True)
    customer_number = line(allow_none=True, metadata={"description": "The number complained about, where it is another one"})
    city = line(allow_none=True, metadata={"description": "Code; default: the caller's city"})
    class_ = line(allow_none=True, data_key="class", metadata={"description": "Code of the classification"})
    external_id = line(allow_none=True, metadata={"description": "What the channel calls it: the same again answers the same order"})
    amount_disputed = fields.Float(allow_none=True)
    affected_users = fields.Float(allow_none=True)
    compensation = fields.Float(allow_none=True)
    safety_or_media = fields.Boolean(allow_none=True)
    on_line = fields.Boolean(allow_none=True, metadata={"description": "The customer is on the line now"})
    on_the_spot = fields.Boolean(allow_none=True, metadata={"description": "Solved while the customer was there"})
    answer_text = text(allow_none=True)
    result = line(allow_none=True)
    sp_code = line(allow_none=True)


class ReasonBody(Body):
    """Why."""

    reason = text(required=True)


class SuspendBody(Body):
    """Why the order waits, and until when (ISO 8601 with offset)."""

    reason = line(required=True)
    until = fields.AwareDateTime(
        allow_none=True, validate=_in_calendars, error_messages=dict.fromkeys(("invalid", "invalid_awareness"), WITH_OFFSET)
    )
    note = text(allow_none=True)


def order_row(order: WorkOrder, url: str) -> dict[str, Any]:
    """A work order; ``url`` is this server's address."""
    return {
        "number": order.number,
        "type": order.type,
        "channel": order.channel,
        "title": order.title,
        "description": order.description,
        "state": order.state,
        "instance_id": order.instance_id,
        "tracking_url": f"{url}/track/{order.token}",
        "contact_name": order.contact_name,
        "contact_phone": order.contact_phone,
        "contact_email": order.contact_email,
        "customer_number": order.customer_number,
        "city": order.city,
        "class": order.class_code,
        "level": order.level,
        "grade": order.grade,
        "grade_pending": order.grade_pending,
        "priority": order.priority,
        "escalation_tier": order.escalation_tier,
        "due_at": order.due_at,
        "statutory_due_at": order.statutory_due_at,
        "paused_minutes": order.paused_minutes,
        "suspend_reason": order.suspend_reason,
        "suspended_until": order.suspended_until,
        "urge_count": order.urge_count,
        "reopen_count": order.reopen_count,
        "return_count": order.return_count,
        "current_unit": order.current_unit,
        "current_user": order.current_user,
        "current_step": order.current_step,
        "result": order.result,
        "satisfaction": order.satisfaction,
        "created_at": order.created_at,
        "answered_at": order.answered_at,
        "closed_at": order.closed_at,
    }


def contact_row(contact: Contact) -> dict[str, Any]:
    """One contact."""
    return {
        "at": contact.at,
        "direction": contact.direction,
        "channel": contact.channel,
        "kind": contact.kind,
        "text": contact.text,
        "public": contact.public,
    }
