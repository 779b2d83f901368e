"""The script of a trial: how the case begins, and what people, connectors and time then do. JSON from outside, read into types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from bpm import clock
from bpm.errors import N_, InvalidError

Json = dict[str, Any]
Deed = Literal["complete", "return", "wait", "answer", "fail", "message", "retry", "skip"]
MAX_STEPS = 500
MAX_TEXT = 4_000  # characters of a name, a message, a moment
_DEEDS: tuple[Deed, ...] = get_args(Deed)
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


class ScriptError(InvalidError):
    """The script is not one that can be played."""

    code = "bad-script"
    sentence = N_("Step {step} of the script is not right: {field}.")


class ScriptTooLongError(InvalidError):
    """Nobody tries out a case by hand for so long."""

    code = "script-too-long"
    sentence = N_("A trial has at most {limit} steps.")


@dataclass(frozen=True, slots=True)
class Start:
    """How the case begins. ``at`` None: now. ``element_id`` None: the plain start event."""

    element_id: str | None = None
    variables: Json = field(default_factory=dict)
    at: datetime | None = None
    city: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One deed. Tasks, calls and incidents are named by element and, where it stands open several times, by index from 0."""

    do: Deed
    element: str = ""
    index: int = 0
    who: str | None = None  # a login
    values: Json | None = None  # answers, variables, or a connector's result; None: the ordinary ones
    code: str | None = None
    text: str = ""
    correlation: Any = None
    until: datetime | None = None
    duration: str | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """A start and what follows."""

    start: Start
    steps: tuple[Step, ...] = ()


def read_script(raw: Any) -> Script:
    """Read a script. Raises ScriptError with the number of the step (0: the start) and its field, ScriptTooLongError."""
    if not isinstance(raw, Mapping):
        raise ScriptError(step=0, field="script")
    start, steps = ({} if raw.get("start") is None else raw["start"]), ([] if raw.get("steps") is None else raw["steps"])
    if not isinstance(steps, list):
        raise ScriptError(step=0, field="steps")
    if len(steps) > MAX_STEPS:
        raise ScriptTooLongError(limit=MAX_STEPS)
    return Script(_start(start), tuple(_step(number, step) for number, step in enumerate(steps, 1)))


def _start(raw: Any) -> Start:
    if not isinstance(raw, Mapping):
        raise ScriptError(step=0, field="start")
    read = _Fields(0, raw)
    return Start(read.text("element_id"), read.mapping("variables") or {}, read.moment("at"), read.text("city"))


def _step(number: int, raw: Any) -> Step:
    if not isinstance(raw, Mapping):
        raise ScriptError(step=number, field="do")
    read = _Fields(number, raw)
    do = next((deed for deed in _DEEDS if deed == raw.get("do")), None)
    if do is None:
        raise ScriptError(step=number, field="do")
    values = {"complete": "answers", "answer": "result", "message": "variables", "skip": "result"}.get(do)
    named = read.text("name" if do == "message" else "element")
    if do != "wait" and not named:
        raise ScriptError(step=number, field="name" if do == "message" else "element")
    if do == "wait" and sum(raw.get(key) is not None for key in ("until", "duration", "to")) != 1:
        raise ScriptError(step=number, field="until, duration, to")
    if raw.get("to") not in (None, "next"):
        raise ScriptError(step=number, field="to")
    return Step(
        do=do,
        element=named or "",
        index=read.whole("index"),
        who=read.text("as"),
        values=read.mapping(values) if values else None,
        code=read.text("code" if do == "fail" else "reason"),
        text=read.text("message" if do == "fail" else "note") or "",
        correlation=read.text("correlation"),
        until=read.moment("until"),
        duration=read.text("duration"),
    )


class _Fields:
    """Reads the fields of one step; whatever is of another kind is an error that names it."""

    def __init__(self, step: int, raw: Mapping[str, Any]) -> None:
        self.step, self.raw = step, raw

    def wrong(self, name: str) -> ScriptError:
        return ScriptError(step=self.step, field=name)

    def text(self, name: str) -> str | None:
        value = self.raw.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > MAX_TEXT:
            raise self.wrong(name)
        return value

    def whole(self, name: str) -> int:
        value = self.raw.get(name)
        if value is None:
            return 0
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10_000:
            raise self.wrong(name)
        return value

    def mapping(self, name: str) -> Json | None:
        value = self.raw.get(name)
        if value is not None and not isinstance(value, dict):
            raise self.wrong(name)
        return value

    def moment(self, name: str) -> datetime | None:
        text = self.text(name)
        if text is None:
            return None
        try:
            read = datetime.fromisoformat(text)
        except ValueError:
            raise self.wrong(name) from None
        if not _FIRST_YEAR <= read.year < _LAST_YEAR:
            raise self.wrong(name)
        return read if read.tzinfo else read.replace(tzinfo=clock.zone())
