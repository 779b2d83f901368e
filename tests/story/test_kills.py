"""The server is killed (kill -9) again and again in the middle of its work: nothing is lost, doubled or stuck."""

import os
import time
from pathlib import Path
from random import Random

import pytest

from tests.story.victim import World

KILLS = int(os.environ.get("KILLS", "1000"))
"""Kills of the long form (make campaign)."""


def replay_killed(folder: Path, kills: int, count: int, longest: float) -> World:
    """Kill a replay so many times, at any moment from its first breath on; then let it come to its end."""
    world = World(folder)
    arguments = ("demo-replay", "--count", str(count), "--weeks", "1", "--acknowledged", str(world.acknowledged))
    chance = Random(kills)
    with world.opened():
        killed = 0
        while killed < kills:
            victim = world.begin(*arguments)
            victim.join(chance.uniform(0.2, longest))
            assert world.kill(victim), f"the replay was over after {killed} kills: {world.log.read_text('utf-8')[-500:]}"
            killed += 1
        said = world.finish(*arguments)
    assert "0 lost, 0 doubled" in said
    return world


def test_thirty_kills_in_the_middle_of_a_replay(tmp_path: Path) -> None:
    world = replay_killed(tmp_path, kills=30, count=60, longest=2.0)
    assert world.faults() == []
