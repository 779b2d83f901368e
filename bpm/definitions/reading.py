"""Deployed versions: found, listed, and their parts as others use them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bpm import paging
from bpm.definitions.cache import Recent
from bpm.definitions.checks import form_name
from bpm.definitions.drawings import EventStart, read
from bpm.definitions.packing import write_zip
from bpm.definitions.settings import SETTINGS_FILE, ProcessSettings
from bpm.definitions.settings import settings_of as typed
from bpm.definitions.sorting import CALLED, own_files
from bpm.engine.definition import Definition as EngineDefinition
from bpm.errors import N_, Finding, NotFoundError, RefusedError
from bpm.models.definition import Definition, DefinitionFile
from bpm.models.rows import Rows

_STRINGS = "strings/"


class DefinitionNotFoundError(NotFoundError):
    """No version, or none in use, answers to this."""

    code = "definition-not-found"
    sentence = N_("There is no process “{key}” in use.")


class NoProcessForTypeError(NotFoundError):
    """No process in use takes work orders of this type."""

    code = "no-process-for-type"
    sentence = N_("No process takes orders of the type {type}.")


class FileNotFoundInDefinitionError(NotFoundError):
    """The version has no such file."""

    code = "file-not-found"
    sentence = N_("This process has no file “{file}”.")


@dataclass(frozen=True, slots=True)
class Parts:
    """All of a version that is read again and again. Not to be changed by whoever gets it."""

    fingerprint: str  # of what the engine runs: versions with the same drawings share one engine definition
    settings: ProcessSettings
    event_starts: tuple[EventStart, ...]
    forms: Mapping[str, dict[str, Any]]
    strings: Mapping[str, Mapping[str, str]]  # by language, by the Chinese text


_parts: Recent[UUID, Parts] = Recent(2000)
_engines: Recent[str, EngineDefinition] = Recent(100)


# ---- versions


def get(session: Session, definition_id: UUID) -> Definition:
    """Find a version. Raises DefinitionNotFoundError."""
    definition = session.get(Definition, definition_id)
    if definition is None:
        raise DefinitionNotFoundError(key=str(definition_id))
    return definition


def latest(session: Session, key: str) -> Definition:
    """The version of a process that is in use. Raises DefinitionNotFoundError."""
    definition = find_published(session, key)
    if definition is None:
        raise DefinitionNotFoundError(key=key)
    return definition


def find_published(session: Session, key: str) -> Definition | None:
    """The version of a process that is in use, or None."""
    return _PUBLISHED.first(session, key=key)


_PUBLISHED = Rows(Definition, Definition.key == bindparam("key"), Definition.state == "published")


def for_order_type(session: Session, order_type: str) -> Definition:
    """The process in use for a type of work order, of several the one published last. Raises NoProcessForTypeError."""
    query = select(Definition).where(Definition.order_type == order_type, Definition.state == "published")
    definition = session.scalar(query.order_by(Definition.published_at.desc()).limit(1))
    if definition is None:
        raise NoProcessForTypeError(type=order_type)
    return definition


def started_by(session: Session, kind: str, name: str) -> list[tuple[str, str]]:
    """The processes in use that begin when this message or signal comes, and the start events at which they do."""
    published = session.scalars(select(Definition).where(Definition.state == "published").order_by(Definition.key)).all()
    return [
        (definition.key, start.element)
        for definition in published
        for start in _parts_of(session, definition.id).event_starts
        if (start.kind, start.name) == (kind, name)
    ]


def versions(session: Session, key: str) -> list[Definition]:
    """Every version of a process, the newest first."""
    return list(session.scalars(select(Definition).where(Definition.key == key).order_by(Definition.version.desc())))


def page(
    session: Session, *, key: str | None = None, newest_only: bool = False, cursor: str | None = None, limit: int = 50
) -> paging.Page[Definition]:
    """Versions by key, the newest first: all, those of one process, or only the newest of each. Raises CursorError."""
    query = select(Definition).order_by(Definition.key, Definition.version.desc()).limit(limit + 1)
    if key is not None:
        query = query.where(Definition.key == key)
    if newest_only:
        last = select(Definition.key, func.max(Definition.version).label("version")).group_by(Definition.key).subquery()
        query = query.join(last, (Definition.key == last.c.key) & (Definition.version == last.c.version))
    if cursor:
        after, version = paging.read_cursor(cursor, str, int)
        query = query.where((Definition.key > after) | ((Definition.key == after) & (Definition.version < version)))
    rows = session.scalars(query).all()
    return paging.Page.of(rows, limit, lambda row: paging.cursor_of(row.key, row.version))


def findings(definition: Definition) -> list[Finding]:
    """What was found when a version was saved."""
    return [Finding(**finding) for finding in definition.findings]


# ---- files


def file(session: Session, definition_id: UUID, name: str) -> bytes:
    """The content of a file of a version. Raises DefinitionNotFoundError and FileNotFoundInDefinitionError."""
    get(session, definition_id)
    query = select(DefinitionFile).options(joinedload(DefinitionFile.resource))
    found = session.scalar(query.where(DefinitionFile.definition_id == definition_id, DefinitionFile.name == name))
    if found is None:
        raise FileNotFoundInDefinitionError(file=name)
    return found.resource.content


def archive(session: Session, definition_id: UUID) -> bytes:
    """A version as a ZIP archive that can be handed in again; without the files of processes it calls."""
    return write_zip(own_files(get(session, definition_id)))


# ---- parts


def engine_definition(session: Session, definition_id: UUID) -> EngineDefinition:
    """What the engine runs of a version, shared by all threads. Raises RefusedError for a draft that has errors."""
    parts = _parts_of(session, definition_id)
    return _engines.get(parts.fingerprint, lambda: _build(_all_files(session, definition_id), parts.settings))


def settings_of(session: Session, definition_id: UUID) -> ProcessSettings:
    """What a version's process.json says. Raises DefinitionNotFoundError."""
    return _parts_of(session, definition_id).settings


def form(session: Session, definition_id: UUID, name: str) -> dict[str, Any]:
    """A form as its author wrote it, not to be changed. Raises DefinitionNotFoundError and FileNotFoundInDefinitionError."""
    found = _parts_of(session, definition_id).forms.get(name)
    if found is None:
        raise FileNotFoundInDefinitionError(file=f"forms/{name}.json")
    return found


def text(session: Session, definition_id: UUID, zh: str, language: str) -> str:
    """A text of a version's drawing in a reader's language: itself where that is Chinese, or nobody has translated it."""
    return _parts_of(session, definition_id).strings.get(language[:2], {}).get(zh, zh)


def engine_findings(files: Mapping[str, bytes], settings: ProcessSettings) -> list[Finding]:
    """What the engine has to say about files that are to become a version."""
    try:
        return list(built(files, settings).findings)
    except RefusedError as error:
        return error.findings


def built(files: Mapping[str, bytes], settings: ProcessSettings) -> EngineDefinition:
    """What the engine runs of files that are to become a version, built once for the same drawings. Raises RefusedError."""
    return _engines.get(_fingerprint(files, settings), lambda: _build(files, settings))


def _parts_of(session: Session, definition_id: UUID) -> Parts:
    def read_it() -> Parts:
        definition, files = get(session, definition_id), _all_files(session, definition_id)
        return parts(files, _settings(definition, files))

    return _parts.get(definition_id, read_it)


def _all_files(session: Session, definition_id: UUID) -> dict[str, bytes]:
    query = select(DefinitionFile).options(selectinload(DefinitionFile.resource)).where(DefinitionFile.definition_id == definition_id)
    return {each.name: each.resource.content for each in session.scalars(query.order_by(DefinitionFile.name))}


def parts(files: Mapping[str, bytes], settings: ProcessSettings) -> Parts:
    """What the files of a version say, those of called processes included."""
    forms: dict[str, dict[str, Any]] = {}
    for name in _own_last(files):
        form = form_name(name)
        if form is not None and isinstance(content := _json(files[name]), dict):
            forms[form] = content
    main = _main(files, settings)
    starts = read(settings.main, files[settings.main]).event_starts if settings.main in files else ()
    own_starts = tuple(start for start in starts if start.process_id == main)
    return Parts(_fingerprint(files, settings), settings, own_starts, forms, strings(files))


def strings(files: Mapping[str, bytes]) -> dict[str, dict[str, str]]:
    """The texts of files in other languages, by the Chinese text."""
    found: dict[str, dict[str, str]] = {}
    for name in _own_last(files):
        if (language := _language(name)) is not None and isinstance(content := _json(files[name]), dict):
            found.setdefault(language, {}).update(content)
    return found


def _own_last(files: Mapping[str, bytes]) -> list[str]:
    """A process's own forms and texts win over those of the processes it calls."""
    return sorted(files, key=lambda name: not name.startswith(CALLED))


def _json(content: bytes) -> Any:
    """A file of a draft may be broken; its finding says so."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _language(file: str) -> str | None:
    inside = file.split("/", 2)[2] if file.startswith(CALLED) else file
    is_strings = inside.startswith(_STRINGS) and inside.endswith(".json")
    return inside.removeprefix(_STRINGS).removesuffix(".json") if is_strings else None


def _settings(definition: Definition, files: Mapping[str, bytes]) -> ProcessSettings:
    if SETTINGS_FILE in files:
        return typed(orjson.loads(files[SETTINGS_FILE]))
    own = (name for name in files if name.endswith(".bpmn") and not name.startswith(CALLED))
    main = next(name for name in own if definition.key in read(name, files[name]).process_ids)
    return ProcessSettings(key=definition.key, main=main, name=definition.name)


def _fingerprint(files: Mapping[str, bytes], settings: ProcessSettings) -> str:
    digest = hashlib.sha256(f"{settings.key}\0{settings.main}".encode())
    for name, content in sorted(files.items()):
        if name.endswith((".bpmn", ".dmn")):
            digest.update(f"\0{name}\0".encode() + hashlib.sha256(content).digest())
    return digest.hexdigest()


def _build(files: Mapping[str, bytes], settings: ProcessSettings) -> EngineDefinition:
    run = {name: content for name, content in files.items() if name.endswith((".bpmn", ".dmn"))}
    return EngineDefinition.build(_main(files, settings), run)


def _main(files: Mapping[str, bytes], settings: ProcessSettings) -> str:
    """The id of the process that runs: the key where the main diagram has it, else the process that it begins with."""
    drawn = read(settings.main, files[settings.main]).process_ids if settings.main in files else ()
    return settings.key if settings.key in drawn or not drawn else drawn[0]
