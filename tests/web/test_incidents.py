"""The list of steps that failed."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from bpm import incidents
from bpm.models.database import unit_of_work
from bpm.models.ids import row_id
from bpm.models.incident import Incident
from bpm.models.instance import Instance
from tests.web.office import Office, Sheet


@pytest.fixture
def number(office: Office) -> str:
    """An order whose connector call has failed."""
    number = office.register()
    with unit_of_work() as session:
        instance = session.get_one(Instance, office.order(number).instance_id)
        fault = incidents._incident(instance, "work", "network-down", "The network did not answer.", instance.created_at, name="复核")
        fault.work_item_id = row_id()  # what failed is no longer there, so that only passing over is left
        session.add(fault)
        instance.status = "incident"
    return number


def act(sheet: Sheet, button: str, given: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Where the dialog with this button goes, and what it sends."""
    [form] = [form for form in sheet.find("tbody form") if button in form.text_content()]
    return form.get("action"), {each.get("name"): each.get("value") for each in form.cssselect("input[type=hidden]")} | dict(given)


@pytest.mark.parametrize("login", ["analyst", "manager", "admin"])
def test_whoever_may_mend_sees_which_step_failed_in_which_process_and_why(office: Office, number: str, login: str) -> None:
    office.speak(login, "en")
    page = office[login].get("/incidents")
    [row] = page.find("tbody tr")
    for words in ("Customer complaint", "Review", "The network did not answer.", "Try again", "Pass over this step"):
        assert words in row.text_content()
    assert "Incidents" in page.find("#nav [aria-current]")[0].text_content()
    assert bool(page.find(f"a[href='/orders/{number}']")) is (login != "analyst")  # who may not open orders gets no way that ends at a wall


def _change(number: str, **columns: Any) -> None:
    with unit_of_work() as session:
        fault = session.scalars(select(Incident)).one()
        for name, value in columns.items():
            setattr(fault, name, value)


def test_a_result_by_hand_is_asked_where_a_step_waits_for_one_and_must_be_json(office: Office, number: str) -> None:
    analyst = office["analyst"]
    assert "用这个结果" not in analyst.get("/incidents").text  # the order of the server, not of the drawing: nothing waits for a result
    _change(number, work_item_id=None, token_id="0" * 32)
    action, sent = act(analyst.get("/incidents"), "用这个结果", {"result": "not json"})
    refused = analyst.post(action, sent)
    assert refused.status == 422
    assert "JSON" in refused.text
    assert len(refused.find("tbody tr")) == 1


def test_for_a_process_that_waits_for_itself_no_button_is_there_that_could_only_fail(office: Office, number: str) -> None:
    _change(number, work_item_id=None, token_id=None)
    assert office["analyst"].get("/incidents").find("tbody form") == []


def test_a_fault_is_dealt_with_in_the_list_and_is_gone(office: Office, number: str) -> None:
    analyst = office["analyst"]
    action, sent = act(analyst.get("/incidents"), "跳过", {})
    done = analyst.follow(analyst.post(action, sent))
    assert "已跳过这一步" in done.text
    assert done.find("tbody tr") == []


def test_who_may_not_mend_has_no_list_of_faults(office: Office, number: str) -> None:
    assert office["agent"].get("/incidents").status == 403
    assert "/incidents" not in office["agent"].get("/inbox").response.get_data(as_text=True)


def test_without_a_fault_the_list_says_so(office: Office) -> None:
    assert "没有失败的步骤" in office["analyst"].get("/incidents").text
