"""Drafts by program: the whole way from a name to a version, and imports, right and broken."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from bpm.definitions.packing import write_zip
from bpm.drafts.templates import PROCESSES
from tests.api.desk import API, Desk

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
TEMPLATES = ("blank", "approval", "repair", "consultation", "complaint")


def drawing(inside: str = "", process: str = 'id="Process_1" name="Imported"', spaces: str = "", head: str = "") -> str:
    """A diagram of another tool: start, a step, end."""
    di, dc = "http://www.omg.org/spec/BPMN/20100524/DI", "http://www.omg.org/spec/DD/20100524/DC"
    shape = f'<di:BPMNShape id="s" bpmnElement="start"><dc:Bounds xmlns:dc="{dc}" x="1" y="1" width="36" height="36"/></di:BPMNShape>'
    picture = f'<di:BPMNDiagram xmlns:di="{di}" id="d"><di:BPMNPlane id="p" bpmnElement="Process_1">{shape}</di:BPMNPlane></di:BPMNDiagram>'
    steps = f'<startEvent id="start"/><userTask id="ask" name="Ask" {inside}</userTask><endEvent id="end"/>'
    flows = '<sequenceFlow id="a" sourceRef="start" targetRef="ask"/><sequenceFlow id="b" sourceRef="ask" targetRef="end"/>'
    body = f'<process {process} isExecutable="true">{steps}{flows}</process>{picture}'
    return f'{head}<definitions xmlns="{BPMN}" {spaces} targetNamespace="urn:x">{body}</definitions>'


def count(desk: Desk) -> int:
    return len(desk["analyst"].get("/drafts").json["items"])


def template(name: str) -> dict[str, bytes]:
    folder = PROCESSES / "templates" / name
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---- the way


def test_the_whole_way_from_a_name_to_a_version(desk: Desk) -> None:
    analyst, qa = desk["analyst"], desk["qa"]
    row = analyst.post("/drafts", {"name": "Line repair", "template": "approval"}).json
    path = f"/drafts/{row['id']}"
    whole = analyst.get(path).json
    assert (whole["key"], whole["revision"], whole["saved_by_name"], whole["review"]["may_write"]) == ("line-repair", 1, "analyst", True)
    assert analyst.post(f"{path}/presence").json["mine"] is True
    text = whole["files"]["approval.bpmn"].replace("主管审批", "主管看一看")
    assert analyst.post(f"{path}/files", {"files": {"approval.bpmn": text}, "revision": 1}).json["revision"] == 2
    stale = desk["admin"].post(f"{path}/files", {"files": {"approval.bpmn": "x"}, "revision": 1})
    assert (stale.status_code, stale.json["code"]) == (409, "draft-taken")
    remark = qa.post(f"{path}/comments", {"text": "@analyst why?", "file": "approval.bpmn", "element_id": "check"}).json
    assert analyst.post(f"{path}/comments/{remark['id']}/resolve").json["resolved_by"] == "analyst"
    assert analyst.post(f"{path}/review", {"reviewer": "qa", "note": "please"}).json["state"] == "review"
    assert analyst.post(f"{path}/approve", {"revision": 2}).json["code"] == "own-work"
    assert qa.get(path).json["review"]["may_approve"] is True
    assert qa.post(f"{path}/send-back", {"note": "name it"}).json["state"] == "open"
    analyst.post(f"{path}/review", {})
    assert qa.post(f"{path}/approve", {"revision": 2}).json["state"] == "approved"
    assert qa.post(f"{path}/publish", {"note": "x"}).status_code == 403
    made = analyst.post(f"{path}/publish", {"note": "first"})
    assert (made.status_code, made.json["key"], made.json["version"], made.json["state"]) == (201, "line-repair", 1, "published")
    steps = [(step["what"], step["by"]["login"]) for step in analyst.get(path).json["review"]["steps"]]
    assert steps == [("asked", "analyst"), ("sent_back", "qa"), ("asked", "analyst"), ("approved", "qa"), ("published", "analyst")]
    assert [each["mark"] for each in analyst.get(f"{path}/revisions").json["items"]] == ["review", "begun"]
    again = analyst.post("/drafts", {"definition_id": made.json["id"]}).json
    assert (again["key"], again["base_id"]) == ("line-repair", made.json["id"])


def test_two_people_on_one_draft_see_each_other_and_lose_nothing(desk: Desk) -> None:
    first, second = desk["analyst"], desk["admin"]
    path = f"/drafts/{first.post('/drafts', {'name': 'Both'}).json['id']}"
    first.post(f"{path}/presence")
    there = second.post(f"{path}/presence").json
    assert (there["editor"]["login"], there["mine"], [each["login"] for each in there["editors"]]) == (
        "analyst",
        False,
        ["admin", "analyst"],
    )
    assert second.post(f"{path}/presence", {"take_over": True}).json["mine"] is True
    lost = first.post(f"{path}/files", {"files": {"forms/a.json": "{}"}, "revision": 1})
    assert (lost.status_code, lost.json["code"], lost.json["facts"]) == (409, "draft-taken", {"who": "admin"})
    kept = first.post(f"{path}/copy", {"files": {"forms/a.json": "{}"}, "name": "Both (mine)"}).json
    assert first.get(f"/drafts/{kept['id']}").json["files"]["forms/a.json"] == "{}"
    assert "forms/a.json" not in second.get(path).json["files"]


def test_an_archive_can_be_imported_again(desk: Desk) -> None:
    row = desk["analyst"].post("/drafts", {"name": "Once", "template": "consultation"}).json
    packed = desk["analyst"].get(f"/drafts/{row['id']}/archive").data
    files = desk["analyst"].get(f"/drafts/{row['id']}").json["files"]
    answer = desk.hand_in({"once.zip": packed})
    assert answer.status_code == 201, answer.text
    assert (answer.json["key"], answer.json["remarks"]) == ("once-2", [])
    assert {name: text for name, text in answer.json["files"].items() if name != "process.json"} == {
        name: text for name, text in files.items() if name != "process.json"
    }
    with ZipFile(BytesIO(packed)) as archive:
        assert sorted(archive.namelist()) == sorted(files)


# ---- what the designer asks


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_draft_of_a_template_has_no_findings_but_whom_this_town_lacks(desk: Desk, name: str) -> None:
    row = desk["analyst"].post("/drafts", {"name": "Mine", "template": name}).json
    files = desk["analyst"].get(f"/drafts/{row['id']}").json["files"]
    found = desk["analyst"].post("/designer/check", {"files": files}).json["findings"]
    assert {each["code"] for each in found} <= {"unknown-unit", "unknown-calendar", "connector-not-set-up"}


@pytest.mark.parametrize(
    ("old", "new", "code", "element", "field"),
    [
        ('<baton:form ref="decide"', '<baton:form ref="nothing"', "form-missing", "check", "form/ref"),
        ('exclude="fill" fallbackRole', 'role="HANDLER" unit="MOON" exclude="fill" fallbackRole', "unknown-unit", "check", "who/unit"),
        ('exclude="fill check"', 'exclude="fill starter qa nobody"', "unknown-step", "head", "who/exclude"),
        ('exclude="fill" fallbackRole', 'sameAs="level" fallbackRole', "unknown-step", "check", "who/sameAs"),
        ('managerOf="fill" />', 'managerOf="filled" />', "unknown-step", "check", "who/managerOf"),
        ('<baton:assignment fallbackRole="AGENT" fallbackUnit="FRONT" starter="true" />', "", "no-assignment", "fill", "who/role"),
        ('minutes="480"', 'minutes="= 4 +"', "expression", "fill", "limit/minutes"),
        ('minutes="480" calendar="CAL-BIZ"', 'minutes="480" calendar="CAL-MOON"', "unknown-calendar", "fill", "limit/calendar"),
        ('opinion == "CHANGE"', "opinion == ", "expression", "is_agreed_to_fill", "way/condition"),
        ('<baton:decision id="approval_level" />', '<baton:decision id="gone" />', "decision-missing", "level", "table/ref"),
        (' default="is_big_to_head"', "", None, None, None),
    ],
)
def test_what_is_found_says_where_it_is_mended(
    desk: Desk, old: str, new: str, code: str | None, element: str | None, field: str | None
) -> None:
    files = {name: content.decode() for name, content in template("approval").items()}
    assert old in files["approval.bpmn"]
    files["approval.bpmn"] = files["approval.bpmn"].replace(old, new)
    found = desk["analyst"].post("/designer/check", {"files": files}).json["findings"]
    told = [(each["code"], each["element"], each["field"]) for each in found if each["level"] != "info"]
    assert ((code, element, field) in told) if code else (told == [])


def test_of_those_who_may_not_do_a_step_only_who_is_not_there_is_told(desk: Desk) -> None:
    files = {name: content.decode() for name, content in template("approval").items()}
    files["approval.bpmn"] = files["approval.bpmn"].replace('exclude="fill check"', 'exclude="fill starter qa nobody"')
    found = desk["analyst"].post("/designer/check", {"files": files}).json["findings"]
    (told,) = [each for each in found if each["code"] == "unknown-step"]
    assert (told["level"], told["fix"], told["facts"]["name"]) == ("warning", "remove-doer", "nobody")
    assert told["sentence"].endswith("another person than “nobody”, which is neither a step that people do nor a login.")


def test_the_catalogue_is_told_in_the_readers_language(desk: Desk) -> None:
    told = desk["analyst"].get("/designer/catalogue").json
    assert {"units", "functions", "roles", "cities", "calendars", "connectors", "order_states", "order_columns", "notices_to"} < set(told)
    assert [each["id"] for each in told["templates"]] == ["blank", "approval", "repair", "consultation", "complaint"]
    billing = next(each for each in told["connectors"] if each["name"] == "billing")
    assert (billing["title"], billing["ready"]) == ("Billing (BOSS)", False)
    desk.language = "zh"
    desk.known.clear()
    chinese = desk["analyst"].get("/designer/catalogue").json
    assert chinese["templates"][0]["name"] == "空白流程"
    assert next(each["name"] for each in chinese["roles"] if each["code"] == "HANDLER") != "Handler"


def test_people_are_found(desk: Desk) -> None:
    assert [each["login"] for each in desk["analyst"].get("/designer/people", q="zhang").json["items"]] == ["handler"]
    assert desk["handler"].get("/designer/people", q="zhang").status_code == 403


# ---- files of other tools


CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
SIGNAVIO = 'xmlns:signavio="http://www.signavio.com"'
SPIFF = 'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
EXTENDED = "><extensionElements>{}</extensionElements>"


@pytest.mark.parametrize(
    ("spaces", "inside", "remarks"),
    [
        (CAMUNDA, 'camunda:assignee="bob" camunda:priority="50">', ["Camunda 7: priority"]),
        (SIGNAVIO, EXTENDED.format('<signavio:signavioMetaData metaKey="bgcolor" metaValue="#fff"/>'), ["Signavio: signavioMetaData"]),
        (SPIFF, EXTENDED.format("<spiffworkflow:instructionsForEndUser>Hi</spiffworkflow:instructionsForEndUser>"), ["SpiffWorkflow: "]),
        ('xmlns:bizagi="http://www.bizagi.com/bpmn20"', EXTENDED.format("<bizagi:BizagiExtensions/>"), ["Bizagi: BizagiExtensions"]),
        ('xmlns:baton="urn:baton:bpmn:1"', EXTENDED.format('<baton:later at="1"/>'), ["baton:later"]),
        ('xmlns:z="http://camunda.org/schema/zeebe/1.0"', EXTENDED.format('<z:assignmentDefinition assignee="bob"/>'), []),
        ("", ">", []),
    ],
)
def test_what_does_nothing_here_is_kept_and_listed(desk: Desk, spaces: str, inside: str, remarks: list[str]) -> None:
    written = drawing(inside, spaces=spaces)
    answer = desk.hand_in({"flow.bpmn": written})
    assert answer.status_code == 201, answer.text
    told = [(each["element"], each["sentence"]) for each in answer.json["remarks"]]
    assert len(told) == len(remarks)
    assert all(element == "ask" and words in sentence for (element, sentence), words in zip(told, remarks, strict=True))
    assert answer.json["files"]["flow.bpmn"] == written
    assert (answer.json["name"], answer.json["key"]) == ("Imported", "process-1")


@pytest.mark.parametrize("encoding", ["UTF-16", "ISO-8859-1", "GB18030", "utf-8-sig"])
def test_other_encodings_are_read(desk: Desk, encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{"UTF-8" if encoding == "utf-8-sig" else encoding}"?>'
    name = "Prüfung" if encoding == "ISO-8859-1" else "审核"
    answer = desk.hand_in({"flow.bpmn20.xml": drawing(">", f'id="Process_1" name="{name}"', head=head).encode(encoding)})
    assert answer.status_code == 201, answer.text
    assert answer.json["name"] == name
    assert 'encoding="UTF-8"' in answer.json["files"]["flow.bpmn"]


def test_a_diagram_of_a_known_process_becomes_a_draft_of_it(desk: Desk) -> None:
    desk.deploy({name: content for name, content in template("approval").items() if not name.endswith(".md")})
    changed = template("approval")["approval.bpmn"].decode().replace("主管审批", "主管看看")
    answer = desk.hand_in({"my copy.bpmn": changed})
    assert (answer.json["key"], answer.json["name"]) == ("approval", "审批")
    assert answer.json["base_id"] is not None
    assert "主管看看" in answer.json["files"]["approval.bpmn"]
    assert "my copy.bpmn" not in answer.json["files"]
    other = desk.hand_in({"new.bpmn": drawing(">")}, key="approval")
    assert (other.json["key"], "new.bpmn" in other.json["files"]) == ("approval", True)


def test_a_diagram_without_a_picture_says_so(desk: Desk) -> None:
    bare = drawing(">").partition("<di:BPMNDiagram")[0] + "</definitions>"
    assert [each["code"] for each in desk.hand_in({"a.bpmn": bare}).json["remarks"]] == ["no-picture"]


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "nothing in it": ({"a.bpmn": ""}, "empty"),
    "blanks only": ({"a.bpmn": "  \n "}, "empty"),
    "no XML": ({"a.bpmn": "hello"}, "not-xml"),
    "cut off": ({"a.bpmn": drawing(">")[:200]}, "not-xml"),
    "tags crossed": ({"a.bpmn": drawing(">").replace("</process>", "")}, "not-xml"),
    "a DOCTYPE": ({"a.bpmn": drawing(">", head="<!DOCTYPE x>")}, "doctype"),
    "an entity from the disk": ({"a.bpmn": drawing(">", head='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>')}, "doctype"),
    "not the encoding it says": ({"a.bpmn": drawing(">", 'id="a" name="审"').encode("gb18030")}, "encoding"),
    "an encoding that nobody knows": ({"a.bpmn": drawing(">", head='<?xml version="1.0" encoding="x-none"?>')}, "encoding"),
    "a picture": ({"a.bpmn": b"\x89PNG\r\n\x1a\n\xff\xd8"}, "encoding"),
    "a page": ({"a.xml": "<html><body/></html>"}, "foreign-xml"),
    "XPDL": ({"a.xml": '<Package xmlns="http://www.wfmc.org/2009/XPDL2.2"/>'}, "foreign-xml"),
    "CMMN": ({"a.xml": '<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL"/>'}, "foreign-xml"),
    "BPMN without a process": ({"a.bpmn": f'<definitions xmlns="{BPMN}"><choreography id="c"/></definitions>'}, "no-process"),
    "nested without end": ({"a.bpmn": drawing(">" + "<documentation>" * 150 + "</documentation>" * 150)}, "too-deep"),
    "a form that is no JSON": ({"a.bpmn": drawing(">"), "form.json": "{"}, "not-json"),
    "settings that are no JSON": ({"z.zip": write_zip({"process.json": b"{", "a.bpmn": b"<a/>"})}, "not-json"),
    "settings without a main diagram": (
        {"z.zip": write_zip({"process.json": b'{"key": "a", "main": "b.bpmn", "name": "c"}', "a.bpmn": drawing(">").encode()})},
        "main-missing",
    ),
    "two processes in one archive": (
        {"z.zip": write_zip({f"{one}/{name}": content for one in "ab" for name, content in template("blank").items()})},
        "several-processes",
    ),
    "two files of one name": ({"a.bpmn": drawing(">"), "a.xml": drawing(">")}, "twice"),
    "a text file only": ({"notes.txt": "hello"}, "nothing-to-import"),
    "tables without a diagram": ({"a.dmn": template("approval")["approval_level.dmn"]}, "nothing-to-import"),
    "no archive": ({"a.zip": "PK nothing"}, "bad-archive"),
    "an archive that climbs out": ({"a.zip": None}, "bad-file-name"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_is_told_and_nothing_is_kept(desk: Desk, case: str) -> None:
    files, code = BROKEN[case]
    if files.get("a.zip", "") is None:
        packed = BytesIO()
        with ZipFile(packed, "w") as archive:
            archive.writestr("../../out.bpmn", drawing(">"))
        files = {"a.zip": packed.getvalue()}
    answer = desk.hand_in(files)
    assert answer.status_code == 422, answer.text
    errors = [each for each in answer.json.get("findings", []) if each["level"] == "error"]
    assert code in {answer.json["code"], *(each["code"] for each in errors)}
    assert all(each["file"] and each["sentence"] for each in errors)
    assert count(desk) == 0


def test_of_two_files_of_one_name_none_is_taken_in_silence(desk: Desk) -> None:
    program = desk["analyst"]
    files = [(BytesIO(drawing(">").encode()), name) for name in ("a/one.bpmn", "b/one.bpmn")]
    answer = program.client.post(f"{API}/drafts/import", data={"files": files}, headers=program.headers)
    assert (answer.status_code, answer.json["code"]) == (422, "name-twice")
    assert count(desk) == 0


def test_an_import_needs_files_and_an_analyst(desk: Desk) -> None:
    assert desk.hand_in({}).json["code"] == "no-files"
    assert desk.hand_in({"a.bpmn": drawing(">")}, "qa").status_code == 403
    assert desk.hand_in({"a.bpmn": drawing(">")}, key="nowhere").status_code == 404
