"""Analysts deploy, everybody can look."""

import io
import zipfile
from uuid import uuid4

import pytest

from tests.api.desk import API, PROCESSES, Desk
from tests.api.drawings import BROKEN, ERRAND, FORM


def test_a_drawing_becomes_a_version_and_the_next_one_the_next(desk: Desk) -> None:
    for version in (1, 2):
        answer = desk.deploy({"errand.bpmn": ERRAND, "forms/note.json": FORM})
        assert answer.status_code == 201, answer.text
        (made,) = answer.json["definitions"]
        assert (made["key"], made["version"], made["state"]) == ("errand", version, "published")
        assert answer.json["id"]
    assert [(row["version"], row["state"]) for row in desk["agent"].get("/definitions", key="errand").json["items"]] == [
        (2, "published"),
        (1, "retired"),
    ]


def test_a_version_is_shown_with_its_files_and_its_drawing(desk: Desk) -> None:
    made = desk.deploy({"errand.bpmn": ERRAND, "forms/note.json": FORM}).json["definitions"][0]
    shown = desk["agent"].get(f"/definitions/{made['id']}").json
    assert shown["files"] == ["errand.bpmn", "forms/note.json"]
    xml = desk["agent"].get(f"/definitions/{made['id']}/xml")
    assert (xml.mimetype, xml.text) == ("application/xml", ERRAND)
    assert desk["agent"].get(f"/definitions/{uuid4()}").status_code == 404
    assert desk["agent"].get(f"/definitions/{uuid4()}/xml").status_code == 404


def test_a_folder_in_an_archive_is_a_whole_version(desk: Desk) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in (PROCESSES / "complaint").rglob("*"):
            if path.is_file():
                archive.write(path, path.relative_to(PROCESSES))
    answer = desk.deploy({"complaint.zip": packed.getvalue()})
    assert answer.status_code == 201, answer.text
    assert [made["key"] for made in answer.json["definitions"]] == ["complaint"]
    program = desk["analyst"]
    raw = program.client.post("/api/v1/deployments", data=packed.getvalue(), content_type="application/zip", headers=program.headers)
    assert raw.json["definitions"][0]["version"] == 2


def test_a_draft_is_not_used(desk: Desk) -> None:
    made = desk.deploy({"errand.bpmn": ERRAND, "forms/note.json": FORM}, publish="false").json["definitions"][0]
    assert made["state"] == "draft"
    assert desk["admin"].post("/instances", {"definition_key": "errand"}).status_code == 404


@pytest.mark.parametrize(("given", "state"), [("False", "draft"), ("TRUE", "published")])
def test_whether_a_version_is_used_may_be_written_in_any_case(desk: Desk, given: str, state: str) -> None:
    assert desk.deploy({"errand.bpmn": ERRAND, "forms/note.json": FORM}, publish=given).json["definitions"][0]["state"] == state


@pytest.mark.parametrize("given", ["no", "0", ""])
def test_what_is_neither_yes_nor_no_puts_nothing_into_use(desk: Desk, given: str) -> None:
    refused = desk.deploy({"errand.bpmn": ERRAND, "forms/note.json": FORM}, publish=given)
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["publish"])
    assert desk["analyst"].get("/definitions").json["items"] == []


def test_a_form_that_is_handed_in_alone_takes_the_place_of_the_one_before(desk: Desk) -> None:
    desk.deploy({"errand.bpmn": ERRAND, "forms/note.json": FORM})
    made = desk.deploy({"note.json": FORM.replace("{", "{ ", 1)}).json["definitions"][0]
    assert made["version"] == 2
    assert desk["agent"].get(f"/definitions/{made['id']}").json["files"] == ["errand.bpmn", "forms/note.json"]


def test_a_draft_is_published_and_the_version_before_it_brought_back_by_programs(desk: Desk) -> None:
    first = desk.deploy({"errand.bpmn": ERRAND, "forms/note.json": FORM}).json["definitions"][0]
    second = desk.deploy({"errand.bpmn": ERRAND.replace("去办", "马上办")}, publish="false", note="改名").json["definitions"][0]
    running = desk["admin"].post("/instances", {"definition_key": "errand"}).json
    published = desk["analyst"].post(f"/definitions/{second['id']}/publish").json
    assert (published["state"], published["published_by"], published["note"]) == ("published", "analyst", "改名")
    assert desk["admin"].post("/instances", {"definition_key": "errand"}).json["definition"]["version"] == 2
    back = desk["analyst"].post(f"/definitions/{first['id']}/publish", {"note": "v2 派错了人"})
    assert (back.status_code, back.json["state"], back.json["note"]) == (200, "published", "v2 派错了人")
    listed = desk["agent"].get("/definitions", key="errand").json["items"]
    assert [(row["version"], row["state"]) for row in listed] == [(2, "retired"), (1, "published")]
    assert desk["admin"].get(f"/instances/{running['id']}").json["definition"]["version"] == 1


def test_a_version_with_an_error_is_not_published_and_nobody_else_publishes(desk: Desk) -> None:
    desk.deploy({"errand.bpmn": ERRAND, "forms/note.json": FORM})
    draft = desk.deploy({"errand.bpmn": ERRAND.replace('ref="note"', 'ref="gone"')}, publish="false").json["definitions"][0]
    refused = desk["analyst"].post(f"/definitions/{draft['id']}/publish")
    assert (refused.status_code, refused.json["code"]) == (422, "refused")
    assert "gone" in refused.json["findings"][0]["sentence"]
    assert desk["agent"].post(f"/definitions/{draft['id']}/publish").status_code == 403
    assert desk["analyst"].post(f"/definitions/{uuid4()}/publish").status_code == 404
    assert [row["state"] for row in desk["agent"].get("/definitions", key="errand").json["items"]] == ["draft", "published"]


def test_a_version_is_taken_away_changed_and_deployed_again(desk: Desk) -> None:
    made = desk.deploy({"errand.bpmn": ERRAND, "forms/note.json": FORM}).json["definitions"][0]
    archive = desk["analyst"].get(f"/definitions/{made['id']}/archive")
    assert "errand-v1.zip" in archive.headers["Content-Disposition"]
    assert desk.deploy({"errand.zip": archive.data}).json["definitions"][0]["version"] == 2
    assert desk["agent"].get(f"/definitions/{made['id']}/archive").status_code == 403


def test_what_cannot_be_run_is_refused_with_every_finding(desk: Desk) -> None:
    answer = desk.deploy({"broken.bpmn": BROKEN})
    assert (answer.status_code, answer.json["code"]) == (422, "refused")
    errors = [finding for finding in answer.json["findings"] if finding["level"] == "error"]
    assert errors
    assert all(finding["file"] == "broken.bpmn" and finding["sentence"] and finding["code"] for finding in errors)
    assert any(finding["element"] == "ask" for finding in errors)
    assert desk["agent"].get("/definitions").json["items"] == []


def test_who_is_named_and_not_there_is_told_to_programs_as_on_the_page(desk: Desk) -> None:
    made = desk.deploy({"errand.bpmn": ERRAND.replace('role="HANDLER"', 'role="WIZARD"'), "forms/note.json": FORM}).json["definitions"][0]
    shown = desk["analyst"].get(f"/definitions/{made['id']}").json
    for findings in (made["findings"], shown["findings"]):
        [told] = [each for each in findings if "WIZARD" in each["sentence"]]
        assert (told["level"], told["element"]) == ("warning", "go")


def test_two_files_of_one_name_are_refused(desk: Desk) -> None:
    files = [(io.BytesIO(b"<a/>"), "errand.bpmn"), (io.BytesIO(b"<b/>"), "errand.bpmn")]
    program = desk["analyst"]
    answer = program.client.post(f"{API}/deployments", data={"files": files}, headers=program.headers)
    assert (answer.status_code, answer.json["code"]) == (422, "name-twice")


def test_nothing_and_nonsense_are_told_apart(desk: Desk) -> None:
    assert desk.deploy({}).json["code"] == "no-files"
    assert desk.deploy({"a.zip": b"no archive"}).json["code"] == "bad-archive"
    assert desk.deploy({"../../etc/passwd.json": "{}"}).json["code"] == "bad-file-name"


def test_only_analysts_deploy(desk: Desk) -> None:
    agent = desk["agent"]
    assert agent.client.post("/api/v1/deployments", data={}, headers=agent.headers).status_code == 403
