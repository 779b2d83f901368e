"""Decision tables in the making: what is wrong with each cell, what a table would answer, and why."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bpm.engine import tables
from bpm.engine.decisions import Decision, DecisionResult, decide, look
from bpm.engine.documents import Notes, parse
from bpm.engine.expressions import problem
from bpm.engine.faults import ExpressionError, StepError
from bpm.engine.grids import Column, Grid, Row, grids
from bpm.engine.reading import NAME, WORDS, read
from bpm.engine.table_analysis import Analysis, analyse
from bpm.engine.table_domains import KINDS, constants, kind_of
from bpm.engine.unary import negated, split, unary
from bpm.errors import N_, Finding, Level, RefusedError

FILE = "table.dmn"
MAX_SUGGESTED = 30  # values of one field


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding on a table: in which decision, which rule and which column (ids; empty where it is about more than that)."""

    finding: Finding
    decision: str = ""
    rule: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A variable that a decision asks for: its path, what a reader calls it, its type, and values that the table names."""

    path: str
    label: str
    kind: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """What a table answered: result and matched rules, or why there is none; the values of its inputs; for each rule its cells."""

    result: Any = None
    rules: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()
    problem: StepError | None = None
    inputs: Sequence[tuple[str, Any]] = ()
    cells: Sequence[tuple[str, list[bool]]] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """A row of a table's tests: what is asked, and what has to come out."""

    data: Mapping[str, Any]
    result: Any


@dataclass
class _Read:
    """The decisions of some files; ``wrong`` are the findings of each decision's file."""

    decisions: dict[str, Decision] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    wrong: dict[str, list[Finding]] = field(default_factory=dict)


# ---- what is wrong


def check(xml: bytes, known: Collection[str] = ()) -> list[Remark]:
    """What is wrong in a DMN file, cell by cell. ``known`` are the variables that there are: any other bare word lacks its quotes."""
    notes = Notes(FILE)
    root = parse(FILE, xml, notes)
    if root is None:
        return [Remark(finding) for finding in notes.found]
    tables.decisions(root, notes)
    found = grids(root)
    by_cell = {grid.id for grid in found}
    remarks = [Remark(each, each.element or "") for each in notes.found if each.code != ExpressionError.code or each.element not in by_cell]
    for grid in found:
        remarks += _checked(grid, known)
    return remarks


def _checked(grid: Grid, known: Collection[str]) -> Iterator[Remark]:
    known = {*known, *(field.path for column in grid.inputs for field in _paths(column.text))} if known else known
    for column in grid.inputs:
        wrong = problem(column.text) if column.text else None
        if wrong is not None:
            yield _remark("error", grid, wrong, column=column)
    yield from _outputs(grid)
    for row in grid.rows:
        for column, cell in zip(grid.inputs, row.tests, strict=True):
            for level, error in _test(column, cell.text, known):
                yield _remark(level, grid, error, column=column, row=row, cell=cell.id)
        for column, cell in zip(grid.outputs, row.results, strict=True):
            for level, error in _result(column, cell.text, known):
                yield _remark(level, grid, error, column=column, row=row, cell=cell.id)


def _remark(level: Level, grid: Grid, error: StepError, *, column: Column, row: Row | None = None, cell: str = "") -> Remark:
    return Remark(
        Finding(level, FILE, cell or column.id, error.code, error.sentence, error.facts), grid.id, "" if row is None else row.id, column.id
    )


def _outputs(grid: Grid) -> Iterator[Remark]:
    names = [column.text for column in grid.outputs]
    for column in grid.outputs if len(names) > 1 else ():
        if not column.text:
            yield _remark("error", grid, ExpressionError(N_("Give the output a name: with several outputs each needs one.")), column=column)
        elif names.count(column.text) > 1:
            yield _remark("error", grid, ExpressionError(N_("Two outputs have the name “{output}”."), output=column.text), column=column)


_NEVER = N_("This never matches: the column is of another type ({kind}).")
_UNQUOTED = N_('“{word}” is read as a variable, and no form has one of this name. If it is a text, write it in quotes: "{word}".')


def _test(column: Column, text: str, known: Collection[str]) -> Iterator[tuple[Level, StepError]]:
    try:
        unary(text)
    except ExpressionError as error:
        yield "error", error
        return
    wanted = KINDS.get(column.kind)
    used = {kind_of(value) for value in constants(text) or ()} - {"null"}
    if wanted and used and wanted not in used and not any(map(_denies, split(text))):
        yield "warning", ExpressionError(_NEVER, kind=column.kind)
    yield from _bare(text, known)


def _denies(part: str) -> bool:
    return negated(part) is not None or part.startswith("!=")


def _result(column: Column, text: str, known: Collection[str]) -> Iterator[tuple[Level, StepError]]:
    error = problem(text) if text else None
    if error is not None:
        yield "error", error
        return
    if column.kind == "string":
        yield from _bare(text, known)


def _bare(text: str, known: Collection[str]) -> Iterator[tuple[Level, StepError]]:
    if known and NAME.match(text.strip()) and text.strip() not in {*WORDS, *known}:
        yield "warning", ExpressionError(_UNQUOTED, word=text.strip())


def written(xml: bytes) -> list[Grid]:
    """The tables of a file as they are written. Raises RefusedError for what is no DMN."""
    notes = Notes(FILE)
    root = parse(FILE, xml, notes)
    if root is None:
        raise RefusedError(notes.found)
    return grids(root)


def analysed(xml: bytes) -> list[Analysis]:
    """Gaps and overlaps of each table of a file. Raises RefusedError."""
    return [analyse(grid) for grid in written(xml)]


# ---- trying it


def fields(files: Mapping[str, bytes], key: str) -> list[Field]:
    """The variables that a decision and those before it look at, in the order of their columns. Raises RefusedError."""
    known = _decisions(files, key)
    asked, made, given = [key], dict[str, Field](), set[str]()
    for name in asked:
        grid, decision = known.grids.get(name), known.decisions[name]
        asked += [need for need in decision.needs if need in known.decisions and need not in asked]
        given |= {known.decisions[need].variable for need in decision.needs if need in known.decisions}
        for each in _asked(grid) if grid is not None else _paths(decision.literal or ""):
            made.setdefault(each.path, each)
    return [each for each in made.values() if each.path.partition(".")[0] not in given]


def attempt(files: Mapping[str, bytes], key: str, data: Mapping[str, Any]) -> Trial:
    """Ask a decision of some files. Raises RefusedError when it cannot be read; what goes wrong while it is worked out is told."""
    known = _decisions(files, key)
    try:
        values, cells = look(known.decisions, key, data)
    except StepError as error:
        return Trial(problem=error)
    grid = known.grids.get(key)
    inputs = list(zip([column.id for column in grid.inputs], values, strict=True)) if grid is not None else []
    matched = [(rule.id, holds) for rule, holds in zip(known.decisions[key].rules, cells, strict=True)]
    hits = tuple(rule for rule, holds in matched if all(holds))
    try:
        answer: DecisionResult = decide(known.decisions, key, data, {})
    except StepError as error:
        return Trial(problem=error, rules=hits, inputs=inputs, cells=matched)
    return Trial(answer.result, answer.rules, answer.annotations, None, inputs, matched)


def run(files: Mapping[str, bytes], key: str, rows: Sequence[Expected]) -> list[tuple[bool, Trial]]:
    """Ask a decision for each row, and compare with what has to come out. Raises RefusedError."""
    tried = [attempt(files, key, row.data) for row in rows]
    return [(trial.problem is None and trial.result == row.result, trial) for trial, row in zip(tried, rows, strict=True)]


def _decisions(files: Mapping[str, bytes], key: str) -> _Read:
    known, broken = _Read(), list[Finding]()
    for name, content in files.items():
        notes = Notes(name)
        root = parse(name, content, notes)
        if root is None:
            broken += notes.found
            continue
        read_here = tables.decisions(root, notes)
        known.decisions |= read_here
        known.grids |= {grid.id: grid for grid in grids(root)}
        known.wrong |= {id_: [each for each in notes.found if each.level == "error"] for id_ in read_here}
    wrong = known.wrong.get(key, broken or [_missing(key)])
    if wrong:
        raise RefusedError(wrong)
    sound = {id_: decision for id_, decision in known.decisions.items() if not known.wrong[id_]}
    return _Read(sound, known.grids, known.wrong)


def _missing(key: str) -> Finding:
    return Finding("error", FILE, key, "decision", N_("There is no decision “{decision}”."), {"decision": key})


_PATH = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*$")


def _asked(grid: Grid) -> Iterator[Field]:
    for place, column in enumerate(grid.inputs):
        if _PATH.match(column.text) and column.text not in WORDS:
            used = [value for text in (column.values, *(row.tests[place].text for row in grid.rows)) for value in constants(text) or ()]
            values = tuple(dict.fromkeys(value for value in used if value is not None and not isinstance(value, bool)))
            yield Field(column.text, column.title, column.kind or _kind_of(used), values[:MAX_SUGGESTED])
        else:
            yield from _paths(column.text)
    for row in grid.rows:
        for cell in (*row.tests, *row.results):
            if constants(cell.text) is None:
                yield from _paths(cell.text)


def _kind_of(used: Sequence[Any]) -> str:
    kinds = {kind_of(value) for value in used} - {"null"}
    return {"text": "string"}.get(only := kinds.pop(), only) if len(kinds) == 1 else ""


def _paths(text: str) -> Iterator[Field]:
    """The variables of an expression, with the members that it asks them for."""
    try:
        names = read(text).names
    except ExpressionError:
        return
    for name in names:
        found = re.search(rf"(?<![\w.\"']){re.escape(name)}((?:\.[^\W\d]\w*)*)(?!\w)", text)
        yield Field(name + (found[1] if found else ""), name + (found[1] if found else ""), "")
