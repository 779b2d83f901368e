"""Expressions are read while they are typed, never worked out; calls are tried on simulators only."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from bpm import connecting
from bpm.engine import expressions
from connectors.billing import simulator
from tests.api.desk import CONNECTORS, ROOT, Desk

CHECK, TRY = "/designer/expressions/check", "/designer/connectors/try"


def problem(desk: Desk, expression: str, kind: str = "condition") -> str | None:
    answer = desk["analyst"].post(CHECK, {"expression": expression, "kind": kind})
    assert answer.status_code == 200, answer.text
    told: str | None = answer.json["problem"]
    return told


@pytest.mark.parametrize(
    "expression",
    ['level in ["L1", "L2"]', '客户.等级 == "金卡" and amount > 100', "(a ?? 0) >= 3 or b != null", "${done}", "= done == true"],
)
def test_what_can_be_read_has_no_problem(desk: Desk, expression: str) -> None:
    assert problem(desk, expression) is None


def test_a_problem_is_a_sentence_in_the_readers_language(desk: Desk) -> None:
    told = problem(desk, "level = 3")
    assert told is not None
    assert "==" in told
    assert "level = 3" in told
    assert problem(desk, "level ==") is not None
    assert problem(desk, "open('/etc/passwd')") is not None


@pytest.mark.parametrize("expression", ["d() > d(due)", 'd("now")', "now() > 1"])
def test_nothing_may_read_the_clock_of_the_server(desk: Desk, expression: str) -> None:
    assert problem(desk, expression, "value") is not None


def test_an_expression_is_never_worked_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("worked out")

    monkeypatch.setattr(expressions, "evaluate", refuse)
    assert problem(desk, "map([1..9], # * 2)", "value") is None


def test_a_script_is_checked_line_by_line(desk: Desk) -> None:
    assert problem(desk, "level = 1\n\n# a remark\norder.unit = unit ?? null", "assignment") is None
    told = problem(desk, "level = 1\nimport os", "assignment")
    assert told is not None
    assert "2" in told
    assert problem(desk, "level = ((", "assignment") is not None


def test_what_is_too_long_is_refused(desk: Desk) -> None:
    assert problem(desk, "a + " * 1_500 + "a") is not None
    assert desk["analyst"].post(CHECK, {"expression": "a" * 20_001, "kind": "value"}).status_code == 422
    assert problem(desk, "(" * 60 + "a" + ")" * 60) is not None


def test_only_who_may_see_drafts_may_ask(desk: Desk) -> None:
    assert desk["handler"].post(CHECK, {"expression": "a", "kind": "value"}).status_code == 403
    assert desk["qa"].post(TRY, {"connector": "billing", "operation": "bills", "inputs": {}}).status_code == 403


@pytest.fixture
def simulated(server: Flask) -> Iterator[Flask]:
    """The application with a simulator behind its billing connector."""
    stand_in = simulator.for_demo(ROOT, server.extensions["settings"].data)
    stand_in.start()
    server.extensions["connectors"] = connecting.load(CONNECTORS, stand_in.settings)
    server.extensions["settings"] = replace(server.extensions["settings"], simulated=frozenset({"billing"}))
    yield server
    stand_in.stop()


def test_a_call_is_tried_on_the_simulator(simulated: Flask, desk: Desk) -> None:
    asked = {"connector": "billing", "operation": "customer", "inputs": {"number": "15455310001"}}
    body = desk["analyst"].post(TRY, asked).json
    assert body["error"] is None
    assert body["result"]["number"] == "15455310001"


def test_what_the_simulator_refuses_is_told_in_words(simulated: Flask, desk: Desk) -> None:
    unknown = desk["analyst"].post(TRY, {"connector": "billing", "operation": "customer", "inputs": {"number": "99999999999"}}).json
    assert unknown["code"] == "unknown-customer"
    assert "999****9999" in unknown["error"]
    assert unknown["result"] is None
    missing = desk["analyst"].post(TRY, {"connector": "billing", "operation": "customer", "inputs": {}}).json
    assert missing["code"] == "bad-input"
    nothing = desk["analyst"].post(TRY, {"connector": "billing", "operation": "nothing", "inputs": {}}).json
    assert nothing["code"] == "unknown-operation"


def test_a_real_system_is_never_called(server: Flask, desk: Desk) -> None:
    answer = desk["analyst"].post(TRY, {"connector": "billing", "operation": "customer", "inputs": {"number": "15455310001"}})
    assert answer.status_code == 409
    assert answer.json["code"] == "no-simulator"
