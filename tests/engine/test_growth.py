"""A step, a save and a load cost the same after many rounds; the state does not grow with loops."""

from collections.abc import Callable

import pytest

from bpm.engine import commands as c
from bpm.engine.facts import CallRequested, TaskOpened, TimerSet

from .drawing import (
    after,
    bound,
    catch,
    document,
    end,
    event_sub,
    gateway,
    loop,
    model,
    node,
    process,
    service,
    start,
    sub,
    timer,
    times,
    user,
)
from .story import Story

ROUND = '<exclusiveGateway id="x" default="f_x_e"/>' + end()


def plain() -> bytes:
    return model(start() + user("u") + ROUND, "s > u > x; x > u [again]; x > e")


def with_events() -> bytes:
    body = start() + user("u") + bound("b", "u", after("PT1H"), stays=True) + user("w") + event_sub("message", stays=True) + ROUND
    return model(body, "s > u > x; x > u [again]; x > e; b > w")


def parallel() -> bytes:
    body = start() + gateway("exclusive", "m") + gateway("parallel", "a", "j") + user("u", "v") + ROUND
    return model(body, "s > m > a; a > u > j; a > v > j; j > x; x > m [again]; x > e")


def beside_a_watcher() -> bytes:
    body = start() + gateway("parallel", "a") + user("u") + user("watch") + end("f") + ROUND
    return model(body, "s > a; a > watch > f; a > u > x; x > u [again]; x > e")


def scopes() -> bytes:
    inside = sub("sp", start("i") + user("u") + end("ie"), "i > u > ie")
    outer = process(start() + inside + node("callActivity", "ca", calledElement="q") + ROUND, "s > sp > ca > x; x > sp [again]; x > e")
    return document(outer, process(start("qs") + user("v") + end("qe"), "qs > v > qe", "q"))


def units() -> bytes:
    body = start() + user("u", inner=times(3)) + service("call") + gateway("inclusive", "i") + ROUND
    return model(body, "s > u > call > i > x; x > u [again]; x > e")


def rounds_of_one_step() -> bytes:
    return model(start() + user("u", inner=loop("again")) + end(), "s > u > e")


def reminders() -> bytes:
    return model(
        start() + user("u", "w") + bound("b", "u", timer("timeCycle", "R/PT1H"), stays=True) + catch("k", "message") + end(),
        "s > u > e; b > w > e",
    )


@pytest.mark.parametrize("drawing", [plain, with_events, parallel, beside_a_watcher, scopes, units, rounds_of_one_step])
def test_the_state_does_not_grow_with_rounds(drawing: Callable[[], bytes]):
    sizes: list[tuple[int, int]] = []
    case = Story(drawing(), fresh=False).start(again=True, phone="1")
    for _ in range(120):
        _one_round(case)
        sizes.append((sum(len(scope.tasks) for scope in case.process.flow.every_scope()), len(case.saved)))
    early, late = sizes[20:70], sizes[70:]
    assert max(tasks for tasks, _ in late) <= max(tasks for tasks, _ in early) + 2
    assert max(size for _, size in late) <= max(size for _, size in early) * 1.1


def _one_round(case: Story) -> None:
    """Everything that is open once, but the watcher."""
    for fact in [*case.every(TaskOpened), *case.every(CallRequested)]:
        if fact.place.element_id != "watch" and case.process.is_open(fact.place.token_id):
            kind = c.CompleteTask if isinstance(fact, TaskOpened) else c.FinishCall
            case.do(kind(fact.place.token_id))


def test_reminders_that_were_dealt_with_are_forgotten():
    case = Story(reminders(), fresh=False).start()
    sizes = []
    for _ in range(100):
        case.do(c.FireTimer(case.token("b", TimerSet), "b"))
        case.done("w")
        sizes.append(len(case.process.flow.tasks))
    assert max(sizes[50:]) <= max(sizes[:50]) + 2
