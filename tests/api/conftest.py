"""The API on a database of its own, with a city branch at work and the clockwork in this process."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from bpm import api, clock, connecting, request, running
from bpm.clockwork.embedded import Embedded
from bpm.models.database import unit_of_work
from bpm.request import reader
from bpm.settings import Settings
from bpm.web.wording import compile_stale
from tests.api.desk import CONNECTORS, Desk, found


@pytest.fixture
def server(settings: Settings) -> Iterator[Flask]:
    """An application with nothing but the API. Its clockwork moves only when the demo's clock is moved."""
    reader._actors.clear()
    running.cache.clear()
    flask = Flask("baton-api")
    flask.extensions["settings"] = replace(settings, demo=True)
    flask.extensions["connectors"] = connecting.load(CONNECTORS, {})
    clock.set_zone("Asia/Shanghai")
    compile_stale()
    request.register(flask)
    api.register(flask)
    driver = Embedded(flask.extensions["connectors"])
    flask.extensions["clockwork"] = driver
    with unit_of_work() as session:
        found(session)
    yield flask
    driver.stop()


@pytest.fixture
def desk(server: Flask) -> Desk:
    return Desk(server)
