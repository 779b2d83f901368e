"""What the author of a connector works with: the two halves of a connector, what it may raise, and what comes in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bpm.errors import BatonError

Json = dict[str, Any]


class ConnectorError(BatonError):
    """An operation could not be carried out.

    ``code`` is one of the manifest's (or of those below), ``message`` the English sentence, ``retry`` whether another try may help.
    ``translations`` are the sentence in each language in which the connector wrote it.
    """

    def __init__(
        self, code: str, sentence: str, facts: Mapping[str, Any], *, retry: bool, translations: Mapping[str, str] | None = None
    ) -> None:
        self.code = code  # type: ignore[misc]  # the one error whose codes are written in manifests
        self.sentence = sentence  # type: ignore[misc]
        self.retry = retry
        self.translations = translations or {}
        super().__init__(**facts)

    @property
    def message(self) -> str:
        """The sentence in English."""
        return str(self)


class OutsideError(Exception):
    """What a connector raises: the outside said no, or nothing. ``code`` stands in the manifest, ``facts`` fill its sentence.

    Facts are codes, numbers and masked names, never the outside's own words.
    """

    def __init__(self, code: str, **facts: str | int | float) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Connector(Protocol):
    """The outgoing half of a connector: ``Connector(settings, manifest)`` in its ``connector.py``, used by many threads at once."""

    def perform(self, operation: str, inputs: Json, key: str) -> Json:
        """Carry out an operation whose inputs fit the manifest; the answer must fit it too.

        ``key`` goes out with the call, so that the other side knows a repeat. Raises OutsideError with a code of the manifest.
        """
        ...


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """What came in by itself: a mail, an SMS, a call, a webhook. The same ``id`` of the same channel again is a repeat."""

    id: str
    channel: str
    sender: str
    recipient: str
    subject: str
    text: str
    received_at: datetime
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


class Inlet(Protocol):
    """The incoming half of a connector, where it can speak first."""

    def start(self, callback: Callable[[IncomingMessage], None]) -> None:
        """Begin to listen; ``callback`` is called for every message, a repeat included, and has stored it when it returns."""
        ...

    def stop(self) -> None:
        """Listen no more; returns when the last callback has returned."""
        ...
