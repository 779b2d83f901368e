"""The demo's clock: whole days of a case in a moment. Only with demo data, for administrators, with the embedded driver."""

from datetime import timedelta
from typing import Any

from flask import current_app
from marshmallow import fields

from bpm import access, clock
from bpm.api.chapter import Chapter, FieldsError
from bpm.api.schemas.base import Body, Shape
from bpm.clockwork.embedded import Embedded
from bpm.engine.faults import TimerError
from bpm.engine.timers import later, span
from bpm.errors import N_, NotFoundError
from bpm.request import actor, close, only_reads

FARTHEST = timedelta(days=366)

chapter = Chapter("demo_clock", "The demo's clock")


class AdvanceBody(Body):
    """How far the clock goes forward."""

    advance = fields.String(required=True, metadata={"description": "Such as PT5H, at most a year; PT0S just waits for quiet"})


class AdvancedShape(Shape):
    """Where the clock stands now, and how many work items were carried out on the way."""

    now = fields.DateTime(required=True)
    fired = fields.Integer(required=True)


@chapter.post("/demo/clock")
@only_reads
@chapter.takes(AdvanceBody)
@chapter.answers(200, AdvancedShape)
def advance(body: dict[str, Any]) -> dict[str, Any]:
    """Move the clock forward: what falls due on the way happens at its own moment, in order. 409 while another advance runs."""
    driver = _driver()
    access.require(actor())
    by = _duration(body["advance"])
    close()
    advanced = driver.advance(by)
    return {"now": advanced.now, "fired": advanced.fired}


def _driver() -> Embedded:
    """The embedded driver of a demo. Raises NotFoundError: elsewhere this address does not exist."""
    driver = current_app.extensions.get("clockwork")
    if not current_app.extensions["settings"].demo or not isinstance(driver, Embedded):
        raise NotFoundError
    return driver


def _duration(text: str) -> timedelta:
    now = clock.now()
    try:
        by = later(now, span(text), clock.zone()) - now
    except (TimerError, OverflowError, ValueError):
        raise FieldsError(fields={"advance": N_("This is no ISO 8601 duration such as PT5H or P3D.")}) from None
    if by > FARTHEST:
        raise FieldsError(fields={"advance": N_("The clock goes forward by at most a year at once.")})
    return by
