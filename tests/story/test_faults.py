"""The database fails at the n-th commit or statement, for every n: whoever asked asks again, and all ends as if nothing had been."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, select

from bpm import clock, instances, running, work_items
from bpm.inbox import TaskDoneError
from bpm.models.database import configure, engine_options, unit_of_work
from bpm.models.instance import Instance
from bpm.models.journal import JournalEntry
from bpm.models.message import Subscription
from bpm.models.task import HandOver, Task
from bpm.models.work_item import WorkItem
from tests.bpm.relay import Relay
from tests.story import audit


class PowerCutError(Exception):
    """What goes wrong in these tests."""


class Faults:
    """Lets one commit or statement of an engine fail, and counts them."""

    def __init__(self, engine: Engine, kind: str = "none", at: int = 0) -> None:
        self.kind, self.at = kind, at
        self.seen = {"statement": 0, "commit": 0, "answer": 0}
        event.listen(engine, "before_cursor_execute", lambda *_: self._count("statement"))
        event.listen(engine, "commit", lambda _: self._count("commit"))
        committed = engine.dialect.do_commit

        def do_commit(connection: Any) -> None:
            committed(connection)
            self._count("answer")  # it is done, and nobody is told

        engine.dialect.do_commit = do_commit  # type: ignore[method-assign]

    def _count(self, kind: str) -> None:
        self.seen[kind] += 1
        if kind == self.kind and self.seen[kind] == self.at:
            raise PowerCutError


class Case:
    """A relay that is put back to its start, on a database that fails where it is told to."""

    def __init__(self, folder: Path, empty: Path) -> None:
        self._folder, self._begun = folder, folder / "begun.db"
        shutil.copyfile(empty, self._begun)
        engine = self._open(self._begun)
        self.relay = Relay(folder)
        engine.dispose()

    @staticmethod
    def _open(path: Path) -> Engine:
        engine = create_engine(f"sqlite:///{path}", **engine_options("sqlite"))
        configure(engine)
        return engine

    @contextmanager
    def begun(self, kind: str = "none", at: int = 0) -> Iterator[Faults]:
        """The case at its start, with a fault to come."""
        path = self._folder / "running.db"
        for old in self._folder.glob("running.db*"):
            old.unlink()
        shutil.copyfile(self._begun, path)
        self.relay.billing.billing.calls.clear()
        running.cache.clear()
        clock.set_offset(timedelta(0))
        engine = self._open(path)
        yield Faults(engine, kind, at)
        engine.dispose()

    def walk(self) -> None:
        """The whole case; each who is told that something went wrong does it again."""
        relay, people = self.relay, {}
        for login in ("handler", "agent", "colleague"):
            people[login] = self._insist(lambda login=login: relay.person(login))
        for element, login in (("measure", "handler"), ("check", "agent")):
            self._do(element, people[login])
        self._wait(timedelta(minutes=1))
        self._wait(timedelta(hours=3))
        self._do("approve", people["colleague"])
        self._insist(lambda: self._unit(instances.deliver, "go-on", "13800000001", {"by": "网管"}, message_id="m-1"))
        self._wait(timedelta(minutes=1))

    def _do(self, element: str, person: Any) -> None:
        task = self._insist(lambda: self.relay.task(element))
        self._insist(lambda: self._unit(instances.inbox.claim, task, person))
        self._insist(lambda: self._unit(instances.complete_task, task, {f"{element}_done": True}, person))

    def _wait(self, span: timedelta) -> None:
        """Time passes. Whoever held a work item when the power went is dead: the next start frees it."""

        def pass_by() -> None:
            with unit_of_work() as session:
                work_items.free_all(session)
            self.relay.clockwork.advance(until - clock.now())

        until = clock.now() + span
        self._insist(pass_by)
        self._insist(pass_by)

    @staticmethod
    def _unit(action: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """One command; the processes stay warm between commands, as they do in a server."""
        with unit_of_work() as session:
            return action(session, *arguments, clock.now(), **named)

    @staticmethod
    def _insist(action: Callable[[], Any]) -> Any:
        try:
            return action()
        except PowerCutError:
            try:
                return action()
            except TaskDoneError:
                return None  # it was done; only the answer was lost

    def outcome(self) -> dict[str, Any]:
        """What has become of the case, without the moments."""
        with unit_of_work(write=False) as session:
            instance = session.get_one(Instance, self.relay.id)
            told = session.scalars(select(JournalEntry).order_by(JournalEntry.seq))
            return {
                "faults": audit.faults(session, clock.now()),
                "instance": (instance.status, instance.active, instances.variables(session, instance)),
                "journal": [(entry.kind, entry.element_id) for entry in told],
                "tasks": sorted((task.element_id, task.status) for task in session.scalars(select(Task))),
                "legs": sorted((leg.element_id, leg.how, str(leg.user_id)) for leg in session.scalars(select(HandOver))),
                "items": sorted((item.kind, item.payload["element_id"], item.state) for item in session.scalars(select(WorkItem))),
                "waiting": session.scalars(select(Subscription.name)).all(),
                "asked of billing": len({call["key"] for call in self.relay.billing.billing.calls}),
            }


@pytest.fixture
def case(tmp_path: Path, _empty_sqlite: Path) -> Iterator[Case]:
    made = Case(tmp_path, _empty_sqlite)
    yield made
    made.relay.close()


def ways_to_fail(case: Case, kind: str, step: int) -> Iterator[tuple[int, dict[str, Any], dict[str, Any]]]:
    """The outcome of an undisturbed case, beside the outcome of one with a fault at each place."""
    with case.begun() as faults:
        case.walk()
        expected, places = case.outcome(), faults.seen[kind]
    assert expected["instance"][0] == "completed"
    assert expected["faults"] == []
    assert places > step
    for at in range(1, places + 1, step):
        with case.begun(kind, at) as faults:
            case.walk()
            faults.kind = "none"
            yield at, case.outcome(), expected


@pytest.mark.parametrize("kind", ["commit", "answer"])
def test_a_fault_at_every_commit_changes_nothing_in_the_end(case: Case, kind: str) -> None:
    for at, outcome, expected in ways_to_fail(case, kind, 1):
        assert outcome == expected, f"{kind} {at}"


def test_a_fault_at_any_statement_changes_nothing_in_the_end(case: Case) -> None:
    for at, outcome, expected in ways_to_fail(case, "statement", 7):
        assert outcome == expected, f"statement {at}"


@pytest.mark.slow
def test_a_fault_at_every_statement_changes_nothing_in_the_end(case: Case) -> None:
    for at, outcome, expected in ways_to_fail(case, "statement", 1):
        assert outcome == expected, f"statement {at}"
