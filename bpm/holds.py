"""How long an order may be on hold: what the table of its process says of a reason (``pause`` in process.json), and who may allow more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import calendars, clock, decisions, org
from bpm.access import Actor
from bpm.errors import N_, ForbiddenError, InvalidError
from bpm.models.work_order import Pause, WorkOrder
from bpm.working_time import WorkingCalendar

_ROUNDING = timedelta(minutes=1)
"""By how much a wake date may miss the longest hold: people choose dates by the minute."""

MAY_APPROVE = {
    "SECTION_HEAD": frozenset({"SECTION_HEAD", "DEPT_HEAD", "CS_MANAGER", "VP"}),
    "DEPT_HEAD": frozenset({"DEPT_HEAD", "CS_MANAGER", "VP"}),
    "CS_MANAGER": frozenset({"CS_MANAGER", "VP"}),
    "VP": frozenset({"VP"}),
}
"""Who may allow what a role may allow: the role and those above it."""


class ReasonNotAllowedError(InvalidError):
    """The pause table does not know the reason, or not for this order."""

    code = "reason-not-allowed"
    sentence = N_("This order cannot be put on hold for the reason {reason}.")


class PauseTableError(InvalidError):
    """The pause table says what cannot be counted with; whoever keeps the process must mend it."""

    code = "pause-table"
    sentence = N_("In the table of how long an order may be on hold, {column} is “{value}”. Nobody can count with that: tell the analyst.")


class WakeDateError(InvalidError):
    """An order on hold must wake some day."""

    code = "wake-date"
    sentence = N_("Give the moment at which work goes on; it must be in the future.")


class TooLongError(InvalidError):
    """Nobody may hold an order for so long for this reason."""

    code = "hold-too-long"
    sentence = N_("For this reason the order can be on hold until {until} at most; earlier holds count.")


_APPROVAL_BY = {
    "SECTION_HEAD": N_("Only a section head, or somebody above, may put this order on hold for so long or for this reason."),
    "DEPT_HEAD": N_("Only a department head, or somebody above, may put this order on hold for so long or for this reason."),
    "CS_MANAGER": N_("Only the customer-service manager, or somebody above, may put this order on hold for so long or for this reason."),
    "VP": N_("Only the vice president may put this order on hold for so long or for this reason."),
}


class ApprovalNeededError(ForbiddenError):
    """So long a hold, or one for this reason, needs somebody above. Facts: the role, and until when nobody is needed (None: never)."""

    code = "approval-needed"
    sentence = N_("Only the role {role} may put this order on hold for so long or for this reason.")

    def __init__(self, role: str, until: str | None) -> None:
        self.sentence = _APPROVAL_BY.get(role, self.sentence)  # type: ignore[misc]  # each role has a name in each language
        super().__init__(role=role, until=until)


@dataclass(frozen=True, slots=True)
class Rule:
    """What the table says of a reason: for how long, who may allow more, and what stands meanwhile.

    ``days`` are working days of the calendar; ``minutes`` its working minutes, where no days are given; neither: as long as it takes.
    Both are as the table has them, read when they are needed. ``calendar`` None: the one that the order's unit works by for days,
    the order's own for minutes. ``approval`` is a role.
    """

    allowed: bool
    days: Any
    minutes: Any
    calendar: str | None
    approval: str | None
    stops_limit: bool
    stops_statutory: bool
    touches_customer: bool

    @property
    def ends(self) -> bool:
        """Whether the reason has a longest time."""
        return self.days is not None or self.minutes is not None


def rule_of(session: Session, order: WorkOrder, reason: str, now: datetime) -> Rule:
    """What the process's pause table says of a reason for this order. A table that says nothing allows nothing."""
    found: Any = decisions.ask_about(session, order, "pause", now, reason=reason, tier=order.escalation_tier)
    row = found[0] if isinstance(found, list) and found else found
    if not isinstance(row, dict):
        row = {"allowed": False}
    return Rule(
        allowed=bool(row.get("allowed")),
        days=row.get("max_days"),
        minutes=row.get("max_minutes"),
        calendar=row.get("calendar") or None,
        approval=row.get("approval") or None,
        stops_limit=row.get("stops_limit") is not False,
        stops_statutory=bool(row.get("stops_statutory")),
        touches_customer=bool(row.get("touches_customer")),
    )


def agree(
    session: Session, order: WorkOrder, reason: str, rule: Rule, until: datetime | None, actor: Actor, now: datetime
) -> tuple[datetime | None, str | None]:
    """Until when the order is on hold (None: as long as it takes), and who has agreed to that (None: nobody needs to).

    Without ``until`` it is the longest that needs nobody. Raises ReasonNotAllowedError, WakeDateError, TooLongError, ApprovalNeededError,
    PauseTableError.
    """
    if not rule.allowed:
        raise ReasonNotAllowedError(reason=reason)
    latest = _latest(session, order, reason, rule, now)
    if until is None and latest is not None and latest > now:
        return latest, None
    if (until is not None and until <= now) or (until is None and rule.approval is None and not rule.ends):
        raise WakeDateError
    if not _goes_beyond(session, order, reason, rule, until, latest):
        return until, None
    approved_by = _approver(rule, latest, actor)
    if until is None and rule.ends:
        raise WakeDateError
    return until, approved_by


def _latest(session: Session, order: WorkOrder, reason: str, rule: Rule, now: datetime) -> datetime | None:
    """The latest wake date that needs nobody's approval, less the holds before for the same reason; None when the table sets no end.

    A hold of days ends at the same time of day, so many working days later.
    """
    if not rule.ends:
        return None
    calendar = _calendar(session, order, rule)
    if rule.days is not None:
        latest = calendar.add_days(now, int(_number("max_days", rule.days, whole=True)))
    else:
        latest = calendar.add(now, timedelta(minutes=_number("max_minutes", rule.minutes)))
    used = sum(calendar.minutes_between(pause.since, pause.ended_at) for pause in _before(session, order, reason) if pause.ended_at)
    return calendar.add(latest, timedelta(minutes=-used))


def _calendar(session: Session, order: WorkOrder, rule: Rule) -> WorkingCalendar:
    code = rule.calendar
    if code is None and rule.days is not None and order.current_unit is not None:
        code = org.calendar_of(session, order.current_unit)
    try:
        return calendars.get(session, code or order.calendar)
    except calendars.CalendarUnknownError as error:
        raise PauseTableError(column="calendar", value=code) from error


def _before(session: Session, order: WorkOrder, reason: str) -> list[Pause]:
    return list(session.scalars(select(Pause).where(Pause.order_id == order.id, Pause.reason == reason, Pause.ended_at.is_not(None))))


def _goes_beyond(session: Session, order: WorkOrder, reason: str, rule: Rule, until: datetime | None, latest: datetime | None) -> bool:
    """Whether a hold, with those before it for the same reason, is more than the reason allows to everybody.

    A reason without a longest time allows one hold until a promised day; what stops the statutory clock is never for everybody.
    """
    if latest is None:
        return rule.approval is not None and (rule.stops_statutory or until is None or bool(_before(session, order, reason)))
    return until is None or until > latest + _ROUNDING


def _approver(rule: Rule, latest: datetime | None, actor: Actor) -> str:
    """Whoever asks, if he may allow it himself."""
    until = latest.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M") if latest is not None else None
    if rule.approval is None:
        raise TooLongError(until=until)
    if actor.plays(MAY_APPROVE.get(rule.approval, {rule.approval})):
        return actor.login
    raise ApprovalNeededError(rule.approval, until)


def _number(column: str, value: Any, *, whole: bool = False) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or (whole and value != int(value)):
        raise PauseTableError(column=column, value=value)
    return value
