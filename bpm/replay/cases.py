"""The complaints to replay: real ones, moved by whole weeks to end yesterday, with cities, classes and customers given by a fixed seed."""

import csv
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One complaint and the moment at which it comes in. ``fields`` are those of ``intake.take``."""

    at: datetime
    external_id: str
    by_phone: bool
    fields: dict[str, Any]


def arrivals(folder: Path, count: int, now: datetime, zone: ZoneInfo, weeks: int | None = None) -> list[Arrival]:
    """The last ``count`` complaints of the file, in the order in which they arrive; the weekday and the hour of each are the real ones.

    They spread over as long as they really did, or (``weeks``) over so many weeks before today.
    """
    rows = _read(folder / "complaints.csv")[-count:]
    customers = json.loads((folder / "customers.json").read_text("utf-8"))
    behaviour = json.loads((folder / "behaviour.json").read_text("utf-8"))
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    last = _received(rows[-1], zone)
    made = []
    for row in rows:
        chance = Random(f"case {row['ticket']}")  # noqa: S311 -- the same case is the same in every replay; nothing secret
        received = _received(row, zone)
        newest = received + (midnight - received) // _WEEK * _WEEK
        age = chance.randrange(weeks) if weeks else (last - received) // _WEEK
        made.append(_arrival(row, newest - age * _WEEK, customers, behaviour, chance))
    return sorted(made, key=lambda arrival: arrival.at)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: row["received_at"])


def _received(row: dict[str, str], zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(row["received_at"]).replace(tzinfo=zone)


def _arrival(row: dict[str, str], at: datetime, customers: list[dict[str, Any]], behaviour: dict[str, Any], chance: Random) -> Arrival:
    customer = chance.choice(customers)
    title = row["complaint"].strip()[:200] or "-"
    by_phone = row["channel"] == "phone"
    fields = {
        "type": "COMPLAINT",
        "channel": "PHONE_1860" if by_phone else "WEB_FORM",
        "title": title,
        "description": title,
        "contact_name": customer["name"],
        "contact_phone": customer["number"],
        "contact_email": customer.get("email"),
        "customer_number": customer["number"],
        "city": customer["city"],
    }
    if by_phone:
        fields["class"] = class_of(title, behaviour["classes"], chance)
        if chance.random() < behaviour["on_the_spot"]:
            fields |= {"on_the_spot": True, "result": "EXPLAINED", "answer_text": "已向客户当场解释清楚，客户表示认可。"}
    return Arrival(at, f"replay:{row['ticket']}", by_phone, fields)


def class_of(title: str, classes: dict[str, list[str]], chance: Random) -> str:
    """The class whose words the title holds first, else any."""
    low = title.lower()
    for code, words in classes.items():
        if any(word in low for word in words):
            return code
    return chance.choice(sorted(classes))
