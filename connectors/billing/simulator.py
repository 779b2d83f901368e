"""A billing system to try things out with: a real HTTP server with customers from a file, and with faults on demand.

``python -m connectors.billing.simulator demo/customers.json`` prints the settings under which the connector reaches it.
"""

import argparse
import hmac
import json
import secrets
import socket
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, ClassVar

Json = dict[str, Any]

INSTEAD = {"500": (500, "internal-error"), "refuse": (422, "refused-by-rule"), "redirect": (307, "moved")}
"""Faults that come instead of the work: status and code."""
AFTER = frozenset({"delay", "garbage", "cut", "wrong-grade", "misshapen", "huge"})
"""Faults that spoil the answer after the work is done."""

_HUGE = 2_000_000
_LARGEST_REFUND = 5000.0


class SimulatorError(Exception):
    """Billing's own no: an HTTP status and a code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


@dataclass
class Fault:
    """What goes wrong with the next ``times`` requests for an operation."""

    operation: str
    kind: str
    times: int = 1
    seconds: float = 10.0


@dataclass
class Billing:
    """The books: customers by number, refunds by key, the requests seen, and the faults to come."""

    customers: dict[str, Json]
    adjustments: dict[str, tuple[Json, Json]] = field(default_factory=dict)
    effects: Counter[str] = field(default_factory=Counter)
    calls: list[Json] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def fault(self, operation: str) -> Fault | None:
        """Take the next fault that is meant for an operation."""
        with self.lock:
            for fault in self.faults:
                if fault.operation == operation and fault.times > 0:
                    fault.times -= 1
                    return fault
        return None

    def find(self, body: Json) -> Json:
        """The customer that a request is about."""
        customer = self.customers.get(str(body.get("number")))
        if customer is None:
            raise SimulatorError(404, "unknown-customer")
        return customer

    def customer(self, body: Json, _: str) -> Json:
        """Everything in the file except the bills."""
        return {name: value for name, value in self.find(body).items() if name != "bills"}

    def bills(self, body: Json, _: str) -> Json:
        """The latest bills first."""
        months = body.get("months")
        if not isinstance(months, int) or months < 1:
            raise SimulatorError(422, "bad-months")
        return {"bills": sorted(self.find(body).get("bills", []), key=lambda bill: str(bill["month"]), reverse=True)[:months]}

    def adjust(self, body: Json, key: str) -> Json:
        """A refund; the same key again answers the same and refunds nothing."""
        self.find(body)
        if float(body["amount"]) > _LARGEST_REFUND:
            raise SimulatorError(422, "amount-too-large")
        with self.lock:
            if key in self.adjustments:
                asked, answer = self.adjustments[key]
                if asked != body:
                    raise SimulatorError(409, "key-used-for-another-request")
                return answer
            self.effects[key] += 1
            answer = {"adjustment": f"TF{len(self.adjustments) + 1:08d}", "amount": body["amount"]}
            self.adjustments[key] = (body, answer)
            return answer


class _Handler(BaseHTTPRequestHandler):
    billing: ClassVar[Billing]
    token: ClassVar[str]
    stopping: ClassVar[Event]

    def do_GET(self) -> None:
        if self.path == "/_log":
            with self.billing.lock:
                self._send(200, {"calls": list(self.billing.calls), "effects": dict(self.billing.effects)})
        else:
            self._send(404, {"error": "no-such-address"})

    def do_POST(self) -> None:
        try:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        except ValueError:
            return self._send(400, {"error": "not-json"})
        if self.path == "/_faults":
            return self._add_fault(body)
        return self._serve(self.path.removeprefix("/"), body)

    def _add_fault(self, body: Json) -> None:
        if body.get("kind") not in AFTER | INSTEAD.keys() or body.get("operation") not in {"customer", "bills", "adjust"}:
            return self._send(422, {"error": "no-such-fault"})
        with self.billing.lock:
            self.billing.faults.append(Fault(**body))
        return self._send(201, {"kind": body["kind"]})

    def _serve(self, operation: str, body: Json) -> None:
        work: Callable[[Json, str], Json] | None = {
            "customer": self.billing.customer,
            "bills": self.billing.bills,
            "adjust": self.billing.adjust,
        }.get(operation)
        key = self.headers.get("Idempotency-Key", "")
        with self.billing.lock:
            self.billing.calls.append({"operation": operation, "key": key, "body": body})
        if not hmac.compare_digest(self.headers.get("Authorization", ""), f"Bearer {self.token}"):
            return self._send(401, {"error": "not-authorised"})
        if work is None:
            return self._send(404, {"error": "no-such-operation"})
        fault = self.billing.fault(operation)
        if fault is not None and fault.kind in INSTEAD:
            status, code = INSTEAD[fault.kind]
            return self._send(status, {"error": code})
        try:
            answer = work(body, key)
        except SimulatorError as error:
            return self._send(error.status, {"error": error.code})
        return self._send(200, answer) if fault is None else self._spoil(fault, answer)

    def _spoil(self, fault: Fault, answer: Json) -> None:
        match fault.kind:
            case "delay":
                self.stopping.wait(fault.seconds)
                self._send(200, answer)
            case "garbage":
                self._send_bytes(200, b'<html>{"number": 1380')
            case "cut":
                self._cut(json.dumps(answer).encode())
            case "huge":
                self._send_bytes(200, json.dumps({**answer, "padding": "0" * _HUGE}).encode())
            case "misshapen":
                self._send(200, dict.fromkeys(answer, "?"))
            case _:  # wrong-grade: well formed and wrong, whoever he is he looks ordinary
                self._send(200, {**answer, "arpu_3m": 0, "is_group": False})

    def _cut(self, content: bytes) -> None:
        """Promise the whole answer, send half, and drop the connection."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])
        self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, status: int, answer: Json) -> None:
        self._send_bytes(status, json.dumps(answer, ensure_ascii=False).encode())

    def _send_bytes(self, status: int, content: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            if status == 307:
                self.send_header("Location", f"/_log?from={self.path}")
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True  # the caller has hung up: that is what some faults are for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        """Say nothing: the log is at /_log."""


class Simulator:
    """The billing system on a port of this machine. ``settings`` are what the connector needs to reach it."""

    def __init__(self, customers: Path, *, port: int = 0, token: str | None = None) -> None:
        listed: list[Json] = json.loads(customers.read_text(encoding="utf-8"))
        self.billing = Billing({str(customer["number"]): customer for customer in listed})
        self.token = token or secrets.token_urlsafe(24)
        self._stopping = Event()
        kind = type("Handler", (_Handler,), {"billing": self.billing, "token": self.token, "stopping": self._stopping})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), kind)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="billing-simulator", daemon=True)

    @property
    def url(self) -> str:
        """The address of the interface."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def settings(self) -> dict[str, str]:
        """The connector's settings, by the names of the environment."""
        return {"BATON_BILLING_URL": self.url, "BATON_BILLING_TOKEN": self.token}

    def start(self) -> str:
        """Begin to serve; returns the address."""
        self._thread.start()
        return self.url

    def stop(self) -> None:
        """Serve no more."""
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def for_demo(root: Path, _: Path) -> Simulator:
    """The simulator of the demo: the customers that lie in the folder of the program (``root``)."""
    return Simulator(root / "demo" / "customers.json")


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m connectors.billing.simulator", description="A billing system to try things out with.")
    parser.add_argument("customers", type=Path, nargs="?", default=Path("demo/customers.json"))
    parser.add_argument("--port", type=int, default=8810)
    options = parser.parse_args()
    simulator = Simulator(options.customers, port=options.port)
    simulator.start()
    sys.stdout.write("".join(f"{name}={value}\n" for name, value in simulator.settings.items()))
    sys.stdout.flush()
    try:
        Event().wait()
    except KeyboardInterrupt:
        simulator.stop()


if __name__ == "__main__":
    main()
