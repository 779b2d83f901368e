"""Where everything is put together: settings, database, connectors, pages; and the command line."""

import argparse
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from threading import Event

from flask import Flask
from flask_migrate import Migrate, upgrade
from waitress.server import create_server

from bpm import clock, connecting, request
from bpm.errors import BatonError
from bpm.models import Setting
from bpm.models.database import configure, db, engine_options, unit_of_work
from bpm.settings import Settings, SettingsError, read

ROOT = Path(__file__).parent
CONNECTORS = ROOT / "connectors"

CLOCK_OFFSET = "clock-offset"
"""The row of the table of settings with the seconds by which the demo's clock is ahead."""

_BELIEVED = {"x-forwarded-for", "x-forwarded-proto"}  # by a proxy that the settings name


def read_settings() -> Settings:
    """The settings of this process's environment. Raises SettingsError."""
    return read(os.environ, [path.parent.name for path in CONNECTORS.glob("*/manifest.json")])


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
    app.extensions["settings"] = settings
    app.extensions["connectors"] = connecting.load(CONNECTORS, settings.connectors)
    app.extensions["stopping"] = Event()  # streams of events end when it is set
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    with app.app_context():
        configure(db.engine)
    clock.set_zone(settings.zone.key)
    request.register(app)
    return app


def migrate(app: Flask) -> None:
    """Bring the database to the tables of this version, and the clock to the offset that is kept there."""
    with app.app_context():
        upgrade()
    with unit_of_work(write=False) as session:
        kept = session.get(Setting, CLOCK_OFFSET)
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


def run(_arguments: argparse.Namespace) -> None:
    """Migrate the database and serve in the foreground."""
    app = create_app()
    migrate(app)
    serve(app, lambda address: print(f"Baton is ready at {address}", flush=True))


def migrate_only(_arguments: argparse.Namespace) -> None:
    """Bring the database to the tables of this version."""
    migrate(create_app())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="app.py", description="Baton (接力): a BPM platform for organisations that answer to the public")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in (("run", run), ("migrate", migrate_only)):
        commands.add_parser(name, help=command.__doc__).set_defaults(command=command)
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
