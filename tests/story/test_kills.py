"""The server is killed (kill -9) again and again in the middle of its work: nothing is lost, doubled or stuck."""

import os
from pathlib import Path
from random import Random

import pytest

from tests.story.victim import World

KILLS = int(os.environ.get("KILLS", "1000"))
"""Kills of the long form (make campaign)."""


def killed_in_a_replay(folder: Path, kills: int, count: int) -> World:
    """Kill a replay so many times: at first while it starts and makes its database, then between any two of its steps."""
    world, chance = World(folder), Random(kills)
    arguments = ("demo-replay", "--count", str(count), "--weeks", "1", "--acknowledged", str(world.acknowledged))
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
