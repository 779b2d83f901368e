"""Analysts deploy, everybody can look."""

import io
import zipfile
from uuid import uuid4

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


def test_what_cannot_be_run_is_refused_with_every_finding(desk: Desk) -> None:
    answer = desk.deploy({"broken.bpmn": BROKEN})
    assert (answer.status_code, answer.json["code"]) == (422, "refused")
    errors = [finding for finding in answer.json["findings"] if finding["level"] == "error"]
    assert errors
    assert all(finding["file"] == "broken.bpmn" and finding["sentence"] and finding["code"] for finding in errors)
    assert any(finding["element"] == "ask" for finding in errors)
    assert desk["agent"].get("/definitions").json["items"] == []


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
