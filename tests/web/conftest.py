"""The pages on a database of their own, with a city branch at work on the complaint process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Page

from bpm import api, clock, connecting, definitions, request, running, tracking, web
from bpm.clockwork.embedded import Embedded
from bpm.models.database import unit_of_work
from bpm.request import reader
from bpm.settings import Settings
from tests.api.desk import CONNECTORS, PROCESSES, ROOT, found
from tests.browsing import log_in, served
from tests.web.office import Office

Open = Callable[[str, str], Page]


@contextmanager
def application(settings: Settings) -> Iterator[Flask]:
    """An application with pages and API. Its clockwork moves only when somebody moves the demo's clock."""
    reader._actors.clear()
    running.cache.clear()
    for throttle in (tracking.complaints, tracking.questions):
        throttle.clear()
    flask = Flask("baton", root_path=str(ROOT / "bpm" / "web"))
    flask.config["SECRET_KEY"] = settings.secret_key
    flask.extensions["settings"] = replace(settings, demo=True)
    flask.extensions["connectors"] = connecting.load(CONNECTORS, {})
    clock.set_zone("Asia/Shanghai")
    request.register(flask)
    api.register(flask)
    web.register(flask)
    driver = Embedded(flask.extensions["connectors"])
    flask.extensions["clockwork"] = driver
    with unit_of_work() as session:
        found(session)
        folder = PROCESSES / "complaint"
        files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        definitions.deploy(session, files, "analyst", clock.now(), publish=True)
    yield flask
    driver.stop()


@pytest.fixture
def server(settings: Settings) -> Iterator[Flask]:
    """An application on the test's database."""
    with application(settings) as flask:
        yield flask


@pytest.fixture
def office(server: Flask) -> Office:
    return Office(server)


@pytest.fixture
def address(server: Flask) -> Iterator[str]:
    """The application behind a real address."""
    with served(server) as url:
        yield url


@pytest.fixture
def browse(office: Office, page: Page, address: str) -> Open:
    """Open a page as somebody ("" is the public)."""

    def opened(login: str, path: str) -> Page:
        page.context.clear_cookies()
        if login:
            log_in(page.context, office[login].client, address)
        page.goto(address + path)
        return page

    return opened
