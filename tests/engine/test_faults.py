"""Cases that SpiffWorkflow alone gets wrong, or refuses, or runs wrong in silence; and their neighbours."""

import sys

import pytest

from bpm.engine import commands as c
from bpm.engine.facts import (
    CallRequested,
    InstanceEnded,
    MessageAwaited,
    MessageForgotten,
    MessageSent,
    SignalAwaited,
    SignalThrown,
    StepFailed,
    Stuck,
    TaskClosed,
    TaskOpened,
    TimerCleared,
    TimerSet,
)
from bpm.engine.process import NotOpenError
from bpm.errors import RefusedError

from .drawing import (
    after,
    baton,
    bound,
    catch,
    document,
    end,
    enough,
    event_sub,
    ext,
    gateway,
    loop,
    model,
    node,
    process,
    script,
    service,
    several,
    start,
    sub,
    throw,
    timer,
    user,
    when,
)
from .story import Story, build


def test_an_event_subprocess_interrupts_its_process_by_message():
    case = Story(model(start() + user("u") + end() + event_sub("message"), "s > u > e")).start()
    assert case.has(MessageAwaited)
    case.deliver("paid", n=1)
    assert case.users == ["h"]
    case.done("h")
    assert case.ended
    assert case.data["n"] == 1


def test_an_event_subprocess_catches_an_error_end():
    case = Story(model(start() + user("u") + end("e", "error") + event_sub("error"), "s > u > e")).start()
    case.done("u")
    assert case.users == ["h"]
    case.done("h")
    assert case.ended


def test_an_event_subprocess_catches_an_escalation_from_outside():
    case = Story(
        model(start() + gateway("parallel", "g") + user("u", "w") + end() + event_sub("escalation"), "s > g > u > e; g > w > e")
    ).start()
    case.do(c.Escalate("late"))
    assert case.users == ["h"]
    assert len(case.has(TaskClosed)) == 2


def test_an_event_subprocess_inside_a_subprocess_interrupts_only_that():
    inside = sub("sp", start("is") + user("u") + end("ie") + event_sub("message"), "is > u > ie")
    case = Story(model(start() + inside + user("v") + end(), "s > sp > v > e")).start()
    case.deliver("paid")
    assert case.users == ["h"]
    case.done("h")
    assert case.users == ["v"]


def test_one_that_does_not_interrupt_fires_again_and_again_and_sees_what_is_known_by_then():
    case = Story(model(start() + user("u") + user("u2") + end() + event_sub("message", stays=True), "s > u > u2 > e")).start()
    case.done("u", seen=1)
    case.deliver("paid")
    case.deliver("paid")
    opened = [fact.place for fact in case.every() if fact.place.element_id == "h"]
    assert [case.process.data_of(place.token_id).get("seen") for place in opened] == [1, 1]
    case.done("u2")
    case.done("h")
    case.done("h")
    assert case.ended


def test_links_are_flows_that_were_not_drawn_through():
    link = '<linkEventDefinition name="A"/>'
    case = Story(model(start() + throw("lt", link) + catch("lc", link) + user("u") + end(), "s > lt; lc > u > e")).start()
    assert case.users == ["u"]
    case.done("u")
    assert case.ended


def test_a_signal_end_is_thrown_and_reaches_other_instances():
    first = Story(model(start() + end("e", "signal"), "s > e")).start()
    assert first.has(SignalThrown)[0].name == "alarm"
    second = Story(model(start() + catch("k", "signal") + end(), "s > k > e")).start()
    assert second.has(SignalAwaited)
    second.do(c.Signal("alarm", {"x": 1}))
    assert second.ended
    assert second.data["x"] == 1


def booking(throwing: str) -> bytes:
    handlers = bound("cb", "book", "compensate") + bound("cp", "pay", "compensate") + node("userTask", "unbook", isForCompensation="true")
    refund = service("refund").replace("<serviceTask", '<serviceTask isForCompensation="true"')
    lines = '<association sourceRef="cb" targetRef="unbook"/><association sourceRef="cp" targetRef="refund"/>'
    return model(start() + user("book", "pay", "after") + handlers + refund + lines + throwing + end(), "s > book > pay > ct > after > e")


def test_compensation_undoes_the_last_first_and_goes_on():
    case = Story(booking(throw("ct", "compensate"))).start(phone="1")
    case.done("book")
    case.done("pay")
    assert list(case.awaited(CallRequested)) == ["refund"]
    case.answered("refund")
    assert case.users == ["unbook"]
    case.done("unbook", undone=1)
    assert case.users == ["after"]
    case.done("after")
    assert case.ended
    assert case.data["undone"] == 1


def test_compensation_of_one_named_activity():
    case = Story(booking(throw("ct", '<compensateEventDefinition activityRef="book"/>'))).start(phone="1")
    case.done("book")
    case.done("pay")
    assert case.users == ["unbook"]


def test_a_parallel_block_in_a_loop_whose_branches_finish_in_changing_order():
    drawing = model(
        start() + script("z", "n = 0") + gateway("exclusive", "m") + gateway("parallel", "a", "j") + user("u1", "u2")
        + script("i", "n = n + 1")
        + gateway("exclusive", "x", default="f_x_e") + end(),
        "s > z > m > a; a > u1 > j; a > u2 > j; j > i > x; x > m [n < 4]; x > e",
    )  # fmt: skip
    case = Story(drawing).start()
    for turn in range(4):
        for step in ("u1", "u2") if turn % 2 == 0 else ("u2", "u1"):
            case.done(step, **{step: turn})
    assert case.ended
    assert case.data == {"n": 4, "u1": 3, "u2": 3}


def test_a_join_keeps_what_each_branch_has_changed():
    case = Story(model(start() + gateway("parallel", "a", "j") + user("u1", "u2") + end(), "s > a; a > u1 > j; a > u2 > j; j > e"))
    case.start(k={"a": 0, "b": 0}, l=[1, 2, 3], x=0)
    case.done("u1", k={"a": 1, "b": 0}, l=[3, 1], x=1)
    case.done("u2", k={"a": 0, "b": 2})
    assert case.data == {"k": {"a": 1, "b": 2}, "l": [3, 1], "x": 1}


def test_variables_that_are_set_by_hand_are_not_lost_at_a_join():
    case = Story(model(start() + gateway("parallel", "a", "j") + user("u1", "u2") + end(), "s > a; a > u1 > j; a > u2 > j; j > e")).start(
        x=0
    )
    case.done("u1")
    case.do(c.SetData({"x": 5}))
    case.done("u2")
    assert case.data["x"] == 5


def test_a_token_too_many_waits_at_the_join():
    drawing = model(
        start() + gateway("parallel", "a", "j") + gateway("exclusive", "m") + user("u1", "u2", "u3", "v") + end(),
        "s > a; a > u1 > m; a > u2 > m; a > u3 > j; m > j; j > v > e",
    )
    case = Story(drawing).start()
    case.done("u1")
    case.done("u2")
    assert case.users == ["u3"]
    case.done("u3")
    assert case.users == ["v"]
    case.done("v")
    assert not case.ended
    assert case.has(Stuck)[0].element_ids == ("j",)


def test_two_thousand_five_hundred_rounds_in_one_step():
    drawing = model(
        start() + script("z", "i = 0") + script("inc", "i = i + 1") + gateway("exclusive", "x", default="f_x_a")
        + gateway("parallel", "a", "j")
        + user("u", "v") + end(),
        "s > z > inc > x; x > inc [i < 2500]; x > a; a > u > j; a > v > j; j > e",
    )  # fmt: skip
    limit = sys.getrecursionlimit()
    case = Story(drawing, fresh=False).start()
    assert case.users == ["u", "v"]
    case.done("u")
    case.done("v")
    assert case.ended
    assert case.data["i"] == 2500
    assert sys.getrecursionlimit() == limit
    assert len(case.saved) < 3000


def test_a_thousand_steps_in_a_row_are_drawn_and_run():
    steps = [f"t{number}" for number in range(1500)]
    case = Story(
        model(start() + "".join(node("task", step) for step in steps) + user("u") + end(), f"s > {' > '.join(steps)} > u > e")
    ).start()
    assert case.users == ["u"]


def test_several_flows_out_of_a_step_all_go():
    case = Story(model(start() + user("u", "a", "b") + end(), "s > u; u > a > e; u > b > e")).start()
    case.done("u")
    assert case.users == ["a", "b"]
    case.done("a")
    case.done("b")
    assert case.ended


def test_conditional_flows_out_of_a_step_go_where_they_hold():
    drawing = model(start() + user("u", "a", "b") + end(), "s > u; u > a [n > 1]; u > b [n > 2]; a > e; b > e")
    case = Story(drawing).start(n=2)
    case.done("u")
    assert case.users == ["a"]
    case = Story(drawing).start(n=0)
    case.done("u")
    assert case.has(StepFailed)[0].place.element_id == "u"


def test_two_tokens_into_one_step_do_it_twice():
    case = Story(model(start() + gateway("parallel", "g") + user("a", "b", "v") + end(), "s > g; g > a > v; g > b > v; v > e")).start()
    case.done("a")
    case.done("b")
    assert case.users == ["v", "v"]
    case.done("v")
    case.done("v")
    assert case.ended


def test_a_plain_task_is_passed():
    assert Story(model(start() + node("task", "t") + end(), "s > t > e")).start().ended


def test_a_complex_gateway_is_refused_by_its_drawn_name():
    with pytest.raises(RefusedError) as refused:
        build(model(start() + gateway("complex", "g", name="会签") + end(), "s > g > e"))
    finding = refused.value.findings[0]
    assert (finding.file, finding.element, finding.code) == ("p.bpmn", "g", "element")
    assert "会签" in finding.sentence


def test_an_inclusive_gateway_joins_what_it_has_split():
    drawing = model(
        start() + gateway("inclusive", "g", "j") + user("a", "b", "d", "v") + end(),
        "s > g; g > a [n > 0]; g > b [n > 1]; g > d [n > 2]; a > j; b > j; d > j; j > v > e",
    )
    case = Story(drawing).start(n=2)
    assert case.users == ["a", "b"]
    case.done("a")
    assert case.users == ["b"]
    case.done("b")
    assert case.users == ["v"]
    case.done("v")
    assert case.ended


def test_a_message_goes_from_one_instance_to_the_one_that_awaits_its_key():
    asks = ext(
        baton("message", correlation="= order"),
        baton("payload", name="sum", value="= amount * 2"),
        baton("payload", name="kind", value="refund"),
    )
    sender = Story(model(start() + node("sendTask", "snd", asks, messageRef="M") + end(), "s > snd > e")).start(order="投诉-7", amount=4)
    sent = sender.has(MessageSent)[0]
    assert (sent.name, sent.correlation, sent.payload) == ("paid", "投诉-7", {"sum": 8, "kind": "refund"})
    receiver = model(start() + node("receiveTask", "rcv", ext(baton("message", correlation="= id")), messageRef="M") + end(), "s > rcv > e")
    other, wanted = Story(receiver).start(id="x"), Story(receiver).start(id="投诉-7")
    assert wanted.has(MessageAwaited)[0].correlation == "投诉-7"
    with pytest.raises(NotOpenError):
        other.do(c.Deliver(sent.name, sent.correlation, sent.payload))
    wanted.do(c.Deliver(sent.name, sent.correlation, sent.payload))
    assert wanted.ended
    assert wanted.data["sum"] == 8
    assert not other.ended


def test_an_adhoc_subprocess_offers_all_and_ends_when_its_condition_holds():
    adhoc = node("adHocSubProcess", "ad", user("a", "b") + enough("done == true"))
    case = Story(model(start() + adhoc + user("v") + end(), "s > ad > v > e")).start(done=False)
    assert case.users == ["a", "b"]
    case.done("a", done=True)
    assert case.users == ["v"]
    case = Story(model(start() + adhoc + user("v") + end(), "s > ad > v > e")).start(done=False)
    case.done("a")
    case.done("b")
    assert case.users == ["v"]


def test_a_conditional_event_goes_on_when_its_variables_say_so():
    case = Story(model(start() + catch("k", when("amount > 10")) + end(), "s > k > e")).start(amount=1)
    assert not case.ended
    case.do(c.SetData({"amount": 11}))
    assert case.ended


def test_a_conditional_event_attached_to_a_task():
    case = Story(model(start() + user("u", "x") + bound("b", "u", when("amount > 10")) + end(), "s > u > e; b > x > e")).start(amount=1)
    case.do(c.SetData({"amount": 11}))
    assert case.users == ["x"]


def test_a_conditional_event_sees_what_another_branch_changes():
    drawing = model(
        start() + gateway("parallel", "g") + user("u", "w", "w2") + catch("k", when("amount > 10")) + end(),
        "s > g; g > k > u > e; g > w > w2 > e",
    )
    case = Story(drawing).start(amount=1)
    case.done("w", amount=12)
    assert "u" in case.users


def race() -> bytes:
    return model(
        start()
        + gateway("eventBased", "g")
        + catch("t", after("PT1H"))
        + catch("t2", after("PT2H"))
        + catch("k", "message")
        + user("a", "b", "d")
        + end(),
        "s > g; g > t > a > e; g > k > b > e; g > t2 > d > e",
    )


def test_an_event_gateway_takes_the_first_timer():
    case = Story(race()).start()
    assert len(case.has(TimerSet)) == 2
    assert case.has(MessageAwaited)
    case.tick("t")
    assert case.users == ["a"]
    assert case.has(MessageForgotten)
    assert [fact.element_id for fact in case.has(TimerCleared)] == ["t2"]


def test_an_event_gateway_takes_the_message():
    case = Story(race()).start()
    case.deliver("paid", x=1)
    assert case.users == ["b"]
    case.done("b")
    assert case.ended
    assert case.data["x"] == 1


def test_an_event_gateway_takes_the_second_timer():
    case = Story(race()).start()
    case.tick("t2")
    assert case.users == ["d"]


def test_an_escalation_from_outside_reaches_its_own_task_each_time_else_the_process():
    drawing = model(
        start() + gateway("parallel", "g") + user("u", "w", "x", "y") + bound("b", "u", "escalation", stays=True)
        + bound("b2", "w", "escalation", stays=True)
        + end() + event_sub("escalation", stays=True),
        "s > g; g > u > e; g > w > e; b > x > e; b2 > y > e",
    )  # fmt: skip
    case = Story(drawing).start()
    case.do(c.Escalate("late", case.token("u")))
    assert case.users == ["u", "w", "x"]
    case.do(c.Escalate("late", case.token("u")))
    assert len(case.has(TaskOpened)) == 1
    case.do(c.Escalate("late"))
    assert "h" in case.users
    assert "y" not in case.users
    case.do(c.Escalate("other", case.token("u")))
    assert case.facts == []


def test_an_error_in_a_called_process_is_caught_at_its_own_call_only():
    calls = node("callActivity", "ca", calledElement="q") + node("callActivity", "ca2", calledElement="q")
    outer = process(
        start() + gateway("parallel", "g") + calls + bound("b", "ca", "error") + bound("b2", "ca2", "error") + user("x", "y") + end(),
        "s > g; g > ca > e; g > ca2 > e; b > x > e; b2 > y > e",
    )
    case = Story(document(outer, process(start("qs") + user("qu") + end("qe", "error"), "qs > qu > qe", "q"))).start()
    case.done("qu")
    assert len({"x", "y"} & set(case.users)) == 1
    assert "qu" in case.users
    case.done("qu")
    assert case.users == ["x", "y"]
    case.done("x")
    case.done("y")
    assert case.ended


def test_an_error_that_nobody_catches_is_an_incident_at_its_end():
    inside = sub("sp", start("is") + end("ie", "error2"), "is > ie")
    case = Story(model(start() + inside + bound("b", "sp", "error") + user("x") + end(), "s > sp > e; b > x > e")).start()
    assert case.has(StepFailed)[0].place.element_id == "ie"
    assert "E2" in case.has(StepFailed)[0].message


def test_a_terminate_end_ends_its_subprocess_with_what_all_tokens_have():
    inside = sub(
        "sp",
        start("is") + gateway("parallel", "g") + user("a", "b", "b2") + end("ie", "terminate") + end("ie2"),
        "is > g; g > a > ie; g > b > b2 > ie2",
    )
    case = Story(model(start() + inside + user("v") + end(), "s > sp > v > e")).start()
    assert case.users == ["a", "b"]
    case.done("b", y=2)
    case.done("a", z=1)
    assert case.users == ["v"]
    case.done("v")
    assert case.ended
    assert case.data == {"y": 2, "z": 1}


def test_a_cancelled_transaction_undoes_and_leaves_by_its_cancel_event():
    body = (
        start("is") + user("book", "ask") + bound("cb", "book", "compensate") + node("userTask", "unbook", isForCompensation="true")
        + '<association sourceRef="cb" targetRef="unbook"/>' + end("ie", "cancel")
    )  # fmt: skip
    inside = sub("tx", body, "is > book > ask > ie", tag="transaction")
    case = Story(model(start() + inside + bound("b", "tx", "cancel") + user("x", "v") + end(), "s > tx > v > e; b > x > e")).start()
    case.done("book")
    case.done("ask")
    assert case.users == ["unbook"]
    case.done("unbook")
    assert case.users == ["x"]
    case.done("x")
    assert case.ended


def test_the_way_out_of_an_interrupted_subprocess_knows_what_happened_inside():
    inside = sub("sp", start("is") + user("a", "b") + end("ie"), "is > a > b > ie")
    case = Story(model(start() + inside + bound("b0", "sp", "message") + user("x") + end(), "s > sp > e; b0 > x > e")).start()
    case.done("a", seen=1)
    case.deliver("paid")
    assert case.users == ["x"]
    assert case.data_of("x")["seen"] == 1


def test_a_loop_with_a_condition():
    case = Story(model(start() + user("u", inner=loop("n < 3")) + user("v") + end(), "s > u > v > e")).start(n=0)
    for turn in (1, 2, 3):
        case.done("u", n=turn)
    assert case.users == ["v"]


def test_a_loop_with_a_largest_number_of_rounds():
    case = Story(model(start() + user("u", inner=loop("true", loopMaximum="2")) + user("v") + end(), "s > u > v > e")).start()
    case.done("u")
    case.done("u")
    assert case.users == ["v"]


def test_a_loop_that_asks_first():
    case = Story(model(start() + user("u", inner=loop("n < 3", testBefore="true")) + user("v") + end(), "s > u > v > e")).start(n=5)
    assert case.users == ["v"]


def test_three_units_at_once_answer_in_any_order_and_are_collected_in_their_own():
    case = Story(model(start() + user("u", inner=several()) + user("v") + end(), "s > u > v > e")).start(units=["网络", "计费", "市场"])
    opened = case.has(TaskOpened)
    assert [fact.index for fact in opened] == [0, 1, 2]
    assert [case.process.data_of(fact.place.token_id)["unit"] for fact in opened] == ["网络", "计费", "市场"]
    for fact in reversed(opened):
        unit = case.process.data_of(fact.place.token_id)["unit"]
        case.do(c.CompleteTask(fact.place.token_id, {"answer": unit + "好"}))
    assert case.users == ["v"]
    case.done("v")
    assert case.data["answers"] == ["网络好", "计费好", "市场好"]
    assert "unit" not in case.data


def test_two_of_three_are_enough():
    case = Story(
        model(
            start() + user("u", inner=several(enough("nrOfCompletedInstances / nrOfInstances >= 0.6"))) + user("v") + end(), "s > u > v > e"
        )
    )
    case.start(units=[1, 2, 3])
    first, _, third = case.has(TaskOpened)
    case.do(c.CompleteTask(third.place.token_id, {"answer": 3}))
    assert case.users == ["u", "u"]
    case.do(c.CompleteTask(first.place.token_id, {"answer": 1}))
    assert case.users == ["v"]
    assert [fact.how for fact in case.has(TaskClosed)] == ["completed", "cancelled"]
    assert case.data_of("v")["answers"] == [1, 3]


def test_one_by_one_until_somebody_says_no():
    case = Story(
        model(start() + user("u", inner=several(enough('answer == "no"'), at_once=False)) + user("v") + end(), "s > u > v > e")
    ).start(units=[1, 2, 3])
    case.done("u", answer="yes")
    assert case.users == ["u"]
    case.done("u", answer="no")
    assert case.users == ["v"]


def test_a_timer_takes_all_units_away():
    drawing = model(
        start() + user("u", inner=several()) + bound("b", "u", after("PT1H")) + user("v", "x") + end(), "s > u > v > e; b > x > e"
    )
    case = Story(drawing).start(units=[1, 2])
    case.done("u", answer=7)
    case.tick("b")
    assert case.users == ["x"]
    assert case.data_of("x")["answers"] == [7]


def test_a_call_activity_takes_in_and_gives_out_what_is_written():
    mapping = ext(
        baton("in", target="n", value="= amount * 2"), baton("in", target="kind", value="refund"), baton("out", target="back", value="= r")
    )
    outer = process(start() + node("callActivity", "ca", mapping, calledElement="q") + user("v") + end(), "s > ca > v > e")
    inner = process(start("qs") + user("qu") + script("qx", "r = n + 1") + end("qe"), "qs > qu > qx > qe", "q")
    case = Story(document(outer, inner)).start(amount=5, secret=1)
    opened = case.has(TaskOpened)[0]
    assert case.data_of("qu") == {"n": 10, "kind": "refund"}
    assert opened.place.process_id == "q"
    assert opened.place.scope_id is not None
    case.done("qu")
    assert case.data_of("v") == {"amount": 5, "secret": 1, "back": 11}


def test_data_objects_are_kept_apart_from_the_variables():
    objects = '<dataObject id="case"/><dataObjectReference id="r1" dataObjectRef="case"/>'
    write = node(
        "scriptTask", "w", '<dataOutputAssociation id="o1"><targetRef>r1</targetRef></dataOutputAssociation><script>case = 7</script>'
    )
    read = node(
        "scriptTask", "r", '<dataInputAssociation id="i1"><sourceRef>r1</sourceRef></dataInputAssociation><script>got = case + 1</script>'
    )
    case = Story(model(objects + start() + write + user("u") + read + end(), "s > w > u > r > e")).start()
    assert "case" not in case.data_of("u")
    case.done("u")
    assert case.ended
    assert case.data["got"] == 8


def test_subprocesses_in_subprocesses_each_with_its_own_event():
    inner = sub("s2", start("i2") + user("a") + end("e2"), "i2 > a > e2") + bound("b2", "s2", after("PT1H")) + user("x")
    case = Story(
        model(start() + sub("s1", start("i1") + inner + end("e1"), "i1 > s2 > e1; b2 > x > e1") + user("v") + end(), "s > s1 > v > e")
    ).start()
    opened = case.has(TaskOpened)[0].place
    assert len(opened.scopes) == 2
    assert opened.scope_id == opened.scopes[0]
    case.tick("b2")
    assert case.users == ["x"]
    case.done("x")
    assert case.users == ["v"]
    case.done("v")
    assert case.ended
    assert not case.process.flow.subprocesses


def test_a_true_deadlock_is_told():
    drawing = model(
        start() + gateway("parallel", "g", "j") + user("u", "w", "x") + bound("b", "u", after("PT1H")) + end(),
        "s > g; g > u > j; g > w > j; j > e; b > x > e",
    )
    case = Story(drawing).start()
    case.tick("b")
    case.done("x")
    case.done("w")
    assert case.has(Stuck)[0].element_ids == ("j",)


def test_a_message_attached_to_a_task_comes_twice():
    case = Story(model(start() + user("u", "x") + bound("b", "u", "message", stays=True) + end(), "s > u > e; b > x > e")).start()
    case.deliver("paid", n=1)
    case.deliver("paid", n=2)
    assert sorted(case.process.data_of(fact.place.token_id)["n"] for fact in case.every() if fact.place.element_id == "x") == [1, 2]


def test_an_error_goes_to_the_event_that_names_its_code():
    inside = sub("sp", start("is") + user("u") + end("ie", "error"), "is > u > ie")
    drawing = model(
        start() + inside + bound("any", "sp", "any error") + bound("b", "sp", "error") + user("x", "y") + end(),
        "s > sp > e; any > y > e; b > x > e",
    )
    case = Story(drawing).start()
    case.done("u")
    assert case.users == ["x"]


def test_a_gateway_without_a_way_out_is_an_incident_until_its_variables_are_mended():
    drawing = model(start() + gateway("exclusive", "g") + user("a", "b") + end(), "s > g; g > a [n == 1]; g > b [n == 2]; a > e; b > e")
    case = Story(drawing).start(n=5)
    assert case.has(StepFailed)[0].place.element_id == "g"
    case.do(c.SetData({"n": 2}))
    case.do(c.Retry(case.token("g", StepFailed)))
    assert case.users == ["b"]


def test_a_loop_that_never_waits_is_stopped():
    case = Story(model(start() + script("a", "n = 1") + gateway("exclusive", "m") + end(), "s > m > a > m")).start()
    assert "endless" in case.has(StepFailed)[0].message


def test_a_process_that_calls_itself_for_ever_is_stopped():
    case = Story(document(process(start() + node("callActivity", "again", calledElement="p") + end(), "s > again > e"))).start()
    assert "calls itself" in case.has(StepFailed)[0].message


def test_an_attached_event_whose_arming_failed_goes_with_its_activity():
    drawing = model(start() + user("u", "v") + bound("b", "u", after("soon"), stays=True) + user("x") + end(), "s > u > v > e; b > x > e")
    case = Story(drawing).start(soon="tomorrow")
    assert case.has(StepFailed)[0].place.element_id == "b"
    case.done("u")
    assert case.process.active == ["v"]
    case.done("v")
    assert case.has(InstanceEnded)


def test_a_multi_instance_of_calls_has_one_scope_for_each_unit():
    call = node(
        "callActivity",
        "ca",
        ext(baton("in", target="unit", value="= unit"), baton("out", target="answer", value="= said")) + several(),
        calledElement="q",
    )
    inner = process(start("qs") + user("qu") + end("qe"), "qs > qu > qe", "q")
    case = Story(document(process(start() + call + user("v") + end(), "s > ca > v > e"), inner)).start(units=["a", "b"])
    one, two = case.has(TaskOpened)
    assert one.place.scope_id != two.place.scope_id
    assert (one.index, two.index) == (0, 1)
    case.do(c.CompleteTask(two.place.token_id, {"said": "B"}))
    case.do(c.CompleteTask(one.place.token_id, {"said": "A"}))
    assert case.data_of("v")["answers"] == ["A", "B"]


def test_a_late_timer_and_a_second_completion_change_nothing():
    case = Story(
        model(start() + user("u", "v") + bound("b", "u", after("PT1H"), stays=True) + user("x") + end(), "s > u > v > e; b > x > e")
    ).start()
    late = c.FireTimer(case.token("b", TimerSet), "b")
    twice = c.CompleteTask(case.token("u"))
    case.done("u")
    before = case.saved
    for command in (late, twice, c.FinishCall(case.token("v")), c.Retry(case.token("v")), c.CompleteTask("nonsense")):
        with pytest.raises(NotOpenError):
            case.do(command)
        assert case.process.save() == before


def test_a_cycle_in_an_event_on_the_way_goes_on_after_the_first_time():
    case = Story(model(start() + catch("t", timer("timeCycle", "R3/PT10M")) + user("u") + end(), "s > t > u > e")).start()
    case.tick("t")
    assert case.users == ["u"]
    assert not case.every(TimerSet)
