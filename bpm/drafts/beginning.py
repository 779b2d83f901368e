"""Where drafts begin: a version, a template, or a name."""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import orjson
from lxml import etree
from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import access, definitions
from bpm.access import Actor
from bpm.definitions import drawings
from bpm.definitions.settings import SETTINGS_FILE
from bpm.definitions.sorting import own_files
from bpm.drafts import reading, saving, templates
from bpm.models.definition import Definition
from bpm.models.draft import Draft

BLANK = "blank"
_LONGEST_KEY = 60  # characters


def begin(session: Session, key: str, name: str, files: Mapping[str, bytes], actor: Actor, now: datetime) -> Draft:
    """Begin a draft with these files. Raises ForbiddenError, DraftNameError, FileNameError, FilePlaceError, ArchiveTooLargeError."""
    access.require(actor, *reading.WRITERS)
    draft = saving.new(session, key, saving.checked_name(name), actor, now)
    saving.keep(session, draft, files, actor, now, "begun")
    return draft


def begin_from(session: Session, definition_id: UUID, actor: Actor, now: datetime) -> Draft:
    """Begin a draft with the files of a version. Raises ForbiddenError, DefinitionNotFoundError."""
    definition = definitions.get(session, definition_id)
    draft = begin(session, definition.key, definition.name, files_of(session, definition), actor, now)
    draft.base_id = definition.id
    return draft


def files_of(session: Session, definition: Definition) -> dict[str, bytes]:
    """The files of a version as a draft has them: with a ``process.json``, also where a diagram was deployed alone."""
    files = own_files(definition)
    if SETTINGS_FILE not in files:
        settings = definitions.settings_of(session, definition.id)
        files[SETTINGS_FILE] = written({"key": settings.key, "main": settings.main, "name": settings.name})
    return files


def begin_template(session: Session, template: str, name: str, actor: Actor, now: datetime) -> Draft:
    """Begin a new process as a copy of a template, under a name of its own.

    Raises ForbiddenError, TemplateNotFoundError, DraftNameError.
    """
    access.require(actor, *reading.WRITERS)
    files, name = templates.files(template), saving.checked_name(name)
    key = free_key(session, name)
    return begin(session, key, name, named_anew(files, key, name), actor, now)


def written(settings: Mapping[str, object]) -> bytes:
    """A ``process.json`` as people read it."""
    return orjson.dumps(settings, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def free_key(session: Session, name: str) -> str:
    """A key that no process and no draft has: made of the ASCII words of a name, else ``process-1`` and on."""
    words = "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:_LONGEST_KEY].strip("-")
    stem = words if words[:1].isalpha() else f"process-{words}".rstrip("-")
    taken = {
        *session.scalars(select(Definition.key).where(Definition.key.startswith(stem, autoescape=True)).distinct()),
        *session.scalars(select(Draft.key).where(Draft.key.startswith(stem, autoescape=True)).distinct()),
    }
    if stem != "process" and stem not in taken:
        return stem
    number = 1 if stem == "process" else 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def named_anew(files: Mapping[str, bytes], key: str, name: str) -> dict[str, bytes]:
    """The files of a bundle as those of another process: key, name, and the id of the process that its main diagram draws."""
    settings = orjson.loads(files[SETTINGS_FILE])
    main = settings["main"]
    drawn = drawings.read(main, files[main]).process_ids
    old = settings["key"] if settings["key"] in drawn else drawn[0]
    settings |= {"key": key, "name": name}
    return {**files, SETTINGS_FILE: written(settings), main: _redrawn(files[main], old, key, name)}


_POINTING = ("processRef", "bpmnElement", "calledElement")


def _redrawn(content: bytes, old: str, key: str, name: str) -> bytes:
    """A diagram in which a process has another id and name."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    taken = {element.get("id") for element in root.iter(etree.Element)} - {old}
    key = f"{key}-process" if key in taken else key
    for element in root.iter(etree.Element):
        kind = etree.QName(element).localname
        if (kind == "process" and element.get("id") == old) or element.get("processRef") == old:
            element.set("name", name)
        if kind == "process" and element.get("id") == old:
            element.set("id", key)
        for attribute in _POINTING:
            if element.get(attribute) == old:
                element.set(attribute, key)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
