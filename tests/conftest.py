"""What every test stands on: an empty database of each kind, a closed network, a clock that tells the truth."""

import ipaddress
import shutil
import socket
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import Engine, create_engine, text

from bpm import clock, models
from bpm.models.database import configure, engine_options
from bpm.settings import Settings
from scripts import postgres

_POSTGRES = pytest.StashKey[str]()
_open = socket.socket.connect


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=["sqlite", "postgresql", "both"], default="both", help="the databases that tests run on")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs a database once on each kind, and what is about the browser's side on one."""
    if "database" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--db")
        if chosen == "both" and metafunc.definition.get_closest_marker("one_database"):
            chosen = "sqlite"
        metafunc.parametrize("database", ["sqlite", "postgresql"] if chosen == "both" else [chosen], indirect=True)


def pytest_configure(config: pytest.Config) -> None:
    """Name one folder for the PostgreSQL server that all test processes share."""
    shared = getattr(config, "workerinput", {}).get("postgres")
    config.stash[_POSTGRES] = shared or str(Path(tempfile.gettempdir()) / f"baton-postgres-{uuid4().hex[:8]}")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(config.stash[_POSTGRES], ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["postgres"] = node.config.stash[_POSTGRES]


@pytest.fixture(scope="session", autouse=True)
def _closed_network() -> Iterator[None]:
    """No test may speak to another machine."""

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address[0]):
            message = f"a test wanted to reach {address[0]}"
            raise PermissionError(message)
        _open(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        yield


def _is_loopback(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_loopback


@pytest.fixture(autouse=True)
def _true_clock() -> Iterator[None]:
    yield
    clock.set_offset(timedelta(0))


@pytest.fixture(scope="session")
def _empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all tables and no rows, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "baton.db"
    engine = create_engine(f"sqlite:///{path}")
    models.Base.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def _postgres(request: pytest.FixtureRequest, worker_id: str) -> Iterator[Engine]:
    """A database of this test process with all tables, in a real PostgreSQL server."""
    server = postgres.start(Path(request.config.stash[_POSTGRES]))
    owner = create_engine(server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # the server is thrown away: no need to be durable
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text(f"CREATE DATABASE baton_{worker_id}"))
    owner.dispose()
    url = server.get_uri(database=f"baton_{worker_id}", driver="psycopg")
    engine = create_engine(url, **engine_options(url))
    models.Base.metadata.create_all(engine)
    yield engine
    engine.dispose()
    server.cleanup()


def _empty(engine: Engine) -> None:
    """Take every row out of every table. DELETE, not TRUNCATE: on small tables it is ten times as quick."""
    tables = "; ".join(f'DELETE FROM "{table.name}"' for table in models.Base.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL session_replication_role = replica; {tables}")


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty database with all tables, to which ``unit_of_work`` goes. Runs on SQLite and on PostgreSQL (``--db`` chooses)."""
    if request.param == "postgresql":
        engine: Engine = request.getfixturevalue("_postgres")
        _empty(engine)
    else:
        path = request.getfixturevalue("tmp_path") / "baton.db"
        shutil.copyfile(request.getfixturevalue("_empty_sqlite"), path)
        engine = create_engine(f"sqlite:///{path}", **engine_options("sqlite"))
    configure(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def settings(database: Engine, tmp_path: Path) -> Settings:
    """The settings of a server on the test's database."""
    return Settings(data=tmp_path, database_url=database.url.render_as_string(hide_password=False), secret_key="a secret of the tests " * 2)


@pytest.fixture(scope="session")
def _chromium() -> Iterator[Browser]:
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    local_only = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=next(filter(None, found), None), args=["--no-sandbox", local_only])
        yield browser
        browser.close()


@pytest.fixture
def page(_chromium: Browser) -> Iterator[Page]:
    """A page of a real browser that nobody has used before; it reaches no machine but this one."""
    with _chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai") as context:
        yield context.new_page()
