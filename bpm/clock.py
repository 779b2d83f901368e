"""The time that rules go by: the wall clock plus an offset.

The offset is zero except in a demonstration, where ``/demo/clock`` moves it forward; ``app`` loads it from the database.
Logins, tokens and leases go by the wall clock, whatever the offset.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


class _Offset:
    """The one offset of this process; reading and setting a reference needs no lock."""

    value = timedelta(0)


class _Zone:
    """The zone of this installation, set once at start."""

    value = ZoneInfo("Asia/Shanghai")


def wall() -> datetime:
    """The time of the machine, aware, in UTC: for logins, tokens and leases."""
    return datetime.now(UTC)


def now() -> datetime:
    """The time that limits, timers and journals go by, aware, in UTC."""
    return wall() + _Offset.value


def offset() -> timedelta:
    """How far ``now`` is ahead of the wall clock."""
    return _Offset.value


def set_offset(value: timedelta) -> None:
    """Put ``now`` ahead of the wall clock. The caller keeps the offset in the database."""
    _Offset.value = value


def zone() -> ZoneInfo:
    """The zone in which days begin and times without a zone are read."""
    return _Zone.value


def set_zone(name: str) -> None:
    """Set the zone of this installation; raises ZoneInfoNotFoundError for a name that is none."""
    _Zone.value = ZoneInfo(name)
