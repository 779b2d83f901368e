"""Import: diagrams of other tools, or a whole archive, become a draft. Nothing is dropped; what does nothing here is listed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import PurePosixPath

import orjson
from sqlalchemy.orm import Session

from bpm import access, definitions
from bpm.access import Actor
from bpm.definitions import drawings, packing, sorting
from bpm.definitions.settings import SETTINGS_FILE
from bpm.drafts import beginning, foreign, ids, reading, saving
from bpm.engine.documents import BPMN, Notes, local, parse, space
from bpm.errors import N_, Finding, RefusedError
from bpm.models.definition import Definition
from bpm.models.draft import Draft

_DMN = re.compile(r"https?://www\.omg\.org/spec/DMN/")
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding=["']([A-Za-z0-9._-]{1,40})["'][^>]*\?>""")
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_KEPT_ENDINGS = (".bpmn", ".dmn", ".json")
_MOST_REMARKS = 300


def import_files(
    session: Session, given: Sequence[tuple[str, bytes]], actor: Actor, now: datetime, *, key: str | None = None, name: str = ""
) -> Draft:
    """Begin a draft with files of another tool; ``key`` lays them over that process (see ``sorting.base``).

    Archives are unpacked. A diagram of a process that is known here becomes a draft of it, any other a process of its own. What is kept
    but does nothing stands in the draft's ``remarks``. Raises RefusedError with what is wrong in which file (then nothing is kept),
    ForbiddenError, DefinitionNotFoundError, ArchiveError, ArchiveTooLargeError, FileNameError, NameTwiceError.
    """
    access.require(actor, *reading.WRITERS)
    files, remarks = _read(definitions.handed_in((PurePosixPath(file.replace("\\", "/")).name, content) for file, content in given))
    broken = [remark for remark in remarks if remark.level == "error"]
    if broken or not any(name.endswith(_KEPT_ENDINGS) for name in files):
        raise RefusedError(broken or [_nothing(file for file, _ in given)])
    if key and sorting.newest(session, key) is None:
        raise definitions.DefinitionNotFoundError(key=key)
    bundle, found = _bundle(session, files, key)
    bundle, replaced = ids.accepted(bundle)
    remarks += [*found, *replaced, *foreign.remarks(bundle)]
    settings = orjson.loads(bundle[SETTINGS_FILE])
    known = sorting.newest(session, settings["key"])
    title = name.strip() or settings["name"]
    if known is None:
        settings["key"] = beginning.free_key(session, settings["key"])
        bundle[SETTINGS_FILE] = beginning.written(settings)
    draft = beginning.begin(session, settings["key"], title[: saving.LONGEST_NAME], bundle, actor, now)
    draft.base_id = known.id if known is not None else None
    draft.remarks = [asdict(remark) for remark in remarks[:_MOST_REMARKS]]
    return draft


# ---- what was handed in


def _read(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[Finding]]:
    """The files that a draft holds, as UTF-8 and under the names they have there; and remarks on all others."""
    kept: dict[str, bytes] = {}
    remarks: list[Finding] = []
    for name, content in files.items():
        lower = name.lower()
        if lower.endswith(".md"):
            continue
        if not lower.endswith((".xml", *_KEPT_ENDINGS)):
            remarks.append(Finding("warning", name, None, "not-read", _NOT_READ, {"file": name}))
            continue
        text = _decoded(name, content, remarks)
        if text is None:
            continue
        placed = _json(name, text, remarks) if lower.endswith(".json") else _xml(name, text, remarks)
        if placed is None:
            continue
        if placed in kept:
            remarks.append(Finding("error", name, None, "twice", _TWICE, {"file": placed}))
        kept[placed] = text
    return kept, remarks


_NOT_READ = N_("The file {file} is not read. A process is made of .bpmn, .dmn and .json files.")
_TWICE = N_("There are two files that would be {file}. Import them one after the other.")
_ENCODED = N_("The file {file} was written as {encoding}; it is kept as UTF-8.")
_UNREADABLE = N_("The file {file} is no text that can be read ({encoding}).")
_EMPTY = N_("The file {file} is empty.")


def _decoded(name: str, content: bytes, remarks: list[Finding]) -> bytes | None:
    """The text of a file as UTF-8. XML says itself how it is written, or begins with a mark that tells."""
    if not content.strip(b"\0 \t\r\n"):
        remarks.append(Finding("error", name, None, "empty", _EMPTY, {"file": name}))
        return None
    encoding = next((found for mark, found in _MARKS if content.startswith(mark)), None)
    declared = _DECLARED.match(content)
    encoding = encoding or (declared[1].decode() if declared else "utf-8")
    try:
        text = content.decode(encoding).lstrip("\ufeff")
    except (UnicodeDecodeError, LookupError):
        remarks.append(Finding("error", name, None, "encoding", _UNREADABLE, {"file": name, "encoding": encoding}))
        return None
    if encoding.lower().replace("_", "-") not in ("utf-8", "utf8", "utf-8-sig", "us-ascii", "ascii"):
        remarks.append(Finding("info", name, None, "encoding", _ENCODED, {"file": name, "encoding": encoding}))
    return re.sub(r"""^(\s*<\?xml[^>]*?encoding=["'])[^"']*""", r"\1UTF-8", text, count=1).encode()


def _json(name: str, content: bytes, remarks: list[Finding]) -> str | None:
    try:
        orjson.loads(content)
    except orjson.JSONDecodeError as error:
        remarks.append(sorting.not_json(name, error))
        return None
    return packing.place(name)


def _xml(name: str, content: bytes, remarks: list[Finding]) -> str | None:
    notes = Notes(name)
    root = parse(name, content, notes)
    remarks += notes.found
    if root is None:
        return None
    stem = re.sub(r"(\.bpmn20|\.bpmn2|\.bpmn|\.dmn)?(\.xml)?$", "", name, flags=re.IGNORECASE) or "diagram"
    if space(root) == BPMN and local(root) == "definitions":
        drawing = drawings.read(name, content)
        if not drawing.process_ids:
            text = N_("The file {file} draws no process: a choreography or a conversation cannot run.")
            remarks.append(Finding("error", name, None, "no-process", text, {"file": name}))
        if not any(local(child) == "BPMNDiagram" for child in root):
            text = N_("The file {file} holds a process but no picture of it. One is laid out when it is opened.")
            remarks.append(Finding("warning", name, None, "no-picture", text, {"file": name}))
        return f"{stem}.bpmn"
    if _DMN.match(space(root) or "") and local(root) == "definitions":
        return f"{stem}.dmn"
    text = N_("The file {file} is neither BPMN 2.0 nor DMN: it begins with “{element}”.")
    remarks.append(Finding("error", name, None, "foreign-xml", text, {"file": name, "element": local(root)}))
    return None


def _nothing(given: Iterable[str]) -> Finding:
    first = next(iter(given), "")
    return Finding("error", first, None, "nothing-to-import", N_("There is no diagram here: hand in .bpmn files, or a .zip that has some."))


# ---- to which process it belongs


def _bundle(session: Session, files: dict[str, bytes], key: str | None) -> tuple[dict[str, bytes], list[Finding]]:
    """The files of the draft to be, ``process.json`` among them. Raises RefusedError."""
    if any(PurePosixPath(name).name == SETTINGS_FILE for name in files):
        return _whole(session, files)
    below = sorting.base(session, key) if key else _known(session, files)
    if below is not None:
        return _over(session, below, files), []
    diagrams = {name: drawings.read(name, content) for name, content in files.items() if name.endswith(".bpmn")}
    if not diagrams:
        raise RefusedError([_nothing(files)])
    called = {each for drawing in diagrams.values() for each in drawing.called}
    main = min(diagrams, key=lambda name: (not called.isdisjoint(diagrams[name].process_ids), name))
    drawing = diagrams[main]
    settings = {"key": _as_key(drawing.process_ids[0]), "main": main, "name": drawing.name or PurePosixPath(main).stem}
    return {**files, SETTINGS_FILE: beginning.written(settings)}, []


def _as_key(process_id: str) -> str:
    return re.sub(r"[^\w.-]", "-", process_id)[:100]


def _whole(session: Session, files: dict[str, bytes]) -> tuple[dict[str, bytes], list[Finding]]:
    bundles, remarks = sorting.sort(session, files)
    errors = [finding for bundle in bundles for finding in bundle.findings if finding.level == "error"]
    if len(bundles) != 1:
        text = N_("The archive holds {count} processes. Import them one at a time.")
        errors.append(Finding("error", SETTINGS_FILE, None, "several-processes", text, {"count": len(bundles)}))
    if errors:
        raise RefusedError(errors)
    return bundles[0].files, [*bundles[0].findings, *remarks]


def _known(session: Session, files: Mapping[str, bytes]) -> Definition | None:
    """The version over which files are laid of the process that one of the diagrams draws."""
    found = (sorting.home(session, drawings.read(name, content)) for name, content in files.items() if name.endswith(".bpmn"))
    key = next((home[0] for home in found if home is not None), None)
    return sorting.base(session, key) if key else None


def _over(session: Session, below: Definition, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files laid over a version: a diagram of one of its processes goes where that is drawn."""
    under = beginning.files_of(session, below)
    drawn = {id_: name for name, content in under.items() if name.endswith(".bpmn") for id_ in drawings.read(name, content).process_ids}
    over = {}
    for name, content in files.items():
        ids = drawings.read(name, content).process_ids if name.endswith(".bpmn") else ()
        over[next((drawn[id_] for id_ in ids if id_ in drawn), name)] = content
    return under | over
