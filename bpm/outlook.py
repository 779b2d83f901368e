"""What a drawing would mean today: who would get a step, when its ladder would ring, when a timer would be due. Nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bpm import assigning, calendars, clock, escalation, ladders, limits, notices, org, working_time
from bpm.engine import timers
from bpm.engine.expressions import is_expression
from bpm.engine.facts import LONGEST_LIMIT, Assignment
from bpm.engine.faults import TimerError
from bpm.errors import N_, InvalidError
from bpm.ladders import Rung
from bpm.models.org import Unit, User

Json = dict[str, Any]

LONGEST_PICTURE = timedelta(days=92)
"""A ladder is drawn at most so far ahead."""

NEXT_MOMENTS = 3
_NAMED = 6

TODAY = N_("Today: {people} ({place})")
TODAY_MANY = N_("Today: {people} and {more} more ({place})")
FALLBACK = N_("Nobody is there today, so it goes to {people} ({place}).")
LATER = N_("Who that is, is known only when the case runs.")
LATER_QUEUE = N_("Who that is, is known only when the case runs. Where nobody is found: {people} ({place}).")
NO_UNIT = N_("There is no unit “{unit}” in this city.")
NOT_SAID = N_("Nobody is named yet: it would go to {people} ({place}).")


class LadderError(InvalidError):
    """The rungs of a ladder cannot be laid out."""

    code = "ladder"
    sentence = N_("The ladder cannot be laid out: a rung needs a tier, and a percentage or minutes after the limit.")


@dataclass(frozen=True, slots=True)
class Meant:
    """Who would get a step today, and a sentence that says so."""

    people: list[User]
    sentence: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """A ladder in real working time, from when the step comes. ``told`` are the people of each rung, by today's organisation."""

    calendar: str
    day_minutes: float
    start: datetime
    due: datetime
    rungs: list[Rung]
    told: list[list[User]]
    until: datetime
    spans: list[tuple[datetime, datetime]]


def meant(session: Session, drawn: Mapping[str, str], city: str | None, language: str, now: datetime) -> Meant:
    """Whom the attributes of ``baton:assignment`` mean at this moment, as far as they do not depend on a case.

    ``city`` stands for that of the order. Raises NobodyFoundError where the organisation is empty.
    """
    given = {name: text.strip() for name, text in drawn.items() if text and text.strip()}
    fixed = {name: text for name, text in given.items() if not is_expression(text)}
    city = fixed.get("city") or city
    queue = Assignment(
        role=fixed.get("role"),
        unit=fixed.get("unit"),
        user=fixed.get("user"),
        head_of=fixed.get("headOf"),
        fallback_role=fixed.get("fallbackRole"),
        fallback_unit=fixed.get("fallbackUnit"),
    )
    place = queue.unit or queue.head_of
    if place is not None and org.resolve_unit(session, place, city) is None:
        return Meant([], _said(NO_UNIT, language, unit=place))
    is_open = any(name in given for name in ("sameAs", "starter", "managerOf")) or bool(given.keys() - fixed.keys() - {"city", "exclude"})
    if is_open and not (queue.unit and queue.role):
        return Meant([], _said(LATER, language))
    found = assigning.assign(session, queue, assigning.Around(lambda: city, None, lambda _: None), now)
    unit, role, person = found.unit, found.role, found.person
    people = [person] if person is not None else org.members(session, unit.code, role)
    return Meant(people, _sentence(people, unit, role, _frame(is_open, queue, unit, role, person), language))


def _frame(is_open: bool, queue: Assignment, unit: Unit, role: str, person: User | None) -> str:  # noqa: FBT001 - a fact like the others
    if is_open:
        return LATER_QUEUE
    if not (queue.role or queue.unit or queue.user or queue.head_of):
        return NOT_SAID
    is_there = queue.head_of is not None or queue.user is not None or (queue.role == role and queue.unit in (unit.code, unit.function))
    return TODAY if is_there and (person is None or queue.user or queue.head_of) else FALLBACK


def _sentence(people: Sequence[User], unit: Unit, role: str, frame: str, language: str) -> str:
    names = _names(people[:_NAMED], language)
    place = f"{org.name_in(unit, language)} {notices.in_language(org.ROLES.get(role, role), language)}"
    more = len(people) - _NAMED
    if more > 0 and frame == TODAY:
        return _said(TODAY_MANY, language, people=names, more=more, place=place)
    return _said(frame, language, people=names or "—", place=place)


def ladder(
    session: Session,
    rows: Sequence[Json],
    minutes: float,
    start: datetime,
    *,
    unit: str | None = None,
    role: str | None = None,
    calendar: str | None = None,
    city: str | None = None,
) -> Outlook:
    """Lay a ladder out in working time: as ``limits`` does for a task that comes at ``start`` and that nobody pauses.

    ``rows`` are those that the ladder's table gives; without a calendar the unit's counts.
    Raises LimitError, LadderError, CalendarUnknownError, NoWorkingTimeError.
    """
    if not 0 < minutes <= LONGEST_LIMIT:
        raise limits.LimitError
    place = org.resolve_unit(session, unit, city) if unit else None
    code = calendar or (org.calendar_of(session, place.code) if place is not None else working_time.ALL_THE_TIME)
    counting = calendars.get(session, code)

    def moment(used: float) -> datetime:
        return counting.add(start, timedelta(minutes=min(used, LONGEST_LIMIT)))

    try:
        rungs = ladders.rungs_of(list(rows), minutes, moment)
    except (TypeError, ValueError, OverflowError) as error:
        raise LadderError from error
    due, around = moment(minutes), escalation.Around(place.code if place else None, role, None, city)
    until = min(max([due, *(rung.at for rung in rungs)]), start + LONGEST_PICTURE)
    return Outlook(
        calendar=code,
        day_minutes=counting.day_minutes,
        start=start,
        due=due,
        rungs=rungs,
        told=[escalation.meant(session, rung.to, around, start) if place is not None else [] for rung in rungs],
        until=until,
        spans=counting.spans(start, until),
    )


def next_moments(session: Session, form: str, text: str, calendar: str | None, start: datetime) -> list[datetime]:
    """When a timer that is reached at ``start`` would be due, and the turns after that. Raises TimerError, NoWorkingTimeError."""
    now = timers.Clock(start, clock.zone(), calendars.all(session).get)
    armed = timers.arm(form, text, now, calendar)
    found = [datetime.fromisoformat(armed["due"])]
    while len(found) < NEXT_MOMENTS and timers.repeats(armed):
        armed = timers.again(armed, now, calendar)
        found.append(datetime.fromisoformat(armed["due"]))
    return found


def timer_problem(error: TimerError, language: str) -> str:
    """What is wrong with a time, in a language."""
    return _said(error.sentence, language, **error.facts)


def working_days(session: Session) -> dict[str, float]:
    """How many minutes a working day has, by the code of the calendar."""
    return {code: each.day_minutes for code, each in calendars.all(session).items()}


def _names(people: Sequence[User], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(org.name_in(person, language) for person in people)


def _said(text: str, language: str, /, **facts: object) -> str:
    return notices.in_language(text, language).format(**facts)
