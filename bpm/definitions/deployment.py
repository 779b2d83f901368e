"""New versions: checked whole before anything is kept, numbered within their process, published by word."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bpm import access
from bpm.connecting import Registry
from bpm.definitions import drawings, reading, resources, sorting, staffing, starting
from bpm.definitions.checks import check
from bpm.definitions.settings import ProcessSettings
from bpm.definitions.sorting import CALLED, Bundle
from bpm.errors import LANGUAGES, N_, ConflictError, Finding, InvalidError, RefusedError
from bpm.models.definition import Definition, DefinitionFile
from bpm.models.ids import row_id


class NothingToDeployError(InvalidError):
    """Among what was handed in is no file of a process."""

    code = "nothing-to-deploy"
    sentence = N_("There is no file of a process here: hand in .bpmn, .dmn and .json files, or a .zip of them.")


class DeployedMeanwhileError(ConflictError):
    """Somebody else has made a version of the same process at this moment."""

    code = "deployed-meanwhile"
    sentence = N_("Somebody else has just saved a version of this process. Look at it, then save yours again.")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A version that could be kept: its files, those of called processes included, and all that was found."""

    files: Mapping[str, bytes]
    settings: ProcessSettings
    findings: Sequence[Finding]


def deploy(
    session: Session,
    files: Mapping[str, bytes],
    actor_login: str,
    now: datetime,
    *,
    publish: bool,
    note: str | None = None,
    registry: Registry | None = None,
) -> list[Definition]:
    """Keep handed-in files as new versions of their processes: for use (``publish``), or as drafts, which may still have errors.

    Processes that are called but not among the files are taken from their published version, and stay as they are there now.
    Raises RefusedError with every finding where there is an error (for a draft: where it cannot even be told whose draft it is);
    then nothing was kept. See ``sorting.sort`` for which file belongs where and what else is raised.
    """
    candidates, nameless, remarks = _candidates(session, files, registry)
    found = [*nameless, *(finding for candidate in candidates for finding in candidate.findings), *remarks]
    if nameless or _errors(remarks) or (publish and _errors(found)):
        raise RefusedError([*nameless, *(finding for candidate in candidates for finding in _in_words(candidate)), *remarks])
    if not candidates:
        raise NothingToDeployError
    return [_keep(session, candidate, remarks, actor_login, now, note, publish=publish) for candidate in candidates]


def examine(session: Session, files: Mapping[str, bytes], registry: Registry | None) -> list[Finding]:
    """All that deploying these files would find, and who is named in them and not there; nothing is kept.

    Raises FileNameError, ArchiveTooLargeError, and NothingToDeployError where no file belongs to a process.
    """
    candidates, nameless, remarks = _candidates(session, files, registry)
    if not candidates and not nameless and not remarks:
        raise NothingToDeployError
    posts = staffing.known_posts(session)
    unknown = [finding for candidate in candidates for finding in staffing.check(candidate.files, posts)]
    unknown += [finding for candidate in candidates for finding in _rivals(session, candidate.settings)]
    return [*nameless, *(finding for candidate in candidates for finding in candidate.findings), *unknown, *remarks]


def unstaffed(session: Session, definition: Definition) -> list[Finding]:
    """Who is named in a version and not there at this moment. They are warnings: an organisation changes, a version does not."""
    files = {each.name: each.resource.content for each in definition.files}
    return [replace(finding, level="warning") for finding in staffing.check(files, staffing.known_posts(session))]


def publish(session: Session, definition_id: UUID, actor: access.Actor, now: datetime, note: str | None = None) -> Definition:
    """Put a version into use, a draft or an earlier one; the one in use so far is retired. Running instances stay with theirs.

    ``note`` says what was changed; without one the version keeps its own.
    Raises RefusedError while an error stands, ForbiddenError, NotFoundError.
    """
    access.require(actor, "ANALYST")
    definition = reading.get(session, definition_id)
    found = reading.findings(definition)
    if _errors(found):
        raise RefusedError(found)
    definition.note = note or definition.note
    _put_into_use(session, definition, actor.login, now)
    return definition


def _errors(found: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.level == "error"]


def _in_words(candidate: _Candidate) -> Iterator[Finding]:
    """What was found, with the names of the drawing in each language: files that are not kept cannot be asked for them later."""
    texts = reading.strings(candidate.files)
    translated = {text for found in texts.values() for text in found}
    for finding in candidate.findings:
        names = {name: fact for name, fact in finding.facts.items() if isinstance(fact, str) and fact in translated}
        words = {name: {language: texts.get(language, {}).get(fact, fact) for language in LANGUAGES} for name, fact in names.items()}
        yield replace(finding, facts=finding.facts | words)


def _rivals(session: Session, settings: ProcessSettings) -> Iterator[Finding]:
    """Another process in use that takes orders of the same type: the one published last gets them."""
    taken = (Definition.order_type == settings.order_type, Definition.state == "published", Definition.key != settings.key)
    other = session.scalar(select(Definition).where(*taken).limit(1)) if settings.order_type else None
    if other is not None:
        text = N_("Orders of the type {type} go to “{name}” now. Once this process is published, new ones come here.")
        yield Finding("warning", "process.json", None, "order-type-taken", text, {"type": settings.order_type, "name": other.name})


def _candidates(
    session: Session, files: Mapping[str, bytes], registry: Registry | None
) -> tuple[list[_Candidate], list[Finding], list[Finding]]:
    """The versions that the files could become, what keeps others from becoming one, and remarks on files without a place."""
    bundles, remarks = sorting.sort(session, files)
    made = [_candidate(session, bundle, bundle.settings, bundles, registry) for bundle in bundles if bundle.settings is not None]
    return made, [finding for bundle in bundles if bundle.settings is None for finding in bundle.findings], remarks


def _candidate(
    session: Session, bundle: Bundle, settings: ProcessSettings, beside: Sequence[Bundle], registry: Registry | None
) -> _Candidate:
    whole = Bundle({**bundle.files, **called_files(session, bundle, beside)}, settings)
    found = [*bundle.findings, *reading.engine_findings(whole.files, settings), *check(whole, settings, registry)]
    return _Candidate(whole.files, settings, found)


# ---- processes that are called


def called_files(session: Session, bundle: Bundle, beside: Sequence[Bundle]) -> dict[str, bytes]:
    """The files of every process that is called, directly or not, and lies outside the bundle; the engine tells who is missing."""
    taken: dict[str, bytes] = {}
    known = {id_ for drawing in bundle.drawings.values() for id_ in drawing.process_ids}
    asked = [called for drawing in bundle.drawings.values() for called in drawing.called]
    while asked:
        key = asked.pop()
        if key in known:
            continue
        known.add(key)
        for name, content in _files_of(session, key, beside).items():
            taken[f"{CALLED}{key}/{name}"] = content
            if name.endswith(".bpmn"):
                drawing = drawings.read(name, content)
                known.update(drawing.process_ids)
                asked += drawing.called
    return taken


def _files_of(session: Session, key: str, beside: Sequence[Bundle]) -> dict[str, bytes]:
    """The own files of a process: of what is being deployed at the same time, else of the version in use."""
    for bundle in beside:
        if bundle.settings is not None and bundle.settings.key == key:
            return bundle.files
    published = reading.find_published(session, key)
    return {} if published is None else sorting.own_files(published)


# ---- keeping


def _keep(
    session: Session, candidate: _Candidate, remarks: Sequence[Finding], login: str, now: datetime, note: str | None, *, publish: bool
) -> Definition:
    settings = candidate.settings
    last = session.scalar(select(func.max(Definition.version)).where(Definition.key == settings.key)) or 0
    definition = Definition(
        id=row_id(),
        key=settings.key,
        version=last + 1,
        name=settings.name,
        state="draft",
        order_type=settings.order_type,
        findings=[asdict(finding) for finding in (*candidate.findings, *remarks)],
        note=note,
        created_at=now,
        created_by=login,
    )
    for name, content in sorted(candidate.files.items()):
        definition.files.append(DefinitionFile(name=name, sha256=resources.keep(session, content)))
    try:
        with session.begin_nested():
            session.add(definition)
    except IntegrityError as error:
        raise DeployedMeanwhileError from error
    if publish:
        _put_into_use(session, definition, login, now)
    return definition


def _put_into_use(session: Session, definition: Definition, login: str, now: datetime) -> None:
    session.execute(
        select(Definition.id).where(Definition.key == definition.key).order_by(Definition.id).with_for_update()
    )  # one at a time
    in_use = (Definition.key == definition.key, Definition.state == "published", Definition.id != definition.id)
    session.execute(update(Definition).where(*in_use).values(state="retired"))
    definition.state, definition.published_at, definition.published_by = "published", now, login
    session.flush()
    starting.arm(session, definition, now)
