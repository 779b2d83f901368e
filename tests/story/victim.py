"""The program in a process of its own that can be killed at any moment, and the world around it that lives on."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bpm import clock
from bpm.clockwork.embedded import OFFSET
from bpm.models import Setting
from bpm.models.database import configure, engine_options, unit_of_work
from bpm.models.work_item import WorkItem
from bpm.replay.run import acknowledged
from connectors.billing.simulator import Simulator as Billing
from connectors.mail.connector import message_id
from connectors.mail.simulator import Simulator as Mail
from tests.story import audit

ROOT = Path(__file__).parents[2]
_processes = multiprocessing.get_context("forkserver")  # the modules are loaded once; each victim is forked from there
_processes.set_forkserver_preload(["app", "connectors.billing.simulator", "connectors.mail.simulator", "tests.story.victim"])


def _main(arguments: list[str], environment: Mapping[str, str], log: str) -> None:
    """The program itself, in the process that will be killed."""
    import app  # noqa: PLC0415 -- in the victim only: nothing of the server belongs into the process of the tests

    os.setsid()
    for name in [name for name in os.environ if name.startswith("BATON_")]:
        del os.environ[name]
    os.environ.update(environment)
    with Path(log).open("a", encoding="utf-8", buffering=1) as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
        sys.stdout = sys.stderr = said
        sys.exit(app.main(arguments))


_LAST_LOOK = timedelta(seconds=2)
"""The program looks at its queue once a second; what falls due after its last look, or while it ends, is left to the next one."""


class World:
    """One data folder, billing and mail that outlive every kill, and the program that works on them."""

    def __init__(self, folder: Path) -> None:
        self.data, self.log = folder / "data", folder / "said.txt"
        self.acknowledged = folder / "acknowledged.txt"
        self._over_at = clock.wall()
        self.billing, self.mail = Billing(ROOT / "demo" / "customers.json"), Mail()

    @contextmanager
    def opened(self) -> Iterator["World"]:
        """Let billing and mail serve for as long as this lasts."""
        self.billing.start()
        self.mail.start()
        try:
            yield self
        finally:
            self.billing.stop()
            self.mail.stop()

    def begin(self, *arguments: str, **settings: str) -> ForkServerProcess:
        """Start the program; it runs beside the test."""
        environment = {"BATON_DEMO": "1", "BATON_DATA": str(self.data), **self.billing.settings, **self.mail.settings, **settings}
        victim = _processes.Process(target=_main, args=(list(arguments), environment, str(self.log)))
        victim.start()
        return victim

    def serve(self, port: int) -> ForkServerProcess:
        """Start the server and wait until people can come."""
        before = self.log.read_text("utf-8").count("ready at") if self.log.exists() else 0
        server = self.begin("run", PORT=str(port))
        while not (self.log.exists() and self.log.read_text("utf-8").count("ready at") > before):
            server.join(0.02)
            assert server.is_alive(), self.said()
        return server

    def stop(self, server: ForkServerProcess) -> None:
        """Ask the server to go, once its queue is empty."""
        server.terminate()
        server.join()
        self._over_at = clock.wall()
        assert server.exitcode == 0, self.said()

    @staticmethod
    def kill(victim: ForkServerProcess) -> bool:
        """End it as a power cut would; tells whether it was still at work."""
        if victim.is_alive() and victim.pid is not None:
            os.kill(victim.pid, signal.SIGKILL)
        victim.join()
        return victim.exitcode == -signal.SIGKILL

    def wait_for_lines(self, victim: ForkServerProcess, more: int) -> None:
        """Wait until the program has acknowledged so much more, or is dead."""
        before = self._lines()
        while self._lines() < before + more and victim.is_alive():
            victim.join(0.004)

    def _lines(self) -> int:
        return self.acknowledged.read_bytes().count(b"\n") if self.acknowledged.exists() else 0

    def said(self) -> str:
        """The last words of the program."""
        return self.log.read_text("utf-8")[-4000:] if self.log.exists() else ""

    def finish(self, *arguments: str) -> str:
        """Let the program come to its end; what it said."""
        victim = self.begin(*arguments)
        victim.join()
        self._over_at = clock.wall()
        assert victim.exitcode == 0, self.said()
        return self.said()

    @contextmanager
    def looked_at(self) -> Iterator[Session]:
        """The database, looked at from outside, at the moment at which its clock stands."""
        url = f"sqlite:///{self.data}/baton.db"
        engine = create_engine(url, **engine_options(url))
        configure(engine)
        clock.set_zone("Asia/Shanghai")
        with unit_of_work(write=False) as session:
            kept = session.get(Setting, OFFSET)
            clock.set_offset(timedelta(seconds=float(kept.value)) if kept else timedelta(0))
            yield session
        engine.dispose()

    def faults(self, promised: audit.Acknowledged = ()) -> list[str]:
        """Everything that is wrong inside, and with what the outside was told."""
        lines = list(acknowledged(self.acknowledged)) if self.acknowledged.exists() else []
        with self.looked_at() as session:
            since = clock.wall() - self._over_at
            found = audit.faults(session, clock.now() - since - _LAST_LOOK, [*lines, *promised])
        return [*found, *self._outside()]

    def _outside(self) -> Iterator[str]:
        """A repeated call bears the key that it bore before, and asks for the same."""
        asked: dict[str, Any] = {}
        for call in self.billing.billing.calls:
            if not call["key"] or asked.setdefault(call["key"], call["body"]) != call["body"]:
                yield f"billing was asked for two things under one key: {call}"
        mails: dict[str, str] = {}
        for mail in self.mail.messages():
            body = mail.get_body()  # of a mail of one part the mail itself, with the date of its sending
            text = body.get_content() if body is not None else ""
            key, content = str(mail["Message-ID"]), f"{mail['To']} {mail['Subject']} {text}"
            if mails.setdefault(key, content) != content:
                yield f"two mails have one name: {key}"
        with self.looked_at() as session:
            done = session.scalars(select(WorkItem).where(WorkItem.kind == "notice", WorkItem.state == "done"))
            meant = {message_id(item.key, self.mail.settings["BATON_MAIL_SENDER"]) for item in done}
        yield from (f"a notice was sent that nobody asked for, or never sent: {key}" for key in meant ^ mails.keys())
