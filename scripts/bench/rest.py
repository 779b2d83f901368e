"""One case through the API of a real server: what it costs the server, and what one "complete" says to the database.

The server's threads and the client's live in one process here; the client's own CPU time is taken off.
"""

import gc
import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

import app as baton
from bpm import access, clock, org, serving
from bpm.models import Base
from bpm.models.database import db, unit_of_work
from bpm.settings import Settings
from scripts.bench import cases
from scripts.bench.report import Figure
from scripts.bench.whole_cases import Stock

NOT_COUNTED = ("api_token", "login_session", "idempotency_key")
"""Tables of authentication and of idempotency keys."""


@dataclass(slots=True)
class Client:
    """A program with a bearer token, on one connection."""

    connection: http.client.HTTPConnection
    token: str

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Send one request. Raises RuntimeError where the server refuses it."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        self.connection.request(method, f"/api/v1{path}", json.dumps(body) if body is not None else None, headers)
        response = self.connection.getresponse()
        content = response.read()
        if response.status >= 400:
            message = f"{method} {path}: {response.status} {content.decode()}"
            raise RuntimeError(message)
        return json.loads(content)


@contextmanager
def server(folder: Path) -> Iterator[tuple[Engine, Client]]:
    """A server on a database of its own, and a client of the clerk."""
    folder.mkdir()
    settings = Settings(data=folder, database_url=f"sqlite:///{folder / 'rest.db'}", secret_key="bench" * 8, threads=4)
    app = baton.create_app(settings)
    with app.app_context():
        engine: Engine = db.engine
        Base.metadata.create_all(engine)
        cases.found()
        with unit_of_work() as session:
            token = access.issue_token(session, org.find_user(session, cases.CLERK), clock.wall())
    listening = socket.create_server(("127.0.0.1", 0))
    waitress = serving.http_server(app, listening)
    Thread(target=waitress.run, daemon=True).start()
    connection = http.client.HTTPConnection(*listening.getsockname())
    try:
        yield engine, Client(connection, token)
    finally:
        connection.close()
        waitress.task_dispatcher.shutdown()
        waitress.close()
        engine.dispose()


def one_case(engine: Engine, client: Client) -> float:
    """Start, list, show, complete, complete, show. Returns the CPU seconds that this thread worked in the server's stead."""
    started = client.ask("POST", "/instances", {"definition_key": "bench_case", "variables": cases.DATA})
    listed = client.ask("GET", f"/tasks?view=mine&instance_id={started['id']}")
    task = client.ask("GET", f"/tasks/{listed['items'][0]['id']}")
    client.ask("POST", f"/tasks/{task['id']}/complete", {"variables": {}})
    began = time.thread_time()
    cases.finish_call(UUID(started["id"]))
    connectors = time.thread_time() - began
    client.ask("POST", f"/tasks/{cases.open_task(engine, UUID(started['id']))}/complete", {"variables": {}})
    ended = client.ask("GET", f"/instances/{started['id']}")
    if ended["status"] != "completed":
        message = f"the case has not ended: {ended}"
        raise RuntimeError(message)
    return connectors


def cost(engine: Engine, client: Client, count: int) -> float:
    """CPU seconds of the server for one case, of so many."""
    gc.collect()
    whole, mine = time.process_time(), time.thread_time()
    connectors = sum(one_case(engine, client) for _ in range(count))
    return (time.process_time() - whole - (time.thread_time() - mine) + connectors) / count


def statements(engine: Engine, client: Client) -> tuple[int, int]:
    """Statements and commits of one "complete"; the first request of the case has made the caller known."""
    started = client.ask("POST", "/instances", {"definition_key": "bench_case", "variables": cases.DATA})
    task_id = cases.open_task(engine, UUID(started["id"]))
    with cases.counted(engine) as seen:
        client.ask("POST", f"/tasks/{task_id}/complete", {"variables": {}})
    return sum(not any(table in text for table in NOT_COUNTED) for text in seen.said), seen.commits


def measure(folder: Path, stock: Stock, rounds: int, count: int) -> list[Figure]:
    """Run cases by REST in turn with stock SpiffWorkflow, compare the least of each, and count what one "complete" says."""
    saved, ours = [], []
    with server(folder) as (engine, client):
        for round_ in range(rounds + 1):
            found = stock.run("saved", 6 * count).cpu, cost(engine, client, count)
            if round_:  # the first one warms up
                saved.append(found[0])
                ours.append(found[1])
        said, commits = statements(engine, client)
    return [
        Figure("server CPU of a case by REST, in stock's with its JSON at each step", min(ours) / min(saved), 4, "low"),
        Figure('SQL statements of one "complete"', said, 15, "low"),
        Figure('commits of one "complete"', commits, 1, "low"),
    ]
