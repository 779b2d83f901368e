"""What has changed between two states of a process, said in plain words."""

from collections.abc import Mapping

import orjson
import pytest

from bpm.comparing import compare
from tests.processes.desk import FOLDER

SHIPPED = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}


def said(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str]:
    return [change.text.format(**change.facts) for change in compare(before, after)]


def edited(name: str, old: str, new: str) -> dict[str, bytes]:
    text = SHIPPED[name].decode()
    assert old in text
    return {**SHIPPED, name: text.replace(old, new, 1).encode()}


def test_the_same_is_the_same() -> None:
    assert compare(SHIPPED, dict(SHIPPED)) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("complaint.bpmn", 'minutes="30"', 'minutes="45"', "“登记”: time limit in minutes was “30”, is now “45”."),
        ("complaint.bpmn", ">PT30M<", ">PT1H<", "waiting time was “PT30M”, is now “PT1H”."),
        (
            "complaint.bpmn",
            "urge_count == 2",
            "urge_count == 5",
            "“第几次？ · 第二次”: condition was “urge_count == 2”, is now “urge_count == 5”.",
        ),
        (
            "complaint.bpmn",
            'role="REVIEWER" unit="REVIEW"',
            'role="REVIEWER" unit="CS_DEPT"',
            "unit that does it was “REVIEW”, is now “CS_DEPT”.",
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


def test_names_that_are_said_together_are_each_in_the_reader_s_language() -> None:
    words = {"第几次？": "Which time?", "第二次": "the second", "升级阶梯": "Ladder"}
    [branch] = compare(SHIPPED, edited("complaint.bpmn", "urge_count == 2", "urge_count == 5"))
    assert branch.told(str, words).startswith("“Which time? · the second”: condition was")
    [rule] = compare(SHIPPED, edited("escalation_ladder.dmn", "<text>75</text>", "<text>80</text>"))
    assert rule.told(str, words).startswith("“Ladder #1”: results was")


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
