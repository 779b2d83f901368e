"""Which process each of the handed-in files belongs to.

A folder with ``process.json`` is a whole version. Without one, files lie over the version in use of the process they belong to, or
over a newer draft: diagrams by the id of a process they draw, other files by their name. A diagram of an unknown process is a process of
its own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bpm.definitions import drawings, packing
from bpm.definitions.rules import broken
from bpm.definitions.settings import SCHEMA, SETTINGS_FILE, ProcessSettings, settings_of, unread
from bpm.errors import N_, Finding
from bpm.models.definition import Definition, DefinitionFile

CALLED = "called/"
"""The folder of a version that holds the files of other processes it calls, as they were when it was deployed."""

_READ = (".bpmn", ".dmn", ".json")
_KEPT = (*_READ, ".md")


@dataclass
class Bundle:
    """The files of one version to be; ``settings`` is None when ``process.json`` cannot be read."""

    files: dict[str, bytes]
    settings: ProcessSettings | None
    findings: list[Finding] = field(default_factory=list)

    @property
    def drawings(self) -> dict[str, drawings.Drawing]:
        """The diagrams among the files, the called ones as well."""
        return {name: drawings.read(name, content) for name, content in self.files.items() if name.endswith(".bpmn")}


def sort(session: Session, files: Mapping[str, bytes]) -> tuple[list[Bundle], list[Finding]]:
    """Make bundles of handed-in files, and remark on those that have no place.

    Raises FileNameError for a name that is a trick, ArchiveTooLargeError for more than a process can need.
    """
    packing.check_size(files)
    named = packing.without_common_folder({packing.safe_name(name): content for name, content in files.items()})
    kept = {name: content for name, content in named.items() if name.endswith(_KEPT) and not name.startswith(CALLED)}
    remarks = [_ignored(name) for name in sorted(named.keys() - kept.keys())]
    roots = {str(PurePosixPath(name).parent) for name in kept if PurePosixPath(name).name == SETTINGS_FILE}
    if roots:
        bundles, homeless = _whole(kept, roots)
        return bundles, remarks + homeless
    bundles, homeless = _overlays(session, kept)
    return bundles, remarks + homeless


def newest(session: Session, key: str) -> Definition | None:
    """The newest version of a process, draft or not."""
    return session.scalar(select(Definition).where(Definition.key == key).order_by(Definition.version.desc()).limit(1))


def base(session: Session, key: str) -> Definition | None:
    """The version over which files are laid: the newest, or the one in use where the newest was taken out of use."""
    last = newest(session, key)
    if last is None or last.state != "retired":
        return last
    return session.scalar(select(Definition).where(Definition.key == key, Definition.state == "published"))


def own_files(definition: Definition) -> dict[str, bytes]:
    """The files of a version without those of the processes it calls."""
    return {each.name: each.resource.content for each in definition.files if not each.name.startswith(CALLED)}


def _ignored(name: str) -> Finding:
    text = N_("The file {file} is not read. A process is made of .bpmn, .dmn and .json files.")
    return Finding("warning" if not name.startswith(CALLED) else "info", name, None, "not-read", text, {"file": name})


def _whole(files: Mapping[str, bytes], roots: set[str]) -> tuple[list[Bundle], list[Finding]]:
    """One bundle for each folder that has a process.json."""
    bundles: dict[str, dict[str, bytes]] = {root: {} for root in sorted(roots)}
    homeless = []
    for name, content in files.items():
        root = next((str(folder) for folder in PurePosixPath(name).parents if str(folder) in roots), None)
        if root is None:
            text = N_("The file {file} lies beside the folders that have a process.json; it belongs to none of them.")
            homeless.append(Finding("warning", name, None, "not-read", text, {"file": name}))
        else:
            bundles[root][str(PurePosixPath(name).relative_to(root))] = content
    return [_bundle(each) for each in bundles.values()], homeless


def _bundle(files: dict[str, bytes]) -> Bundle:
    """A bundle that has a process.json."""
    raw, finding = _read_settings(files[SETTINGS_FILE])
    if finding is not None:
        return Bundle(files, None, [finding])
    settings = settings_of(raw)
    text = N_("Nothing reads “{name}” in process.json.")
    remarks = [Finding("warning", SETTINGS_FILE, None, "unread-setting", text, {"name": name}) for name in unread(raw)]
    if settings.main not in files:
        text = N_("process.json names the diagram {file}, which is not among the files.")
        remarks.append(Finding("error", SETTINGS_FILE, None, "main-missing", text, {"file": settings.main}))
    return Bundle(files, settings, remarks)


def _read_settings(content: bytes) -> tuple[Any, Finding | None]:
    try:
        raw = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        return None, not_json(SETTINGS_FILE, error)
    for finding in with_nul(SETTINGS_FILE, content):
        return None, finding
    wrong = broken("error", SETTINGS_FILE, "bad-settings", SCHEMA, raw)
    return (raw, None) if wrong is None else (None, wrong)


_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def with_nul(file: str, content: bytes) -> list[Finding]:
    """What is told of JSON in which the one character stands that no database keeps."""
    text = N_("The file {file} holds the character \\u0000, which cannot be kept.")
    return [Finding("error", file, None, "not-plain", text, {"file": file})] if _NUL.search(content) else []


def not_json(file: str, error: orjson.JSONDecodeError) -> Finding:
    """What is told of a file that is not JSON."""
    text = N_("The file {file} is not JSON: it goes wrong in line {line}, column {column}.")
    return Finding("error", file, None, "not-json", text, {"file": file, "line": error.lineno, "column": error.colno})


# ---- without a process.json


def _overlays(session: Session, files: Mapping[str, bytes]) -> tuple[list[Bundle], list[Finding]]:
    diagrams = {name: content for name, content in files.items() if name.endswith(".bpmn")}
    others = {name: content for name, content in files.items() if name not in diagrams}
    laid: dict[str, dict[str, bytes]] = {}
    homeless: list[Finding] = []
    for name, content in diagrams.items():
        drawing = drawings.read(name, content)
        if not drawing.process_ids:
            homeless += drawing.findings or [_no_process(name)]
            continue
        key, known_as = home(session, drawing) or (drawing.process_ids[0], name)
        laid.setdefault(key, {})[known_as] = content
    if laid or homeless:
        for files_of_one in laid.values():
            files_of_one.update(others)
    else:
        laid, homeless = _by_name(session, others)
    return [_over(session, base(session, key), key, each) for key, each in laid.items()], homeless


def home(session: Session, drawing: drawings.Drawing) -> tuple[str, str] | None:
    """The key of the process that has one of these drawn, and the name of the file that draws it there."""
    ids = drawing.process_ids
    own = session.scalars(select(Definition.key).where(Definition.key.in_(ids)).distinct()).all()
    made_of_several = select(DefinitionFile.definition_id).where(DefinitionFile.name == SETTINGS_FILE)
    bundled = _newest_where(session, Definition.id.in_(made_of_several))
    known = [each for id_ in ids if id_ in own and (each := newest(session, id_))]
    for definition in [*known, *bundled]:
        for name, content in own_files(definition).items():
            if name.endswith(".bpmn") and not set(ids).isdisjoint(drawings.read(name, content).process_ids):
                return definition.key, name
    return None


def _by_name(session: Session, files: Mapping[str, bytes]) -> tuple[dict[str, dict[str, bytes]], list[Finding]]:
    laid: dict[str, dict[str, bytes]] = {}
    homeless = []
    for name, content in files.items():
        holding = select(DefinitionFile.definition_id).where(DefinitionFile.name == name)
        homes = [each.key for each in _newest_where(session, Definition.id.in_(holding))]
        if len(homes) == 1:
            laid.setdefault(homes[0], {})[name] = content
        else:
            homeless.append(_no_home(name, homes))
    return laid, homeless


def _newest_where(session: Session, condition: Any) -> list[Definition]:
    """The newest version of every process, where it fulfils a condition."""
    last = select(Definition.key, func.max(Definition.version).label("version")).group_by(Definition.key).subquery()
    query = select(Definition).join(last, (Definition.key == last.c.key) & (Definition.version == last.c.version))
    return list(session.scalars(query.where(condition).order_by(Definition.key)))


def _over(session: Session, below: Definition | None, key: str, files: dict[str, bytes]) -> Bundle:
    """Lay files over a version of a process, or begin one."""
    together = (own_files(below) if below is not None else {}) | files
    bundle = _bundle(together) if SETTINGS_FILE in together else _without_settings(key, together)
    if below is not None and below.state == "draft" and _in_use(session, key):
        text = N_("These files lie over v{version}, a draft: what was changed there comes along. Hand in a whole archive to leave it out.")
        bundle.findings.append(Finding("warning", min(files), None, "over-draft", text, {"version": below.version}))
    return bundle


def _in_use(session: Session, key: str) -> bool:
    return session.scalar(select(Definition.id).where(Definition.key == key, Definition.state == "published")) is not None


def _without_settings(key: str, files: dict[str, bytes]) -> Bundle:
    main, drawing = next((name, read) for name, read in _diagrams(files) if key in read.process_ids)
    return Bundle(files, ProcessSettings(key=key, main=main, name=drawing.name or key))


def _diagrams(files: Mapping[str, bytes]) -> list[tuple[str, drawings.Drawing]]:
    return [(name, drawings.read(name, content)) for name, content in files.items() if name.endswith(".bpmn")]


def _no_process(name: str) -> Finding:
    return Finding("error", name, None, "no-process", N_("The diagram {file} draws no process."), {"file": name})


def _no_home(name: str, homes: list[str]) -> Finding:
    if homes:
        text = N_("Several processes have a file {file}: {keys}. Hand it in together with the diagram it belongs to.")
        return Finding("error", name, None, "several-processes", text, {"file": name, "keys": ", ".join(homes)})
    text = N_("No process has a file {file}. Hand it in together with the diagram it belongs to.")
    return Finding("error", name, None, "no-process", text, {"file": name})
