"""The organisation: who plays which role where, who stands in for whom, and who is above.

A queue is a role in a unit. A unit's *function* (NETWORK, BILLING ...) says what it does; together with a city it names one unit.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, literal, or_, select
from sqlalchemy.orm import Session, lazyload

from bpm.errors import N_, NotFoundError
from bpm.models.calendar import Calendar
from bpm.models.classes import ServiceClass
from bpm.models.org import Membership, Unit, User
from bpm.models.prepared import Prepared, one_of
from bpm.models.rows import Rows, known
from bpm.working_time import ALL_THE_TIME

Post = Literal["section_head", "department_head", "customer_service_head", "vice_president"]
"""Who is meant by "the one above" on a rung of a ladder."""

ROLES: Mapping[str, str] = {
    "AGENT": N_("Agent"),
    "REVIEWER": N_("Reviewer"),
    "DISPATCHER": N_("Dispatcher"),
    "HANDLER": N_("Handler"),
    "SECTION_HEAD": N_("Section head"),
    "DEPT_HEAD": N_("Department head"),
    "VP": N_("Vice president"),
    "VISITOR": N_("Return visits"),
    "CS_MANAGER": N_("Customer-service manager"),
    "KAM": N_("Key account manager"),
    "QA": N_("Quality inspector"),
    "ANALYST": N_("Process analyst"),
    "ADMIN": N_("Administrator"),
    "SPECIALIST": N_("Specialist"),
}
"""What people are here, and the word for it."""

CUSTOMER_SERVICE = "CS_DEPT"
"""The function of the customer-service department of a city or of the province."""

_DEPARTMENT_AND_ABOVE = ("DEPARTMENT", "CITY", "PROVINCE")
_FOUND_AT_ONCE = 20
_DEEPEST = 20  # a unit that stood above itself would send us in circles


class UserNotFoundError(NotFoundError):
    """Nobody has this login."""

    code = "user-not-found"
    sentence = N_("There is no user “{login}”.")


class UnitNotFoundError(NotFoundError):
    """No unit has this code."""

    code = "unit-not-found"
    sentence = N_("There is no unit “{unit}”.")


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit and what is below it."""

    unit: Unit
    below: tuple["Branch", ...]


def name_in(thing: User | Unit | Calendar | ServiceClass, language: str) -> str:
    """The name of a person, a unit, a calendar or a class in a reader's language."""
    return thing.name_en if language == "en" and thing.name_en else thing.name


def find_user(session: Session, login: str) -> User:
    """Find a person by login. Raises UserNotFoundError."""
    found = session.scalar(select(User).where(User.login == login))
    if found is None:
        raise UserNotFoundError(login=login)
    return found


def named(session: Session, login: str) -> User | None:
    """The person of a login that came out of a drawing or out of data, where it may mean nobody."""
    return _NAMED.first(session, login=login)


def home(session: Session, login: str) -> str | None:
    """The city in which somebody works: that of the first of his units that lies in one."""
    return next((row["city"] for row in _HOMES.rows(session, {"login": login})), None)


_HOMES = Prepared(
    select(Unit.city)
    .join(Membership, Membership.unit_id == Unit.id)
    .join(User, User.id == Membership.user_id)
    .where(User.login == bindparam("login"), Unit.city.is_not(None))
    .order_by(Unit.code)
    .limit(1)
)

KNOWN = {"autoflush": False}
"""How to ask for what no process changes: without writing first what is waiting to be written."""
_NAMED = Rows(User, User.login == bindparam("login"))
_UNIT = Rows(Unit, Unit.code == bindparam("code"))
_IN_CITY = (Unit.function == bindparam("unit")) & or_(Unit.city == bindparam("city"), Unit.city.is_(None))
_RESOLVED = Rows(Unit, or_(Unit.code == bindparam("unit"), _IN_CITY))


def user(session: Session, user_id: UUID) -> User:
    """Find a person by id. Raises UserNotFoundError."""
    found = known(session, User, user_id)
    if found is None:
        raise UserNotFoundError(login=str(user_id))
    return found


def unit(session: Session, code: str) -> Unit:
    """Find a unit by its code. Raises UnitNotFoundError."""
    found = _unit_of_code(session, code)
    if found is None:
        raise UnitNotFoundError(unit=code)
    return found


def resolve_unit(session: Session, unit: str, city: str | None) -> Unit | None:
    """Find the unit that a code names, or a function in a city; where the city has none, the province's.

    Of several of one function in a city (business halls), the one whose code comes first.
    """
    found = _RESOLVED.all(session, unit=unit, city=city)
    return min(found, key=lambda each: (each.code != unit, each.city is None, each.code), default=None)


def members(session: Session, unit_code: str, role: str) -> list[User]:
    """Everybody active who plays this role in this unit, by login."""
    return _people(session, Unit.code == unit_code, Membership.role == role)


def meant(session: Session, name: str, city: str | None) -> list[User]:
    """Whom a drawing or a table means by a login, or by a role in a unit or a function (``ROLE@UNIT``); nobody where there is none."""
    role, at, place = name.partition("@")
    if at:
        found = resolve_unit(session, place, city)
        return members(session, found.code, role) if found is not None else []
    person = named(session, name)
    return [person] if person is not None else []


def colleagues(session: Session, unit_codes: Iterable[str], roles: Iterable[str]) -> list[User]:
    """Everybody active who plays one of these roles in one of these units, by login."""
    return _people(session, Unit.code.in_(list(unit_codes)), Membership.role.in_(list(roles)))


def players(session: Session, roles: Iterable[str]) -> list[User]:
    """Everybody active who plays one of these roles anywhere, by login."""
    return _people(session, Membership.role.in_(list(roles)))


def units_of_roles(session: Session, roles: Iterable[str]) -> list[Unit]:
    """The units in which somebody active plays one of these roles, by code."""
    serving = select(Membership.unit_id).join(Membership.user).where(User.active, Membership.role.in_(list(roles)))
    return list(session.scalars(select(Unit).where(Unit.id.in_(serving)).order_by(Unit.code)))


def heads(session: Session, unit_code: str) -> list[User]:
    """Everybody active who leads this unit, by login."""
    return _people(session, Unit.code == unit_code, Membership.head.is_(True))


def available(session: Session, user: User, now: datetime) -> User:
    """The person, or while he is away whoever stands in; the person himself when nobody who is there does."""
    return _present(session, user, now) or user


def superior(session: Session, unit_code: str, kind: Post, city: str | None, now: datetime | None = None) -> list[User]:
    """Who holds the post above a unit, deputies in place of those who are away at ``now``.

    Where the post is empty, or all who hold it are away without a deputy, the search goes on upwards: a tier is skipped
    upwards when its person is absent (reference processes, D7). When that finds nobody, those who are away are told after all.
    """
    away: list[User] = []
    for holders in _posts_upwards(session, unit_code, kind, city):
        there = _unique(_present(session, holder, now) for holder in holders)
        if there:
            return there
        away = away or list(holders)
    return away


def calendar_of(session: Session, unit_code: str) -> str:
    """The code of the calendar a unit works by: its own, else that of the nearest unit above."""
    return next((above.calendar for above in upwards(session, unit_code) if above.calendar), ALL_THE_TIME)


def search_users(session: Session, text: str, role: str | None = None) -> list[User]:
    """The first twenty active people whose login or name contains the text, by login; in one role where that is given."""
    wanted = [or_(*(column.icontains(text.strip(), autoescape=True) for column in (User.login, User.name, User.name_en)))]
    if role:
        wanted.append(User.id.in_(select(Membership.user_id).where(Membership.role == role)))
    return list(session.scalars(select(User).where(User.active, *wanted).order_by(User.login).limit(_FOUND_AT_ONCE)))


def units(session: Session) -> list[Branch]:
    """The whole organisation as trees, by code."""
    below: dict[UUID | None, list[Unit]] = {}
    for each in session.scalars(select(Unit).order_by(Unit.code)):
        below.setdefault(each.parent_id, []).append(each)

    def grow(parent: UUID | None) -> tuple[Branch, ...]:
        return tuple(Branch(each, grow(each.id)) for each in below.get(parent, ()))

    return list(grow(None))


def and_below(codes: Sequence[str]) -> Select[str]:
    """The question for the codes of these units and of all below them."""
    found = select(Unit.id, Unit.code).where(one_of(Unit.code, codes)).cte(recursive=True)  # no name: a query may hold this twice
    found = found.union(select(Unit.id, Unit.code).join(found, Unit.parent_id == found.c.id))
    return select(found.c.code)


def cities(session: Session) -> list[Unit]:
    """The city branches, by code."""
    return list(session.scalars(select(Unit).where(Unit.kind == "CITY").order_by(Unit.code)))


def _unit_of_code(session: Session, code: str) -> Unit | None:
    return _UNIT.first(session, code=code)


def _unit_of_function(session: Session, function: str, city: str | None) -> Unit | None:
    return session.scalar(select(Unit).where(Unit.function == function, Unit.city == city).order_by(Unit.code).limit(1))


def _people(session: Session, *wanted: ColumnElement[bool]) -> list[User]:
    query = select(User).join(User.memberships).join(Membership.unit).where(User.active, *wanted)
    query = query.options(lazyload(User.memberships)).distinct().order_by(User.login)
    return list(session.scalars(query, execution_options=KNOWN))


def _present(session: Session, person: User, now: datetime | None) -> User | None:
    """Follow the deputies until one is there; None when the chain ends or turns in a circle."""
    seen: set[UUID] = set()
    current: User | None = person
    while current is not None and current.id not in seen:
        if current.active and (now is None or current.absent_until is None or current.absent_until <= now):
            return current
        seen.add(current.id)
        current = session.get(User, current.deputy_id) if current.deputy_id else None
    return None


def _posts_upwards(session: Session, unit_code: str, kind: Post, city: str | None) -> Iterator[Sequence[User]]:
    """Those who hold the post, then those who hold it further up, level by level."""
    above = upwards(session, unit_code)
    match kind:
        case "section_head":
            yield from (heads(session, each.code) for each in above)
        case "department_head":
            yield from (heads(session, each.code) for each in above if each.kind in _DEPARTMENT_AND_ABOVE)
        case "customer_service_head":
            yield from _customer_service_heads(session, city)
        case "vice_president":
            yield from (members(session, each.code, "VP") for each in above)
    yield _people(session, Membership.role == "VP")


def _customer_service_heads(session: Session, city: str | None) -> Iterator[Sequence[User]]:
    for place in dict.fromkeys((city, None)):
        department = _unit_of_function(session, CUSTOMER_SERVICE, place)
        if department is not None:
            yield members(session, department.code, "CS_MANAGER") or heads(session, department.code)


def upwards(session: Session, unit_code: str) -> Sequence[Unit]:
    """The unit, its parent, and so on to the top, in one query."""
    above = select(Unit.id, Unit.parent_id, literal(0).label("steps")).where(Unit.code == unit_code).cte("above", recursive=True)
    parents = select(Unit.id, Unit.parent_id, above.c.steps + 1).join(above, Unit.id == above.c.parent_id)
    above = above.union_all(parents.where(above.c.steps < _DEEPEST))
    return session.scalars(select(Unit).join(above, Unit.id == above.c.id).order_by(above.c.steps)).all()


def _unique(people: Iterable[User | None]) -> list[User]:
    return list({person.id: person for person in people if person is not None}.values())
