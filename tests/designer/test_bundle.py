"""What a browser loads before the designer, or a picture on an order's page, can be used."""

import pytest

from scripts.bench.weight import LIMITS, initial, kilobytes


@pytest.mark.parametrize(("entry", "most"), [("designer.js", 550), ("viewer.js", 90)])
def test_the_first_scripts_are_small(entry: str, most: int) -> None:
    assert LIMITS[entry] == most
    assert kilobytes(entry) <= most


def test_tables_and_pdf_are_loaded_when_they_are_opened() -> None:
    first = "".join(path.read_text(encoding="utf-8") for path in initial("designer.js"))
    assert "bpmn:UserTask" in first
    assert [mark for mark in ("dmn-decision-table", "putCatalog") if mark in first] == []
