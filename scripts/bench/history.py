"""Whether a step gets dearer with the steps before it."""

import gc
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from bpm.engine import commands as c
from bpm.engine.definition import Definition
from bpm.engine.facts import TaskOpened
from bpm.engine.process import Process
from scripts.bench.report import Figure

LOOP = Path(__file__).with_name("loop.bpmn")
ZONE = ZoneInfo("Asia/Shanghai")


class Loop:
    """An instance that comes back to the same task again and again."""

    def __init__(self) -> None:
        self._definition = Definition.build("bench_loop", {LOOP.name: LOOP.read_bytes()})
        self._process = Process(self._definition, zone=ZONE)
        self._process.apply(c.Start({"stop": False, "text": "电梯里没有信号" * 20}), datetime.now(UTC))

    def step(self) -> tuple[float, float, float]:
        """Complete the task: CPU seconds of the step, of saving it, and of loading it in another process's stead."""
        token = next(fact.place.token_id for fact in self._process.awaited() if isinstance(fact, TaskOpened))
        began = time.process_time()
        self._process.apply(c.CompleteTask(token, {"stop": False}), datetime.now(UTC))
        stepped = time.process_time()
        saved = self._process.save()
        kept = time.process_time()
        Process.load(self._definition, saved, zone=ZONE)
        return stepped - began, kept - stepped, time.process_time() - kept

    def median(self, count: int) -> tuple[float, float, float]:
        """The medians of the next steps."""
        gc.collect()
        step, save, load = zip(*(self.step() for _ in range(count)), strict=True)
        return median(step), median(save), median(load)


def measure(steps: int, samples: int) -> list[Figure]:
    """Compare a step after many with one after ten."""
    young, old = Loop(), Loop()
    for _ in range(steps):
        old.step()
    for _ in range(10):
        young.step()
    before, after = young.median(samples), old.median(samples)
    return [
        Figure(f"{what} after {steps} steps, in that after 10", late / early, 2, "low")
        for what, early, late in zip(("a step", "saving", "loading"), before, after, strict=True)
    ]
