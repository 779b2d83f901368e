"""A task of a trial: whom it would come to, and when it would ring. The organisation and the calendars are asked, nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bpm import assigning, calendars, escalation, ladders, org
from bpm.engine.definition import Definition
from bpm.engine.facts import LONGEST_LIMIT, Assignment, TaskOpened
from bpm.errors import N_, InvalidError
from bpm.ladders import Rung
from bpm.models.org import Unit, User
from bpm.trial.order import TrialOrder


class LadderError(InvalidError):
    """The ladder's table has given what no rung can be made of."""

    code = "ladder-unusable"
    sentence = N_("The ladder “{table}” cannot be used here: a rung needs a tier, and a percentage or minutes after the limit.")


@dataclass(frozen=True, slots=True)
class Hand:
    """A step that somebody has done in this trial."""

    element: str
    scope_id: str | None
    person: User | None
    unit_code: str
    role: str


@dataclass(slots=True)
class Work:
    """An open task. ``people`` could take it, ``person`` has it already; both without those whom four eyes keep out."""

    fact: TaskOpened
    opened_at: datetime
    unit: Unit | None = None
    role: str | None = None
    person: User | None = None
    people: Sequence[User] = ()
    excluded: Sequence[UUID] = ()
    calendar: str | None = None
    due: datetime | None = None
    rungs: Sequence[Rung] = ()
    rung: int = 0
    tier: int = 0
    problems: list[Exception] = field(default_factory=list)

    @property
    def next_rung(self) -> Rung | None:
        """The rung that rings next."""
        return self.rungs[self.rung] if self.rung < len(self.rungs) else None

    @property
    def doer(self) -> User | None:
        """Who does it when the script names nobody."""
        return self.person or (self.people[0] if self.people else None)


def give(session: Session, work: Work, city: str | None, hands: Sequence[Hand], now: datetime) -> None:
    """Find whom a task comes to, as the inbox does. Raises NobodyFoundError."""
    scope_id = work.fact.place.scope_id
    around = assigning.Around(lambda: city, _starter(hands), lambda elements: _before(hands, elements, scope_id))
    found = assigning.assign(session, work.fact.assignment, around, now)
    work.unit, work.role, work.person, work.excluded = found.unit, found.role, found.person, found.excluded
    members = org.members(session, work.unit.code, work.role)
    work.people = [person for person in members if person.id not in work.excluded]


def _starter(hands: Sequence[Hand]) -> str | None:
    """Nobody has started a trial: the first who does something in it is taken for him."""
    first = next((hand.person for hand in hands if hand.person is not None), None)
    return first.login if first is not None else None


def _before(hands: Sequence[Hand], elements: Sequence[str], scope_id: str | None) -> assigning.Before | None:
    """Who did the first of these elements that was done: in this scope, else anywhere in the case."""
    for element in elements:
        done = [hand for hand in reversed(hands) if hand.element == element and hand.person is not None]
        if done:
            found = next((hand for hand in done if hand.scope_id == scope_id), done[0])
            return assigning.Before(found.person, found.unit_code, found.role)
    return None


def is_empty(assignment: Assignment) -> bool:
    """Tell whether the drawing says nothing of who does it."""
    return replace(assignment, city=None, exclude=()) == Assignment()


def set_clock(session: Session, work: Work, definition: Definition, order_facts: Mapping[str, Any]) -> None:
    """Work out when a task is due and when its rungs ring, in real working time.

    Raises LadderError, CalendarUnknownError, NoWorkingTimeError, DecisionError, ExpressionError.
    """
    limit = work.fact.limit
    if limit is None or not 0 < limit.minutes < LONGEST_LIMIT:
        return
    work.calendar = limit.calendar or (org.calendar_of(session, work.unit.code) if work.unit is not None else None)
    calendar = calendars.get(session, work.calendar)

    def moment(used: float) -> datetime:
        return calendar.add(work.opened_at, timedelta(minutes=min(used, LONGEST_LIMIT)))

    work.due = moment(limit.minutes)
    if limit.ladder is None:
        return
    facts = {**order_facts, "limit_minutes": limit.minutes, "element_id": work.fact.place.element_id, "role": work.role}
    found = definition.decide(limit.ladder, facts).result
    try:
        work.rungs = ladders.rungs_of(found, limit.minutes, moment)
    except (TypeError, ValueError, OverflowError) as error:
        raise LadderError(table=limit.ladder) from error


def told_by(session: Session, work: Work, rung: Rung, order: TrialOrder | None, now: datetime) -> list[User]:
    """Whom a rung tells."""
    around = order.around if order is not None else escalation.Around()
    unit = work.unit.code if work.unit is not None else None
    return escalation.meant(session, rung.to, replace(around, unit=unit, role=work.role, holder=work.person), now)
