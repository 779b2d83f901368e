"""Where everything is put together: settings, database, connectors, pages; and the command line."""

import argparse
import importlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Protocol

from flask import Flask
from flask_migrate import Migrate, upgrade
from waitress.server import create_server

from bpm import access, api, clock, connecting, journal, org, request, web
from bpm.clockwork.embedded import OFFSET, Embedded
from bpm.errors import N_, BatonError
from bpm.models import Setting
from bpm.models.database import configure, db, engine_options, unit_of_work
from bpm.settings import Settings, SettingsError, read

ROOT = Path(__file__).parent
CONNECTORS = ROOT / "connectors"

_BELIEVED = {"x-forwarded-for", "x-forwarded-proto"}  # by a proxy that the settings name


class JournalBrokenError(BatonError):
    """Somebody has changed the journal, or a disk has."""

    code = "journal-broken"
    sentence = N_("The journal does not hold at {count} place(s).")


def read_settings() -> Settings:
    """The settings of this process's environment. Raises SettingsError."""
    return read(os.environ, _connectors())


def _connectors() -> list[str]:
    return sorted(path.parent.name for path in CONNECTORS.glob("*/manifest.json"))


def create_app(settings: Settings | None = None) -> Flask:
    """Put the application together. The database is neither migrated nor filled: that is what the commands do.

    Without settings, those of the environment are read. Raises SettingsError, and what a connector's setting raises.
    """
    settings = settings or read_settings()
    app = Flask("baton", root_path=str(ROOT / "bpm" / "web"))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
    )
    registry = connecting.load(CONNECTORS, settings.connectors)
    app.extensions["settings"] = settings
    app.extensions["connectors"] = registry
    app.extensions["clockwork"] = None if settings.role == "web" else Embedded(registry)
    app.extensions["stopping"] = Event()  # streams of events end when it is set
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    with app.app_context():
        configure(db.engine)
    clock.set_zone(settings.zone.key)
    request.register(app)
    api.register(app)
    web.register(app)
    return app


def migrate(app: Flask) -> None:
    """Bring the database to the tables of this version, and the clock to the offset that is kept there."""
    with app.app_context():
        upgrade()
    with unit_of_work(write=False) as session:
        kept = session.get(Setting, OFFSET)
    clock.set_offset(timedelta(seconds=float(kept.value)) if kept else timedelta(0))


def serve(app: Flask, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished. ``announce`` is told the address once people can come.

    Raises SettingsError where the address cannot be listened on.
    """
    settings: Settings = app.extensions["settings"]
    listening = _listen(settings)
    server = create_server(
        app,
        sockets=[listening],
        threads=settings.threads,
        ident=None,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"],
        clear_untrusted_proxy_headers=True,
        trusted_proxy=settings.proxy,
        trusted_proxy_headers=_BELIEVED if settings.proxy else set(),
        asyncore_use_poll=True,  # select() ends at 1024 open files
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: _stop(app))
    announce(settings.public_url or f"http://{settings.host}:{listening.getsockname()[1]}")
    try:
        server.run()
    finally:
        server.close()
        with app.app_context():
            db.engine.dispose()


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=1024)
    except OSError as error:
        reason = f"{settings.host}:{settings.port} cannot be listened on ({os.strerror(error.errno or 0)})."
        raise SettingsError(name="PORT", reason=reason) from error


def _stop(app: Flask) -> None:
    """Leave the server's loop; a second signal no longer waits for anybody."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    app.extensions["stopping"].set()
    raise SystemExit(0)


class Simulator(Protocol):
    """What ``connectors/<name>/simulator.py`` makes with ``for_demo(root, data)``: an outside system on a port of this machine."""

    @property
    def settings(self) -> Mapping[str, str]:
        """The connector's settings to reach it, by the names of the environment."""
        ...

    def start(self) -> str:
        """Begin to serve; returns the address."""
        ...

    def stop(self) -> None:
        """Serve no more."""
        ...


def simulate(settings: Settings, until: ExitStack) -> Settings:
    """Let a simulator stand in for every outside system of which nothing is set. They stop when ``until`` is left."""
    connectors = dict(settings.connectors)
    for name in _connectors():
        if not any(given.startswith(f"BATON_{name.upper()}_") for given in settings.connectors):
            simulator: Simulator = importlib.import_module(f"connectors.{name}.simulator").for_demo(ROOT, settings.data)
            simulator.start()
            until.callback(simulator.stop)
            connectors |= simulator.settings
    return replace(settings, connectors=connectors)


def _ready(settings: Settings | None = None) -> Flask:
    """An application on a database of this version."""
    app = create_app(settings)
    migrate(app)
    return app


def run(_arguments: argparse.Namespace) -> None:
    """Serve in the foreground, with the database brought to this version."""
    settings = read_settings()
    with ExitStack() as until:
        app = _ready(simulate(settings, until) if settings.demo else settings)
        clockwork: Embedded | None = app.extensions["clockwork"]
        if clockwork is not None:
            clockwork.start()
            until.callback(clockwork.stop)
        serve(app, lambda address: print(f"Baton is ready at {address}", flush=True))


def migrate_only(_arguments: argparse.Namespace) -> None:
    """Bring the database to the tables of this version."""
    _ready()


def print_token(arguments: argparse.Namespace) -> None:
    """Print a bearer token with which a program acts as USER."""
    _ready()
    with unit_of_work() as session:
        token = access.issue_token(session, org.find_user(session, arguments.user), clock.wall())
    print(token)


def verify_journal(_arguments: argparse.Namespace) -> None:
    """Check the hash chain of every instance's journal. Raises JournalBrokenError."""
    _ready()
    with unit_of_work(write=False) as session:
        broken = journal.verify(session)
    for place in broken:
        print(f"instance {place.instance_id}, row {place.seq}: {place.why}")
    if broken:
        raise JournalBrokenError(count=len(broken))
    print("The journal is whole.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="app.py", description="Baton (接力): a BPM platform for organisations that answer to the public")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=(command.__doc__ or "").split(". Raises")[0].rstrip("."))
        added.set_defaults(command=command)
        return added

    add("run", run)
    add("migrate", migrate_only)
    add("token", print_token).add_argument("user", metavar="USER", help="a login")
    add("verify-journal", verify_journal)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command. Answers the exit code: 2 with a sentence where Baton says no."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    chosen = _parser().parse_args(arguments)
    try:
        chosen.command(chosen)
    except BatonError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
