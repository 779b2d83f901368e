"""A connector's operation tried out from the designer: on a simulator of this program, never on a real system."""

from typing import Any

from flask import current_app

from bpm import access, caller
from bpm.api.chapter import Chapter
from bpm.api.schemas.trial_calls import AnswerShape, TrialCall
from bpm.errors import N_, ConflictError
from bpm.request import actor, close, language, only_reads

chapter = Chapter("trial_calls", "Connectors tried out on their simulators")


class NoSimulatorError(ConflictError):
    """The connector speaks to a real system, or to none."""

    code = "no-simulator"
    sentence = N_("“{connector}” is not connected to a simulator here. Trying it out would act on the real system, so nothing was sent.")


@chapter.post("/designer/connectors/try")
@only_reads
@chapter.takes(TrialCall)
@chapter.answers(200, AnswerShape)
def attempt(body: dict[str, Any]) -> dict[str, Any]:
    """Carry out a call on the simulator of its connector."""
    access.require(actor(), "ANALYST")
    if body["connector"] not in current_app.extensions["settings"].simulated:
        raise NoSimulatorError(connector=body["connector"])
    reader = language()
    close()  # nobody waits for the outside with a transaction open
    answer = caller.ask(current_app.extensions["connectors"], body["connector"], body["operation"], body["inputs"])
    error = answer.error
    told = {"error": None, "code": None} if error is None else {"error": caller.told(error, reader), "code": error.code}
    return {"result": answer.result, **told}
