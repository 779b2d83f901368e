"""The steps that failed, in whatever process, for those who may mend them."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, url_for
from flask import request as http
from werkzeug.wrappers import Response

from bpm import definitions, incidents, mending
from bpm.errors import ConflictError, InvalidError
from bpm.incidents import Case
from bpm.models.incident import Incident
from bpm.request import actor, language, now, session
from bpm.web import frame, results, stories
from bpm.web.speech import gettext, ngettext

blueprint = Blueprint("incidents", __name__, url_prefix="/incidents")

MOST = 50
"""Failed steps on one page of the list."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list. ``flow`` and ``step`` are what the process and its step are called."""

    fault: Incident
    case: Case
    flow: str
    step: str


@blueprint.get("")
def listing() -> Response:
    """The open incidents, the newest first."""
    return _draw()


def _draw(status: int = 200, alert: str | None = None) -> Response:
    found = incidents.page(session(), actor(), cursor=http.args.get("cursor"), limit=MOST)
    cases = incidents.cases(session(), found.items, actor())
    rows = [_row(fault, cases[fault.instance_id]) for fault in found.items]
    more = f"{url_for('incidents.listing')}?{urlencode({'cursor': found.next_cursor})}" if found.next_cursor else None
    again = [row.fault.id for row in rows if "retry" in incidents.ways_out(row.fault)]
    return frame.show("incidents/listing.html", status, rows=rows, again=again, more=more, alert=alert)


def _row(fault: Incident, case: Case) -> Row:
    version = definitions.get(session(), case.instance.definition_id)
    return Row(fault, case, definitions.text(session(), version.id, version.name, language()), stories.fault_name(fault, version.id))


@blueprint.post("/retry")
def retry_all() -> Response:
    """Try the failed steps of the list again, as after an outage; those that somebody has dealt with meanwhile are left out."""
    chosen = http.form.getlist("incident", type=UUID)[:MOST]
    tried = mending.retry_all(session(), chosen, actor(), now())
    return frame.done(ngettext("Trying %(num)d step again.", "Trying %(num)d steps again.", tried), url_for("incidents.listing"))


@blueprint.post("/<uuid:incident_id>/retry")
def retry(incident_id: UUID) -> Response:
    """Try a failed step again."""
    return _change(*to_retry(incident_id))


@blueprint.post("/<uuid:incident_id>/resolve")
def resolve(incident_id: UUID) -> Response:
    """Pass over a failed step, or give its result by hand."""
    return _change(*to_resolve(incident_id))


def to_retry(incident_id: UUID) -> tuple[Callable[..., object], str]:
    """What tries a failed step again, and what is said when it is done."""
    return lambda *_: mending.retry_incident(session(), incident_id, actor(), now()), gettext("Trying again.")


def to_resolve(incident_id: UUID) -> tuple[Callable[..., object], str]:
    """What passes over a failed step, or gives the result that was typed, and what is said when it is done."""
    action = "result" if http.form.get("action") == "result" else "skip"

    def carry_out(*_: object) -> None:
        result = results.given(incidents.get(session(), incident_id, actor())) if action == "result" else None
        mending.resolve_incident(session(), incident_id, action, result, actor(), now())

    return carry_out, gettext("The case went on with this result.") if action == "result" else gettext("The step is passed over.")


def _change(command: Callable[[], object], said: str) -> Response:
    try:
        command()
    except (ConflictError, InvalidError) as error:
        return _draw(frame.refused(error), frame.tell(error))
    return frame.done(said, frame.back(url_for("incidents.listing")))
