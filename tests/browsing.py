"""An application behind a real address, a real browser that is logged in there, and what axe says of its page."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page
from werkzeug.serving import make_server

from bpm.request import SESSION_COOKIE
from tests.api.desk import ROOT

AXE = ROOT / "designer" / "node_modules" / "axe-core" / "axe.min.js"


def _read_at_once(flask: Flask) -> WSGIApplication:
    """Static files as a whole: Werkzeug's server leaves a file open when its reader goes away in the middle of it."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        body = flask(environ, start)
        if not environ["PATH_INFO"].startswith("/static/"):
            return body
        with ExitStack() as until:
            if hasattr(body, "close"):
                until.callback(body.close)
            return [b"".join(body)]

    return answer


class _Underway:
    """An application that can be waited for: a request that outlives its test would leave a connection of the test's database open."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._count, self._changed = 0, threading.Condition()
        self._over = False

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        with self._changed:
            if self._over:
                start("503 Service Unavailable", [])
                return []
            self._count += 1
        try:
            return self._application(environ, start)
        finally:
            with self._changed:
                self._count -= 1
                self._changed.notify_all()

    def end(self) -> None:
        """Answer nothing more, and return when all that was begun is answered."""
        with self._changed:
            self._over = True
            self._changed.wait_for(lambda: self._count == 0)


@contextmanager
def served(flask: Flask) -> Iterator[str]:
    """The application on a port of this machine; gives its address."""
    answering = _Underway(_read_at_once(flask))
    listening = make_server("127.0.0.1", 0, answering, threaded=True)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.port}"
    finally:
        listening.shutdown()
        thread.join()
        answering.end()
        listening.server_close()


def log_in(context: BrowserContext, client: FlaskClient, address: str) -> None:
    """Let the browser in as the one who is logged in with this client."""
    cookie = client.get_cookie(SESSION_COOKIE)
    assert cookie is not None
    context.add_cookies([{"name": SESSION_COOKIE, "value": cookie.value, "url": address}])


def faults(page: Page, within: str = "html", *rules: str) -> list[Any]:
    """What axe calls serious or critical in a part of a page, by all its rules or some of them.

    It goes in past the content security policy, which lets no script in.
    """
    if page.evaluate("typeof axe === 'undefined'"):
        page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    found = page.evaluate("([within, options]) => axe.run(within, options)", [within, options])["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found if each["impact"] in ("serious", "critical")]
