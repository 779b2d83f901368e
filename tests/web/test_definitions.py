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


def test_after_an_upload_the_errors_are_told_before_anything_else(office: Office) -> None:
    broken = office["analyst"].follow(hand_in(office, DIAGRAM.replace('ref="review"', 'ref="no_such_form"')))
    assert broken.find("[data-toast-text]")[0].text == "客户投诉处理 v2 已存为草稿，有 1 处错误，改好才能发布。"
    mended = office["analyst"].follow(hand_in(office, DIAGRAM))
    assert mended.find("[data-toast-text]")[0].text == "客户投诉处理 v3 已存为草稿。"
    assert "叠加在草稿 v2 上" in mended.find(".b-findings")[0].text_content()
    used = office["analyst"].follow(hand_in(office, DIAGRAM, publish="1"))
    assert used.find("[data-toast-text]")[0].text == "客户投诉处理 v4 已启用。在办的工单仍走原来的版本。"


def test_each_process_of_an_upload_is_named(office: Office) -> None:
    given = [(BytesIO(_line(key).encode()), f"{key}.bpmn") for key in ("repair", "consultation")]
    listing = office["analyst"].follow(office["analyst"].post("/definitions/upload", {"files": given}))
    assert listing.response.request.path == "/definitions"
    assert listing.find("[data-toast-text]")[0].text == "repair v1 已存为草稿。 consultation v1 已存为草稿。"


def test_texts_that_are_handed_in_alone_are_no_form(office: Office) -> None:
    refused = hand_in(office, '{"客户投诉处理": "Complaint"}', "fr.json")
    assert "forms/fr.json" in refused.text
    kept = office["analyst"].follow(hand_in(office, '{"客户投诉处理": "Complaints"}', "en.json"))
    assert kept.find("[data-toast-text]")[0].text == "客户投诉处理 v2 已存为草稿。"


def _line(key: str) -> str:
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
        f'<process id="{key}"><startEvent id="s"/><userTask id="u" name="看一看"/><endEvent id="e"/>'
        '<sequenceFlow id="a" sourceRef="s" targetRef="u"/><sequenceFlow id="b" sourceRef="u" targetRef="e"/></process></definitions>'
    )


def test_an_error_keeps_files_from_being_put_into_use(office: Office) -> None:
    answer = hand_in(office, DIAGRAM.replace('ref="review"', 'ref="no_such_form"'), publish="1")
    assert answer.status == 422
    assert "什么都没有改" in answer.text
    assert "no_such_form" in answer.text
    assert "v2" not in office["analyst"].get("/definitions").text


def test_a_role_a_unit_and_a_calendar_that_are_not_there_are_told_at_the_version(office: Office) -> None:
    changed = DIAGRAM.replace('role="REVIEWER"', 'role="WIZARD"').replace('calendar="CAL-BIZ"', 'calendar="MARS"')
    told = office["analyst"].follow(hand_in(office, changed)).find(".b-findings")[0].text_content()
    assert "派给角色“WIZARD”，这里没有人担任" in told
    assert "MARS" in told


def test_the_diagram_in_which_something_was_found_is_the_one_that_is_shown(office: Office) -> None:
    visit = (PROCESSES / "complaint" / "return_visit.bpmn").read_text(encoding="utf-8").replace('ref="visit"', 'ref="no_such_form"')
    broken = office["analyst"].follow(hand_in(office, visit, "return_visit.bpmn"))
    assert [each.text for each in broken.find("[data-drawing]") if each.get("aria-pressed") == "true"] == ["return_visit.bpmn"]
    assert "file=return_visit.bpmn" in broken.find("[data-diagram]")[0].get("data-xml")


def test_what_was_changed_is_not_typed_twice_when_the_files_are_refused(office: Office) -> None:
    for content, name in (("<no xml", "complaint.bpmn"), ("no zip", "complaint.zip")):
        assert "复核改名，自今日起" in hand_in(office, content, name, note="复核改名，自今日起").find("#up-n")[0].text


def test_two_files_of_one_name_are_refused_and_neither_is_taken(office: Office) -> None:
    form = (PROCESSES / "complaint" / "forms" / "visit.json").read_bytes()
    answer = office["analyst"].post("/definitions/upload", {"files": [(BytesIO(form), "visit.json"), (BytesIO(b"{}"), "visit.json")]})
    assert answer.status == 422
    assert "有两个名为 forms/visit.json 的文件，请只保留一个。" in answer.text


def test_an_english_analyst_reads_english_names_in_what_is_said_and_found(office: Office) -> None:
    office.speak("analyst", "en")
    broken = office["analyst"].follow(hand_in(office, DIAGRAM.replace('ref="review"', 'ref="no_such_form"')))
    assert "Customer complaint v2 is kept as a draft. It has 1 error, to be mended before it is published." in broken.text
    [finding] = [each for each in broken.find(".b-findings li") if "no_such_form" in each.text_content()]
    assert "“Review” shows the form" in finding.text_content()
    condition = office["analyst"].follow(hand_in(office, DIAGRAM.replace(">urge_count == 2<", ">urge_count == <"))).find(".b-findings")[0]
    assert "“How often? → Urged twice: tier 1”: “urge_count ==” ends too early" in condition.text_content()


def test_of_files_that_are_refused_an_english_analyst_reads_english_names_too(office: Office) -> None:
    broken = DIAGRAM.replace('ref="review"', 'ref="no_such_form"')
    for language, words in (("en", "“Review” shows the form"), ("zh", "“复核”")):
        office.speak("analyst", language)
        refused = hand_in(office, broken, publish="1")
        assert refused.status == 422
        [finding] = [each for each in refused.find(".b-findings li") if "no_such_form" in each.text_content()]
        assert words in finding.text_content()


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
