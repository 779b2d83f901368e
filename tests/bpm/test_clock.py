"""The clock that rules go by, and the one that logins go by."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest

from bpm import clock


def test_moving_the_clock_moves_the_rules_and_not_the_logins() -> None:
    before = clock.wall()
    clock.set_offset(timedelta(hours=5))
    assert clock.now() - before >= timedelta(hours=5)
    assert clock.wall() - before < timedelta(hours=5)
    assert clock.offset() == timedelta(hours=5)


def test_both_times_are_told_in_utc() -> None:
    assert clock.now().tzinfo is UTC
    assert clock.wall().tzinfo is UTC


def test_a_zone_that_is_none_is_refused_and_the_old_one_stays() -> None:
    before = clock.zone()
    with pytest.raises(ZoneInfoNotFoundError):
        clock.set_zone("Mars/Olympus")
    assert clock.zone() is before
