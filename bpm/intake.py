"""A complaint is told once: it gets its number, and its process starts."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bpm import access, catalogue, classes, contacts, customers, definitions, instances, journal, org, workorders
from bpm.access import Actor
from bpm.errors import N_, ConflictError, NotFoundError
from bpm.forms import AnswersError, FieldSentence, Form, check, resolved
from bpm.models.definition import Definition
from bpm.models.instance import Instance
from bpm.models.org import Unit
from bpm.models.work_order import WorkOrder
from bpm.workorders import CLOSED_STATES, NewOrder

CHANNELS = {
    "PHONE_1860": N_("Hotline"),
    "VOICE_MSG": N_("Voice message"),
    "FAX": N_("Fax"),
    "SMS_FREE": N_("SMS"),
    "SMS_FORMAT": N_("SMS in a set form"),
    "WEB_FORM": N_("Web form"),
    "WEB_SELF": N_("Customer portal"),
    "EMAIL": N_("E-mail"),
    "KAM": N_("Key account manager"),
    "HALL": N_("Business hall"),
    "MEMBER_CENTRE": N_("Member centre"),
    "VIP_CLUB": N_("VIP club"),
    "SUPERVISION": N_("Supervision line"),
    "REGULATOR": N_("Regulator"),
    "OUTBOUND_FOUND": N_("Found during a return visit"),
    "CHAT": N_("Chat"),
}
"""Ways in which a complaint reaches the organisation (reference processes A2)."""

TYPES = {
    "COMPLAINT": N_("Complaint"),
    "SUGGESTION": N_("Suggestion"),
    "REQUEST": N_("Service request"),
    "APPOINTMENT": N_("Appointment"),
    "CONSULT": N_("Question"),
    "FAULT": N_("Fault"),
    "PRAISE": N_("Praise"),
}


class ExternalIdTakenError(ConflictError):
    """Somebody else has used this id."""

    code = "external-id-taken"
    sentence = N_("Another order has the id “{external_id}” already.")


_TEXTS = {"title": 200, "description": 10_000, "demand": 2_000, "contact_name": 100, "answer_text": 4_000, "result": 50, "sp_code": 50}
_NUMBERS = ("amount_disputed", "affected_users", "compensation")
_PHONES = ("contact_phone", "customer_number")
_FLAGS = ("on_the_spot", "safety_or_media", "on_line")
_LARGEST = 1e12
_KNOWN = frozenset(_TEXTS) | set(_NUMBERS) | set(_FLAGS)
_KNOWN |= {"type", "channel", "contact_phone", "contact_email", "customer_number", "city", "class", "customer"}
_PHONE = re.compile(r"\+?[0-9]{3,15}")
_BETWEEN_DIGITS = re.compile(r"[\s\-‐-―().·]")
_EMAIL = re.compile(r"[^@\s<>\"'(),:;\[\]\\\x00-\x1f\x7f-\x9f]{1,64}@[A-Za-z0-9.-]{1,190}")
_REGISTERING = frozenset({"AGENT", "KAM", "REVIEWER", "DISPATCHER"})

MUST_BE_GIVEN = N_("Fill this in.")
NOT_KNOWN = N_("This is not one of the choices.")
NOT_A_FIELD = N_("There is no such field.")
TOO_LONG = N_("This is too long: at most {limit} characters.")
LONGEST_ABOUT = 200
"""Characters of what a case without an order is about."""
NOT_A_NUMBER = N_("Enter a number that is not negative.")
NOT_YES_OR_NO = N_("Answer with yes or no.")
NOT_A_PHONE = N_("A telephone number has digits only, with a + in front if need be.")
NOT_AN_EMAIL = N_("This is no e-mail address.")
ONE_CONTACT = N_("Give a telephone number or an e-mail address at which we can reach you.")


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
    given = _checked(session, fields)
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
        raise AnswersError(fields={"answer_text": MUST_BE_GIVEN})
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
    known = {name: value for name, value in variables.items() if name in _KNOWN}
    known = {"channel": "WEB_FORM", "title": definition.name, **known, "type": definition.order_type}
    given = _checked(session, known, contact_needed=False)
    order = workorders.create(session, _new_order(session, given, actor), definition, now)
    everything = {**variables, **_variables(session, order, given, actor, now)}
    return instances.start(session, key, everything, actor, now, order=order)


def begin(session: Session, definition: Definition, answers: Mapping[str, Any], about: str, actor: Actor, now: datetime) -> Instance:
    """Begin a case of a process that makes no order, with the answers to the form at its start. Raises AnswersError."""
    if len(about) > LONGEST_ABOUT:
        raise AnswersError(fields={"about": FieldSentence(TOO_LONG, limit=LONGEST_ABOUT)})
    form = first_form(session, definition, actor.language)
    given = check(form, answers) if form is not None else {}
    return instances.start(session, definition.key, given, actor, now, business_key=about or None)


def first_form(session: Session, definition: Definition, language: str) -> Form | None:
    """The form at the plain start of a process, ready for a reader; None where the drawing names none."""
    start = catalogue.plain_start(session, definition)
    return resolved(session, definition.id, start.form, {}, language=language, city=None) if start is not None and start.form else None


def _checked(session: Session, fields: Mapping[str, Any], *, contact_needed: bool = True) -> dict[str, Any]:
    """The fields in their types, or AnswersError with a sentence for each that is wrong."""
    written = {name: value.replace("\0", "") if isinstance(value, str) else value for name, value in fields.items()}
    given = {name: value for name, value in written.items() if value is not None and not (isinstance(value, str) and not value.strip())}
    given |= {name: plain_number(_text(given, name)) for name in _PHONES if _text(given, name)}
    given.setdefault("type", "COMPLAINT")
    wrong: dict[str, str] = dict.fromkeys(given.keys() - _KNOWN, NOT_A_FIELD)
    wrong |= {name: MUST_BE_GIVEN for name in ("title", "channel") if name not in given}
    wrong |= _wrong_types(given) | _wrong_contacts(given, needed=contact_needed) | _wrong_codes(session, given)
    if wrong:
        raise AnswersError(fields=wrong)
    return given


def plain_number(text: str) -> str:
    """A telephone number as it is kept, whatever people and their keyboards put between or into its digits: （0531）8888-1234."""
    return _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text))


def _wrong_types(given: Mapping[str, Any]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for name, value in given.items():
        if name in _TEXTS and (not isinstance(value, str) or len(value) > _TEXTS[name]):
            wrong[name] = FieldSentence(TOO_LONG, limit=_TEXTS[name])
        elif name in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LARGEST):
            wrong[name] = NOT_A_NUMBER
        elif name in _FLAGS and not isinstance(value, bool):
            wrong[name] = NOT_YES_OR_NO
    return wrong


def _wrong_codes(session: Session, given: Mapping[str, Any]) -> dict[str, str]:
    known = {
        "channel": _text(given, "channel") in CHANNELS,
        "type": _text(given, "type") in TYPES,
        "class": "class" in given and _is_class(session, str(given["class"])),
        "city": _text(given, "city") in {city.city for city in org.cities(session)},
        "customer": isinstance(given.get("customer"), dict),
    }
    return {name: NOT_KNOWN for name, is_known in known.items() if name in given and not is_known}


def _text(given: Mapping[str, Any], name: str) -> str:
    """A field that must be a text; nothing where it is none."""
    value = given.get(name)
    return value if isinstance(value, str) else ""


def _is_class(session: Session, code: str) -> bool:
    try:
        classes.get(session, code)
    except NotFoundError:
        return False
    return True


def _wrong_contacts(given: Mapping[str, Any], *, needed: bool) -> dict[str, str]:
    wrong = {}
    for name in _PHONES:
        if name in given and not _PHONE.fullmatch(_text(given, name)):
            wrong[name] = NOT_A_PHONE
    if "contact_email" in given and not _EMAIL.fullmatch(_text(given, "contact_email")):
        wrong["contact_email"] = NOT_AN_EMAIL
    if needed and not {"contact_phone", "contact_email"} & given.keys():
        wrong["contact_phone"] = ONE_CONTACT
    return wrong


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
    known = {name: given[name] for name in (*_NUMBERS, *_FLAGS, "answer_text", "result", "sp_code") if name in given}
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
