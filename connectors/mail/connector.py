"""Sends mail by SMTP. The Message-ID is made from the call's key: a mail that is sent again is the same mail to whoever receives it."""

import hashlib
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from typing import Literal

from bpm.connecting import Json, Manifest, OutsideError

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]")
_LONGEST_LOCAL = 64  # RFC 5321 4.5.3.1.1
_PERMANENT = range(500, 600)


class _MessageIds(UnstructuredHeader, BaseHeader):
    """A list of message ids, one a line. The library would fold a long one into an encoded word, which no mail program takes for an id."""

    def fold(self, *, policy: policy.Policy) -> str:
        return f"{self.name}: " + f"{policy.linesep} ".join(str(self).split()) + policy.linesep


_headers = HeaderRegistry()
for _name in ("in-reply-to", "references"):
    _headers.map_to_type(_name, _MessageIds)
_SMTP = policy.SMTP.clone(header_factory=_headers)


@dataclass(frozen=True, slots=True)
class Settings:
    """Which mail server takes our mail, and how we say who we are."""

    host: str
    sender: str
    port: int
    security: Literal["starttls", "tls", "none"]
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None


class Connector:
    """One mail to one address."""

    def __init__(self, settings: Json, manifest: Manifest) -> None:
        self._settings = Settings(**settings)
        self._timeout = manifest.operations["send"].time_limit / 2
        self._tls = ssl.create_default_context(cafile=self._settings.ca_file)

    def perform(self, operation: str, inputs: Json, key: str) -> Json:
        """Send a mail; see the manifest for ``send``, the only operation."""
        message = compose(inputs, key, self._settings.sender)
        with _in_our_words(), self._server() as server:
            self._hand_over(server, message)
        return {"message_id": str(message["Message-ID"])}

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        """A connection over which mail may be sent: encrypted and logged in as the settings want it."""
        at = self._settings
        if at.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(at.host, at.port, timeout=self._timeout, context=self._tls)
        else:
            server = smtplib.SMTP(at.host, at.port, timeout=self._timeout)
        try:
            if at.security == "starttls":
                server.starttls(context=self._tls)
            if at.username and at.password:
                server.login(at.username, at.password)
            yield server
        finally:
            # the mail is handed over or refused by now: a farewell that goes wrong changes nothing
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    @staticmethod
    def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            (address, (code, _)), *_rest = error.recipients.items()
            if code in _PERMANENT:
                raise OutsideError("bad-address", address=_masked(address), reason=f"smtp-{code}") from None
            raise OutsideError("mail-down", reason=f"smtp-{code}") from None


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Say what went wrong on the way in the manifest's words; the server's own words stay outside."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        refused = error.smtp_code in _PERMANENT
        raise OutsideError("mail-refused" if refused else "mail-down", reason=f"smtp-{error.smtp_code}") from None
    except smtplib.SMTPNotSupportedError:
        raise OutsideError("mail-refused", reason="no-encryption-or-login") from None
    except ssl.SSLCertVerificationError:
        raise OutsideError("mail-refused", reason="certificate") from None
    except (smtplib.SMTPException, OSError) as error:
        # smtplib tells a silence in mid-conversation as a lost connection, and keeps what it was behind it
        silent = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
        raise OutsideError("mail-down", reason="timeout" if silent else "connection") from None


def compose(inputs: Json, key: str, sender: str) -> EmailMessage:
    """Write the mail. It says that a program wrote it, so that no out-of-office answer comes back (RFC 3834)."""
    message = EmailMessage(policy=_SMTP)
    message["From"] = sender
    message["To"] = checked_address(inputs["to"])
    if "reply_to" in inputs:
        message["Reply-To"] = checked_address(inputs["reply_to"])
    message["Subject"] = " ".join(_CONTROL.sub(" ", inputs["subject"]).split())  # what people typed may stand in it
    message["Date"] = datetime.now(UTC)
    message["Message-ID"] = message_id(key, sender)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    for name, value in inputs.get("headers", {}).items():
        message[name] = _one_line(value)
    # base64 passes every server, and no line of it is too long
    message.set_content(inputs["text"], cte="base64")
    if "html" in inputs:
        message.add_alternative(inputs["html"], subtype="html", cte="base64")
    return message


def _one_line(text: str) -> str:
    """A header's text. The manifest refuses control characters already; the library lets one at the end cut the headers in two."""
    if _CONTROL.search(text):
        raise OutsideError("mail-refused", reason="control-character")
    return text


def message_id(key: str, sender: str) -> str:
    """The Message-ID of the mail with this key: always the same, and telling nothing of the key."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:40]
    return f"<baton.{digest}@{sender.rpartition('@')[2]}>"


def checked_address(text: str) -> str:
    """One plain address, its domain in ASCII. Anything a mail program could read in two ways is refused (CVE-2023-27043)."""
    local, _, domain = text.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        ascii_domain = ""
    if len(local) > _LONGEST_LOCAL or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(ascii_domain):
        raise OutsideError("bad-address", address=_masked(text), reason="not-an-address")
    return f"{local}@{ascii_domain}"


def _masked(address: str) -> str:
    """An address as errors and logs may carry it: w***@example.com."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"
