"""A refund is asked of billing when the step that asks for it is kept, and given once, at whatever moment the program is killed."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from bpm import caller, clock, connecting, definitions, instances, running, work_items
from bpm.access import SYSTEM
from bpm.clockwork.embedded import Embedded
from bpm.models.database import configure, engine_options, unit_of_work
from bpm.models.instance import Instance
from connectors.billing.simulator import Simulator
from tests.engine.drawing import baton, end, model, service, start

ROOT = Path(__file__).parents[2]
NUMBER = "15455310001"
INPUTS = "".join(baton("input", name=name, value=value) for name, value in (("number", NUMBER), ("amount", "= 30"), ("reason", "多扣费")))
REFUND = service("pay", call=baton("call", connector="billing", operation="adjust", result="paid") + INPUTS)
DRAWING = model(start() + REFUND + end(), "s > pay > e")

_processes = multiprocessing.get_context("forkserver")


class TurnedBackError(Exception):
    """What goes wrong after the refund was asked for."""


def ask(session: Session) -> None:
    """Somebody's step asks for the refund."""
    instances.start(session, "p", {}, SYSTEM, clock.now())


def clockwork(settings: Mapping[str, str]) -> Embedded:
    return Embedded(connecting.load(ROOT / "connectors", settings))


def die(*_: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def die_after(work: Callable[..., Any]) -> Callable[..., Any]:
    """Let something happen, and nothing after it."""
    return lambda *arguments: (work(*arguments), die())


def in_the_step() -> None:
    instances.start = die_after(instances.start)  # type: ignore[assignment]


def before_the_call() -> None:
    caller.perform = die  # type: ignore[assignment]


def after_the_call() -> None:
    caller.perform = die_after(caller.perform)  # type: ignore[assignment]


def while_the_answer_is_taken_in() -> None:
    caller.settle = die_after(caller.settle)  # type: ignore[assignment]


MOMENTS: dict[str, Callable[[], None]] = {each.__name__: each for each in (before_the_call, after_the_call, while_the_answer_is_taken_in)}


def victim(url: str, settings: Mapping[str, str], arrange: Callable[[], None]) -> None:
    """The program, in the process that is killed at the arranged moment."""
    arrange()
    configure(create_engine(url, **engine_options(url)))
    with unit_of_work() as session:
        ask(session)
    clockwork(settings).advance(timedelta(0))


class Town:
    """Billing, which outlives every kill, and the program on one database."""

    def __init__(self, billing: Simulator, database: Engine) -> None:
        self.billing, self._url = billing, database.url.render_as_string(hide_password=False)
        with unit_of_work() as session:
            definitions.deploy(session, {"p.bpmn": DRAWING}, "analyst", clock.now(), publish=True)

    def killed(self, arrange: Callable[[], None]) -> None:
        process = _processes.Process(target=victim, args=(self._url, self.billing.settings, arrange))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL

    def go_on(self) -> None:
        """The next start: it frees what the dead one had in hand, and does what is due."""
        running.cache.clear()
        with unit_of_work() as session:
            work_items.free_all(session)
        driver = clockwork(self.billing.settings)
        driver.advance(timedelta(hours=1))
        driver.stop()

    @property
    def asked(self) -> list[str]:
        """The key of each request that billing has seen."""
        return [call["key"] for call in self.billing.billing.calls]

    @property
    def refunds(self) -> list[int]:
        """How often each refund was given."""
        return list(self.billing.billing.effects.values())

    def cases(self) -> list[tuple[str, Any]]:
        with unit_of_work(write=False) as session:
            found = list(session.scalars(select(Instance)))
            return [(each.status, instances.variables(session, each).get("paid", {}).get("amount")) for each in found]


@pytest.fixture
def town(database: Engine) -> Iterator[Town]:
    billing = Simulator(ROOT / "demo" / "customers.json")
    billing.start()
    yield Town(billing, database)
    billing.stop()
    running.cache.clear()


def test_what_was_asked_in_a_step_that_came_to_nothing_is_never_asked_of_billing(town: Town) -> None:
    with pytest.raises(TurnedBackError), unit_of_work() as session:
        ask(session)
        session.flush()
        raise TurnedBackError
    town.go_on()
    assert (town.asked, town.cases()) == ([], [])


def test_what_was_asked_by_a_program_that_died_before_its_commit_is_never_asked_of_billing(town: Town) -> None:
    town.killed(in_the_step)
    town.go_on()
    assert (town.asked, town.cases()) == ([], [])


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_was_committed_is_refunded_once_though_the_program_is_killed(town: Town, moment: str) -> None:
    town.killed(MOMENTS[moment])
    assert town.cases() == [("running", None)]
    town.go_on()
    assert len(town.asked) == (1 if moment == "before_the_call" else 2)
    assert len(set(town.asked)) == 1, "billing was asked twice, under one key"
    assert (town.refunds, town.cases()) == ([1], [("completed", 30)])
    town.go_on()
    assert town.refunds == [1], "and what is done is done"
