"""Processes: looked at, handed in, published."""

import zipfile
from io import BytesIO

import pytest

from tests.api.desk import PROCESSES
from tests.web.office import Office, Sheet

DIAGRAM = (PROCESSES / "complaint" / "complaint.bpmn").read_text(encoding="utf-8")


def hand_in(office: Office, content: str, name: str = "complaint.bpmn", **more: str) -> Sheet:
    return office["analyst"].post("/definitions/upload", {"files": [(BytesIO(content.encode()), name)], **more})


def test_the_list_tells_version_findings_and_running_cases(office: Office) -> None:
    office.register()
    page = office["analyst"].get("/definitions")
    [row] = page.find("tbody tr")
    for words in ("客户投诉处理", "complaint", "v1", "没有问题"):
        assert words in row.text_content()
    assert office["agent"].get("/definitions").status == 403


def test_a_changed_diagram_becomes_a_draft_and_is_published_with_a_note(office: Office) -> None:
    number = office.register()
    draft = office["analyst"].follow(hand_in(office, DIAGRAM.replace('name="复核"', 'name="复核一遍"'), note="复核改名"))
    assert "v2" in draft.text
    assert "草稿" in draft.text
    address = draft.find("form[action$=publish]")[0].get("action")
    done = office["analyst"].follow(office["analyst"].post(address, {"note": "复核改名，自今日起"}))
    assert "在办的工单仍走原来的版本" in done.text
    assert "复核改名，自今日起" in done.text
    assert office.task(number).name == "复核"
    assert office.task(office.register()).name == "复核一遍"
    [compared] = office["analyst"].get(done.response.request.path).find('a[href^="/compare"]')
    assert "“复核一遍”：名称由“复核”改为“复核一遍”" in office["analyst"].get(compared.get("href")).text


def test_what_is_wrong_with_a_draft_is_said_with_file_element_and_sentence(office: Office) -> None:
    broken = office["analyst"].follow(hand_in(office, DIAGRAM.replace('ref="review"', 'ref="no_such_form"')))
    [finding] = [each for each in broken.find(".b-findings li") if "no_such_form" in each.text_content()]
    assert "没有文件 forms/no_such_form.json" in finding.text_content()
    assert "complaint.bpmn" in finding.text_content()
    assert "改好才能发布" in broken.text
    marks = office["analyst"].get(broken.response.request.path + "/marks?file=complaint.bpmn").response.get_json()
    assert ("review", "error") in [(mark["id"], mark["level"]) for mark in marks["findings"]]


def test_an_error_keeps_files_from_being_put_into_use(office: Office) -> None:
    answer = hand_in(office, DIAGRAM.replace('ref="review"', 'ref="no_such_form"'), publish="1")
    assert answer.status == 422
    assert "什么都没有改" in answer.text
    assert "no_such_form" in answer.text
    assert "v2" not in office["analyst"].get("/definitions").text


@pytest.mark.parametrize(("content", "name"), [("no xml", "broken.bpmn"), ("no zip", "broken.zip"), ("", "../../etc/passwd")])
def test_what_cannot_be_read_is_refused_in_words(office: Office, content: str, name: str) -> None:
    answer = hand_in(office, content, name)
    assert answer.status == 422
    assert answer.find('[role="alert"]')


def test_a_version_is_downloaded_as_an_archive_that_can_be_handed_in_again(office: Office) -> None:
    analyst = office["analyst"]
    link = next(each.get("href") for each in analyst.get("/definitions").find("th a"))
    archive = analyst.get(f"{link}/archive").response
    assert "complaint-v1.zip" in archive.headers["Content-Disposition"]
    assert "complaint.bpmn" in zipfile.ZipFile(BytesIO(archive.data)).namelist()
    again = analyst.post("/definitions/upload", {"files": [(BytesIO(archive.data), "complaint.zip")]})
    assert again.status == 303, again.text
