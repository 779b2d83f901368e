"""Trying out what is being drawn: trials and scenarios. Files come with the question; nothing of them is kept."""

from typing import Any

from flask import current_app

from bpm import access, drafts, scenarios, trial
from bpm.api.chapter import Chapter
from bpm.api.schemas.designer import Files
from bpm.api.schemas.trial import ResultsShape, ScriptToPlay, StateShape
from bpm.definitions.packing import check_size
from bpm.request import actor, language, now, only_reads, session

chapter = Chapter("trial", "What is being drawn, tried out on the real engine with nothing kept and nothing sent")


@chapter.post("/designer/trial")
@only_reads
@chapter.takes(ScriptToPlay)
@chapter.answers(200, StateShape)
def play(body: dict[str, Any]) -> dict[str, Any]:
    """Play a script from its start and show where the case then stands. Without a script: how a case can begin."""
    access.require(actor(), *drafts.READERS)
    files = _files(body)
    registry, reader = current_app.extensions["connectors"], language()
    if body["script"] is None:
        return trial.beginnings(session(), files, now=now(), language=reader)
    script = trial.read_script(body["script"])
    return trial.state(trial.play(session(), files, script, now=now(), language=reader, registry=registry))


@chapter.post("/designer/scenarios/run")
@only_reads
@chapter.takes(Files)
@chapter.answers(200, ResultsShape)
def run(body: dict[str, Any]) -> dict[str, Any]:
    """Play every scenario of a bundle, and tell what of the drawings they have been through."""
    access.require(actor(), *drafts.READERS)
    found = scenarios.run_all(session(), _files(body), now=now(), language=language(), registry=current_app.extensions["connectors"])
    rows = [{"file": each.file, "name": each.name, "passed": each.passed, "difference": each.difference} for each in found.results]
    return {"results": rows, "passed": found.passed, "covered": found.covered, "missed": found.missed, "percent": found.percent}


def _files(body: dict[str, Any]) -> dict[str, bytes]:
    files = {name: content.encode() for name, content in body["files"].items()}
    check_size(files)
    return files
