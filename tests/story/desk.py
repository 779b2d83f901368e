"""A whole installation: the real program on a port of this machine, and the programs and people who reach it from outside."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bpm import access
from bpm.models import User
from tests.story.ports import free_port

API = "/api/v1"
ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
RUN = [sys.executable, "app.py", "run"]
READY = "Baton is ready at "
PATIENCE = 60
OPEN = ("open", "claimed", "suspended")
WORDS = "已查清并处理"
MOST_STEPS = 40

FAILED = pytest.StashKey[bool]()

_opener = build_opener(ProxyHandler({}))


def local(*moment: int) -> datetime:
    """A moment as the clocks of the demo's operator show it."""
    return datetime(*moment, tzinfo=ZONE)  # type: ignore[misc,arg-type]  # year, month, day ...


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: Message
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def text(self) -> str:
        return self.content.decode()

    def ok(self, status: int = 200) -> Any:
        """What a request that must succeed has brought."""
        assert self.status == status, self.text
        return self.json


@dataclass(frozen=True)
class Program:
    """A program that speaks to the API with somebody's token, or with none."""

    url: str
    token: str | None = None
    language: str = "en"

    def get(self, path: str, **query: Any) -> Answer:
        asked = f"?{urlencode(query)}" if query else ""
        return self.send("GET", f"{API}{path}{asked}")

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        content = json.dumps({} if body is None else body).encode()
        return self.send("POST", f"{API}{path}", content, {"Content-Type": "application/json", **headers})

    def send(self, method: str, path: str, content: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a path as it stands."""
        known = {"Accept-Language": self.language, **({"Authorization": f"Bearer {self.token}"} if self.token else {}), **(headers or {})}
        request = Request(self.url + path, content, known, method=method)
        try:
            with _opener.open(request, timeout=PATIENCE) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())


@dataclass
class House:
    """A running Baton with its demonstration. ``data`` is its folder, ``tokens`` are everybody's by login.

    ``number`` is the order that a story is about, where it is about one.
    """

    data: Path
    tokens: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    said: list[str] = field(default_factory=list)
    number: str = ""
    _process: "subprocess.Popen[str] | None" = None
    _listener: Thread | None = None

    def start(self) -> None:
        """Do what ``make run`` does, and wait until people can come."""
        environment = self.environment(PORT=str(free_port()))
        self._process = subprocess.Popen(
            RUN, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        ready = Event()
        self._listener = Thread(target=self._listen, args=(self._process, ready))
        self._listener.start()
        ready.wait(PATIENCE)
        assert self.url, "".join(self.said)

    def _listen(self, process: "subprocess.Popen[str]", ready: Event) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self.said.append(line)
                if line.startswith(READY):
                    self.url = line.removeprefix(READY).strip()
                    ready.set()
        ready.set()

    def stop(self) -> int:
        """Ask it to stop, as a terminal does, and wait until it has. The exit code."""
        assert self._process is not None
        assert self._listener is not None
        self._process.terminate()
        code = self._process.wait(PATIENCE)
        self._listener.join(PATIENCE)
        return code

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Carry out another command of app.py on the same data."""
        command = [sys.executable, "app.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=False, timeout=PATIENCE)

    def environment(self, **more: str) -> dict[str, str]:
        """What the program is told: nothing but the folder, and that this is a demonstration."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}
        return {**kept, "BATON_DEMO": "1", "BATON_DATA": str(self.data), **more}

    def copy(self, data: Path, at: datetime) -> "House":
        """The same installation in another folder, whose clock stands at a moment when it is started."""
        shutil.copytree(self.data, data, dirs_exist_ok=True)
        house = House(data, self.tokens)
        offset = (at - datetime.now(UTC)).total_seconds()
        with sqlite3.connect(data / "baton.db") as database:
            database.execute("INSERT OR REPLACE INTO setting (key, value) VALUES ('clock-offset', ?)", [str(offset)])
        database.close()
        return house

    def program(self, login: str, language: str = "en") -> Program:
        """A program that acts as somebody."""
        return Program(self.url, self.tokens[login], language)

    def advance(self, by: timedelta | str = "PT0S") -> datetime:
        """Let time pass; everything that falls due on the way has happened. The time that it is then."""
        span = f"PT{by.total_seconds():.6f}S" if isinstance(by, timedelta) else by
        answer = self.program("admin").post("/demo/clock", {"advance": span}).ok()
        return datetime.fromisoformat(answer["now"])

    def advance_to(self, moment: datetime) -> datetime:
        """Let time pass until a moment."""
        return self.advance(moment - self.advance())

    def order(self, number: str) -> Any:
        """An order as an administrator sees it."""
        return self.program("admin").get(f"/work-orders/{number}").ok()

    def tasks(self, number: str, *elements: str) -> list[Any]:
        """The open tasks of an order, the oldest first; those of some steps only, where they are named."""
        found = self.program("admin").get(f"/instances/{self.order(number)['instance_id']}/tasks").ok()["items"]
        return [task for task in found if task["status"] in OPEN and (not elements or task["element_id"] in elements)]

    def task(self, number: str, element: str) -> Any:
        """The one open task of a step, with its form and its clock."""
        (task,) = self.tasks(number, element)
        return self.program("admin").get(f"/tasks/{task['id']}").ok()

    def journal(self, number: str, *kinds: str) -> list[Any]:
        """What happened to an order, in order; of some kinds only, where they are named."""
        entries = self.program("admin").get(f"/instances/{self.order(number)['instance_id']}/journal").ok()["items"]
        return [entry for entry in entries if not kinds or entry["kind"] in kinds]

    def do(self, task: Any, login: str | None = None, **answers: Any) -> Any:
        """Claim a task as whoever may, or as somebody, and complete it by its form's defaults and these answers."""
        who = self.program(login or task["claimable_by"][0])
        claimed = who.post(f"/tasks/{task['id']}/claim").ok()
        given = by_default(claimed["form"]["schema"]) if claimed["form"] else {}
        return who.post(f"/tasks/{task['id']}/complete", {"variables": {**given, **answers}}).ok()

    def walk(self, number: str, until: Collection[str], people: Mapping[str, str] | None = None) -> list[str]:
        """Do whatever is open by its defaults, and let hours pass where nothing is, until a step or a state is reached. The steps done.

        ``people`` names who does a step; the others are done by whoever may.
        """
        done: list[str] = []
        while len(done) < MOST_STEPS:
            self.advance()
            if self.order(number)["state"] in until:
                return done
            waiting = self.tasks(number)
            if any(task["element_id"] in until for task in waiting):
                return done
            if waiting:
                self.do(waiting[0], (people or {}).get(waiting[0]["element_id"]))
                done.append(waiting[0]["element_id"])
            else:
                self.advance("PT4H")
        raise AssertionError(f"{number} stands in {self.order(number)['state']} after {done}")

    def mails(self, address: str | None = None) -> list[EmailMessage]:
        """The mails that came to an address (None: to anybody), oldest first."""
        files = sorted((self.data / "mail").glob("*.eml"), key=lambda path: int(path.name.split("-")[0]))
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]
        return [mail for mail in mails if address in (None, mail["To"])]


def by_default(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What a program answers that knows nothing but a form's schema: the defaults, and what must be there besides."""
    required = schema.get("required", ())
    return {
        name: rule["default"] if "default" in rule else _ordinary(rule)
        for name, rule in schema["properties"].items()
        if "default" in rule or name in required
    }


def _ordinary(rule: Mapping[str, Any]) -> Any:
    choices = [choice["const"] for choice in rule.get("oneOf", ())] or list(rule.get("enum", ()))
    return choices[0] if choices else WORDS


def found(data: Path) -> House:
    """A new installation with its demonstration and a token for everybody, made by starting it once."""
    house = House(data)
    house.start()
    assert house.stop() == 0, "".join(house.said)
    engine = create_engine(f"sqlite:///{data / 'baton.db'}")
    with Session(engine) as session:
        house.tokens = {user.login: access.issue_token(session, user, datetime.now(UTC)) for user in session.scalars(select(User))}
        session.commit()
    engine.dispose()
    return house
