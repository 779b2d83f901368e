"""The work order that a case of this process would have: what tables, ladders and notices ask of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bpm import calendars, decisions
from bpm.engine.facts import LONGEST_LIMIT
from bpm.engine.templates import reach
from bpm.escalation import Around
from bpm.workorders import CLOSED_STATES

NUMBER = "TRIAL-000001"
"""The number of an order that is not there."""


@dataclass(slots=True)
class TrialOrder:
    """An order that stands in no table."""

    type: str
    city: str | None
    created_at: datetime
    columns: dict[str, Any] = field(default_factory=dict)
    state: str = "DRAFT"
    tier: int = 0
    reopened: int = 0
    returned: int = 0
    due_at: datetime | None = None

    def enter(self, state: str) -> None:
        """The drawing has come to an element that stands for this state."""
        self.state = state
        if state == "REOPENED":
            self.reopened, self.tier = self.reopened + 1, 0

    @property
    def closed(self) -> bool:
        """Tell whether nothing is to be done for the order any more."""
        return self.state in CLOSED_STATES

    def refresh(self, session: Session, variables: Mapping[str, Any], columns: Mapping[str, str]) -> None:
        """Copy the process's variables into the order's columns. Raises CalendarUnknownError, NoWorkingTimeError."""
        for column, path in columns.items():
            value = reach(variables, path)
            if value is not None:
                self.columns[column] = value
        minutes, calendar = self.columns.get("total_minutes"), self.columns.get("calendar")
        if isinstance(minutes, int | float) and 0 < minutes < LONGEST_LIMIT:
            counting = calendars.get(session, calendar if isinstance(calendar, str) else None)
            due = counting.add(self.created_at, timedelta(minutes=minutes))
            self.due_at = due if self.due_at is None else min(self.due_at, due)

    def facts(self, session: Session, now: datetime | None) -> dict[str, Any]:
        """What tables may ask of the order, by the same names as of a real one."""
        left = None
        if now is not None and self.due_at is not None:
            calendar = self.columns.get("calendar")
            left = calendars.get(session, calendar if isinstance(calendar, str) else None).minutes_between(now, self.due_at)
        own = {
            "type": self.type,
            "state": self.state,
            "city": self.city,
            "escalation_tier": self.tier,
            "urge_count": 0,
            "reopen_count": self.reopened,
            "return_count": self.returned,
        }
        known = {name: self.columns.get(name) for name in decisions.COLUMNS}
        return {**self._customer, **known, **own, "minutes_to_due": left}

    @property
    def _customer(self) -> dict[str, Any]:
        customer = self.columns.get("customer")
        return customer if isinstance(customer, dict) else {}

    @property
    def around(self) -> Around:
        """Whose the order is, for the names on a rung."""
        owner, kam = self.columns.get("first_owner"), self._customer.get("kam")
        return Around(city=self.city, first_owner=owner if isinstance(owner, str) else None, kam=kam if isinstance(kam, str) else None)

    @property
    def shown(self) -> dict[str, Any]:
        """What a notice's text may name: as of a real order, all but the customer's data."""
        columns = {name: value for name, value in self.columns.items() if name != "customer"}
        return {**columns, "number": NUMBER, "state": self.state, "city": self.city, "tracking_url": "/track/…", "due_at": self.due_at}
