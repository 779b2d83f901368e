"""Billing is asked over a real socket, and everything that can go wrong there is told in our words."""

import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

import connectors.billing
from bpm.connecting import ConnectorError, ConnectorSettingError, Registry, read_manifest, typed_settings
from connectors.billing.connector import SIZE_LIMIT, Connector
from connectors.billing.simulator import Simulator, for_demo

WANG = "13800001234"
MANIFEST = read_manifest(Path(connectors.billing.__path__[0]))
CUSTOMERS = Path(__file__).with_name("customers.json")
REFUND = {"number": WANG, "amount": 30.5, "reason": "套餐外流量误计", "order": "SD-531-20261121-000123"}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    simulator = Simulator(CUSTOMERS, token="a-token-nobody-may-see")
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def billing(simulator: Simulator) -> Registry:
    return reaching(simulator.settings)


def reaching(settings: dict[str, str], *, time_limit: float | None = None) -> Registry:
    """Our side: the connector with these settings, behind the registry."""
    manifest = MANIFEST
    if time_limit is not None:
        manifest = replace(manifest, operations={name: replace(o, time_limit=time_limit) for name, o in manifest.operations.items()})
    values = typed_settings(manifest, settings)
    assert values is not None
    registry = Registry()
    registry.register(manifest, Connector(values, manifest), [values["token"]])
    return registry


def fault(simulator: Simulator, operation: str, kind: str, **more: Any) -> None:
    httpx.post(f"{simulator.url}/_faults", json={"operation": operation, "kind": kind, **more}).raise_for_status()


def log(simulator: Simulator) -> Any:
    return httpx.get(f"{simulator.url}/_log").json()


def refused(billing: Registry, operation: str, inputs: dict[str, Any], key: str = "i1:t1") -> ConnectorError:
    with pytest.raises(ConnectorError) as raised:
        billing.perform("billing", operation, inputs, key)
    return raised.value


@pytest.fixture
def answering() -> Iterator[Callable[[bytes], dict[str, str]]]:
    """Something on a port that reads a request and says these very bytes; gives the settings to reach it."""
    servers = []

    def serve(content: bytes, *, hang: bool = False) -> dict[str, str]:
        server = socket.create_server(("127.0.0.1", 0))
        done = threading.Event()

        def talk() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(content)
                if hang:
                    done.wait(30)

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        servers.append((server, done, thread))
        return {"BATON_BILLING_URL": f"http://127.0.0.1:{server.getsockname()[1]}", "BATON_BILLING_TOKEN": "a-token-nobody-may-see"}

    yield serve
    for server, done, thread in servers:
        done.set()
        thread.join()
        server.close()


def test_the_agent_sees_who_is_calling(billing):
    assert billing.perform("billing", "customer", {"number": WANG}, "i1:t1") == {
        "number": WANG,
        "account_no": "JN-0001",
        "name": "王小明",
        "city": "JN",
        "tariff": "神州行",
        "in_net_months": 30,
        "arpu_3m": 320.5,
        "is_group": False,
        "blacklist_fraud": False,
        "kam": None,
        "email": "wang@example.com",
    }


def test_the_latest_bills_come_first_and_no_more_than_asked_for(billing):
    bills = billing.perform("billing", "bills", {"number": WANG, "months": 2}, "i1:t1")["bills"]
    assert [bill["month"] for bill in bills] == ["2026-10", "2026-09"]
    assert bills[0]["items"][1] == {"name": "套餐外流量", "amount": 230.4}
    assert len(billing.perform("billing", "bills", {"number": WANG}, "i1:t2")["bills"]) == 3


def test_a_refund_goes_out_with_its_reason_in_chinese_and_to_the_fen(billing, simulator):
    assert billing.perform("billing", "adjust", REFUND, "i1:t9") == {"adjustment": "TF00000001", "amount": 30.5}
    assert log(simulator)["calls"][-1] == {"operation": "adjust", "key": "i1:t9", "body": {**REFUND, "amount": "30.50"}}


def test_a_refund_asked_for_twice_is_made_once(billing, simulator):
    first = billing.perform("billing", "adjust", REFUND, "i1:t9")
    assert billing.perform("billing", "adjust", REFUND, "i1:t9") == first
    assert billing.perform("billing", "adjust", REFUND, "i2:t1") != first
    assert log(simulator)["effects"] == {"i1:t9": 1, "i2:t1": 1}


@pytest.mark.parametrize("kind", ["cut", "garbage", "huge"])
def test_a_refund_whose_answer_was_lost_is_not_made_again(billing, simulator, kind):
    fault(simulator, "adjust", kind)
    refused(billing, "adjust", REFUND, "i1:t9")
    assert log(simulator)["effects"] == {"i1:t9": 1}
    assert billing.perform("billing", "adjust", REFUND, "i1:t9")["adjustment"] == "TF00000001"
    assert log(simulator)["effects"] == {"i1:t9": 1}


def test_a_key_does_not_serve_for_another_refund(billing):
    billing.perform("billing", "adjust", REFUND, "i1:t9")
    error = refused(billing, "adjust", {**REFUND, "amount": 99}, "i1:t9")
    assert (error.code, error.retry, error.facts["reason"]) == ("refused", False, "key-used-for-another-request")


def test_every_request_carries_the_key_of_its_call(billing, simulator):
    billing.perform("billing", "customer", {"number": WANG}, "i1:t1")
    billing.perform("billing", "bills", {"number": WANG}, "i1:t2")
    billing.perform("billing", "adjust", REFUND, "i1:t3")
    assert [call["key"] for call in log(simulator)["calls"]] == ["i1:t1", "i1:t2", "i1:t3"]


@pytest.mark.parametrize(("operation", "more"), [("customer", {}), ("bills", {}), ("adjust", {"amount": 1, "reason": "x"})])
def test_a_number_that_billing_does_not_know(billing, operation, more):
    error = refused(billing, operation, {"number": "13999998888", **more})
    assert (error.code, error.retry) == ("unknown-customer", False)
    assert error.message == "Billing knows no customer 139****8888."
    assert error.translations["zh"].format(**error.facts) == "计费账务系统中没有客户 139****8888。"


@pytest.mark.parametrize(
    ("kind", "code", "retry", "reason"),
    [
        ("500", "billing-down", True, "http-500"),
        ("garbage", "billing-down", True, "unreadable"),
        ("cut", "billing-down", True, "connection"),
        ("refuse", "refused", False, "refused-by-rule"),
        ("redirect", "refused", False, "moved"),
        ("huge", "refused", False, "answer-too-long"),
    ],
)
def test_each_fault_is_told_and_says_whether_another_try_helps(billing, simulator, kind, code, retry, reason):
    fault(simulator, "customer", kind)
    error = refused(billing, "customer", {"number": WANG})
    assert (error.code, error.retry, error.facts["reason"]) == (code, retry, reason)
    assert billing.perform("billing", "customer", {"number": WANG}, "i1:t1")["name"] == "王小明"


def test_a_fault_comes_as_often_as_was_asked_for_and_only_there(billing, simulator):
    fault(simulator, "customer", "500", times=2)
    assert billing.perform("billing", "bills", {"number": WANG}, "i1:t0")
    assert [refused(billing, "customer", {"number": WANG}).code for _ in range(2)] == ["billing-down"] * 2
    assert billing.perform("billing", "customer", {"number": WANG}, "i1:t1")


def test_a_fault_that_there_is_not_is_refused(simulator):
    assert httpx.post(f"{simulator.url}/_faults", json={"operation": "customer", "kind": "earthquake"}).status_code == 422


def test_a_redirect_is_never_followed(billing, simulator):
    fault(simulator, "customer", "redirect")
    refused(billing, "customer", {"number": WANG})
    assert len(log(simulator)["calls"]) == 1


def test_an_answer_of_the_wrong_shape_stays_outside(billing, simulator):
    fault(simulator, "customer", "misshapen")
    error = refused(billing, "customer", {"number": WANG})
    assert (error.code, error.retry) == ("bad-output", False)


def test_wrong_figures_in_the_right_shape_are_taken_as_they_are(billing, simulator):
    fault(simulator, "customer", "wrong-grade")
    group = billing.perform("billing", "customer", {"number": "053112345678"}, "i1:t1")
    assert (group["is_group"], group["arpu_3m"]) == (False, 0)


def test_billing_that_keeps_silent_is_given_up_in_time(simulator):
    impatient = reaching(simulator.settings, time_limit=0.5)
    fault(simulator, "customer", "delay", seconds=60)
    error = refused(impatient, "customer", {"number": WANG})
    assert (error.code, error.retry, error.facts["reason"]) == ("billing-down", True, "timeout")


def test_billing_that_stops_in_the_middle_of_an_answer_is_given_up_in_time(answering):
    settings = answering(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"number":', hang=True)
    error = refused(reaching(settings, time_limit=0.5), "customer", {"number": WANG})
    assert (error.code, error.retry, error.facts["reason"]) == ("billing-down", True, "timeout")


def test_billing_that_is_not_there(simulator):
    simulator.stop()
    simulator_gone = reaching(simulator.settings)
    error = refused(simulator_gone, "customer", {"number": WANG})
    assert (error.code, error.retry, error.facts["reason"]) == ("billing-down", True, "connection")


@pytest.mark.parametrize(
    ("content", "code", "reason"),
    [
        (b"", "billing-down", "connection"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "billing-down", "connection"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", "billing-down", "unreadable"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + b"[" * 20000, "billing-down", "unreadable"),
        (b"HTTP/1.1 429 Slow Down\r\nContent-Length: 0\r\n\r\n", "billing-down", "http-429"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "refused", "http-404"),
        (b'HTTP/1.1 422 No\r\nContent-Length: 32\r\n\r\n{"error": "<b>password hunter2"} ', "refused", "http-422"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00", "billing-down", "unreadable"),
    ],
    ids=["nothing", "not http", "no object", "deep", "busy", "wrong address", "foreign words", "compressed"],
)
def test_whatever_answers_at_the_address_is_told_in_our_words(answering, content, code, reason):
    error = refused(reaching(answering(content)), "customer", {"number": WANG})
    assert (error.code, error.facts["reason"]) == (code, reason)


def test_no_more_than_a_megabyte_is_read(answering):
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * (SIZE_LIMIT // 0x10000 + 1)
    error = refused(reaching(answering(endless, hang=True)), "customer", {"number": WANG})
    assert (error.code, error.facts["reason"]) == ("refused", "answer-too-long")


def test_a_wrong_token_is_refused_and_appears_nowhere(simulator, caplog):
    caplog.set_level(logging.DEBUG)
    stranger = reaching({**simulator.settings, "BATON_BILLING_TOKEN": "another-token-of-mine"})
    error = refused(stranger, "customer", {"number": WANG})
    assert (error.code, error.retry, error.facts["reason"]) == ("refused", False, "not-authorised")
    assert "another-token-of-mine" not in caplog.text + error.message + repr(error.facts)


def test_neither_token_nor_number_reaches_a_log(billing, simulator, caplog):
    caplog.set_level(logging.INFO)
    billing.perform("billing", "customer", {"number": WANG}, "i1:t1")
    fault(simulator, "customer", "500")
    refused(billing, "customer", {"number": WANG})
    assert "call billing.customer failed: billing-down" in caplog.text
    assert WANG not in caplog.text
    assert simulator.token not in caplog.text + repr(billing.get("billing"))


@pytest.mark.parametrize("number", ["", "12", "1380000123x", "13800001234\n", "../adjust", "１３８００００１２３４", "1" * 21, 13800001234])
def test_what_is_no_number_is_not_asked_for(billing, simulator, number):
    assert refused(billing, "customer", {"number": number}).code == "bad-input"
    assert log(simulator)["calls"] == []


@pytest.mark.parametrize(
    ("amount", "code"), [(0, "bad-input"), (-5, "bad-input"), (0.005, "bad-input"), (10.005, "refused"), (5000.01, "refused")]
)
def test_amounts_that_are_no_refund(billing, simulator, amount, code):
    assert refused(billing, "adjust", {**REFUND, "amount": amount}).code == code
    assert log(simulator)["effects"] == {}


@pytest.mark.parametrize("amount", [0.07, 0.29, 1.1, 19.99, 4999.99])
def test_amounts_keep_every_fen_on_the_way(billing, simulator, amount):
    assert billing.perform("billing", "adjust", {**REFUND, "amount": amount}, "i1:t1")["amount"] == amount


@pytest.mark.parametrize(
    "url",
    [
        "ftp://billing",
        "billing:80",
        "http://user:pass@billing/",
        "http://billing/?q=1",
        "http://billing/#a",
        "http://bill ing/",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_is_no_plain_web_address_stops_the_start(url):
    with pytest.raises(ConnectorSettingError, match="BATON_BILLING_URL"):
        typed_settings(MANIFEST, {"BATON_BILLING_URL": url, "BATON_BILLING_TOKEN": "a-token-nobody-may-see"})


def test_a_proxy_of_the_environment_is_not_used(simulator, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert reaching(simulator.settings).perform("billing", "customer", {"number": WANG}, "i1:t1")["city"] == "JN"


def test_the_demo_serves_the_customers_of_the_program_folder(tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "customers.json").write_text(json.dumps([{"number": "10086", "favourite": "茶"}]), encoding="utf-8")
    simulator = for_demo(tmp_path, tmp_path)
    simulator.start()
    answer = httpx.post(f"{simulator.url}/customer", json={"number": "10086"}, headers={"Authorization": f"Bearer {simulator.token}"})
    simulator.stop()
    assert answer.json() == {"number": "10086", "favourite": "茶"}


def test_a_secret_is_not_part_of_how_a_connector_shows_itself(simulator):
    values = typed_settings(MANIFEST, simulator.settings)
    assert values is not None
    assert simulator.token not in repr(Connector(values, MANIFEST)._settings)
