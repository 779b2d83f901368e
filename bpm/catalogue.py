"""The list of processes: of each the version in use, the draft, what was found, and how many cases run on which version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bpm import definitions
from bpm.engine.definition import StartEvent
from bpm.models.definition import Definition, DefinitionFile
from bpm.models.instance import Instance
from bpm.models.task import HandOver

RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Entry:
    """A process. ``draft`` is newer than what is in use; ``on_time`` is the share of its steps of seven days that kept their limit."""

    key: str
    newest: Definition
    in_use: Definition | None
    draft: Definition | None
    errors: int
    warnings: int
    running: int
    on_time: float | None


def processes(session: Session, now: datetime) -> list[Entry]:
    """Every process by its key."""
    found: list[Entry] = []
    rates = _on_time(session, now)
    for newest in definitions.page(session, newest_only=True, limit=200).items:
        in_use = definitions.find_published(session, newest.key)
        levels = [finding.level for finding in definitions.findings(newest)]
        found.append(
            Entry(
                key=newest.key,
                newest=newest,
                in_use=in_use,
                draft=newest if newest.state == "draft" else None,
                errors=levels.count("error"),
                warnings=levels.count("warning"),
                running=sum(running(session, newest.key).values()),
                on_time=rates.get(newest.key),
            )
        )
    return found


def running(session: Session, key: str) -> Mapping[int, int]:
    """How many cases of a process run on each of its versions."""
    query = select(Instance.definition_version, func.count()).where(Instance.definition_key == key, Instance.ended_at.is_(None))
    return dict(session.execute(query.group_by(Instance.definition_version)).all())


def order_types(session: Session) -> list[str]:
    """The types of work order for which a process is in use."""
    query = select(Definition.order_type).where(Definition.state == "published", Definition.order_type.is_not(None)).distinct()
    return sorted(kind for kind in session.scalars(query) if kind)


def begun_by_hand(session: Session) -> list[Definition]:
    """The processes in use that somebody begins by hand, by name: they make no work order, and wait for no message or hour to begin.

    ``begun_by_hand`` in process.json says so. Where it says nothing: those that have a form at their start, or that no other process calls.
    """
    query = select(Definition).where(Definition.state == "published", Definition.order_type.is_(None))
    called = _called(session)
    found = session.scalars(query.order_by(Definition.name, Definition.key)).all()
    return [each for each in found if _is_begun_by_hand(session, each, is_called=each.key in called)]


def plain_start(session: Session, definition: Definition) -> StartEvent | None:
    """Where a process begins that somebody begins; None where it waits for a message or an hour."""
    starts = definitions.engine_definition(session, definition.id).starts()
    return next((start for start in starts if start.kind == "none"), None)


def _is_begun_by_hand(session: Session, definition: Definition, *, is_called: bool) -> bool:
    plain = plain_start(session, definition)
    if plain is None:
        return False
    said = definitions.settings_of(session, definition.id).begun_by_hand
    return (plain.form is not None or not is_called) if said is None else said


def _called(session: Session) -> set[str]:
    """The keys of the processes that others in use call."""
    query = select(DefinitionFile.name).join(DefinitionFile.definition).where(Definition.state == "published")
    names = session.scalars(query.where(DefinitionFile.name.startswith(definitions.CALLED)))
    return {name.split("/")[1] for name in names}


def _on_time(session: Session, now: datetime) -> dict[str, float]:
    """The share of finished steps with a limit that kept it, in percent, by the key of the process."""
    query = (
        select(Instance.definition_key, func.count(), func.count().filter(~HandOver.late))
        .join(Instance, HandOver.instance_id == Instance.id)
        .where(HandOver.finished_at >= now - RECENT, HandOver.limit_minutes.is_not(None), HandOver.how != "cancelled")
        .group_by(Instance.definition_key)
    )
    return {key: 100 * kept / all_ for key, all_, kept in session.execute(query)}
