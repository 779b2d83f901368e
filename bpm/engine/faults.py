"""What the engine raises. Each error carries its sentence as a template and the facts that fill it."""

from typing import Any

from bpm.errors import N_, BatonError, ConflictError, InvalidError


class NotOpenError(ConflictError):
    """The step that a command names is not open (any more)."""

    code = "not-open"
    sentence = N_("This step is not open any more.")


class NotAwaitedError(NotOpenError):
    """Nobody in this instance waits for the message."""

    code = "not-awaited"
    sentence = N_("Nobody here waits for the message “{name}”.")


class UnknownStepError(ConflictError):
    """There is no way to the step that was named."""

    code = "unknown-step"
    sentence = N_("There is no step “{element}” that can be reached from here; it must be in the same process.")


class OnlyListensError(ConflictError):
    """Attached events and those that begin an event sub-process have no token of the case that could be put elsewhere."""

    code = "only-listens"
    sentence = N_("“{element}” only listens beside the steps: it cannot be moved. Move the step at which the case stands.")


class FirstStepError(ConflictError):
    """There is no step before this one to go back to."""

    code = "first-step"
    sentence = N_("Nobody has done a step before this one: there is nowhere to return it to.")


class CannotSkipError(ConflictError):
    """A gateway has to choose; nothing can stand for that."""

    code = "cannot-skip"
    sentence = N_("A gateway cannot be skipped: mend the variables and try again, or move the token to the step that comes next.")


class UnknownStartError(InvalidError):
    """The process has no such start."""

    code = "unknown-start"
    sentence = N_("The process has no start “{element}”.")


class NotJsonError(InvalidError):
    """Variables must be JSON: text, numbers, yes/no, null, lists and objects."""

    code = "not-json"
    sentence = N_("Variables must be plain JSON. What their reader says: “{problem}”")


class StepError(BatonError):
    """A drawn step cannot be carried out; its sentence is given where it is raised."""

    code = "step-failed"

    def __init__(self, text: str, /, **facts: Any) -> None:
        self.sentence: str = text  # type: ignore[misc]  # each fault has a sentence of its own
        super().__init__(**facts)


class ExpressionError(StepError):
    """An expression cannot be read or worked out."""

    code = "expression"


class TimerError(StepError):
    """A time cannot be read or worked out."""

    code = "timer"


class DecisionError(StepError):
    """A decision table cannot be read or has no single answer."""

    code = "decision"


class GatewayError(StepError):
    """No way leads out of a gateway."""

    code = "gateway"


class LoopError(StepError):
    """A loop, a multi-instance or a chain of calls is larger than any real one."""

    code = "endless"


class DataError(StepError):
    """A step needs a variable that is not there or is of another kind."""

    code = "data"


class UncaughtError(StepError):
    """A BPMN error that nothing in the drawing catches."""

    code = "uncaught"
