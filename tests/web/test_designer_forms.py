"""The form builder in a real browser: by mouse and by keys, in both languages, and back into the files that the server reads."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bpm import clock, definitions
from bpm.models import Definition
from bpm.models.database import unit_of_work
from tests.api.desk import PROCESSES
from tests.browsing import faults
from tests.web.conftest import Open
from tests.web.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
FORMS = sorted(path.stem for path in (PROCESSES / "complaint" / "forms").glob("*.json"))


@pytest.fixture
def draft(office: Office) -> str:
    """A draft of the complaint process: the address of its page."""
    with unit_of_work(write=False) as session:
        version = session.scalars(select(Definition).where(Definition.key == "complaint")).one().id
    begun = office["analyst"].post(f"/designer/from/{version}")
    assert begun.status == 303
    return begun.response.headers["Location"]


def files_of(page: Page, draft: str) -> dict[str, str]:
    answer = page.request.get(page.url.split("/designer")[0] + "/api/v1/drafts/" + draft.rpartition("/")[2])
    files: dict[str, str] = answer.json()["files"]
    return files


def write(office: Office, draft: str, file: str, text: str) -> None:
    """Put a file into the draft as a program does."""
    analyst = office["analyst"]
    body = {"revision": None, "files": {file: text}}
    answer = analyst.client.post(f"/api/v1/drafts/{draft.rpartition('/')[2]}/files", json=body, headers={"X-CSRF-Token": analyst.csrf})
    assert answer.status_code == 200, answer.text


def at_the_review(browse: Open, draft: str) -> Page:
    """The designer with the tab "form" of the step "review"."""
    page = browse("analyst", draft)
    page.wait_for_selector("#designer:not([aria-busy])")
    page.locator(".djs-element[data-element-id=review] > .djs-hit").first.click(force=True)
    page.locator("#tab-form").click()
    return page


def saved(page: Page, act: Callable[[], Any]) -> None:
    """Do something, and wait until the draft is kept."""
    with page.expect_response(lambda answer: answer.url.endswith("/files") and answer.request.method == "POST") as answer:
        act()
    assert answer.value.ok, answer.value.text()
    expect(page.locator(".b-saved")).to_contain_text("已自动保存")


def parts(page: Page) -> list[str]:
    return [str(each.get_attribute("data-part")) for each in page.locator(".f-part").all()]


def name_it(page: Page, chinese: str, english: str) -> None:
    page.locator("#f-label-zh").fill(chinese)
    page.locator("#f-label-en").fill(english)
    page.locator("#f-label-en").press("Tab")


def test_a_form_is_built_by_mouse_and_by_keys_and_shown_by_a_step(browse: Open, draft: str) -> None:
    page = at_the_review(browse, draft)
    page.get_by_role("button", name="新建表单").click()
    expect(page.locator(".f-builder h1")).to_have_text("复核")

    page.drag_and_drop("[data-kind=text]", ".f-paper", target_position={"x": 200, "y": 120})
    name_it(page, "故障地点", "Place")
    page.drag_and_drop("[data-kind=radio]", ".f-paper", target_position={"x": 200, "y": 190})
    name_it(page, "办法", "Way")
    for at, (code, chinese, english) in enumerate((("SWAP", "更换", "Swap"), ("MEND", "维修", "Mend"))):
        row = page.locator(".f-choices__r").nth(at)
        for box, text in zip(row.locator("input").all(), (code, chinese, english), strict=True):
            box.fill(text)
            box.press("Tab")
    expect(page.locator("#f-default")).to_be_visible()
    assert parts(page) == ["place", "way"]

    for kind in ("money", "table", "note"):
        page.locator(f"[data-kind={kind}]").press("Enter")
    page.locator("[data-part=field_1] .f-choose").click()
    name_it(page, "费用", "Cost")
    assert parts(page) == ["place", "way", "cost", "field_2", "note_1"]

    # conditions in plain words: the cost is asked for when something is swapped, and then it must be there
    page.get_by_role("group", name="是否必填").get_by_text("某些情况下").click()
    page.get_by_role("group", name="何时显示这个字段").get_by_text("某些情况下").click()
    for where in ("是否必填", "何时显示这个字段"):
        group = page.get_by_role("group", name=where)
        expect(group.get_by_label("字段")).to_have_value("way")
        expect(group.get_by_role("checkbox", name="更换")).to_be_checked()

    # keys move, take away and bring back; what happened is said
    page.locator("[data-part=note_1] .f-choose").focus()
    for _ in range(4):
        page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".f-builder > [role=status]")).to_have_text("“说明文字”：第 1 项，共 5 项。")
    page.keyboard.press("Delete")
    assert parts(page) == ["place", "way", "cost", "field_2"]
    page.keyboard.press("Control+z")
    assert parts(page) == ["note_1", "place", "way", "cost", "field_2"]
    page.drag_and_drop("[data-part=field_2]", "[data-part=cost]", target_position={"x": 30, "y": 4})
    assert parts(page) == ["note_1", "place", "way", "field_2", "cost"]
    assert faults(page) == []

    # as the page and as the mail, drawn by the server
    page.get_by_text("看页面", exact=True).click()
    seen = page.frame_locator(".f-preview iframe")
    expect(seen.get_by_label("故障地点")).to_be_visible()
    page.get_by_text("English", exact=True).click()
    expect(seen.get_by_label("Place")).to_be_visible()
    page.get_by_text("看邮件", exact=True).click()
    expect(seen.get_by_text("[ ] Mend", exact=True)).to_be_visible()
    assert page.locator(".f-preview iframe").get_attribute("sandbox") == ""

    page.keyboard.press("Escape")
    expect(page.locator(".f-layer")).to_have_count(0)
    expect(page.get_by_role("button", name="新建表单")).to_be_focused()
    page.get_by_role("checkbox", name="故障地点").check()
    kept = files_of(page, draft)
    while 'readOnly="place"' not in kept["complaint.bpmn"]:  # the page saves a moment after each change
        page.wait_for_timeout(100)
        kept = files_of(page, draft)
    form = json.loads(kept["forms/review_2.json"])
    assert form["schema"]["properties"] | {"field_2": None} == {
        "place": {"type": "string", "maxLength": 200, "title": "故障地点"},
        "way": {
            "type": "string",
            "oneOf": [{"const": "SWAP", "title": "更换"}, {"const": "MEND", "title": "维修"}],
            "title": "办法",
        },
        "cost": {"type": "number", "format": "money", "minimum": 0, "title": "费用"},
        "field_2": None,
    }
    condition = {"properties": {"way": {"enum": ["SWAP"]}}, "required": ["way"]}
    assert form["schema"]["allOf"] == [{"if": condition, "then": {"required": ["cost"]}}]
    assert form["ui"]["order"] == ["note_1", "place", "way", "field_2", "cost"]
    assert form["ui"]["fields"]["cost"]["show"] == {"field": "way", "in": ["SWAP"]}
    assert form["ui"]["notes"] == {"note_1": {"help": "说明文字"}}
    english = json.loads(kept["strings/en.json"])
    assert [english[text] for text in ("故障地点", "办法", "更换", "费用")] == ["Place", "Way", "Swap", "Cost"]
    assert re.search(r'<baton:form ref="review_2" readOnly="place" ?/>', kept["complaint.bpmn"])
    with unit_of_work() as session:
        made = definitions.deploy(session, {name: text.encode() for name, text in kept.items()}, "analyst", clock.now(), publish=True)
        assert [finding for finding in definitions.findings(made[0]) if finding.level == "error"] == []


def test_what_is_not_right_is_told_at_the_field(browse: Open, draft: str) -> None:
    page = at_the_review(browse, draft)
    page.get_by_role("button", name="新建表单").click()
    for kind in ("radio", "text"):
        page.locator(f"[data-kind={kind}]").press("Enter")
    page.get_by_role("group", name="何时显示这个字段").get_by_text("某些情况下").click()
    page.locator("summary", has_text="样式与字段名").click()
    page.locator("#f-name").fill("field_1")
    expect(page.locator(".f-settings")).to_contain_text("已有同名字段。")
    page.locator("#f-name").fill("1 x")
    expect(page.locator(".f-settings")).to_contain_text("字段名由字母、数字、汉字和 _ 组成")
    page.locator("#f-name").press("Tab")
    assert parts(page) == ["field_1", "field_2"], "a name that cannot be is not taken"

    page.locator("[data-part=field_1] .f-choose").click()
    page.locator("#f-default").select_option(label="选项 1")
    page.get_by_role("button", name="删除第 1 个选项").click()
    expect(page.locator("[data-part=field_1]")).to_contain_text("默认值不在选项里。")
    expect(page.locator("[data-part=field_2]")).to_contain_text("条件里的答案不是“单选”的选项。")
    page.get_by_role("button", name="删除第 1 个选项").click()
    expect(page.locator("[data-part=field_1]")).to_contain_text("至少要有一个选项。")
    page.locator("[data-part=field_1] .f-choose").press("Delete")
    expect(page.locator("[data-part=field_2]")).to_contain_text("条件里的字段“field_1”已不存在。")
    expect(page.locator(".f-problems")).to_contain_text("有 1 处要改正")
    page.get_by_text("看页面", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("field_1")


def test_an_analyst_who_reads_english_builds_a_form(office: Office, browse: Open, draft: str) -> None:
    office.speak("analyst", "en")
    page = at_the_review(browse, draft)
    page.get_by_role("button", name="New form").click()
    page.locator("[data-kind=text]").click()
    expect(page.locator("#f-label-en")).to_be_focused()
    page.mouse.down(click_count=2)  # the second half of a double click, as slow as a person's
    expect(page.locator("[data-kind=text]")).to_be_focused()
    page.mouse.up(click_count=2)
    expect(page.locator("#f-label-en")).to_be_focused()
    page.keyboard.type("Serial number")
    page.keyboard.press("Tab")
    expect(page.locator("[data-part=serial_number]")).to_contain_text("Serial number")
    assert page.locator("#f-label-zh").input_value() == "Serial number", "what nobody has put into Chinese is English, not another word"
    expect(page.locator(".f-part")).to_have_count(1)
    page.locator("#f-label-zh").fill("序列号")
    expect(page.locator("#f-label-en")).to_have_value("Serial number")
    page.locator("[data-kind=yes]").press("Enter")
    page.locator("#f-label-zh").fill("保修期内")
    page.locator("#f-label-en").fill("")
    expect(page.locator("[data-part=field_1] .f-en")).to_have_text("EN")
    expect(page.locator(".f-middle")).to_contain_text("Places without English yet: 1")


@pytest.mark.timeout(180)
def test_every_form_comes_back_as_it_was(browse: Open, draft: str) -> None:
    page = at_the_review(browse, draft)
    for name in FORMS:
        page.locator("#form-ref").select_option(name)
        page.get_by_role("button", name="打开表单").click()
        first = page.locator(".b-fields .f-choose").first
        first.focus()
        page.keyboard.press("Alt+ArrowDown")
        page.keyboard.press("Alt+ArrowUp")
        page.locator("[data-kind=text]").press("Enter")
        page.locator(".f-part.is-on .f-choose").press("Delete")
        expect(page.locator(".f-problems")).to_have_count(0)
        expect(page.locator(".f-byhand")).to_have_count(0)
        saved(page, lambda: page.keyboard.press("Escape"))
    kept = files_of(page, draft)
    for name in FORMS:
        written = json.loads((PROCESSES / "complaint" / "forms" / f"{name}.json").read_text(encoding="utf-8"))
        assert json.loads(kept[f"forms/{name}.json"]) == written, name
    assert json.loads(kept["strings/en.json"]) == json.loads((PROCESSES / "complaint" / "strings" / "en.json").read_text(encoding="utf-8"))


def test_english_that_cannot_be_read_is_told_of_and_never_written_over(browse: Open, draft: str, office: Office) -> None:
    cut_off = '{"受理": "Registration",'
    write(office, draft, "strings/en.json", cut_off)
    page = at_the_review(browse, draft)
    page.get_by_role("button", name="打开表单").click()
    expect(page.locator(".f-middle")).to_contain_text("文件 strings/en.json 无法读取")
    page.locator("[data-part=outcome] .f-choose").click()
    page.locator("#f-label-zh").fill("结论")
    page.locator("#f-label-en").fill("Outcome")
    saved(page, lambda: page.keyboard.press("Escape"))
    kept = files_of(page, draft)
    assert "结论" in kept["forms/review.json"]
    assert kept["strings/en.json"] == cut_off


def test_rules_written_by_hand_are_kept_and_said(browse: Open, draft: str, office: Office) -> None:
    form = json.loads((PROCESSES / "complaint" / "forms" / "review.json").read_text(encoding="utf-8"))
    form["schema"]["properties"]["outcome"]["x-ours"] = {"a": [1]}
    form["schema"]["dependentRequired"] = {"outcome": ["class_code"]}
    form["schema"]["allOf"].append({"if": {"not": {"required": ["outcome"]}}, "then": {"required": ["class_code"]}})
    write(office, draft, "forms/review.json", json.dumps(form))
    page = at_the_review(browse, draft)
    page.get_by_role("button", name="打开表单").click()
    expect(page.locator(".f-byhand")).to_contain_text("保留了 3 条手写的规则")
    page.locator("[data-part=outcome] .f-choose").click()
    page.locator("#f-label-en").fill("Result of the review")
    page.locator("#f-help-zh").fill("按实际情况选")
    saved(page, lambda: page.keyboard.press("Escape"))
    form["ui"]["fields"]["outcome"]["help"] = "按实际情况选"
    assert json.loads(files_of(page, draft)["forms/review.json"]) == form


def rename(page: Page, old: str, new: str) -> None:
    page.locator(f"[data-part={old}] .f-choose").click()
    page.get_by_text("样式与字段名").click()
    page.locator("#f-name").fill(new)
    page.locator("#f-name").press("Tab")


def test_what_uses_a_field_follows_its_new_name_and_can_be_undone(browse: Open, draft: str) -> None:
    page = at_the_review(browse, draft)
    page.locator("#form-ref").select_option("dispatch")
    page.get_by_role("button", name="打开表单").click()
    rename(page, "lead_unit", "lead")
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("以下各处的“lead_unit”也改成“lead”吗？")
    expect(asked.get_by_role("listitem")).to_have_text(["谁来办：2 处", "脚本和步骤：1 处"])
    assert faults(page) == []
    asked.get_by_role("button", name="一起改").click()
    expect(asked).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(asked).to_contain_text("以下各处的“lead”也改成“lead_unit”吗？")
    asked.get_by_role("button", name="一起改").click()
    page.keyboard.press("Control+y")
    asked.get_by_role("button", name="一起改").click()
    expect(asked).to_have_count(0)
    saved(page, lambda: page.keyboard.press("Escape"))
    expect(page.locator(".f-layer")).to_have_count(0)
    drawn = files_of(page, draft)["complaint.bpmn"]
    assert 'unit="= lead"' in drawn
    assert "lead_unit" not in drawn
    saved(page, lambda: page.locator("#designer").get_by_role("button", name="撤销").click())
    assert 'unit="= lead_unit"' in files_of(page, draft)["complaint.bpmn"]


def test_who_leaves_the_others_as_they_are_changes_the_form_only(browse: Open, draft: str) -> None:
    page = at_the_review(browse, draft)
    saved(page, lambda: page.locator("#form-ref").select_option("register"))
    before = files_of(page, draft)
    page.get_by_role("button", name="打开表单").click()
    rename(page, "class_code", "kind")
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("不只来自表单")
    expect(asked.get_by_role("button", name="不改")).to_be_focused()
    asked.get_by_role("button", name="不改").click()
    saved(page, lambda: page.keyboard.press("Escape"))
    after = files_of(page, draft)
    assert {name for name in after if after[name] != before[name]} == {"forms/register.json"}
