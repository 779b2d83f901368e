"""What the designer asks about expressions while they are typed. They are read, never worked out."""

from typing import Any

from flask_babel import gettext

from bpm import access, drafts
from bpm.api.chapter import Chapter
from bpm.api.schemas.expressions import VerdictShape, Written
from bpm.engine import expressions, scripts
from bpm.engine.dialects import bare
from bpm.engine.faults import ExpressionError
from bpm.request import actor, only_reads

chapter = Chapter("expressions", "Conditions and values in the making")


@chapter.post("/designer/expressions/check")
@only_reads
@chapter.takes(Written)
@chapter.answers(200, VerdictShape)
def check(body: dict[str, Any]) -> dict[str, Any]:
    """Say what is wrong with an expression."""
    access.require(actor(), *drafts.READERS)
    error = _problem(body["expression"], body["kind"])
    return {"problem": None if error is None else gettext(error.sentence).format(**error.facts)}


def _problem(written: str, kind: str) -> ExpressionError | None:
    if kind == "assignment":
        return _problem_of_lines(written)
    return expressions.problem(bare(written) if kind == "condition" else written)


def _problem_of_lines(script: str) -> ExpressionError | None:
    try:
        lines = scripts.assignments(script)
    except ExpressionError as error:
        return error
    return next((found for _, text in lines if (found := expressions.problem(text)) is not None), None)
