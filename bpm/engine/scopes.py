# ruff: noqa: SLF001 (SpiffWorkflow names its hooks as private)
# mypy: disable-error-code="misc, no-untyped-call"
"""Activities that open a scope: sub-processes, transactions, called processes."""

from contextlib import suppress
from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs import mixins as m
from SpiffWorkflow.task import Task

from bpm.engine.compensation import undoable
from bpm.engine.data import Ambient, Data, scope_data, three_way, work_out_value
from bpm.engine.elements import Guard, announce, ext
from bpm.engine.expressions import value
from bpm.engine.workflow import ACTIVE, FINISHED, OPEN, incident
from bpm.errors import BatonError


class Scoped(Guard):
    """What opens a scope; the scope is forgotten when it ends, unless something in it can still be undone."""

    waits = True
    calls = False  # a called process has variables of its own
    embeds = False

    def _update_hook(self, my_task: Task) -> Any:
        if my_task.workflow.top_workflow.subprocesses.get(my_task.id) is None:
            announce_first(my_task)
        try:
            return super(Guard, self)._update_hook(my_task)
        except Exception:
            my_task.workflow.top_workflow.drop_scope(my_task.id)  # so that Retry opens it anew
            raise

    def _on_subworkflow_completed(self, subworkflow: Any, my_task: Task) -> None:
        if my_task._state & FINISHED or not subworkflow.success:
            return  # an interrupting event was quicker
        try:
            super()._on_subworkflow_completed(subworkflow, my_task)
        except Exception as error:  # noqa: BLE001 - what comes out cannot be worked out: an incident of the activity
            incident(my_task, error, "leave")

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        top = my_task.workflow.top_workflow
        inner = top.subprocesses.get(my_task.id)
        if inner is not None and not (self.embeds and undoable(inner)):
            top.drop_scope(my_task.id)

    def _on_cancel(self, my_task: Task) -> None:
        super()._on_cancel(my_task)
        my_task.workflow.top_workflow.drop_scope(my_task.id)


def announce_first(my_task: Task) -> None:
    """Report that a token comes to a scope before anything in it happens."""
    if ext(my_task.task_spec, "order") or ext(my_task.task_spec, "notice"):
        my_task._inherit_data()
        announce(my_task)


class SubProcess(Scoped, m.SubWorkflowTaskMixin, m.BpmnSpecMixin):
    """A process drawn inside another; it shares the variables."""

    embeds = True

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        listener = my_task.parent
        if getattr(listener.task_spec, "listens", False):
            share(my_task.workflow, listener.data, my_task)


def catch_up(task: Task) -> None:
    """Before a step of an event sub-process goes on: what has changed around it since it last looked is known to it as well."""
    top = task.workflow.top_workflow
    host = top.host_of(task.workflow)
    while host is not None:
        listener = host.parent
        if getattr(listener.task_spec, "listens", False):
            around = {**listener.data, **surroundings(host)}
            for inner in task.workflow.tasks.in_state(OPEN):
                inner.data = three_way(listener.data, around, dict(inner.data))
            listener.data = around
        host = top.host_of(host.workflow)


def surroundings(host: Task) -> Data:
    """The variables of the scope of an event sub-process, without what goes on in itself."""
    base = host.workflow.task_tree.data
    out = dict(base)
    for task in host.workflow.tasks.in_state(ACTIVE):
        if task is not host and not getattr(task.task_spec, "aside", False):
            inner = task.workflow.top_workflow.subprocesses.get(task.id)
            three_way(base, scope_data(inner) if inner and getattr(task.task_spec, "embeds", False) else task.data, out)
    return out


def share(scope: Any, before: Data, ended: Task) -> None:
    """What an event sub-process has changed is changed for its whole scope: it works on the variables around it (BPMN 2.0, 10.5.7)."""
    for task in scope.tasks.in_state(OPEN):
        if task is ended or task.parent is ended:
            continue
        task.data = three_way(before, ended.data, dict(task.data))
        inner = scope.top_workflow.subprocesses.get(task.id)
        if inner is not None and not inner.completed and getattr(task.task_spec, "embeds", False):
            share(inner, before, ended)


class Transaction(Scoped, m.TransactionSubprocessMixin, m.BpmnSpecMixin):
    """A sub-process that is undone when it is cancelled."""

    embeds = True


class CallActivity(Scoped, m.CallActivityMixin, m.BpmnSpecMixin):
    """Calls a process; baton:in and baton:out say which variables go in and come out, without any all do."""

    calls = True

    def copy_data(self, my_task: Task, subworkflow: Any) -> None:
        """The variables that the called process begins with."""
        given = ext(self, "in")
        start = {one["target"]: work_out_value(one["value"], my_task) for one in given} if given else my_task.data
        subworkflow.task_tree.data = deepcopy(start)

    def outputs_of(self, my_task: Task, data: Data) -> Data:
        """What baton:out names, from the variables of the called process."""
        return {one["target"]: value(one["value"], data, Ambient(my_task.workflow)) for one in ext(self, "out")}

    def outputs_so_far(self, my_task: Task, data: Data) -> Data:
        """What of baton:out there is already, while the called process is half done."""
        known: Data = {}
        for one in ext(self, "out"):
            with suppress(BatonError):
                known[one["target"]] = value(one["value"], data, Ambient(my_task.workflow))
        return {name: found for name, found in known.items() if found is not None}

    def update_data(self, my_task: Task, subworkflow: Any) -> None:
        """What comes out when the called process has ended."""
        ended = subworkflow.last_task.data
        my_task.data = {**my_task.data, **(self.outputs_of(my_task, ended) if ext(self, "out") else deepcopy(ended))}
