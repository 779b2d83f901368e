"""Ports for servers of the tests."""

import random
import socket


def free_port() -> int:
    """A port of this machine that nobody listens on, below those that systems give to outgoing connections.

    One of these could be taken by some client before the server asks for it.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
