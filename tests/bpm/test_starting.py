"""Processes that begin by the clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select

from bpm import calendars, clock, connecting, definitions, instances, notices, org, running
from bpm.clockwork.embedded import Embedded
from bpm.errors import RefusedError
from bpm.models.calendar import Calendar
from bpm.models.database import unit_of_work
from bpm.models.instance import Instance
from bpm.models.notice import Notice
from tests.bpm import organisation
from tests.bpm.test_definitions import ANALYST
from tests.engine.drawing import end, model, node, start, timer

HOUR = timedelta(hours=1)


class Office:
    """One process, and how often it has begun."""

    def __init__(self) -> None:
        self.clockwork = Embedded(connecting.Registry())
        with unit_of_work() as session:
            organisation.found(session)
        self.clockwork.set_clock(datetime.fromisoformat("2026-11-02T08:30:00+08:00"))

    def publish(self, form: str = "", text: str = "", calendar: str = "") -> UUID:
        begins = start("s", timer(form, text, calendar) if form else "")
        with unit_of_work() as session:
            files = {"p.bpmn": model(begins + node("task", "v") + end(), "s > v > e")}
            return definitions.deploy(session, files, "analyst", clock.now(), publish=True)[0].id

    def bring_back(self, version: UUID) -> None:
        with unit_of_work() as session:
            definitions.publish(session, version, ANALYST, clock.now())

    def wait(self, span: timedelta) -> int:
        """How many cases there are afterwards."""
        self.clockwork.advance(span)
        with unit_of_work(write=False) as session:
            return session.scalar(select(func.count()).select_from(Instance)) or 0


@pytest.fixture
def office(database: Engine) -> Iterator[Office]:
    yield Office()
    running.cache.clear()


def test_a_report_that_is_drawn_for_nine_every_day_begins_each_day_at_nine(office: Office) -> None:
    office.publish("timeCycle", "R/2026-01-01T09:00:00/P1D")
    assert [office.wait(span) for span in (HOUR, 22 * HOUR, 2 * HOUR, 48 * HOUR)] == [1, 1, 2, 4]


def test_a_cycle_of_working_time_that_began_years_ago_is_caught_up_with_at_once(office: Office) -> None:
    with unit_of_work() as session:
        hours = [[["08:30", "17:30"]]] * 5 + [[], []]
        calendars.save(session, Calendar(code="CAL-BIZ", name="工作时间", name_en="Office", zone="Asia/Shanghai", hours=hours))
    office.publish("timeCycle", "R/2002-11-04T08:30:00/PT2M", "CAL-BIZ")
    assert office.wait(HOUR) == 30


def test_only_the_version_in_use_begins(office: Office) -> None:
    first = office.publish("timeCycle", "R/2026-01-01T09:00:00/P1D")
    office.publish()
    assert office.wait(48 * HOUR) == 0
    office.bring_back(first)
    assert office.wait(24 * HOUR) == 1


def test_a_beginning_that_fails_for_good_takes_no_later_one_with_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.publish("timeCycle", "R/2026-01-01T09:00:00/P1D")
    with monkeypatch.context() as broken:
        broken.setattr(instances, "start", lambda *_, **__: 1 / 0)
        assert office.wait(20 * HOUR) == 0
    assert office.clockwork.health().failed == 1
    with unit_of_work(write=False) as session:
        told = {org.user(session, each.user_id).login: notices.sentence(each, "zh") for each in session.scalars(select(Notice))}
    sentence = "“p”到了自动发起的时间，但没能发起。接力自身出错，没能办成。具体原因见日志。"
    assert told == {"admin": sentence, "analyst": sentence}
    assert office.wait(24 * HOUR) == 1


@pytest.mark.parametrize(("form", "text"), [("timeDate", "2026-11-02T09:00:00"), ("timeDuration", "PT30M")])
def test_what_is_drawn_for_one_moment_begins_once(office: Office, form: str, text: str) -> None:
    office.publish(form, text)
    assert office.wait(48 * HOUR) == 1


def test_an_hour_that_has_passed_while_nobody_was_there_is_not_made_up_for_twice(office: Office) -> None:
    office.publish("timeCycle", "R/2026-01-01T09:00:00/P1D")
    office.clockwork.set_clock(clock.now() + timedelta(days=10))
    assert office.wait(timedelta(0)) == 1


@pytest.mark.parametrize(
    ("form", "text", "told"),
    [
        ("timeDate", "= when", "knows no variable yet"),
        ("timeCycle", "R/P9999999Y", "too long for a time"),
    ],
)
def test_an_hour_that_cannot_be_worked_out_is_refused_with_its_start(office: Office, form: str, text: str, told: str) -> None:
    with pytest.raises(RefusedError) as refused:
        office.publish(form, text)
    [finding] = refused.value.findings
    assert (finding.file, finding.element) == ("p.bpmn", "s")
    assert told in finding.sentence
