"""The web server: waitress, with bounds for those who would keep everybody else out."""

import os
import socket
import time
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import WSGITask

from bpm.settings import Settings, SettingsError

MOST_CONNECTIONS = 900
"""Open at once; a browser has up to six. Many systems let a process open 1024 files."""
IDLE_SECONDS, HEAD_SECONDS, BODY_SECONDS = 60, 20, 300
"""How long a connection may say nothing, and how long it may take over a request's head, and over all of it (32 MB in 300 s: 1 Mbit/s)."""

_BELIEVED = {"x-forwarded-for", "x-forwarded-proto"}  # by a proxy that the settings name


class _Parts:
    """Stands in for a connection while the head of an answer and the beginning of its body are put together."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.written: list[bytes] = []

    def write_soon(self, data: bytes) -> None:
        """Keep what is to be sent."""
        self.written.append(data)


class Together(WSGITask):
    """A request whose answer leaves as one: handing the network head and body one by one costs twice, and more than most queries."""

    def write(self, data: bytes) -> None:
        """Send what the application gives, and the head with the first of it."""
        if self.wrote_header:
            super().write(data)
            return
        channel: Any = self.channel
        parts: Any = _Parts(channel.server)
        self.channel = parts
        try:
            super().write(data)
        finally:
            self.channel = channel
        channel.write_soon(b"".join(parts.written))


class Hurried(HTTPChannel):
    """A connection whose requests arrive within a while: some hundred that send a byte now and then would keep everybody else out."""

    task_class = Together
    begun: float | None = None

    def received(self, data: bytes) -> bool:
        """Take what has arrived, unless the request it belongs to has taken too long."""
        now = time.monotonic()
        self.begun = now if self.begun is None else self.begun
        if now - self.begun > (BODY_SECONDS if self.request is not None and self.request.headers_finished else HEAD_SECONDS):
            self.will_close = True
            return False
        taken: bool = super().received(data)
        if self.request is None:
            self.begun = None
        return taken


def http_server(app: Flask, listening: socket.socket) -> Any:
    """A server on this socket; ``run()`` serves."""
    settings: Settings = app.extensions["settings"]
    server: Any = create_server(
        app,
        sockets=[listening],
        threads=settings.threads,
        ident=None,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"],
        clear_untrusted_proxy_headers=True,
        trusted_proxy=settings.proxy,
        trusted_proxy_headers=_BELIEVED if settings.proxy else set(),
        asyncore_use_poll=True,  # select() ends at 1024 open files
        connection_limit=MOST_CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
    )
    server.channel_class = Hurried
    return server


def listen(settings: Settings) -> socket.socket:
    """The socket of the address that is set. Raises SettingsError where it cannot be listened on."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=1024)
    except OSError as error:
        reason = f"{settings.host}:{settings.port} cannot be listened on ({os.strerror(error.errno or 0)})."
        raise SettingsError(name="PORT", reason=reason) from error
