"""What zen-engine has to say against an expression, in sentences of ours: they exist in both languages, its own do not.

zen's own words stay among the facts, as ``problem``.
"""

import re

from bpm.engine.faults import ExpressionError
from bpm.errors import N_

_READING = (
    (
        re.compile(r"Unexpected (?:end|EOF|token: None)"),
        N_("“{expression}” ends too early: a value is missing, or a bracket or a quotation mark is not closed."),
    ),
    (
        re.compile(r"Incomplete parser output"),
        N_("“{expression}” cannot be read to its end: between two values stands a sign or a word such as +, > or and."),
    ),
    (
        re.compile(r"Invalid function call `(?P<function>\w+)`"),
        N_("In “{expression}” the function “{function}” is given too many or too few values."),
    ),
    (
        re.compile(r"Unexpected token|Expected"),
        N_("“{expression}” cannot be read: a sign stands where a value should be, or a value where a sign should be."),
    ),
    (re.compile(""), N_("“{expression}” cannot be read.")),
)
_WORKING = (
    (
        re.compile(r"Function `(?P<function>\w+)` failed"),
        N_("“{expression}” could not be worked out: the function “{function}” cannot use the value that it was given."),
    ),
    (
        re.compile(r"Unsupported type"),
        N_("“{expression}” could not be worked out: a value is of the wrong kind, such as text where a number is needed."),
    ),
    (re.compile(""), N_("“{expression}” could not be worked out.")),
)


def of_zen(error: BaseException) -> Exception:
    """An error that came out of zen. It raises bare exceptions, and where it panics one that is none; what ends the program goes on."""
    if isinstance(error, Exception):
        return error
    if type(error).__name__ == "PanicException":
        return RuntimeError(str(error))
    raise error


def unreadable(text: str, error: Exception) -> ExpressionError:
    """What is told of an expression, or of a test of a decision table, that zen cannot read."""
    return _told(_READING, text, error)


def unworkable(text: str, error: Exception) -> ExpressionError:
    """What is told of an expression that zen could not work out."""
    return _told(_WORKING, text, error)


def _told(sentences: tuple[tuple[re.Pattern[str], str], ...], text: str, error: Exception) -> ExpressionError:
    problem = _brief(error)
    found, sentence = next((found, sentence) for pattern, sentence in sentences if (found := pattern.search(problem)))
    return ExpressionError(sentence, expression=text.strip()[:200], problem=problem, **found.groupdict())


def _brief(error: Exception) -> str:
    """The sentence of a zen error without its backtrace and its JSON."""
    first = str(error).split("\n", 1)[0]
    found = re.search(r'"source":"((?:[^"\\]|\\.)*)"', first)
    return (found[1] if found else first).strip().rstrip(".")[:200]
