"""Connectors in the designer: found by what they do, filled in, tried on their simulator, their errors drawn."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from bpm import connecting
from connectors.billing import simulator
from tests.api.desk import CONNECTORS, ROOT
from tests.web.office import Office
from tests.web.studio import BATON, BPMN, Studio, files

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


@pytest.fixture
def studio(server: Flask, office: Office, page: Page, address: str) -> Iterator[Studio]:
    """The small process, with billing simulated."""
    stand_in = simulator.for_demo(ROOT, server.extensions["settings"].data)
    stand_in.start()
    server.extensions["connectors"] = connecting.load(CONNECTORS, stand_in.settings)
    server.extensions["settings"] = replace(server.extensions["settings"], simulated=frozenset({"billing"}))
    yield Studio(office, page, address, files())
    stand_in.stop()


def choose(studio: Studio) -> None:
    studio.select("ask", "连接器")
    studio.panel.get_by_label("要让系统做什么？").fill("查客户")
    studio.panel.get_by_role("button", name="查询客户资料").click()


def test_a_connector_is_found_and_filled_in(studio: Studio) -> None:
    choose(studio)
    number = studio.panel.get_by_role("group", name="客户号码")
    number.get_by_label("客户号码：取值方式").select_option("field")
    number.get_by_label("客户号码", exact=True).last.select_option(label="手机号码")
    expect(studio.panel.get_by_text("customer.tariff")).to_be_visible()
    task = studio.saved().find(f".//{BPMN}serviceTask")
    assert task is not None
    call, given = task.find(f".//{BATON}call"), task.find(f".//{BATON}input")
    assert call is not None
    assert dict(call.attrib) == {"connector": "billing", "operation": "customer", "result": "customer"}
    assert given is not None
    assert dict(given.attrib) == {"name": "number", "value": "= phone"}


def test_a_call_is_tried_on_the_simulator(studio: Studio) -> None:
    choose(studio)
    studio.panel.get_by_text("在模拟器上试一次").click()
    trial = studio.panel.locator("details form")
    trial.get_by_label("客户号码").fill("15455310001")
    trial.get_by_role("button").click()
    expect(trial).to_contain_text("尊享 158 元")
    trial.get_by_label("客户号码").fill("99999999999")
    trial.get_by_role("button").click()
    expect(trial).to_contain_text("没有客户")


def test_a_failure_is_drawn_as_a_way_out(studio: Studio) -> None:
    choose(studio)
    studio.panel.get_by_label("走单独的去向").check()
    expect(studio.panel.get_by_role("button", name="已画出：调用失败")).to_be_visible()
    kept = studio.saved()
    call, event = kept.find(f".//{BATON}call"), kept.find(f".//{BPMN}boundaryEvent")
    assert call is not None
    assert call.get("onFailure") == "customer-failed"
    assert event is not None
    assert event.get("attachedToRef") == "ask"
    caught = event.find(f"{BPMN}errorEventDefinition")
    error = kept.find(f"{BPMN}error")
    assert caught is not None
    assert error is not None
    assert caught.get("errorRef") == error.get("id")
    assert error.get("errorCode") == "customer-failed"
