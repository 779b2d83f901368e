"""The server is killed (kill -9) again and again in the middle of its work: nothing is lost, doubled or stuck."""

import os
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from bpm.models.work_order import WorkOrder
from tests.story.customers import Customers
from tests.story.ports import free_port
from tests.story.victim import World

KILLS = int(os.environ.get("KILLS", "1000"))
"""Kills of the long form (make campaign)."""


def killed_in_a_replay(folder: Path, kills: int, count: int) -> World:
    """Kill a replay so many times: at first while it starts and makes its database, then between any two of its steps."""
    world, chance = World(folder), Random(kills)
    arguments = ("demo-replay", "--count", str(count), "--weeks", "3", "--acknowledged", str(world.acknowledged))
    with world.opened():
        for kill in range(kills):
            victim = world.begin(*arguments)
            if kill < min(kills // 10, 20):
                victim.join(chance.uniform(0.05, 1.5))
            else:
                world.wait_for_lines(victim, chance.randint(1, 6))
                victim.join(chance.uniform(0, 0.06))
            assert world.kill(victim), f"it was over after {kill} kills: {world.said()}"
        assert "0 lost, 0 doubled" in world.finish(*arguments)
    return world


def test_thirty_kills_in_the_middle_of_a_replay(tmp_path: Path) -> None:
    assert killed_in_a_replay(tmp_path, kills=30, count=40).faults() == []


@pytest.mark.slow
def test_a_thousand_kills_in_the_middle_of_a_replay(tmp_path: Path) -> None:
    assert killed_in_a_replay(tmp_path, kills=KILLS, count=KILLS * 2).faults() == []


LOGINS = ("admin", "agent", "reviewer", "dispatcher", "handler", "handler2", "depthead", "manager", "visitor")


def killed_while_serving(folder: Path, kills: int, customers: int) -> tuple[World, Customers]:
    """Kill the server so many times while programs complain and work; then let them and the server finish."""
    world, chance = World(folder), Random(kills)
    port = free_port()
    with world.opened():
        server = world.serve(port)
        with world.looked_at():
            crowd = Customers(port, LOGINS)
        crowd.begin(customers)
        for _ in range(kills):
            told = len(crowd.promised) + chance.randint(2, 8)
            while len(crowd.promised) < told and server.is_alive():
                server.join(0.004)
            server.join(chance.uniform(0, 0.1))
            assert world.kill(server), world.said()
            server = world.serve(port)
        crowd.end()
        world.stop(server)
    return world, crowd


def check_promises(world: World, crowd: Customers) -> None:
    assert crowd.wrong == []
    assert world.faults(crowd.promised) == []
    with world.looked_at() as session:
        titles = dict(session.execute(select(WorkOrder.title, func.count()).group_by(WorkOrder.title)).all())
    assert titles == dict.fromkeys(crowd.titles, 1), "each complaint is there once, however often it was told"


def test_ten_kills_while_people_complain_and_work(tmp_path: Path) -> None:
    check_promises(*killed_while_serving(tmp_path, kills=10, customers=3))


@pytest.mark.slow
def test_hundreds_of_kills_while_people_complain_and_work(tmp_path: Path) -> None:
    check_promises(*killed_while_serving(tmp_path, kills=KILLS // 3, customers=4))
