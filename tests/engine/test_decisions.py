"""Decision tables: hit policies, unary tests, the why."""

import pytest

from bpm.engine.definition import Definition
from bpm.engine.faults import DecisionError, ExpressionError
from bpm.engine.unary import unary
from bpm.errors import RefusedError

from .drawing import DMN, end, model, rule, start, table
from .story import build

STRINGS = [("> 200", '"high"'), ("[100..200]", '"mid"'), ("> 10", '"low"')]
NUMBERS = [("> 100", "5"), ("> 50", "amount * 2"), ("> 500", "9")]
PLAIN = model(start() + end(), "s > e")


def literal(text: str) -> bytes:
    body = f"<literalExpression><text>{text}</text></literalExpression>"
    return f'<definitions xmlns="{DMN}"><decision id="X">{body}</decision></definitions>'.encode()


def definition(*tables: bytes) -> Definition:
    return build(PLAIN, tables=tables)


@pytest.mark.parametrize(
    ("test", "found", "matches"),
    [
        ("-", 5, True),
        ("", None, True),
        ('not("x","y")', "z", True),
        ('not("x","y")', "y", False),
        ("not(> 5)", 3, True),
        ("[1..5)", 5, False),
        ("[1..5]", 5, True),
        ("]1..5[", 1, False),
        ("(1..5)", 3, True),
        ('"A","B"', "B", True),
        ("> 100", 150, True),
        ("> 100", None, False),
        ("> 100", "a", False),
        ("null", None, True),
        ('"中文"', "中文", True),
        ("> amount", 151, True),
        ('date("2026-01-01")', "2026-01-01", True),
        ('[date("2026-01-01")..date("2026-02-01")]', "2026-01-15", True),
        ('< date("2026-01-01")', "2025-12-31", True),
        ("[1..3],[7..9]", 8, True),
        ("< 3, > 7", 5, False),
        ("true", True, True),
        ("1,2,3", 2, True),
        ('"a,b","c"', "a,b", True),
        ("-5", -5, True),
        ("!= 5", 4, True),
        ('[1..2], "x"', "x", True),
        ("< due", "2026-01-01", True),
        ("城市", "北京", True),
        ("not(1),not(2)", 1, True),
        ("not(1),not(1)", 1, False),
        ("not(1,2),3", 2, False),
        ("not(1,2),3", 4, True),
        ("3,not(]1..5[)", 3, True),
        ("3,not(]1..5[)", 4, False),
        ("not([1..5),7)", 5, True),
        ("not([1..5),7)", 7, False),
        ("not([1..5),7),7", 7, True),
        ("[1..2],[7,8]", 7, True),
        ('not("a)b")', "a)b", False),
        ('not (")"), not("(")', ")", True),
        ("not (5)", 4, True),
        ("not (5)", 5, False),
        ("not(not(5))", 5, True),
        ("not($ > 5) and $ < 9", 4, True),
        ("not($ > 5) and ($ < 9)", 6, False),
        ("not(> 5), > amount", 151, True),
        ('not([date("2026-01-01")..date("2026-02-01")])', "2026-01-15", False),
    ],
)
def test_a_unary_test(test: str, found: object, matches: bool):
    assert unary(test)(found, {"amount": 150, "due": "2026-01-02T00:00:00+08:00", "城市": "北京"}) is matches


@pytest.mark.parametrize("test", ["not(1", "not(1))", "1),not(2", "not(" * 600 + "1" + ")" * 600])
def test_what_is_no_unary_test_is_said_so(test: str):
    with pytest.raises(ExpressionError):
        unary(test)


@pytest.mark.parametrize(
    ("policy", "rules", "aggregation", "wanted"),
    [
        ("FIRST", STRINGS, "", "mid"),
        ("PRIORITY", STRINGS[::-1], "", "mid"),
        ("OUTPUT ORDER", STRINGS[::-1], "", ["mid", "low"]),
        ("RULE ORDER", STRINGS, "", ["mid", "low"]),
        ("COLLECT", STRINGS, "", ["mid", "low"]),
        ("COLLECT", NUMBERS, "SUM", 305),
        ("COLLECT", NUMBERS, "MIN", 5),
        ("COLLECT", NUMBERS, "MAX", 300),
        ("COLLECT", NUMBERS, "COUNT", 2),
        ("ANY", [("> 1", '"a"'), ("> 2", '"a"')], "", "a"),
        ("UNIQUE", STRINGS[:2], "", "mid"),
        ("UNIQUE", [("> 1000", '"a"')], "", None),
    ],
)
def test_a_hit_policy(policy: str, rules: list, aggregation: str, wanted: object):
    assert definition(table(policy, rules, aggregation=aggregation)).decide("D", {"amount": 150}).result == wanted


def test_the_why_is_the_rules_that_matched_and_what_is_written_beside_them():
    found = definition(table("RULE ORDER", STRINGS)).decide("D", {"amount": 150})
    assert (found.rules, found.annotations) == (("r1", "r2"), ("rule 1", "rule 2"))


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY"])
def test_rules_that_must_agree_and_do_not_are_an_error(policy: str):
    with pytest.raises(DecisionError, match="r1, r2"):
        definition(table(policy, STRINGS)).decide("D", {"amount": 150})


def test_several_outputs_are_an_object():
    outputs = '<output name="level"/><output name="hours"/>'
    two = table("FIRST", [("> 1", '"A"')], outputs=outputs).replace(b"</rule>", b"<outputEntry><text>4</text></outputEntry></rule>")
    assert definition(two).decide("D", {"amount": 2}).result == {"level": "A", "hours": 4}


def test_a_decision_asks_those_it_needs_first():
    need = '<informationRequirement id="i1"><requiredDecision href="#D"/></informationRequirement>'
    body = f'<variable name="e"/>{need}<literalExpression><text>D + "!"</text></literalExpression>'
    second = f'<definitions xmlns="{DMN}"><decision id="E">{body}</decision></definitions>'
    assert definition(table("FIRST", STRINGS), second.encode()).decide("E", {"amount": 150}).result == "mid!"


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (table("FIRST", [("> > 1", '"a"')]), "expression"),
        (table("FIRST", [("> 1", '"a')]), "expression"),
        (table("FIRST", STRINGS, look_at="d()"), "expression"),
        (table("WHATEVER", STRINGS), "hit-policy"),
        (f'<definitions xmlns="{DMN}"><decision id="X"><invocation/></decision></definitions>'.encode(), "dmn-element"),
        (f'<definitions xmlns="{DMN}"><decision id="X"/></definitions>'.encode(), "no-table"),
    ],
)
def test_a_table_that_cannot_be_asked_is_refused_when_it_is_deployed(broken: bytes, code: str):
    with pytest.raises(RefusedError) as refused:
        definition(broken)
    assert code in [finding.code for finding in refused.value.findings]


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        (table("FIRST", [("> 1", '"a"'), ("> > 5", '"b"')]), "Table “D”, rule 2, column “amount”: “> > 5” cannot be read"),
        (table("FIRST", [("> 1", "5 +")]), "Table “D”, rule 1, column “r”: “5 +” ends too early"),
        (table("FIRST", STRINGS, look_at="amount +"), "Table “D”, column “amount +”: “amount +” ends too early"),
        (table("FIRST", [("> 1", "5")]).replace(b"<outputEntry><text><![CDATA[5]]></text></outputEntry>", b""), "Rule 1 of the table “D”"),
        (literal("1 +"), "Decision “X”: “1 +” ends too early"),
    ],
)
def test_the_cell_in_which_something_is_wrong_is_named_by_table_rule_and_column(broken: bytes, place: str):
    with pytest.raises(RefusedError) as refused:
        definition(broken)
    [error] = [finding for finding in refused.value.findings if finding.level == "error"]
    assert error.sentence.startswith(place)


def test_decisions_in_a_circle_and_missing_ones_are_refused():
    def needing(known: str, needed: str) -> bytes:
        need = f'<informationRequirement id="i"><requiredDecision href="#{needed}"/></informationRequirement>'
        body = f"{need}<literalExpression><text>1</text></literalExpression>"
        return f'<definitions xmlns="{DMN}"><decision id="{known}">{body}</decision></definitions>'.encode()

    with pytest.raises(RefusedError) as circle:
        definition(needing("A", "B"), needing("B", "A"))
    assert {finding.code for finding in circle.value.findings} == {"decision-circle"}
    with pytest.raises(RefusedError) as missing:
        build(model(start() + rule("r", "D") + end(), "s > r > e"), tables=(needing("A", "C"),))
    assert sorted(finding.code for finding in missing.value.findings) == ["decision-missing", "decision-missing"]
