"""What a process says about itself in ``process.json``: typed, and checked when it is deployed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from bpm.errors import N_

SETTINGS_FILE = "process.json"
COLUMNS = {
    "title": N_("Title"),
    "description": N_("Description"),
    "demand": N_("What the customer asks for"),
    "class_code": N_("Class"),
    "city": N_("City"),
    "customer_number": N_("Customer's number"),
    "contact_name": N_("Contact"),
    "contact_phone": N_("Contact's telephone"),
    "contact_email": N_("Contact's e-mail"),
    "level": N_("Level"),
    "grade": N_("Grade"),
    "grade_pending": N_("Grade still to be looked up"),
    "customer": N_("Customer's data"),
    "total_minutes": N_("Time limit in minutes"),
    "calendar": N_("Calendar"),
    "on_the_spot": N_("Solved on the spot"),
    "result": N_("Result"),
    "answer_text": N_("Answer to the customer"),
    "satisfaction": N_("Satisfaction"),
}
"""The columns of a work order that a process may fill, and their names; all others are the platform's own."""

_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
SCHEMA = {
    "type": "object",
    "required": ["key", "main", "name"],
    "properties": {
        "key": {"type": "string", "pattern": r"^[\w.-]{1,100}$"},
        "main": {"type": "string", "minLength": 1},
        "name": {"type": "string", "minLength": 1},
        "order_type": {"type": ["string", "null"]},
        "begun_by_hand": {"type": "boolean"},
        "order_columns": {**_TEXTS, "propertyNames": {"enum": list(COLUMNS)}},
        "decisions": _TEXTS,
        "messages": _TEXTS,
        "notices": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["subject", "body"],
                "additionalProperties": False,
                "properties": {"subject": {"type": "string"}, "body": {"type": "string"}},
            },
        },
    },
}
"""What a ``process.json`` must be."""


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A notice's words in the language of the drawing; ``{{ name }}`` stands for a variable."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class ProcessSettings:
    """``process.json``. A diagram that was deployed alone has its key, file and name, and nothing else.

    ``order_columns``: the work order's columns and the variables that fill them. ``decisions``: what the platform asks a table for
    (priority, ladder, pause ...) and the table's id. ``messages``: what the platform tells the process (urged, suspended ...) and the
    message's name in the drawing. ``begun_by_hand``: whether the desk offers to begin it; None: the drawing tells.
    """

    key: str
    main: str
    name: str
    order_type: str | None = None
    begun_by_hand: bool | None = None
    order_columns: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, str] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    notices: Mapping[str, NoticeText] = field(default_factory=dict)


_KNOWN = {each.name for each in fields(ProcessSettings)}


def unread(raw: Mapping[str, Any]) -> list[str]:
    """The entries of a ``process.json`` that nothing reads."""
    return sorted(raw.keys() - _KNOWN)


def settings_of(raw: Mapping[str, Any]) -> ProcessSettings:
    """The settings that a right ``process.json`` makes."""
    known = {name: value for name, value in raw.items() if name in _KNOWN}
    notices = {key: NoticeText(**texts) for key, texts in raw.get("notices", {}).items()}
    return ProcessSettings(**{**known, "notices": notices})
