"""Customers as billing last described them; an order keeps its own snapshot of its day."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from bpm.models.customer import Customer
from bpm.models.ids import row_id
from bpm.models.work_order import WorkOrder

PRIVATE_LINK = re.compile(r"(https?://[^\s/]+)?/track/[a-z2-7]+")
"""A customer's link as it stands in texts. Who has it acts as the customer; the staff need it not."""

_FOUND_AT_ONCE = 20
_SHORT_NUMBER = 7
_LONGEST_SOUGHT = 100
_THIRD_LEVEL = 6
"""Digits of a class's code that stand for its first three levels."""

REPEATED = timedelta(days=30)
"""Who complains of the same matter again within this time repeats himself."""

_NUMBERS = frozenset({"contact_phone", "customer_number"})


def remember(session: Session, snapshot: Mapping[str, Any], grade: str | None, now: datetime) -> Customer:
    """Keep what a look-up has just told of a customer (``number``, ``name``, ``city``, ``kam``, ``email`` and whatever else).

    An older answer never overwrites a newer one, and a grade that is not known (None) leaves the last one standing.
    """
    number = str(snapshot["number"])
    customer = find(session, number)
    if customer is None:
        customer = Customer(id=row_id(), number=number, fetched_at=now)
        session.add(customer)
    elif customer.fetched_at > now:
        return customer
    customer.name = snapshot.get("name") or number
    customer.name_en = snapshot.get("name_en")
    customer.city, customer.kam, customer.email = snapshot.get("city"), snapshot.get("kam"), snapshot.get("email")
    customer.grade = grade or customer.grade
    customer.snapshot, customer.fetched_at = dict(snapshot), now
    return customer


def find(session: Session, number: str) -> Customer | None:
    """The customer of a telephone number, if one was ever looked up."""
    return session.scalar(select(Customer).where(Customer.number == number))


def masked(number: str | None) -> str:
    """138****2716: enough to know a number again, not enough to call."""
    if not number:
        return ""
    return f"{number[:3]}****{number[-4:]}" if len(number) > _SHORT_NUMBER else "****" + number[-2:]


def without_numbers(told: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of an order or its process, with the customer's numbers masked and without his private link."""
    shown = dict(told)
    for name in _NUMBERS & shown.keys():
        shown[name] = masked(str(shown[name])) if shown[name] is not None else None
    if isinstance(shown.get("customer"), Mapping):
        shown["customer"] = {**shown["customer"], "number": masked(str(shown["customer"].get("number") or ""))}
    if isinstance(shown.get("text"), str):
        shown["text"] = PRIVATE_LINK.sub("…", shown["text"])
    return shown | ({"tracking_url": None} if "tracking_url" in shown else {})


def orders_of(*numbers: str | None) -> ColumnElement[bool]:
    """Which orders are those of a customer: by the number complained about, or the number to call. Without a number, none."""
    known = [number for number in numbers if number]
    return or_(WorkOrder.customer_number.in_(known), WorkOrder.contact_phone.in_(known))


def same_matter(order: WorkOrder) -> ColumnElement[bool]:
    """Which orders are about the same thing as this one: alike to the third level of their class. Without a class, none."""
    if not order.class_code:
        return false()
    return WorkOrder.class_code.startswith(order.class_code[:_THIRD_LEVEL], autoescape=True)


def search(session: Session, text: str) -> list[Customer]:
    """The first twenty customers whose number begins with a text or whose name contains it, by number."""
    sought = text.strip()[:_LONGEST_SOUGHT]
    if not sought:
        return []
    names = (column.icontains(sought, autoescape=True) for column in (Customer.name, Customer.name_en))
    query = select(Customer).where(or_(Customer.number.startswith(sought, autoescape=True), *names))
    return list(session.scalars(query.order_by(Customer.number).limit(_FOUND_AT_ONCE)))
