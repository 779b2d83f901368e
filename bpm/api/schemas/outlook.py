"""What a drawing would mean today, outside. Moments carry the offset of the installation's zone, so that nobody reckons with zones."""

from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import fields, validate

from bpm import org
from bpm.api.schemas.base import Body, Shape, line
from bpm.ladders import Rung
from bpm.models.org import User
from bpm.outlook import Outlook

_MOST_RUNGS = 50


class WhoIsMeant(Body):
    """The attributes of an assignment as they are drawn, and the city that stands for the order's."""

    assignment = fields.Dict(keys=line(required=True), values=line(allow_none=True), required=True)
    city = line(load_default=None, allow_none=True)


class MeantShape(Shape):
    """Who gets it, and a sentence."""

    people = fields.List(fields.Dict(), required=True, metadata={"description": "login, name"})
    sentence = fields.String(required=True)


class RungDrawn(Body):
    """A rung as a ladder's table gives it."""

    tier = fields.Integer(load_default=0, validate=validate.Range(0, 9, error="This is too small or too large."))
    percent = fields.Float(load_default=None, allow_none=True)
    plus_minutes = fields.Float(load_default=None, allow_none=True)
    to = line(load_default="")
    how = line(load_default="")
    priority = fields.Float(load_default=0, allow_none=True)


class LadderToLayOut(Body):
    """A limit in working minutes, its rungs, and whose hours count: those of a calendar, else of a unit, else every minute."""

    minutes = fields.Float(required=True)
    rungs = fields.List(fields.Nested(RungDrawn), load_default=list, validate=validate.Length(max=_MOST_RUNGS, error="This is too long."))
    unit = line(load_default=None, allow_none=True)
    role = line(load_default=None, allow_none=True)
    calendar = line(load_default=None, allow_none=True)
    city = line(load_default=None, allow_none=True)
    start = fields.AwareDateTime(load_default=None, allow_none=True)


class LadderShape(Shape):
    """The moments, and the spans of working time from ``start`` to ``until``."""

    calendar = fields.String(required=True)
    day_minutes = fields.Float(required=True)
    start = fields.String(required=True)
    due = fields.String(required=True)
    until = fields.String(required=True)
    rungs = fields.List(fields.Dict(), required=True, metadata={"description": "at, tier, percent, plus_minutes, to, how, people"})
    spans = fields.List(fields.List(fields.String()), required=True)


class TimerToForesee(Body):
    """A timer as BPMN writes it."""

    form = fields.String(
        required=True, validate=validate.OneOf(("timeDate", "timeDuration", "timeCycle"), error="This is not one of the known values.")
    )
    text = line(required=True)
    calendar = line(load_default=None, allow_none=True)
    start = fields.AwareDateTime(load_default=None, allow_none=True)


class MomentsShape(Shape):
    """The next moments, or what is wrong with the text."""

    next = fields.List(fields.String(), required=True)
    problem = fields.String(required=True, allow_none=True)


class WorkingDaysShape(Shape):
    """Minutes of a working day by calendar."""

    minutes = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)


def person_row(person: User, language: str) -> dict[str, Any]:
    """A person as the designer names him."""
    return {"login": person.login, "name": org.name_in(person, language)}


def ladder_row(found: Outlook, language: str, zone: ZoneInfo) -> dict[str, Any]:
    """A ladder that was laid out."""

    def at(moment: Any) -> str:
        return str(moment.astimezone(zone).isoformat(timespec="minutes"))

    def rung(each: Rung, told: list[User]) -> dict[str, Any]:
        return {
            "at": at(each.at),
            "tier": each.tier,
            "percent": each.percent,
            "plus_minutes": each.plus_minutes,
            "to": list(each.to),
            "how": list(each.how),
            "people": [person_row(person, language) for person in told],
        }

    return {
        "calendar": found.calendar,
        "day_minutes": found.day_minutes,
        "start": at(found.start),
        "due": at(found.due),
        "until": at(found.until),
        "rungs": [rung(each, told) for each, told in zip(found.rungs, found.told, strict=True)],
        "spans": [[at(since), at(until)] for since, until in found.spans],
    }
