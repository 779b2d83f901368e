"""What crosses the border of a scope: what leaves a sub-process or a called process, what stops it, and what sees into it."""

import pytest

from bpm.engine import commands as c
from bpm.engine.facts import MessageSent, StepFailed, Stuck, TaskClosed

from .drawing import (
    after,
    baton,
    bound,
    catch,
    document,
    end,
    event_sub,
    ext,
    gateway,
    loop,
    model,
    node,
    process,
    script,
    several,
    start,
    sub,
    throw,
    timer,
    times,
    user,
    when,
)
from .story import Story

SEND = node("sendTask", "send", messageRef="M")
CALLED = process(start("qs") + throw("t", "escalation") + user("u") + end("qe"), "qs > t > u > qe", "q")


def undone_by(activity: str, handler: str) -> str:
    """An activity's compensation event with the user task that undoes it."""
    line = f'<association sourceRef="undo_{activity}" targetRef="{handler}"/>'
    return bound(f"undo_{activity}", activity, "compensate") + user(handler, isForCompensation="true") + line


FINISHED = sub("done", start("ds") + user("u") + undone_by("u", "undo") + end("de"), "ds > u > de")


def calling(out: str, beside: str, ways: str) -> bytes:
    """A process whose step ``x`` calls ``q``, which throws an escalation before its task ``u``; ``r`` is what it brings back."""
    call = node("callActivity", "x", ext(baton("out", target="r", value=out)), calledElement="q")
    return document(process(start() + call + user("w") + beside + end(), ways), CALLED)


# ---- a unit of a multi-instance or loop is returned


@pytest.mark.parametrize(
    "step",
    [
        user("u", inner=times(2)),
        user("u", inner=times(2, at_once=False)),
        user("u", inner=loop("", loopMaximum="2")),
        sub("u", start("a") + user("x") + end("z"), "a > x > z", inner=times(2)),
        user("u", inner=times(2)) + bound("late", "u", after("PT1H")),
    ],
)
def test_a_return_out_of_one_of_several_units_opens_the_step_before(step: str):
    late = "; late > v" if "late" in step else ""
    case = Story(model(start() + user("w") + step + user("v") + end(), f"s > w > u > v > e{late}")).start()
    case.done("w")
    case.do(c.SendBack(case.every()[0].place.token_id))
    assert case.users == ["w"]
    case.done("w")
    for unit in ("x" if "x" in case.users else "u",) * 2:
        case.done(unit)
    case.done("v")
    assert case.ended


# ---- what leaves a called process


def test_an_escalation_that_nobody_catches_needs_nothing_of_what_the_called_process_brings_back():
    case = Story(calling("= paid + fee", "", "s > x > w > e")).start()
    assert case.users == ["u"]
    case.do(c.Escalate("late", case.token("u")))
    case.done("u", paid=3, fee=4)
    assert case.data_of("w")["r"] == 7


def test_an_escalation_takes_along_what_the_called_process_has_so_far_and_no_more():
    caught = bound("b", "x", "escalation", stays=True) + user("v")
    case = Story(calling("= k", caught, "s > x > w > e; b > v > e")).start(r=5)
    assert case.data_of("v")["r"] == 5
    case.done("u", k=7)
    case.done("w")
    case.done("v")
    assert case.data["r"] == 7


# ---- what interrupts, interrupts at once


@pytest.mark.parametrize("kind", ["escalation", "signal"])
def test_an_event_subprocess_stops_what_threw_before_that_goes_on(kind: str):
    inside = sub("sp", start("a") + throw("t", kind) + SEND + user("u") + end("z"), "a > t > send > u > z")
    case = Story(model(start() + inside + end() + event_sub(kind), "s > sp > e")).start()
    assert case.users == ["h"]
    assert not case.has(MessageSent)
    case.done("h")
    assert case.ended


def test_a_terminate_end_ends_what_is_being_undone():
    drawn = start() + gateway("parallel", "g") + FINISHED + throw("t", "compensate") + user("k") + end("stop", "terminate") + end()
    case = Story(model(drawn, "s > g; g > done > t > e; g > k > stop")).start()
    case.done("u")
    assert case.users == ["k", "undo"]
    case.done("k")
    assert case.ended
    assert {fact.element_id for fact in case.has(TaskClosed)} >= {"undo"}


def test_an_event_subprocess_interrupts_what_is_being_undone():
    case = Story(model(start() + FINISHED + throw("t", "compensate") + end() + event_sub("message"), "s > done > t > e")).start()
    case.done("u")
    assert case.users == ["undo"]
    case.deliver("paid")
    assert case.users == ["h"]
    case.done("h")
    assert case.ended


def test_a_cancel_end_stops_what_goes_on_before_it_undoes():
    inside = start("a") + gateway("parallel", "g") + user("u", "other", "w") + undone_by("u", "undo") + end("z", "cancel") + end("y")
    transaction = sub("tx", inside, "a > g; g > u > y; g > other > y; g > w > z", tag="transaction")
    case = Story(model(start() + transaction + bound("x", "tx", "cancel") + user("v") + end(), "s > tx > e; x > v > e")).start()
    case.done("u")
    case.done("w")
    assert case.users == ["undo"]
    case.done("undo")
    assert case.users == ["v"]


# ---- conditions see what changes inside


@pytest.mark.parametrize(
    ("outside", "ways"),
    [
        (bound("b", "sp", when("n > 5")) + user("h"), "s > sp > e; b > h > e"),
        (event_sub(when("n > 5")), "s > sp > e"),
    ],
)
def test_a_condition_around_a_subprocess_sees_what_changes_in_it(outside: str, ways: str):
    inside = sub("sp", start("a") + user("u") + script("set", "n = 9") + user("v") + end("z"), "a > u > set > v > z")
    case = Story(model(start() + inside + outside + end(), ways)).start(n=1)
    case.done("u")
    assert case.users == ["h"]


INSIDE = start("a") + catch("c", when("n > 5")) + user("v") + end("z")
BESIDE = start() + gateway("parallel", "g", "j") + user("u") + end()


@pytest.mark.parametrize(
    "inside",
    [
        sub("sp", INSIDE, "a > c > v > z"),
        sub("sp", start("oa") + sub("in", INSIDE, "a > c > v > z") + end("oz"), "oa > in > oz"),
        sub("sp", start("a") + user("w") + bound("b", "w", when("n > 5")) + user("v") + end("z"), "a > w > z; b > v > z"),
        sub("sp", INSIDE, "a > c > v > z", inner=times(2)),
    ],
)
def test_a_condition_in_a_subprocess_sees_what_changes_around_it(inside: str):
    case = Story(model(BESIDE + inside, "s > g; g > u > j; g > sp > j; j > e")).start(n=1)
    case.done("u", n=9)
    assert not case.has(Stuck)
    assert set(case.users) == {"v"}
    for _ in list(case.users):
        case.done("v")
    assert case.ended


def test_a_condition_in_a_subprocess_sees_what_changes_in_another():
    other = sub("other", start("oa") + user("u", "w") + end("oz"), "oa > u > w > oz")
    drawn = start() + gateway("parallel", "g", "j") + other + sub("sp", INSIDE, "a > c > v > z") + end()
    case = Story(model(drawn, "s > g; g > other > j; g > sp > j; j > e")).start(n=1)
    case.done("u", n=9)
    assert case.users == ["v", "w"]


def test_of_what_changes_in_a_subprocess_and_around_it_the_later_counts():
    inside = start("a") + user("w") + catch("c", when("n > 5")) + user("v") + end("z")
    drawn = start() + gateway("parallel", "g", "j") + user("u", "x", "y") + sub("sp", inside, "a > w > c > v > z") + end()
    case = Story(model(drawn, "s > g; g > u > x > y > j; g > sp > j; j > e")).start(n=1)
    case.done("u", n=9)
    case.done("w", n=0)
    assert case.users == ["x"]
    case.done("x", n=8)
    assert case.users == ["v", "y"]


def test_a_unit_of_a_multi_instance_sees_what_changes_around_it_and_not_what_the_others_change():
    inside = start("a") + user("u") + catch("c", when("n > unit")) + user("v") + end("z")
    drawn = start() + gateway("parallel", "g", "j") + user("x", "y") + sub("sp", inside, "a > u > c > v > z", inner=several()) + end()
    case = Story(model(drawn, "s > g; g > x > y > j; g > sp > j; j > e")).start(n=0, units=[3, 7])
    first, second = (task.place.token_id for task in case.every() if task.place.element_id == "u")
    case.do(c.CompleteTask(first, {}))
    case.do(c.CompleteTask(second, {"n": 5}))
    assert case.users == ["x"]
    case.done("x", n=6)
    assert case.users == ["v", "y"]
    assert case.data_of("v")["unit"] == 3


def test_a_condition_does_not_see_out_of_a_called_process():
    called = process(start("qs") + catch("c", when("n > 5")) + end("qe"), "qs > c > qe", "q")
    caller = BESIDE + user("w") + node("callActivity", "x", calledElement="q")
    case = Story(document(process(caller, "s > g; g > u > w > j; g > x > j; j > e"), called)).start(n=1)
    case.done("u", n=9)
    assert "c" not in case.passed


def test_a_condition_does_not_see_into_a_called_process():
    called = process(start("qs") + user("u", "v") + end("qe"), "qs > u > v > qe", "q")
    caller = start() + node("callActivity", "x", calledElement="q") + bound("b", "x", when("n > 5")) + user("w") + end()
    case = Story(document(process(caller, "s > x > e; b > w > e"), called)).start(n=1)
    case.done("u", n=9)
    assert case.users == ["v"]


# ---- event sub-processes stand beside


def test_a_deadlock_is_told_while_an_event_subprocess_listens():
    drawn = start() + gateway("exclusive", "g") + user("u", "w") + gateway("parallel", "j") + end() + event_sub("message")
    case = Story(model(drawn, "s > g; g > u [n < 5]; g > w [n >= 5]; u > j; w > j; j > e")).start(n=1)
    assert not case.has(Stuck)
    case.done("u")
    assert [fact.element_ids for fact in case.has(Stuck)] == [("j",)]
    case.deliver("paid")
    assert case.users == ["h"]


def test_an_event_subprocess_that_cannot_be_armed_does_not_keep_the_process():
    for passed_over in (False, True):
        case = Story(model(start() + user("u") + end() + event_sub(after("= wait")), "s > u > e")).start()
        assert case.has(StepFailed)
        if passed_over:
            case.do(c.Skip(case.token("ess", StepFailed), {}))
        case.done("u")
        assert case.ended


def test_an_event_subprocess_may_come_a_number_of_times():
    case = Story(model(start() + user("u") + end() + event_sub(timer("timeCycle", "R2/PT1H"), stays=True), "s > u > e")).start()
    for _ in range(2):
        case.wait(hours=1)
        case.tick("ess")
    assert case.users == ["h", "h", "u"]
