"""Gaps and overlaps of decision tables: for which values does no rule match, or more than one, and which rule can never be the answer.

Rules are boxes in the space of the columns' atoms (see ``table_domains``); what a set of boxes leaves over is found by taking one after
the other away. What is reported is true of the decision: a cell that is no comparison with constants counts as one that may match
where a gap is looked for, and its rule is left out where overlaps are. The work is bounded; ``capped`` says that it was cut short.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice
from typing import Any

from bpm.engine.decisions import HIT_POLICIES
from bpm.engine.documents import Notes, parse
from bpm.engine.expressions import evaluate, variables
from bpm.engine.faults import ExpressionError
from bpm.engine.grids import Grid, Row, grids
from bpm.engine.reading import NAME
from bpm.engine.table_domains import Axis, Mask, Part, axis, shown
from bpm.engine.unary import split
from bpm.errors import N_, Finding

MAX_STEPS = 60_000  # boxes that are looked at for one table: a fifth of a second
MAX_TOLD = 20  # gaps, overlaps of one table

Box = tuple[Mask, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """Values for which something is the case: for each axis the atoms; and one example."""

    axes: tuple[Axis, ...]
    box: Box

    def conditions(self) -> list[tuple[Axis, list[Part]]]:
        """The axes that are narrowed, and to what."""
        pairs = zip(self.axes, self.box, strict=True)
        return [(each, each.parts(mask)) for each, mask in pairs if mask & each.domain != each.domain and mask != each.domain & ~each.empty]

    def values(self) -> dict[str, Any]:
        """An example: the value of each expression that the table looks at."""
        return {each.expression: each.example(mask) for each, mask in zip(self.axes, self.box, strict=True)}

    def data(self) -> dict[str, Any] | None:
        """The example as variables; None when a column looks at more than a variable."""
        made: dict[str, Any] = {}
        for path, value in self.values().items():
            if not _is_path(path) or not _put(made, path.split("."), value):
                return None
        return made

    def text(self) -> str:
        """The region in the language of the cells, column by column."""
        said = [f"{each.label} {', '.join(map(shown, parts))}" for each, parts in self.conditions()]
        return "; ".join(said) or "-"


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rules that both match where only one may, or where they would have to agree."""

    rules: tuple[int, int]
    where: Region


@dataclass
class Analysis:
    """What was found out about one table. Rules are places of rows, from 0; ``skipped`` are columns that could not be analysed.

    ``empty`` are gaps that are only there when a column has no value. ``certain`` is False when columns look at things that may hang
    together, so that an example may not exist.
    """

    grid: Grid
    gaps: list[Region] = field(default_factory=list)
    empty: list[Region] = field(default_factory=list)
    overlaps: list[Overlap] = field(default_factory=list)
    unreachable: list[int] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    capped: bool = False
    certain: bool = True


class _Spent(Exception):  # noqa: N818 - it ends a search, and is no error
    """The work that a table may make is used up."""


def analyse(grid: Grid) -> Analysis:
    """Look for gaps, overlaps and rules that never are the answer, as the hit policy asks."""
    analysis = Analysis(grid)
    axes = _axes(grid, analysis)
    if not axes or not grid.rows:
        return analysis
    analysis.certain = _independent([each.expression for each in axes])
    work = _Work(grid, axes)
    analysis.skipped += sorted(work.skipped)
    for search in (_overlaps, _unreachable, _gaps):
        try:
            search(work, analysis)
        except _Spent:
            analysis.capped = True
    return analysis


def findings(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """What a deployment refuses or remarks on: overlaps in tables that forbid them, rules that are never the answer."""
    for file, content in files.items():
        root = parse(file, content, Notes(file)) if file.endswith(".dmn") else None
        for grid in grids(root) if root is not None else ():
            yield from _findings(file, analyse(grid))


_TWO_MATCH = N_("Only one rule of the table “{name}” may match, but the rules {first} and {second} both do where {where}.")
_DISAGREE = N_("The rules {first} and {second} of the table “{name}” both match where {where}, and disagree.")
_NEVER = N_("The rule {rule} of the table “{name}” is never used: others take all that it matches.")


def _findings(file: str, found: Analysis) -> Iterator[Finding]:
    grid = found.grid
    text, code = (_TWO_MATCH, "rules-overlap") if HIT_POLICIES.get(grid.policy) == "U" else (_DISAGREE, "rules-disagree")
    for overlap in found.overlaps if found.certain else ():
        first, second = overlap.rules
        facts = {"name": grid.name, "first": first + 1, "second": second + 1, "where": overlap.where.text()}
        yield Finding("error", file, grid.id, code, text, facts)
    for place in found.unreachable:
        yield Finding("warning", file, grid.id, "rule-never-used", _NEVER, {"name": grid.name, "rule": place + 1})


# ---- axes


def _axes(grid: Grid, analysis: Analysis) -> tuple[Axis, ...]:
    """One axis for each expression; columns that look at the same are one."""
    by_expression: dict[str, list[int]] = {}
    for place, column in enumerate(grid.inputs):
        by_expression.setdefault(column.text, []).append(place)
    made = []
    for expression, places in by_expression.items():
        columns = [grid.inputs[place] for place in places]
        tests = [row.tests[place].text for row in grid.rows for place in places]
        built = axis(expression, columns[0].title, tuple(places), columns[0].kind, tests, columns[0].values)
        if built is None:
            analysis.capped = True
            return ()
        made.append(built)
    return tuple(made)


def _is_path(text: str) -> bool:
    return all(NAME.match(part) for part in text.split(".")) and text not in ("true", "false", "null")


def _independent(expressions: Sequence[str]) -> bool:
    """Tell whether each value is free of the others: variables that lie in no other one that is looked at."""
    if not all(map(_is_path, expressions)):
        return False
    parts = [tuple(text.split(".")) for text in expressions]
    return not any(one != other and one == other[: len(one)] for one in parts for other in parts)


def _put(data: dict[str, Any], path: list[str], value: Any) -> bool:
    for part in path[:-1]:
        inner = data.setdefault(part, {})
        if not isinstance(inner, dict):
            return False
        data = inner
    if path[-1] in data:
        return False
    data[path[-1]] = value
    return True


# ---- rules as boxes


class _Work:
    """The rules of a table as boxes, and how much may still be done."""

    def __init__(self, grid: Grid, axes: tuple[Axis, ...]) -> None:
        self.grid, self.axes = grid, axes
        self.left = MAX_STEPS
        self.skipped: set[str] = set()
        self.boxes: list[Box] = []
        self.known: list[bool] = []
        for row in grid.rows:
            box, known = self.box(row)
            self.boxes.append(box)
            self.known.append(known)

    def box(self, row: Row) -> tuple[Box, bool]:
        """Where a rule can match, and whether it does match in all of that."""
        box, known = [], True
        for each in self.axes:
            mask = each.domain
            for place in each.columns:
                holds = each.mask(row.tests[place].text)
                if holds is None:
                    self.skipped.add(self.grid.inputs[place].title)
                    known = False
                else:
                    mask &= holds
            box.append(mask)
        return tuple(box), known

    @property
    def whole(self) -> Box:
        """All that can be asked."""
        return tuple(each.domain for each in self.axes)

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise _Spent

    def beyond(self, start: Box, taken: Sequence[Box]) -> Iterator[Box]:
        """What is left of a box when others are taken away, in boxes that do not touch."""
        stack = [(0, start)]
        while stack:
            place, box = stack.pop()
            self.spend()
            while place < len(taken) and not _meets(box, taken[place]):
                place += 1
            if place == len(taken):
                yield box
            else:
                stack += [(place + 1, piece) for piece in reversed(list(_pieces(box, taken[place])))]


def _meets(one: Box, other: Box) -> bool:
    return all(a & b for a, b in zip(one, other, strict=True))


def _pieces(box: Box, gone: Box) -> Iterator[Box]:
    for place, (mine, theirs) in enumerate(zip(box, gone, strict=True)):
        rest = mine & ~theirs
        if rest:
            before = tuple(a & b for a, b in zip(box[:place], gone[:place], strict=True))
            yield (*before, rest, *box[place + 1 :])


# ---- the three searches


def _overlaps(work: _Work, analysis: Analysis) -> None:
    """Of UNIQUE: rules that both match. Of ANY: those that then give something else."""
    policy = HIT_POLICIES.get(work.grid.policy)
    if policy not in ("U", "A"):
        return
    there = [place for place, known in enumerate(work.known) if known and all(work.boxes[place])]
    given = [_outputs(row) for row in work.grid.rows] if policy == "A" else []
    for first, second in combinations(there, 2):
        work.spend()
        box = tuple(a & b for a, b in zip(work.boxes[first], work.boxes[second], strict=True))
        if not all(box) or (policy == "A" and not _differ(given[first], given[second])):
            continue
        analysis.overlaps.append(Overlap((first, second), Region(work.axes, box)))
        if len(analysis.overlaps) == MAX_TOLD:
            raise _Spent


def _unreachable(work: _Work, analysis: Analysis) -> None:
    """Rules that nothing can match, and of FIRST and PRIORITY those whose every place another one takes."""
    analysis.unreachable += [place for place, box in enumerate(work.boxes) if not all(box)]
    policy = HIT_POLICIES.get(work.grid.policy)
    if policy not in ("F", "P"):
        return
    ranks = _ranks(work.grid) if policy == "P" else [(0,)] * len(work.boxes)
    for place, box in enumerate(work.boxes):
        mine = ranks[place]
        if not all(box) or mine is None:
            continue
        better = [
            work.boxes[other]
            for other, rank in enumerate(ranks)
            if other != place and work.known[other] and all(work.boxes[other]) and rank is not None and (rank, other) < (mine, place)
        ]
        if better and next(work.beyond(box, better), None) is None:
            analysis.unreachable.append(place)


def _gaps(work: _Work, analysis: Analysis) -> None:
    """Of policies that give one answer: where no rule matches. First with every column filled in, then with one empty."""
    if HIT_POLICIES.get(work.grid.policy) not in ("U", "A", "F", "P"):
        return
    boxes = [box for box in work.boxes if all(box)]
    filled = tuple(each.domain & ~each.empty for each in work.axes)
    for box in work.beyond(filled, boxes) if all(filled) else ():
        analysis.gaps.append(Region(work.axes, box))
        if len(analysis.gaps) == MAX_TOLD:
            analysis.capped = True
            break
    for place, each in enumerate(work.axes):
        start = (*filled[:place], each.empty, *filled[place + 1 :])
        analysis.empty += [Region(work.axes, box) for box in islice(work.beyond(start, boxes), 1) if all(start)]


# ---- what comes out


def _constant(text: str) -> tuple[bool, Any]:
    try:
        return (True, evaluate(text or "null", {})) if not variables(text) else (False, text)
    except ExpressionError:
        return False, text


def _outputs(row: Row) -> list[tuple[bool, Any]]:
    return [_constant(cell.text) for cell in row.results]


def _differ(one: list[tuple[bool, Any]], other: list[tuple[bool, Any]]) -> bool:
    """Tell whether results differ for certain: what is worked out from variables may be the same."""
    return any(a[0] and b[0] and a[1] != b[1] for a, b in zip(one, other, strict=True))


def _ranks(grid: Grid) -> list[tuple[int, ...] | None]:
    """The order among the results of PRIORITY, smallest first; None where it hangs on variables."""
    try:
        orders = [[evaluate(part, {}) for part in split(column.values) if part] for column in grid.outputs]
    except ExpressionError:
        return [None] * len(grid.rows)
    made: list[tuple[int, ...] | None] = []
    for row in grid.rows:
        given = _outputs(row)
        sure = all(known for known, _ in given)
        ranked = tuple(order.index(value) if value in order else len(order) for order, (_, value) in zip(orders, given, strict=True))
        made.append(ranked if sure else None)
    return made
