"""What cannot be run truly is refused when it is deployed: by name, in words, all findings at once."""

import pytest
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from bpm.engine.definition import Definition
from bpm.engine.parser import Parser
from bpm.errors import RefusedError

from .drawing import (
    HEAD,
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
    rule,
    script,
    service,
    start,
    sub,
    throw,
    timer,
    times,
    user,
    when,
)
from .story import build

U = user("u")
LOOP = "multiInstanceLoopCharacteristics"


def in_line(*steps: str) -> bytes:
    """start, the steps (whose ids are x, y ...), end"""
    known = ["x", "y"][: len(steps)]
    return model(start() + "".join(steps) + end(), f"s > {' > '.join(known)} > e")


def attached(kind: str, *, stays: bool = False) -> bytes:
    return model(start() + U + bound("x", "u", kind, stays=stays) + end(), "s > u > e; x > e")


@pytest.mark.parametrize(
    ("drawing", "element", "code"),
    [
        (in_line(gateway("complex", "x")), "x", "element"),
        (in_line(node("teapotTask", "x")), "x", "element"),
        (model(start() + '<dataStoreReference id="x" name="x"/>' + end(), "s > e"), "x", "element"),
        (document('<choreography id="x" name="x"/>', process(start() + end(), "s > e")), "x", "element"),
        (in_line(user("x", inner="<ioSpecification/>")), "x", "element"),
        (in_line(user("x", inner="<dataInputAssociation><sourceRef>gone</sourceRef></dataInputAssociation>")), "x", "data"),
        (in_line(user("x", inner="<dataOutputAssociation><targetRef>gone</targetRef></dataOutputAssociation>")), "x", "data"),
        (in_line(catch("x", "<teapotEventDefinition/>")), "x", "element"),
        (in_line(catch("x", "error")), "x", "trigger"),
        (in_line(catch("x", "")), "x", "trigger"),
        (in_line(throw("x", after("PT1H"))), "x", "trigger"),
        (in_line(catch("x", after("PT1H") + when("a > 1"))), "x", "triggers"),
        (attached("terminate"), "x", "trigger"),
        (attached(""), "x", "trigger"),
        (attached("cancel"), "x", "trigger"),
        (attached("error", stays=True), "x", "trigger"),
        (attached("compensate"), "x", "compensation"),
        (attached("<errorEventDefinition errorRef='nope'/>"), "x", "reference"),
        (attached("<messageEventDefinition messageRef='nope'/>"), "x", "reference"),
        (attached("<conditionalEventDefinition/>"), "x", "condition"),
        (attached(timer("timeCycle", "0 0/5 * * * ?")), "x", "timer"),
        (attached(timer("timeDuration", "-PT5M")), "x", "timer"),
        (attached("<timerEventDefinition/>"), "x", "timer"),
        (model(start("x", timer("timeCycle", "R3/PT1H")) + end(), "x > e"), "x", "timer"),
        (model(start("x", when("a > 1")) + end(), "x > e"), "x", "trigger"),
        (model(start("s", "signal") + throw("x", "signal") + end(), "s > x > e"), "x", "runaway"),
        (model(start("s", "signal") + script("a", "n = 1") + end("x", "signal"), "s > a > x"), "x", "runaway"),
        (model(start("s", "message") + node("sendTask", "x", messageRef="M") + end(), "s > x > e"), "x", "runaway"),
        (model(start() + start("x") + end(), "s > e; x > e"), "x", "start"),
        (model(start() + end("x", "cancel"), "s > x"), "x", "trigger"),
        (model(start() + end("x", "<errorEventDefinition/>"), "s > x"), "x", "reference"),
        (in_line(sub("x", start("a", "message") + end("z"), "a > z")), "x", "start"),
        (model(start() + U + end() + event_sub("").replace('id="es"', 'id="x"'), "s > u > e"), "x", "start"),
        (in_line(service("x", call="<baton:input name='a' value='b'/>")), "x", "call"),
        (in_line(node("businessRuleTask", "x")), "x", "decision"),
        (in_line(rule("x", "nowhere")), "x", "decision-missing"),
        (in_line(node("sendTask", "x", name="")), "x", "reference"),
        (in_line(node("callActivity", "x", calledElement="${which}")), "x", "called"),
        (in_line(node("callActivity", "x", calledElement="nowhere")), "x", "called"),
        (
            document(
                process(start() + node("callActivity", "x", calledElement="q") + end(), "s > x > e"),
                process(start("m", "message") + start("n", "signal") + end("z"), "m > z; n > z", "q"),
            ),
            "x",
            "called",
        ),
        (in_line(throw("x", '<compensateEventDefinition activityRef="nowhere"/>')), "x", "reference"),
        (in_line(script("x", "import os")), "x", "expression"),
        (in_line(script("x", "a = d()")), "x", "expression"),
        (in_line(script("x", "")), "x", "script"),
        (in_line(user("x", inner=loop("d()"))), "x", "expression"),
        (in_line(user("x", inner=loop())), "x", "loop"),
        (in_line(user("x", inner=loop("true", loopMaximum="many"))), "x", "loop"),
        (in_line(user("x", inner=f"<{LOOP}/>")), "x", "loop"),
        (in_line(user("x", inner=f"<{LOOP} behavior='One'><loopCardinality>3</loopCardinality></{LOOP}>")), "x", "loop"),
        (
            in_line(user("x", inner=f"<{LOOP}><loopCardinality>3</loopCardinality><loopDataOutputRef>all</loopDataOutputRef></{LOOP}>")),
            "x",
            "loop",
        ),
        (in_line(user("x", inner=loop("true") + times(2))), "x", "loop"),
        (in_line(user("x", completionQuantity="2")), "x", "quantity"),
        (in_line(node("receiveTask", "x", messageRef="M", instantiate="true")), "x", "start"),
        (in_line(user("x", inner=ext(baton("teapot", ref="f")))), "x", "extension"),
        (in_line(user("x", inner=ext(baton("limit", minutes="soon")))), "x", "extension"),
        (in_line(user("x", inner=ext(baton("limit", minutes="= soon +")))), "x", "expression"),
        (in_line(user("x", inner=ext(baton("form")))), "x", "extension"),
        (in_line(user("x", inner=ext('<camunda:taskListener class="x.Y"/>'))), "x", "extension"),
        (model(start() + gateway("eventBased", "g") + user("x") + end(), "s > g; g > x > e"), "x", "gateway"),
        (model(start() + gateway("eventBased", "g") + catch("x", "message") + U + end(), "s > u > g; g > x > e; u > x"), "x", "gateway"),
        (model(start() + gateway("parallel", "x") + U + end(), "s > x; x > u [a > 1]; u > e"), "x", "condition"),
        (model(start() + gateway("exclusive", "x") + user("u", "v") + end(), "s > x; x > u; x > v; u > e; v > e"), "x", "condition"),
        (model(start() + U + end("x") + end("e2"), "s > u > x; x > e2"), "x", "flow"),
        (model(start() + U + end(), "s > u > e; u > nowhere").replace(b"f_u_nowhere", b"x"), "x", "flow"),
        (model(start() + U + node("userTask", "u", name="twice") + end(), "s > u > e").replace(b'id="u"', b'id="x"'), "x", "duplicate-id"),
        (model(start() + throw("x", '<linkEventDefinition name="A"/>') + end(), "s > x"), "x", "link"),
        (in_line(node("adHocSubProcess", "x", user("a"), ordering="Sequential")), "x", "adhoc"),
        (model(start() + sub("t", start("a") + end("x", "cancel"), "a > x", tag="transaction") + end(), "s > t > e"), "x", "trigger"),
        (in_line(catch("x", "message")).replace(b'name="paid"', b'name="paid-${d()}"'), "x", "expression"),
        (in_line(node("callActivity", "x", ext('<camunda:in businessKey="k"/>'), calledElement="p")), "x", "extension"),
        (
            model(start() + user("x") + end(), "s > x; x > e [a > 1]")
            .replace(b"<conditionExpression", b'<conditionExpression language="javascript"')
            .replace(b'"f_x_e"', b'"x2"'),
            "x2",
            "language",
        ),
    ],
)
def test_it_is_refused(drawing: bytes, element: str, code: str):
    with pytest.raises(RefusedError) as refused:
        build(drawing)
    found = [finding for finding in refused.value.findings if finding.level == "error"]
    assert (element, code) in [(finding.element, finding.code) for finding in found], [finding.sentence for finding in found]
    for finding in found:
        assert finding.file == "p.bpmn"
        assert finding.sentence.endswith((".", "?", "/P1D."))
        assert "{name}" not in finding.sentence


def test_a_process_may_throw_what_begins_it_where_something_waits_or_chooses_before():
    for between, flows in (
        (U, "s > u > t > e"),
        (catch("c", after("PT1H")), "s > c > t > e"),
        (gateway("exclusive", "g") + end("e2"), "s > g; g > t [n < 3]; g > e2; t > e"),
    ):
        build(model(start("s", "signal") + between + throw("t", "signal") + end(), flows))
    build(model(start() + start("s2", "signal") + throw("t", "signal") + U + end(), "s > t > e; s2 > u > e"))


def test_all_findings_of_all_files_come_at_once():
    first = model(start() + gateway("complex", "g1") + service("sv", call=" ") + end(), "s > g1 > sv > e")
    with pytest.raises(RefusedError) as refused:
        Definition.build("p", {"p.bpmn": first, "q.bpmn": b"<nonsense", "t.dmn": b"<!DOCTYPE x><x/>", "readme.txt": b"ignored"})
    assert {(finding.file, finding.code) for finding in refused.value.findings} == {
        ("p.bpmn", "element"),
        ("p.bpmn", "call"),
        ("q.bpmn", "not-xml"),
        ("t.dmn", "doctype"),
    }


LAUGHS = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><definitions>&b;</definitions>'
OUTSIDE = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions><process id="&x;"/></definitions>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (LAUGHS, "doctype"),
        (OUTSIDE, "not-xml"),
        (LAUGHS.decode().encode("utf-16"), "doctype"),
        (b"<a>" * 200 + b"</a>" * 200, "too-deep"),
        ((HEAD + "<message/>" * 20_001 + "</definitions>").encode(), "too-large"),
        (b" " * (5 * 1024 * 1024 + 1), "too-large"),
        (b"", "not-xml"),
        (b"\x00\x01", "not-xml"),
        ((HEAD + "</definitions>").encode(), "main"),
    ],
)
def test_hostile_or_broken_files_are_refused(content: bytes, code: str):
    with pytest.raises(RefusedError) as refused:
        Definition.build("p", {"p.bpmn": content})
    assert refused.value.findings[0].code == code


def test_a_bundle_without_a_drawing_is_refused():
    with pytest.raises(RefusedError) as refused:
        Definition.build("p", {"readme.txt": b"hello"})
    assert refused.value.findings[0].code == "main"


def test_which_process_is_the_main_one():
    two = document(
        process(start() + node("callActivity", "ca", calledElement="b") + end(), "s > ca > e", "a"),
        process(start("t") + end("f"), "t > f", "b"),
    )
    assert Definition.build("b", {"x.bpmn": two}).main == "b"
    assert Definition.build("whole", {"x.bpmn": two}).main == "a"
    apart = document(process(start() + end(), "s > e", "a"), process(start("t") + end("f"), "t > f", "b"))
    with pytest.raises(RefusedError) as refused:
        Definition.build("whole", {"x.bpmn": apart})
    assert "a, b" in refused.value.findings[0].sentence


@pytest.mark.parametrize(
    "drawing",
    [
        model(
            start("s", "message") + gateway("parallel", "g", "j") + U + script("a", "n = 1") + throw("t", "message") + end(),
            "s > g; g > u > j; g > a > j; j > t > e",
        ),
        model(
            start("s", "signal") + gateway("parallel", "g", "j") + U + throw("t", "signal") + end(), "s > g; g > u > j; g > j; j > t > e"
        ),
        model(
            start("s", "signal")
            + node("scriptTask", "a", "<script>n = 1</script>", default="f_a_t")
            + throw("t", "signal")
            + end()
            + end("f"),
            "s > a; a > t; a > f [n > 3]; t > e",
        ),
    ],
)
def test_what_waits_or_chooses_before_it_throws_is_no_endless_process(drawing: bytes):
    assert [finding for finding in build(drawing).findings if finding.level == "error"] == []


def test_what_several_do_is_what_is_called_for_each_of_them_and_what_that_calls():
    inside = sub("x", start("a") + node("callActivity", "c", calledElement="q") + end("z"), "a > c > z", inner=times(2))
    drawing = document(
        process(start() + inside + node("callActivity", "v", calledElement="visit") + end(), "s > x > v > e"),
        process(start("qs") + node("callActivity", "qc", calledElement="r") + end("qe"), "qs > qc > qe", "q"),
        process(start("rs") + user("ru") + end("re"), "rs > ru > re", "r"),
        process(start("vs") + user("vu") + end("ve"), "vs > vu > ve", "visit"),
    )
    assert build(drawing).shared() == {"q", "r"}


def test_what_is_only_worth_knowing_does_not_refuse():
    drawing = model(start() + gateway("exclusive", "g") + user("a", "b") + end(), "s > g; g > a [n > 1]; g > b; a > e; b > e")
    assert [(finding.level, finding.element) for finding in build(drawing).findings] == [("info", "g")]


def test_what_would_happen_otherwise_than_one_could_think_is_told():
    expression = "<resourceAssignmentExpression><formalExpression>li</formalExpression></resourceAssignmentExpression>"
    performer = f"<potentialOwner>{expression}</potentialOwner>"
    drawing = model(
        start()
        + user("u", inner=performer)
        + bound("b", "u", when("n > 1"), stays=True)
        + bound("c", "u", timer("timeCycle", "R3/PT1H"))
        + end(),
        "s > u > e; b > e; c > e",
    )
    assert {(finding.level, finding.element, finding.code) for finding in build(drawing).findings} == {
        ("warning", "u", "performer"),
        ("warning", "b", "once"),
        ("warning", "c", "once"),
    }


def test_a_process_beside_the_one_of_the_version_that_nothing_calls_is_told():
    beside = process(start("s2", "message") + user("b") + end("e2"), "s2 > b > e2", "two")
    found = build(document(process(start() + U + end(), "s > u > e"), beside)).findings
    assert [(finding.level, finding.element) for finding in found if finding.code == "idle"] == [("warning", "two")]


def test_that_undoing_is_waited_for_is_told_where_it_is_drawn_otherwise():
    found = build(in_line(throw("x", '<compensateEventDefinition waitForCompletion="false"/>'))).findings
    assert [(finding.level, finding.element) for finding in found if finding.code == "compensation"] == [("warning", "x")]


def test_a_condition_without_a_text_is_none():
    drawing = model(start() + user("u") + end(), "s > u > e").replace(b'targetRef="e">', b'targetRef="e"><conditionExpression/>')
    assert build(drawing).findings == []


def test_what_the_platform_wants_to_know_of_a_drawing():
    form = ext(baton("form", ref="f1"))
    definition = build(model(start(inner=form) + service("sms") + user("u", inner=form, name="受理") + end(), "s > sms > u > e"))
    call = definition.calls()[0]
    assert (call.file, call.element_id, call.connector, call.operation, call.inputs) == ("p.bpmn", "sms", "sms", "send", ("to",))
    assert definition.names["u"] == "受理"
    assert definition.process_ids() == ["p"]
    assert definition.starts()[0].form == "f1"


def test_what_only_the_parser_has_against_a_drawing_is_quoted_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(parser: Parser) -> None:
        raise ValidationException("Something that nobody foresaw", parser.process_parsers["p"].node, "p.bpmn")

    monkeypatch.setattr(Parser, "specs", refuse)
    with pytest.raises(RefusedError) as refused:
        build(in_line(user("x")))
    assert [(each.file, each.element, each.sentence) for each in refused.value.findings if each.level == "error"] == [
        ("p.bpmn", "p", "The drawing cannot be read at “p”. What its reader says: “Something that nobody foresaw”")
    ]


def test_a_flow_that_leads_astray_is_named_with_its_ends_and_the_step_that_is_not_there():
    gone = model(start() + U + end(), "s > u > e; u > nowhere")
    inside = model(start() + U + sub("x", start("s2") + user("y") + end("e2"), "s2 > y > e2") + end(), "s > u > x > e; u > y")
    for drawing, sentence in (
        (gone, "A flow leads from “u” to “nowhere”, but there is no step “nowhere” in this file."),
        (inside, "A flow leads from “u” to “y”, which is not in the same process or sub-process."),
    ):
        with pytest.raises(RefusedError) as refused:
            build(drawing)
        assert sentence in [finding.sentence for finding in refused.value.findings]


def test_an_expression_that_cannot_be_read_is_told_with_the_step_or_the_flow_at_which_it_stands():
    task = user("u", inner=ext(baton("limit", minutes="= soon +")), name="受理")
    fork = gateway("exclusive", "g")
    with pytest.raises(RefusedError) as refused:
        build(model(start() + task + fork + end() + end("e2"), "s > u > g > e; g > e2 [amount +]"))
    told = [finding.sentence for finding in refused.value.findings]
    assert any(each.startswith("“受理”: “soon +” ends too early") for each in told)
    assert any(each.startswith("“g → e2”: “amount +” ends too early") for each in told)
