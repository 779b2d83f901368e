"""Versions and drafts of a process, compared: what somebody who publishes, reviews or brings back wants to see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from bpm import access, calendars, definitions, drafts, palette, people
from bpm.access import Actor
from bpm.comparing import Change, Reader, compare
from bpm.connecting import Registry
from bpm.definitions.settings import COLUMNS
from bpm.definitions.sorting import own_files
from bpm.errors import N_, NotFoundError


class NoSuchStateError(NotFoundError):
    """Neither a version nor a draft is named like this."""

    code = "no-such-state"
    sentence = N_("“{state}” names neither a version nor a draft.")


@dataclass(frozen=True, slots=True)
class State:
    """What a process was at one moment. ``version`` for a version, ``revision`` for a draft."""

    text: str
    name: str
    files: Mapping[str, bytes]
    version: int | None = None
    revision: int | None = None

    @property
    def diagrams(self) -> list[str]:
        """The names of its diagrams."""
        return sorted(name for name in self.files if name.endswith(".bpmn"))

    def called(self, language: str) -> str:
        """The name of the process in a reader's language."""
        return self.words(language).get(self.name, self.name)

    def words(self, language: str) -> Mapping[str, str]:
        """Its texts in another language, by the Chinese ones; none where its file of them cannot be read."""
        try:
            read = orjson.loads(self.files.get(f"strings/{language}.json", b"{}"))
        except orjson.JSONDecodeError:
            return {}
        return {name: text for name, text in read.items() if isinstance(text, str)} if isinstance(read, dict) else {}


def state_of(session: Session, text: str, actor: Actor) -> State:
    """Find ``definition:<id>``, ``draft:<id>`` or ``draft:<id>@<revision>``. Raises NotFoundError, ForbiddenError."""
    access.require(actor, *drafts.READERS)
    kind, _, rest = text.partition(":")
    id_text, _, revision = rest.partition("@")
    try:
        id_, number = UUID(id_text), int(revision) if revision else None
    except ValueError:
        raise NoSuchStateError(state=text[:80]) from None
    if kind == "definition":
        definition = definitions.get(session, id_)
        return State(text, definition.name, own_files(definition), version=definition.version)
    if kind == "draft":
        draft = drafts.get(session, id_, actor)
        files = drafts.files(session, draft) if number is None else drafts.files_at(session, draft, number)
        return State(text, draft.name, files, revision=draft.revision if number is None else number)
    raise NoSuchStateError(state=text[:80])


def between(before: State, after: State) -> list[Change]:
    """What has changed from one state to the other."""
    return compare(before.files, after.files, COLUMNS)


def told(
    session: Session, before: State, after: State, registry: Registry, translate: Callable[[str], str], language: str
) -> list[tuple[Change, str]]:
    """What has changed, each with its sentence in the reader's language, as far as the drawing has words in it."""
    days = {code: calendar.day_minutes for code, calendar in calendars.all(session).items()}
    reader = Reader(translate, {**before.words(language), **after.words(language)}, days, _called(session, registry, language))
    return [(change, change.told(reader)) for change in between(before, after)]


def _called(session: Session, registry: Registry, language: str) -> Callable[[str, str], str]:
    """What gives the name behind a code; the code itself where it has none."""
    known = palette.read(session, registry, language)
    connectors = [each for each in known["connectors"] if "title" in each]
    names: dict[str, dict[str, str]] = {
        "connector": {each["name"]: each["title"] for each in connectors},
        "operation": {each["name"]: each["title"] for connector in connectors for each in connector["operations"]},
        "unit": _by_code(known["functions"], known["units"]),
        "role": _by_code(known["roles"]),
        "city": _by_code(known["cities"]),
        "calendar": _by_code(known["calendars"]),
        "order_state": _by_code(known["order_states"]),
        "recipient": _by_code(known["notices_to"]),
    }

    def called(kind: str, code: str) -> str:
        if kind == "person":
            return people.name_of(session, code, language)
        if kind == "recipient" and "@" in code:
            role, _, unit = code.partition("@")
            return f"{called('unit', unit)} {called('role', role)}"
        return names[kind].get(code, code)

    return called


def _by_code(*lists: list[dict[str, Any]]) -> dict[str, str]:
    return {each["code"]: each["name"] for listed in lists for each in listed}
