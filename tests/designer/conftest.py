"""The designer stands on the server and the people of the pages; many tests share one server and one page."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import create_engine

from bpm import access, clock, drafts, org
from bpm.models.database import configure, engine_options, unit_of_work
from bpm.request import reader
from bpm.settings import Settings
from tests.browsing import log_in, served
from tests.designer.built import build, decoded
from tests.web.conftest import application, office, server
from tests.web.office import Office

__all__ = ["office", "server"]

PATIENCE = 15_000  # milliseconds
READY = "#designer:not([aria-busy])"

RoundTrip = Callable[[bytes], dict[str, Any]]


@dataclass
class Studio:
    """One analyst at one browser page, with a draft that tests fill anew."""

    flask: Flask
    address: str
    page: Page
    analyst: Any
    crashes: list[str] = field(default_factory=list)

    def fill(self, files: Mapping[str, str]) -> str:
        """A draft with these files, saved as the designer saves. Answers with its id."""
        with unit_of_work() as session:
            actor = access.actor_of(org.find_user(session, "analyst"))
            draft = drafts.begin(session, "damaged", "坏文件", {}, actor, clock.now())
            draft_id = str(draft.id)
        answer = self.analyst.client.post(
            f"/api/v1/drafts/{draft_id}/files",
            json={"files": dict(files), "revision": None},
            headers={"X-CSRF-Token": self.analyst.csrf},
        )
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return draft_id

    def open(self, draft_id: str, language: str = "zh") -> Page:
        """Open the designer on a draft, in a language."""
        with unit_of_work() as session:
            org.find_user(session, "analyst").language = language
        reader._actors.clear()
        self.crashes.clear()
        self.page.goto(f"{self.address}/designer/{draft_id}", wait_until="commit")
        self.page.wait_for_selector(READY)
        return self.page

    def kept(self, draft_id: str, name: str, *words: str) -> str:
        """A file of the draft once it is saved with these words: the page saves a moment after each change."""
        for _ in range(100):
            text = str(self.analyst.client.get(f"/api/v1/drafts/{draft_id}").json["files"].get(name, ""))
            if all(word in text for word in words):
                return text
            self.page.wait_for_timeout(100)
        pytest.fail(f"{name} never came to hold {words}:\n{text}")

    @contextmanager
    def beside(self, login: str, draft_id: str) -> Iterator[Page]:
        """Somebody else with the same draft in a browser of their own."""
        browser = self.page.context.browser
        assert browser is not None
        with browser.new_context(locale="zh-CN") as theirs:
            theirs.set_default_timeout(PATIENCE)
            log_in(theirs, Office(self.flask)[login].client, self.address)
            page = theirs.new_page()
            page.goto(f"{self.address}/designer/{draft_id}")
            page.wait_for_selector(READY)
            yield page


@pytest.fixture(scope="module")
def studio(_chromium: Browser, _empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("studio")
    shutil.copyfile(_empty_sqlite, folder / "baton.db")
    engine = create_engine(f"sqlite:///{folder / 'baton.db'}", **engine_options("sqlite"))
    configure(engine)
    settings = Settings(data=folder, database_url=engine.url.render_as_string(), secret_key="a secret of the tests " * 2)
    with (
        application(settings) as flask,
        served(flask) as address,
        _chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800}) as context,
    ):
        analyst = Office(flask)["analyst"]
        log_in(context, analyst.client, address)
        context.set_default_timeout(PATIENCE)
        made = Studio(flask, address, context.new_page(), analyst)
        made.page.on("pageerror", lambda error: made.crashes.append(str(error)))
        yield made
        made.page.close()
    engine.dispose()


@pytest.fixture(scope="module")
def roundtrip(_chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoundTrip]:
    """Opens a diagram in the designer's modeler and saves it: {xml, warnings, losses, error}. One page for all."""
    script = build(tmp_path_factory.mktemp("roundtrip"))
    with _chromium.new_context() as context:
        page: Page = context.new_page()
        crashes: list[str] = []
        page.on("pageerror", lambda error: crashes.append(str(error)))
        blank = "<!doctype html><title>round trip</title>"
        page.route("**/*", lambda route: route.fulfill(body=blank, content_type="text/html"))  # a page of its own, with a storage
        page.goto("http://localhost/")
        page.add_script_tag(path=script)

        def turn(xml: bytes) -> dict[str, Any]:
            said: dict[str, Any] = page.evaluate("xml => roundtrip(xml)", decoded(xml))
            assert crashes == []
            return said

        yield turn
