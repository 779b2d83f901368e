"""Decision tables as they are written: columns, rows, cells as text. What editors, spreadsheets and analyses need beside ``tables``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from bpm.engine.documents import Element, drawn_name, local, text_of

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: the id of its element, and what stands in it."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """An input (``text`` is the expression that is looked at) or an output (``text`` is the name of what comes out).

    ``kind`` is the type as written (``typeRef``), ``values`` the predefined values as a test.
    """

    id: str
    label: str
    text: str
    kind: str = ""
    values: str = ""

    @property
    def title(self) -> str:
        """What a reader calls the column."""
        return self.label or self.text or self.id


@dataclass(frozen=True, slots=True)
class Row:
    """A rule."""

    id: str
    tests: tuple[Cell, ...]
    results: tuple[Cell, ...]
    notes: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A decision table; ``policy`` and ``aggregation`` as DMN writes them."""

    id: str
    name: str
    policy: str
    aggregation: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    notes: tuple[str, ...]
    rows: tuple[Row, ...]
    variable: str = ""
    needs: tuple[str, ...] = ()


def grids(root: Element) -> list[Grid]:
    """The tables of a DMN file that was parsed. A row with other cells than there are columns is left out: ``tables`` refuses it."""
    return [_grid(decision, table) for decision in _all(root, "decision") if (table := _one(decision, "decisionTable")) is not None]


def _all(element: Element, name: str) -> Iterator[Element]:
    return (each for each in element.iter() if local(each) == name)


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if local(child) == name]


def _one(element: Element, name: str) -> Element | None:
    return next(iter(_children(element, name)), None)


def _text(element: Element | None) -> str:
    return "" if element is None else text_of(_one(element, "text"))


def _grid(decision: Element, table: Element) -> Grid:
    inputs = tuple(_input(column) for column in _children(table, "input"))
    outputs = tuple(_output(column) for column in _children(table, "output"))
    rows = [_row(rule) for rule in _children(table, "rule")]
    variable = _one(decision, "variable")
    return Grid(
        id=decision.get("id") or "",
        name=drawn_name(decision),
        policy=table.get("hitPolicy", "UNIQUE"),
        aggregation=table.get("aggregation", ""),
        inputs=inputs,
        outputs=outputs,
        notes=tuple(column.get("name") or "" for column in _children(table, "annotation")),
        rows=tuple(row for row in rows if (len(row.tests), len(row.results)) == (len(inputs), len(outputs))),
        variable="" if variable is None else variable.get("name") or "",
        needs=tuple((need.get("href") or "").rpartition("#")[2] for need in _all(decision, "requiredDecision")),
    )


def _input(column: Element) -> Column:
    expression = _one(column, "inputExpression")
    kind = "" if expression is None else expression.get("typeRef") or ""
    return Column(column.get("id") or "", column.get("label") or "", _text(expression), kind, _text(_one(column, "inputValues")))


def _output(column: Element) -> Column:
    values = _text(_one(column, "outputValues"))
    return Column(column.get("id") or "", column.get("label") or "", column.get("name") or "", column.get("typeRef") or "", values)


def _row(rule: Element) -> Row:
    return Row(
        id=rule.get("id") or "",
        tests=tuple(Cell(entry.get("id") or "", _text(entry)) for entry in _children(rule, "inputEntry")),
        results=tuple(Cell(entry.get("id") or "", _text(entry)) for entry in _children(rule, "outputEntry")),
        notes=tuple(_text(entry) for entry in _children(rule, "annotationEntry")),
        description=text_of(_one(rule, "description")),
    )


# ---- writing


def write(made: Sequence[Grid], name: str) -> bytes:
    """The tables as a DMN 1.3 file, as dmn-js writes it."""
    root: Element = etree.fromstring(f'<definitions xmlns="{DMN}"/>')
    for attribute, value in (("id", f"definitions_{made[0].id}"), ("name", name), ("namespace", f"urn:baton:decision:{made[0].id}")):
        root.set(attribute, value)
    for grid in made:
        _write_grid(root, grid)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _add(parent: Element, tag: str, **attributes: str) -> Element:
    return etree.SubElement(parent, f"{{{DMN}}}{tag}", {name: value for name, value in attributes.items() if value})


def _say(parent: Element, tag: str, text: str, **attributes: str) -> None:
    _add(_add(parent, tag, **attributes), "text").text = text


def _write_grid(root: Element, grid: Grid) -> None:
    decision = _add(root, "decision", id=grid.id, name=grid.name)
    if grid.variable:
        _add(decision, "variable", name=grid.variable)
    for need in grid.needs:
        _add(_add(decision, "informationRequirement"), "requiredDecision", href=f"#{need}")
    table = _add(decision, "decisionTable", id=f"{grid.id}_table", hitPolicy=grid.policy, aggregation=grid.aggregation)
    for column in grid.inputs:
        held = _add(table, "input", id=column.id, label=column.label)
        _say(held, "inputExpression", column.text, id=f"{column.id}_expression", typeRef=column.kind)
        if column.values:
            _say(held, "inputValues", column.values)
    for column in grid.outputs:
        held = _add(table, "output", id=column.id, label=column.label, name=column.text, typeRef=column.kind)
        if column.values:
            _say(held, "outputValues", column.values)
    for note in grid.notes:
        _add(table, "annotation", name=note)
    for row in grid.rows:
        _write_row(table, row)


def _write_row(table: Element, row: Row) -> None:
    rule = _add(table, "rule", id=row.id)
    if row.description:
        _add(rule, "description").text = row.description
    for cell in row.tests:
        _say(rule, "inputEntry", cell.text, id=cell.id)
    for cell in row.results:
        _say(rule, "outputEntry", cell.text, id=cell.id)
    for note in row.notes:
        _say(rule, "annotationEntry", note)
