"""The choices that a form takes from the organisation: service classes, units, the people who play a role."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from bpm import org
from bpm.forms.form import columns
from bpm.models.classes import ServiceClass
from bpm.models.org import Membership, Unit, User

Json = dict[str, Any]
_WORKING_UNITS = ("DEPARTMENT", "SECTION", "HALL", "PARTNER")


def fill_in(session: Session, rule: Json, language: str, city: str | None) -> None:
    """Fill in the choices that ``x-options`` names (``classes``, ``units`` or ``users:ROLE``), in place; in a table too."""
    for column in columns(rule).values():
        fill_in(session, column, language, city)
    kind, _, role = rule.get("x-options", "").partition(":")
    match kind:
        case "classes":
            found = _classes(session, language)
        case "units":
            found = _units(session, language, city)
        case "users":
            found = _users(session, role, language, city)
        case _:
            return
    options = [{"const": code, "title": name} for code, name in found]
    if options:
        target = rule.setdefault("items", {}) if rule.get("type") == "array" else rule
        target["oneOf"] = options


def _classes(session: Session, language: str) -> Iterator[tuple[str, str]]:
    """The classes that are still given and not divided further, with their path."""
    every = {each.code: each for each in session.scalars(select(ServiceClass).order_by(ServiceClass.code))}
    given = [each for each in every.values() if each.replaced_by is None]
    divided = {each.parent for each in given}
    for each in given:
        if each.code not in divided:
            yield each.code, " › ".join(org.name_in(above, language) for above in _upwards(every, each))


def _upwards(every: Mapping[str, ServiceClass], lowest: ServiceClass) -> list[ServiceClass]:
    steps = [lowest]
    while (above := every.get(steps[0].parent or "")) is not None and above not in steps:
        steps.insert(0, above)
    return steps


def _units(session: Session, language: str, city: str | None) -> Iterator[tuple[str, str]]:
    """The units that can be given work: those of the city, then those of the province."""
    query = select(Unit).where(Unit.kind.in_(_WORKING_UNITS), _reaches(city))
    for each in sorted(session.scalars(query), key=lambda unit: (unit.city is None, unit.code)):
        yield each.code, org.name_in(each, language)


def _users(session: Session, role: str, language: str, city: str | None) -> Iterator[tuple[str, str]]:
    """Who plays a role in the city or in the province."""
    playing = select(Membership.user_id).join(Membership.unit).where(Membership.role == role, _reaches(city))
    for each in session.scalars(select(User).where(User.active, User.id.in_(playing)).order_by(User.login)):
        yield each.login, org.name_in(each, language)


def _reaches(city: str | None) -> ColumnElement[bool]:
    """Units of the city and of the province; a case without a city may go anywhere."""
    return true() if city is None else or_(Unit.city == city, Unit.city.is_(None))
