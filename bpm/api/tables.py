"""Decision tables in the designer: checked while they are written, tried, searched for gaps and overlaps, carried by Excel."""

from typing import Any

from flask import Response
from flask import request as http
from flask_babel import gettext

from bpm import access, decision_tables, drafts, spreadsheets
from bpm.api.chapter import Chapter, form_body, uploaded
from bpm.api.schemas.tables import (
    AnalysisShape,
    Asked,
    AskedRows,
    CheckedFile,
    FieldsShape,
    ImportShape,
    Question,
    RemarksShape,
    RunShape,
    TableFile,
    TrialShape,
    analysis_row,
    field_row,
    remark_row,
    trial_row,
)
from bpm.decision_tables import Expected
from bpm.engine import grids
from bpm.errors import N_, InvalidError
from bpm.request import actor, only_reads

chapter = Chapter("tables", "Decision tables in the making")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UPLOAD_DOC = form_body(
    file={"type": "string", "format": "binary", "description": ".xlsx"},
    outputs={"type": "integer", "description": "How many of the last columns of a plain sheet are outputs"},
)


class NoTableError(InvalidError):
    """There is no decision table to export."""

    code = "no-table"
    sentence = N_("This file has no decision table.")


class NoWorkbookError(InvalidError):
    """No file was sent."""

    code = "no-files"
    sentence = N_("Choose an Excel workbook (.xlsx).")


@chapter.post("/designer/tables/check")
@only_reads
@chapter.takes(CheckedFile)
@chapter.answers(200, RemarksShape)
def check(body: dict[str, Any]) -> dict[str, Any]:
    """Say what is wrong in a DMN file, cell by cell."""
    _readers()
    return {"findings": [remark_row(remark) for remark in decision_tables.check(body["xml"].encode(), body["fields_"])]}


@chapter.post("/designer/tables/fields")
@only_reads
@chapter.takes(Question)
@chapter.answers(200, FieldsShape)
def fields(body: dict[str, Any]) -> dict[str, Any]:
    """Say which variables a decision asks for, with the values that its table names."""
    _readers()
    return {"fields": [field_row(field) for field in decision_tables.fields(_files(body), body["decision"])]}


@chapter.post("/designer/tables/try")
@only_reads
@chapter.takes(Asked)
@chapter.answers(200, TrialShape)
def attempt(body: dict[str, Any]) -> dict[str, Any]:
    """Ask a decision, and show what each of its cells saw."""
    _readers()
    return trial_row(decision_tables.attempt(_files(body), body["decision"], body["data"]))


@chapter.post("/designer/tables/run")
@only_reads
@chapter.takes(AskedRows)
@chapter.answers(200, RunShape)
def run(body: dict[str, Any]) -> dict[str, Any]:
    """Run the rows of a table's tests."""
    _readers()
    rows = [Expected(row["data"], row["expected"]) for row in body["rows"]]
    done = decision_tables.run(_files(body), body["decision"], rows)
    return {"results": [{"passed": passed, **trial_row(trial)} for passed, trial in done]}


@chapter.post("/designer/tables/analyse")
@only_reads
@chapter.takes(TableFile)
@chapter.answers(200, AnalysisShape)
def analyse(body: dict[str, Any]) -> dict[str, Any]:
    """Search the tables of a file for gaps, overlaps and rules that are never used."""
    _readers()
    return analysis_row(decision_tables.analysed(body["xml"].encode()))


@chapter.post("/designer/tables/export")
@only_reads
@chapter.takes(TableFile)
@chapter.answers(200, {"type": "string", "format": "binary"}, content_type=XLSX)
def export(body: dict[str, Any]) -> Response:
    """Hand out the tables of a file as an Excel workbook, a sheet a table."""
    _readers()
    found = decision_tables.written(body["xml"].encode())
    if not found:
        raise NoTableError
    return Response(spreadsheets.write(found, gettext), mimetype=XLSX)


@chapter.post("/designer/tables/import")
@only_reads
@chapter.describes(_UPLOAD_DOC)
@chapter.answers(200, ImportShape)
def take_in() -> dict[str, Any]:
    """Read the decision tables of an Excel workbook. Nothing is kept."""
    _readers()
    sent = next(iter(uploaded()), None)
    if sent is None:
        raise NoWorkbookError
    found = spreadsheets.read(sent.stream.read(), http.form.get("outputs", 0, type=int))
    xml = grids.write(found, found[0].name).decode()
    return {"xml": xml, "decisions": [{"id": grid.id, "name": grid.name} for grid in found]}


def _readers() -> None:
    access.require(actor(), *drafts.READERS)


def _files(body: dict[str, Any]) -> dict[str, bytes]:
    given = {decision_tables.FILE: body["xml"]} if body["files"] is None else body["files"]
    return {name: content.encode() for name, content in given.items() if name.endswith(".dmn")}
