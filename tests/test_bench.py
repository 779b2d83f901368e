"""``make bench`` itself: its figures at this size mean nothing, but every budget is measured and written down."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.browser
def test_the_bench_measures_every_budget_and_writes_it_down(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts.bench", "--small", "--no-postgres"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}
    done = subprocess.run(command, cwd=ROOT, env={**environment, "BATON_DATA": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    figures = json.loads((tmp_path / "bench.json").read_bytes())
    assert all(set(figure) == {"name", "value", "limit", "better"} and figure["value"] > 0 for figure in figures)
    assert {figure["better"] for figure in figures} == {"low", "high"}
    told = " ".join(figure["name"] for figure in figures)
    for budget in ("cases per second", "CPU of a case", "by REST", "SQL statements", "commits", "a step", "saving", "loading", "inbox"):
        assert budget in told
    for budget in (
        "timers",
        "designer.js",
        "viewer.js",
        "start page",
        "inbox ready",
        "designer ready",
        "200 elements",
        "dragging",
        "typing",
    ):
        assert budget in told
    assert all(figure["name"] in done.stdout for figure in figures)
    assert [path.name for path in tmp_path.iterdir()] == ["bench.json"], "the databases of the measurement are taken away again"


def test_stock_is_measured_without_anything_of_ours() -> None:
    program = "import scripts.bench.stock, sys; sys.exit(any(name.split('.')[0] in ('bpm', 'connectors') for name in sys.modules))"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
