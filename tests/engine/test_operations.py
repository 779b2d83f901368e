"""What an operator does by hand: move, send back, set variables, skip, cancel."""

import pytest

from bpm.engine import commands as c
from bpm.engine.facts import InstanceEnded, MessageAwaited, StepFailed, Stuck, TaskClosed, TimerCleared, TimerSet
from bpm.engine.faults import FirstStepError, NotJsonError, OnlyListensError, UnknownStartError, UnknownStepError

from .drawing import after, bound, document, end, event_sub, gateway, model, node, process, script, start, sub, times, user
from .story import Story


def work() -> bytes:
    return model(
        start()
        + user("a", "b", "d")
        + end()
        + gateway("parallel", "g", "j")
        + user("p1", "p2")
        + bound("late", "b", after("PT8H"))
        + user("chase"),
        "s > a > b > g; g > p1 > j; g > p2 > j; j > d > e; late > chase > e",
    )


def test_moving_back_arms_the_timers_anew_and_keeps_history():
    case = Story(work()).start()
    case.done("a", x=1)
    case.do(c.Move(case.token("b"), "a", {"why": "incomplete"}))
    assert case.users == ["a"]
    assert case.has(TimerCleared)
    case.done("a")
    assert case.users == ["b"]
    assert case.has(TimerSet)


def test_a_move_is_offered_wherever_it_is_taken_and_nowhere_else():
    inside = sub(
        "sp", start("in_s") + user("x") + bound("late", "x", after("PT8H")) + user("y") + end("in_e"), "in_s > x > y > in_e; late > y"
    )
    drawing = model(start() + user("a") + inside + bound("b", "sp", after("PT9H")) + end(), "s > a > sp > e; b > a")
    for done, at in (((), "a"), (("a",), "x")):
        taken = []
        for element in ("s", "a", "sp", "b", "e", "in_s", "x", "late", "y", "in_e"):
            case = Story(drawing).start()
            for before in done:
                case.done(before)
            offered = case.process.targets(case.token(at))
            try:
                case.do(c.Move(case.token(at), element))
            except UnknownStepError:
                continue
            taken.append(element)
        assert offered == sorted(taken)
        assert set(offered) == ({"s", "a", "sp", "e"} if at == "a" else {"in_s", "x", "y", "in_e"})
    assert case.process.targets("0" * 32) == []


def test_what_only_listens_is_not_moved_and_goes_on_listening():
    drawing = model(
        start() + user("a") + bound("late", "a", after("PT8H")) + user("b") + end() + event_sub("message"), "s > a > e; late > b > e"
    )
    for kind in (TimerSet, MessageAwaited):
        case = Story(drawing).start()
        token = next(fact.place.token_id for fact in case.process.awaited() if isinstance(fact, kind))
        assert case.process.targets(token) == []
        with pytest.raises(OnlyListensError):
            case.do(c.Move(token, "b"))
        assert case.users == ["a"]
        assert any(isinstance(fact, kind) for fact in case.process.awaited())


def test_nothing_is_moved_to_what_no_flow_leads_to():
    undone = bound("undoing", "a", "compensate") + user("undo").replace("<userTask ", '<userTask isForCompensation="true" ')
    undone += '<association sourceRef="undoing" targetRef="undo"/>'
    case = Story(model(start() + user("a", "b") + undone + end() + event_sub("message"), "s > a > b > e")).start()
    assert case.process.targets(case.token("a")) == ["a", "b", "e", "s"]
    for element in ("es", "undo"):
        with pytest.raises(UnknownStepError):
            case.do(c.Move(case.token("a"), element))
        assert case.users == ["a"]


def test_nothing_is_moved_to_one_of_several_starts():
    case = Story(model(start() + start("other", "message") + user("a") + end(), "s > a > e; other > a")).start()
    assert case.process.targets(case.token("a")) == ["a", "e"]
    with pytest.raises(UnknownStepError):
        case.do(c.Move(case.token("a"), "other"))


def test_sending_back_out_of_a_parallel_block_takes_the_waiting_token_back_too():
    case = Story(work()).start()
    case.done("a")
    case.done("b")
    case.done("p1")
    case.do(c.SendBack(case.token("p2"), "b", {"why": "incomplete"}))
    assert case.users == ["b"]
    case.done("b")
    case.done("p1")
    assert case.users == ["p2"]
    case.done("p2")
    assert case.users == ["d"]
    case.done("d")
    assert case.ended
    assert case.data["why"] == "incomplete"


def test_sending_back_without_a_name_goes_to_the_user_task_before():
    case = Story(work()).start()
    case.done("a")
    case.do(c.SendBack(case.token("b")))
    assert case.users == ["a"]
    with pytest.raises(FirstStepError):
        case.do(c.SendBack(case.token("a")))


def test_sending_back_out_of_a_called_process_leaves_the_call():
    outer = process(start() + user("z") + node("callActivity", "ca", calledElement="q") + end(), "s > z > ca > e")
    case = Story(document(outer, process(start("qs") + user("qu") + end("qe"), "qs > qu > qe", "q"))).start()
    case.done("z", n=1)
    case.do(c.SendBack(case.token("qu"), variables={"note": "again"}))
    assert case.users == ["z"]
    assert case.data_of("z")["note"] == "again"
    assert not case.process.flow.subprocesses


def test_moving_forward_over_a_parallel_block():
    case = Story(work()).start()
    case.do(c.Move(case.token("a"), "d"))
    assert case.users == ["d"]
    case.done("d")
    assert case.ended


def test_one_token_moved_onto_a_join_waits_for_the_other_branch():
    case = Story(work()).start()
    case.do(c.Move(case.token("a"), "j"))
    assert case.has(Stuck)


def test_a_branch_moved_onto_its_own_join_counts():
    case = Story(work()).start()
    case.done("a")
    case.done("b")
    case.do(c.Move(case.token("p1"), "j"))
    case.done("p2")
    assert case.users == ["d"]


def test_cancelling_closes_what_is_open_and_keeps_the_variables():
    case = Story(work()).start(x=1)
    case.done("a", y=2)
    case.do(c.Cancel())
    ended = case.has(InstanceEnded)[0]
    assert (ended.how, ended.variables) == ("cancelled", {"x": 1, "y": 2})
    assert case.has(TaskClosed)[0].how == "cancelled"
    assert case.has(TimerCleared)


def test_variables_can_be_changed_by_hand():
    case = Story(work()).start()
    case.do(c.SetData({"n": 9}))
    case.done("a")
    assert case.data_of("b")["n"] == 9


def test_moving_out_of_a_multi_instance_takes_all_units_along():
    case = Story(model(start() + user("u", inner=times(3)) + user("v") + end(), "s > u > v > e")).start()
    case.do(c.Move(case.token("u"), "v"))
    assert case.users == ["v"]


def test_moving_inside_a_subprocess_but_not_out_of_it():
    inside = sub("sp", start("is") + user("a", "b") + end("ie"), "is > a > b > ie")
    case = Story(model(start() + user("z") + inside + user("v") + end(), "s > z > sp > v > e")).start()
    case.done("z")
    case.do(c.Move(case.token("a"), "b"))
    assert case.users == ["b"]
    with pytest.raises(UnknownStepError):
        case.do(c.Move(case.token("b"), "v"))
    host = case.awaited()["b"].place.scope_id
    case.do(c.Move(host, "v"))
    assert case.users == ["v"]
    case.done("v")
    assert case.ended


def test_skipping_a_failed_step_takes_a_result_instead():
    case = Story(model(start() + script("bad", "x = y + 1") + user("u") + end(), "s > bad > u > e")).start()
    case.do(c.Skip(case.token("bad", StepFailed), {"x": 7}))
    assert case.users == ["u"]
    assert case.data["x"] == 7


def test_variables_must_be_json():
    with pytest.raises(NotJsonError):
        Story(work()).start(x=object())
    with pytest.raises(UnknownStartError):
        Story(work()).start("nowhere")


def test_what_is_handed_in_is_not_shared_with_the_caller():
    answers = {"list": [1]}
    case = Story(work(), fresh=False).start()
    case.do(c.CompleteTask(case.token("a"), answers))
    answers["list"].append(2)
    assert case.data["list"] == [1]
