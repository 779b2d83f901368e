"""How a decision table lies on a sheet, and what can be wrong with one."""

from collections.abc import Callable
from typing import Any

from openpyxl.utils import get_column_letter

from bpm.errors import N_, InvalidError

MAX_ROWS = 2_000
MAX_COLUMNS = 100
MAX_SHEETS = 50
MAX_CELL = 4_000  # characters

Words = Callable[[str], str]
Texts = list[str]

SHEET_KEYS = {
    "table": N_("Decision table"),
    "id": N_("Code"),
    "policy": N_("Hit policy"),
    "variable": N_("Result is kept as"),
    "needs": N_("Needs the decisions"),
}
COLUMN_KEYS = {
    "kind": N_("Rule"),
    "label": N_("Heading"),
    "expression": N_("Expression or name"),
    "type": N_("Type"),
    "values": N_("Predefined values"),
    "column": N_("Column's code"),
}
SIDES = {"in": N_("Input"), "out": N_("Output"), "note": N_("Annotation"), "about": N_("Description")}


class SpreadsheetError(InvalidError):
    """A workbook cannot be read as decision tables."""

    code = "bad-spreadsheet"
    sentence = N_("This is no Excel workbook (.xlsx) that can be read.")


class SheetError(SpreadsheetError):
    """A place of a workbook is not right."""

    def __init__(self, sheet: str, sentence: str, row: int = 1, column: int = 1, **facts: Any) -> None:
        self.sentence = sentence  # type: ignore[misc]  # each error has its own
        super().__init__(sheet=sheet, row=row, column=get_column_letter(column), **facts)
