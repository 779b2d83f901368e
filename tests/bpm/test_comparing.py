"""What has changed between two states of a process, said in plain words."""

import json
import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

import orjson
import pytest

from bpm import notices
from bpm.comparing import Reader, compare, conditions
from bpm.definitions.settings import COLUMNS
from bpm.web.wording import compile_stale
from tests.processes.desk import FOLDER
from tests.story.desk import ROOT

SHIPPED = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}


CALENDARS = {"CAL-BIZ": 450.0, "CAL-247": 1440.0}
compile_stale()
ENGLISH = Reader(str, {}, CALENDARS)


def said(before: Mapping[str, bytes], after: Mapping[str, bytes], reader: Reader = ENGLISH) -> list[str]:
    return [change.told(reader) for change in compare(before, after)]


def edited(name: str, old: str, new: str) -> dict[str, bytes]:
    text = SHIPPED[name].decode()
    assert old in text
    return {**SHIPPED, name: text.replace(old, new, 1).encode()}


def test_the_same_is_the_same() -> None:
    assert compare(SHIPPED, dict(SHIPPED)) == []


def test_a_new_name_is_told_once_and_not_again_at_what_leads_there() -> None:
    assert said(SHIPPED, edited("complaint.bpmn", 'name="查询客户"', 'name="查询客户资料"')) == [
        "“查询客户资料”: name was “查询客户”, is now “查询客户资料”."
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        (
            "complaint.bpmn",
            'minutes="30"',
            'minutes="45"',
            "“登记”: time limit was “30 min of working time”, is now “45 min of working time”.",
        ),
        ("complaint.bpmn", 'minutes="30"', 'minutes="1470"', "is now “3 working days 2 h”."),
        ("complaint.bpmn", 'minutes="30"', 'minutes="450"', "is now “1 working day”."),
        ("complaint.bpmn", 'minutes="30"', 'minutes="= limits.review"', "is now “= limits.review”."),
        ("complaint.bpmn", 'minutes="30" calendar="CAL-BIZ"', 'minutes="4320" calendar="CAL-BIZ"', "is now “9 working days 4 h 30 min”."),
        ("complaint.bpmn", ">PT30M<", ">PT1H<", "waiting time was “30 min of working time”, is now “1 h of working time”."),
        ("complaint.bpmn", ">P30D<", ">P1M<", "waiting time was “30 days”, is now “P1M”."),
        (
            "complaint.bpmn",
            "urge_count == 2",
            "urge_count == 5",
            "“第几次？ · 第二次”: condition was “urge_count is 2”, is now “urge_count is 5”.",
        ),
        (
            "complaint.bpmn",
            'role="REVIEWER" unit="REVIEW"',
            'role="REVIEWER" unit="CS_DEPT"',
            "unit that does it was “REVIEW”, is now “CS_DEPT”.",
        ),
        (
            "complaint.bpmn",
            'exclude="register correct starter"',
            'exclude="correct"',
            "another person than at was “登记, 补正登记, ",
        ),
        (
            "complaint.bpmn",
            ': "register correct"',
            ': "correct"',
            'the same person as at was “= kam_needed == true ? "" : "register correct"”',
        ),
        ("complaint.bpmn", '<baton:form ref="review"', '<baton:form ref="check"', "form was “复核”, is now “审核反馈”."),
        ("complaint.bpmn", 'ladder="escalation_ladder"', 'ladder="priority"', "ladder was “升级阶梯”, is now “优先分”."),
        ("complaint.bpmn", 'calledElement="handle_order"', 'calledElement="return_visit"', "called process was “部门处理”, is now “回访”."),
        (
            "complaint.bpmn",
            'to="customer" text="registered"',
            'to="customer" text="rejected"',
            "notice was “customer → 您的投诉已受理（{{number}}）”, is now “customer → 关于您反映的问题（{{number}}）”.",
        ),
        ("forms/handle.json", '"已解决"', '"解决了"', "“处理结果”: choices was “已解决,"),
        ("escalation_ladder.dmn", "<text>75</text>", "<text>80</text>", "“升级阶梯 #1”: results was “0 | 75 |"),
        ("process.json", "您的投诉已受理", "投诉已受理", "“process.json · registered”: notice was “您的投诉已受理"),
    ],
)
def test_a_change_is_told_with_both_values(name: str, old: str, new: str, sentence: str) -> None:
    found = said(SHIPPED, edited(name, old, new))
    assert len(found) == 1
    assert sentence in found[0]


def test_a_lane_under_a_new_name_is_told_once_and_not_at_every_step_in_it() -> None:
    lane = re.search(r'<bpmn:lane [^>]*name="([^"]*)"', SHIPPED["complaint.bpmn"].decode())
    assert lane
    [sentence] = said(SHIPPED, edited("complaint.bpmn", lane[0], lane[0].replace(lane[1], "另一条泳道")))
    assert f"name was “{lane[1]}”, is now “另一条泳道”" in sentence


def test_what_an_event_throws_or_catches_is_called_by_its_name() -> None:
    drawing = SHIPPED["complaint.bpmn"].decode()
    before = drawing.replace(
        "</bpmn:definitions>", '<bpmn:signal id="s1" name="停电" /><bpmn:signal id="s2" name="来电" /></bpmn:definitions>'
    )
    [thrown] = re.findall(r"<bpmn:escalationEventDefinition [^>]*>", before)[:1]
    signals = [
        {**SHIPPED, "complaint.bpmn": before.replace(thrown, f'<bpmn:signalEventDefinition id="d" signalRef="{ref}" />', 1).encode()}
        for ref in ("s1", "s2")
    ]
    [sentence] = said(*signals)
    assert "signal was “停电”, is now “来电”." in sentence


def test_names_that_are_said_together_are_each_in_the_reader_s_language() -> None:
    words = {"第几次？": "Which time?", "第二次": "the second", "升级阶梯": "Ladder"}
    [branch] = compare(SHIPPED, edited("complaint.bpmn", "urge_count == 2", "urge_count == 5"))
    assert branch.told(Reader(str, words)).startswith("“Which time? · the second”: condition was")
    [rule] = compare(SHIPPED, edited("escalation_ladder.dmn", "<text>75</text>", "<text>80</text>"))
    assert rule.told(Reader(str, words)).startswith("“Ladder #1”: results was")


FORM = {
    "amount": {"type": "number", "title": "金额"},
    "level": {"type": "string", "title": "级别", "oneOf": [{"const": "L1", "title": "特急"}, {"const": "L2", "title": "紧急"}]},
    "urgent": {"type": "boolean", "title": "加急"},
}


@pytest.mark.parametrize(
    ("condition", "english", "chinese"),
    [
        ("amount > 100", "Amount is more than 100", "金额 大于 100"),
        ('= level in ["L1", "L2"]', "Level is Major or Urgent", "级别 是 特急或紧急"),
        ("100 >= amount", "Amount is at most 100", "金额 不超过 100"),
        ("urgent == true and level != null", "Express is yes, and Level is filled in", "加急 是 是，并且 级别 已填写"),
        ('(level == "L1" or amount > 5) and urgent == false', "(Level is Major, or Amount is more than 5), and Express is no", ""),
        ("(amount ?? 0) < 1.5", "Amount is less than 1.5 (counts as 0 while not filled in)", ""),
        ("customer_number == null", "Customer's number is not filled in", "客户号码 未填写"),
        ("plan.mode == 'CALL'", "Way is CALL", ""),
        ("some(units, # > amount)", "some(units, # > amount)", "some(units, # > amount)"),
        ("amount > 100 and", "amount > 100 and", ""),
        ("(" * 3000, "(" * 300, ""),
    ],
)
def test_a_condition_is_said_as_the_rows_of_the_designer_say_it(condition: str, english: str, chinese: str) -> None:
    before = edited("complaint.bpmn", "urge_count == 2", "old_one")
    before |= {"forms/handle.json": orjson.dumps({"schema": {"properties": FORM}})}
    after = {**before, "complaint.bpmn": before["complaint.bpmn"].replace(b"old_one", escape(condition).encode())}
    [change] = compare(before, after, COLUMNS)
    words = {"金额": "Amount", "级别": "Level", "特急": "Major", "紧急": "Urgent", "加急": "Express", "方式": "Way"}
    assert f"was “old_one”, is now “{english}”." in change.told(Reader(str, words))
    if chinese:
        assert f"由“old_one”改为“{chinese}”。" in change.told(Reader(partial(notices.in_language, language="zh")))


CASES = json.loads((ROOT / "designer/src/way/conditions.cases.json").read_text("utf-8"))
"""What the designer's own reader of conditions is tested with: both read alike."""


def as_the_designer_has_it(part: conditions.Row | conditions.Group) -> dict[str, Any]:
    if isinstance(part, conditions.Group):
        return {"join": part.join, "parts": [as_the_designer_has_it(each) for each in part.parts]}
    values = [{"field": each.name} if isinstance(each, conditions.Name) else each for each in part.values]
    row: dict[str, Any] = {"field": part.name, "op": part.op}
    row |= {"value": values if part.op in ("in", "not in") else values[0]} if values else {}
    return row | ({} if part.otherwise is None else {"or": part.otherwise})


@pytest.mark.parametrize(("written", "rows"), CASES["read"].items())
def test_a_condition_is_read_as_the_designer_reads_it(written: str, rows: dict[str, Any]) -> None:
    found = conditions.read(written)
    assert found is not None
    found = conditions.Group("and", (found,)) if isinstance(found, conditions.Row) else found
    assert as_the_designer_has_it(found) == rows


@pytest.mark.parametrize("written", CASES["leftAlone"])
def test_what_the_designer_leaves_to_experts_stays_an_expression(written: str) -> None:
    assert conditions.read(written) is None


def test_a_field_that_two_forms_call_differently_is_called_as_the_form_before_calls_it() -> None:
    [change] = said(SHIPPED, edited("handle_order.bpmn", 'outcome == "REFUSE"', 'outcome == "DONE"'))
    assert "condition was “收不收 is 退单”" in change


def test_a_field_under_a_new_name_is_told_as_that() -> None:
    found = said(SHIPPED, {**SHIPPED, "forms/handle.json": SHIPPED["forms/handle.json"].replace(b'"responsibility"', b'"at_fault"')})
    assert "“责任归属”: the field is now called “at_fault”; it was “responsibility”." in found
    assert not [each for each in found if "is gone" in each or "is new" in each]


def test_when_a_field_is_required_is_told_at_the_field() -> None:
    form = orjson.loads(SHIPPED["forms/handle.json"])
    form["schema"]["allOf"][0]["then"]["required"].remove("cause_code")
    form["schema"]["allOf"][0]["if"]["properties"]["outcome"]["enum"].append("RETURN")
    found = said(SHIPPED, {**SHIPPED, "forms/handle.json": orjson.dumps(form)})
    assert "“处理结果”: required when was “办了没有 is 已办，提交反馈”, is now “办了没有 is 已办，提交反馈 or 退回派单”." in found
    assert "required when is gone; it was “办了没有 is 已办，提交反馈”." in "".join(found)


def test_a_field_of_another_kind_in_its_place_is_another_field() -> None:
    form = orjson.loads(SHIPPED["forms/handle.json"])
    properties = {("at_fault" if name == "responsibility" else name): rule for name, rule in form["schema"]["properties"].items()}
    form["schema"]["properties"] = {**properties, "at_fault": {"type": "boolean", "title": "我方责任"}}
    found = said(SHIPPED, {**SHIPPED, "forms/handle.json": orjson.dumps(form)})
    assert "“责任归属” is gone (field)." in found
    assert "“我方责任” is new (field)." in found


def test_what_reads_alike_before_and_after_is_told_as_it_is_written() -> None:
    fields = {"a": {"type": "number", "title": "金额"}}
    before = {
        **edited("complaint.bpmn", "urge_count == 2", "a == 2"),
        "forms/handle.json": orjson.dumps({"schema": {"properties": fields}}),
    }
    after = {name: content.replace(b'"a":', b'"b":').replace(b"a == 2", b"b == 2") for name, content in before.items()}
    assert "“第几次？ · 第二次”: condition was “a == 2”, is now “b == 2”." in said(before, after)


def test_formatting_and_order_of_attributes_are_no_change() -> None:
    assert said(SHIPPED, edited("complaint.bpmn", 'role="REVIEWER" unit="REVIEW"', 'unit="REVIEW"   role="REVIEWER"')) == []


def test_what_is_new_and_what_is_gone_is_named() -> None:
    form = orjson.loads(SHIPPED["forms/handle.json"])
    form["schema"]["properties"]["spare"] = {"type": "string", "title": "备件"}
    del form["schema"]["properties"]["responsibility"]
    found = said(SHIPPED, {**SHIPPED, "forms/handle.json": orjson.dumps(form)})
    assert "“责任归属” is gone (field)." in found
    assert "“备件” is new (field)." in found


def test_files_come_and_go() -> None:
    without = {
        name: content for name, content in SHIPPED.items() if name not in ("visit_policy.dmn", "return_visit.bpmn", "forms/visit.json")
    }
    gone = said(SHIPPED, without)
    assert len(gone) == 3
    assert all("is gone" in each for each in gone)
    assert all("is new" in each for each in said(without, SHIPPED))


def test_a_rule_that_moves_in_is_one_new_rule() -> None:
    text = SHIPPED["escalation_ladder.dmn"].decode()
    begin = text.index("<rule ")
    end = text.index("</rule>") + len("</rule>")
    rule = text[begin:end].replace("escalation_ladder_1", "added").replace("<text>75</text>", "<text>50</text>")
    after = {**SHIPPED, "escalation_ladder.dmn": (text[:begin] + rule + text[begin:]).encode()}
    found = said(SHIPPED, after)
    assert len(found) == 1
    assert "#1: false → 0 | 50 |" in found[0]


@pytest.mark.parametrize("broken", [b"", b"<", b"{", b"[1]", b'{"schema": {"properties": 3}, "ui": 4}', "<a>é</a>".encode("latin-1")])
@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_what_cannot_be_read_never_stops_a_comparison(name: str, broken: bytes) -> None:
    assert compare(SHIPPED, {**SHIPPED, name: broken}) != [] or name.endswith(".md")
