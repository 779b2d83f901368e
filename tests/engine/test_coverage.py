"""The page docs/coverage.md says what a run of the engine has shown, no more and no less."""

import os

import pytest

from .coverage import PAGE, ROWS, Row, outcome, page


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.element}: {row.variant}" for row in ROWS])
def test_an_element_works_or_is_refused_as_we_say(row: Row):
    result, remark = outcome(row)
    assert result == ("refused" if row.walk is None else "works"), remark


def test_the_page_is_current():
    written = page([(row, *outcome(row)) for row in ROWS])
    if os.environ.get("BATON_WRITE"):
        PAGE.write_text(written, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == written, "run: BATON_WRITE=1 pytest tests/engine/test_coverage.py"
