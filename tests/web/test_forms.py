"""Forms on the desk: tables of rows, money, people, notes, what is only read; and how a form that is being built will look."""

from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select

from bpm import clock, definitions, instances
from bpm.access import SYSTEM
from bpm.models import Instance, Task
from bpm.models.database import unit_of_work
from bpm.request import SESSION_COOKIE
from tests.bpm.test_definitions import diagram, task
from tests.bpm.test_forms import PARTS
from tests.web.office import Office, Sheet

STEP = task("领料", '<baton:assignment role="HANDLER" unit="JN-NET-1"/><baton:form ref="parts" readOnly="seen"/>')
TYPED = {
    "kind": "SWAP", "seen": "改了", "cost": "17.10", "who": "张伟 (handler)",
    "parts": ["0", "1"], "parts.0.what": "光缆", "parts.0.many": "2", "parts.0.price": "8.55", "parts.1.what": "接头",
}  # fmt: skip


@pytest.fixture
def errand(office: Office) -> tuple[Office, UUID, UUID]:
    """Somebody has to fetch parts: the office, the case and the task."""
    files = {"parts.bpmn": diagram("parts", STEP, task("核对")), "forms/parts.json": orjson.dumps(PARTS)}
    with unit_of_work() as session:
        definitions.deploy(session, files, "analyst", clock.now(), publish=True)
        case = instances.start(session, "parts", {"seen": "断了"}, SYSTEM, clock.now()).id
        opened = session.scalars(select(Task).where(Task.instance_id == case)).one().id
    office["handler"].post(f"/inbox/tasks/{opened}/claim")
    return office, case, opened


def variables(case: UUID) -> dict[str, Any]:
    with unit_of_work(write=False) as session:
        found = session.get(Instance, case)
        assert found is not None
        return instances.variables(session, found)


def test_a_form_with_a_table_is_filled_in_checked_and_kept(errand: tuple[Office, UUID, UUID]) -> None:
    office, case, opened = errand
    page = office["handler"].get(f"/inbox/tasks/{opened}")
    assert [row.get("value") for row in page.find('input[name="parts"]')] == ["0", "1", "2"], "rows to fill without script"
    assert "先断电，再动手。" in page.text
    assert page.find('datalist option[value$="(handler)"]')
    refused = office["handler"].post(f"/inbox/tasks/{opened}/complete", {**TYPED, "parts.1.what": "", "parts.1.many": "3"})
    assert refused.status == 422
    assert "第 2 行" in refused.text or "Row 2" in refused.text
    assert refused.value("parts.1.many") == "3", "what was typed stays"
    done = office["handler"].post(f"/inbox/tasks/{opened}/complete", TYPED)
    assert done.status == 303, done.text
    kept = variables(case)
    assert kept["parts"] == [{"what": "光缆", "many": 2, "price": 8.55, "spare": False}, {"what": "接头", "spare": False}]
    assert (kept["cost"], kept["who"], kept["seen"]) == (17.1, "handler", "断了"), "what is only read stays as it was"


def test_more_rows_are_had_without_script(errand: tuple[Office, UUID, UUID]) -> None:
    office, _, opened = errand
    page = office["handler"].post(f"/inbox/tasks/{opened}/complete", {**TYPED, "more-rows": "parts"})
    assert page.status == 200
    assert [row.get("value") for row in page.find('input[name="parts"]')] == ["0", "1", "2"], "at most three"
    assert page.value("parts.1.what") == "接头"


def test_what_is_only_read_is_shown_and_cannot_be_typed_into(errand: tuple[Office, UUID, UUID]) -> None:
    office, _, opened = errand
    page = office["handler"].get(f"/inbox/tasks/{opened}")
    assert [said.text_content().strip() for said in page.find(".b-said")] == ["断了"]
    assert [field.get("type") for field in page.find('[name="seen"]')] == ["hidden"]


# ---- how a form that is being built will look


def preview(office: Office, login: str = "analyst", **question: Any) -> Sheet:
    person = office[login]
    assert person.client.get_cookie(SESSION_COOKIE)
    body = {"form": PARTS, **question}
    return Sheet(person.client.post("/api/v1/designer/forms/preview", json=body, headers={"X-CSRF-Token": person.csrf}))


def test_a_form_is_seen_as_the_desk_will_draw_it(office: Office) -> None:
    page = preview(office, language="zh", data={"seen": "断了"}, read_only=["seen"])
    assert page.status == 200
    assert page.response.mimetype == "text/html"
    assert "sandbox" in page.response.headers["Content-Security-Policy"]
    assert not page.find("script, svg, use")
    assert [legend.text_content().strip() for legend in page.find("fieldset.b-group > legend")] == ["材料与费用"]
    assert [said.text_content().strip() for said in page.find(".b-said")] == ["断了"]
    assert len(page.find('input[name="parts"]')) == 3


def test_a_form_is_seen_in_english_with_the_texts_that_are_there(office: Office) -> None:
    page = preview(office, language="en", strings={"材料与费用": "Parts and costs"})
    assert "Parts and costs" in page.text
    assert "More rows" in page.text
    assert page.find("html")[0].get("lang") == "en"
    assert "材料与费用" in preview(office, language="zh", strings={"材料与费用": "Parts and costs"}).text


def test_a_form_is_seen_as_a_mail(office: Office) -> None:
    page = preview(office, language="en", **{"as": "mail"})
    assert page.status == 200
    assert "Reply to this mail." in page.text
    assert "2>" in page.text
    assert not page.find("input, script")


@pytest.mark.parametrize("look", ["page", "mail"])
def test_hostile_words_stay_words(office: Office, look: str) -> None:
    bad = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{ 7*7 }}'
    form = {
        "title": bad,
        "schema": {
            "type": "object",
            "properties": {
                bad: {"type": "string", "title": bad, "description": bad, "oneOf": [{"const": bad, "title": bad}], "default": bad},
                "table": {"type": "array", "items": {"type": "object", "properties": {bad: {"title": bad, "type": "string"}}}},
                "fixed": {"type": "string", "title": bad, "readOnly": True, "default": bad},
            },
        },
        "ui": {"notes": {"n": {"help": bad}}, "groups": [{"title": bad, "help": bad, "fields": [bad]}], "primary": bad},
    }
    page = preview(office, form=form, **{"as": look}, strings={bad: bad})
    assert page.status == 200, page.text
    assert not page.find("script, img")
    assert "49" not in page.text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"schema": []},
        {"schema": {"type": "object", "properties": {"a": True}}},
        {"schema": {"type": "object", "properties": {"a": {"$ref": "http://example.com/"}}}},
        {"schema": {"type": "object", "properties": {"a": {"oneOf": []}}}},
        {"schema": {"type": "object", "properties": {"a": {"pattern": "(" * 300}}}},
        {"schema": {"type": "object", "properties": {}}, "ui": []},
        {"title": ["a"], "schema": {"type": "object", "properties": {}}},
        {"schema": {"type": "object", "properties": {"a": {"x-default": "= (("}}}},
    ],
)
def test_what_is_no_form_gets_a_sentence(office: Office, form: dict[str, Any]) -> None:
    answer = preview(office, form=form).response
    assert answer.status_code == 422
    assert answer.get_json()["findings"][0]["sentence"]


def test_only_those_who_make_processes_see_previews(office: Office) -> None:
    assert preview(office, "handler").status == 403
