"""A complaint is told once: it gets its number, and its process starts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bpm import access, catalogue, contacts, customers, definitions, instances, journal, order_fields, workorders
from bpm.access import Actor
from bpm.errors import N_, ConflictError
from bpm.forms import AnswersError, FieldSentence, Form, check, resolved
from bpm.models.definition import Definition
from bpm.models.instance import Instance
from bpm.models.org import Unit
from bpm.models.work_order import WorkOrder
from bpm.workorders import CLOSED_STATES, NewOrder


class ExternalIdTakenError(ConflictError):
    """Somebody else has used this id."""

    code = "external-id-taken"
    sentence = N_("Another order has the id “{external_id}” already.")


LONGEST_ABOUT = 200
"""Characters of what a case without an order is about."""

DESK = ("AGENT", "KAM", "REVIEWER", "DISPATCHER", "CS_MANAGER")
"""Who sits at the intake desk."""
_REGISTERING = frozenset({"AGENT", "KAM", "REVIEWER", "DISPATCHER"})


def take(
    session: Session,
    fields: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    external_id: str | None = None,
    *,
    language: str | None = None,
) -> WorkOrder:
    """Take a complaint from any channel: make the order and start the process of its type.

    ``fields`` are those of ``POST /work-orders``; ``language`` is that in which the customer himself complains. The same ``external_id``
    again answers with the order that was made before.
    Raises AnswersError naming each wrong field, and ExternalIdTakenError where that order is not the actor's to see.
    """
    external_id = external_id or None  # an empty one is none
    if external_id and (before := _made_before(session, external_id, actor)) is not None:
        return before
    given = order_fields.checked(session, fields)
    new = _new_order(session, given, actor, external_id, language)
    definition = definitions.for_order_type(session, new.type)
    try:
        with session.begin_nested():
            order = workorders.create(session, new, definition, now)
    except IntegrityError:  # the same contact came in twice at the same moment: the other one was first
        if external_id and (before := _made_before(session, external_id, actor)) is not None:
            return before
        raise
    if order.description:
        contacts.add(session, order, "complaint", order.description, now, user_id=actor.user_id)
    variables = _variables(session, order, given, actor, now)
    instance = instances.start(session, definition.key, variables, actor, now, order=order)
    journal.note(session, instance, "received", actor.login, now, None, channel=order.channel, number=order.number)
    return order


def take_at_desk(session: Session, fields: Mapping[str, Any], actor: Actor, now: datetime) -> WorkOrder:
    """As ``take``, from an agent: nothing is solved on the spot without a word, for the customer would get an empty answer."""
    if fields.get("on_the_spot") is True and not fields.get("answer_text"):
        raise AnswersError(fields={"answer_text": order_fields.MUST_BE_GIVEN})
    return take(session, fields, actor, now)


def _made_before(session: Session, external_id: str, actor: Actor) -> WorkOrder | None:
    before = workorders.by_external_id(session, external_id)
    if before is not None and actor.user_id is not None and not access.may_see_order(session, actor, before):
        raise ExternalIdTakenError(external_id=external_id)
    return before


def start(session: Session, key: str, variables: dict[str, Any], business_key: str | None, actor: Actor, now: datetime) -> Instance:
    """Start a process by its key. Where its definition names a type of work order, the order is made as well.

    What the form at its start asks for is checked; other variables are taken as they are. Raises AnswersError.
    """
    definition = definitions.latest(session, key)
    form = first_form(session, definition, actor.language)
    if form is not None:
        variables = {name: value for name, value in variables.items() if name not in form.fields} | check(form, variables)
    if definition.order_type is None:
        return instances.start(session, key, variables, actor, now, business_key=business_key)
    known = {name: value for name, value in variables.items() if name in order_fields.KNOWN}
    known = {"channel": "WEB_FORM", "title": definition.name, **known, "type": definition.order_type}
    given = order_fields.checked(session, known, contact_needed=False)
    order = workorders.create(session, _new_order(session, given, actor), definition, now)
    everything = {**variables, **_variables(session, order, given, actor, now)}
    return instances.start(session, key, everything, actor, now, order=order)


def begin(session: Session, definition: Definition, answers: Mapping[str, Any], about: str, actor: Actor, now: datetime) -> Instance:
    """Begin a case of a process that makes no order, with the answers to the form at its start. Raises AnswersError."""
    if len(about) > LONGEST_ABOUT:
        raise AnswersError(fields={"about": FieldSentence(order_fields.TOO_LONG, limit=LONGEST_ABOUT)})
    form = first_form(session, definition, actor.language)
    given = check(form, answers) if form is not None else {}
    return instances.start(session, definition.key, given, actor, now, business_key=about or None)


def first_form(session: Session, definition: Definition, language: str) -> Form | None:
    """The form at the plain start of a process, ready for a reader; None where the drawing names none."""
    start = catalogue.plain_start(session, definition)
    return resolved(session, definition.id, start.form, {}, language=language, city=None) if start is not None and start.form else None


def _new_order(
    session: Session, given: Mapping[str, Any], actor: Actor, external_id: str | None = None, language: str | None = None
) -> NewOrder:
    owner = actor.user_id is not None and not actor.roles.isdisjoint(_REGISTERING)
    return NewOrder(
        type=given["type"],
        channel=given["channel"],
        title=" ".join(given["title"].split()),
        description=given.get("description", ""),
        demand=given.get("demand"),
        contact_name=given.get("contact_name"),
        contact_phone=given.get("contact_phone"),
        contact_email=given.get("contact_email"),
        customer_number=given.get("customer_number"),
        city=given.get("city") or _city(session, actor),
        class_code=given.get("class"),
        first_owner=actor.login if owner else None,
        first_owner_unit=actor.units[0] if owner and actor.units else None,
        external_id=external_id,
        language=language,
    )


def _city(session: Session, actor: Actor) -> str:
    """The actor's own city, else the one in which the installation's front desk stands first."""
    own = next((city for city in actor.cities if city), None)
    if own:
        return own
    desk = session.scalars(select(Unit).where(Unit.function == "FRONT", Unit.city.is_not(None)).order_by(Unit.code)).first()
    return desk.city if desk and desk.city else ""


NOTHING_SAID: Mapping[str, Any] = {
    "on_the_spot": False,
    "safety_or_media": False,
    "amount_disputed": 0,
    "affected_users": 1,
    "compensation": 0,
    "on_line": False,
    "answer_text": None,
    "result": None,
    "sp_code": None,
}
"""What a process knows at its start of a complaint of which nothing more was said."""


def _variables(session: Session, order: WorkOrder, given: Mapping[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """What the process knows at its start."""
    staff = order.first_owner is not None
    kept = customers.find(session, order.customer_number or order.contact_phone or "")
    known = {
        name: given[name] for name in (*order_fields.NUMBERS, *order_fields.FLAGS, "answer_text", "result", "sp_code") if name in given
    }
    return {
        **NOTHING_SAID,
        **known,
        **_repeats(session, order, now),
        "number": order.number,
        "order_type": order.type,
        "channel": order.channel,
        "title": order.title,
        "description": order.description,
        "demand": order.demand,
        "contact_name": order.contact_name,
        "contact_phone": order.contact_phone,
        "contact_email": order.contact_email,
        "customer_number": order.customer_number or order.contact_phone,
        "city": order.city,
        "class_code": order.class_code,
        "first_owner": order.first_owner,
        "registered": staff and order.class_code is not None,
        "regulator": order.channel == "REGULATOR",
        "customer": given.get("customer"),
        "last_grade": kept.grade if kept else None,
        "grade_pending": False,
    }


def _repeats(session: Session, order: WorkOrder, now: datetime) -> dict[str, Any]:
    """How often this customer has complained before: in 90 days, open now, and about the same thing (three levels) in 30 days."""
    same = customers.orders_of(order.customer_number, order.contact_phone)
    others = (same, WorkOrder.id != order.id, WorkOrder.created_at >= now - timedelta(days=90))
    row = session.execute(
        select(
            func.count(),
            func.count().filter(WorkOrder.state.not_in(CLOSED_STATES)),
            func.count().filter(customers.same_matter(order), WorkOrder.created_at >= now - customers.REPEATED),
        ).where(*others)
    ).one()
    return {"orders_90d": row[0], "open_orders": row[1], "repeat_30d": row[2] + 1, "repeat_flag": row[2] > 0}
