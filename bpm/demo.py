"""The demonstration: an operator that does not exist, its people, calendars, classes and customers, and the processes beside it."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import access, calendars, customers, definitions
from bpm.connecting import Registry
from bpm.models.calendar import Calendar, CalendarDay
from bpm.models.classes import ServiceClass
from bpm.models.ids import row_id
from bpm.models.org import Membership, Unit, User

PASSWORD = "baton"  # noqa: S105 -- of every account of the demonstration, printed when it starts
ACCOUNTS = (
    *("admin", "analyst", "agent", "reviewer", "dispatcher", "handler", "handler2"),
    *("head", "depthead", "visitor", "manager", "vp", "kam", "qa"),
)
"""The accounts that the guides speak of; there are many more."""

_LOADER = "demo"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody as whom one can log in, and what he does."""

    login: str
    name: str
    name_en: str
    roles: tuple[str, ...]
    unit: str
    unit_en: str


def load(session: Session, folder: Path, now: datetime, *, processes: Path | None = None, registry: Registry | None = None) -> bool:
    """Fill an empty database from a folder; answers whether anything was done: one that has people is left as it is.

    ``processes`` (default: beside the folder) has a folder for each process that is put into use; its calls are checked against the
    connectors of ``registry``. Raises RefusedError when one of them has an error.
    """
    if session.scalar(select(User.id).limit(1)) is not None:
        return False
    organisation = _json(folder / "organisation.json")
    units = _units(session, organisation["units"])
    _people(session, organisation["users"], organisation["memberships"], units)
    _calendars(session, _json(folder / "calendars.json"))
    _classes(session, folder / "classes.csv")
    for customer in _json(folder / "customers.json"):
        known = {name: value for name, value in customer.items() if name != "bills"}  # bills stay with billing
        customers.remember(session, known, None, now)
    for process in sorted((processes or folder.parent / "processes").glob("*/process.json")):
        files = {str(path.relative_to(process.parent)): path.read_bytes() for path in process.parent.rglob("*") if path.is_file()}
        definitions.deploy(session, files, _LOADER, now, publish=True, registry=registry)
    return True


def accounts(session: Session) -> list[Account]:
    """The accounts that are announced when the demonstration starts, in the order of the guides."""
    found = {user.login: user for user in session.scalars(select(User).where(User.login.in_(ACCOUNTS)))}
    return [_account(found[login]) for login in ACCOUNTS if login in found]


def _account(user: User) -> Account:
    places = sorted(user.memberships, key=lambda place: (not place.head, place.queue))
    roles = tuple(dict.fromkeys(place.role for place in places))
    unit = places[0].unit if places else None
    return Account(user.login, user.name, user.name_en, roles, unit.name if unit else "", unit.name_en if unit else "")


def _json(path: Path) -> Any:
    return orjson.loads(path.read_bytes())


def _units(session: Session, rows: Iterable[dict[str, Any]]) -> dict[str, Unit]:
    """Units; whoever is above comes first in the file."""
    units: dict[str, Unit] = {}
    for row in rows:
        above: UUID | None = units[row["parent"]].id if row["parent"] else None
        units[row["code"]] = Unit(id=row_id(), parent_id=above, **{name: value for name, value in row.items() if name != "parent"})
        session.add(units[row["code"]])
        session.flush()  # in this order: a unit cannot be kept before the one above
    return units


def _people(session: Session, users: Iterable[dict[str, Any]], memberships: Iterable[dict[str, Any]], units: dict[str, Unit]) -> None:
    hashed = access.hash_password(PASSWORD)
    people = {row["login"]: User(id=row_id(), password_hash=hashed, shortcuts=True, active=True, **row) for row in users}
    for row in memberships:
        person = people[row["user"]]
        person.memberships.append(Membership(id=row_id(), unit=units[row["unit"]], role=row["role"], head=row["head"]))
    session.add_all(people.values())
    session.flush()


def _calendars(session: Session, content: dict[str, Any]) -> None:
    for row in content["days"]:
        session.add(CalendarDay(id=row_id(), **{**row, "day": date.fromisoformat(row["day"])}))
    for row in content["calendars"]:
        calendars.save(session, Calendar(**row))


def _classes(session: Session, path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            session.add(
                ServiceClass(
                    code=row["code"],
                    parent=row["parent"] or None,
                    level=int(row["level"]),
                    name=row["name"],
                    name_en=row["name_en"],
                    locked=row["locked"] == "true",
                    function=row["function"] or None,
                )
            )
