"""What an event waits for or throws. Armed once, fired by command: no event looks at a clock by itself."""

from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.task import Task

from bpm.engine import timers
from bpm.engine.data import Data, work_out, work_out_value
from bpm.engine.expressions import evaluate
from bpm.engine.faults import DataError
from bpm.engine.reading import NOTHING
from bpm.errors import N_


@dataclass(frozen=True, slots=True)
class Trigger:
    """One event definition. ``kind`` is none, message, timer, signal, conditional, error, escalation, cancel, terminate or compensate."""

    kind: str = "none"
    name: str = ""  # of a message or signal; may hold ${variable}
    correlation: str | None = None
    payload: tuple[tuple[str, str], ...] = ()
    code: str | None = None  # of an error or escalation; None catches any
    variable: str | None = None  # gets {code, message} of what was caught
    plain: bool = False  # the variable gets the code alone
    form: str = ""  # of a timer: timeDate, timeDuration, timeCycle
    text: str = ""  # of a timer; or the condition
    calendar: str | None = None
    activity: str | None = None  # what a thrown compensation undoes; None: all of its scope


NONE = Trigger()


def called(name: str, data: Data) -> str:
    """The name of a message or signal, with ``${variable}`` filled in."""
    return str(evaluate(f"`{name}`", data, NOTHING)) if "${" in name else name


def correlation(trigger: Trigger, my_task: Task) -> Any:
    """The key of a message, worked out on the variables of the token. Raises DataError: with an empty one it would be anybody's."""
    if not trigger.correlation:
        return None
    key = work_out_value(trigger.correlation, my_task)
    if key is None or key == "":
        text = N_("The message “{message}” has no key: “{expression}” is empty. Give it a value, then try again.")
        raise DataError(text, message=trigger.name, expression=trigger.correlation)
    return key


def arm(trigger: Trigger, my_task: Task) -> Data:
    """What is kept in the state while an event waits; JSON. Raises ExpressionError, TimerError, DataError."""
    if trigger.kind == "timer":
        return _timer(trigger, my_task)
    if trigger.kind == "message":
        return {"name": called(trigger.name, my_task.data), "correlation": correlation(trigger, my_task)}
    if trigger.kind == "signal":
        return {"name": called(trigger.name, my_task.data)}
    return {}


def _timer(trigger: Trigger, my_task: Task) -> Data:
    text = trigger.text.strip().strip("\"'")
    if not timers.LITERAL.match(text):
        text = str(work_out(trigger.text, my_task))
    calendar = work_out_value(trigger.calendar, my_task) if trigger.calendar else None
    armed = timers.arm(trigger.form, text, my_task.workflow.top_workflow.clock, calendar)
    return {**armed, "calendar": calendar} if calendar else armed
