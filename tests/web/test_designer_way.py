"""Which way a case goes: conditions as the builder reads and writes them."""

import shutil
import subprocess

from tests.api.desk import ROOT


def test_conditions_are_read_into_rows_and_written_back() -> None:
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, "--test", "src/way/conditions.test.js"], cwd=ROOT / "designer", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
