# ruff: noqa: SLF001 (SpiffWorkflow names its hooks as private)
# mypy: disable-error-code="misc, no-untyped-call"
"""Tasks and the exclusive gateway, and what all of our steps have in common."""

from typing import Any

from SpiffWorkflow.bpmn.specs import mixins as m
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.task import Task

from bpm.engine import decisions, scripts
from bpm.engine.data import Ambient, Data, work_out_input, work_out_value
from bpm.engine.expressions import holds
from bpm.engine.facts import LONGEST_LIMIT, Assignment, Decided, ElementEntered, Limit, NoticeAsked
from bpm.engine.faults import DataError, GatewayError
from bpm.engine.templates import worded
from bpm.engine.workflow import Flow, incident
from bpm.errors import N_


def ext(spec: Any, name: str) -> list[dict[str, str]]:
    """Our extension elements of this name at a step."""
    found: list[dict[str, str]] = (getattr(spec, "extensions", None) or {}).get(name, [])
    return found


def one(spec: Any, name: str) -> dict[str, str]:
    """The first extension element of this name, or nothing."""
    return next(iter(ext(spec, name)), {})


def announce(my_task: Task) -> None:
    """Report once that a token has come to an element with baton:order or baton:notice."""
    spec, top = my_task.task_spec, my_task.workflow.top_workflow
    if my_task.internal_data.get("told") or not (ext(spec, "order") or ext(spec, "notice")):
        return
    for order in ext(spec, "order"):
        state, tier = (work_out_value(order.get(name, ""), my_task) for name in ("state", "tier"))
        top.outbox.append(
            ElementEntered(spec.bpmn_id, name_of(spec), str(state) if state else None, whole(tier) if tier not in ("", None) else None)
        )
    for notice in ext(spec, "notice"):
        to, text = (work_out_value(notice[name], my_task) for name in ("to", "text"))
        if to:
            top.outbox.append(NoticeAsked(spec.bpmn_id, str(to), str(text)))
    my_task.internal_data["told"] = True


def name_of(spec: Any) -> str:
    """The drawn name of a step, else its id."""
    return str(spec.bpmn_name or spec.bpmn_id or spec.name)


def whole(found: Any) -> int:
    """A whole number. Raises DataError."""
    try:
        return int(found)
    except (TypeError, ValueError):
        raise DataError(N_("{found} is not a whole number."), found=str(found)[:60]) from None


class Guard:
    """A step whose arrival fails becomes an incident of its own; without this the error would come out of the step before."""

    waits = False  # True: reported when the token comes; False: when it is passed
    drawn = True  # False: stands for something that was not drawn

    def _update(self, my_task: Task) -> None:
        try:
            super()._update(my_task)
        except Exception as error:  # noqa: BLE001 - any failure of a drawn step is an incident
            incident(my_task, error, "update")

    def _update_hook(self, my_task: Task) -> Any:
        go = super()._update_hook(my_task)
        if self.waits:
            announce(my_task)
        return go

    def _run(self, my_task: Task) -> Any:
        done = super()._run(my_task)
        if done and not self.waits:
            announce(my_task)
        return done


class ExclusiveGateway(Guard, m.ExclusiveGatewayMixin, m.BpmnSpecMixin):
    """The first flow whose condition holds, in the order of the file; else the default."""

    def _run_hook(self, my_task: Task) -> Any:
        if self.default_task_spec is None and not any(condition._matches(my_task) for condition, _ in self.cond_task_specs if condition):
            raise GatewayError(N_("No condition behind “{gateway}” holds, and there is no default flow."), gateway=name_of(self))
        return super()._run_hook(my_task)


class UserTask(Guard, m.UserTaskMixin, m.BpmnSpecMixin):
    """Something for a person. Who, until when and why are worked out when it opens."""

    waits = True

    def _update_hook(self, my_task: Task) -> Any:
        BpmnTaskSpec._update_hook(self, my_task)
        my_task.internal_data["task"] = errand(my_task)
        announce(my_task)
        return True


class ManualTask(UserTask):
    """Something for a person that no system sees; somebody says when it is done."""


def errand(my_task: Task) -> Data:
    """What TaskOpened says about a task beside its place."""
    spec = my_task.task_spec
    back, why = one(spec, "return"), worded(one(spec, "why").get("text", ""), my_task.data)
    return {
        "form": one(spec, "form").get("ref"),
        "assignment": _assignment(my_task),
        "limit": _limit(my_task),
        "words": (why.text, why.places),
        "way_back": {back["variable"]: work_out_value(back["value"], my_task)} if back else None,
    }


def _assignment(my_task: Task) -> Data:
    given = {name: work_out_value(text, my_task) for name, text in one(my_task.task_spec, "assignment").items()}
    known = {
        "role": "role",
        "unit": "unit",
        "city": "city",
        "user": "user",
        "fallbackRole": "fallback_role",
        "fallbackUnit": "fallback_unit",
        "headOf": "head_of",
    }
    out: Data = {field: str(given[name]) for name, field in known.items() if given.get(name) not in ("", None)}
    out |= {field: names for name, field in _MEANT.items() if (names := _names(given.get(name))) or field in ("same_as", "exclude")}
    if str(given.get("starter", "")).lower() == "true":
        out["starter"] = True
    if given.get("levels") not in ("", None):
        out["levels"] = max(1, whole(given["levels"]))
    return out


_MEANT = {"sameAs": "same_as", "exclude": "exclude", "managerOf": "manager_of"}


def _names(found: Any) -> list[str]:
    """Ids or logins: a text with blanks between them, or a list."""
    if isinstance(found, str):
        return found.split()
    return [str(name) for name in found if name] if isinstance(found, list) else []


def assignment_of(given: Data) -> Assignment:
    """The assignment that was worked out when the task opened."""
    fields: Data = {name: tuple(found) if isinstance(found, list) else found for name, found in given.items()}
    return Assignment(**fields)


def _limit(my_task: Task) -> Data | None:
    given = {name: work_out_value(text, my_task) for name, text in one(my_task.task_spec, "limit").items()}
    minutes = given.get("minutes")
    if minutes in ("", None):
        return None
    try:
        span = float(minutes)
    except (TypeError, ValueError):
        raise DataError(N_("The limit “{found}” is not a number of minutes."), found=str(minutes)[:60]) from None
    if not 0 <= span < LONGEST_LIMIT:
        raise DataError(N_("The limit “{found}” is not between 0 minutes and ten years."), found=str(minutes)[:60])
    return {"minutes": span, "calendar": given.get("calendar") or None, "ladder": given.get("ladder") or None}


def limit_of(given: Data | None) -> Limit | None:
    """The limit that was worked out when the task opened."""
    return None if given is None else Limit(**given)


class PlainTask(Guard, m.NoneTaskMixin, m.BpmnSpecMixin):
    """A task without a kind: it is passed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.manual = False


class ScriptTask(Guard, m.BpmnSpecMixin):
    """Lines of ``name = expression``."""

    def __init__(self, spec: Any, name: str, script: str, **options: Any) -> None:
        super().__init__(spec, name, **options)
        self.script = script

    def _run_hook(self, my_task: Task) -> bool:
        data = dict(my_task.data)
        scripts.run(self.script, data, Ambient(my_task.workflow))
        my_task.data = data
        return True


class ServiceTask(Guard, m.ServiceTaskMixin, m.BpmnSpecMixin):
    """Asks for a connector call and waits: FinishCall completes it, FailCall throws or leaves an incident."""

    waits = True

    def _run_hook(self, my_task: Task) -> None:
        call = one(self, "call")
        my_task.internal_data["call"] = {
            "connector": call["connector"],
            "operation": call["operation"],
            "inputs": {given["name"]: work_out_input(given["value"], my_task) for given in ext(self, "input")},
            "tries": whole(call["tries"]) if call.get("tries") else None,
            "on_failure": call.get("onFailure") or None,
        }


def finish_call(my_task: Task, result: Any) -> None:
    """Take a connector's answer and go on."""
    my_task.internal_data.pop("call")
    name = one(my_task.task_spec, "call").get("result")
    if name:
        my_task.data[name] = result
    complete(my_task)


def complete(my_task: Task) -> None:
    """Complete a step that is STARTED; what fails on the way becomes an incident."""
    flow: Flow = my_task.workflow.top_workflow
    try:
        my_task.complete()
    except Exception as error:  # noqa: BLE001 - any failure of a drawn step is an incident
        incident(my_task, error, "run")
    else:
        flow.note_passed(my_task)


class RuleTask(Guard, m.BpmnSpecMixin):
    """Asks a decision table and keeps the why."""

    def _run_hook(self, my_task: Task) -> bool:
        asked, top = one(self, "decision"), my_task.workflow.top_workflow
        answer = decisions.decide(top.script_engine.decisions, asked["id"], my_task.data, Ambient(my_task.workflow))
        if asked.get("result"):
            my_task.data[asked["result"]] = answer.result
        elif isinstance(answer.result, dict):
            my_task.data.update(answer.result)
        elif answer.result is not None:
            decision = top.script_engine.decisions[asked["id"]]
            my_task.data[decision.outputs[0] if len(decision.outputs) == 1 else decision.variable] = answer.result
        top.outbox.append(Decided(self.bpmn_id, asked["id"], answer.rules, answer.result, answer.annotations))
        return True


class Engine:
    """What SpiffWorkflow asks for its conditions; the decisions of the definition stand beside."""

    def __init__(self, known: dict[str, decisions.Decision]) -> None:
        self.decisions = known

    def evaluate(self, task: Task, expression: str, external_context: Any = None) -> bool:
        """Tell whether the condition of a flow holds."""
        return holds(expression, task.data, Ambient(task.workflow))
