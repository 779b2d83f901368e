"""Decision tables outside: remarks, trials, gaps and overlaps in words."""

from collections.abc import Iterable
from functools import reduce
from typing import Any

from flask_babel import gettext
from marshmallow import ValidationError, fields, validates_schema

from bpm.api.schemas.base import Body, Shape, line, text
from bpm.decision_tables import Field, Remark, Trial
from bpm.engine.faults import StepError
from bpm.engine.table_analysis import Analysis, Region
from bpm.engine.table_domains import Other, Part, Span
from bpm.errors import N_

LARGEST = 1_000_000
"""Characters of a file."""


class TableFile(Body):
    """A DMN file."""

    xml = text(required=True, longest=LARGEST)


class CheckedFile(TableFile):
    """A DMN file, and the variables that there are besides those that it looks at."""

    fields_ = fields.List(line(), data_key="fields", load_default=list)


class Question(Body):
    """A decision out of some files, or out of one (``xml``), and the variables it is asked with."""

    files = fields.Dict(keys=line(required=True), values=text(longest=LARGEST), load_default=None, allow_none=True)
    xml = text(longest=LARGEST, load_default=None, allow_none=True)
    decision = line(required=True)

    @validates_schema
    def _has_files(self, data: dict[str, Any], **_options: Any) -> None:
        if data["files"] is None and data["xml"] is None:
            raise ValidationError("Missing data for required field.", "files")


class Asked(Question):
    """A question with its data."""

    data = fields.Dict(keys=line(), load_default=dict)


class ExpectedRow(Body):
    """What is asked, and what has to come out."""

    data = fields.Dict(keys=line(), required=True)
    expected = fields.Raw(load_default=None, allow_none=True)


class AskedRows(Question):
    """Rows of a table's tests."""

    rows = fields.List(fields.Nested(ExpectedRow), required=True)


class RemarkShape(Shape):
    """What is wrong with a cell, a column, or a table."""

    level = fields.String(required=True)
    code = fields.String(required=True)
    sentence = fields.String(required=True)
    decision = fields.String(required=True)
    rule = fields.String(required=True)
    column = fields.String(required=True)
    element = fields.String(required=True, allow_none=True, metadata={"description": "The id of the cell or the column"})


class RemarksShape(Shape):
    """What is wrong in a file."""

    findings = fields.List(fields.Nested(RemarkShape), required=True)


class FieldsShape(Shape):
    """The variables that a decision asks for."""

    fields_ = fields.List(fields.Dict(), data_key="fields", required=True)


class TrialShape(Shape):
    """What a decision answered, and what it saw."""

    result = fields.Raw(required=True, allow_none=True)
    rules = fields.List(fields.String(), required=True, metadata={"description": "Ids of the rules that match"})
    why = fields.String(required=True)
    problem = fields.String(required=True, allow_none=True)
    inputs = fields.List(fields.Dict(), required=True, metadata={"description": "column (its id), value"})
    cells = fields.List(fields.Dict(), required=True, metadata={"description": "rule (its id), matches: for each input whether it holds"})


class RunShape(Shape):
    """What came out of the rows of a table's tests, in their order."""

    results = fields.List(fields.Dict(), required=True, metadata={"description": "passed, and a trial's fields"})


class AnalysisShape(Shape):
    """Gaps, overlaps, rules that are never used, columns that were left out; each with its decision."""

    gaps = fields.List(fields.Dict(), required=True)
    overlaps = fields.List(fields.Dict(), required=True)
    unreachable = fields.List(fields.Dict(), required=True)
    skipped = fields.List(fields.Dict(), required=True)
    capped = fields.Boolean(required=True, metadata={"description": "The table is so large that only a part was looked at"})


class ImportShape(Shape):
    """Tables out of a workbook."""

    xml = fields.String(required=True)
    decisions = fields.List(fields.Dict(), required=True)


def remark_row(remark: Remark) -> dict[str, Any]:
    """A remark in the reader's language."""
    found = remark.finding
    return {
        "level": found.level,
        "code": found.code,
        "sentence": gettext(found.text).format(**found.facts),
        "decision": remark.decision,
        "rule": remark.rule,
        "column": remark.column,
        "element": found.element,
    }


def field_row(field: Field) -> dict[str, Any]:
    """A variable that is asked for."""
    return {"path": field.path, "label": field.label, "kind": field.kind, "values": list(field.values)}


def trial_row(trial: Trial) -> dict[str, Any]:
    """What came out, in the reader's language."""
    return {
        "result": trial.result,
        "rules": list(trial.rules),
        "why": " ".join(trial.annotations),
        "problem": None if trial.problem is None else _sentence(trial.problem),
        "inputs": [{"column": column, "value": value} for column, value in trial.inputs],
        "cells": [{"rule": rule, "matches": matches} for rule, matches in trial.cells],
    }


def _sentence(error: StepError) -> str:
    told: str = gettext(error.sentence).format(**error.facts)
    return told


# ---- gaps and overlaps in words


def analysis_row(found: Iterable[Analysis]) -> dict[str, Any]:
    """What was found about the tables of a file, in the reader's language."""
    told: dict[str, Any] = {"gaps": [], "overlaps": [], "unreachable": [], "skipped": [], "capped": False}
    for analysis in found:
        _tell(analysis, told)
    return told


def _tell(analysis: Analysis, told: dict[str, Any]) -> None:
    decision, rows = {"decision": analysis.grid.id}, analysis.grid.rows
    told["gaps"] += [decision | _region(region, analysis) | {"empty": False} for region in analysis.gaps]
    told["gaps"] += [decision | _region(region, analysis) | {"empty": True} for region in analysis.empty]
    told["overlaps"] += [
        decision
        | _region(overlap.where, analysis)
        | {"rules": [rows[place].id for place in overlap.rules], "numbers": [place + 1 for place in overlap.rules]}
        for overlap in analysis.overlaps
    ]
    told["unreachable"] += [decision | {"rule": rows[place].id, "number": place + 1} for place in analysis.unreachable]
    told["skipped"] += [decision | {"column": title} for title in analysis.skipped]
    told["capped"] = told["capped"] or analysis.capped


def _region(region: Region, analysis: Analysis) -> dict[str, Any]:
    inputs = analysis.grid.inputs
    example = [
        {"column": inputs[place].id, "label": inputs[place].title, "value": axis.example(mask)}
        for axis, mask in zip(region.axes, region.box, strict=True)
        for place in axis.columns
    ]
    return {"words": words_of(region), "example": example, "data": region.data(), "certain": analysis.certain}


_BOTH = N_("{first}, {second}")
_OR = N_("{first} or {second}")
_AND = N_("{first} and {second}")


def words_of(region: Region) -> str:
    """Where something is the case, in words: ``级别 L3，金额 大于 10 且小于等于 20``."""
    said = [f"{axis.label} {_joined(_OR, [_part(part) for part in parts])}" for axis, parts in region.conditions()]
    return _joined(_BOTH, said) if said else gettext("always")


def _joined(how: str, texts: list[str]) -> str:
    template = gettext(how)
    return reduce(lambda first, second: template.format(first=first, second=second), texts)


def _part(part: Part) -> str:
    told: str
    match part:
        case None:
            told = gettext("empty")
        case bool():
            told = gettext("yes") if part else gettext("no")
        case str():
            told = part or gettext("an empty text")
        case Other():
            told = gettext("anything but {texts}").format(texts=", ".join(part.but)) if part.but else gettext("any text")
        case Span():
            told = _span(part)
    return told


def _span(span: Span) -> str:
    if span.low is not None and span.low == span.high:
        return f"{span.low}"
    said: list[str] = []
    if span.low is not None:
        said.append((gettext("at least {number}") if span.low_in else gettext("more than {number}")).format(number=span.low))
    if span.high is not None:
        said.append((gettext("at most {number}") if span.high_in else gettext("less than {number}")).format(number=span.high))
    return _joined(_AND, said or [gettext("any number")])
