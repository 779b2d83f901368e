"""Walks one drawing for each BPMN element and trigger, and writes docs/coverage.md from what happened.

``python -m pytest tests/engine/test_coverage.py`` fails when the page is not current; ``BATON_WRITE=1`` before it writes the page anew.
"""

from dataclasses import dataclass
from pathlib import Path

from bpm.engine import commands as c
from bpm.engine.facts import MessageAwaited, SignalAwaited
from bpm.errors import RefusedError

from .drawing import (
    after,
    bound,
    catch,
    document,
    end,
    enough,
    event_sub,
    gateway,
    loop,
    model,
    node,
    process,
    rule,
    script,
    service,
    several,
    start,
    sub,
    table,
    throw,
    timer,
    times,
    user,
    when,
)
from .story import Story

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
LINK = '<linkEventDefinition name="A"/>'
UNDO = (
    '<association sourceRef="cb" targetRef="undo"/>' + bound("cb", "u", "compensate") + node("userTask", "undo", isForCompensation="true")
)
IO = "<ioSpecification/>"


@dataclass(frozen=True)
class Row:
    """One line of the page. ``walk``: what happens to it until it ends, or None when it is to be refused."""

    element: str
    variant: str
    drawing: bytes
    walk: str | None = ""
    note: str = ""
    path: str = ""  # a step that must have been passed or opened on the way


def line(*steps: str, known: str = "x") -> bytes:
    return model(start() + "".join(steps) + end(), f"s > {known} > e")


def attached(kind: str, *, stays: bool = False) -> bytes:
    return model(start() + user("u", "v") + bound("x", "u", kind, stays=stays) + end(), "s > u > e; x > v > e")


def inside(kind: str, *, stays: bool = False) -> bytes:
    return model(start() + user("u") + end() + event_sub(kind, stays=stays), "s > u > e")


def starting(kind: str) -> bytes:
    return model(start("s", kind) + end(), "s > e")


def thrown_at_end(kind: str, catcher: str) -> bytes:
    body = start() + sub("sp", start("a") + end("z", kind), "a > z") + bound("x", "sp", catcher) + user("v") + end()
    return model(body, "s > sp > e; x > v > e")


def split(kind: str) -> bytes:
    return model(start() + gateway(kind, "g", "j") + user("u", "v") + end(), "s > g; g > u [n > 0]; g > v [n > 0]; u > j; v > j; j > e")


CALLED = process(start("qs") + user("u") + end("qe"), "qs > u > qe", "q")
PARALLEL = model(start() + gateway("parallel", "g", "j") + user("u", "v") + end(), "s > g; g > u > j; g > v > j; j > e")
RACE = model(
    start() + gateway("eventBased", "g") + catch("t", after("PT1H")) + catch("k", "message") + end(), "s > g; g > t > e; g > k > e"
)
TRANSACTION = model(
    start()
    + sub("tx", start("a") + user("u") + UNDO + end("z", "cancel"), "a > u > z", tag="transaction")
    + bound("x", "tx", "cancel")
    + end(),
    "s > tx > e; x > e",
)
ADHOC = node("adHocSubProcess", "x", user("u", "v") + enough("done"))
DATA = '<dataObject id="d"/><dataObjectReference id="r" dataObjectRef="d"/>' + start()
WRITES = node("scriptTask", "x", '<dataOutputAssociation id="o"><targetRef>r</targetRef></dataOutputAssociation><script>d = 7</script>')

HAPPENINGS = (  # kind, how it is drawn, how it comes about at an attached event and at an event sub-process
    ("message", "message", "!x", "!ess"),
    ("timer", after("PT1H"), "@x", "@ess"),
    ("signal", "signal", "~alarm", "~alarm"),
    ("escalation", "escalation", "^late:u", "^late"),
    ("condition", when("n > 5"), "=n", "=n"),
)
UNITS = sub("x", start("a") + user("u") + end("z"), "a > u > z", several())
UNDOABLE = sub("sp", start("a") + user("u") + UNDO + end("z"), "a > u > z")
UNDOES = sub("sp", start("a") + user("u") + end("z") + event_sub("compensate"), "a > u > z")
CALLS = node("callActivity", "x", calledElement="q")
BY_ODDS = times(2).replace("Characteristics ", 'Characteristics behavior="One" ', 1)

ROWS = (
    Row(
        "process",
        "several in one file, lanes, pools",
        document(process(start() + end(), "s > e"), CALLED),
        note="one is begun; the others where a step calls them",
    ),
    Row("process", "without a start or an end", model(user("u", "v"), ""), "u v", "what nothing leads to begins"),
    Row("start event", "none", starting("")),
    Row("start event", "message", starting("message"), note="the platform starts it"),
    Row("start event", "timer", starting(timer("timeCycle", "R/2026-01-01T09:00:00/P1D")), note="the platform starts it"),
    Row("start event", "signal", starting("signal"), note="the platform starts it"),
    Row("start event", "condition", starting(when("n > 1")), None),
    Row("start event", "several triggers", starting(after("PT1H") + when("n > 1")), None),
    Row("task", "plain", line(node("task", "x")), note="is passed", path="x"),
    Row("user task", "", line(user("x")), "x"),
    Row("manual task", "", line(node("manualTask", "x")), "x"),
    Row("script task", "assignments", line(script("x", "a = 1")), path="x"),
    Row("script task", "another language", line(script("x", "import os")), None),
    Row("service task", "connector call", line(service("x")), "#x"),
    Row("service task", "without a connector", line(node("serviceTask", "x")), None),
    Row("business rule task", "DMN decision", line(rule("x", "D")), path="x"),
    Row("send task", "message", line(node("sendTask", "x", messageRef="M")), path="x"),
    Row("receive task", "message", line(node("receiveTask", "x", messageRef="M")), "!x"),
    Row("receive task", "that begins a process", line(node("receiveTask", "x", messageRef="M", instantiate="true")), None),
    Row("call activity", "process of the bundle", document(process(start() + CALLS + end(), "s > x > e"), CALLED), "u"),
    Row("call activity", "by an expression", line(node("callActivity", "x", calledElement="${which}")), None),
    Row("sub-process", "embedded", line(sub("x", start("a") + user("u") + end("z"), "a > u > z")), "u"),
    Row("sub-process", "without start and end", line(sub("x", user("u"))), "u"),
    Row("sub-process", "ad-hoc, with a condition", line(ADHOC), "u", "each step once, all offered at the same time; told as a warning"),
    Row("sub-process", "ad-hoc, one by one", line(ADHOC.replace('id="x"', 'id="x" ordering="Sequential"')), None),
    Row("transaction", "cancelled: undone, leaves by its cancel event", TRANSACTION, "u undo", path="x"),
    *(
        Row(
            "event sub-process",
            f"{name}, {'beside the rest' if stays else 'instead of the rest'}",
            inside(kind, stays=stays),
            f"{step} h{' u' * stays}",
        )
        for name, kind, _, step in HAPPENINGS
        for stays in (False, True)
    ),
    Row("event sub-process", "error", model(start() + end("e", "error") + event_sub("error"), "s > e"), "h"),
    Row("event sub-process", "compensation", model(start() + UNDOES + throw("x", "compensate") + end(), "s > sp > x > e"), "u h"),
    Row("event sub-process", "without a trigger", inside(""), None),
    *(
        Row(
            "attached event",
            f"{name}, {'beside' if stays else 'interrupting'}",
            attached(kind, stays=stays),
            f"{step} {'u ' * stays}v",
            path="x",
        )
        for name, kind, step, _ in HAPPENINGS
        for stays in (False, True)
    ),
    Row("attached event", "timer, again and again", attached(timer("timeCycle", "R2/PT1H"), stays=True), "@x @x u v v", path="x"),
    Row("attached event", "error", thrown_at_end("error", "error"), "v", path="x"),
    Row("attached event", "any error", thrown_at_end("error", "any error"), "v", path="x"),
    Row("attached event", "error that does not interrupt", attached("error", stays=True), None),
    Row("attached event", "without a trigger", attached(""), None),
    Row("attached event", "terminate", attached("terminate"), None),
    *(
        Row("intermediate catch event", name, line(catch("x", kind)), step, path="x")
        for name, kind, step in (
            ("message", "message", "!x"),
            ("timer: duration", after("PT1H"), "@x"),
            ("timer: date", timer("timeDate", "2027-01-01T09:00:00"), "@x"),
            ("signal", "signal", "~alarm"),
            ("condition", when("n > 5"), "=n"),
        )
    ),
    Row("intermediate catch event", "timer: repeat", line(catch("x", timer("timeCycle", "R3/PT1H"))), "@x", "goes on after the first time"),
    Row("intermediate catch event", "timer: cron text", line(catch("x", timer("timeCycle", "0 0 9 * * ?"))), None),
    Row("intermediate catch event", "timer in working time", line(catch("x", after("PT1H", "office"))), "@x", "attribute baton:calendar"),
    Row("intermediate catch event", "error", line(catch("x", "error")), None),
    Row("intermediate catch event", "several triggers", line(catch("x", after("PT1H") + when("n > 1"))), None),
    *(
        Row("intermediate throw event", name, line(throw("x", kind)), path="x")
        for name, kind in (("none", ""), ("message", "message"), ("signal", "signal"), ("escalation", "escalation"))
    ),
    Row(
        "intermediate throw event",
        "compensation",
        model(start() + user("u") + UNDO + throw("x", "compensate") + end(), "s > u > x > e"),
        "u undo",
        path="x",
    ),
    Row("intermediate throw event", "link", model(start() + throw("x", LINK) + catch("y", LINK) + end(), "s > x; y > e"), path="y"),
    Row("intermediate throw event", "timer", line(throw("x", after("PT1H"))), None),
    *(
        Row("end event", name, model(start() + end("x", kind), "s > x"), path="x")
        for name, kind in (
            ("none", ""),
            ("message", "message"),
            ("signal", "signal"),
            ("escalation", "escalation"),
            ("terminate", "terminate"),
        )
    ),
    Row("end event", "error", thrown_at_end("error", "error"), "v"),
    Row("end event", "compensation", model(start() + user("u") + UNDO + end("x", "compensate"), "s > u > x"), "u undo", path="x"),
    Row("end event", "cancel, outside a transaction", model(start() + end("x", "cancel"), "s > x"), None),
    Row("exclusive gateway", "", split("exclusive").replace(b'id="g"', b'id="g" default="f_g_v"'), "u", path="g"),
    Row("inclusive gateway", "", split("inclusive"), "u v", path="j"),
    Row("parallel gateway", "", PARALLEL, "u v", path="j"),
    Row("parallel gateway", "conditions behind it", split("parallel"), None),
    Row("event-based gateway", "", RACE, "!k", path="k"),
    Row(
        "event-based gateway",
        "waits for all",
        RACE.replace(b'<eventBasedGateway id="g"', b'<eventBasedGateway eventGatewayType="Parallel" id="g"'),
        None,
    ),
    Row("complex gateway", "", line(gateway("complex", "x")), None),
    Row("sequence flow", "several out of a step", model(start() + user("u", "v") + end(), "s > u; s > v; u > e; v > e"), "u v"),
    Row(
        "sequence flow",
        "conditions out of a step",
        model(start() + user("u", "v") + end(), "s > u [n > 0]; s > v [n > 5]; u > e; v > e"),
        "u",
    ),
    Row("loop", "condition, largest number, asks first", line(user("x", inner=loop("n > 0", loopMaximum="2"))), "x x"),
    Row("multi-instance", "list, at once, results collected", line(user("x", inner=several())), "x x"),
    Row("multi-instance", "one by one", line(user("x", inner=several(at_once=False))), "x x"),
    Row("multi-instance", "number of times", line(user("x", inner=times(2))), "x x"),
    Row("multi-instance", "completion condition", line(user("x", inner=several(enough("nrOfCompletedInstances >= 1")))), "x"),
    Row("multi-instance", "of sub-processes", line(UNITS), "u u"),
    Row("multi-instance", "throws events while it ends (behavior)", line(user("x", inner=BY_ODDS)), None),
    Row(
        "compensation",
        "of a finished sub-process",
        model(start() + UNDOABLE + throw("x", "compensate") + end(), "s > sp > x > e"),
        "u undo",
    ),
    Row("data object", "", model(DATA + WRITES + end(), "s > x > e"), path="x"),
    Row("data store", "", model(start() + '<dataStoreReference id="x" name="x"/>' + end(), "s > e"), None),
    Row("ioSpecification", "of a step", line(user("x", inner=IO)), None),
    Row("choreography", "", document("<choreography id='x'/>", process(start() + end(), "s > e")), None),
)


def outcome(row: Row) -> tuple[str, str]:
    """What happened to a drawing: (works or refused, remark)."""
    try:
        case = Story(row.drawing, tables=(table("FIRST", [("-", '"a"')]),), calendars={"office": Always()})
    except RefusedError as refused:
        return "refused", next(finding.sentence for finding in refused.findings if finding.level == "error")
    seen = list(case.start(case.definition.starts()[0].element_id, n=1, amount=1, phone="1", units=[1, 2], done=False).passed)
    for step in (row.walk or "").split():
        do(case, step)
        seen += case.passed
    if not case.ended or (row.path and row.path not in seen):
        return "wrong", f"open: {case.process.active}, passed: {seen}"
    return "works", row.note


class Always:
    """A calendar without pauses."""

    def add(self, moment, span):  # type: ignore[no-untyped-def]
        return moment + span


def do(case: Story, step: str) -> None:
    """One thing that happens.

    ``x`` completes a task, ``@x`` fires a timer, ``#x`` answers a call, ``!x`` brings the message that x awaits, ``~name`` a signal,
    ``^code:x`` an escalation at x, ``=n`` sets n to 9.
    """
    kind, name = step[0], step[1:]
    match kind:
        case "@":
            case.tick(name)
        case "#":
            case.answered(name)
        case "!":
            case.deliver(case.awaited(MessageAwaited)[name].name)
        case "~":
            assert case.every(SignalAwaited)
            case.do(c.Signal(name))
        case "^":
            code, _, at = name.partition(":")
            case.do(c.Escalate(code, case.token(at) if at else None))
        case "=":
            case.do(c.SetData({name: 9}))
        case _:
            case.done(step, done=True, answer=1)


def page(results: list[tuple[Row, str, str]]) -> str:
    """The page."""
    head = (
        "# What the engine carries out\n\n"
        "One small drawing for each line was built, walked to its end, and saved and restored between any two steps. "
        "This page is written by that run "
        "(`BATON_WRITE=1 pytest tests/engine/test_coverage.py`); a test fails when it is not current. "
        "What works is walked on the whole platform too, with its database, clock, messages and connectors "
        "(`tests/bpm/test_coverage.py`).\n"
        "What is refused is refused when a drawing is deployed, with the sentence that stands beside it. "
        "Nothing is run as something else.\n\n"
        "| element | variant | | remark |\n|---|---|---|---|\n"
    )
    return head + "".join(f"| {row.element} | {row.variant} | {result} | {remark.replace('|', '/')} |\n" for row, result, remark in results)
