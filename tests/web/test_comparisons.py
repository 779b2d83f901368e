"""Two states of a process side by side, as a page and for programs."""

from io import BytesIO
from typing import Any

from tests.api.desk import PROCESSES
from tests.web.office import Office, Person


def send(person: Person, path: str, body: dict[str, Any], status: int) -> Any:
    answer = person.client.post(path, json=body, headers={"X-CSRF-Token": person.csrf})
    assert answer.status_code == status, answer.text
    return answer.json


def _draft(office: Office) -> tuple[str, str]:
    """A draft of the complaint process in which the limit of the first step was changed: (version, draft) as comparisons name them."""
    api = office["analyst"]
    version = api.client.get("/api/v1/definitions?key=complaint").json["items"][0]["id"]
    draft = send(api, "/api/v1/drafts", {"definition_id": version}, 201)
    whole = api.client.get(f"/api/v1/drafts/{draft['id']}").json
    changed = whole["files"]["complaint.bpmn"].replace('minutes="30"', 'minutes="45"', 1)
    send(api, f"/api/v1/drafts/{draft['id']}/files", {"files": {"complaint.bpmn": changed}, "revision": whole["revision"]}, 200)
    return f"definition:{version}", f"draft:{draft['id']}"


def test_a_changed_limit_stands_in_the_list_and_on_the_picture(office: Office) -> None:
    before, after = _draft(office)
    page = office["analyst"].client.get("/compare", query_string={"before": before, "after": after})
    assert page.status_code == 200
    assert "30" in page.text
    assert "45" in page.text
    marks = office["analyst"].client.get(
        "/compare/marks", query_string={"before": before, "after": after, "side": "after", "file": "complaint.bpmn"}
    )
    assert marks.json == {"changes": [{"id": "register", "kind": "changed"}]}
    drawn = office["analyst"].client.get("/compare/xml", query_string={"state": after, "file": "complaint.bpmn"})
    assert 'minutes="45"' in drawn.text


def test_programs_get_the_same_sentences(office: Office) -> None:
    before, after = _draft(office)
    told = send(office["analyst"], "/api/v1/designer/compare", {"before": before, "after": after}, 200)
    assert [(each["file"], each["element"], each["kind"]) for each in told["changes"]] == [("complaint.bpmn", "register", "changed")]
    assert told["changes"][0]["sentence"] == "“登记”：时限由“30 分钟工作时间”改为“45 分钟工作时间”。"
    office.speak("analyst", "en")
    told = send(office["analyst"], "/api/v1/designer/compare", {"before": before, "after": after}, 200)
    assert told["changes"][0]["sentence"] == "“Register”: time limit was “30 min of working time”, is now “45 min of working time”."


def test_roles_units_and_calendars_are_called_by_their_names(office: Office) -> None:
    api = office["analyst"]
    version = api.client.get("/api/v1/definitions?key=complaint").json["items"][0]["id"]
    drawing = (PROCESSES / "complaint" / "complaint.bpmn").read_text(encoding="utf-8")
    for old, new in (
        ('role="REVIEWER" unit="REVIEW"', 'role="QA" unit="CS_DEPT"'),
        ('state="IN_REVIEW"', 'state="DRAFT"'),
        ('to="customer" text="registered"', 'to="AGENT@FRONT" text="registered"'),
        ('operation="customer"', 'operation="bills"'),
    ):
        drawing = drawing.replace(old, new, 1)
    api.post("/definitions/upload", {"files": [(BytesIO(drawing.encode()), "complaint.bpmn")]})
    newest = api.client.get("/api/v1/definitions?key=complaint").json["items"][0]["id"]
    page = api.get(f"/compare?before=definition:{version}&after=definition:{newest}").text
    for words in (
        "办理角色由“复核员”改为“质检员”",
        "办理单位由“投诉复核”改为“客户服务”",
        "工单状态由“复核中”改为“草稿”",
        "通知由“客户 → 您的投诉已受理（{{number}}）”改为“前台 客服代表 → 您的投诉已受理（{{number}}）”",
        "连接器的操作由“查询客户资料”改为“查询近期账单”",
    ):
        assert words in page


def test_the_pictures_speak_the_language_of_the_reader_like_the_list(office: Office) -> None:
    before, after = _draft(office)
    office.speak("analyst", "en")
    client = office["analyst"].client
    assert "Customer complaint v1" in client.get("/compare", query_string={"before": before, "after": after}).text
    drawn = client.get("/compare/xml", query_string={"state": after, "file": "complaint.bpmn"}).text
    assert 'name="Register"' in drawn
    assert "客户投诉" not in drawn


def test_who_may_not_read_drafts_sees_nothing(office: Office) -> None:
    before, after = _draft(office)
    assert office["handler"].client.get("/compare", query_string={"before": before, "after": after}).status_code in (403, 404)
    for odd in ("", "draft:1", "definition:x", "file:/etc/passwd", f"{after}@x", f"{after}@999"):
        assert office["analyst"].client.get("/compare", query_string={"before": before, "after": odd}).status_code == 404
