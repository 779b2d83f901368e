"""What stands around a story: outside systems that answer, staff at their pages, and time that passes at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from flask import Flask
from playwright.sync_api import Page, expect

from bpm import connecting
from bpm.clockwork.embedded import Embedded
from connectors.billing import simulator as billing
from connectors.mail import simulator as mail
from tests.api.desk import CONNECTORS, ROOT
from tests.web.conftest import Open
from tests.web.office import Office


@contextmanager
def outside_systems(server: Flask) -> Iterator[mail.Simulator]:
    """Billing and a mail server on ports of this machine, which the application's connectors reach."""
    bills, post = billing.for_demo(ROOT, server.extensions["settings"].data), mail.Simulator()
    bills.start()
    post.start()
    server.extensions["connectors"] = connecting.load(CONNECTORS, {**bills.settings, **post.settings})
    server.extensions["settings"] = replace(server.extensions["settings"], simulated=frozenset({"billing", "mail"}))
    driver = server.extensions["clockwork"] = Embedded(server.extensions["connectors"])
    yield post
    driver.stop()
    post.stop()
    bills.stop()


@dataclass
class Desk:
    """The staff, each at the pages of the desk in a browser."""

    office: Office
    browse: Open

    def begins(self, login: str, flow: str, about: str) -> Page:
        """Begin a case at the intake desk; its first step is for whoever began it, who comes to it at once."""
        page = self.browse(login, "/intake")
        page.locator("#be-flow").select_option(label=flow)
        page.locator("#be-about").fill(about)
        page.locator("form[action='/intake/begin'] button").click()
        page.wait_for_url("**/inbox/tasks/**")
        return page

    def takes(self, login: str, about: str, step: str) -> Page:
        """Find the task in the queue of one's unit, and claim it."""
        page = self.browse(login, "/inbox?view=unit")
        row = page.locator("tbody tr")
        expect(row).to_have_count(1)
        expect(row).to_contain_text(about)
        expect(row).to_contain_text(step)
        row.locator("form[action$=claim] button").click()
        page.wait_for_url("**/inbox/tasks/**")
        return page

    def claims(self, page: Page) -> None:
        """Claim the task that is open."""
        page.locator("#pane button[data-key=c]").click()
        expect(page.locator("#pane button[data-key=s]")).to_be_visible()

    def submits(self, page: Page) -> None:
        """Hand in what was filled in, and let the systems do what comes next."""
        with page.expect_response(lambda answer: answer.url.endswith("/complete")):
            page.locator("#pane button[data-key=s]").click()
        self.passes("PT0S")

    def passes(self, span: str) -> None:
        """Let time pass, as an administrator may in a demonstration; what falls due on the way has happened."""
        admin = self.office["admin"]
        answer = admin.client.post("/api/v1/demo/clock", json={"advance": span}, headers={"X-CSRF-Token": admin.csrf})
        assert answer.status_code == 200, answer.text

    def is_told(self, login: str, *words: str) -> None:
        """Somebody's newest notice."""
        newest = self.browse(login, "/notices").locator(".b-told > li").first
        for each in words:
            expect(newest).to_contain_text(each)
