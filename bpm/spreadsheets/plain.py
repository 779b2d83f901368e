"""A plain sheet: headings in the first row, rules below. Outputs are marked, and words that are no tests of ours are texts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bpm.engine.grids import Column
from bpm.engine.reading import NAME
from bpm.errors import N_
from bpm.spreadsheets.layout import SheetError, Texts

OUTPUT = re.compile(r"^\s*(?:out|output|result|输出|结果)\s*[::：]\s*", re.IGNORECASE)
TITLE = re.compile(r"^(.*?)\s*[（(]\s*([^()（）]+?)\s*[)）]\s*$", re.DOTALL)
TEST = re.compile(r"[<>=!\[\](\"'{]|-?\d|-$|(not\s*\(|true$|false$|null$|date\s*\()")
NUMBER_TEST = re.compile(r"[<>=!\[\](\s]*-?\d")

_NO_OUTPUT = N_(
    "Sheet “{sheet}”, row {row}, column {column}: no column is an output. Begin its heading with “out:”, or say how many of the last are."
)
_NO_INPUT = N_("Sheet “{sheet}”, row {row}, column {column}: every column is an output; a table looks at one thing at least.")
_NO_HEADING = N_("Sheet “{sheet}”, row {row}, column {column}: the column has cells, but no heading.")


@dataclass(frozen=True, slots=True)
class Plain:
    """What a plain sheet holds: its columns, on which side each is (in, out), and the cells of its rules in our language."""

    columns: list[Column]
    sides: list[str]
    rows: list[Texts]


def plain(name: str, rows: list[Texts], outputs: int) -> Plain:
    """Read a sheet without a head of ours. ``outputs`` is how many of the last columns are, where no heading says so. Raises SheetError."""
    width = max(place for row in rows for place, text in enumerate(row, 1) if text)
    heads = [*rows[0], *[""] * width][:width]
    if "" in heads:
        raise SheetError(name, _NO_HEADING, 1, heads.index("") + 1)
    marked = [place for place in range(width) if OUTPUT.match(heads[place])] or list(range(width))[width - outputs if outputs else width :]
    if not marked:
        raise SheetError(name, _NO_OUTPUT, 1, width)
    if len(marked) == width:
        raise SheetError(name, _NO_INPUT)
    sides = ["out" if place in marked else "in" for place in range(width)]
    below = [[*row, *[""] * width][:width] for row in rows[1:] if any(row)]
    written = [[_said(text, side) for text, side in zip(row, sides, strict=True)] for row in below]
    columns = [_headed(heading, place + 1, [row[place] for row in written]) for place, heading in enumerate(heads)]
    return Plain(columns, sides, written)


def _headed(heading: str, place: int, cells: Iterable[str]) -> Column:
    label = OUTPUT.sub("", heading)
    parts = TITLE.match(label)
    if parts:
        return Column("", parts[1], parts[2], _kind(cells))
    return Column("", label, label if NAME.match(label) else f"column_{place}", _kind(cells))


def _said(text: str, side: str) -> str:
    """A cell as our language writes it: ``金卡`` is the text "金卡", in an input ``金卡、银卡`` are two."""
    if not text or TEST.match(text):
        return text
    parts = re.split(r"\s*[,，、]\s*", text) if side == "in" else [text]
    return ", ".join('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in parts if part)


def _kind(cells: Iterable[str]) -> str:
    there = [text for text in cells if text not in ("", "-")]
    if there and all(text in ("true", "false", "null") for text in there):
        return "boolean"
    return "number" if there and all(NUMBER_TEST.match(text) for text in there) else "string"
