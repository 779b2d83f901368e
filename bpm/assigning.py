"""People who are meant by their place: whoever started the case, who leads a unit, who stands so many levels above somebody.

What a drawing says of them is settled into a login before the inbox looks for the right queue; where nobody is found, nothing is
settled and the drawing's queue, or its fallback, takes the task.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from bpm import org
from bpm.engine.facts import Assignment
from bpm.models.org import Membership, Unit, User

STARTER = "starter"
"""The word by which ``managerOf`` and ``exclude`` mean whoever started the case."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the words of an assignment are read by: the city of the order, who started the case, and who did which step last."""

    city: str | None
    starter: str | None
    doer: Callable[[str], User | None]

    def person(self, session: Session, name: str) -> User | None:
        """Whom an element's id, a login or ``starter`` means."""
        done = self.doer(name)
        if done is not None:
            return done
        return org.named(session, self.starter or "") if name == STARTER else org.named(session, name)


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


def members(session: Session, role: str, unit: str, city: str | None) -> list[str]:
    """The logins of all who play a role in a unit, which a code names, or a function and a city."""
    place = org.resolve_unit(session, unit, city)
    return [person.login for person in org.members(session, place.code, role)] if place is not None else []


def _leading(session: Session, wanted: Assignment, around: Around) -> Iterator[Membership]:
    """Who leads the unit or the person that is meant; where a post is empty, who leads further up."""
    if wanted.head_of:
        unit = org.resolve_unit(session, wanted.head_of, wanted.city or around.city)
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
