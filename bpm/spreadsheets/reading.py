"""Workbooks into tables. What is read comes from strangers: it is unpacked within limits first, and formulas stay text."""

import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from bpm.definitions.packing import read_zip
from bpm.engine.decisions import AGGREGATIONS, HIT_POLICIES
from bpm.engine.grids import Cell, Column, Grid, Row
from bpm.errors import N_
from bpm.spreadsheets.layout import (
    COLUMN_KEYS,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEETS,
    SHEET_KEYS,
    SIDES,
    SheetError,
    SpreadsheetError,
    Texts,
)
from bpm.spreadsheets.plain import plain

KEY = re.compile(r"\((\w+)\)\s*$")
ID = re.compile(r"[A-Za-z_][\w.-]*$", re.ASCII)
HEAD_ROWS = 20
"""Within how many rows the head of an exported sheet ends."""

Each = TypeVar("Each")

_TOO_LARGE = N_("Sheet “{sheet}”, row {row}, column {column}: a table has at most {rows} rows and {columns} columns.")
_TOO_LONG = N_("Sheet “{sheet}”, row {row}, column {column}: the cell is longer than {limit} characters.")
_NO_POLICY = N_("Sheet “{sheet}”, row {row}, column {column}: there is no hit policy “{policy}”.")
_NO_HEADS = N_("Sheet “{sheet}”, row {row}, column {column}: the rows “kind” and “expression” of the columns are missing.")
_NO_SIDE = N_("Sheet “{sheet}”, row {row}, column {column}: it is not said whether this column is an input, an output or an annotation.")
_NO_ID = N_("Sheet “{sheet}”, row {row}, column {column}: “{id}” is no code; it begins with a letter and has letters, digits and _.")
_TWICE = N_("Sheet “{sheet}”, row {row}, column {column}: another sheet has the code “{id}” too.")


def read(content: bytes, outputs: int = 0) -> list[Grid]:
    """The tables of a workbook. ``outputs`` is how many of the last columns of a plain sheet are outputs where no heading says so.

    Raises SpreadsheetError, SheetError with sheet, row and column, ArchiveError, ArchiveTooLargeError.
    """
    taken: set[str] = set()
    found = [_read_sheet(name, rows, outputs, taken) for name, rows in _sheets(content) if rows]
    if not found:
        raise SpreadsheetError
    return found


# ---- cells


def _sheets(content: bytes) -> list[tuple[str, list[Texts]]]:
    """The sheets as texts, row by row. No part of the archive may declare entities, in whatever encoding."""
    for part in read_zip(content).values():
        if b"<!DOCTYPE" in part or b"<!ENTITY" in part or part[:1] in (b"\xff", b"\xfe") or part[1:2] == b"\0":
            raise SpreadsheetError
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        return [(sheet.title, _texts(sheet)) for sheet in book.worksheets[:MAX_SHEETS]]
    except (
        InvalidFileException,
        BadZipFile,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RuntimeError,
        OSError,
        SyntaxError,
    ) as error:
        raise SpreadsheetError from error  # whatever a broken part makes openpyxl stumble over


def _texts(sheet: Any) -> list[Texts]:
    """The cells of a sheet up to the last row that has any. Rows and columns beyond the limits are not even made."""
    rows: list[Texts] = []
    for at, row in enumerate(sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS + 1), 1):
        texts = [_text(cell.value) for cell in row]
        for place, text in enumerate(texts, 1):
            if text and (at > MAX_ROWS or place > MAX_COLUMNS):
                raise SheetError(sheet.title, _TOO_LARGE, at, place, rows=MAX_ROWS, columns=MAX_COLUMNS)
            if len(text) > MAX_CELL:
                raise SheetError(sheet.title, _TOO_LONG, at, place, limit=MAX_CELL)
        rows.append(texts)
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _text(value: Any) -> str:
    """What stands in a cell, as our language writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, dt.datetime):
        return f'"{value.date() if value.time() == dt.time() else value.isoformat()}"'
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return f'"{value}"'
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", str(getattr(value, "text", value))).strip()


# ---- tables


def _read_sheet(name: str, rows: list[Texts], outputs: int, taken: set[str]) -> Grid:
    is_ours = any(_key(row[0]) in ("policy", "kind") for row in rows[:HEAD_ROWS] if row)
    grid = _exported(name, rows) if is_ours else _made(name, rows, outputs, len(taken) + 1)
    if grid.id in taken:
        raise SheetError(name, _TWICE, id=grid.id)
    taken.add(grid.id)
    return grid


def _key(text: str) -> str:
    found = KEY.search(text)
    return found[1] if found else ""


class _Ids:
    """Ids inside one table: what was written, unless it is no id or was used before, as where somebody has copied a row."""

    def __init__(self, table: str) -> None:
        self.table, self.taken = table, set[str]()

    def give(self, wanted: str, kind: str) -> str:
        id_, number = wanted, 0
        while id_ in self.taken or not ID.match(id_):
            number += 1
            id_ = f"{self.table}_{kind}_{number}" if kind else f"{self.table}_{number}"
        self.taken.add(id_)
        return id_


def _exported(name: str, rows: list[Texts]) -> Grid:
    """A sheet as ``write`` makes it. The rules begin below the last row of the head."""
    keys = {key: at for at, row in reversed(list(enumerate(rows[:HEAD_ROWS]))) if row and (key := _key(row[0])) in SHEET_KEYS | COLUMN_KEYS}
    if not {"kind", "expression"} <= keys.keys():
        raise SheetError(name, _NO_HEADS)
    said = {key: rows[keys[key]][1] if key in keys and len(rows[keys[key]]) > 1 else "" for key in SHEET_KEYS}
    head = {key: rows[keys[key]] if key in keys else [] for key in COLUMN_KEYS}
    sides = _sides(name, head["kind"], keys["kind"] + 1)
    policy, aggregation = _policy(name, said["policy"], keys.get("policy", 0) + 1)
    id_ = said["id"] or _code(name, "table")
    if not ID.match(id_):
        raise SheetError(name, _NO_ID, keys["id"] + 1, 2, id=id_[:60])
    columns = [_column(head, place) for place in range(1, len(sides) + 1)]
    below = [row for row in rows[max(keys.values()) + 1 :] if any(row)]
    needs = tuple(filter(None, re.split(r"[,\s]+", said["needs"])))
    return _grid((id_, said["table"] or name), (policy, aggregation), columns, sides, below, (said["variable"], needs))


def _made(name: str, rows: list[Texts], outputs: int, number: int) -> Grid:
    sheet = plain(name, rows, outputs)
    id_ = _code(name, f"table_{number}")
    return _grid((id_, name), ("FIRST", ""), sheet.columns, sheet.sides, [["", *row] for row in sheet.rows], ("", ()))


def _grid(
    named: tuple[str, str],
    policy: tuple[str, str],
    columns: Sequence[Column],
    sides: Sequence[str],
    rows: Sequence[Texts],
    more: tuple[str, tuple[str, ...]],
) -> Grid:
    ids = _Ids(named[0])
    given = [
        Column(ids.give(each.id, f"{side}put"), each.label, each.text, each.kind, each.values)
        for each, side in zip(columns, sides, strict=True)
    ]
    return Grid(
        id=named[0],
        name=named[1],
        policy=policy[0],
        aggregation=policy[1],
        inputs=tuple(_of(sides, given, "in")),
        outputs=tuple(_of(sides, given, "out")),
        notes=tuple(column.label for column in _of(sides, given, "note")),
        rows=tuple(_row(row, sides, ids) for row in rows),
        variable=more[0],
        needs=more[1],
    )


def _of(sides: Sequence[str], each: Sequence[Each], side: str) -> Iterator[Each]:
    return (one for kind, one in zip(sides, each, strict=True) if kind == side)


def _sides(name: str, row: Texts, at: int) -> list[str]:
    width = max((place for place, text in enumerate(row) if text), default=0)
    sides = [_key(text) or text.lower() for text in row[1 : width + 1]]
    for place, side in enumerate(sides, 2):
        if side not in SIDES:
            raise SheetError(name, _NO_SIDE, at, place)
    return sides


def _policy(name: str, text: str, at: int) -> tuple[str, str]:
    words = text.upper().split() or ["UNIQUE"]
    aggregation = words.pop() if words[-1] in AGGREGATIONS else ""
    if " ".join(words) not in HIT_POLICIES:
        raise SheetError(name, _NO_POLICY, at, 2, policy=text[:40])
    return " ".join(words), aggregation


def _column(head: dict[str, Texts], place: int) -> Column:
    said = {key: row[place] if place < len(row) else "" for key, row in head.items()}
    return Column(said["column"], said["label"], said["expression"], said["type"], said["values"])


def _row(row: Texts, sides: Sequence[str], ids: _Ids) -> Row:
    id_ = ids.give(row[0], "")
    cells = [*row[1:], *[""] * len(sides)][: len(sides)]
    tests = (Cell(ids.give(f"{id_}_in_{place}", "cell"), text) for place, text in enumerate(_of(sides, cells, "in"), 1))
    results = (Cell(ids.give(f"{id_}_out_{place}", "cell"), text) for place, text in enumerate(_of(sides, cells, "out"), 1))
    return Row(id_, tuple(tests), tuple(results), tuple(_of(sides, cells, "note")), " ".join(_of(sides, cells, "about")))


def _code(name: str, otherwise: str) -> str:
    """A code for a table out of the name of its sheet."""
    plain_name = re.sub(r"\W+", "_", name.strip(), flags=re.ASCII).strip("_").lower()
    return plain_name if re.match(r"[a-z]", plain_name) else otherwise
