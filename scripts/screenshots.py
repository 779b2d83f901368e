"""Take the pictures of the guides: ``python -m scripts.screenshots [FOLDER]``, by default into ``docs/images``.

A demonstration runs in a temporary folder, one working day passes in it, and a real browser looks at what is there then.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page

from scripts import chromium
from scripts.scene import HANDLER, SHOWN, Scene, token_by

ROOT = Path(__file__).parents[1]
PROGRAM = [sys.executable, str(ROOT / "app.py")]
IMAGES = ROOT / "docs" / "images"
PASSWORD = "baton"  # noqa: S105 -- of the demonstration
WATCHER = "manager"
ANALYST = "analyst"
STEP = "review"
PUBLIC_URL = "https://baton.example.org"
LANGUAGES = {"en": "", "zh": ".zh"}
WIDTH, HEIGHT = 1440, 900


def main(folder: Path) -> None:
    """Write ``inbox.png``, ``order.png``, ``designer.png``, ``trial.png`` and ``compare.png``, and each with ``.zh`` in its name."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        environment = {**os.environ, "BATON_DATA": data, "BATON_DEMO": "1", "PORT": str(_free_port()), "BATON_PUBLIC_URL": PUBLIC_URL}
        with _served(environment) as address, chromium.browser() as browser:
            with closing(Scene(address, token_by(PROGRAM, environment))) as scene:
                scene.play()
            for language, suffix in LANGUAGES.items():
                with browser.new_context(base_url=address, viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1) as context:
                    page = context.new_page()
                    _take(page, language, folder, suffix)
                    _take_designer(page, language, folder, suffix)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def _served(environment: Mapping[str, str]) -> Iterator[str]:
    """The program; its address on this machine."""
    with subprocess.Popen(  # noqa: S603 -- our own program
        [*PROGRAM, "run"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            if not any("ready at" in line for line in server.stdout or ()):
                message = "the server did not start"
                raise RuntimeError(message)
            yield f"http://127.0.0.1:{environment['PORT']}"
        finally:
            server.send_signal(signal.SIGTERM)


def _take(page: Page, language: str, folder: Path, suffix: str) -> None:
    """The inbox of a handler with one task beside it, and the page of that task's order as the management sees it."""
    _log_in(page, HANDLER, language)
    page.get_by_role("row").filter(has_text=SHOWN).click()
    page.locator("#pane").get_by_text(SHOWN).first.wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"inbox{suffix}.png")
    page.context.clear_cookies()
    _log_in(page, WATCHER, language)
    page.goto(f"/orders?{urlencode({'q': SHOWN})}")
    page.get_by_role("link", name=SHOWN).first.click()
    page.wait_for_selector(".djs-container .djs-element")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"order{suffix}.png", full_page=True)


def _take_designer(page: Page, language: str, folder: Path, suffix: str) -> None:
    """The designer with a step of the complaint process chosen, a trial of it, and what has changed in a draft."""
    page.context.clear_cookies()
    _log_in(page, ANALYST, language)
    versions = page.request.get("/api/v1/definitions?key=complaint").json()["items"]
    draft = _ask(page, "/api/v1/drafts", {"definition_id": versions[0]["id"]})
    page.goto(f"/designer/{draft['id']}")
    page.wait_for_selector("#designer:not([aria-busy])")
    page.locator(f'.djs-element[data-element-id="{STEP}"]').click()
    page.wait_for_selector(".b-props [data-said=today]")
    page.wait_for_selector(".b-under .b-tag")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"designer{suffix}.png")
    page.locator('[data-tool="trial"]').click()
    page.locator(".b-props .btn-primary").first.click()
    page.wait_for_selector(".trial-log li")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"trial{suffix}.png")
    drawn = page.request.get(f"/api/v1/drafts/{draft['id']}").json()
    changed = drawn["files"]["complaint.bpmn"].replace('minutes="30"', 'minutes="45"').replace("urge_count == 2", "urge_count == 3")
    _ask(page, f"/api/v1/drafts/{draft['id']}/files", {"files": {"complaint.bpmn": changed}, "revision": drawn["revision"]})
    page.goto(f"/compare?before=definition:{versions[0]['id']}&after=draft:{draft['id']}")
    page.wait_for_selector("[data-diagram]:not([aria-busy])")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"compare{suffix}.png", full_page=True)
    _ask(page, f"/api/v1/drafts/{draft['id']}/discard", {})


def _ask(page: Page, path: str, body: dict[str, Any]) -> Any:
    """Ask the API as whoever is logged in."""
    page.goto("/definitions")
    csrf = page.locator("input[name=csrf_token]").first.get_attribute("value")
    answer = page.request.post(path, data=body, headers={"X-CSRF-Token": csrf or ""})
    if not answer.ok:
        raise RuntimeError(answer.text())
    return answer.json()


def _log_in(page: Page, login: str, language: str) -> None:
    page.goto("/login")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/inbox*")
    page.goto("/profile")
    page.check(f"[name=language][value={language}]")
    page.press("[name=shortcuts]", "Enter")
    page.wait_for_load_state("networkidle")
    page.goto("/inbox")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
