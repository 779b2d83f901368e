"""What can be done to a running process: one frozen class a command.

Every command on a task, a call, a timer or an incident names the ``token_id`` that the fact reported
(one open step of one instance), never the element: the same element may be open for several units.
"""

from dataclasses import dataclass, field
from typing import Any

Data = dict[str, Any]
"""JSON: the variables of a process."""


@dataclass(frozen=True, slots=True)
class Start:
    """Begin at ``element_id`` (None: the plain start event) with these variables."""

    variables: Data = field(default_factory=dict)
    element_id: str | None = None


@dataclass(frozen=True, slots=True)
class CompleteTask:
    """A person has answered: the answers join the variables and the token goes on."""

    token_id: str
    answers: Data = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FireTimer:
    """A timer that was reported by TimerSet is due."""

    token_id: str
    element_id: str


@dataclass(frozen=True, slots=True)
class FinishCall:
    """A connector has answered."""

    token_id: str
    result: Any = None


@dataclass(frozen=True, slots=True)
class FailCall:
    """A connector has given up: ``code`` is thrown as a BPMN error where one is drawn to catch it, else an incident stands."""

    token_id: str
    message: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message for whoever in this instance awaits its name and correlation (or for this token only)."""

    name: str
    correlation: Any = None
    payload: Data = field(default_factory=dict)
    token_id: str | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal for everybody who awaits its name."""

    name: str
    payload: Data = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Escalate:
    """An escalation thrown from outside at an open step (None: at the whole instance). Nobody catching it is no fault."""

    code: str
    token_id: str | None = None
    payload: Data = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetData:
    """Overwrite variables in every open token of the instance."""

    variables: Data


@dataclass(frozen=True, slots=True)
class Move:
    """The token leaves this step and stands at another step of the same scope."""

    token_id: str
    element_id: str
    variables: Data = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SendBack:
    """Return to an earlier step (None: the user task before this one); every token that came out of its last run is taken back."""

    token_id: str
    element_id: str | None = None
    variables: Data = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retry:
    """Try the failed step again."""

    token_id: str


@dataclass(frozen=True, slots=True)
class Skip:
    """Take the failed step as done; ``result`` joins the variables."""

    token_id: str
    result: Data = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cancel:
    """End the instance now."""


Command = (
    Start
    | CompleteTask
    | FireTimer
    | FinishCall
    | FailCall
    | Deliver
    | Signal
    | Escalate
    | SetData
    | Move
    | SendBack
    | Retry
    | Skip
    | Cancel
)
