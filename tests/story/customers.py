"""Programs that complain and work by REST at a server that dies and comes back: each repeats its request, same key, until told."""

from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Any
from uuid import uuid4

import httpx

from bpm import access, clock, org
from bpm.models.database import unit_of_work
from tests.api.walker import answers


class Customers:
    """Some threads, each with complaint after complaint of its own. ``promised`` is what the server has acknowledged."""

    def __init__(self, port: int, logins: tuple[str, ...]) -> None:
        self.promised: list[tuple[str, str]] = []
        self.titles: dict[str, str] = {}
        self.wrong: list[str] = []
        self._address, self._lock, self._over = f"http://127.0.0.1:{port}/api/v1", Lock(), Event()
        with unit_of_work() as session:
            self._tokens = {login: access.issue_token(session, org.find_user(session, login), clock.wall()) for login in logins}
        self._threads: list[Thread] = []

    def begin(self, number: int) -> None:
        """Let so many of them complain and work."""
        self._threads = [Thread(target=self._go_on, args=(index,)) for index in range(number)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Let each finish what it has begun, and the server its queue: it must be there."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        with httpx.Client(trust_env=False, timeout=60) as client:
            self._ask(client, "POST", "admin", "/demo/clock", {"advance": "PT0S"})

    def _go_on(self, index: int) -> None:
        turn = 0
        with httpx.Client(trust_env=False, timeout=20) as client:
            while not self._over.is_set():
                turn += 1
                self._one(client, f"客户 {index} 第 {turn} 次投诉：电梯里没有信号")

    def _one(self, client: httpx.Client, title: str) -> None:
        body = {"title": title, "channel": "PHONE_1860", "contact_phone": "15455310001", "class": "01010101"}
        order = self._ask(client, "POST", "agent", "/work-orders", body)
        if order is None:
            return
        with self._lock:
            self.titles[title] = order["number"]
        self._acknowledge("number", order["number"])
        for _ in range(3):
            tasks = self._ask(client, "GET", "admin", f"/instances/{order['instance_id']}/tasks") or {"items": []}
            for task in tasks["items"]:
                if task["status"] in ("open", "claimed"):
                    self._do(client, task)

    def _do(self, client: httpx.Client, task: dict[str, Any]) -> None:
        who = next((login for login in task["claimable_by"] if login in self._tokens), None)
        if who is None:
            return
        claimed = self._ask(client, "POST", who, f"/tasks/{task['id']}/claim", {})
        given = answers(claimed["form"]["schema"]) if claimed and claimed["form"] else {}
        if claimed and self._ask(client, "POST", who, f"/tasks/{task['id']}/complete", {"variables": given}) is not None:
            self._acknowledge("task", task["id"])

    def _acknowledge(self, kind: str, name: str) -> None:
        with self._lock:
            self.promised.append((kind, name))

    def _ask(self, client: httpx.Client, method: str, login: str, path: str, body: Any = None) -> dict[str, Any] | None:
        """Ask until there is an answer; None when the server refuses, which is written down."""
        headers = {"Authorization": f"Bearer {self._tokens[login]}", "Idempotency-Key": str(uuid4())}
        send: Callable[[], httpx.Response] = lambda: client.request(method, self._address + path, json=body, headers=headers)  # noqa: E731
        while True:
            try:
                answer = send()
            except httpx.TransportError:
                Event().wait(0.02)
                continue
            if answer.status_code in (502, 503):
                continue
            if answer.is_success:
                return dict(answer.json())
            with self._lock:
                self.wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
            return None
