"""Tables onto sheets. Every cell is text, so that no spreadsheet program runs what stands in it."""

import io
import re
from collections.abc import Sequence
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bpm.engine.grids import Column, Grid
from bpm.spreadsheets.layout import COLUMN_KEYS, SHEET_KEYS, SIDES, Words

MAX_NAME = 31  # characters of a sheet's name: Excel's limit
HEAD = PatternFill("solid", fgColor="E9EEF4")
COLOURS = {"in": PatternFill("solid", fgColor="E3EDF9"), "out": PatternFill("solid", fgColor="E2F2F3")}


def write(grids: Sequence[Grid], words: Words) -> bytes:
    """The tables as a workbook. ``words`` puts the headings into the reader's language. Every cell is text, so that nothing is run."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for grid in grids:
        _write_sheet(book.create_sheet(_sheet_name(grid, book.sheetnames)), grid, words)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _sheet_name(grid: Grid, taken: Sequence[str]) -> str:
    plain = re.sub(r"[\\/*?:\[\]\x00-\x1f']", " ", grid.name or grid.id).strip()[:MAX_NAME] or "table"
    name, number = plain, 2
    while name.casefold() in (each.casefold() for each in taken):
        name, number = f"{plain[: MAX_NAME - 4]} {number}", number + 1
    return name


def _write_sheet(sheet: Worksheet, grid: Grid, words: Words) -> None:
    policy = f"{grid.policy} {grid.aggregation}".strip()
    said = {"table": grid.name, "id": grid.id, "policy": policy, "variable": grid.variable, "needs": ", ".join(grid.needs)}
    rows = [[_keyed(words(SHEET_KEYS[key]), key), value] for key, value in said.items()]
    rows.append([])
    about = any(row.description for row in grid.rows)
    sides = ["in"] * len(grid.inputs) + ["out"] * len(grid.outputs) + ["note"] * len(grid.notes) + ["about"] * about
    columns = [*grid.inputs, *grid.outputs, *(Column("", name, "") for name in grid.notes), *[Column("", "", "")] * about]
    heads = {
        "kind": [_keyed(words(SIDES[side]), side) for side in sides],
        "label": [column.label for column in columns],
        "expression": [column.text for column in columns],
        "type": [column.kind for column in columns],
        "values": [column.values for column in columns],
        "column": [column.id for column in columns],
    }
    rows += [[_keyed(words(COLUMN_KEYS[key]), key), *cells] for key, cells in heads.items()]
    for row in grid.rows:
        notes = [*row.notes, *[""] * (len(grid.notes) - len(row.notes))]
        rows.append([row.id, *(cell.text for cell in (*row.tests, *row.results)), *notes, *[row.description] * about])
    _fill(sheet, rows, len(said), len(said) + 1 + len(heads), sides)


def _keyed(text: str, key: str) -> str:
    return f"{text} ({key})"


def _fill(sheet: Worksheet, rows: Sequence[Sequence[str]], named: int, heads: int, sides: Sequence[str]) -> None:
    wrapped = Alignment(wrap_text=True, vertical="top")
    for at, row in enumerate(rows, 1):
        for place, text in enumerate(row, 1):
            cell = cast(Cell, sheet.cell(at, place))
            cell.number_format, cell.alignment = "@", wrapped
            cell.quotePrefix = True  # a text, even when somebody edits it
            if text:
                cell.value = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
                cell.data_type = "s"  # never a formula, whatever it begins with
            if at <= heads and (place == 1 or at > named):
                cell.font = Font(bold=place == 1 or at <= named + 3)
                cell.fill = COLOURS.get(sides[place - 2], HEAD) if place > 1 else HEAD
    for place in range(1, len(sides) + 2):
        sheet.column_dimensions[get_column_letter(place)].width = 24 if place == 1 else 20
    sheet.freeze_panes = f"B{heads + 1}"
