"""The replay itself: the demo clock goes from one event to the next, as the complaints arrive and the staff act."""

import heapq
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import IO, Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from bpm import access, clock, intake, org, work_items
from bpm.access import CUSTOMER, Actor
from bpm.clockwork.embedded import Embedded
from bpm.errors import N_, BatonError, ConflictError
from bpm.models.database import unit_of_work
from bpm.models.task import OPEN, WORKABLE, HandOver, Task
from bpm.models.work_order import WorkOrder
from bpm.replay import staff
from bpm.replay.cases import Arrival, arrivals
from bpm.workorders import CLOSED_STATES

_AGAIN = timedelta(hours=1)
"""When somebody looks again at a task that was on hold or could not be done."""


class ReplayedAlreadyError(ConflictError):
    """The demonstration has reached the present; nobody can come in its past any more."""

    code = "replayed-already"
    sentence = N_("The complaints of this demonstration have passed already. For another number of them begin with an empty data folder.")


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the complaints. ``lost``: acknowledged but not there; ``doubled``: there twice; ``late``: orders with a late step."""

    taken_in: int
    closed: int
    still_open: int
    late: int
    returned: int
    reopened: int
    lost: int
    doubled: int
    seconds: float

    @property
    def cases_per_second(self) -> float:
        """Complaints taken in per second of real time."""
        return self.taken_in / self.seconds if self.seconds else 0.0


class Replay:
    """Takes a number of complaints from arrival to wherever they stand now. A replay that was killed is simply run again."""

    def __init__(
        self, driver: Embedded, folder: Path, count: int, *, weeks: int | None = None, acknowledged: Path | None = None, quiet: bool = False
    ) -> None:
        self._driver = driver
        self._behaviour: dict[str, Any] = json.loads((folder / "behaviour.json").read_text("utf-8"))
        self._until = clock.wall()
        self._arrivals = arrivals(folder, count, self._until, clock.zone(), weeks)
        self._events: list[tuple[datetime, int, str, UUID]] = []
        self._planned: set[UUID] = set()
        self._order = 0
        self._agents: dict[str, Actor] = {}
        self._acknowledged = acknowledged
        self._quiet = quiet

    def run(self) -> Report:
        """Replay until the present moment. The clock is the real one again when this returns.

        Raises ReplayedAlreadyError when a replay of fewer complaints has come to its end here.
        """
        began = perf_counter()
        waiting = self._not_yet_in()
        if 0 < len(waiting) < len(self._arrivals) and clock.now() >= self._until:
            raise ReplayedAlreadyError
        if waiting and len(waiting) == len(self._arrivals):
            self._driver.set_clock(waiting[0].at)
        with self._log() as log:
            total = len(waiting)
            while (moment := self._next(waiting)) is not None and moment < self._until:
                self._go_to(moment)
                while waiting and waiting[0].at <= moment:
                    self._take(waiting.pop(0), log)
                    self._progress(total - len(waiting), total)
                self._act(moment, log)
        self._go_to(self._until)
        self._driver.set_clock(clock.wall())
        return self._report(perf_counter() - began)

    def _not_yet_in(self) -> list[Arrival]:
        with unit_of_work(write=False) as session:
            known = set(session.scalars(select(WorkOrder.external_id).where(WorkOrder.external_id.is_not(None))))
        return [arrival for arrival in self._arrivals if arrival.external_id not in known]

    def _next(self, waiting: list[Arrival]) -> datetime | None:
        """The moment of the next event: an arrival, somebody's act, or something that falls due."""
        self._discover()
        with unit_of_work(write=False) as session:
            due = work_items.next_due(session, clock.wall())
        moments = [waiting[0].at] if waiting else []
        moments += [self._events[0][0]] if self._events else []
        moments += [due] if due is not None else []
        return max(min(moments), clock.now()) if moments else None

    def _go_to(self, moment: datetime) -> None:
        self._driver.advance(max(moment - clock.now(), timedelta(0)))

    def _take(self, arrival: Arrival, log: IO[str] | None) -> None:
        with unit_of_work() as session:
            actor = self._agent(session, arrival.fields["city"]) if arrival.by_phone else CUSTOMER
            order = intake.take(session, arrival.fields, actor, clock.now(), arrival.external_id)
            number = order.number
        _write(log, f"{arrival.external_id} {number}")

    def _agent(self, session: Session, city: str) -> Actor:
        if city not in self._agents:
            desk = org.resolve_unit(session, "FRONT", city)
            people = org.members(session, desk.code, "AGENT") if desk else []
            self._agents[city] = access.actor_of(people[0]) if people else CUSTOMER
        return self._agents[city]

    def _discover(self) -> None:
        """Plan for tasks that were opened since the last look."""
        with unit_of_work(write=False) as session:
            for task_id in session.scalars(select(Task.id).where(Task.status.in_(WORKABLE))):
                if task_id not in self._planned:
                    self._planned.add(task_id)
                    self._plan(session, session.get_one(Task, task_id, options=[joinedload(Task.order)]))

    def _plan(self, session: Session, task: Task) -> None:
        planned = staff.plan(session, task)
        if task.status == "open":
            self._push(planned.claim_at, "claim", task.id)
        self._push(planned.finish_at, "finish", task.id)
        if staff.is_urged(session, task, self._behaviour["urge"]):
            self._push(planned.claim_at, "urge", task.id)

    def _push(self, at: datetime, what: str, task_id: UUID) -> None:
        self._order += 1
        heapq.heappush(self._events, (at, self._order, what, task_id))

    def _act(self, moment: datetime, log: IO[str] | None) -> None:
        """Let everybody act who is to act by now."""
        while self._events and self._events[0][0] <= moment:
            _, _, what, task_id = heapq.heappop(self._events)
            try:
                with unit_of_work() as session:
                    done = self._do(session, what, task_id)
            except BatonError:
                done = False
            if done and what == "finish":
                _write(log, f"task {task_id}")
            self._look_again(what, task_id)

    def _do(self, session: Session, what: str, task_id: UUID) -> bool:
        if what == "urge":
            return staff.urge(session, task_id, clock.now())
        if what == "claim":
            return staff.take(session, task_id, clock.now())
        staff.take(session, task_id, clock.now())
        return staff.finish(session, task_id, self._behaviour, clock.now())

    def _look_again(self, what: str, task_id: UUID) -> None:
        """A task that is still there (on hold, or something was wrong) is done later."""
        if what != "finish":
            return
        with unit_of_work(write=False) as session:
            task = session.get(Task, task_id)
            if task is not None and task.status in OPEN:
                self._push(clock.now() + _AGAIN, "finish", task_id)

    def _log(self) -> "_Log":
        return _Log(self._acknowledged)

    def _progress(self, done: int, total: int) -> None:
        if not self._quiet:
            filled = 40 * done // max(total, 1)
            day = clock.now().astimezone(clock.zone())
            sys.stderr.write(f"\r[{'#' * filled}{'.' * (40 - filled)}] {done}/{total}  {day:%Y-%m-%d %H:%M} ")
            sys.stderr.flush()

    def _report(self, seconds: float) -> Report:
        ids = [arrival.external_id for arrival in self._arrivals]
        with unit_of_work(write=False) as session:
            ours = WorkOrder.external_id.in_(ids)

            def count(*conditions: Any) -> int:
                return session.scalar(select(func.count()).select_from(WorkOrder).where(ours, *conditions)) or 0

            late = session.scalar(
                select(func.count(func.distinct(HandOver.order_id)))
                .join(WorkOrder, HandOver.order_id == WorkOrder.id)
                .where(ours, HandOver.late)
            )
            taken_in, closed = count(), count(WorkOrder.state.in_(CLOSED_STATES))
            titles = session.scalars(select(func.count()).select_from(WorkOrder).where(ours).group_by(WorkOrder.external_id)).all()
            return Report(
                taken_in=taken_in,
                closed=closed,
                still_open=taken_in - closed,
                late=late or 0,
                returned=count(WorkOrder.return_count > 0),
                reopened=count(WorkOrder.reopen_count > 0),
                lost=len(ids) - len(titles),
                doubled=sum(number - 1 for number in titles),
                seconds=seconds,
            )


class _Log:
    """What was acknowledged, kept outside the database: written through to the disk line by line."""

    def __init__(self, path: Path | None) -> None:
        self._file = path.open("a", encoding="utf-8") if path else None

    def __enter__(self) -> IO[str] | None:
        return self._file

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()


def _write(log: IO[str] | None, line: str) -> None:
    if log is not None:
        log.write(line + "\n")
        log.flush()
        os.fsync(log.fileno())


def acknowledged(path: Path) -> Iterator[tuple[str, str]]:
    """Read back what was acknowledged: (external id, number) of orders and ("task", id) of completed tasks."""
    for line in path.read_text("utf-8").splitlines():
        first, _, second = line.partition(" ")
        if second:
            yield first, second
