"""Conditions as the designer's rows say them: “amount is more than 100 or level is L1”; what rows cannot show stays an expression."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from bpm.comparing.changes import Reader, Told
from bpm.comparing.fields import Field, Fields
from bpm.errors import N_

_TOKEN = re.compile(r"""\s+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\d+(?:\.\d+)?|[^\W\d]\w*(?:\.[^\W\d]\w*)*|\?\?|==|!=|<=|>=|[<>()\[\],-]""")
_LONGEST, _DEEPEST = 4_000, 40
_NAME = re.compile(r"[^\W\d][\w.]*$")
_WORDS = frozenset({"and", "or", "not", "in"})
_CONSTANTS = {"true": True, "false": False, "null": None}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_EMPTY = {"==": "empty", "!=": "filled"}
_SAID = {
    "==": N_("{field} is {value}"),
    "!=": N_("{field} is not {value}"),
    "in": N_("{field} is {value}"),
    "not in": N_("{field} is not {value}"),
    ">": N_("{field} is more than {value}"),
    ">=": N_("{field} is at least {value}"),
    "<": N_("{field} is less than {value}"),
    "<=": N_("{field} is at most {value}"),
    "filled": N_("{field} is filled in"),
    "empty": N_("{field} is not filled in"),
}
_JOINED = {"and": N_("{first}, and {second}"), "or": N_("{first}, or {second}")}
_EITHER = N_("{first} or {second}")
_WHILE_EMPTY, _GROUP = N_("{said} (counts as {value} while not filled in)"), N_("({said})")
_YES, _NO, _BLANK = N_("yes"), N_("no"), N_("blank")


@dataclass(frozen=True, slots=True)
class Name:
    """A field that another is compared with."""

    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: ``op`` is ``empty``, ``filled`` or as it is written; ``otherwise`` counts while the field is not filled in."""

    name: str
    op: str
    values: tuple[Any, ...] = ()
    otherwise: Any = None


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are joined in one way."""

    join: str
    parts: tuple["Row | Group", ...]


class _NoRowsError(Exception):
    """The expression is more than rows can show."""


@dataclass(frozen=True, slots=True)
class Condition(Told):
    """A condition; ``fields`` finds out what is known where it is asked."""

    fields: Callable[[], Fields] = field(compare=False)

    def told(self, reader: Reader) -> str:
        """The condition in words, where rows can show it; else the expression."""
        found = read(self.written)
        return self.written if found is None else _said(found, self.fields(), reader)


def read(text: str) -> Row | Group | None:
    """Read an expression as rows, in groups of one level at most; None where it is more."""
    if len(text) > _LONGEST or text.count("(") > _DEEPEST:
        return None
    try:
        found = _Tokens(text.strip().removeprefix("=")).whole()
    except _NoRowsError:
        return None
    nested = isinstance(found, Group) and any(isinstance(each, Group) for part in _groups(found) for each in part.parts)
    return None if nested else found


def _groups(group: Group) -> list[Group]:
    return [part for part in group.parts if isinstance(part, Group)]


class _Tokens:
    """Reads the tokens of an expression from the left. Each method raises _NoRowsError."""

    def __init__(self, text: str) -> None:
        self._left, at = list[str](), 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise _NoRowsError
            at = match.end()
            self._left += [match[0]] if match[0].strip() else []

    def whole(self) -> Row | Group:
        found = self._either()
        if self._left:
            raise _NoRowsError
        return found

    def _take(self, *words: str) -> bool:
        taken = self._left[: len(words)] == list(words)
        if taken:
            del self._left[: len(words)]
        return taken

    def _next(self) -> str:
        if not self._left:
            raise _NoRowsError
        return self._left.pop(0)

    def _either(self) -> Row | Group:
        return self._joined("or", lambda: self._joined("and", self._one))

    def _joined(self, join: str, read_one: Callable[[], Row | Group]) -> Row | Group:
        parts = [read_one()]
        while self._take(join):
            parts.append(read_one())
        if len(parts) == 1:
            return parts[0]
        flat = [each for part in parts for each in (part.parts if isinstance(part, Group) and part.join == join else (part,))]
        return Group(join, tuple(flat))

    def _one(self) -> Row | Group:
        before = list(self._left)
        if self._take("("):
            try:
                inside = self._either()
            except _NoRowsError:
                inside = None
            if inside is not None and self._take(")"):
                return inside
            self._left = before
        return self._comparison()

    def _comparison(self) -> Row:
        left, otherwise = self._field_or_value()
        op = "not in" if self._take("not", "in") else self._next()
        if op in ("in", "not in"):
            return Row(_name(left), op, self._listed(), otherwise)
        if op not in _TURNED:
            raise _NoRowsError
        right, other = self._field_or_value()
        if not isinstance(left, Name):
            left, op, right, otherwise, other = right, _TURNED[op], left, other, otherwise
        if other is not None or (right is None and (op not in _EMPTY or otherwise is not None)):
            raise _NoRowsError
        return Row(_name(left), _EMPTY[op]) if right is None else Row(_name(left), op, (right,), otherwise)

    def _listed(self) -> tuple[Any, ...]:
        if not self._take("["):
            raise _NoRowsError
        found = [_literal(self._value())]
        while self._take(","):
            found.append(_literal(self._value()))
        if not self._take("]"):
            raise _NoRowsError
        return tuple(found)

    def _field_or_value(self) -> tuple[Any, Any]:
        """A field or a constant, and what counts while the field is not filled in: ``(name ?? constant)``."""
        if not self._take("("):
            return self._value(), None
        name = Name(_name(self._value()))
        if not self._take("??"):
            raise _NoRowsError
        otherwise = _literal(self._value())
        if not self._take(")"):
            raise _NoRowsError
        return name, otherwise

    def _value(self) -> Any:
        minus, word = self._take("-"), self._next()
        if word[0].isdigit():
            number = float(word) if "." in word else int(word)
            return -number if minus else number
        if minus or (self._left and self._left[0] in ("(", "[")):
            raise _NoRowsError
        if word[0] in "\"'":
            return _text(word)
        if word in _CONSTANTS:
            return _CONSTANTS[word]
        if word in _WORDS or not _NAME.match(word):
            raise _NoRowsError
        return Name(word)


def _name(value: Any) -> str:
    if not isinstance(value, Name):
        raise _NoRowsError
    return value.name


def _literal(value: Any) -> Any:
    if value is None or isinstance(value, Name):
        raise _NoRowsError
    return value


def _text(word: str) -> str:
    inside = word[1:-1]
    if "\\" in inside.replace("\\\\", ""):
        raise _NoRowsError
    return inside.replace("\\\\", "\\")


def _said(found: Row | Group, fields: Fields, reader: Reader) -> str:
    if isinstance(found, Row):
        return _row(found, fields, reader)
    parts = [_said(part, fields, reader) for part in found.parts]
    bracketed = [
        reader.translate(_GROUP).format(said=part) if isinstance(of, Group) else part for of, part in zip(found.parts, parts, strict=True)
    ]
    return _together(bracketed, _JOINED[found.join], reader)


def _together(parts: list[str], text: str, reader: Reader) -> str:
    return reduce(lambda first, second: reader.translate(text).format(first=first, second=second), parts)


def _row(row: Row, fields: Fields, reader: Reader) -> str:
    known = _known(row.name, fields)
    value = _together([_value_said(each, known, fields, reader) for each in row.values], _EITHER, reader) if row.values else ""
    said = reader.translate(_SAID[row.op]).format(field=reader.drawn(known.title), value=value)
    if row.otherwise is None:
        return said
    return reader.translate(_WHILE_EMPTY).format(said=said, value=_value_said(row.otherwise, known, fields, reader))


def _value_said(value: Any, known: Field, fields: Fields, reader: Reader) -> str:
    if isinstance(value, Name):
        return reader.drawn(_known(value.name, fields).title)
    if isinstance(value, bool):
        return reader.translate(_YES if value else _NO)
    if value == "":
        return reader.translate(_BLANK)
    return reader.drawn(known.choices[value]) if value in known.choices else f"{value:g}" if isinstance(value, float) else str(value)


def _known(name: str, fields: Fields) -> Field:
    """A field by its name; a result of a table also where it is kept in a variable."""
    return fields.get(name) or fields.get("." + name.rpartition(".")[2]) or Field(name)
