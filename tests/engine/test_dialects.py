"""Diagrams of other makers mean here what they mean there."""

from bpm.engine.facts import TaskOpened

from .drawing import HEAD, after, bound, document, end, ext, flows, gateway, model, node, process, script, start, table, user
from .story import Story, build

ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'


def test_expressions_in_dollars_and_with_words():
    drawing = model(
        start() + gateway("exclusive", "g", default="f_g_b") + user("a", "b") + end(),
        "s > g; g > a [${amount gt 100 && !done}]; g > b; a > e; b > e",
    )
    assert Story(drawing).start(amount=150, done=False).users == ["a"]
    assert Story(drawing).start(amount=150, done=True).users == ["b"]


def test_conditions_with_an_equals_sign_and_in_the_words_of_python():
    for condition in ("= amount > 100", "amount > 100 and not done == True", "amount > 100"):
        drawing = model(
            start() + gateway("exclusive", "g", default="f_g_b") + user("a", "b") + end(),
            f"s > g; g > a [{condition}]; g > b; a > e; b > e",
        )
        assert Story(drawing).start(amount=150, done=False).users == ["a"]


def test_a_collection_an_assignee_and_a_form_of_camunda():
    many = '<multiInstanceLoopCharacteristics camunda:collection="${people}" camunda:elementVariable="who"/>'
    task = node("userTask", "u", many, camunda__assignee="${who}", camunda__candidateGroups="agents", camunda__formKey="f1")
    case = Story(model(start() + task + end(), "s > u > e")).start(people=["li", "wang"])
    assert [(fact.assignment.user, fact.assignment.role, fact.form) for fact in case.has(TaskOpened)] == [
        ("li", "agents", "f1"),
        ("wang", "agents", "f1"),
    ]


def test_variables_in_and_out_of_a_call_of_camunda():
    mapping = ext(
        '<camunda:in source="amount" target="n"/><camunda:in sourceExpression="${amount + 1}" target="m"/>',
        '<camunda:out source="r" target="back"/>',
    )
    outer = process(start() + node("callActivity", "ca", mapping, calledElement="q") + user("v") + end(), "s > ca > v > e")
    case = Story(document(outer, process(start("qs") + script("x", "r = n + m") + end("qe"), "qs > x > qe", "q"))).start(amount=5)
    assert case.data_of("v") == {"amount": 5, "back": 11}


def test_decisions_of_three_makers():
    made = (
        node("businessRuleTask", "r", camunda__decisionRef="D", camunda__resultVariable="level"),
        node("businessRuleTask", "r", ext(f'<zeebe:calledDecision {ZEEBE} decisionId="D" resultVariable="level"/>')),
    )
    tables = (table("FIRST", [("> 100", '"A"')]),)
    for task in made:
        assert Story(model(start() + task + end(), "s > r > e"), tables=tables).start(amount=150).data["level"] == "A"
    spiff = ext('<s:calledDecisionId xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core">D</s:calledDecisionId>')
    assert (
        Story(model(start() + node("businessRuleTask", "r", spiff) + end(), "s > r > e"), tables=tables).start(amount=150).data["r"] == "A"
    )


def test_a_list_a_script_and_an_assignment_of_zeebe():
    many = ext(
        f'<zeebe:loopCharacteristics {ZEEBE} inputCollection="= people" inputElement="who" outputCollection="all" outputElement="= said"/>'
    )
    task = node(
        "userTask",
        "u",
        ext(f'<zeebe:assignmentDefinition {ZEEBE} assignee="lee"/>')
        + f"<multiInstanceLoopCharacteristics>{many}</multiInstanceLoopCharacteristics>",
    )
    counted = node("scriptTask", "k", ext(f'<zeebe:script {ZEEBE} expression="= len(people)" resultVariable="count"/>'))
    case = Story(model(start() + counted + task + end(), "s > k > u > e")).start(people=["a", "b"])
    assert case.has(TaskOpened)[0].assignment.user == "lee"
    for fact in case.has(TaskOpened):
        case.done("u", said=fact.index)
    assert case.data["count"] == 2
    assert len(case.data["all"]) == 2


def test_a_code_variable_of_camunda_holds_the_code_alone():
    caught = node("boundaryEvent", "b", '<errorEventDefinition errorRef="ER" camunda:errorCodeVariable="code"/>', attachedToRef="sp")
    inside = node("subProcess", "sp", start("a") + end("z", "error") + flows("a > z"))
    case = Story(model(start() + inside + caught + user("x") + end(), "s > sp > e; b > x > e")).start()
    assert case.data_of("x")["code"] == "E1"


def test_references_may_carry_a_prefix():
    drawing = model(
        start() + user("u") + bound("b", "u", '<messageEventDefinition messageRef="tns:M"/>') + user("x") + end(), "s > u > e; b > x > e"
    )
    case = Story(drawing).start()
    case.deliver("paid")
    assert case.users == ["x"]


def test_times_in_quotes_are_times():
    case = Story(model(start() + user("u") + bound("b", "u", after('"PT1H"')) + end(), "s > u > e; b > e")).start()
    case.tick("b")
    assert case.ended


def test_what_another_maker_asks_for_and_does_not_happen_here_is_told():
    definition = build(model(start() + user("u", inner=ext('<camunda:potentialMagic a="1"/>')) + end(), "s > u > e"))
    assert [(finding.level, finding.element, finding.code) for finding in definition.findings] == [("warning", "u", "extension")]


def test_a_prefix_for_bpmn_itself_changes_nothing():
    body = (
        (HEAD + process(start() + user("u") + end(), "s > u > e") + "</definitions>").replace("<", "<bpmn:").replace("<bpmn:/", "</bpmn:")
    )
    assert Story(body.encode()).start().users == ["u"]
