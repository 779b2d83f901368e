"""Wherever something fails, an incident stands at that step, and Retry or Skip goes on from there."""

import pytest

from bpm.engine import commands as c
from bpm.engine.facts import InstanceEnded, StepFailed, StepMended, TaskOpened
from bpm.engine.faults import CannotSkipError
from bpm.engine.process import NotOpenError

from .drawing import (
    after,
    baton,
    bound,
    catch,
    document,
    end,
    enough,
    ext,
    gateway,
    model,
    node,
    process,
    script,
    several,
    start,
    times,
    user,
)
from .story import Story


def failed(case: Story) -> list[str]:
    return [fact.place.element_id for fact in case.every(StepFailed)]


def calling(mapping: str) -> Story:
    outer = process(start() + node("callActivity", "ca", ext(mapping), calledElement="q") + user("v") + end(), "s > ca > v > e")
    return Story(document(outer, process(start("qs") + user("qu") + end("qe"), "qs > qu > qe", "q")))


def test_a_call_activity_whose_inputs_fail_opens_when_they_are_mended():
    case = calling(baton("in", target="n", value="= amount * 2")).start()
    assert failed(case) == ["ca"]
    case.do(c.SetData({"amount": 4}))
    case.do(c.Retry(case.token("ca", StepFailed)))
    assert case.has(StepMended)
    assert case.data_of("qu") == {"n": 8}


def test_a_call_activity_whose_outputs_fail_leaves_when_they_are_mended():
    case = calling(baton("out", target="r", value="= amount * 2")).start()
    case.done("qu")
    assert failed(case) == ["ca"]
    token = case.token("ca", StepFailed)
    case.do(c.Retry(token))
    assert failed(case) == ["ca"]
    case.do(c.Skip(token, {"r": 1}))
    assert case.users == ["v"]
    assert case.data["r"] == 1
    assert not case.process.flow.subprocesses


def test_a_task_whose_assignment_fails_is_an_incident_of_that_task_not_of_the_one_before():
    asked = ext(baton("assignment", user="= manager + 1"), baton("limit", minutes="= hours"))
    case = Story(model(start() + user("u") + user("x", inner=asked) + end(), "s > u > x > e")).start(manager="li", hours="many")
    case.done("u")
    assert failed(case) == ["x"]
    assert "manager" in case.has(StepFailed)[0].message
    assert case.has(StepFailed)[0].text.format(**case.has(StepFailed)[0].facts) == case.has(StepFailed)[0].message
    case.do(c.SetData({"manager": 6}))
    case.do(c.Retry(case.token("x", StepFailed)))
    assert "minutes" in case.has(StepFailed)[0].message
    for never in (-5, 1e20):
        case.do(c.SetData({"hours": never}))
        case.do(c.Retry(case.token("x", StepFailed)))
        assert "ten years" in case.has(StepFailed)[0].message
    case.do(c.SetData({"hours": 2}))
    case.do(c.Retry(case.token("x", StepFailed)))
    opened = case.has(TaskOpened)[0]
    assert (opened.assignment.user, opened.limit.minutes) == ("7", 2)


def test_a_mended_variable_counts_even_where_the_step_before_still_has_the_old_one():
    case = Story(model(start() + catch("t", after("limit")) + user("u") + end(), "s > t > u > e")).start(limit="soon", tags=[1, 2, 3])
    case.do(c.SetData({"limit": "PT1H", "tags": [9]}))
    case.do(c.Retry(case.token("t", StepFailed)))
    case.tick("t")
    assert case.data == {"limit": "PT1H", "tags": [9]}


def test_a_gateway_cannot_be_skipped():
    case = Story(
        model(start() + gateway("exclusive", "g") + user("a", "b") + end(), "s > g; g > a [n == 1]; g > b [n == 2]; a > e; b > e")
    ).start(n=5)
    with pytest.raises(CannotSkipError):
        case.do(c.Skip(case.token("g", StepFailed)))
    case.do(c.Move(case.token("g", StepFailed), "b"))
    assert case.users == ["b"]


def test_an_attached_event_that_is_skipped_will_not_happen():
    case = Story(model(start() + user("u", "x") + bound("b", "u", after("soon")) + end(), "s > u > e; b > x > e")).start(soon=1)
    case.do(c.Skip(case.token("b", StepFailed)))
    assert case.process.active == ["u"]
    case.done("u")
    assert case.ended


def test_a_list_that_is_none_fails_in_words_and_can_be_mended():
    case = Story(model(start() + user("u", inner=several()) + end(), "s > u > e")).start(units="all")
    assert "is not a list" in case.has(StepFailed)[0].message
    case.do(c.SetData({"units": ["a"]}))
    case.do(c.Retry(case.token("u", StepFailed)))
    assert case.users == ["u"]


def test_units_whose_condition_fails_count_once():
    case = Story(model(start() + user("u", inner=several(enough("nrOfCompletedInstances >= wanted"))) + user("v") + end(), "s > u > v > e"))
    case.start(units=[1, 2, 3])
    first = case.has(TaskOpened)[0].place.token_id
    case.do(c.CompleteTask(first, {"answer": "a"}))
    assert failed(case) == ["u"]
    case.do(c.SetData({"wanted": 2}))
    case.do(c.Retry(case.token("u", StepFailed)))
    assert case.users == ["u", "u"]
    case.done("u", answer="b")
    assert case.users == ["v"]
    assert sorted(case.data["answers"]) == ["a", "b"]


def test_too_many_units_are_no_units():
    case = Story(model(start() + user("u", inner=times(1001)) + end(), "s > u > e")).start()
    assert failed(case) == ["u"]
    assert not case.users


def test_the_item_of_a_unit_may_have_the_name_of_a_variable():
    case = Story(model(start() + user("u", inner=several()) + user("v") + end(), "s > u > v > e")).start(
        units=[{"a": 1}, {"a": 2}], unit={"old": True}
    )
    tokens = [fact.place.token_id for fact in case.every()]
    assert [case.process.data_of(token)["unit"] for token in tokens] == [{"a": 1}, {"a": 2}]
    for token in tokens:
        case.do(c.CompleteTask(token, {"answer": 1}))
    assert case.data["unit"] == {"old": True}


def test_an_ended_instance_takes_no_command():
    case = Story(model(start() + script("x", "a = 1") + end(), "s > x > e")).start()
    assert case.has(InstanceEnded)
    for command in (c.Cancel(), c.SetData({"a": 2}), c.Signal("alarm"), c.Start()):
        with pytest.raises(NotOpenError):
            case.do(command)
