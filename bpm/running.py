"""Running processes in memory: locked in the database, kept warm between commands, never shared by two threads.

A process enters the cache only after the commit, with the stamp that was stored beside its state; whoever finds another stamp
in the row loads it anew. A command that raised leaves nothing behind.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Lock
from uuid import UUID, uuid4

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from bpm import assigning, calendars, clock, definitions
from bpm.engine.data import Data, plain
from bpm.engine.process import Process
from bpm.errors import N_, ConflictError, NotFoundError
from bpm.models.database import after_commit
from bpm.models.instance import Instance
from bpm.models.prepared import Prepared
from bpm.models.rows import Rows
from bpm.models.task import Task
from bpm.models.work_order import WorkOrder

CAPACITY = 5_000
"""Processes kept in memory; each takes some 10 KB."""


class InstanceEndedError(ConflictError):
    """The process has ended."""

    code = "instance-ended"
    sentence = N_("This process has ended already.")


class InstanceSuspendedError(ConflictError):
    """An operator has stopped the process."""

    code = "instance-suspended"
    sentence = N_("This process was stopped by an administrator. It can go on when it is resumed.")


class _Cache:
    """The least recently used go first. ``take`` removes: a process is in one pair of hands at a time."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, tuple[UUID, Process]] = OrderedDict()
        self._lock = Lock()

    def take(self, instance_id: UUID, stamp: UUID) -> Process | None:
        """The process of this stamp. One of another stamp stays: whoever asks may be the one who is late."""
        with self._lock:
            kept = self._kept.get(instance_id)
            return self._kept.pop(instance_id)[1] if kept and kept[0] == stamp else None

    def give_back(self, instance_id: UUID, stamp: UUID, process: Process) -> None:
        """Put a process that was only read; one that a command has put meanwhile is newer."""
        with self._lock:
            self._kept.setdefault(instance_id, (stamp, process))

    def put(self, instance_id: UUID, stamp: UUID, process: Process, *, ended: bool) -> None:
        """Put a process that a command has moved on. One that has ended may be looked at once more, and is the first to go."""
        with self._lock:
            self._kept[instance_id] = stamp, process
            self._kept.move_to_end(instance_id, last=not ended)
            while len(self._kept) > CAPACITY:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


cache = _Cache()


def lock(session: Session, instance_id: UUID) -> Instance:
    """Read an instance anew and hold it until the unit of work ends. Raises NotFoundError."""
    return _locked(session, _LOCK, instance_id)


def lock_of_task(session: Session, task_id: UUID) -> Instance:
    """Lock the instance of a task, as ``lock`` does. Raises NotFoundError."""
    return _locked(session, _LOCK_OF_TASK, task_id)


_LOCK = Rows(Instance, Instance.id == bindparam("id"), lock=True)
_OF_TASK = select(Task.instance_id).where(Task.id == bindparam("id")).scalar_subquery()
_LOCK_OF_TASK = Rows(Instance, Instance.id == _OF_TASK, lock=True)


def _locked(session: Session, query: Rows[Instance], id_: UUID) -> Instance:
    instance = query.first(session, id=id_)
    if instance is None:
        raise NotFoundError
    session.info.setdefault("locked", set()).add(instance.id)
    return instance


def require_running(instance: Instance) -> None:
    """Raise InstanceEndedError or InstanceSuspendedError unless commands are taken."""
    if instance.ended_at is not None:
        raise InstanceEndedError
    if instance.is_stopped:
        raise InstanceSuspendedError


def new(session: Session, instance: Instance) -> Process:
    """A process that has not started yet."""
    definition = definitions.engine_definition(session, instance.definition_id)
    return Process(definition, zone=clock.zone())


@contextmanager
def running(session: Session, instance: Instance, process: Process | None = None) -> Iterator[Process]:
    """Lend the process of a locked instance to one command, and store what it has become."""
    here: dict[UUID, Process] = session.info.setdefault("processes", {})
    process = process or here.pop(instance.id, None) or cache.take(instance.id, instance.stamp) or load(session, instance)
    process.calendars = lambda name: calendars.all(session).get(name)  # read where a step asks for one
    process.members = partial(_members, session, instance)
    yield process
    process.rest()
    instance.state, instance.stamp, instance.active = process.save(), uuid4(), process.active
    _hold(session, instance, process)


def _members(session: Session, instance: Instance, role: str, unit: str, city: str | None) -> list[str]:
    """Who plays a role in a unit; a function that no city makes definite is that of the case's city."""
    if city is None:
        order = session.scalar(select(WorkOrder).where(WorkOrder.instance_id == instance.id))
        city = assigning.city_of(session, order, instance.started_by)
    return assigning.members(session, role, unit, city)


def _hold(session: Session, instance: Instance, process: Process) -> None:
    """Have the process at hand for the rest of this unit, and in the cache when it has been committed."""
    session.info.setdefault("processes", {})[instance.id] = process
    if instance.id not in session.info.setdefault("to_keep", set()):
        session.info["to_keep"].add(instance.id)
        after_commit(session, lambda: _keep(session, instance))


def _keep(session: Session, instance: Instance) -> None:
    process = session.info["processes"].get(instance.id)
    if process is not None:
        cache.put(instance.id, instance.stamp, process, ended=instance.ended_at is not None)


def load(session: Session, instance: Instance) -> Process:
    """Build the process from its stored state."""
    definition = definitions.engine_definition(session, instance.definition_id)
    return Process.load(definition, _saved(session, instance), zone=clock.zone())


_SAVED = Prepared(select(Instance.__table__.c.state).where(Instance.__table__.c.id == bindparam("id")))


def _saved(session: Session, instance: Instance) -> bytes:
    """The state of an instance, which is read only when it is asked for."""
    if "state" not in vars(instance):
        [row] = _SAVED.rows(session, {"id": instance.id})
        set_committed_value(instance, "state", row["state"])
    return instance.state


def look(session: Session, instance: Instance, read: Callable[[Process], Data]) -> Data:
    """A copy of what ``read`` finds in a process: in that of this unit's commands, else in the cached one, lent so long, else anew."""
    here: dict[UUID, Process] = session.info.get("processes", {})
    process = here.get(instance.id) or cache.take(instance.id, instance.stamp) or load(session, instance)
    if instance.id in session.info.get("locked", ()):
        _hold(session, instance, process)
    found: Data = plain(read(process))
    if instance.id not in session.info.get("processes", {}) and instance.ended_at is None:
        cache.give_back(instance.id, instance.stamp, process)
    return found
