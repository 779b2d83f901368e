"""Where everything is put together: settings, database, connectors, pages; and the command line."""

import argparse
import fcntl
import gc
import importlib
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from flask import Flask
from flask_migrate import Migrate, upgrade
from sqlalchemy.exc import DBAPIError

from bpm import access, api, clock, connecting, demo, journal, notices, org, request, serving, web, work_items
from bpm.clockwork.embedded import OFFSET, Embedded
from bpm.errors import N_, BatonError
from bpm.models import Setting
from bpm.models.database import configure, db, engine_options, unit_of_work
from bpm.models.faults import in_words
from bpm.replay.run import Replay
from bpm.settings import Settings, SettingsError, read

ROOT = Path(__file__).parent
CONNECTORS = ROOT / "connectors"

REPLAYED = 200
REPLAYED_WEEKS = 5


class JournalBrokenError(BatonError):
    """Somebody has changed the journal, or a disk has."""

    code = "journal-broken"
    sentence = N_("The journal does not hold. Places where it breaks: {count}.")


class AlreadyRunningError(BatonError):
    """Another process works on the same data."""

    code = "already-running"
    sentence = N_("Baton runs on {data} already. Stop it first, or set BATON_DATA to another folder.")


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
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    with app.app_context():
        configure(db.engine)
    clock.set_zone(settings.zone.key)
    notices.configure(registry, settings.url)
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
    listening = serving.listen(settings)
    server = serving.http_server(app, listening)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        announce(settings.public_url or f"http://{settings.host}:{listening.getsockname()[1]}")
        server.run()
    finally:
        server.close()
        with app.app_context():
            db.engine.dispose()


def _stop(*_: object) -> None:
    """Leave the server's loop; a second signal no longer waits for anybody."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
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
    connectors, simulated = dict(settings.connectors), set()
    for name in _connectors():
        if not any(given.startswith(f"BATON_{name.upper()}_") for given in settings.connectors):
            simulator: Simulator = importlib.import_module(f"connectors.{name}.simulator").for_demo(ROOT, settings.data)
            simulator.start()
            until.callback(simulator.stop)
            connectors |= simulator.settings
            simulated.add(name)
    return replace(settings, connectors=connectors, simulated=frozenset(simulated))


def _ready(settings: Settings | None = None) -> Flask:
    """An application on a database of this version."""
    app = create_app(settings)
    migrate(app)
    return app


@contextmanager
def _prepared() -> Iterator[Flask]:
    """An application that nobody else runs on the same data, in the demonstration with its people, processes and simulators."""
    settings = read_settings()
    with ExitStack() as until:
        until.enter_context(_alone(settings))
        app = _ready(simulate(settings, until) if settings.demo else settings)
        if settings.demo:
            with unit_of_work() as session:
                app.extensions["demo_is_new"] = demo.load(session, ROOT / "demo", clock.now(), registry=app.extensions["connectors"])
        if app.extensions["clockwork"] is not None:
            with unit_of_work() as session:
                work_items.free_all(session)
        yield app


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Hold the data folder; the kernel lets go of it however this process ends. Raises AlreadyRunningError."""
    settings.data.mkdir(parents=True, exist_ok=True)
    with (settings.data / "running.lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunningError(data=settings.data) from None
        yield


def run(_arguments: argparse.Namespace) -> None:
    """Serve in the foreground, with the database brought to this version."""
    with _prepared() as app, ExitStack() as until:
        clockwork: Embedded | None = app.extensions["clockwork"]
        if app.extensions.get("demo_is_new") and clockwork is not None:
            _offer_replay(clockwork)
        if clockwork is not None:
            clockwork.start()
            until.callback(clockwork.stop)
        who = _who_can_come(app)
        gc.collect()
        gc.freeze()  # what is there now stays: the collector would look through it for a tenth of a second, and everybody wait
        serve(app, lambda address: print(f"Baton is ready at {address}", *who, sep="\n", flush=True))


def _who_can_come(app: Flask) -> list[str]:
    """The accounts of the demonstration, a line each."""
    if not app.extensions["settings"].demo:
        return []
    with unit_of_work(write=False) as session:
        return [
            *(
                f"  {account.login:<11} {account.name}  {account.unit} / {account.name_en}, {account.unit_en}"
                for account in demo.accounts(session)
            ),
            f"  password of all: {demo.PASSWORD}",
        ]


def _offer_replay(clockwork: Embedded) -> None:
    """Ask whoever starts a new demonstration at a terminal whether it shall have a past."""
    if sys.stdin.isatty():
        answer = input(f"Let {REPLAYED} real complaints pass first, so that every page has something to show? A few minutes. [Y/n] ")
        if answer.strip().lower() in {"", "y", "yes"}:
            _replay(clockwork, REPLAYED, REPLAYED_WEEKS)
    else:
        print(f"The demonstration is empty. `make demo-replay` lets {REPLAYED} real complaints pass through it.")


def _replay(clockwork: Embedded, count: int, weeks: int | None, acknowledged: Path | None = None) -> None:
    report = Replay(clockwork, ROOT / "demo", count, weeks=weeks, acknowledged=acknowledged).run()
    print(f"\n{report.taken_in} in, {report.closed} closed, {report.still_open} open, {report.late} with a late step, ", end="")
    print(f"{report.returned} returned, {report.reopened} reopened, {report.lost} lost, {report.doubled} doubled; ", end="")
    print(f"{report.cases_per_second:.1f} cases per second")


def demo_replay(arguments: argparse.Namespace) -> None:
    """Let real complaints pass through the demonstration, worked on by simulated staff."""
    with _prepared() as app:
        clockwork: Embedded | None = app.extensions["clockwork"]
        if clockwork is None or not app.extensions["settings"].demo:
            raise SettingsError(name="BATON_DEMO", reason="a replay is for a demonstration (BATON_DEMO=1, BATON_ROLE=all).")
        weeks = None if arguments.weeks == 0 else arguments.weeks
        _replay(clockwork, arguments.count, weeks, arguments.acknowledged)
        clockwork.stop()


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
    replay = add("demo-replay", demo_replay)
    replay.add_argument("--count", type=int, default=REPLAYED, help=f"how many of the 1,600 complaints (default {REPLAYED})")
    replay.add_argument("--weeks", type=int, default=REPLAYED_WEEKS, help="over how many weeks they spread; 0: as they really did")
    replay.add_argument("--acknowledged", type=Path, help="a file that gets a line for every acknowledged write")
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
    except DBAPIError as error:
        told = in_words(error)
        if told is error:
            raise
        print(told, error.orig, sep="\n", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
