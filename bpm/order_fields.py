"""What can be said of an order when it comes in, and what is wrong with what was said: a sentence for each field."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from bpm import classes, org
from bpm.errors import N_, NotFoundError
from bpm.forms import AnswersError, FieldSentence

CHANNELS = {
    "PHONE_1860": N_("1860 hotline"),
    "VOICE_MSG": N_("Voice message"),
    "FAX": N_("Fax"),
    "SMS_FREE": N_("Text message"),
    "SMS_FORMAT": N_("Text message, coded"),
    "WEB_FORM": N_("Web form"),
    "WEB_SELF": N_("Self-service"),
    "EMAIL": N_("E-mail"),
    "KAM": N_("Key account manager"),
    "HALL": N_("Business hall"),
    "MEMBER_CENTRE": N_("Member centre"),
    "VIP_CLUB": N_("VIP club"),
    "SUPERVISION": N_("Public supervision"),
    "REGULATOR": N_("Regulator"),
    "OUTBOUND_FOUND": N_("Found on a return visit"),
    "CHAT": N_("Chat"),
}
"""Ways in which a complaint reaches the organisation (reference processes A2), and the words for them."""

TYPES = {
    "COMPLAINT": N_("Complaint"),
    "FAULT": N_("Fault"),
    "CONSULT": N_("Question"),
    "SUGGESTION": N_("Suggestion"),
    "REQUEST": N_("Request"),
    "APPOINTMENT": N_("Appointment"),
    "PRAISE": N_("Praise"),
}
"""What somebody may come with, and the word for it."""

_TEXTS = {"title": 200, "description": 10_000, "demand": 2_000, "contact_name": 100, "answer_text": 4_000, "result": 50, "sp_code": 50}
NUMBERS = ("amount_disputed", "affected_users", "compensation")
_PHONES = ("contact_phone", "customer_number")
FLAGS = ("on_the_spot", "safety_or_media", "on_line")
_LARGEST = 1e12
KNOWN = frozenset(_TEXTS) | set(NUMBERS) | set(FLAGS)
KNOWN |= {"type", "channel", "contact_phone", "contact_email", "customer_number", "city", "class", "customer"}
_PHONE = re.compile(r"\+?[0-9]{3,15}")
_BETWEEN_DIGITS = re.compile(r"[\s\-‐-―().·]")
_EMAIL = re.compile(r"[^@\s<>\"'(),:;\[\]\\\x00-\x1f\x7f-\x9f]{1,64}@[A-Za-z0-9.-]{1,190}")

MUST_BE_GIVEN = N_("Fill this in.")
NOT_KNOWN = N_("This is not one of the choices.")
NOT_A_FIELD = N_("There is no such field.")
TOO_LONG = N_("This is too long: at most {limit} characters.")
NOT_A_NUMBER = N_("Enter a number that is not negative.")
NOT_YES_OR_NO = N_("Answer with yes or no.")
NOT_A_PHONE = N_("A telephone number has 3 to 15 digits, with a + in front if need be.")
NOT_AN_EMAIL = N_("This is no e-mail address.")
ONE_CONTACT = N_("Give a telephone number or an e-mail address at which we can reach you.")


def checked(session: Session, fields: Mapping[str, Any], *, contact_needed: bool = True) -> dict[str, Any]:
    """The fields of ``POST /work-orders``, in their types and without those that say nothing. Raises AnswersError naming each wrong one."""
    written = {name: value.replace("\0", "") if isinstance(value, str) else value for name, value in fields.items()}
    given = {name: value for name, value in written.items() if value is not None and not (isinstance(value, str) and not value.strip())}
    given |= {name: plain_number(_text(given, name)) for name in _PHONES if _text(given, name)}
    given.setdefault("type", "COMPLAINT")
    wrong: dict[str, str] = dict.fromkeys(given.keys() - KNOWN, NOT_A_FIELD)
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
        elif name in NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LARGEST):
            wrong[name] = NOT_A_NUMBER
        elif name in FLAGS and not isinstance(value, bool):
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
