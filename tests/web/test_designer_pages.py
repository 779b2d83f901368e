"""The ways into the designer: begin, import, go on, put aside; who may look and who may draw."""

import re
from io import BytesIO

import pytest

from tests.api.desk import PROCESSES
from tests.web.office import Office, Sheet

DIAGRAM = (PROCESSES / "templates" / "repair" / "repair.bpmn").read_bytes()


def begin(office: Office, name: str = "宽带报修", template: str = "repair") -> Sheet:
    return office["analyst"].post("/designer/begin", {"name": name, "template": template})


def listing(office: Office, login: str = "analyst") -> Sheet:
    return office[login].get("/definitions")


def test_a_flow_begins_as_a_copy_of_a_template_and_stands_in_the_list(office: Office) -> None:
    page = office["analyst"].follow(begin(office))
    [root] = page.find("#designer")
    assert root.get("data-read-only") is None
    assert page.find("noscript")
    [row] = listing(office).find(".b-drafts > li")
    for words in ("宽带报修", "process-1", "analyst"):
        assert words in row.text_content()
    assert row.cssselect("a")[0].get("href").endswith(root.get("data-draft"))


def test_every_template_is_offered_with_a_sentence(office: Office) -> None:
    offered = listing(office).find(".b-templates label")
    assert [each.cssselect("input")[0].get("value") for each in offered] == ["blank", "approval", "repair", "consultation", "complaint"]
    assert all(len(each.text_content().strip()) > 10 for each in offered)


def test_a_flow_without_a_name_is_not_begun(office: Office) -> None:
    answer = begin(office, " ")
    assert answer.status == 422
    assert not answer.find(".b-drafts > li")


@pytest.mark.parametrize("login", ["qa", "manager"])
def test_who_does_not_draw_reads(office: Office, login: str) -> None:
    address = begin(office).response.headers["Location"]
    page = office[login].get(address)
    assert page.find("#designer")[0].get("data-read-only") is not None
    page = listing(office, login)
    assert page.find(".b-drafts > li")
    assert not page.find(".b-drafts form, [data-dialog=begin], [data-dialog=import]")
    assert office[login].post("/designer/begin", {"name": "x"}).status == 403
    assert office["agent"].get(address).status == 403


def test_a_deleted_draft_is_listed_with_who_and_brought_back(office: Office) -> None:
    address = begin(office).response.headers["Location"]
    after = office["analyst"].follow(office["analyst"].post(f"{address}/discard"))
    assert not after.find(".b-drafts > li")
    [row] = after.find(".b-deleted li")
    assert "宽带报修" in row.text_content()
    assert "analyst" in row.text_content()
    assert office["analyst"].get(address).find("#designer")[0].get("data-read-only") is not None
    back = office["analyst"].follow(office["analyst"].post(f"{address}/bring-back"))
    assert back.find(".b-drafts > li")
    assert not back.find(".b-deleted li")


def test_edit_opens_the_draft_on_which_somebody_works(office: Office) -> None:
    [link] = listing(office).find("tbody th a")
    version = link.get("href")
    definition = version.rpartition("/")[2]
    first = office["analyst"].post(f"/designer/edit/{definition}").response.headers["Location"]
    assert office["admin"].post(f"/designer/edit/{definition}").response.headers["Location"] == first
    page = office["admin"].get(version)
    assert first in [each.get("href") for each in page.find("a")]
    assert "analyst" in page.find(".b-note")[0].text_content()
    another = office["admin"].post(f"/designer/from/{definition}").response.headers["Location"]
    assert another != first


def test_an_import_opens_and_what_is_broken_is_told_on_the_list(office: Office) -> None:
    opened = office["analyst"].post("/designer/import", {"files": [(BytesIO(DIAGRAM), "repair.bpmn")], "key": ""})
    assert re.fullmatch(r"/designer/[0-9a-f-]{36}", opened.response.headers["Location"])
    broken = office["analyst"].post("/designer/import", {"files": [(BytesIO(DIAGRAM[:300]), "repair.bpmn")], "key": ""})
    assert broken.status == 422
    assert "repair.bpmn" in broken.find(".b-findings")[0].text_content()
    assert len(listing(office).find(".b-drafts > li")) == 1


def test_who_is_told_of_a_draft_gets_there(office: Office) -> None:
    address = begin(office).response.headers["Location"]
    draft = address.rpartition("/")[2]
    client = office["analyst"].client
    headers = {"X-CSRF-Token": office["analyst"].csrf}
    assert client.post(f"/api/v1/drafts/{draft}/comments", json={"text": "@qa ?"}, headers=headers).status_code == 201
    notices = office["qa"].get("/notices")
    [form] = notices.find(".b-told form")
    told = office["qa"].post(form.get("action"), {each.get("name"): each.get("value") for each in form.cssselect("input[type=hidden]")})
    assert told.response.headers["Location"] == address
    swapped = office["qa"].get(address, **{"HX-Request": "true"})
    assert swapped.response.headers["HX-Redirect"] == address  # a page of its own, not a part of that of the notices
