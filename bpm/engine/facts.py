"""What a step has changed: one frozen class a fact. ``recording.record`` hands each to its chapter.

``process_id`` is the id of the BPMN process that draws the element (a called process has its own);
``scope_id`` is the token of the activity that opened the enclosing called process or sub-process (None at the top).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bpm.engine.templates import Words

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """One open step of one instance."""

    token_id: str
    element_id: str
    name: str
    process_id: str
    scope_id: str | None = None
    scopes: tuple[str, ...] = ()  # the tokens of all enclosing activities, the innermost (scope_id) first


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who may do a task, expressions already worked out. Empty everywhere: the instance's administrators."""

    role: str | None = None
    unit: str | None = None  # a unit's code, or a function such as NETWORK that ``city`` makes definite
    city: str | None = None
    user: str | None = None  # a login
    same_as: tuple[str, ...] = ()  # element ids: whoever did the first of these that was done in this scope
    starter: bool = False  # whoever started the process
    head_of: str | None = None  # a unit's code or function: whoever leads it
    manager_of: tuple[str, ...] = ()  # element ids, logins, or "starter": whoever leads that person ...
    levels: int = 1  # ... so many levels up
    exclude: tuple[str, ...] = ()  # element ids, logins, or "starter": must be another person (four-eyes)
    fallback_role: str | None = None
    fallback_unit: str | None = None


LONGEST_LIMIT = 10 * 366 * 24 * 60.0
"""Minutes: no limit that somebody means is longer than ten years."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a task may take, in working minutes of a calendar, and the decision table that names its rungs."""

    minutes: float
    calendar: str | None = None
    ladder: str | None = None


def is_way_back(way_back: Mapping[str, Any] | None, answers: Mapping[str, Any]) -> bool:
    """Tell whether the answers to a task take the drawn way back (baton:return)."""
    return way_back is not None and way_back.items() <= answers.items()


@dataclass(frozen=True, slots=True)
class TaskOpened:
    """A person has something to do."""

    place: Place
    lane: str | None
    form: str | None
    assignment: Assignment
    limit: Limit | None
    why: Words
    index: int | None = None  # which unit of a multi-instance, from 0
    way_back: Data | None = None  # the answers that are the drawn way back (baton:return)


@dataclass(frozen=True, slots=True)
class TaskClosed:
    """A task is no longer open."""

    token_id: str
    element_id: str
    how: Literal["completed", "cancelled"]


@dataclass(frozen=True, slots=True)
class TimerSet:
    """Wake the process with FireTimer at ``due``. ``calendar`` is set when the time is working time."""

    place: Place
    due: datetime
    calendar: str | None = None


@dataclass(frozen=True, slots=True)
class TimerCleared:
    """The timer no longer counts."""

    token_id: str
    element_id: str


@dataclass(frozen=True, slots=True)
class CallRequested:
    """Carry out a connector's operation, then FinishCall or FailCall."""

    place: Place
    connector: str
    operation: str
    inputs: Data
    tries: int | None = None  # None: as the manifest says
    on_failure: str | None = None  # None: an incident; else the error code that is thrown when the tries are used up


@dataclass(frozen=True, slots=True)
class CallDropped:
    """The process no longer waits for this call."""

    token_id: str
    element_id: str


@dataclass(frozen=True, slots=True)
class MessageAwaited:
    """The instance waits for a message."""

    place: Place
    name: str
    correlation: Any = None


@dataclass(frozen=True, slots=True)
class MessageForgotten:
    """The instance no longer waits for it."""

    token_id: str
    element_id: str


@dataclass(frozen=True, slots=True)
class SignalAwaited:
    """The instance waits for a signal."""

    place: Place
    name: str


@dataclass(frozen=True, slots=True)
class SignalForgotten:
    """The instance no longer waits for it."""

    token_id: str
    element_id: str


@dataclass(frozen=True, slots=True)
class MessageSent:
    """The instance threw a message for other instances."""

    element_id: str
    name: str
    correlation: Any = None
    payload: Data = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignalThrown:
    """The instance threw a signal; its own catchers have had it already."""

    element_id: str
    name: str
    payload: Data = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision table was asked. ``rules`` are the ids of the rules that matched: the why."""

    element_id: str
    decision: str
    rules: tuple[str, ...]
    result: Any
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ElementEntered:
    """A token has come to an element that carries baton:order."""

    element_id: str
    name: str
    order_state: str | None = None
    tier: int | None = None


@dataclass(frozen=True, slots=True)
class NoticeAsked:
    """A token has passed an element that carries baton:notice: tell somebody."""

    element_id: str
    to: str  # "customer", a login, or role@unit
    text: str  # key of a text in process.json


@dataclass(frozen=True, slots=True)
class Passed:
    """Elements that were left behind in this step, in order."""

    element_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepFailed:
    """An element could not be carried out: an incident. Retry or Skip names its token.

    ``kind``: a step on the way; a gateway, which nothing can stand for; an attached event, which is not on the way.
    """

    place: Place
    code: str
    message: str  # in English: text filled with facts
    text: str = ""  # the sentence's template, to be translated
    facts: Data = field(default_factory=dict)
    kind: Literal["step", "gateway", "attached"] = "step"


@dataclass(frozen=True, slots=True)
class StepMended:
    """The incident is over."""

    token_id: str
    element_id: str


@dataclass(frozen=True, slots=True)
class Stuck:
    """Nothing is awaited and the instance has not ended: a deadlock in the drawing."""

    element_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InstanceEnded:
    """The last token is gone."""

    how: Literal["completed", "cancelled"]
    variables: Data


Fact = (
    TaskOpened
    | TaskClosed
    | TimerSet
    | TimerCleared
    | CallRequested
    | CallDropped
    | MessageAwaited
    | MessageForgotten
    | SignalAwaited
    | SignalForgotten
    | MessageSent
    | SignalThrown
    | Decided
    | ElementEntered
    | NoticeAsked
    | Passed
    | StepFailed
    | StepMended
    | Stuck
    | InstanceEnded
)
