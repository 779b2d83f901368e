"""What a column of a decision table tells apart: its values in as few classes ("atoms") as no cell sees a difference within.

Numbers fall apart at the constants of the cells, texts into those that are named and any other. Whether a cell holds for a class is
asked of the engine's own test on one value of it, so an analysis cannot disagree with what a decision does.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from bpm.engine.faults import ExpressionError
from bpm.engine.unary import RANGE, negated, split, unary

MAX_QUESTIONS = 200_000  # cells times classes of one column
SAFE = 2**53
NUMBER = re.compile(r"-?\d{1,17}(\.\d{1,12})?$")
TEXT = re.compile(r"\"([^\"\\]*)\"$|'([^'\\]*)'$")
BEFORE = re.compile(r"(==|!=|<=|>=|=|<|>)?\s*(.*)$", re.DOTALL)
INTEGERS = frozenset({"integer", "long"})
KINDS = {"string": "text", "boolean": "boolean", "number": "number", "double": "number", "integer": "number", "long": "number"}

AtomKind = Literal["null", "boolean", "number", "text", "other"]
Mask = int
"""A set of atoms: bit n stands for the atom n."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A class of values. ``value`` is one of them; a number's class lies between ``low`` and ``high`` (None: open), or is one point."""

    kind: AtomKind
    value: Any
    low: float | None = None
    high: float | None = None

    @property
    def is_point(self) -> bool:
        """Tell whether the class of numbers is one number."""
        return self.low is not None and self.low == self.high


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers from ``low`` to ``high`` (None: no end), and whether the ends belong to them."""

    low: float | None
    high: float | None
    low_in: bool
    high_in: bool

    def __str__(self) -> str:
        """The span as a cell would say it."""
        if self.low == self.high:
            return "-" if self.low is None else f"{self.low}"
        if self.low is None:
            return f"{'<=' if self.high_in else '<'} {self.high}"
        if self.high is None:
            return f"{'>=' if self.low_in else '>'} {self.low}"
        return f"{'[' if self.low_in else '('}{self.low}..{self.high}{']' if self.high_in else ')'}"


@dataclass(frozen=True, slots=True)
class Other:
    """Any text but these."""

    but: tuple[str, ...]

    def __str__(self) -> str:
        """The texts as a cell would say it."""
        return f"not({', '.join(map(shown, self.but))})" if self.but else "-"


Part = Span | Other | bool | str | None


def shown(part: Part) -> str:
    """A part of a column's values as a cell would say it."""
    if isinstance(part, str):
        return f'"{part}"'
    return {None: "null", True: "true", False: "false"}.get(part, str(part)) if isinstance(part, bool | None) else str(part)


@dataclass(frozen=True, slots=True)
class Axis:
    """An expression that a table looks at, in these columns (from 0), and its atoms.

    ``domain`` are those that a value can be of; null always can.
    """

    expression: str
    label: str
    columns: tuple[int, ...]
    atoms: tuple[Atom, ...]
    domain: Mask
    masks: dict[str, Mask] = field(default_factory=dict)

    @property
    def empty(self) -> Mask:
        """The atom of null."""
        return 1

    def mask(self, test: str) -> Mask | None:
        """The atoms for which a cell holds; None when it is not of the kind that can be told."""
        return self.masks.get(test)

    def example(self, mask: Mask) -> Any:
        """A value from these atoms: a filled-in one where there is one, rather a named one than any other."""
        order = {"null": 2, "other": 1}
        return min((atom for _, atom in self.of(mask)), key=lambda atom: order.get(atom.kind, 0)).value

    def of(self, mask: Mask) -> Iterator[tuple[int, Atom]]:
        """The atoms of a set, with their places."""
        return ((place, atom) for place, atom in enumerate(self.atoms) if mask >> place & 1)

    def parts(self, mask: Mask) -> list[Part]:
        """These atoms in few words: neighbouring numbers are one span."""
        found: list[Part] = []
        numbers = [(place, atom) for place, atom in self.of(mask) if atom.kind == "number"]
        for place, atom in numbers:
            last = found[-1] if found else None
            if isinstance(last, Span) and place > 0 and mask >> (place - 1) & 1 and self.atoms[place - 1].kind == "number":
                found[-1] = Span(last.low, atom.high, last.low_in, atom.is_point)
            else:
                found.append(Span(atom.low, atom.high, atom.is_point, atom.is_point))
        others = [atom for _, atom in self.of(mask) if atom.kind != "number"]
        named = [atom.value for atom in self.atoms if atom.kind == "text"]
        found += [Other(tuple(named)) if atom.kind == "other" else atom.value for atom in others if atom.kind != "null"]
        return found + [None for atom in others if atom.kind == "null"]


def constants(test: str) -> list[Any] | None:
    """The constants that a cell compares with; None when it is not made of constants, ranges, lists of these, and ``not`` alone."""
    test = test.strip()
    if test in ("", "-"):
        return []
    found: list[Any] = []
    for part in split(test):
        denied = negated(part)
        known = _one(part) if denied is None else constants(denied)
        if known is None:
            return None
        found += known
    return found


def _one(part: str) -> list[Any] | None:
    bounds = RANGE.match(part)
    if bounds:
        ends = [_constant(bounds[2]), _constant(bounds[3])]
        return ends if all(type(end) in (int, float) for end in ends) else None
    written = BEFORE.match(part)
    if written is None:
        return None
    value = _constant(written[2])
    ordered = written[1] in ("<", ">", "<=", ">=")
    return None if value is _NO or (ordered and type(value) not in (int, float)) else [value]


_NO = object()
_WORDS = {"true": True, "false": False, "null": None}


def _constant(text: str) -> Any:
    text = text.strip()
    if text in _WORDS:
        return _WORDS[text]
    if quoted := TEXT.match(text):
        return quoted[1] if quoted[1] is not None else quoted[2]
    if NUMBER.match(text):
        number = float(text) if "." in text else int(text)
        return number if abs(number) < SAFE else _NO
    return _NO


def axis(expression: str, label: str, columns: tuple[int, ...], kind: str, tests: Iterable[str], values: str) -> Axis | None:
    """The atoms that a column's cells tell apart. None when there are too many of them."""
    known: dict[str, list[Any]] = {}
    for test in {*tests, values}:
        found = constants(test) if _reads(test) else None
        if found is not None:
            known[test] = found
    used = [value for found in known.values() for value in found]
    atoms = tuple(_atoms(used, kind))
    if len(atoms) * len(known) > MAX_QUESTIONS:
        return None
    masks = {test: _mask(test, atoms) for test in known}
    domain = masks.get(values, (1 << len(atoms)) - 1) | 1
    return Axis(expression, label, columns, atoms, domain, masks)


def _reads(test: str) -> bool:
    try:
        unary(test)
    except ExpressionError:
        return False
    return True


def _mask(test: str, atoms: tuple[Atom, ...]) -> Mask:
    holds = unary(test)
    return sum(1 << place for place, atom in enumerate(atoms) if holds(atom.value, {}))


def _atoms(used: list[Any], kind: str) -> Iterator[Atom]:
    """Null first. Of a column without a type, the kinds of the constants are its kinds."""
    yield Atom("null", None)
    kinds = {kind_of(value) for value in used} - {"null"} | ({KINDS[kind]} if kind in KINDS else set())
    if "boolean" in kinds:
        yield Atom("boolean", True)  # noqa: FBT003 - the value itself
        yield Atom("boolean", False)  # noqa: FBT003
    if "number" in kinds:
        yield from _numbers(sorted({value for value in used if kind_of(value) == "number"}), whole=kind in INTEGERS)
    if "text" in kinds or not kinds:
        texts = sorted({value for value in used if kind_of(value) == "text"})
        yield from (Atom("text", text) for text in texts)
        yield Atom("other", _any_but(set(texts)))


def kind_of(value: Any) -> str:
    """The kind of a constant, as an atom has it: null, boolean, text, number."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return "text" if isinstance(value, str) else "number"


def _any_but(texts: set[str]) -> str:
    made = "other"
    while made in texts:
        made += "_"
    return made


def _numbers(cuts: list[float], *, whole: bool) -> Iterator[Atom]:
    ends: list[float | None] = [None, *cuts, None]
    for place, (low, high) in enumerate(pairwise(ends)):
        if place and low is not None and (not whole or low == int(low)):
            yield Atom("number", low, low, low)
        value = _between(low, high, whole=whole)
        if value is not None:
            yield Atom("number", value, low, high)


def _between(low: float | None, high: float | None, *, whole: bool) -> float | None:
    """A number between two, exclusive; None when there is none."""
    if low is None:
        return 0 if high is None else _below(high)
    if high is None:
        return int(low // 1) + 1
    value: float = int(low // 1) + 1
    if value < high:
        return value
    value = (low + high) / 2
    return value if not whole and low < value < high else None


def _below(high: float) -> float:
    whole = int(high // 1)
    return whole if whole < high else whole - 1
