"""How late timers are when very many of them fall due in one minute, on SQLite with the embedded driver."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles

from sqlalchemy.orm import Session

from bpm import clock, definitions, instances
from bpm.access import Actor
from bpm.clockwork.embedded import Embedded
from bpm.clockwork.handlers import HANDLERS
from bpm.connecting import Registry
from bpm.models.database import after_commit, unit_of_work
from bpm.models.work_item import WorkItem
from scripts.bench import cases
from scripts.bench.report import Figure

DRAWING = Path(__file__).with_name("timers.bpmn")
MINUTE = timedelta(minutes=1)
SECONDS_LATE = 2
WHOLE = 10_000
_AT_ONCE = 200
_PATIENCE = timedelta(minutes=10)


def measure(url: str, count: int) -> list[Figure]:
    """Let so many timers fall due as thickly as ten thousand in a minute, and see when each has had its effect."""
    engine = cases.database(url)
    actor = cases.found()
    with unit_of_work() as session:
        definitions.deploy(session, {DRAWING.name: DRAWING.read_bytes()}, cases.CLERK, clock.now(), publish=True)
    first = clock.now() + timedelta(days=1)
    _set(actor, first, count)
    late = _fired(first, count)
    engine.dispose()
    return [Figure(f"{WHOLE} timers due in one minute: seconds late, p99", quantiles(late, n=100)[-1], SECONDS_LATE, "low")]


def _set(actor: Actor, first: datetime, count: int) -> None:
    """A case for each timer, some cases to a transaction: that they come is not what is measured."""
    moments = [first + n * MINUTE / WHOLE for n in range(count)]
    for begin in range(0, count, _AT_ONCE):
        with unit_of_work() as session:
            for due in moments[begin : begin + _AT_ONCE]:
                instances.start(session, "bench_timer", {"due": due.isoformat()}, actor, clock.now())


def _fired(first: datetime, count: int) -> list[float]:
    """Put the clock just before the first one, and wait for all. How late each was when its effect was committed, in seconds."""
    driver = Embedded(Registry())
    with _noted() as late:
        clock.set_offset(first - timedelta(seconds=1) - clock.wall())
        driver.start()
        give_up = clock.now() + _PATIENCE
        while len(late) < count and clock.now() < give_up:
            time.sleep(0.1)
        driver.stop()
        clock.set_offset(timedelta(0))
    if len(late) != count:
        message = f"{len(late)} of {count} timers have fired"
        raise RuntimeError(message)
    return late


@contextmanager
def _noted() -> Iterator[list[float]]:
    late: list[float] = []
    fire = HANDLERS["timer"]

    def noting(session: Session, item: WorkItem, now: datetime) -> None:
        due = item.due_at
        fire(session, item, now)
        after_commit(session, lambda: late.append((clock.now() - due).total_seconds()))

    HANDLERS["timer"] = noting
    try:
        yield late
    finally:
        HANDLERS["timer"] = fire
