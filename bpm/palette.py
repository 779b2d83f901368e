"""What an analyst chooses from while drawing: the organisation, calendars, connectors, and the codes of orders."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import notices, org, workorders
from bpm.connecting import Registry
from bpm.definitions.settings import COLUMNS
from bpm.errors import N_
from bpm.models.calendar import Calendar
from bpm.models.org import Membership, Unit, User

Json = dict[str, Any]

_NOTICES_TO = {"customer": N_("The customer")}
_FUNCTIONS: Mapping[str, str] = {
    "COMPANY": N_("Company"),
    "FRONT": N_("Front desk"),
    "REVIEW": N_("Complaint review"),
    "CS_DEPT": N_("Customer service"),
    "NETWORK": N_("Network"),
    "NETWORK_CORE": N_("Core network"),
    "NETWORK_BUILD": N_("Network construction"),
    "NETWORK_DEPT": N_("Network department"),
    "BILLING": N_("Billing"),
    "DATA_SERVICE": N_("Data services"),
    "SECURITY": N_("Information security"),
    "LEGAL": N_("Legal"),
    "IT": N_("IT"),
    "SP": N_("Content providers"),
    "MARKETING": N_("Marketing"),
    "HALL_MGMT": N_("Business halls"),
    "HALL": N_("Business hall"),
    "KAM": N_("Key accounts"),
}


def read(session: Session, registry: Registry, language: str) -> Json:
    """All of it, named in a language (``zh``, ``en``)."""
    units = session.scalars(select(Unit).order_by(Unit.code)).all()
    codes = {unit.id: unit.code for unit in units}
    roles = {*org.ROLES, *session.scalars(select(Membership.role).distinct())}
    return {
        "units": [_unit(unit, codes.get(unit.parent_id) if unit.parent_id else None, language) for unit in units],
        "functions": _functions(units, language),
        "roles": [{"code": role, "name": _said(org.ROLES.get(role, role), language)} for role in sorted(roles)],
        "cities": [{"code": unit.city, "name": org.name_in(unit, language)} for unit in units if unit.kind == "CITY"],
        "calendars": [
            {"code": each.code, "name": org.name_in(each, language)} for each in session.scalars(select(Calendar).order_by(Calendar.code))
        ],
        "connectors": [_connector(registry, manifest.name, language) for manifest in registry.find()],
        "order_states": _coded(workorders.STATES, language),
        "order_columns": _coded(COLUMNS, language),
        "notices_to": _coded(_NOTICES_TO, language),
    }


def people(session: Session, text: str, language: str) -> list[Json]:
    """The first people whose login or name contains a text."""
    return [_person(user, language) for user in org.search_users(session, text)]


def _person(user: User, language: str) -> Json:
    places = sorted(user.memberships, key=lambda place: (not place.head, place.queue))
    unit = places[0].unit if places else None
    return {
        "login": user.login,
        "name": org.name_in(user, language),
        "unit": org.name_in(unit, language) if unit else None,
        "roles": sorted({place.role for place in places}),
    }


def _unit(unit: Unit, parent: str | None, language: str) -> Json:
    return {
        "code": unit.code,
        "name": org.name_in(unit, language),
        "parent": parent,
        "function": unit.function,
        "city": unit.city,
        "kind": unit.kind,
        "calendar": unit.calendar,
    }


def _functions(units: Iterable[Unit], language: str) -> list[Json]:
    codes = sorted({unit.function for unit in units if unit.function})
    return [{"code": code, "name": _said(_FUNCTIONS.get(code, code), language)} for code in codes]


def _connector(registry: Registry, name: str, language: str) -> Json:
    manifest = registry.get(name)
    return {**(manifest.describe(language) if manifest else {}), "ready": registry.ready(name)}


def _coded(names: Mapping[str, str], language: str) -> list[Json]:
    return [{"code": code, "name": _said(text, language)} for code, text in names.items()]


def _said(text: str, language: str) -> str:
    return notices.in_language(text, language)
