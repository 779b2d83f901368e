"""Script tasks: lines of ``name = expression`` and nothing else."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from bpm.engine.expressions import evaluate
from bpm.engine.faults import ExpressionError
from bpm.engine.reading import NOTHING
from bpm.errors import N_

LINE = re.compile(r"\s*([^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*=(?!=)\s*(.+)$", re.DOTALL)
MAX_LINES = 500


@lru_cache(2048)
def assignments(script: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """The (path, expression) of each line; empty lines and lines with # are left out. Raises ExpressionError."""
    out = []
    lines = script.splitlines()
    if len(lines) > MAX_LINES:
        raise ExpressionError(N_("A script of {length} lines is too long; {limit} are allowed."), length=len(lines), limit=MAX_LINES)
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.strip().startswith("#"):
            continue
        match = LINE.match(line)
        if not match:
            raise ExpressionError(
                N_("Line {line} of the script is not of the form: name = expression. No other language runs here."), line=number
            )
        out.append((tuple(match[1].split(".")), match[2].strip()))
    return tuple(out)


def run(script: str, data: dict[str, Any], ambient: Mapping[str, Any] = NOTHING) -> None:
    """Carry out the lines on ``data``. Objects are copied along the path: steps share them with the steps before."""
    for path, text in assignments(script):
        found = evaluate(text, data, ambient)
        node = data
        for part in path[:-1]:
            inner = node.get(part)
            node[part] = dict(inner) if isinstance(inner, dict) else {}
            node = node[part]
        node[path[-1]] = found
