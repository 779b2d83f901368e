"""A small process, the complaint's own decision tables, and a clock that a test moves: whole cases as those see them who work on them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import access, calendars, definitions, follow_up, inbox, instances, notices, running, work_items, workorders
from bpm.access import SYSTEM, Actor
from bpm.clockwork.handlers import HANDLERS
from bpm.models.calendar import Calendar
from bpm.models.database import unit_of_work
from bpm.models.journal import JournalEntry
from bpm.models.notice import Notice
from bpm.models.org import User
from bpm.models.task import Task
from bpm.models.work_item import WorkItem
from bpm.models.work_order import Contact, WorkOrder
from bpm.web.wording import compile_stale
from bpm.workorders import NewOrder
from tests.bpm import organisation

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE_DAY = [["08:30", "12:00"], ["13:30", "17:30"]]
DRAWN = Path(__file__).parent / "data" / "casework"
TABLES = Path(__file__).parents[2] / "processes" / "complaint"
MONDAY_TEN = datetime(2026, 11, 2, 10, 0, tzinfo=SHANGHAI)


def at(text: str) -> datetime:
    """A moment as the clock on the wall shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def files() -> dict[str, bytes]:
    """The small process with the complaint's tables."""
    tables = ("escalation_ladder", "pause_rule", "priority", "reopen")
    drawn = {str(path.relative_to(DRAWN)): path.read_bytes() for path in DRAWN.rglob("*.*")}
    return drawn | {f"{name}.dmn": (TABLES / f"{name}.dmn").read_bytes() for name in tables}


NOTE = (
    '<bpmn:userTask id="more" name="写进展"><bpmn:extensionElements><baton:assignment role="HANDLER" unit="JN-NET-1" />'
    '<baton:limit minutes="60" calendar="CAL-BIZ" /></bpmn:extensionElements>{flows}</bpmn:userTask>'
)


def behind_an_urge(what: str) -> Callable[[str], str]:
    """A change of the small process: an element ``more`` behind an urge, beside the handling. ``{flows}`` is where its flows go."""
    end = '<bpmn:endEvent id="urge_noted"><bpmn:incoming>u2</bpmn:incoming></bpmn:endEvent>'
    flows = "<bpmn:incoming>u2</bpmn:incoming><bpmn:outgoing>u8</bpmn:outgoing>"
    behind = end.replace("u2", "u8") + '<bpmn:sequenceFlow id="u8" sourceRef="more" targetRef="urge_noted" />'
    return lambda drawn: drawn.replace('targetRef="urge_noted"', 'targetRef="more"').replace(end, what.format(flows=flows) + behind)


class Casework:
    """One complaint and all who have to do with it. Every action is a unit of work of its own, on a process that is loaded afresh."""

    def __init__(self, changed: dict[str, Callable[[str], str]] | None = None) -> None:
        """``changed``: what an analyst has changed in a file, by its name."""
        compile_stale()
        self.now = MONDAY_TEN
        self.number = ""
        with unit_of_work() as session:
            people = organisation.found(session)
            for login, person in people.items():
                person.email = f"{login}@example.org"
            office = Calendar(
                code="CAL-BIZ",
                name="工作时间",
                name_en="Office",
                zone="Asia/Shanghai",
                hours=[OFFICE_DAY] * 5 + [[], []],
                observes_holidays=True,
            )
            calendars.save(session, office)
            drawn = files()
            for name, change in (changed or {}).items():
                drawn[name] = change(drawn[name].decode()).encode()
            definitions.deploy(session, drawn, "analyst", self.now, publish=True)

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """A unit of work on processes that are loaded from their rows."""
        running.cache.clear()
        with unit_of_work() as session:
            yield session

    def complain(
        self, *, level: str = "L3", grade: str = "ORDINARY", limit: float = 240, calendar: str = "CAL-BIZ", **columns: Any
    ) -> None:
        """A customer complains; the task for the network section is open at once."""
        new = NewOrder(
            type="COMPLAINT", channel="PHONE_1860", title="电梯里没有信号", city="JN", first_owner="agent", first_owner_unit="JN-FRONT"
        )
        variables = {"level": level, "grade": grade, "limit": limit, "calendar": calendar, "total_minutes": 2250}
        with self.unit() as session:
            order = workorders.create(session, new, definitions.latest(session, "casework"), self.now)
            for name, value in columns.items():
                setattr(order, name, value)
            instances.start(session, "casework", variables, SYSTEM, self.now, order=order)
            self.number = order.number

    def actor(self, session: Session, login: str) -> Actor:
        """Somebody of the staff."""
        return access.actor_of(session.scalars(select(User).where(User.login == login)).one())

    def do(self, login: str, action: Callable[..., Any], *rest: Any) -> Any:
        """Let somebody do something with the order, now: ``action(session, order, *rest, actor, now)``."""
        with self.unit() as session:
            actor = access.CUSTOMER if login == "customer" else self.actor(session, login)
            return action(session, self.order(session), *rest, actor, self.now)

    def claim(self, login: str) -> None:
        """Somebody of the section takes the task."""
        with self.unit() as session:
            inbox.claim(session, self.task(session).id, self.actor(session, login), self.now)

    def finish(self, login: str) -> None:
        """Whoever has the task completes it; the drawing answers and closes."""
        with self.unit() as session:
            instances.complete_task(session, self.task(session).id, {}, self.actor(session, login), self.now)

    def wait(self, until: str | timedelta) -> None:
        """Let time pass; what falls due on the way happens at its own moment."""
        end = self.now + until if isinstance(until, timedelta) else at(until)
        while self._one(end):
            pass
        self.now = end

    def _one(self, end: datetime) -> bool:
        with self.unit() as session:
            query = select(WorkItem).where(WorkItem.state == "waiting", WorkItem.kind.in_(HANDLERS), WorkItem.due_at <= end)
            item = session.scalars(query.order_by(WorkItem.due_at, WorkItem.created_at)).first()
            if item is None:
                return False
            self.now = max(self.now, item.due_at)
            work_items.finish(item, self.now)
            HANDLERS[item.kind](session, item, self.now)
        return True

    def order(self, session: Session) -> WorkOrder:
        return session.scalars(select(WorkOrder).where(WorkOrder.number == self.number)).one()

    def task(self, session: Session) -> Task:
        """The task that was opened last."""
        return session.scalars(select(Task).order_by(Task.created_at.desc())).first()

    @property
    def case(self) -> WorkOrder:
        """The order as it stands."""
        with unit_of_work(write=False) as session:
            order = self.order(session)
            session.expunge(order)
            return order

    @property
    def step(self) -> Task:
        """The newest task as it stands."""
        with unit_of_work(write=False) as session:
            task = self.task(session)
            session.expunge(task)
            return task

    def told(self, login: str, kind: str | None = None, language: str = "en") -> list[str]:
        """The sentences that somebody was told, oldest first, as a reader of this language reads them."""
        with unit_of_work(write=False) as session:
            query = select(Notice).join(User, User.id == Notice.user_id).where(User.login == login).order_by(Notice.created_at)
            return [notices.sentence(row, language) for row in session.scalars(query) if kind in (None, row.kind)]

    def contacts(self, kind: str) -> list[Contact]:
        """What was said to or by the customer."""
        with unit_of_work(write=False) as session:
            return list(session.scalars(select(Contact).where(Contact.kind == kind).order_by(Contact.at)))

    def journal(self, kind: str) -> list[JournalEntry]:
        """What the journal says of one kind of event."""
        with unit_of_work(write=False) as session:
            return list(session.scalars(select(JournalEntry).where(JournalEntry.kind == kind).order_by(JournalEntry.seq)))

    def items(self, kind: str) -> list[WorkItem]:
        """The work items of a kind that wait."""
        with unit_of_work(write=False) as session:
            return list(session.scalars(select(WorkItem).where(WorkItem.kind == kind, WorkItem.state == "waiting")))


def local(moment: datetime | None) -> str:
    """A moment as the clock on the wall shows it."""
    return "" if moment is None else moment.astimezone(UTC).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def two_units_at_work() -> Casework:
    """An order that its handler has in hand; an urge has brought a second unit a task, which waits to be claimed."""
    desk = Casework({"casework.bpmn": behind_an_urge(NOTE.replace("JN-NET-1", "QD-NET"))})
    desk.complain()
    desk.claim("handler")
    desk.wait("2026-11-02 10:10")
    desk.do("customer", follow_up.urge, "第一次")
    return desk
