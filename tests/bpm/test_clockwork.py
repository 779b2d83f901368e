"""What is done without a person: in order, once, again after a failure, and never by two."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

import app
from bpm import caller, clock, definitions, incidents, interventions, limits, mending, running, work_items
from bpm.access import SYSTEM
from bpm.clockwork import embedded
from bpm.clockwork.embedded import BACK_OFF, TRIES, ClockBusyError, Embedded
from bpm.clockwork.handlers import HANDLERS
from bpm.connecting import Registry
from bpm.errors import RefusedError
from bpm.models.database import unit_of_work
from bpm.models.faults import DatabaseBusyError, DatabaseUnreachableError, DiskFullError
from bpm.models.instance import Instance
from bpm.models.journal import JournalEntry
from bpm.models.notice import Notice
from bpm.models.work_item import WorkItem
from bpm.settings import Settings
from scripts.bench import cases
from tests.bpm import organisation
from tests.bpm.casework import Casework
from tests.bpm.relay import Relay
from tests.bpm.together import until_it_waits

HOUR = timedelta(hours=1)


@pytest.fixture
def relay(database: Engine, tmp_path: Path) -> Iterator[Relay]:
    made = Relay(tmp_path)
    yield made
    made.close()


class Diary:
    """A kind of work item that writes down what was done and when; ``also`` is what it does besides."""

    def __init__(self) -> None:
        self.done: list[tuple[str, datetime]] = []
        self.also: dict[str, Callable[[Session, WorkItem], None]] = {}

    def __call__(self, session: Session, item: WorkItem, now: datetime) -> None:
        self.done.append((item.key, now))
        if item.key in self.also:
            self.also[item.key](session, item)

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.done]


@pytest.fixture
def diary(monkeypatch: pytest.MonkeyPatch) -> Diary:
    made = Diary()
    monkeypatch.setitem(HANDLERS, "diary", made)
    return made


@pytest.fixture
def clockwork(database: Engine, relay: Relay) -> Embedded:
    return relay.clockwork


def ask(key: str, after: timedelta = timedelta(0), **payload: Any) -> datetime:
    """Ask for something to be done; when it is due."""
    with unit_of_work() as session:
        now = clock.now()
        work_items.enqueue(session, "diary", key, payload, now + after, now)
        return now + after


def tick(clockwork: Embedded, told: list[int | Exception]) -> Thread:
    """Somebody who carries out all that is due, and tells how much it was."""

    def carry_out() -> None:
        try:
            told.append(clockwork.advance(timedelta(0)).fired)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the test tells it
            told.append(error)

    return Thread(target=carry_out)


def item(key: str) -> WorkItem:
    with unit_of_work(write=False) as session:
        return session.scalars(select(WorkItem).where(WorkItem.key == key)).one()


class TestInOrder:
    def test_what_was_due_first_is_done_first_and_what_is_not_due_waits(self, clockwork: Embedded, diary: Diary) -> None:
        for key, minutes in (("b", -20), ("c", -10), ("a", -30), ("later", 10)):
            ask(key, timedelta(minutes=minutes))
        assert clockwork.run_due() == 3
        assert diary.keys == ["a", "b", "c"]
        assert (item("a").state, item("later").state) == ("done", "waiting")

    def test_the_demo_clock_carries_out_each_item_at_its_own_moment(self, clockwork: Embedded, diary: Diary) -> None:
        began = clock.now()
        second, first = ask("second", 2 * HOUR), ask("first", HOUR)
        diary.also["first"] = lambda session, _: _between(session, first + timedelta(minutes=30))

        advanced = clockwork.advance(3 * HOUR)

        assert diary.keys == ["first", "between", "second"]
        late = [now - due for (_, now), due in zip(diary.done, (first, first + timedelta(minutes=30), second), strict=True)]
        assert all(timedelta(0) <= each < timedelta(minutes=1) for each in late)
        assert advanced.fired == 3
        assert advanced.now >= began + 3 * HOUR

    def test_asking_for_the_same_again_asks_once(self, clockwork: Embedded, diary: Diary) -> None:
        ask("same", HOUR)
        ask("same", -HOUR)
        clockwork.run_due()
        clockwork.run_due()
        assert diary.keys == ["same"]

    def test_what_was_taken_back_is_not_done(self, clockwork: Embedded, diary: Diary) -> None:
        ask("never")
        with unit_of_work() as session:
            work_items.cancel(session, "never")
        assert clockwork.run_due() == 0


def _between(session: Session, due: datetime) -> None:
    work_items.enqueue(session, "diary", "between", {}, due, clock.now())


class TestLeases:
    def test_a_lease_that_has_run_out_is_taken_over_and_the_late_one_is_told_so(self, clockwork: Embedded, diary: Diary) -> None:
        ask("x")
        wall = clock.wall()
        with unit_of_work() as session:
            frozen = work_items.claim(session, clock.now(), wall)
            assert frozen is not None
            late = frozen.lease
        with unit_of_work() as session:
            assert work_items.claim(session, clock.now(), wall + work_items.LEASE - timedelta(seconds=1)) is None
            again = work_items.claim(session, clock.now(), wall + work_items.LEASE + timedelta(seconds=1))
            assert again is not None
            assert (again.id, again.lease) != (frozen.id, late)
            assert work_items.still_mine(session, again.id, late) is None
            assert work_items.still_mine(session, again.id, again.lease) is again

    def test_an_answer_waits_for_a_database_that_is_away(self, relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
        settle, away = caller.settle, [DatabaseUnreachableError(), DatabaseBusyError(), DiskFullError()]

        def settled(*arguments: Any) -> None:
            if away:
                raise away.pop()
            settle(*arguments)

        monkeypatch.setattr(caller, "settle", settled)
        monkeypatch.setattr(embedded, "_ANSWER_WAITS", 0.01)
        relay.until_approval()
        [call] = relay.items("call")
        assert (call.state, call.attempts, len(relay.billing.billing.calls)) == ("done", 0, 1)

    def test_an_answer_that_comes_too_late_changes_nothing(self, relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
        """The process that asked billing was stopped (SIGSTOP) for longer than its lease; another has done the work meanwhile."""
        perform, other = caller.perform, Embedded(relay.clockwork._registry)
        frozen: list[caller.Prepared] = []

        def stopped(registry: Any, call: caller.Prepared) -> caller.Outcome:
            outcome = perform(registry, call)
            if not frozen:
                frozen.append(call)
                monkeypatch.setattr(embedded.clock, "wall", lambda wall=embedded.clock.wall: wall() + 2 * work_items.LEASE)
                other.advance(timedelta(0))
            return outcome

        monkeypatch.setattr(caller, "perform", stopped)
        relay.until_approval()
        other.stop()

        keys = [call["key"] for call in relay.billing.billing.calls]
        assert keys == [frozen[0].key] * 2, "the outside was asked twice, under one key"
        with unit_of_work(write=False) as session:
            finished = session.scalars(select(JournalEntry).where(JournalEntry.kind == "call-finished")).all()
            assert len(finished) == 1
        assert relay.open_steps() == {"approve"}

    def test_what_a_dead_process_had_in_hand_does_not_hold_the_clock_up(self, clockwork: Embedded, diary: Diary) -> None:
        ask("in hand")
        ask("free", HOUR)
        with unit_of_work() as session:
            work_items.claim(session, clock.now(), clock.wall())
        assert clockwork.advance(2 * HOUR).fired == 1
        assert diary.keys == ["free"]
        with unit_of_work() as session:  # what the next start does
            work_items.free_all(session)
        assert clockwork.advance(timedelta(0)).fired == 1
        assert diary.keys == ["free", "in hand"]

    def test_the_next_start_frees_what_a_killed_one_had_in_hand(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BATON_DATA", str(tmp_path))
        with app._prepared():
            ask("x")
            with unit_of_work() as session:
                assert work_items.claim(session, clock.now(), clock.wall()) is not None
        with app._prepared():
            assert item("x").lease is None


class TestFailing:
    def failing(self, diary: Diary, times: int, key: str = "x") -> dict[int, datetime]:
        """Let an item fail at its first tries; the answer fills with when each was."""
        tried: dict[int, datetime] = {}

        def fail(session: Session, item: WorkItem) -> None:
            tried[item.attempts] = clock.now()
            user = session.scalars(select(organisation.User).limit(1)).one()
            session.add(Notice(user_id=user.id, kind="half", text="half", facts={}, popup=False, created_at=clock.now()))
            session.flush()
            if item.attempts < times:
                raise ValueError(item.attempts)

        diary.also[key] = fail
        return tried

    def halves(self) -> int:
        with unit_of_work(write=False) as session:
            return len(session.scalars(select(Notice).where(Notice.kind == "half")).all())

    def test_it_is_tried_again_later_and_later_and_half_an_effect_is_none(self, clockwork: Embedded, diary: Diary) -> None:
        tried = self.failing(diary, TRIES - 1)
        ask("x")
        clockwork.advance(timedelta(0))
        assert (item("x").attempts, item("x").last_error, self.halves()) == (1, "ValueError", 0)
        clockwork.advance(HOUR)
        assert all(tried[turn + 1] - tried[turn] >= BACK_OFF * 2**turn for turn in range(TRIES - 1))
        assert len(tried) == TRIES
        assert (item("x").state, self.halves()) == ("done", 1)

    def test_others_are_not_held_up(self, clockwork: Embedded, diary: Diary) -> None:
        self.failing(diary, 100)
        ask("w", timedelta(seconds=-9))
        ask("x", timedelta(seconds=-5))
        ask("y")
        clockwork.run_due()
        assert [(item(key).state, item(key).attempts) for key in "wxy"] == [("done", 0), ("waiting", 1), ("done", 0)]

    def test_those_that_are_due_together_share_a_commit(self, database: Engine, clockwork: Embedded, diary: Diary) -> None:
        for key in "abc":
            ask(key)
        with cases.counted(database) as said:
            assert clockwork.run_due() == len("abc")
        assert said.commits == 2  # the second one finds that nothing is left

    def test_beside_one_that_fails_the_others_have_their_effect_once(self, clockwork: Embedded, diary: Diary) -> None:
        def tell(session: Session, item: WorkItem) -> None:
            user = session.scalars(select(organisation.User).limit(1)).one()
            session.add(Notice(user_id=user.id, kind="half", text=item.key, facts={}, popup=False, created_at=clock.now()))

        self.failing(diary, 100, "b")
        diary.also |= {"a": tell, "c": tell}
        for key in "abc":
            ask(key)
        clockwork.run_due()
        with unit_of_work(write=False) as session:
            assert sorted(session.scalars(select(Notice.text).where(Notice.kind == "half"))) == ["a", "c"]

    def test_after_the_last_try_an_incident_stands_and_its_retry_fires_the_timer(
        self, relay: Relay, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        relay.until_approval()
        fire = HANDLERS["timer"]

        def broken(_session: Session, _item: WorkItem, _now: datetime) -> None:
            raise ValueError

        monkeypatch.setitem(HANDLERS, "timer", broken)
        relay.clockwork.advance(5 * HOUR)
        (incident,) = relay.incidents()
        assert (incident.kind, incident.code, incident.element_id, incident.name) == ("work", "timer-failed", "reminder", "reminder")
        assert (incident.facts["text"], incident.message) == (incidents.OWN_FAULT, incidents.OWN_FAULT)
        assert incidents.ways_out(incident) == {"retry", "skip"}
        assert relay.instance.status == "incident"
        assert item(relay.items("timer")[0].key).attempts == TRIES
        assert "reminded" not in relay.variables

        monkeypatch.setitem(HANDLERS, "timer", fire)
        relay.do(mending.retry_incident, incident.id, SYSTEM)
        relay.clockwork.advance(timedelta(0))

        assert relay.variables["reminded"] is True
        assert (relay.incidents(), relay.instance.status) == ([], "running")
        assert relay.open_steps() == {"approve"}

    def test_an_incident_stands_also_where_the_drawing_cannot_be_built_any_more(
        self, relay: Relay, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        relay.until_approval()

        def refused(*_: object) -> None:
            raise RefusedError([])

        monkeypatch.setattr("bpm.definitions.engine_definition", refused)
        running.cache.clear()
        relay.clockwork.advance(5 * HOUR)
        (incident,) = relay.incidents()
        with unit_of_work(write=False) as session:
            assert incident.name == definitions.get(session, session.get_one(Instance, incident.instance_id).definition_id).name

    def test_past_a_timer_that_failed_it_is_as_if_it_had_fired(self, relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
        relay.until_approval()

        def broken(_session: Session, _item: WorkItem, _now: datetime) -> None:
            raise ValueError

        monkeypatch.setitem(HANDLERS, "timer", broken)
        relay.clockwork.advance(5 * HOUR)
        relay.do(mending.resolve_incident, relay.incidents()[0].id, "skip", None, SYSTEM)
        assert (relay.incidents(), relay.instance.status) == ([], "running")
        assert (relay.variables["reminded"], relay.clockwork.health().failed) == (True, 0)
        relay.complete("approve", "colleague")
        assert relay.instance.active == ["wait"]

    def test_the_queue_says_how_it_stands(self, clockwork: Embedded, diary: Diary) -> None:
        self.failing(diary, 100)
        ask("x")
        due = ask("waits", HOUR * 24)
        clockwork.advance(HOUR)
        health = clockwork.health()
        assert (health.waiting, health.failed) == (1, 1)
        assert health.oldest_due == due


class TestTheClock:
    def test_two_cannot_move_it_at_once(self, clockwork: Embedded, diary: Diary) -> None:
        inside, go_on = Event(), Event()

        def wait(_session: Session, _item: WorkItem) -> None:
            inside.set()
            go_on.wait()

        diary.also["long"] = wait
        ask("long")
        first = Thread(target=clockwork.advance, args=(HOUR,))
        first.start()
        inside.wait()
        with pytest.raises(ClockBusyError):
            clockwork.advance(HOUR)
        go_on.set()
        first.join()
        assert clockwork.advance(timedelta(0)).fired == 0

    def test_it_stands_where_it_stood_after_a_restart(self, tmp_path: Path) -> None:
        settings = Settings(data=tmp_path, database_url=f"sqlite:///{tmp_path}/kept.db", secret_key="a secret of the tests " * 2)
        baton = app.create_app(settings)
        app.migrate(baton)
        baton.extensions["clockwork"].advance(timedelta(days=40))
        stood = clock.now()
        clock.set_offset(timedelta(0))
        app.migrate(app.create_app(replace(settings)))
        assert stood <= clock.now() < stood + HOUR


class TestComingAndGoing:
    def test_what_is_due_at_once_is_done_without_waiting_for_the_tick(self, database: Engine, relay: Relay, diary: Diary) -> None:
        driver, done = Embedded(relay.clockwork._registry, tick=3600), Event()
        diary.also["now"] = lambda _session, _item: done.set()
        driver.start()
        ask("now")
        assert done.wait(60)
        driver.stop()

    def test_stopping_finishes_what_is_in_hand_and_begins_nothing_more(self, database: Engine, relay: Relay, diary: Diary) -> None:
        driver, inside, go_on = Embedded(relay.clockwork._registry), Event(), Event()

        def wait(_session: Session, _item: WorkItem) -> None:
            inside.set()
            go_on.wait()

        diary.also["long"] = wait
        ask("long", timedelta(seconds=-5))
        ask("next")
        driver.start()
        inside.wait()
        stopping = Thread(target=driver.stop)
        stopping.start()
        driver._stopping.wait()
        go_on.set()
        stopping.join()
        assert (item("long").state, item("next").state) == ("done", "waiting")
        assert driver.advance(HOUR).fired == 0, "and a clock that is moved meanwhile does not wait for ever"

    def test_stopping_waits_for_the_answer_of_a_call(self, relay: Relay) -> None:
        relay.complete("measure", "handler")
        relay.complete("check", "agent")
        relay.clockwork.run_due()
        relay.clockwork.stop()
        assert relay.open_steps() == {"approve"}


class TestTogetherWithPeople:
    def test_a_timer_that_falls_due_while_its_step_is_done_is_gone(self, relay: Relay) -> None:
        relay.until_approval()
        key = relay.items("timer")[0].key
        with unit_of_work() as session:
            work_items.get(session, key).due_at = clock.now() - HOUR  # type: ignore[union-attr]
        told: list[int | Exception] = []

        ticker = tick(relay.clockwork, told)
        with unit_of_work() as session:
            running.lock(session, relay.id)
            ticker.start()
            until_it_waits(session, ticker)
            work_items.cancel(session, key)
        ticker.join()
        assert told == [0]
        assert item(key).state == "cancelled"

    def test_what_is_due_elsewhere_does_not_wait_for_an_instance_that_somebody_holds(self, relay: Relay, diary: Diary) -> None:
        relay.until_approval()
        key = relay.items("timer")[0].key
        with unit_of_work() as session:
            if session.get_bind().dialect.name == "sqlite":
                pytest.skip("SQLite has one writer at a time")
            work_items.get(session, key).due_at = clock.now() - HOUR  # type: ignore[union-attr]
        ask("elsewhere")
        ticker = Thread(target=relay.clockwork.run_due)
        with unit_of_work() as session:
            running.lock(session, relay.id)
            ticker.start()
            ticker.join(timeout=5)
            assert diary.keys == ["elsewhere"]
        ticker.join()
        assert item(key).state == "waiting"
        relay.clockwork.run_due()
        assert item(key).state == "done"

    def test_whoever_rings_for_the_law_has_the_order_s_instance_before_his_item(self, database: Engine) -> None:
        case = Casework()
        case.complain()
        key = case.items("statutory")[0].key
        with unit_of_work() as session:
            work_items.get(session, key).due_at = case.now - HOUR  # type: ignore[union-attr]
        told: list[int | Exception] = []
        ticker = tick(Embedded(Registry()), told)
        with unit_of_work() as session:
            order = case.order(session)
            running.lock(session, order.instance_id)
            ticker.start()
            until_it_waits(session, ticker)
            if session.get_bind().dialect.name == "postgresql":
                session.execute(
                    text("SET LOCAL lock_timeout = '100ms'")
                )  # the database itself looks after a second whether two wait in turn
            limits.clear_statutory(session, order)
        ticker.join()
        assert told == [1], "his mail went out"
        assert item(key).state == "cancelled"

    def test_a_step_is_claimed_while_its_order_becomes_late(self, database: Engine) -> None:
        """Whoever rings has the instance, then its order, then its task: so must whoever claims."""
        case = Casework()
        case.complain()
        told: list[str | Exception | None] = []

        def claim() -> None:
            try:
                case.claim("handler")
                told.append(case.step.status)
            except Exception as error:  # noqa: BLE001 -- whatever it is, the test tells it
                told.append(error)

        claiming = Thread(target=claim)
        with unit_of_work() as session:
            order, task = case.order(session), case.task(session)
            running.lock(session, task.instance_id)
            order.escalation_tier = 1
            session.flush()
            claiming.start()
            until_it_waits(session, claiming)
            task.tier = 1
        claiming.join()
        assert told == ["claimed"]
        assert (case.case.escalation_tier, case.step.tier) == (1, 1)

    def test_an_incident_is_told_only_of_a_process_that_runs(self, relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
        relay.until_approval()
        key = relay.items("timer")[0].key

        def broken(_session: Session, _item: WorkItem, _now: datetime) -> None:
            raise ValueError

        monkeypatch.setitem(HANDLERS, "timer", broken)
        relay.clockwork.advance(2 * HOUR)
        with unit_of_work() as session:
            interventions.cancel(session, relay.id, SYSTEM, clock.now())
        relay.clockwork.advance(HOUR)
        assert item(key).state == "cancelled"
        with unit_of_work(write=False) as session:
            assert incidents.of_instance(session, relay.id) == []
            assert session.get_one(Instance, relay.id).status == "cancelled"
