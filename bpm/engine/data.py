# mypy: disable-error-code="no-untyped-call"
"""The variables of tokens: how branches meet, what a scope holds, and that everything is JSON."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from SpiffWorkflow.bpmn.specs.mixins import CallActivityMixin
from SpiffWorkflow.task import Task

from bpm.engine.expressions import evaluate, is_expression, value
from bpm.engine.faults import NotJsonError
from bpm.engine.templates import fill, names
from bpm.engine.workflow import ACTIVE, twins

Data = dict[str, Any]
MISSING = object()
STRICT = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS


def plain(data: Any) -> Any:
    """A copy of what comes from outside, as JSON. Raises NotJsonError."""
    try:
        return orjson.loads(orjson.dumps(data, option=STRICT))
    except (TypeError, orjson.JSONDecodeError) as error:
        raise NotJsonError(problem=str(error)[:200]) from None


def differs(old: Any, new: Any) -> bool:
    """Tell whether a variable has changed. Python takes 1, 1.0 and True for the same; JSON does not."""
    if old is new:
        return False
    if type(old) is not type(new) or old != new:
        return True
    return isinstance(new, dict | list) and bool(orjson.dumps(old) != orjson.dumps(new))


def three_way(base: Mapping[str, Any], branch: Mapping[str, Any], out: Data) -> Data:
    """Bring into ``out`` what a branch has changed since ``base``; what it did not touch stays as others left it."""
    for key, found in branch.items():
        if not differs(base.get(key, MISSING), found):
            continue
        if isinstance(found, dict) and isinstance(base.get(key), dict):
            inner = out.get(key)
            out[key] = three_way(base[key], found, dict(inner) if isinstance(inner, dict) else {})
        else:
            out[key] = found
    for key in base:
        if key not in branch:
            out.pop(key, None)
    return out


def common_ancestor(tasks: Sequence[Task]) -> Task:
    """Where the paths of these tasks parted. Costs the length of the branches, not of the history."""
    node = tasks[0].parent
    for other in tasks[1:]:
        node = _meet(node, other.parent)
    return node


def _meet(one: Task | None, two: Task | None) -> Task | None:
    seen = set()
    while one is not None or two is not None:
        for here in (one, two):
            if here is not None and here.id in seen:
                return here
            if here is not None:
                seen.add(here.id)
        one = one.parent if one is not None else None
        two = two.parent if two is not None else None
    return None


def merge_branches(tasks: Sequence[Task]) -> Data:
    """The variables where several tokens meet: each brings what it has changed; of two changes the later counts."""
    if len(tasks) == 1:
        return dict(tasks[0].data)
    base = common_ancestor(tasks).data
    out = dict(base)
    for task in sorted(tasks, key=lambda one: one.parent.last_state_change):
        three_way(base, task.data, out)
    return out


def scope_data(scope: Any) -> Data:
    """The variables of a running scope: those it began with, and what each of its open tokens has changed."""
    base = scope.task_tree.data
    out = dict(base)
    for task in scope.tasks.in_state(ACTIVE):
        if not getattr(task.task_spec, "aside", False):
            three_way(base, _so_far(task), out)
    return out


def visible(task: Task) -> Data:
    """What a condition sees: the variables of its scope, and what goes on around the sub-processes it stands in (BPMN 2.0, 10.4.1).

    Of two changes the later counts. A unit of a multi-instance does not see what the others change.
    """
    scope, top = task.workflow, task.workflow.top_workflow
    seen = {**task.data, **scope_data(scope)}
    while (host := top.host_of(scope)) is not None and getattr(host.task_spec, "embeds", False):
        before = scope.task_tree.data
        inside, seen = seen, dict(before)
        for one in sorted(_beside(host), key=_came):
            if one is host:
                three_way(before, inside, seen)
            else:
                three_way(common_ancestor([host, one]).data, _so_far(one), seen)
        scope = host.workflow
    return seen


def _beside(host: Task) -> list[Task]:
    """A sub-process and the other tokens of its scope whose changes it sees."""
    tasks = host.workflow.tasks.in_state(ACTIVE)
    return [one for one in tasks if one is host or not (one is host.parent or twins(one, host) or getattr(one.task_spec, "aside", False))]


def _so_far(task: Task) -> Data:
    """The variables of a token, with what has changed in the sub-process that it stands at."""
    inner = task.workflow.top_workflow.subprocesses.get(task.id)
    return scope_data(inner) if inner and not isinstance(task.task_spec, CallActivityMixin) else task.data


def _came(task: Task) -> int:
    """When a token came to its step; one that stands at a scope came when the last token in it did."""
    inner = task.workflow.top_workflow.subprocesses.get(task.id)
    inside = [_came(one) for one in inner.tasks.in_state(ACTIVE)] if inner else []
    here: int = (task.parent or task).last_state_change
    return max([here, *inside])


class Ambient(Mapping[str, Any]):
    """What an expression may name beside the variables of its token: ``now`` (ISO 8601, local time) and the data objects around it."""

    def __init__(self, scope: Any) -> None:
        self.scope = scope

    def __getitem__(self, name: str) -> Any:
        if name == "now":
            clock = self.scope.top_workflow.clock
            return clock.now.astimezone(clock.zone).isoformat()
        scope = self.scope
        while scope is not None:
            if name in scope.data_objects:
                return scope.data_objects[name]
            scope = scope.parent_workflow
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(("now",))

    def __len__(self) -> int:
        return 1


def work_out(text: str, my_task: Task, data: Mapping[str, Any] | None = None) -> Any:
    """An expression on the variables of a token."""
    return evaluate(text, my_task.data if data is None else data, Ambient(my_task.workflow))


def work_out_value(text: str, my_task: Task) -> Any:
    """The text of one of our attributes on the variables of a token: ``= expression``, else as it stands."""
    return value(text, my_task.data, Ambient(my_task.workflow))


def work_out_input(text: str, my_task: Task) -> Any:
    """An input of a call on the variables of a token: ``= expression``, else a text whose ``{{ name }}`` are filled in."""
    if is_expression(text):
        return work_out_value(text, my_task)
    data, ambient = my_task.data, Ambient(my_task.workflow)
    return fill(text, {name: data[name] if name in data else ambient.get(name) for name in names(text)})
