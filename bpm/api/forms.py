"""Forms that are still being built: how they will look."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, current_app, make_response
from flask_babel import force_locale, gettext

from bpm import access, definitions, drafts, forms, org
from bpm.api.chapter import Chapter
from bpm.api.schemas.drafts import as_text
from bpm.api.schemas.forms import NewName, PreviewQuestion, RenamingShape
from bpm.errors import N_, NotFoundError, RefusedError
from bpm.forms import Form, mail
from bpm.request import actor, language, only_reads, session

chapter = Chapter("forms", "Forms that are being built")

DRAW = "baton-draw-form"
"""Where the pages leave the function by which they draw a form: the API itself draws none."""

Draw = Callable[[Form, mail.Mail | None, str], str]

_FILE = "forms/preview.json"


class NoPagesError(NotFoundError):
    """This server answers programs only."""

    code = "no-pages"
    sentence = N_("This server draws no pages.")


@chapter.post("/designer/forms/preview")
@only_reads
@chapter.takes(PreviewQuestion)
@chapter.answers(200, {"type": "string"}, content_type="text/html")
def preview(body: dict[str, Any]) -> Response:
    """Draw a form of a draft as the page, or as the mail, that people will get. Nothing is kept."""
    access.require(actor(), *drafts.READERS)
    found = definitions.form_faults(_FILE, body["form"])
    if found:
        raise RefusedError(found)
    draw: Draw | None = current_app.extensions.get(DRAW)
    if draw is None:
        raise NoPagesError
    reader = body["language"] or language()
    with force_locale(reader):
        form = _resolved(body, reader)
        drawn = draw(form, mail.write(form, gettext) if body["as_"] == "mail" else None, reader)
    answer = make_response(drawn)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; sandbox"
    return answer


@chapter.post("/designer/forms/rename-field")
@only_reads
@chapter.takes(NewName)
@chapter.answers(200, RenamingShape)
def rename_field(body: dict[str, Any]) -> dict[str, Any]:
    """Where the files of a draft speak of a form's field, and how they read with another name for it. Nothing is kept."""
    access.require(actor(), *drafts.READERS)
    files = {name: content.encode() for name, content in body["files"].items()}
    renaming = definitions.rename(files, body["form"], body["old"], body["new"])
    told = {"is_given_elsewhere": renaming.is_given_elsewhere, "is_taken": renaming.is_taken}
    return {"places": renaming.places, "files": as_text(renaming.files), **told}


def _resolved(body: Mapping[str, Any], reader: str) -> Form:
    strings: Mapping[str, str] = body["strings"] if reader == "en" else {}
    return forms.made_ready(
        session(),
        "preview",
        body["form"],
        lambda zh: strings.get(zh, zh),
        body["data"],
        language=reader,
        city=body["city"] or next((branch.city for branch in org.cities(session())), None),
        read_only=body["read_only"],
    )
