"""Processes in memory: what is needed again stays."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Engine

from bpm import clock, definitions, instances, interventions, running
from bpm.access import SYSTEM
from bpm.models.database import unit_of_work
from bpm.models.instance import Instance
from tests.engine.drawing import catch, end, model, start


@pytest.fixture(autouse=True)
def _room_for_two(database: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    running.cache.clear()
    monkeypatch.setattr(running, "CAPACITY", 2)
    with unit_of_work() as session:
        drawn = model(start() + catch("paid", "message") + end(), "s > paid > e")
        definitions.deploy(session, {"p.bpmn": drawn}, "analyst", clock.now(), publish=True)
    yield
    running.cache.clear()


def begin() -> UUID:
    with unit_of_work() as session:
        return instances.start(session, "p", {}, SYSTEM, clock.now()).id


def is_kept(case: UUID) -> bool:
    with unit_of_work(write=False) as session:
        return running.cache.take(case, session.get_one(Instance, case).stamp) is not None


def test_a_process_that_has_ended_leaves_before_an_older_one_that_runs() -> None:
    runs, over = begin(), begin()
    with unit_of_work() as session:
        interventions.cancel(session, over, SYSTEM, clock.now())
    new = begin()
    assert [is_kept(case) for case in (runs, over, new)] == [True, False, True]


def test_a_process_that_has_just_ended_is_looked_at_without_being_loaded_again() -> None:
    over = begin()
    with unit_of_work() as session:
        interventions.cancel(session, over, SYSTEM, clock.now())
    assert is_kept(over)
