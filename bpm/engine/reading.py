"""Reads the tokens of an expression before zen-engine gets it.

zen gives no syntax tree, knows ASCII names only, and has functions that read the wall clock or roll dice. So the tokens are read here:
variables are found, names are rewritten, and what is not repeatable or would run too long is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import available_timezones

from bpm.engine.faults import ExpressionError
from bpm.errors import N_

MAX_LENGTH = 4_000  # characters
MAX_DEPTH = 40  # brackets in brackets
MAX_CLOSURES = 2  # map in filter is work for a thousand squared; three deep holds the server
MAX_RANGE = 10_000  # numbers that a closure may run over
MAX_WORK = 1_000_000  # times that the inside of closures may be worked out: a twentieth of a second
MAX_MADE = 20_000_000  # characters that map may bring forth
FEW_COPIES = 8  # of a variable in a result: more are counted
WEIGHT = 10
MAX_COMPARED = 100_000_000  # pairs of characters that fuzzyMatch may look at: a fifth of a second

TOKEN = re.compile(
    r"""\s+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\d+(?:\.\d+)?|[$#]?[^\W\d]\w*|[$#]|\.\.|==|!=|<=|>=|//|\*\*|&&|\|\||\?\?|.""",
    re.DOTALL,
)
NAME = re.compile(r"[^\W\d]\w*$")
PYTHON = {"True": "true", "False": "false", "None": "null", "&&": "and", "||": "or", "!": "not ", "**": "^"}
WORDS = frozenset({"true", "false", "null", "and", "or", "not", "in"})
FOREIGN = frozenset({"//", "is", "if", "else", "for", "lambda", "elif"})
CLOSURES = frozenset({"all", "some", "one", "none", "filter", "map", "flatMap", "count"})
MAKING = frozenset({"map", "flatMap"})
COSTLY = frozenset({"matches", "extract"})  # they read their pattern anew each time
DATES = frozenset(
    {"d", "date", "time", "year", "dayOfWeek", "dayOfMonth", "dayOfYear", "weekOfYear", "monthString", "dateString", "weekdayString"}
    | {"startOf", "endOf"}
)
FUNCTIONS = (
    CLOSURES
    | DATES
    | frozenset({"abs", "sum", "avg", "min", "max", "median", "mode", "floor", "ceil", "round", "trunc", "isNumeric", "number", "string"})
    | frozenset({"bool", "type", "len", "contains", "flatten", "upper", "lower", "trim", "startsWith", "endsWith", "matches", "extract"})
    | frozenset({"fuzzyMatch", "split", "keys", "values", "duration", "merge", "mergeDeep"})
)
REWORDING = frozenset({"upper", "lower", "trim", "string", "split", "extract"})
CLOCK_MEMBERS = frozenset({"isToday", "isYesterday", "isTomorrow"})
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Work:
    """What makes an expression costly, so that it can be told before: zen cannot be stopped once it has begun.

    ``deep``: how often lists are gone through inside each other, ``range`` the longest that is written down; ``copies`` how many
    variables could be put into the result; ``inner`` those that a closure puts in for each element, ``inner_deep`` lists deep.
    """

    deep: int = 0
    range: int = 0
    making: bool = False
    fuzzy: bool = False
    splitting: bool = False
    copies: int = 0
    inner: tuple[str, ...] = ()
    inner_deep: int = 0

    @property
    def counts(self) -> bool:
        """Tell whether the sizes of the values matter."""
        return self.deep > 0 or self.fuzzy or self.copies > FEW_COPIES

    def refusal(self, text: str, values: Mapping[str, Any] = NOTHING) -> ExpressionError | None:
        """Why the expression is not worked out on these values; None when it is."""
        lists, texts, sizes = _measured(values) if values else (0, 0, {})
        count, largest = max(self.range, lists, texts if self.splitting else 0, 1), max(sizes.values(), default=0)
        work = count**self.deep
        made = (work * len(text) if self.making else 0) + self.copies * largest
        made += sum(sizes.get(name, 0) for name in self.inner) * count**self.inner_deep if self.making else 0
        compared = max(work, count) * texts**2 if self.fuzzy else 0
        if work <= MAX_WORK and made <= MAX_MADE and compared <= MAX_COMPARED:
            return None
        return ExpressionError(
            N_("“{expression}” is too much work on lists of {count} and texts of {length} characters."),
            expression=text[:200],
            count=count,
            length=texts,
        )


def _measured(values: Mapping[str, Any]) -> tuple[int, int, dict[str, int]]:
    """The longest list and the longest text in these values and all that is in them, and how much each of them holds."""
    lists = texts = 0
    sizes: dict[str, int] = {}
    for name, value in values.items():
        left, size = [value], 0
        while left:
            found = left.pop()
            size += WEIGHT
            if isinstance(found, str):
                texts, size = max(texts, len(found)), size + len(found)
            elif isinstance(found, list | dict):
                lists = max(lists, len(found))
                left.extend(found.values() if isinstance(found, dict) else found)
        sizes[name] = size
    return lists, texts, sizes


@dataclass(frozen=True, slots=True)
class Reading:
    """An expression as zen is given it, the variables it uses (``places``: which of its tokens), and those that date functions get."""

    zen: str
    names: tuple[str, ...]
    dates: frozenset[str]
    work: Work = Work()
    places: tuple[int, ...] = ()


def alias(name: str) -> str:
    """The name under which zen knows a variable."""
    return name if name.isascii() else "u_" + name.encode().hex()


class _Reader:
    """One pass over the tokens of an expression."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [PYTHON.get(word, word) for word in TOKEN.findall(text)]
        self.solid = [index for index, word in enumerate(self.tokens) if not word.isspace()]
        self.names: dict[str, None] = {}
        self.dates: set[str] = set()
        self.open: list[tuple[str, bool]] = []  # bracket, and whether a closure opened it
        self.bodies: list[bool] = []  # for each open bracket: whether this is what a closure does for each element
        self.deep = self.range = self.copies = self.inner_deep = 0
        self.inner: set[str] = set()
        self.functions: set[str] = set()
        self.places: list[int] = []
        self.elements_dated: set[str] = set()

    def refuse(self, text: str, /, **facts: Any) -> ExpressionError:
        return ExpressionError(text, expression=self.text[:200], **facts)

    def near(self, place: int) -> str:
        """The solid word at this place, or nothing outside."""
        return self.tokens[self.solid[place]] if 0 <= place < len(self.solid) else ""

    def read(self) -> Reading:
        for place, index in enumerate(self.solid):
            self.take(place, index, self.tokens[index])
        if self.elements_dated and any(word[1:-1] == "now" or word[1:-1] in zones() for word in self.tokens if word[0] in "\"'"):
            raise self.refuse(N_("A date function would read the clock of the server (in “{expression}”). Use the variable now."))
        if "" in self.elements_dated:
            self.dates.update(self.names)
        copies = self.copies + sum(word == "#" for word in self.tokens)
        making, fuzzy, splitting = not self.functions.isdisjoint(MAKING), "fuzzyMatch" in self.functions, "split" in self.functions
        work = Work(self.deep, self.range, making, fuzzy, splitting, copies, tuple(self.inner), self.inner_deep)
        return Reading("".join(self.tokens), tuple(self.names), frozenset(self.dates), work, tuple(self.places))

    def take(self, place: int, index: int, word: str) -> None:
        if word in ("(", "[", "{"):
            self.bracket(place, word)
        elif word in (")", "]", "}", ","):
            self.close(word)
        elif word == "..":
            self.span(place)
        elif word in ("=", ";"):
            raise self.refuse(N_("“{word}” is not allowed in “{expression}”. Compare with ==."), word=word)
        elif word in FOREIGN and self.near(place - 1) != ".":
            raise self.refuse(
                N_("“{word}” is not part of the expressions (in “{expression}”). Write floor(a / b), == and a ? b : c."), word=word
            )
        elif word == "$root":
            raise self.refuse(N_("$root is not allowed in “{expression}”. Name the variables."))
        elif word.startswith("`"):
            self.template(word)
        elif NAME.match(word) and word not in WORDS:
            self.name(place, index, word)

    def close(self, word: str) -> None:
        """A bracket ends; a comma ends the list of a closure, and what follows is done for each of its elements."""
        if not self.open:
            return
        if word == ",":
            self.bodies[-1] = self.open[-1][1]
        else:
            self.open.pop()
            self.bodies.pop()

    def bracket(self, place: int, word: str) -> None:
        closure = word == "(" and self.near(place - 1) in CLOSURES and self.near(place - 2) != "."
        self.open.append((word, closure))
        self.bodies.append(False)
        if len(self.open) > MAX_DEPTH:
            raise self.refuse(N_("“{expression}” is nested too deep."))
        if closure:
            if sum(opened for _, opened in self.open) > MAX_CLOSURES:
                raise self.refuse(
                    N_("“{expression}” has more than {count} of map, filter and their like inside each other."), count=MAX_CLOSURES
                )
            widens = self.near(place - 1) == "flatMap"  # what it does for an element brings a list
            self.deep = max(self.deep, sum(self.bodies) + 1 + widens)

    def span(self, place: int) -> None:
        """A range in a closure has bounds that are written down, and not too far apart; one that is only asked for a value may be any."""
        if not any(closure for _, closure in self.open):
            return
        first, low, high, last = (self.near(place + step) for step in (-2, -1, 1, 2))
        if self.near(place - 3) == "in" and first in ("[", "("):
            return
        if first != "[" or last != "]" or not (low.isdigit() and high.isdigit()) or int(high) - int(low) > MAX_RANGE:
            raise self.refuse(N_("In “{expression}” a range must have two numbers as its ends, at most {count} apart."), count=MAX_RANGE)
        self.range = max(self.range, int(high) - int(low) + 1)

    def template(self, word: str) -> None:
        for part in re.findall(r"\$\{([^}]*)\}", word):
            inner = read(part)
            self.names.update(dict.fromkeys(inner.names))
            self.dates |= inner.dates
            self.copies += inner.work.copies
            if inner.work.deep:
                raise self.refuse(N_("In the text template of “{expression}” no lists can be gone through."))
            if inner.zen != part or "{" in part:
                raise self.refuse(N_("In the text template of “{expression}” only plain ASCII names can stand."))

    def name(self, place: int, index: int, word: str) -> None:
        before, after = self.near(place - 1), self.near(place + 1)
        if before == ".":
            self.member(place, index, word)
        elif after == ":" and before in ("{", ",") and self.open and self.open[-1][0] == "{":
            if not word.isascii():
                self.tokens[index] = f'"{word}"'
        elif after == "(":
            self.function(place, word)
        else:
            self.names[word] = None
            self.places.append(index)
            self.tokens[index] = alias(word)
            self.copies += 1
            if any(self.bodies):
                self.inner.add(alias(word))
                self.inner_deep = max(self.inner_deep, sum(self.bodies))

    def member(self, place: int, index: int, word: str) -> None:
        if word in CLOCK_MEMBERS:
            raise self.refuse(
                N_("“{function}” reads the clock of the server (in “{expression}”). Compare with the variable now."), function=word
            )
        if not word.isascii():
            self.tokens[self.solid[place - 1]] = ""
            self.tokens[index] = f'["{word}"]'

    def function(self, place: int, word: str) -> None:
        if word not in FUNCTIONS:
            raise self.refuse(N_("There is no function “{function}” (in “{expression}”)."), function=word)
        self.functions.add(word)
        if word in COSTLY and any(closure for _, closure in self.open):
            raise self.refuse(N_("“{function}” cannot be used for each element of a list (in “{expression}”)."), function=word)
        if word not in DATES:
            return
        first, second = self.near(place + 2), self.near(place + 3)
        self.dates.update(self.given(place))
        text = first[1:-1] if first[:1] in ('"', "'") else None
        if first == ")" or text == "now" or (word == "d" and text in zones() and second == ")"):
            raise self.refuse(N_("“{function}” reads the clock of the server (in “{expression}”). Use the variable now."), function=word)

    def given(self, place: int) -> list[str]:
        """The variables in the brackets of a date function: their values must not stand for the wall clock, nor be made into such."""
        found, depth = [], 0
        for step in range(place + 1, len(self.solid)):
            word = self.near(step)
            depth += (word in "([{") - (word in ")]}")
            if depth == 0:
                break
            if word in REWORDING or word == "+" or word.startswith("`"):
                raise self.refuse(N_("A date function takes a variable or a written date, nothing put together (in “{expression}”)."))
            if word == "#":
                self.elements_dated.add(self.near(step + 1) if self.near(step + 1) == "." else "")
            if NAME.match(word) and word not in WORDS and self.near(step - 1) != "." and self.near(step + 1) != "(":
                found.append(word)
        return found


@lru_cache(1)
def zones() -> frozenset[str]:
    """The names of time zones, which zen's date functions take for the wall clock there."""
    return frozenset(available_timezones())


@lru_cache(8192)
def read(text: str) -> Reading:
    """Read an expression's tokens. Raises ExpressionError for what must not run."""
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            N_("An expression of {length} characters is too long; {limit} are allowed."), length=len(text), limit=MAX_LENGTH
        )
    return _Reader(text).read()
