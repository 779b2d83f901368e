"""The driver for one process: APScheduler ticks, the rows say what is due. Nothing is kept in memory that a kill could lose."""

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Lock, RLock
from uuid import UUID

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.orm import Session

from bpm import caller, clock, work_items
from bpm.clockwork.driver import Driver
from bpm.clockwork.handlers import HANDLERS, OUTSIDE, give_up
from bpm.connecting import Registry
from bpm.errors import N_, BatonError, ConflictError
from bpm.models.database import after_commit, unit_of_work
from bpm.models.faults import DatabaseBusyError, DatabaseUnreachableError, DiskFullError
from bpm.models.setting import Setting
from bpm.models.work_item import WorkItem
from bpm.work_items import Health

OFFSET = "clock-offset"
TRIES = 5
"""Tries of an item that fails inside Baton, before an incident stands."""

BACK_OFF = timedelta(seconds=2)
_TOGETHER = 0.05
"""Seconds of items that share a commit: so long others who write may have to wait."""

_ANSWER_WAITS = 1.0
"""Seconds after which an answer that the database could not take is brought to it again."""

_CALLERS = 4
_log = logging.getLogger(__name__)
logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns at each tick that finds the last one still running


class ClockBusyError(ConflictError):
    """The demo clock is being moved already."""

    code = "clock-busy"
    sentence = N_("The demo clock is being moved already. Wait until it stands.")


@dataclass(frozen=True, slots=True)
class Advanced:
    """Where the demo clock stands now, and how many items were carried out on the way."""

    now: datetime
    fired: int


class Embedded(Driver):
    """Looks for due items every second and whenever it is nudged. Connector calls go out from a few threads of their own."""

    def __init__(self, registry: Registry, *, tick: float = 1.0) -> None:
        self._registry = registry
        self._tick = tick
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._pool = ThreadPoolExecutor(_CALLERS, thread_name_prefix="caller")
        self._calls: set[Future[None]] = set()
        self._turn = RLock()  # one hand on the queue at a time: the ticker's, or the demo clock's
        self._advancing = Lock()
        self._stopping = Event()

    def start(self) -> None:
        """Begin to look for work."""
        work_items.on_due(self.nudge)
        every = {"seconds": self._tick, "max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        self._scheduler.add_job(self._run_quietly, "interval", id="tick", **every)
        self._scheduler.start()

    def stop(self) -> None:
        """Finish the items in hand, and look no more."""
        self._stopping.set()
        work_items.on_due(None)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        self._pool.shutdown(wait=True)

    def nudge(self) -> None:
        """Look now instead of at the next tick."""
        if self._scheduler.running and not self._stopping.is_set():
            self._scheduler.modify_job("tick", next_run_time=clock.wall())

    def health(self) -> Health:
        """How the queue stands."""
        with unit_of_work(write=False) as session:
            return work_items.health(session)

    def _run_quietly(self) -> None:
        """One tick: an exception here must not end the ticking."""
        try:
            self.run_due()
        except BatonError as error:
            _log.warning("the queue could not be read: %s", error.code)

    def run_due(self) -> int:
        """Carry out everything that is due now, oldest first; calls are handed to their threads. Returns how many items.

        What waits for somebody's command is left to the next look.
        """
        done = 0
        with self._turn:
            while not self._stopping.is_set() and (some := self._run_together()):
                done += some
        return done

    def _run_together(self) -> int:
        """Carry out the next items in one unit of work. Where one of them fails none has happened: then each gets one of its own."""
        calls: list[caller.Prepared] = []
        done, long_enough = 0, time.monotonic() + _TOGETHER
        try:
            with unit_of_work() as session:
                while not self._stopping.is_set() and (item := self._claim(session)) is not None:
                    self._begin(session, item, calls)
                    done += 1
                    if time.monotonic() > long_enough:
                        break
        except Exception:  # noqa: BLE001 -- which of them it was, and what is to be done about it, is found out one by one
            return sum(self._run_alone() for _ in range(done + 1))
        self._send(calls)
        return done

    def _run_alone(self) -> bool:
        """Carry out the next item by itself: where it fails, it is put off and the next one's turn comes."""
        calls: list[caller.Prepared] = []
        error: Exception | None = None
        with unit_of_work() as session:
            item = self._claim(session)
            if item is None:
                return False
            item_id, lease = item.id, item.lease
            try:
                with session.begin_nested():
                    self._begin(session, item, calls)
            except Exception as failed:  # noqa: BLE001 -- whatever went wrong inside becomes a retry, then an incident
                session.info.pop("processes", None)
                session.info.pop("after_commit", None)
                error = failed
        self._send(calls)
        if error is not None:
            self._put_off(item_id, lease, error)
        return True

    def _claim(self, session: Session) -> WorkItem | None:
        """Take the next item. The demo clock passes over none: each has its own moment."""
        return work_items.claim(session, clock.now(), clock.wall(), waits=self._advancing.locked())

    @staticmethod
    def _begin(session: Session, item: WorkItem, calls: list[caller.Prepared]) -> None:
        """Let an item have its effect; one that calls the outside is only made ready here."""
        if item.kind in OUTSIDE:
            calls.append(caller.prepare(item))
        else:
            work_items.finish(item, clock.now())
            HANDLERS[item.kind](session, item, clock.now())

    def _send(self, calls: Sequence[caller.Prepared]) -> None:
        for prepared in calls:
            future = self._pool.submit(self._call, prepared)
            self._calls.add(future)
            future.add_done_callback(self._calls.discard)

    def _put_off(self, item_id: UUID, lease: UUID | None, error: Exception) -> None:
        """Try again later, or after the last try let a person know."""
        _log.error("work item failed", exc_info=error)
        ours = error if isinstance(error, BatonError) else None
        message = str(ours or type(error).__name__)
        with unit_of_work() as session:
            item = work_items.still_mine(session, item_id, lease)
            if item is None:
                return
            now = clock.now()
            if item.attempts + 1 < TRIES:
                work_items.postpone(item, now + BACK_OFF * 2**item.attempts, message)
                return
            work_items.fail(item, message)
            give_up(session, item, ours, now)

    def _call(self, prepared: caller.Prepared) -> None:
        """Call the outside with no transaction open, then let the answer have its effect. It waits for a database that is away.

        Where that is longer than its lease, or ends with this process, the outside is called again with the same key.
        """
        outcome = caller.perform(self._registry, prepared)
        until = clock.wall() + work_items.LEASE
        while not self._settle(prepared, outcome):
            if clock.wall() > until or self._stopping.wait(_ANSWER_WAITS):
                return

    def _settle(self, prepared: caller.Prepared, outcome: caller.Outcome) -> bool:
        """Take an answer in. False where the database cannot at the moment."""
        try:
            with unit_of_work() as session:
                item = work_items.still_mine(session, prepared.item_id, prepared.lease)
                if item is not None:
                    caller.settle(session, self._registry, item, outcome, clock.now())
                    after_commit(session, self.nudge)
        except (DatabaseBusyError, DatabaseUnreachableError, DiskFullError) as error:
            _log.warning("an answer waits for the database: %s", error.code)
            return False
        except Exception as error:  # noqa: BLE001 -- the answer could not be taken in: the item is tried again with the same key
            self._put_off(prepared.item_id, prepared.lease, error)
        return True

    def advance(self, delta: timedelta) -> Advanced:
        """Move the demo clock: each item that falls due on the way is carried out at its own moment, in order.

        Returns when all is quiet. Raises ClockBusyError while another advance runs.
        """
        if not self._advancing.acquire(blocking=False):
            raise ClockBusyError
        try:
            with self._turn:
                return self._advance(clock.now() + delta, moving=bool(delta))
        finally:
            self._advancing.release()

    def _advance(self, target: datetime, *, moving: bool) -> Advanced:
        fired = self._until_quiet()
        while moving and not self._stopping.is_set():
            with unit_of_work(write=False) as session:
                due = work_items.next_due(session, clock.wall())
            if due is None or due > target:
                break
            self.set_clock(max(due, clock.now()))
            fired += self._until_quiet()
        if moving and target > clock.now():
            self.set_clock(target)
            fired += self._until_quiet()
        return Advanced(clock.now(), fired)

    def _until_quiet(self) -> int:
        """Carry out what is due, and what that makes due, until nothing is left and no call is out."""
        fired = 0
        while True:
            done = self.run_due()
            fired += done
            calls = list(self._calls)
            wait(calls)
            if not done and not calls:
                return fired

    @staticmethod
    def set_clock(moment: datetime) -> None:
        """Put the clock at a moment, also for whoever starts after a kill."""
        offset = moment - clock.wall()
        with unit_of_work() as session:
            session.merge(Setting(key=OFFSET, value=str(offset.total_seconds())))
        clock.set_offset(offset)
