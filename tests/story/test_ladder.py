"""What happens to a complaint that lies: who is told, at which working minute, and what a hold changes (reference processes, D7)."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.story.desk import ZONE, House, local

# What the State Council has announced for the autumn of 2026, written down once more so that nothing of the program is believed.
HOLIDAYS = {date(2026, 10, day) for day in range(1, 8)}
MADE_UP = {date(2026, 9, 20), date(2026, 10, 10)}
HOURS = ((timedelta(hours=8, minutes=30), timedelta(hours=12)), (timedelta(hours=13, minutes=30), timedelta(hours=17, minutes=30)))

BEFORE_THE_HOLIDAY = local(2026, 9, 28, 9, 58)
MINUTE = timedelta(minutes=1)
NETWORK = {"accept": "handler", "handle": "handler"}


def working_hours(day: date) -> Iterator[tuple[datetime, datetime]]:
    """The office's hours from a day on."""
    while True:
        if (day.weekday() < 5 or day in MADE_UP) and day not in HOLIDAYS:
            midnight = datetime(day.year, day.month, day.day, tzinfo=ZONE)
            yield from ((midnight + opening, midnight + closing) for opening, closing in HOURS)
        day += timedelta(days=1)


def office_time(since: datetime, minutes: float) -> datetime:
    """When so many minutes of office hours have passed."""
    left = timedelta(minutes=minutes)
    for opening, closing in working_hours(since.astimezone(ZONE).date()):
        begins = max(since, opening)
        if begins < closing:
            if begins + left <= closing:
                return begins + left
            left -= closing - begins
    raise AssertionError


def clock_time(since: datetime, minutes: float) -> datetime:
    return since + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("minutes", "moment"),
    [
        (60, local(2026, 9, 28, 11, 0)),
        (120, local(2026, 9, 28, 12, 0)),
        (180, local(2026, 9, 28, 14, 30)),  # over lunch
        (420, local(2026, 9, 29, 9, 30)),  # over night
        (1012.5, local(2026, 9, 30, 11, 52) + MINUTE / 2),
        (1350, local(2026, 10, 8, 10, 0)),  # over the National Day
        (2025, local(2026, 10, 9, 15, 15)),
        (2250, local(2026, 10, 10, 10, 0)),  # a Saturday that is worked
        (2700, local(2026, 10, 12, 10, 0)),
    ],
)
def test_office_hours_are_those_that_one_counts_by_hand(minutes: float, moment: datetime) -> None:
    assert office_time(local(2026, 9, 28, 10, 0), minutes) == moment


def complaint(house: House, **fields: Any) -> str:
    """A complaint about the network, in the hands of its handler."""
    told = {"title": "电梯里没有信号", "channel": "PHONE_1860", "class": "01010101", **fields}
    number: str = house.program("agent").post("/work-orders", told).ok(201)["number"]
    house.walk(number, {"dispatch"}, NETWORK)
    (dispatch,) = house.tasks(number, "dispatch")
    house.do(dispatch, "dispatcher", lead_unit="531-NETWORK", co_units=[])
    house.walk(number, {"handle"}, NETWORK)
    house.program("handler").post(f"/tasks/{house.task(number, 'handle')['id']}/claim").ok()
    return number


Rung = tuple[str, int, list[str], float]  # journal's word, tier, whom it tells, after how many minutes of the limit

ORDINARY: list[Rung] = [
    ("warning", 0, ["handler"], 1012.5),  # 75 %
    ("tier", 1, ["handler", "head"], 1350),  # 100 %
    ("tier", 2, ["agent", "depthead"], 2025),  # 150 %, which is later than four hours over
    ("tier", 3, ["manager"], 2700),  # 200 %, which is later than a working day over
]
MAJOR: list[Rung] = [
    ("warning", 0, ["handler"], 60),  # 50 % of 120
    ("tier", 1, ["handler", "head"], 96),  # 80 %
    ("tier", 2, ["agent", "depthead", "kam"], 120),  # 100 %
    ("tier", 3, ["manager"], 180),  # 150 %
]


@pytest.mark.parametrize(
    ("fields", "limit", "passed", "rungs"),
    [
        pytest.param({"contact_phone": "15455310003"}, (1350, "CAL-BIZ", "L3", "ORDINARY"), office_time, ORDINARY, id="ordinary"),
        pytest.param(
            {"contact_phone": "15455310002", "affected_users": 300}, (120, "CAL-247", "L1", "GOLD"), clock_time, MAJOR, id="major"
        ),
    ],
)
def test_each_tier_reaches_its_people_at_its_minute(
    open_house: Callable[[datetime], House],
    fields: dict[str, Any],
    limit: tuple[float, str, str, str],
    passed: Callable[[datetime, float], datetime],
    rungs: list[Rung],
) -> None:
    house = open_house(BEFORE_THE_HOLIDAY)
    number = complaint(house, **fields)
    handle, order = house.task(number, "handle"), house.order(number)
    assert (handle["limit"]["minutes"], handle["limit"]["calendar"], order["level"], order["grade"]) == limit
    came = datetime.fromisoformat(handle["created_at"])
    assert datetime.fromisoformat(handle["due_at"]) == passed(came, limit[0])

    house.advance_to(local(2026, 10, 12, 18, 0))

    told = [entry for entry in house.journal(number, "warning", "tier") if entry["element_id"] == "handle" and "to" in entry["facts"]]
    assert [(entry["kind"], entry["facts"]["tier"], sorted(entry["facts"]["to"])) for entry in told] == [rung[:3] for rung in rungs]
    for entry, (_, _, people, minutes) in zip(told, rungs, strict=True):
        due, at = passed(came, minutes), datetime.fromisoformat(entry["at"])
        assert due <= at < due + MINUTE, f"{people} were told at {at}, not at {due}"

    statutory = [entry for entry in house.journal(number, "tier") if entry["facts"]["tier"] == 4]
    assert [entry["facts"]["to"] for entry in statutory] == [["vp"]]
    due, at = datetime.fromisoformat(order["statutory_due_at"]) - timedelta(hours=72), datetime.fromisoformat(statutory[0]["at"])
    assert due <= at < due + MINUTE
    assert due == datetime.fromisoformat(order["created_at"]) + timedelta(days=12)

    order = house.order(number)
    assert (order["escalation_tier"], order["state"]) == (4, "IN_PROGRESS")
    written_to = {mail["To"].removesuffix("@dongyue.example") for mail in house.mails() if number in mail["Subject"]}
    assert written_to == {login for _, tier, people, _ in rungs if tier for login in people} | {"vp"}


def test_an_order_on_hold_does_not_age_and_the_law_waits_for_nobody(open_house: Callable[[datetime], House]) -> None:
    house = open_house(BEFORE_THE_HOLIDAY)
    number = complaint(house, contact_phone="15455310003")
    handler = house.program("handler")
    now = house.advance_to(local(2026, 9, 28, 16, 0))
    before, promised = house.task(number, "handle"), house.order(number)

    # The customer is away until long after the law's days are over.
    held = handler.post(
        f"/work-orders/{number}/suspend", {"reason": "CUSTOMER_APPOINTMENT", "until": local(2026, 11, 2, 9, 0).isoformat()}
    ).ok()
    assert held["state"] == "SUSPENDED"
    house.advance_to(local(2026, 10, 10, 9, 0))
    on_hold, order = house.task(number, "handle"), house.order(number)
    assert on_hold["limit"]["used"] == pytest.approx(before["limit"]["used"], abs=0.5)
    assert (order["state"], order["escalation_tier"]) == ("SUSPENDED", 0)
    assert [entry for entry in house.journal(number, "warning", "tier") if entry["element_id"] == "handle"] == []
    assert order["statutory_due_at"] == promised["statutory_due_at"]

    # Three days before the law's date the vice president hears of it, the hold is over, and there is no other.
    law = datetime.fromisoformat(promised["statutory_due_at"]) - timedelta(hours=72)
    now = house.advance_to(law + MINUTE)
    order = house.order(number)
    assert (order["state"], order["escalation_tier"]) == ("IN_PROGRESS", 4)
    (called,) = house.journal(number, "tier")
    assert called["facts"]["to"] == ["vp"]
    assert law <= datetime.fromisoformat(called["at"]) < law + MINUTE
    assert any(number in mail["Subject"] for mail in house.mails("vp@dongyue.example"))
    refused = handler.post(
        f"/work-orders/{number}/suspend", {"reason": "CUSTOMER_APPOINTMENT", "until": (now + timedelta(days=2)).isoformat()}
    )
    assert (refused.status, refused.json["code"]) == (409, "order-at-last-tier")
    assert refused.json["detail"] == "This order has reached tier 4. It cannot be put on hold any more."

    # The step's own clock goes on where it stood: its remaining minutes are counted from the end of the hold.
    after = house.task(number, "handle")
    rest = before["limit"]["minutes"] - before["limit"]["used"]
    went_on = datetime.fromisoformat(house.journal(number, "order-resumed")[0]["at"])
    assert abs(datetime.fromisoformat(after["due_at"]) - office_time(went_on, rest)) < MINUTE
