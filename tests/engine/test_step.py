"""A step: what a command changes is told as facts."""

from bpm.engine import commands as c
from bpm.engine.facts import (
    CallDropped,
    CallRequested,
    Decided,
    ElementEntered,
    InstanceEnded,
    NoticeAsked,
    StepFailed,
    TaskClosed,
    TaskOpened,
    TimerCleared,
    TimerSet,
)
from bpm.engine.process import Process
from bpm.engine.templates import Words

from .drawing import after, baton, bound, catch, end, ext, gateway, lanes, model, rule, script, service, start, table, user
from .story import ZONE, Story


def complaint() -> bytes:
    asked = ext(
        baton("assignment", role="agent", unit="= city + '-NET'", exclude="sms init"),
        baton("form", ref="f1"),
        baton("limit", minutes="= level * 60", calendar="office", ladder="ladder"),
        baton("why", text="{{ phone }} is waiting"),
        baton("return", variable="verdict", value="back"),
        baton("order", state="HANDLING", tier="= level"),
        baton("notice", to="customer", text="accepted"),
    )
    return model(
        start()
        + script("init", 'phone = "139"\nlevel = amount > 100 ? 2 : 1')
        + user("u", inner=asked)
        + bound("b", "u", after("PT8H"), stays=True)
        + service("sms")
        + bound("err", "sms", "error")
        + user("fix", "close", "chase")
        + end()
        + end("e2")
        + end("e3")
        + lanes(u="客服"),
        "s > init > u > sms > close > e; b > chase > e2; err > fix > e3",
    )


def test_a_case_walks_from_the_agent_through_the_call_to_its_end():
    case = Story(complaint()).start(amount=150, city="JN")
    opened = case.has(TaskOpened)[0]
    assert (opened.lane, opened.form, opened.way_back) == ("客服", "f1", {"verdict": "back"})
    assert (opened.why, opened.why.said()) == (Words("{{ phone }} is waiting", {"phone": "139"}), "139 is waiting")
    assert opened.why.said("有人等着：{{phone}}") == "有人等着：139"
    assert (opened.assignment.role, opened.assignment.unit, opened.assignment.exclude) == ("agent", "JN-NET", ("sms", "init"))
    assert (opened.limit.minutes, opened.limit.calendar, opened.limit.ladder) == (120, "office", "ladder")
    assert case.has(ElementEntered) == [ElementEntered("u", "u", "HANDLING", 2)]
    assert case.has(NoticeAsked) == [NoticeAsked("u", "customer", "accepted")]
    assert case.has(TimerSet)[0].due.isoformat() == "2026-03-02T09:00:00+00:00"
    assert case.passed == ["s", "init"]
    case.done("u", note="ok")
    assert case.has(TaskClosed)[0].how == "completed"
    assert case.has(TimerCleared)[0].element_id == "b"
    asked = case.has(CallRequested)[0]
    assert (asked.connector, asked.operation, asked.inputs) == ("sms", "send", {"to": "139"})
    case.answered("sms", {"id": 7})
    assert case.users == ["close"]
    case.done("close")
    ended = case.has(InstanceEnded)[0]
    assert (ended.how, ended.variables["answer"], ended.variables["note"]) == ("completed", {"id": 7}, "ok")


def test_a_text_of_a_call_takes_up_variables_and_what_surrounds_them_stays():
    words = "Dear {{ customer.name }},&#10;{{amount}} yuan, {{nothing}}{{ 2 + 2 }} = = {{now}}"
    call = baton("call", connector="mail", operation="send") + baton("input", name="text", value=words)
    case = Story(model(start() + service("mail", call=call) + end(), "s > mail > e"))
    case.start(amount=1.5, customer={"name": "{{amount}}"})
    assert case.has(CallRequested)[0].inputs == {"text": "Dear {{amount}},\n1.5 yuan,  = = 2026-03-02T09:00:00+08:00"}


def test_a_call_that_fails_with_a_code_goes_the_drawn_way():
    case = Story(complaint()).start(amount=1, city="JN")
    case.done("u")
    case.do(c.FailCall(case.token("sms", CallRequested), "no number", "E1"))
    assert case.users == ["fix"]
    assert not case.has(CallDropped)  # whoever reported the failure knows
    case.done("fix")
    assert case.ended


def test_a_call_that_fails_without_one_is_an_incident_and_can_be_tried_again():
    case = Story(complaint()).start(amount=1, city="JN")
    case.done("u")
    case.do(c.FailCall(case.token("sms", CallRequested), "timeout"))
    assert "timeout" in case.has(StepFailed)[0].message
    case.do(c.Retry(case.token("sms", StepFailed)))
    assert case.has(CallRequested)
    case.answered("sms")
    assert case.users == ["close"]


def test_a_failing_script_stops_its_branch_only():
    case = Story(
        model(
            start() + gateway("parallel", "g") + script("bad", "x = y + 1") + user("u") + end() + end("e2"), "s > g > bad > e; g > u > e2"
        )
    ).start()
    assert case.has(StepFailed)[0].place.element_id == "bad"
    case.done("u")
    case.do(c.SetData({"y": 4}))
    case.do(c.Retry(case.token("bad", StepFailed)))
    assert case.ended
    assert case.data["x"] == 5


def test_a_timer_that_cannot_be_armed_is_an_incident_of_the_timer():
    case = Story(model(start() + catch("t", after("limit")) + user("u") + end(), "s > u > t > e")).start(limit="soon")
    case.done("u")
    assert case.has(StepFailed)[0].place.element_id == "t"
    case.do(c.SetData({"limit": "PT1H"}))
    case.do(c.Retry(case.token("t", StepFailed)))
    case.tick("t")
    assert case.ended


def test_a_decision_gives_its_result_and_its_why():
    drawing = model(start() + rule("r", "D", result="level") + end(), "s > r > e")
    case = Story(drawing, tables=(table("FIRST", [("> 100", '"A"'), ("-", '"B"')]),)).start(amount=150)
    assert case.data["level"] == "A"
    assert case.has(Decided) == [Decided("r", "D", ("r0",), "A", ("rule 0",))]


def test_a_case_that_was_saved_when_a_reason_was_kept_filled_only_still_says_it():
    case = Story(complaint()).start(amount=150, city="JN")
    [step] = [task.internal_data["task"] for task in case.process.flow.active() if "task" in task.internal_data]
    del step["words"]
    step["why"] = "139 is waiting"
    case.saved = case.process.save()
    case.process = Process.load(case.definition, case.saved, zone=ZONE)
    assert case.awaited()["u"].why == Words("139 is waiting")
    case.done("u", note="ok")
    assert case.has(TaskClosed)[0].how == "completed"
