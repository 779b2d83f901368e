"""A mail server to try things out with: real SMTP on a port of this machine; it keeps what it gets and fails on demand.

``python -m connectors.mail.simulator --folder var/mail`` prints the settings under which the connector reaches it.
"""

import argparse
import asyncio
import socket
import ssl
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Kind = Literal["refuse", "busy", "reject", "content", "cut", "lost-answer", "slow"]
"""refuse: hang up at once; busy: 451; reject: 550 for an address; content: 554 after the text; cut: hang up in the text;
lost-answer: keep the mail and hang up before saying so; slow: say nothing for some seconds."""


@dataclass
class Fault:
    """What goes wrong the next ``times`` times; ``address`` for ``reject`` only (None: every address)."""

    kind: Kind
    times: int = 1
    address: str | None = None
    seconds: float = 60.0


class Mailbox:
    """What has come in, in order, and the faults to come. With a folder each mail is kept there as a file too."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._kept: list[tuple[tuple[str, ...], bytes]] = []
        self._faults: list[Fault] = []
        self._lock = Lock()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def keep(self, recipients: tuple[str, ...], content: bytes) -> None:
        """Take a mail."""
        with self._lock:
            self._kept.append((recipients, content))
            if self._folder is not None:
                (self._folder / f"{time.time_ns()}-{len(self._kept)}.eml").write_bytes(content)

    def messages(self, address: str | None = None) -> list[EmailMessage]:
        """The mails to an address (None: all), oldest first."""
        with self._lock:
            kept = [content for recipients, content in self._kept if address is None or address.lower() in recipients]
        return [message_from_bytes(content, policy=policy.default) for content in kept]

    def expect(self, fault: Fault) -> None:
        """Let something go wrong from now on."""
        with self._lock:
            self._faults.append(fault)

    def fault(self, *kinds: Kind, address: str | None = None) -> Fault | None:
        """Take the next fault of one of these kinds."""
        with self._lock:
            for fault in self._faults:
                if fault.kind in kinds and fault.times > 0 and fault.address in {None, address}:
                    fault.times -= 1
                    return fault
        return None


class _Handler:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802  # aiosmtpd names it so
        if fault := self._mailbox.fault("slow"):
            await asyncio.sleep(fault.seconds)
        if self._mailbox.fault("busy"):
            return "451 4.3.2 come back later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802  # aiosmtpd names it so
        if self._mailbox.fault("reject", address=address.lower()):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd names it so
        if self._mailbox.fault("content"):
            return "554 5.6.0 not this text"
        content = envelope.content
        recipients = tuple(recipient.lower() for recipient in envelope.rcpt_tos)
        self._mailbox.keep(recipients, content if isinstance(content, bytes) else str(content).encode())
        if self._mailbox.fault("lost-answer"):
            _hang_up(server)
        return "250 2.0.0 kept"


def _hang_up(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.Transport):
        server.transport.abort()


class _Server(SMTP):
    def __init__(self, mailbox: Mailbox, **options: Any) -> None:
        super().__init__(_Handler(mailbox), **options)
        self._mailbox = mailbox

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport) and self._mailbox.fault("refuse"):
            transport.abort()
        super().connection_made(transport)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # aiosmtpd names it so
        if self._mailbox.fault("cut"):
            await self.push("354 go on")
            _hang_up(self)
        else:
            await super().smtp_DATA(arg)


class Simulator:
    """The mail server on ``port`` of this machine (0: a free one).

    ``login`` (user name, password) is asked for once the connection is encrypted with ``tls``.
    """

    def __init__(
        self, folder: Path | None = None, *, port: int = 0, tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None
    ) -> None:
        self._mailbox = Mailbox(folder)
        self._tls = tls
        self._login = login
        self._socket = socket.create_server(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else the second line of an answer waits for word of the first
        self.port = int(self._socket.getsockname()[1])
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._serve, name="mail-simulator", daemon=True)
        self._started = Event()

    @property
    def settings(self) -> Mapping[str, str]:
        """The connector's settings for a server without login, by the names of the environment."""
        return {
            "BATON_MAIL_HOST": "127.0.0.1",
            "BATON_MAIL_PORT": str(self.port),
            "BATON_MAIL_SECURITY": "none",
            "BATON_MAIL_SENDER": "baton@baton.example",
        }

    def start(self) -> str:
        """Begin to serve; returns host and port."""
        self._thread.start()
        self._started.wait()
        return f"127.0.0.1:{self.port}"

    def stop(self) -> None:
        """Serve no more."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def messages(self) -> list[EmailMessage]:
        """Every mail that came, oldest first."""
        return self._mailbox.messages()

    def messages_to(self, address: str) -> list[EmailMessage]:
        """The mails to one address, oldest first."""
        return self._mailbox.messages(address)

    def fail(self, kind: Kind, *, times: int = 1, address: str | None = None, seconds: float = 60.0) -> None:
        """Let something go wrong the next so many times."""
        self._mailbox.expect(Fault(kind, times, None if address is None else address.lower(), seconds))

    def _protocol(self) -> SMTP:
        return _Server(
            self._mailbox,
            hostname="mail.baton.example",
            loop=self._loop,
            tls_context=self._tls,
            require_starttls=self._tls is not None,
            auth_required=self._login is not None,
            authenticator=self._authenticate,
        )

    def _authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        return AuthResult(success=given == self._login, handled=False)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._loop.create_server(self._protocol, sock=self._socket))
        self._started.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._wind_up())
        self._loop.close()

    @staticmethod
    async def _wind_up() -> None:
        """End the conversations that are still open."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def for_demo(_: Path, data: Path) -> Simulator:
    """The simulator of the demo: mails are kept as files below the folder of the data."""
    return Simulator(data / "mail")


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m connectors.mail.simulator", description="A mail server to try things out with.")
    parser.add_argument("--folder", type=Path, default=Path("var/mail"))
    parser.add_argument("--port", type=int, default=8825)
    options = parser.parse_args()
    simulator = Simulator(options.folder, port=options.port)
    simulator.start()
    sys.stdout.write("".join(f"{name}={value}\n" for name, value in simulator.settings.items()))
    sys.stdout.flush()
    try:
        Event().wait()
    except KeyboardInterrupt:
        simulator.stop()


if __name__ == "__main__":
    main()
