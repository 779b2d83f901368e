"""Real complaints pass through the demonstration: at their own hours, worked on by staff who are sometimes late, and always alike."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, create_engine, func, select

from bpm import clock, connecting, demo, notices, running
from bpm.clockwork.embedded import Embedded
from bpm.forms import Form
from bpm.models.database import configure, engine_options, unit_of_work
from bpm.models.task import Task
from bpm.models.work_order import WorkOrder
from bpm.replay.cases import Arrival, arrivals, class_of
from bpm.replay.run import Replay, ReplayedAlreadyError, acknowledged
from bpm.replay.staff import defaults
from connectors.billing.simulator import Simulator
from tests.story import audit

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demo"
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def known() -> dict[str, dict[str, str]]:
    """The complaints as they really came in."""
    with (DEMO / "complaints.csv").open(encoding="utf-8", newline="") as file:
        return {f"replay:{row['ticket']}": row for row in csv.DictReader(file)}


class TestArrivals:
    @pytest.mark.parametrize("weeks", [1, 5, None])
    def test_each_comes_on_its_own_weekday_at_its_own_hour(self, known: dict[str, dict[str, str]], weeks: int | None) -> None:
        found = arrivals(DEMO, 200, NOW, ZONE, weeks)
        assert len({arrival.external_id for arrival in found}) == 200
        for arrival in found:
            real = datetime.fromisoformat(known[arrival.external_id]["received_at"])
            then = arrival.at.astimezone(ZONE)
            assert (then.weekday(), then.time()) == (real.weekday(), real.time())

    def test_they_come_in_order_and_the_last_before_today(self) -> None:
        moments = [arrival.at for arrival in arrivals(DEMO, 200, NOW, ZONE, 5)]
        assert moments == sorted(moments)
        midnight = NOW.astimezone(ZONE).replace(hour=0, minute=0)
        assert midnight - timedelta(weeks=5) <= moments[0] < moments[-1] < midnight

    def test_the_same_every_time_and_more_only_adds(self) -> None:
        def told(found: list[Arrival]) -> dict[str, Any]:
            return {arrival.external_id: (arrival.at, arrival.fields) for arrival in found}

        few, many = told(arrivals(DEMO, 50, NOW, ZONE, 5)), told(arrivals(DEMO, 200, NOW, ZONE, 5))
        assert told(arrivals(DEMO, 50, NOW, ZONE, 5)) == few
        assert few.items() <= many.items()

    def test_nothing_is_said_that_intake_does_not_know(self) -> None:
        found = arrivals(DEMO, 1600, NOW, ZONE, 5)
        assert len(found) == 1600
        assert {arrival.by_phone for arrival in found} == {True, False}
        assert all(("class" in arrival.fields) == arrival.by_phone for arrival in found)
        assert all(0 < len(arrival.fields["title"]) <= 200 for arrival in found)

    def test_the_class_is_the_one_whose_words_the_title_holds(self) -> None:
        classes = json.loads((DEMO / "behaviour.json").read_text("utf-8"))["classes"]
        chance: Any = None  # not asked while a word fits
        assert class_of("My WIFI is slow", classes, chance) == "01020102"
        assert class_of("They overcharged me", classes, chance) == "02010101"


class TestStaff:
    def test_the_ordinary_way_through_a_form(self) -> None:
        schema = {
            "required": ["result", "note", "count", "ok"],
            "properties": {
                "result": {"type": "string", "oneOf": [{"const": "FIXED"}, {"const": "EXPLAINED"}]},
                "note": {"type": "string"},
                "count": {"type": "integer"},
                "ok": {"type": "boolean"},
                "free": {"type": "string"},
                "given": {"type": "string", "default": "默认"},
                "why": {"type": "string"},
            },
            "allOf": [{"if": {"properties": {"result": {"const": "FIXED"}}}, "then": {"required": ["why"]}}],
        }
        answers = defaults(Form("handle", "处理", schema, {}), {"answer_text": "已恢复"})
        assert answers == {"result": "FIXED", "note": "已恢复", "count": 1, "ok": True, "given": "默认", "why": "已恢复"}


class World:
    """A demonstration of its own, and replays in it."""

    def __init__(self, folder: Path, empty: Path) -> None:
        path = folder / "baton.db"
        path.write_bytes(empty.read_bytes())
        self.engine: Engine = create_engine(f"sqlite:///{path}", **engine_options("sqlite"))
        self.log = folder / "acknowledged.txt"
        self.billing = Simulator(DEMO / "customers.json")
        self.billing.start()
        configure(self.engine)
        clock.set_zone("Asia/Shanghai")
        running.cache.clear()
        registry = connecting.load(ROOT / "connectors", self.billing.settings)
        notices.configure(registry)
        with unit_of_work() as session:
            demo.load(session, DEMO, clock.now(), registry=registry)
        self.clockwork = Embedded(registry)

    def replay(self, count: int) -> Replay:
        return Replay(self.clockwork, DEMO, count, weeks=3, acknowledged=self.log, quiet=True)

    def close(self) -> None:
        self.clockwork.stop()
        self.billing.stop()
        notices.configure(None)
        running.cache.clear()
        self.engine.dispose()


@pytest.fixture
def world(tmp_path: Path, _empty_sqlite: Path) -> Iterator[World]:
    made = World(tmp_path, _empty_sqlite)
    yield made
    made.close()


class StoppedError(Exception):
    """Somebody pulls the plug."""


class TestReplay:
    def test_it_goes_to_the_present_and_says_what_became_of_them(self, world: World) -> None:
        report = world.replay(10).run()
        assert abs(clock.now() - clock.wall()) < timedelta(seconds=1)
        assert (report.taken_in, report.lost, report.doubled) == (10, 0, 0)
        assert report.closed + report.still_open == 10
        assert report.closed > 0
        assert report.cases_per_second > 0
        with unit_of_work(write=False) as session:
            numbers = dict(session.execute(select(WorkOrder.external_id, WorkOrder.number)).all())
            done = session.scalar(select(func.count()).select_from(Task).where(Task.status == "completed")) or 0
            told = list(acknowledged(world.log))
            assert audit.faults(session, clock.now(), told) == []
        assert {first: second for first, second in told if first != "task"} == numbers
        finished = [second for first, second in told if first == "task"]
        assert 0 < len(finished) == len(set(finished)) <= done

    def test_one_that_was_stopped_goes_on(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        acts, act = [0], Replay._act

        def until_the_fortieth(self: Replay, *arguments: Any) -> None:
            acts[0] += 1
            if acts[0] == 40:
                raise StoppedError
            act(self, *arguments)

        monkeypatch.setattr(Replay, "_act", until_the_fortieth)
        with pytest.raises(StoppedError):
            world.replay(8).run()
        stood = clock.now()
        assert clock.wall() - stood > timedelta(days=1)
        running.cache.clear()
        report = world.replay(8).run()
        assert (report.taken_in, report.lost, report.doubled) == (8, 0, 0)
        with unit_of_work(write=False) as session:
            assert audit.faults(session, clock.now(), acknowledged(world.log)) == []

    def test_one_that_is_over_is_over(self, world: World) -> None:
        first = world.replay(4).run()
        again = world.replay(4).run()
        assert (again.taken_in, again.closed, again.lost, again.doubled) == (4, first.closed, 0, 0)
        with pytest.raises(ReplayedAlreadyError, match="empty data folder"):
            world.replay(6).run()
        with unit_of_work(write=False) as session:
            assert session.scalar(select(func.count()).select_from(WorkOrder)) == 4
