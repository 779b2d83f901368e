"""Conditions and values on the expression language of zen-engine (close to FEEL). Never Python's eval.

What zen may be given is decided in ``reading``; here it is worked out. zen answers every number as a float.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import zen

from bpm.engine.faults import ExpressionError
from bpm.engine.reading import MAX_DEPTH, NAME, NOTHING, PYTHON, TOKEN, WEIGHT, WORDS, Work, alias, read, zones
from bpm.engine.zen_faults import of_zen, unreadable, unworkable
from bpm.errors import N_

MAX_RESULT = 2_000_000  # characters that an expression may give; each value counts as WEIGHT more
SAFE_INTEGER = 2**53  # zen calculates in floats of 64 bits


@lru_cache(8192)
def compiled(text: str) -> tuple[Any, tuple[tuple[str, str, bool], ...], Work | None]:
    """The compiled expression, its variables as (name, name in zen, handed to a date function), and its cost. Shared by threads."""
    reading = read(text)
    too_much = reading.work.refusal(text)
    if too_much is not None:
        raise too_much
    try:
        program = zen.compile_expression(reading.zen)
    except BaseException as error:  # noqa: BLE001 - of_zen tells which are zen's
        raise unreadable(text, of_zen(error)) from None
    names = tuple((name, alias(name), name in reading.dates) for name in reading.names)
    return program, names, reading.work if reading.work.counts else None


def problem(text: str) -> ExpressionError | None:
    """What is wrong with an expression, for the time of deployment; None when it is fine."""
    try:
        compiled(text)
    except ExpressionError as error:
        return error
    return None


def check(text: str) -> str | None:
    """What is wrong with an expression as an English sentence; None when it is fine."""
    error = problem(text)
    return None if error is None else str(error)


def variables(text: str) -> set[str]:
    """The variables that an expression uses. Raises ExpressionError when it cannot be read."""
    return set(read(text).names)


def renamed(text: str, old: str, new: str) -> str:
    """The expression with a variable under another name; members, keys and texts of that name stay. Raises ExpressionError."""
    plain = text.strip()
    words, places = TOKEN.findall(plain), set(read(plain).places)
    inside = re.compile(r"(?<=\$\{)[^}]*")
    for index, word in enumerate(words):
        if word.startswith("`"):
            words[index] = inside.sub(lambda part: renamed(part[0], old, new), word)
        elif index in places and word == old:
            words[index] = new
    read("".join(words))  # a template takes ASCII names only
    return text.replace(plain, "".join(words))


def tidy(found: Any) -> Any:
    """Whole numbers as integers again, through lists and objects: zen answers every number as a float."""
    if type(found) is float:
        return int(found) if found.is_integer() and abs(found) < SAFE_INTEGER else found
    if type(found) is list:
        return [tidy(item) for item in found]
    if type(found) is dict:
        return {key: tidy(item) for key, item in found.items()}
    return found


def _fit(text: str, found: Any, *, dates: bool) -> Any:
    """Refuse what zen would change in silence: integers it cannot hold, and texts that its date functions take for the wall clock."""
    kind = type(found)
    if kind is int:
        if abs(found) > SAFE_INTEGER:
            raise ExpressionError(
                N_("A number in “{expression}” has too many digits to calculate with. Keep long numbers as text."), expression=text[:200]
            )
    elif kind is list:
        for item in found:
            _fit(text, item, dates=dates)
    elif kind is dict:
        for item in found.values():
            _fit(text, item, dates=dates)
    elif dates and kind is str and (found == "now" or found in zones()):
        raise ExpressionError(
            N_("In “{expression}” the text “{text}” would read the clock of the server. Use the variable now."),
            expression=text[:200],
            text=found,
        )
    return found


def evaluate(text: str, data: Mapping[str, Any], ambient: Mapping[str, Any] = NOTHING) -> Any:
    """Work out an expression on variables; a missing one is null. ``ambient`` is asked for names that ``data`` lacks.

    Only what is used is handed over, so the cost does not depend on the size of the data. Raises ExpressionError.
    """
    text = text.strip()
    if NAME.match(text) and text not in WORDS and text not in PYTHON:
        return data[text] if text in data else ambient.get(text)  # copied as it is: no float, no limit of size
    program, names, work = compiled(text)
    given = {known: _fit(text, data[name] if name in data else ambient.get(name), dates=dates) for name, known, dates in names}
    if work is not None and (too_much := work.refusal(text, given)) is not None:
        raise too_much
    try:
        found = program.evaluate(given)
    except BaseException as error:  # noqa: BLE001 - of_zen tells which are zen's
        raise unworkable(text, of_zen(error)) from None
    if not _is_moderate(found):
        raise ExpressionError(N_("What “{expression}” gives is too large to be kept."), expression=text[:200])
    return tidy(found)


def _is_moderate(found: Any) -> bool:
    """Tell whether a result is small enough for the next step to use it: a loop that doubles it would fill the memory."""
    left, size = [(found, 0)], 0
    while left:
        value, depth = left.pop()
        size += WEIGHT + (len(value) if isinstance(value, str) else 0)
        if size > MAX_RESULT or depth > MAX_DEPTH:
            return False
        if isinstance(value, list | dict):
            left.extend((each, depth + 1) for each in (value.values() if isinstance(value, dict) else value))
    return True


def holds(text: str, data: Mapping[str, Any], ambient: Mapping[str, Any] = NOTHING) -> bool:
    """Tell whether a condition holds. Null is no. Raises ExpressionError when it gives neither yes nor no."""
    found = evaluate(text, data, ambient)
    if found is None or isinstance(found, bool):
        return bool(found)
    raise ExpressionError(
        N_("The condition “{expression}” gave {found}, which is neither yes nor no."), expression=text[:200], found=str(found)[:60]
    )


def is_expression(text: str) -> bool:
    """Tell whether an attribute's text is an expression: it begins with a single ``=``."""
    return text.lstrip().startswith("=") and not text.lstrip().startswith("==")


def value(text: str, data: Mapping[str, Any], ambient: Mapping[str, Any] = NOTHING) -> Any:
    """The one rule of the extension attributes: ``= expression`` is worked out, any other text is taken as it stands."""
    return evaluate(text.lstrip()[1:], data, ambient) if is_expression(text) else text
