"""A whole case: how many a second, and what one costs, beside stock SpiffWorkflow in the same minutes."""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Engine

from bpm.access import Actor
from scripts.bench import cases
from scripts.bench.report import Figure


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one case."""

    wall: float
    cpu: float


class Stock:
    """Stock SpiffWorkflow, in its own process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, how: Literal["memory", "saved"], count: int) -> Cost:
        """Run some cases there, in memory or with the full JSON at each step."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the process of stock SpiffWorkflow has no pipes")
        self._process.stdin.write(f"{how} {count}\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return Cost(answer["wall"] / count, answer["cpu"] / count)


@contextmanager
def stock() -> Iterator[Stock]:
    """Start stock SpiffWorkflow, and end it."""
    command = [sys.executable, "-m", "scripts.bench.stock"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 -- our own module
        yield Stock(process)
        if process.stdin is not None:
            process.stdin.close()


def timed(run: Callable[[], object], count: int) -> Cost:
    """What one run costs, of so many."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        run()
    return Cost((time.perf_counter() - wall) / count, (time.process_time() - cpu) / count)


def measure(engine: Engine, actor: Actor, stock: Stock, rounds: int, count: int) -> list[Figure]:
    """Run all three in turn, each about as long as the others, and compare the least of each: what a neighbour takes is not theirs."""
    memory, saved, ours = [], [], []
    for round_ in range(rounds + 1):
        found = stock.run("memory", 6 * count), stock.run("saved", 3 * count), timed(lambda: cases.run(engine, actor), count)
        if round_:  # the first one warms up
            memory.append(found[0])
            saved.append(found[1])
            ours.append(found[2])
    speed = min(cost.wall for cost in memory) / min(cost.wall for cost in ours)
    cpu = min(cost.cpu for cost in ours) / min(cost.cpu for cost in saved)
    return [
        Figure("cases per second, each command durable, of stock in memory", speed, 0.30, "high"),
        Figure("CPU of a case, in stock's with its JSON at each step", cpu, 2, "low"),
    ]
