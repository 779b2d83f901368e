"""Work orders: their numbers, lists, states, remarks and files."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bpm import access, attachments, clock, contacts, org, workorders
from bpm.access import CUSTOMER, Actor
from bpm.attachments import ATTACHMENT_LIMIT, AttachmentRefusedError
from bpm.errors import NotFoundError
from bpm.models.database import unit_of_work
from bpm.models.work_item import WorkItem
from bpm.models.work_order import Pause, WorkOrder
from bpm.paging import CursorError
from bpm.workorders import STATUTORY, NewOrder, OrderFilters
from tests.bpm import organisation
from tests.bpm.organisation import NOW

KIND: Any = SimpleNamespace(key="complaint")
DAY = timedelta(days=1)


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    clock.set_zone("Asia/Shanghai")
    with unit_of_work() as opened:
        organisation.found(opened)
        yield opened


def actor(session: Session, login: str) -> Actor:
    return access.actor_of(org.find_user(session, login))


def complain(session: Session, title: str = "电梯里没有信号", city: str = "JN", now: Any = NOW, **columns: Any) -> WorkOrder:
    order = workorders.create(session, NewOrder(type="COMPLAINT", channel="PHONE_1860", title=title, city=city), KIND, now)
    for name, value in columns.items():
        setattr(order, name, value)
    session.flush()
    return order


def listed(session: Session, login: str = "manager", **filters: Any) -> list[str]:
    return [order.title for order in workorders.page(session, actor(session, login), OrderFilters(**filters), NOW).items]


class TestNumbers:
    def test_each_city_counts_its_own_day_in_its_own_time(self, session: Session) -> None:
        numbers = [complain(session, city=city).number for city in ("JN", "JN", "QD", "JN")]
        assert numbers == ["SD-JN-20261124-000001", "SD-JN-20261124-000002", "SD-QD-20261124-000001", "SD-JN-20261124-000003"]
        midnight = NOW.replace(hour=16, minute=0)  # in China it is tomorrow
        assert complain(session, now=midnight).number == "SD-JN-20261125-000001"

    def test_two_at_the_same_moment_have_two_numbers(self, database: Engine) -> None:
        with unit_of_work() as session:
            organisation.found(session)
        barrier, told = Barrier(4), []

        def take() -> None:
            barrier.wait()
            try:
                with unit_of_work() as session:
                    told.append(complain(session).number)
            except Exception as error:  # noqa: BLE001 -- whatever it is, the test tells it
                told.append(repr(error))

        threads = [Thread(target=take) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(told) == [f"SD-JN-20261124-00000{serial}" for serial in (1, 2, 3, 4)]

    def test_the_private_link_cannot_be_guessed_and_finds_one_order(self, session: Session) -> None:
        orders = [complain(session) for _ in range(20)]
        assert len({order.token for order in orders}) == 20
        assert all(len(order.token) >= 26 for order in orders)
        assert workorders.by_token(session, orders[3].token) is orders[3]
        with pytest.raises(NotFoundError):
            workorders.by_token(session, orders[3].token[:-1])


class TestLists:
    def test_the_newest_first_each_once_while_new_ones_come(self, session: Session) -> None:
        for minute in range(11):
            complain(session, f"第 {minute} 件", now=NOW + timedelta(minutes=minute // 2))
        seen: list[str] = []
        cursor = None
        while True:
            page = workorders.page(session, actor(session, "manager"), OrderFilters(), NOW, cursor, limit=3)
            seen += [order.number for order in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
            complain(session, "更新的", now=NOW + DAY)
        times = [workorders.by_number(session, number, actor(session, "manager")).created_at for number in seen]
        assert len(seen) == len(set(seen)) == 11
        assert times == sorted(times, reverse=True)

    def test_a_cursor_that_was_not_made_here_is_refused(self, session: Session) -> None:
        with pytest.raises(CursorError):
            workorders.page(session, actor(session, "manager"), OrderFilters(), NOW, "nonsense")

    def test_what_is_late_and_what_is_not_are_all_there_is(self, session: Session) -> None:
        complain(session, "超时", due_at=NOW - DAY)
        complain(session, "及时", due_at=NOW + DAY)
        complain(session, "没有时限")
        complain(session, "已答复", due_at=NOW - DAY, answered_at=NOW)
        complain(session, "已办结", due_at=NOW - DAY, state="CLOSED")
        complain(session, "挂起", due_at=NOW - DAY, paused_at=NOW - 2 * DAY)
        assert listed(session, late=True) == ["超时"]
        assert sorted(listed(session, late=False)) == ["及时", "已办结", "已答复", "挂起", "没有时限"]
        assert len(listed(session)) == 6

    def test_late_is_whatever_has_one_clock_that_is_over_as_its_page_shows_it(self, session: Session) -> None:
        def step(order: WorkOrder, **columns: Any) -> None:
            task = organisation.task(session, order, "JN-NET-1", "HANDLER")
            task.due_at = NOW - timedelta(minutes=1)
            for name, value in columns.items():
                setattr(task, name, value)
            session.flush()

        step(complain(session, "本步超时", due_at=NOW + DAY))
        step(complain(session, "已答复，回访超时", answered_at=NOW))
        step(complain(session, "本步及时"), due_at=NOW + DAY)
        step(complain(session, "办完的那步超时过"), status="completed")
        step(complain(session, "本步挂起", state="SUSPENDED", paused_at=NOW), status="suspended", paused_at=NOW - DAY)
        step(complain(session, "已归档", state="ARCHIVED", closed_at=NOW))
        complain(session, "法定超时", statutory_due_at=NOW - DAY)
        complain(session, "法定时限停着", statutory_due_at=NOW - DAY, state="SUSPENDED")
        complain(session, "法定时限内已答复", statutory_due_at=NOW - DAY, answered_at=NOW - 2 * DAY)
        late = {"本步超时", "已答复，回访超时", "法定超时"}
        assert set(listed(session, late=True)) == late
        assert set(listed(session, late=False)) == set(listed(session)) - late
        assert len(listed(session)) == 9

    def test_by_state_unit_city_level_class_and_words(self, session: Session) -> None:
        complain(
            session, "电梯", state="IN_PROGRESS", current_unit="JN-NET-1", level="L1", class_code="01010102", contact_phone="13811112222"
        )
        complain(session, "资费", state="CLOSED", current_unit="JN-FRONT", level="L3", class_code="02010101")
        complain(session, "青岛", city="QD")
        for filters in (
            {"state": "IN_PROGRESS"},
            {"unit": "JN-NET-1"},
            {"level": "L1"},
            {"class_code": "0101"},
            {"q": "1381111"},
            {"q": "138****2222"},
            {"q": "梯"},
        ):
            assert listed(session, **filters) == ["电梯"], filters
        assert listed(session, city="QD") == ["青岛"]
        assert listed(session, q="%") == listed(session), "a percent sign is no joker"
        assert sorted(listed(session, open_only=True)) == ["电梯", "青岛"]

    def test_at_a_unit_lies_what_is_with_it_or_below_it_and_not_closed(self, session: Session) -> None:
        complain(session, "班组的", current_unit="JN-NET-1")
        complain(session, "部门的", current_unit="JN-NET")
        complain(session, "办结的", current_unit="JN-NET-1", state="CLOSED")
        complain(session, "前台的", current_unit="JN-FRONT")
        assert sorted(listed(session, at="JN-NET")) == ["班组的", "部门的"]
        assert listed(session, at="JN-NET-1") == ["班组的"]
        assert sorted(listed(session, at="JN")) == ["前台的", "班组的", "部门的"]
        assert sorted(listed(session, "head", at="JN")) == [], "nobody sees more than before"
        assert listed(session, at="NOWHERE") == []

    def test_one_finds_what_one_may_see(self, session: Session) -> None:
        mine, other = complain(session, "济南的"), complain(session, "青岛的", city="QD")
        assert listed(session, "agent") == ["济南的"]
        assert workorders.by_number(session, mine.number, actor(session, "agent")) is mine
        for number in (other.number, "SD-JN-19990101-000001", ""):
            with pytest.raises(NotFoundError):
                workorders.by_number(session, number, actor(session, "agent"))

    def test_the_history_of_a_customer_by_either_number(self, session: Session) -> None:
        complain(session, "以前", customer_number="13800000001", now=NOW - DAY)
        complain(session, "联系电话", contact_phone="13800000001")
        complain(session, "别人", customer_number="13900000009", contact_phone="13900000009")
        complain(session, "没有号码")
        agent = actor(session, "agent")
        assert [order.title for order in workorders.history(session, agent, "13800000001")] == ["联系电话", "以前"]
        assert workorders.history(session, agent, None, None) == []

    def test_of_what_one_may_not_see_of_a_customer_one_is_told_the_number(self, session: Session) -> None:
        for city in ("QD", "QD", "JN"):
            complain(session, "断网", city=city, customer_number="13800000001")
        agent = actor(session, "agent")
        assert len(workorders.history(session, agent, "13800000001")) == 1
        assert workorders.open_elsewhere(session, agent, "13800000001") == 2


class TestStates:
    def statutory(self, session: Session, order: WorkOrder) -> WorkItem:
        return session.scalars(select(WorkItem).where(WorkItem.key == f"statutory:{order.id}")).one()

    def test_the_law_gives_fifteen_days_from_the_complaint_until_the_answer(self, session: Session) -> None:
        order = complain(session)
        assert order.statutory_due_at == NOW + STATUTORY
        assert self.statutory(session, order).state == "waiting"
        workorders.enter_state(session, order, "ANSWERED", NOW + DAY)
        assert (order.state, order.answered_at) == ("ANSWERED", NOW + DAY)
        session.expire_all()
        assert self.statutory(session, order).state == "cancelled"

    @pytest.mark.parametrize("state", sorted(workorders.CLOSED_STATES))
    def test_what_is_closed_keeps_the_moment_of_its_first_closing(self, session: Session, state: str) -> None:
        order = complain(session)
        workorders.enter_state(session, order, state, NOW + DAY)
        workorders.enter_state(session, order, "ARCHIVED", NOW + 5 * DAY)
        assert (order.state, order.closed_at) == ("ARCHIVED", NOW + DAY)

    def test_solved_on_the_spot_the_customer_has_his_answer(self, session: Session) -> None:
        order = complain(session, due_at=NOW + DAY)
        workorders.enter_state(session, order, "ON_SPOT_DONE", NOW)
        session.flush()
        assert order.answered_at == NOW
        assert session.scalars(select(WorkItem.state).where(WorkItem.kind == "statutory")).all() == ["cancelled"]
        later = workorders.page(session, actor(session, "manager"), OrderFilters(late=True), NOW + 2 * DAY)
        assert later.items == []

    def test_reopened_it_counts_again_from_the_first_tier(self, session: Session) -> None:
        order = complain(session, escalation_tier=3)
        workorders.enter_state(session, order, "ANSWERED", NOW)
        workorders.enter_state(session, order, "CLOSED", NOW)
        workorders.enter_state(session, order, "REOPENED", NOW + DAY)
        assert (order.reopen_count, order.escalation_tier, order.answered_at, order.closed_at) == (1, 0, None, None)
        session.expire_all()
        assert self.statutory(session, order).state == "waiting"

    def test_reopened_by_the_return_visit_its_clocks_begin_anew_as_if_the_customer_had_asked(self, session: Session) -> None:
        order = complain(session, calendar="CAL-247", due_at=NOW + DAY)
        workorders.enter_state(session, order, "ANSWERED", NOW + DAY / 2)
        workorders.enter_state(session, order, "REOPENED", NOW + 3 * DAY)
        session.flush()
        assert order.due_at == NOW + 3.5 * DAY
        assert order.statutory_due_at == NOW + 3 * DAY + STATUTORY
        pause = session.scalars(select(Pause).where(Pause.order_id == order.id)).one()
        assert (pause.reason, pause.since, pause.ended_at) == ("CLOSED", NOW + DAY / 2, NOW + 3 * DAY)

    def test_on_hold_it_stays_on_hold_and_knows_where_it_goes_on(self, session: Session) -> None:
        order = complain(session, state="SUSPENDED", state_before="IN_PROGRESS")
        workorders.enter_state(session, order, "UNDER_CHECK", NOW)
        assert (order.state, order.state_before) == ("SUSPENDED", "UNDER_CHECK")

    def test_a_tier_never_falls_by_itself(self, session: Session) -> None:
        order = complain(session)
        for tier in (2, 1, 3, 0):
            workorders.raise_tier(order, tier)
        assert order.escalation_tier == 3

    def test_columns_follow_the_variables_of_the_process(self, session: Session) -> None:
        order = complain(session)
        columns = {"title": "title", "total_minutes": "limits.total", "calendar": "limits.calendar", "level": "nowhere.to.be.found"}
        workorders.refresh(session, order, {"title": "改过的", "limits": {"total": 600.0, "calendar": "CAL-247"}}, columns, NOW)
        assert (order.title, order.total_minutes, order.level) == ("改过的", 600.0, None)
        assert order.due_at == NOW + timedelta(minutes=600)

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("level", ["L1"]),
            ("level", 3),
            ("grade", {"code": "GOLD"}),
            ("grade_pending", "yes"),
            ("satisfaction", "good"),
            ("satisfaction", 10**12),
            ("total_minutes", -5),
            ("total_minutes", 1e300),
            ("answer_text", True),
            ("calendar", "CAL-MOON"),
        ],
    )
    def test_what_no_column_can_hold_does_not_stop_the_case(self, session: Session, column: str, value: Any) -> None:
        order = complain(session, level="L2", grade="SILVER")
        workorders.refresh(session, order, {"worked_out": value, "title": "改过的"}, {column: "worked_out", "title": "title"}, NOW)
        session.flush()
        session.expire_all()
        assert (order.title, order.level, order.grade) == ("改过的", "L2", "SILVER")
        assert (order.satisfaction, order.due_at, order.calendar) == (None, None, None)


class TestRemarks:
    def test_what_the_staff_note_the_customer_does_not_read(self, session: Session) -> None:
        order = complain(session)
        contacts.add(session, order, "complaint", "没有信号", NOW)
        contacts.note(session, order, "客户态度激动", actor(session, "agent"), NOW + DAY)
        assert [contact.text for contact in contacts.of_order(session, order)] == ["没有信号", "客户态度激动"]
        assert [contact.text for contact in contacts.of_order(session, order, public_only=True)] == ["没有信号"]


class TestFiles:
    @pytest.mark.parametrize(
        "name", ["virus.exe", "page.html", "picture.svg", "script.js", "no-ending", "pdf", ".pdf.exe", "archive.zip", ""]
    )
    def test_what_is_no_document_picture_or_recording_is_refused(self, session: Session, name: str) -> None:
        with pytest.raises(AttachmentRefusedError) as refused:
            attachments.attach(session, complain(session), name, b"x", NOW)
        assert "20 MB" in str(refused.value)

    def test_what_is_too_large_is_refused(self, session: Session) -> None:
        order = complain(session)
        attachments.attach(session, order, "ok.pdf", bytes(ATTACHMENT_LIMIT), NOW)
        with pytest.raises(AttachmentRefusedError):
            attachments.attach(session, order, "big.pdf", bytes(ATTACHMENT_LIMIT + 1), NOW)

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("账单.PDF", "账单.PDF"),
            ("../../etc/passwd.txt", "passwd.txt"),
            ("C:\\Users\\a\\录音.mp3", "录音.mp3"),
            ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
            ("照片\0.jpg", "照片.jpg"),
            ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
        ],
    )
    def test_a_name_is_a_name_and_no_path(self, session: Session, given: str, kept: str) -> None:
        order = complain(session)
        attachments.attach(session, order, given, b"%PDF", NOW, actor=CUSTOMER)
        session.flush()
        (found,) = attachments.of_order(session, order)
        assert found.name == kept
        assert (found.by_customer, found.size) == (True, 4)

    def test_a_file_belongs_to_one_order(self, session: Session) -> None:
        order, other = complain(session), complain(session)
        file = attachments.attach(session, order, "a.pdf", b"x", NOW)
        session.flush()
        assert attachments.get(session, order, file.id) is file
        for asked, id_ in ((other, file.id), (order, uuid4())):
            with pytest.raises(NotFoundError):
                attachments.get(session, asked, id_)
