"""Unary tests of decision tables: ``> 100``, ``"A","B"``, ``[1..5)``, ``not(...)``, ``date("2026-01-01")``, ``-``."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import zen

from bpm.engine.faults import ExpressionError
from bpm.engine.reading import MAX_DEPTH, MAX_LENGTH, TOKEN, Reading, alias, read
from bpm.engine.templates import reach
from bpm.engine.zen_faults import of_zen, unreadable
from bpm.errors import N_

Test = Callable[[Any, Mapping[str, Any]], bool]
NOT = re.compile(r"not\s*\(")
RANGE = re.compile(r"([\[\](])\s*(.+?)\s*\.\.\s*(.+?)\s*([\])\[])$", re.DOTALL)
DATE = re.compile(r"\b(?:date and time|date|time)\s*\(")
ISO = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-][\d:]+)?)?$")


def _words(text: str) -> Iterator[tuple[str, int]]:
    """The words of a test, and how many brackets are open after each. The dots of a range (such as ``]1..5[``) tell what closes it."""
    opened: list[str] = []
    last = ""
    for word in TOKEN.findall(text):
        if opened and word in (")][" if opened[-1] == ".." else ")]}"):
            opened.pop()
        elif word in "([{" or (word == "]" and last in ("", ",", "(")):
            opened.append(word)
        elif word == ".." and opened:
            opened[-1] = word
        yield word, len(opened)
        last = last if word.isspace() else word


def split(text: str) -> list[str]:
    """Split at the commas that stand in no brackets."""
    parts = [""]
    for word, depth in _words(text):
        if word == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += word
    return [part.strip() for part in parts]


def negated(part: str) -> str | None:
    """What stands in the brackets of ``not(...)``; None when the part is another test: ``not($ > 5) and $ < 9`` ends elsewhere."""
    begun = NOT.match(part)
    if begun is None:
        return None
    depths = [depth for _, depth in _words(part)]
    whole = depths[-1] == 0 and 0 not in depths[depths.index(1) : -1]
    return part[begun.end() : -1] if whole else None


@lru_cache(8192)
def unary(text: str) -> Test:
    """A test of (value, variables). Null, or a value of another kind, does not match and is no error.

    Raises ExpressionError when the text is not a test.
    """
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise ExpressionError(N_("A test of {length} characters is too long; {limit} are allowed."), length=len(text), limit=MAX_LENGTH)
    if text in ("", "-"):
        return _anything
    if max(depth for _, depth in _words(text)) > MAX_DEPTH:
        raise ExpressionError(N_("“{expression}” is nested too deep."), expression=text[:200])
    tests = [_one(part) for part in split(text)]
    return tests[0] if len(tests) == 1 else lambda found, data: any(test(found, data) for test in tests)


def _anything(_found: Any, _data: Mapping[str, Any]) -> bool:
    return True


def _one(part: str) -> Test:
    denied = negated(part)
    if denied is not None:
        inner = unary(denied)
        return lambda found, data: not inner(found, data)
    if part == "null":
        return lambda found, _data: found is None
    reading = read(_rewritten(part))
    if reading.work.deep or reading.work.fuzzy:
        raise ExpressionError(
            N_("The test “{expression}” goes through lists. Do that in the column's own expression."), expression=part[:200]
        )
    return _Compiled(part, reading)


def _rewritten(part: str) -> str:
    """A test in zen's own words; ``$`` is the value that is tested."""
    me = "$"
    if DATE.search(part):
        part, me = DATE.sub("d(", part), "d($)"
    bounds = RANGE.match(part)
    if bounds:
        low, high = (">=" if bounds[1] == "[" else ">"), ("<=" if bounds[4] == "]" else "<")
        return f"{me} {low} {bounds[2]} and {me} {high} {bounds[3]}"
    if me != "$":
        return f"{me} {part}" if part[:1] in "<>!=" else f"{me} == {part}"
    return "==" + part.lstrip("=") if part.startswith("=") else part


class _Compiled:
    """A test that zen carries out."""

    def __init__(self, part: str, reading: Reading) -> None:
        self.names = [(name, alias(name)) for name in reading.names]
        self.paths: list[str] = []
        self.plain: Any = self.program(part, reading.zen)
        self.dated: Any = self.as_dates(reading) if self.names and "d($)" not in reading.zen and re.search("[<>]", reading.zen) else None

    @staticmethod
    def program(part: str, text: str) -> Any:
        try:
            return zen.compile_unary_expression(text)
        except BaseException as error:  # noqa: BLE001 - of_zen tells which are zen's
            raise unreadable(part, of_zen(error)) from None

    def as_dates(self, reading: Reading) -> Any:
        """The same test for the case that both sides are dates written as text: they are compared as dates."""
        known = "|".join(re.escape(short) for _, short in self.names)
        paths = rf"\b(?:{known})(?:\.\w+)*"
        self.paths = sorted(set(re.findall(paths, reading.zen)))
        text = reading.zen if "$" in reading.zen else "$ " + reading.zen
        try:
            return zen.compile_unary_expression(re.sub(rf"\$|{paths}", lambda found: f"d({found[0]})", text))
        except Exception:  # noqa: BLE001 - not a comparison of dates then; the plain test stands
            return None

    def __call__(self, found: Any, data: Mapping[str, Any]) -> bool:
        if found is None:
            return False
        given = {short: data.get(name) for name, short in self.names}
        dated = self.dated is not None and all(
            isinstance(one, str) and ISO.match(one) for one in (found, *(reach(given, path) for path in self.paths))
        )
        try:
            program = self.dated if dated else self.plain
            return program.evaluate({"$": found, **given}) is True
        except BaseException as error:  # noqa: BLE001 - values of different kinds do not match; that is no error in a table
            of_zen(error)
            return False
