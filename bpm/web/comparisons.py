"""Two states of a process side by side: both pictures with what has changed, and the list of it in plain words."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, jsonify, make_response
from flask import request as http
from werkzeug.wrappers import Response

from bpm import comparisons, picture
from bpm.comparing import Change
from bpm.comparisons import State
from bpm.definitions import FileNotFoundInDefinitionError
from bpm.request import actor, language, session
from bpm.web import frame
from bpm.web.speech import gettext

blueprint = Blueprint("comparisons", __name__, url_prefix="/compare")


def _states() -> tuple[State, State]:
    before, after = (comparisons.state_of(session(), http.args.get(side, ""), actor()) for side in ("before", "after"))
    return before, after


@blueprint.get("")
def page() -> Response:
    """Both states and what differs."""
    before, after = _states()
    changes = comparisons.told(session(), before, after, current_app.extensions["connectors"], gettext, language())
    diagrams = sorted({*before.diagrams, *after.diagrams})
    touched = [name for name in diagrams if any(change.file == name for change, _ in changes)]
    chosen = http.args.get("file") or next(iter([*touched, *diagrams]), None)
    return frame.show(
        "definitions/compare.html",
        before=before,
        after=after,
        groups=_by_file(changes),
        count=len(changes),
        diagrams=diagrams,
        chosen=chosen,
        sides=[(side, state) for side, state in (("before", before), ("after", after)) if chosen in state.files],
        here={"before": before.text, "after": after.text},
    )


@blueprint.get("/xml")
def xml() -> Response:
    """A diagram of one of the two states, its names in the reader's language."""
    state = comparisons.state_of(session(), http.args.get("state", ""), actor())
    name = http.args.get("file", "")
    if name not in state.files:
        raise FileNotFoundInDefinitionError(file=name)
    words = state.words(language())
    response = make_response(picture.renamed(state.files[name], lambda each: words.get(each, each)) if words else state.files[name])
    response.mimetype = "application/xml"
    return response


@blueprint.get("/marks")
def marks() -> Response:
    """What has changed in a diagram, as marks for the picture of one side."""
    before, after = _states()
    gone = "added" if http.args.get("side") == "before" else "removed"
    found = {
        change.element: change.kind
        for change in comparisons.between(before, after)
        if change.element and change.file == http.args.get("file") and change.kind != gone
    }
    return jsonify({"changes": [{"id": element, "kind": kind} for element, kind in found.items()]})


def _by_file(changes: Sequence[tuple[Change, str]]) -> list[dict[str, Any]]:
    files: dict[str, list[dict[str, Any]]] = {}
    for change, sentence in changes:
        files.setdefault(change.file, []).append({"kind": change.kind, "element": change.element, "sentence": sentence})
    return [{"file": name, "changes": told} for name, told in files.items()]
