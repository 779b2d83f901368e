"""What a round against the published models of other engines brought up, one drawing of our own for each."""

import pytest

from bpm.engine import commands as c
from bpm.engine.facts import TaskOpened

from .drawing import (
    after,
    baton,
    bound,
    catch,
    document,
    end,
    event,
    ext,
    gateway,
    model,
    node,
    process,
    script,
    start,
    sub,
    throw,
    times,
    user,
)
from .story import Story

UNDO = (
    bound("cb", "work", "compensate")
    + node("userTask", "undo", isForCompensation="true")
    + '<association id="as" sourceRef="cb" targetRef="undo"/>'
)
AT_ONCE, ONE_BY_ONE = times(3), times(3, at_once=False)


@pytest.mark.parametrize("many", [AT_ONCE, ONE_BY_ONE])
def test_a_timer_interrupts_a_multi_instance_of_subprocesses(many: str):
    inside = sub("sub", start("a") + user("u") + end("z"), "a > u > z", many)
    case = Story(model(start() + inside + bound("t", "sub", after("PT1H")) + user("late") + end(), "s > sub > e; t > late > e")).start()
    case.tick("t")
    assert case.users == ["late"]
    case.done("late")
    assert case.ended


def test_steps_may_be_called_start_root_and_end():
    case = Story(model(start("Start") + user("Root") + end("End"), "Start > Root > End")).start()
    assert case.users == ["Root"]
    case.done("Root")
    assert case.ended
    assert case.passed == ["Root", "End"]


def test_an_inclusive_join_waits_for_the_branch_that_is_just_being_entered():
    case = Story(
        model(start() + gateway("inclusive", "g", "j") + user("a", "n") + end(), "s > g; g > j [n > 1]; g > a [n > 2]; a > j; j > n > e")
    ).start(n=3)
    assert case.users == ["a"]
    case.done("a")
    assert case.users == ["n"]


def test_an_attached_event_does_not_open_an_inclusive_join():
    inside = sub("sub", start("a") + user("u") + end("z"), "a > u > z")
    drawing = model(
        start() + inside + bound("m", "sub", "message", stays=True) + gateway("inclusive", "j") + user("n") + end(),
        "s > sub > j; m > j; j > n > e",
    )
    case = Story(drawing).start()
    case.deliver("paid")
    assert case.users == ["u"]


def test_an_event_subprocess_does_not_catch_what_it_throws_itself():
    again = sub(
        "ev",
        start("es", "escalation", isInterrupting="false") + user("k") + end("ee", "escalation"),
        "es > k > ee",
        triggeredByEvent="true",
    )
    inside = sub("sub", start("a") + throw("th", "escalation") + user("u") + end("z") + again, "a > th > u > z")
    case = Story(
        model(start() + inside + bound("b", "sub", "escalation", stays=True) + user("outer") + end(), "s > sub > e; b > outer > e")
    ).start()
    assert case.users == ["k", "u"]
    case.done("k")
    assert case.users == ["outer", "u"]


@pytest.mark.parametrize(("many", "count"), [("", 1), (AT_ONCE, 3), (ONE_BY_ONE, 3)])
def test_a_finished_subprocess_can_be_undone(many: str, count: int):
    inside = sub("sub", start("a") + user("work") + UNDO + end("z"), "a > work > z", many)
    drawing = model(start() + inside + user("think", "after") + throw("back", "compensate") + end(), "s > sub > think > back > after > e")
    case = Story(drawing).start()
    for _ in range(count):
        case.done("work")
    case.done("think")
    assert case.users == ["undo"] * count
    for _ in range(count):
        case.done("undo")
    assert case.users == ["after"]
    case.done("after")
    assert case.ended


def test_a_compensation_event_subprocess_runs_instead_of_the_handlers_and_may_call_them():
    tells = sub(
        "cev",
        start("cs", "compensate") + user("tell") + throw("inner", "compensate") + end("ce"),
        "cs > tell > inner > ce",
        triggeredByEvent="true",
    )
    inside = sub("sub", start("a") + user("work") + UNDO + end("z") + tells, "a > work > z")
    drawing = model(start() + inside + user("think", "after") + throw("back", "compensate") + end(), "s > sub > think > back > after > e")
    case = Story(drawing).start()
    case.done("work")
    case.done("think")
    assert case.users == ["tell"]
    case.done("tell")
    assert case.users == ["undo"]
    case.done("undo")
    assert case.users == ["after"]
    case.done("after")
    assert case.ended


def test_one_message_wakes_one_receiver():
    drawing = model(
        start() + gateway("parallel", "g", "j") + catch("m1", "message") + catch("m2", "message") + user("n") + end(),
        "s > g; g > m1 > j; g > m2 > j; j > n > e",
    )
    case = Story(drawing).start()
    case.deliver("paid")
    assert case.users == []
    case.deliver("paid")
    assert case.users == ["n"]


def test_the_item_of_a_unit_stays_with_it_even_without_an_id():
    over = '<loopDataInputRef>names</loopDataInputRef><inputDataItem name="who"/>'
    many = f'<multiInstanceLoopCharacteristics isSequential="true">{over}</multiInstanceLoopCharacteristics>'
    case = Story(model(start() + user("u", inner=many) + user("n") + end(), "s > u > n > e")).start(names=["a", "b"])
    case.done("u")
    case.done("u", x=1)
    assert case.users == ["n"]
    assert case.data == {"names": ["a", "b"], "x": 1}


def test_units_without_a_collection_each_bring_what_they_changed():
    case = Story(model(start() + user("u", inner=times(2)) + user("v") + end(), "s > u > v > e")).start(x=0, y=0)
    one, two = case.has(TaskOpened)
    case.do(c.CompleteTask(one.place.token_id, {"x": 1}))
    case.do(c.CompleteTask(two.place.token_id, {"y": 2}))
    assert case.data == {"x": 1, "y": 2}


def test_names_of_messages_may_hold_variables_and_flows_may_lack_an_id():
    drawing = (
        model(start() + catch("m", "message") + user("n") + end(), "s > m > n > e")
        .replace(b'name="paid"', b'name="paid-${nr}"')
        .replace(b' id="f_s_m"', b"")
    )
    case = Story(drawing).start(nr=7)
    case.deliver("paid-7")
    assert case.users == ["n"]


def test_what_leaves_a_called_process_takes_its_outputs_and_its_code_along():
    called = process(start("cs") + script("w", "y = 5") + throw("th", "escalation") + user("in") + end("ce"), "cs > w > th > in > ce", "q")
    call = node("callActivity", "call", ext(baton("out", target="z", value="= y")), calledElement="q")
    caught = node(
        "boundaryEvent", "b", ext(baton("code", variable="why")) + event("escalation"), attachedToRef="call", cancelActivity="false"
    )
    case = Story(document(process(start() + call + caught + user("n") + end(), "s > call > e; b > n > e"), called)).start()
    found = case.data_of("n")
    assert (found["z"], found["why"]) == (5, {"code": "late", "message": "esc"})


def test_the_same_ids_of_messages_in_two_files_are_two_messages():
    first = document(process(start() + node("callActivity", "ca", calledElement="q") + end(), "s > ca > e"))
    second = document(process(start("qs") + catch("k", "message") + end("qe"), "qs > k > qe", "q")).replace(b'name="paid"', b'name="other"')
    case = Story(first, second).start()
    case.deliver("other")
    assert case.ended


def test_steps_that_nothing_leads_to_are_told_and_do_not_hold_a_join():
    drawing = model(
        start() + gateway("parallel", "a", "j") + user("u", "v", "lost") + end(), "s > a; a > u > j; a > v > j; lost > j; j > e"
    )
    case = Story(drawing).start()
    assert [finding.element for finding in case.definition.findings if finding.code == "unreachable"] == ["lost"]
    case.done("u")
    case.done("v")
    assert case.ended


def test_a_subprocess_without_start_and_end_begins_with_what_nothing_leads_to():
    case = Story(model(start() + sub("sp", user("a", "b", "d"), "a > b") + user("v") + end(), "s > sp > v > e")).start()
    assert case.users == ["a", "d"]
    case.done("a")
    case.done("b")
    case.done("d")
    assert case.users == ["v"]


def test_what_is_told_about_a_called_process_is_told_before_what_happens_in_it():
    call = node("callActivity", "ca", ext(baton("order", state="OUTER")), calledElement="q")
    inner = process(
        start("qs", inner=ext(baton("order", state="INNER"))) + user("qu") + end("qe", inner=ext(baton("order", state="DONE"))),
        "qs > qu > qe",
        "q",
    )
    case = Story(document(process(start() + call + end(), "s > ca > e"), inner)).start()
    entered = [fact.order_state for fact in case.facts if type(fact).__name__ == "ElementEntered"]
    assert entered == ["OUTER", "INNER"]
    case.done("qu")
    assert [fact.order_state for fact in case.facts if type(fact).__name__ == "ElementEntered"] == ["DONE"]


def test_an_attached_event_tells_when_it_happens_not_when_it_is_armed():
    late = node("boundaryEvent", "b", ext(baton("order", tier="1")) + event(after("PT1H")), attachedToRef="u", cancelActivity="false")
    case = Story(model(start() + user("u", "x") + late + end(), "s > u > e; b > x > e")).start()
    assert not [fact for fact in case.facts if type(fact).__name__ == "ElementEntered"]
    case.tick("b")
    assert [fact.tier for fact in case.facts if type(fact).__name__ == "ElementEntered"] == [1]
