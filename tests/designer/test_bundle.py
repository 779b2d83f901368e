"""What a browser loads before the designer, or a picture on an order's page, can be used."""

import gzip
import re
from pathlib import Path

import pytest

from tests.api.desk import ROOT

BUILT = ROOT / "bpm" / "web" / "static" / "built"
STATIC = re.compile(r"""(?:\bfrom|\bimport)\s*["']\./([\w.-]+\.js)["']""")
KILOBYTE = 1_000


def initial(entry: str) -> list[Path]:
    """An entry and every script that it imports at once; what is imported when it is opened does not count."""
    found, todo = {entry}, [entry]
    while todo:
        for name in STATIC.findall((BUILT / todo.pop()).read_text(encoding="utf-8")):
            if name not in found:
                found.add(name)
                todo.append(name)
    return [BUILT / name for name in sorted(found)]


@pytest.mark.parametrize(("entry", "most"), [("designer.js", 550), ("viewer.js", 90)])
def test_the_first_scripts_are_small(entry: str, most: int) -> None:
    assert sum(len(gzip.compress(path.read_bytes())) for path in initial(entry)) <= most * KILOBYTE


def test_tables_and_pdf_are_loaded_when_they_are_opened() -> None:
    first = "".join(path.read_text(encoding="utf-8") for path in initial("designer.js"))
    assert "bpmn:UserTask" in first
    assert [mark for mark in ("dmn-decision-table", "putCatalog") if mark in first] == []
