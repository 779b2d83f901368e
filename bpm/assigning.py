"""Who gets a task: the people and the queue that a drawing means.

First those who are meant by their place (whoever started the case, who leads a unit, who stands so many levels above somebody) are
settled into a login; where nobody is found, nothing is settled. Then the queue is looked for, or the drawing's fallback.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import org
from bpm.engine.facts import Assignment
from bpm.errors import N_, ConflictError
from bpm.models.org import Membership, Unit, User
from bpm.models.work_order import WorkOrder

STARTER = "starter"
"""The word by which ``managerOf`` and ``exclude`` mean whoever started the case."""


class NobodyFoundError(ConflictError):
    """A reassignment names nobody who could do it."""

    code = "nobody-found"
    sentence = N_("Nobody there can take this task.")


@dataclass(frozen=True, slots=True)
class Before:
    """Who did a step, and in which unit and role."""

    user: User | None
    unit_code: str
    role: str


@dataclass(frozen=True, slots=True)
class Around:
    """What the words of an assignment are read by: the city of the case, who started it, and who did the first of some steps."""

    city: Callable[[], str | None]
    starter: str | None
    before: Callable[[Sequence[str]], Before | None]

    def person(self, session: Session, name: str) -> User | None:
        """Whom an element's id, a login or ``starter`` means."""
        done = self.before((name,))
        if done is not None:
            return done.user
        return org.named(session, self.starter or "") if name == STARTER else org.named(session, name)


@dataclass(frozen=True, slots=True)
class Assigned:
    """Who gets a task: the unit and the role of its queue, the person where one is meant, and the ids of those who must not do it."""

    unit: Unit
    role: str
    person: User | None
    excluded: list[UUID]


def assign(session: Session, wanted: Assignment, around: Around, now: datetime) -> Assigned:
    """Find who gets a task: whoever did the step that ``sameAs`` names, else whom the drawing means. Raises NobodyFoundError."""
    excluded = [person.id for name in wanted.exclude if (person := around.person(session, name)) is not None]
    before = around.before(wanted.same_as)
    if before is None:
        wanted = settle(session, wanted, around, excluded)
    unit, role, person = _whose(session, wanted, around, before, excluded, now)
    return Assigned(unit, role, person, excluded)


def settle(session: Session, wanted: Assignment, around: Around, excluded: Collection[UUID] = ()) -> Assignment:
    """The same assignment with the login, the unit and the role of the person whom it means by his place.

    What names a person by login already stays as it is; of several who are meant, the first by login who is not excluded.
    """
    if wanted.user or not (wanted.starter or wanted.head_of or wanted.manager_of):
        return wanted
    if wanted.starter:
        person = org.named(session, around.starter or "")
        return wanted if person is None else replace(wanted, user=person.login)
    found = next((place for place in _leading(session, wanted, around) if place.user_id not in excluded), None)
    if found is None:
        return wanted
    return replace(wanted, user=found.user.login, unit=wanted.unit or found.unit.code, role=wanted.role or found.role)


def city_of(session: Session, order: WorkOrder | None, starter: str | None) -> str | None:
    """The city of a case, which makes a function definite: that of its order; without one, that of whoever started it."""
    if order is not None:
        return order.city
    return org.home(session, starter) if starter else None


def _whose(
    session: Session, wanted: Assignment, around: Around, before: Before | None, excluded: list[UUID], now: datetime
) -> tuple[Unit, str, User | None]:
    """The unit, the role and, where the drawing names one, the person of a task."""
    person = org.named(session, wanted.user) if wanted.user else (before.user if before else None)
    if person is not None:
        person = org.available(session, person, now)
        if not person.active or person.id in excluded:
            person = None
    unit = org.resolve_unit(session, wanted.unit, wanted.city or around.city()) if wanted.unit else None
    role = wanted.role
    if before is not None and (unit is None or role is None):
        unit, role = unit or org.unit(session, before.unit_code), role or before.role
    if person is not None and (unit is None or role is None):
        member = next((m for m in person.memberships if role in (None, m.role)), None)
        if member is not None:
            unit, role = unit or member.unit, role or member.role
    if unit is None or role is None or (person is None and not _someone(session, unit, role, excluded)):
        return _otherwise(session, wanted, unit, wanted.city or around.city(), excluded)
    return unit, role, person


def _someone(session: Session, unit: Unit, role: str, excluded: list[UUID]) -> bool:
    return any(user.id not in excluded for user in org.members(session, unit.code, role))


def _otherwise(
    session: Session, wanted: Assignment, unit: Unit | None, city: str | None, excluded: list[UUID]
) -> tuple[Unit, str, User | None]:
    """Nobody is where the drawing looked: the drawn fallback, else whoever leads there, else the administrators."""
    if wanted.fallback_role and wanted.fallback_unit:
        other = org.resolve_unit(session, wanted.fallback_unit, city)
        if other is not None and _someone(session, other, wanted.fallback_role, excluded):
            return other, wanted.fallback_role, None
    if unit is not None:
        for head in org.superior(session, unit.code, "department_head", city):
            if head.id not in excluded:
                return unit, wanted.role or "DEPT_HEAD", head
    root = session.scalars(select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.code)).first()
    if root is None:
        raise NobodyFoundError
    return root, "ADMIN", None


def members(session: Session, role: str, unit: str, city: str | None) -> list[str]:
    """The logins of all who play a role in a unit, which a code names, or a function and a city."""
    place = org.resolve_unit(session, unit, city)
    return [person.login for person in org.members(session, place.code, role)] if place is not None else []


def _leading(session: Session, wanted: Assignment, around: Around) -> Iterator[Membership]:
    """Who leads the unit or the person that is meant; where a post is empty, who leads further up."""
    if wanted.head_of:
        unit = org.resolve_unit(session, wanted.head_of, wanted.city or around.city())
        for above in org.upwards(session, unit.code) if unit is not None else ():
            yield from _heads(session, above)
        return
    below = next((person for name in wanted.manager_of if (person := around.person(session, name)) is not None), None)
    if below is not None:
        levels = _levels(session, below)
        yield from (place for level in levels[wanted.levels - 1 :] or levels[-1:] for place in level)


def _levels(session: Session, person: User) -> list[Sequence[Membership]]:
    """Who stands above a person, level by level: the heads of his unit, of the one above, and so on. He is above himself nowhere."""
    found: list[Sequence[Membership]] = []
    home = min(person.memberships, key=lambda place: (place.head, place.unit.code), default=None)
    for above in org.upwards(session, home.unit.code) if home is not None else ():
        heads = _heads(session, above)
        if any(place.user_id == person.id for place in heads):
            found.clear()  # he leads this unit: only those above it are above him
        elif heads:
            found.append(heads)
    return found


def _heads(session: Session, unit: Unit) -> Sequence[Membership]:
    return [
        next(place for place in person.memberships if place.unit_id == unit.id and place.head) for person in org.heads(session, unit.code)
    ]
