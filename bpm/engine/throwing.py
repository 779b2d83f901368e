# ruff: noqa: SLF001 (SpiffWorkflow names its hooks as private)
# mypy: disable-error-code="misc, no-untyped-call"
"""Events that throw: on the way, at the end, and as a task."""

from SpiffWorkflow.bpmn.specs import mixins as m
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.task import Task

from bpm.engine.compensation import Compensating
from bpm.engine.data import scope_data, three_way, work_out_value
from bpm.engine.elements import Guard
from bpm.engine.events import attached, deliver, fire, throw_code
from bpm.engine.facts import MessageSent, SignalThrown
from bpm.engine.faults import UncaughtError
from bpm.engine.triggers import Trigger, called, correlation
from bpm.engine.workflow import Flow
from bpm.errors import N_


def throw(my_task: Task) -> None:
    """Throw what the event throws. Raises UncaughtError for an error that nobody catches."""
    trigger: Trigger = my_task.task_spec.event_definition
    top: Flow = my_task.workflow.top_workflow
    known, name = my_task.task_spec.bpmn_id, called(trigger.name, my_task.data)
    payload = {field: work_out_value(text, my_task) for field, text in trigger.payload}
    if trigger.kind == "message":
        top.outbox.append(MessageSent(known, name, correlation(trigger, my_task), payload))
    elif trigger.kind == "signal":
        top.outbox.append(SignalThrown(known, name, payload))
        deliver(top, "signal", name, None, payload)
    elif trigger.kind in ("error", "escalation"):
        code = trigger.code or ""
        if not throw_code(my_task.workflow, trigger.kind, code, trigger.name, payload) and trigger.kind == "error":
            raise UncaughtError(N_("Nothing in the drawing catches the error {error}."), error=code)
    elif trigger.kind == "cancel":
        host = top.host_of(my_task.workflow)
        catcher = attached(host, "cancel", None)
        if catcher is not None:
            fire(catcher)


class Throws:
    """What happens when such an event runs."""

    def _run_hook(self, my_task: Task) -> bool:
        throw(my_task)
        return True


class ThrowEvent(Guard, Compensating, Throws, m.IntermediateThrowEventMixin, m.BpmnSpecMixin):
    """Throws on the way."""


class SendTask(Guard, Throws, m.SendTaskMixin, m.BpmnSpecMixin):
    """Sends a message as an activity."""


class EndEvent(Guard, Compensating, Throws, m.EndEventMixin, m.BpmnSpecMixin):
    """Ends a path; a terminate end ends its scope with what all tokens have got."""

    def _on_complete_hook(self, my_task: Task) -> None:
        BpmnTaskSpec._on_complete_hook(self, my_task)
        if self.event_definition.kind != "terminate":
            return
        scope = my_task.workflow
        my_task.data = three_way(scope.task_tree.data, my_task.data, scope_data(scope))
        scope.stop(my_task)
        scope._mark_complete(my_task)
