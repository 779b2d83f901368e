"""One town under attack: the whole program on a database of its own, with people of two cities, an order, and all that hangs on it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

import app
from bpm import access, clock, definitions, running, tracking
from bpm.access import tries
from bpm.models import User
from bpm.models.database import db, unit_of_work
from bpm.request import reader
from bpm.settings import Settings
from tests.browsing import served
from tests.security.town import PASSWORD, Town, settle

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory, _empty_sqlite: Path) -> Iterator[Flask]:
    data = tmp_path_factory.mktemp("town")
    shutil.copyfile(_empty_sqlite, data / "baton.db")
    reader._actors.clear()
    running.cache.clear()
    server = app.create_app(
        Settings(data=data, database_url=f"sqlite:///{data / 'baton.db'}", secret_key="a secret of the tests " * 2, demo=True)
    )
    folder = ROOT / "processes" / "complaint"
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with unit_of_work() as session:
        settle(session)
        session.flush()
        for user in session.scalars(select(User).where(User.login.in_(("agent", "handler2")))):
            user.password_hash = access.hash_password(PASSWORD)
        definitions.deploy(session, files, "analyst", clock.now(), publish=True)
    yield server
    with server.app_context():
        db.engine.dispose()


@pytest.fixture
def town(_server: Flask) -> Iterator[Town]:
    """The town, in which nobody has tried anything yet."""
    for throttle in (tracking.complaints, tracking.questions, tracking.guesses):
        throttle.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tries, "wrong_passwords", tries.Tries())
        yield Town(_server)


@pytest.fixture
def address(_server: Flask) -> Iterator[str]:
    """The town on a port of this machine, for real browsers."""
    with served(_server) as url:
        yield url
