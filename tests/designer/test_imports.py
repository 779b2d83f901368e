"""What other tools draw is handed in: it becomes a draft, what is kept aside or changed is told, and it can be drawn on."""

from io import BytesIO

import pytest
from playwright.sync_api import expect
from werkzeug.test import TestResponse

from tests.designer.canonical import differences, facts
from tests.designer.conftest import RoundTrip, Studio
from tests.designer.test_roundtrip import CORPUS, MANIFEST

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

DRAWN = sorted(name for name, entry in MANIFEST.items() if entry["told"] != ["no-process"])
KEPT_ASIDE = "kept-aside"
HARD = (
    *("bpmnio-chinese-ids.bpmn", "bpmnio-qualified-references.bpmn", "bizagi-artifacts.bpmn", "bpmnio-nested-planes.bpmn"),
    *("jbpm-rules-and-loops.bpmn", "sparx-utf16.bpmn", "trisotech-claim.bpmn"),
)


def hand_in(studio: Studio, name: str) -> TestResponse:
    given = [(BytesIO((CORPUS / name).read_bytes()), name)]
    headers = {"X-CSRF-Token": studio.analyst.csrf}
    return studio.analyst.client.post("/api/v1/drafts/import", data={"files": given}, headers=headers)


@pytest.mark.parametrize("name", DRAWN)
def test_what_another_tool_drew_becomes_a_draft_that_tells_what_is_kept_aside_or_changed(
    studio: Studio, roundtrip: RoundTrip, name: str
) -> None:
    answer = hand_in(studio, name)
    assert answer.status_code == 201, answer.text
    remarks, told = answer.json["remarks"], MANIFEST[name]["told"]
    sentences = [remark["sentence"] for remark in remarks]
    assert [
        word for word in told if word not in {each["code"] for each in remarks} and not any(f"“{word}”" in each for each in sentences)
    ] == []
    aside = [each["sentence"] for each in remarks if each["code"] == KEPT_ASIDE]
    assert [each for each in aside if not any(f"“{word}”" in each for word in told)] == []
    assert {each["code"] for each in remarks} <= {KEPT_ASIDE, *told}
    kept = answer.json["files"][name].encode()
    if "imported" not in MANIFEST[name]:
        assert differences(facts((CORPUS / name).read_bytes()), facts(kept)) == []
    can_be_drawn_on = MANIFEST[name].get("imported", MANIFEST[name]["expect"]) == "same"
    assert (roundtrip(kept)["losses"] == []) == can_be_drawn_on


def test_what_draws_no_process_is_refused_in_a_sentence(studio: Studio) -> None:
    (name,) = MANIFEST.keys() - set(DRAWN)
    answer = hand_in(studio, name)
    assert (answer.status_code, [each["code"] for each in answer.json["findings"]]) == (422, ["no-process"])


@pytest.mark.parametrize("name", HARD)
def test_an_imported_diagram_can_be_drawn_on(studio: Studio, name: str) -> None:
    page = studio.open(hand_in(studio, name).json["id"])
    expect(page.locator(".djs-shape").first).to_be_visible()
    expect(page.locator(".djs-palette")).to_be_visible()
    expect(page.locator(".b-notices .b-note--warn, .b-notices .b-note--late")).to_have_count(0)
    assert studio.crashes == []


def test_what_was_remarked_at_the_import_stands_under_the_problems(studio: Studio) -> None:
    page = studio.open(hand_in(studio, "bpmnio-chinese-ids.bpmn").json["id"])
    problems = page.get_by_role("region", name="问题")
    problems.get_by_text("导入提示：1 条").click()
    expect(problems.locator("details")).to_contain_text("例如“流程_1”换成了“Process_1”")
