"""Processes that begin by themselves, at the hours that are drawn at their starts."""

from datetime import datetime

from sqlalchemy.orm import Session

from bpm import calendars, clock, work_items
from bpm.definitions import reading
from bpm.engine.faults import TimerError
from bpm.errors import Finding, RefusedError
from bpm.models.definition import Definition


def arm(session: Session, definition: Definition, now: datetime, *, after: str | None = None) -> None:
    """Ask for the next beginning of a version that is in use; hours that have passed meanwhile are left out.

    ``after``: the start by which it has just begun, for its turn that comes then. What was asked for other versions of the process begins
    nothing any more. Raises RefusedError for an hour that cannot be worked out.
    """
    drawn = reading.engine_definition(session, definition.id)
    for start in drawn.starts():
        if after is None or (start.element_id == after and start.timer is not None and start.timer.form == "timeCycle"):
            try:
                due = drawn.due(start, now, clock.zone(), calendars.all(session).get)
            except TimerError as error:
                file = reading.settings_of(session, definition.id).main
                raise RefusedError([Finding("error", file, start.element_id, error.code, error.sentence, error.facts)]) from error
            if due is not None:
                payload = {"definition_id": str(definition.id), "element_id": start.element_id}
                work_items.enqueue(session, "start", f"start:{definition.key}:{start.element_id}", payload, due, now)
