"""How soon pages can be used in a browser that has never seen them, and whether the designer keeps up with a hand.

The server's threads, the browser and this program share the machine's processors, as they do where somebody tries Baton out.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import orjson
from playwright.sync_api import Browser, BrowserContext, Page

from bpm import access, clock, drafts, org
from bpm.models.database import unit_of_work
from bpm.request import SESSION_COOKIE
from scripts import chromium
from scripts.bench import cases, rest
from scripts.bench.report import Figure

ROOT = Path(__file__).parents[2]
LARGE = ROOT / "tests" / "designer" / "corpus" / "bpmnio-two-hundred-elements.bpmn"
OPEN_TASKS = 50
ELEMENTS = 200
DRAGGED = "t18"
FRAME, KEY = 20, 50
"""Milliseconds: fifty pictures a second while something is dragged; a letter that nobody waits for."""

_READY = "#designer:not([aria-busy])"
_SIZE = {"width": 1440, "height": 900}
_WAY = 300
_LETTERS = "abcdefghij"

_WATCH_FRAMES = """() => {
  window.frames_ = [];
  let before = performance.now();
  const next = (now) => { window.frames_.push(now - before); before = now; requestAnimationFrame(next); };
  requestAnimationFrame(next);
}"""
_WATCH_KEYS = """() => {
  window.keys_ = [];
  addEventListener("keydown", ({ timeStamp }) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => window.keys_.push(performance.now() - timeStamp);
    port2.postMessage(0);
  }), true);
}"""
"""What a message tells is done after the picture of its frame."""
_SHOWN = """(count) => new Promise((go) => {
  const look = () => (window.keys_.length < count ? setTimeout(look) : go(window.keys_));
  look();
})"""
"""The times so far, when so many letters are in the picture: a hand does not press five keys within one frame."""


@dataclass(frozen=True, slots=True)
class Drafts:
    """The drafts that are opened."""

    usual: str
    large: str


def measure(folder: Path, samples: int) -> Iterator[Figure]:
    """Open pages in a cold browser so many times each; the medians count."""
    with rest.server(folder) as (_, client), chromium.browser() as browser:
        address = f"http://{client.connection.host}:{client.connection.port}"
        secret, opened = _prepared()

        def seconds(path: str, ready: str, login: str = secret) -> float:
            return median([_opening(browser, address + path, ready, login) for _ in range(samples + 1)][1:])

        yield Figure("start page ready, cold browser, s", seconds("/login", "form button", ""), 0.5, "low")
        yield Figure("inbox ready, cold browser, s", seconds("/inbox?view=mine", "#list-h"), 0.5, "low")
        yield Figure("designer ready, cold browser, s", seconds(f"/designer/{opened.usual}", _READY), 1.5, "low")
        yield Figure("diagram of 200 elements open, cold browser, s", seconds(f"/designer/{opened.large}", _READY), 2.5, "low")
        with _context(browser, address, secret) as context:
            page = context.new_page()
            page.goto(f"{address}/designer/{opened.large}")
            page.wait_for_selector(_READY)
            if page.locator(".djs-element").count() < ELEMENTS:
                raise RuntimeError("the large diagram is not drawn")
            yield Figure("median frame while dragging among 200 elements, ms", _dragging(page, samples), FRAME, "low")
            yield Figure("typing among 200 elements: from key to picture, median, ms", _typing(page, samples), KEY, "low")


def _prepared() -> tuple[str, Drafts]:
    """Open tasks for the clerk, drafts for the designer, and his login's secret."""
    with unit_of_work() as session:
        clerk = org.find_user(session, cases.CLERK)
        _, secret = access.open_login(session, clerk, clock.wall())
        actor = access.actor_of(clerk)
        usual, large = (
            str(drafts.begin(session, name, name, _files(name, drawing), actor, clock.now()).id)
            for name, drawing in (("usual", ROOT / "processes" / "complaint" / "complaint.bpmn"), ("large", LARGE))
        )
    for _ in range(OPEN_TASKS):
        cases.start(actor)
    return secret, Drafts(usual, large)


def _files(name: str, drawing: Path) -> dict[str, bytes]:
    return {"process.json": orjson.dumps({"key": name, "main": "main.bpmn", "name": name}), "main.bpmn": drawing.read_bytes()}


@contextmanager
def _context(browser: Browser, address: str, secret: str) -> Iterator[BrowserContext]:
    with browser.new_context(viewport=_SIZE) as context:  # type: ignore[arg-type]  # a size has nothing but these two
        if secret:
            context.add_cookies([{"name": SESSION_COOKIE, "value": secret, "url": address}])
        yield context


def _opening(browser: Browser, url: str, ready: str, secret: str) -> float:
    """Seconds from the request until a page can be used, with nothing in the browser's cache."""
    with _context(browser, url, secret) as context:
        page = context.new_page()
        began = time.perf_counter()
        page.goto(url)
        page.wait_for_selector(ready)
        return time.perf_counter() - began


def _dragging(page: Page, rounds: int) -> float:
    """The median time between two pictures while a step is carried to and fro, in milliseconds."""
    box = page.locator(f'[data-element-id="{DRAGGED}"] .djs-hit').first.bounding_box()
    if box is None:
        raise RuntimeError("the step that is to be dragged is not seen")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y, steps=5)
    if not page.locator(".djs-dragger").count():
        raise RuntimeError("nothing is dragged")
    page.evaluate(_WATCH_FRAMES)
    for _ in range(rounds):
        page.mouse.move(x + _WAY, y + _WAY / 3, steps=20)
        page.mouse.move(x, y, steps=20)
    frames: list[float] = page.evaluate("window.frames_")
    page.keyboard.press("Escape")
    page.mouse.up()
    return median(frames)


def _typing(page: Page, rounds: int) -> float:
    """The median time from a key until its letter is in the picture, in milliseconds, while a step is named."""
    page.locator(f'[data-element-id="{DRAGGED}"] .djs-hit').first.dblclick(force=True)
    page.wait_for_selector(".djs-direct-editing-content")
    page.evaluate(_WATCH_KEYS)
    keys: list[float] = []
    for letter in _LETTERS * rounds:
        page.keyboard.press(letter)
        keys = page.evaluate(_SHOWN, len(keys) + 1)
    return median(keys)
