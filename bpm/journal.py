"""What happened to an instance: append-only, each row sealed with a hash over itself and the row before.

One chain for each instance: a chain over all would make every writer wait for every other. The instance carries the end of its chain,
so that appending reads nothing and a row that was cut off at the end is missed.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm.models.database import append
from bpm.models.instance import Instance
from bpm.models.journal import JournalEntry

_INSTANCES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Broken:
    """A place where a chain does not hold: a row was changed, rows before it are missing, or the end is not the instance's."""

    instance_id: UUID
    seq: int
    why: Literal["changed", "missing", "end"]


def note(
    session: Session, instance: Instance, kind: str, actor_login: str, now: datetime, element_id: str | None = None, **facts: Any
) -> None:
    """Append one event to an instance's journal. Facts are JSON; moments and ids among them are kept as texts."""
    kept = orjson.Fragment(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS))  # to be sealed and written as it is
    seq = instance.journal_seq + 1
    row = {"instance_id": instance.id, "seq": seq, "at": now, "actor": actor_login, "kind": kind, "element_id": element_id, "facts": kept}
    seal = _seal(instance.journal_hash, row)
    instance.journal_seq, instance.journal_hash = seq, seal
    append(session, JournalEntry, {**row, "hash": seal})


def entries(session: Session, instance_id: UUID) -> list[JournalEntry]:
    """All that happened to an instance, in order."""
    query = select(JournalEntry).where(JournalEntry.instance_id == instance_id).order_by(JournalEntry.seq)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def verify(session: Session, instance_id: UUID | None = None) -> list[Broken]:
    """Walk the chain of one instance, or of all, and name every place where it does not hold."""
    return [broken for each, seq, end in _chains(session, instance_id) for broken in _walk(each, entries(session, each), seq, end)]


def _chains(session: Session, instance_id: UUID | None) -> Iterator[tuple[UUID, int, str]]:
    """The instances with the ends of their chains, read some hundred at a time."""
    query = select(Instance.id, Instance.journal_seq, Instance.journal_hash).order_by(Instance.id).limit(_INSTANCES_AT_ONCE)
    if instance_id is not None:
        query = query.where(Instance.id == instance_id)
    rows = session.execute(query).all()
    while rows:
        yield from rows
        rows = session.execute(query.where(Instance.id > rows[-1][0])).all()


def _walk(instance_id: UUID, rows: Sequence[JournalEntry], last_seq: int, end: str) -> Iterator[Broken]:
    seq, seal = 0, ""
    for row in rows:
        if row.seq != seq + 1:
            yield Broken(instance_id, row.seq, "missing")
        elif row.hash != _seal(seal, vars(row)):
            yield Broken(instance_id, row.seq, "changed")
        seq, seal = row.seq, row.hash  # go on from what stands there: one fault is named once
    if (seq, seal) != (last_seq, end):
        yield Broken(instance_id, last_seq, "end")


def _seal(before: str, row: Mapping[str, Any]) -> str:
    content = {
        "instance": str(row["instance_id"]),
        "seq": row["seq"],
        "at": row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": row["actor"],
        "kind": row["kind"],
        "element": row["element_id"],
        "facts": row["facts"],
    }
    return hashlib.sha256(before.encode() + orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
