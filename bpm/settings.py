"""What an operator can set: read once from the environment, typed, and refused with a sentence when it is wrong."""

import os
import secrets
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bpm.errors import N_, BatonError

PREFIX = "BATON_"
Role = Literal["web", "worker", "all"]

_ROLES: dict[str, Role] = {"web": "web", "worker": "worker", "all": "all"}
_SECRET_BYTES = 32
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


class SettingsError(BatonError):
    """A setting is wrong; nothing was started."""

    code = "settings"
    sentence = N_("The setting {name} is wrong: {reason}")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of this process.

    ``proxy`` is the address of the reverse proxy in front, whose word about the caller's address is believed.
    ``connectors`` holds what is addressed to a connector as it was written (``BATON_MAIL_SMTP_HOST``); its manifest says what is right.
    ``simulated`` are the connectors behind which a simulator of this process stands in for the outside.
    """

    data: Path
    database_url: str
    secret_key: str = field(repr=False)
    demo: bool = False
    role: Role = "all"
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 32
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    public_url: str | None = None
    proxy: str | None = None
    connectors: Mapping[str, str] = field(default_factory=dict, repr=False)
    simulated: frozenset[str] = frozenset()

    @property
    def url(self) -> str:
        """The address under which people reach this server, without a slash at its end."""
        return self.public_url or f"http://{self.host}:{self.port}"


def read(environment: Mapping[str, str], connectors: Collection[str] = ()) -> Settings:
    """Read the settings that begin with BATON_, and PORT. ``connectors`` are the names of the connectors that may be spoken to.

    Makes the folder of the data, and in it a secret key where none is given. Raises SettingsError for the first that is wrong or unknown.
    """
    given = {name.removeprefix(PREFIX): value.strip() for name, value in environment.items() if name.startswith(PREFIX)}
    spoken_to = tuple(f"{name.upper()}_" for name in connectors)
    to_connectors = {f"{PREFIX}{name}": given.pop(name) for name in list(given) if name.startswith(spoken_to)}
    data = _folder(given.pop("DATA", "") or "var")
    settings = Settings(
        data=data,
        database_url=_database_url(given.pop("DATABASE_URL", ""), data),
        secret_key=_secret_key(given.pop("SECRET_KEY", ""), data),
        demo=_flag("DEMO", given.pop("DEMO", "")),
        role=_role(given.pop("ROLE", "") or "all"),
        host=given.pop("HOST", "") or "127.0.0.1",
        port=_number("PORT", environment.get("PORT", "") or "8000", 0, 65535),
        threads=_number("BATON_THREADS", given.pop("THREADS", "") or "32", 2, 512),
        zone=_zone(given.pop("ZONE", "") or "Asia/Shanghai"),
        public_url=_public_url(given.pop("PUBLIC_URL", "")),
        proxy=given.pop("PROXY", "") or None,
        connectors=to_connectors,
    )
    if given:
        raise SettingsError(name=f"{PREFIX}{min(given)}", reason="there is no such setting.")
    if settings.role != "all" and settings.database_url.startswith("sqlite"):
        reason = "SQLite serves one process. Use BATON_ROLE=all, or a PostgreSQL database in BATON_DATABASE_URL."
        raise SettingsError(name="BATON_ROLE", reason=reason)
    return settings


def _folder(text: str) -> Path:
    path = Path(text).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(name="BATON_DATA", reason=f"the folder {path} cannot be made ({error.strerror}).") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise SettingsError(name="BATON_DATA", reason=f"the folder {path} cannot be written.")
    return path


def _database_url(text: str, data: Path) -> str:
    if not text:
        return f"sqlite:///{data / 'baton.db'}"
    scheme, _, rest = text.partition("://")
    if scheme in {"postgresql", "postgres", "postgresql+psycopg"}:
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        return f"sqlite:///{Path(rest[1:]).expanduser().resolve()}"
    raise SettingsError(name="BATON_DATABASE_URL", reason="it must begin with sqlite:/// and a file, or with postgresql://")


def _secret_key(text: str, data: Path) -> str:
    """The given key, or the one that is kept under the data: made on first start, readable by its owner only."""
    if text:
        if len(text) < _SECRET_BYTES:
            raise SettingsError(name="BATON_SECRET_KEY", reason=f"it must have at least {_SECRET_BYTES} characters.")
        return text
    path = data / "secret.key"
    if not path.exists():
        made = data / f"secret.key.{os.getpid()}"
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_SECRET_BYTES))
        with suppress(FileExistsError):
            os.link(made, path)  # whole or not at all, and the first who comes makes it for all
        made.unlink()
    return path.read_text(encoding="ascii").strip()


def _flag(name: str, text: str) -> bool:
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    raise SettingsError(name=f"{PREFIX}{name}", reason=f"it is 1 or 0, not “{text}”.")


def _role(text: str) -> Role:
    try:
        return _ROLES[text]
    except KeyError:
        raise SettingsError(name="BATON_ROLE", reason=f"it is web, worker or all, not “{text}”.") from None


def _number(name: str, text: str, least: int, most: int) -> int:
    if text.isascii() and text.isdigit() and least <= int(text) <= most:
        return int(text)
    raise SettingsError(name=name, reason=f"it is a whole number from {least} to {most}, not “{text}”.")


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(name="BATON_ZONE", reason=f"there is no time zone “{text}”; write it like Asia/Shanghai.") from error


def _public_url(text: str) -> str | None:
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme in {"http", "https"} and parts.hostname:
        return text.rstrip("/")
    raise SettingsError(name="BATON_PUBLIC_URL", reason=f"it is an address like https://baton.example.org, not “{text}”.")
