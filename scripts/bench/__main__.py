"""Measure every budget, print a table and write ``bench.json`` under the data folder."""

import argparse
import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts import postgres
from scripts.bench import browser, cases, history, inboxes, report, rest, timers, weight, whole_cases
from scripts.bench.report import Figure


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    rounds: int
    cases: int
    steps: int
    tasks: int
    samples: int
    timers: int
    openings: int


WHOLE = Size(rounds=27, cases=10, steps=5_000, tasks=100_000, samples=300, timers=timers.WHOLE, openings=9)
SMALL = Size(rounds=2, cases=3, steps=50, tasks=5_000, samples=20, timers=100, openings=1)
"""Enough to see that the measurement itself runs; its figures mean nothing."""

_FEWER = 100


def measure(size: Size, folder: Path, *, on_postgres: bool) -> Iterator[Figure]:
    """Measure one budget after the other, in databases below this folder."""
    with whole_cases.stock() as stock:
        engine = cases.database(f"sqlite:///{folder / 'cases.db'}")
        yield from whole_cases.measure(engine, cases.found(), stock, size.rounds, size.cases)
        engine.dispose()
        yield from rest.measure(folder / "rest", stock, size.rounds, size.cases)
    yield from history.measure(size.steps, size.samples)
    yield from timers.measure(f"sqlite:///{folder / 'timers.db'}", size.timers)
    yield from weight.measure()
    yield from browser.measure(folder / "browser", size.openings)
    fewer = max(size.tasks // _FEWER, 1_000)
    few, many = (inboxes.fill(f"sqlite:///{folder / f'inbox-{count}.db'}", count) for count in (fewer, size.tasks))
    yield from inboxes.measure(few, many, size.samples, "SQLite")
    if on_postgres:
        yield from _on_postgres(size, folder)


def _on_postgres(size: Size, folder: Path) -> Iterator[Figure]:
    server = postgres.start(folder / "postgres")
    try:
        urls = []
        for name in ("few", "many"):
            server.psql(f"CREATE DATABASE {name};")
            urls.append(server.get_uri(database=name, driver="psycopg"))
        few, many = inboxes.fill(urls[0], max(size.tasks // _FEWER, 1_000)), inboxes.fill(urls[1], size.tasks)
        yield from inboxes.measure(few, many, size.samples, "PostgreSQL")
        few.engine.dispose()
        many.engine.dispose()
    finally:
        server.cleanup()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, tell and write. The exit code is 1 where a budget is not kept."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench", description="Measure Baton against its budgets.")
    parser.add_argument("--small", action="store_true", help="measure next to nothing: only to see that it runs")
    parser.add_argument("--no-postgres", action="store_true", help="leave PostgreSQL out")
    chosen = parser.parse_args(arguments)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a browser asks for more at once than four threads can answer
    data = Path(os.environ.get("BATON_DATA") or "var")
    data.mkdir(parents=True, exist_ok=True)
    figures = []
    with tempfile.TemporaryDirectory(dir=data, prefix="bench-") as folder:  # on the disk of the data: commits wait for it
        for figure in measure(SMALL if chosen.small else WHOLE, Path(folder).resolve(), on_postgres=not chosen.no_postgres):
            print(report.table([figure]), flush=True)
            figures.append(figure)
    print(f"\n{report.table(figures)}")
    report.write(data / "bench.json", figures)
    return 0 if all(figure.kept for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
