"""What a drawing would mean today: who gets a step, when a ladder rings, when a timer is due."""

from typing import Any

from bpm import access, clock, drafts, outlook
from bpm.api.chapter import Chapter
from bpm.api.schemas.outlook import (
    LadderShape,
    LadderToLayOut,
    MeantShape,
    MomentsShape,
    TimerToForesee,
    WhoIsMeant,
    WorkingDaysShape,
    ladder_row,
    person_row,
)
from bpm.engine.faults import TimerError
from bpm.request import actor, language, now, only_reads, session

chapter = Chapter("outlook", "What a drawing would mean today")


@chapter.post("/designer/people/meant")
@only_reads
@chapter.takes(WhoIsMeant)
@chapter.answers(200, MeantShape)
def meant(body: dict[str, Any]) -> dict[str, Any]:
    """Tell who would get a step today."""
    access.require(actor(), *drafts.READERS)
    found = outlook.meant(session(), body["assignment"], body["city"], language(), now())
    return {"people": [person_row(person, language()) for person in found.people], "sentence": found.sentence}


@chapter.post("/designer/ladder")
@only_reads
@chapter.takes(LadderToLayOut)
@chapter.answers(200, LadderShape)
def ladder(body: dict[str, Any]) -> dict[str, Any]:
    """Lay a limit and its ladder out in working time."""
    access.require(actor(), *drafts.READERS)
    where = {name: body[name] for name in ("unit", "role", "calendar", "city")}
    return ladder_row(outlook.ladder(session(), body["rungs"], body["minutes"], body["start"] or now(), **where), language(), clock.zone())


@chapter.post("/designer/timer")
@only_reads
@chapter.takes(TimerToForesee)
@chapter.answers(200, MomentsShape)
def timer(body: dict[str, Any]) -> dict[str, Any]:
    """Tell when a timer would be due if it were reached now."""
    access.require(actor(), *drafts.READERS)
    try:
        found = outlook.next_moments(session(), body["form"], body["text"], body["calendar"], body["start"] or now())
    except TimerError as error:
        return {"next": [], "problem": outlook.timer_problem(error, language())}
    return {"next": [each.astimezone(clock.zone()).isoformat() for each in found], "problem": None}


@chapter.get("/designer/working-days")
@chapter.answers(200, WorkingDaysShape)
def working_days() -> dict[str, Any]:
    """Tell how long a working day of each calendar is."""
    access.require(actor(), *drafts.READERS)
    return {"minutes": outlook.working_days(session())}
