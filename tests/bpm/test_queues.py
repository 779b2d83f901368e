"""Who finds which tasks in which list, in which order, while others go on working."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bpm import access, org, queues
from bpm.access import Actor
from bpm.models.database import unit_of_work
from bpm.models.org import Unit
from bpm.models.task import NO_LIMIT, Task
from bpm.paging import CursorError, cursor_of
from bpm.queues import COUNT_LIMIT, TaskFilters, UnknownSortError
from tests.bpm import organisation
from tests.bpm.organisation import NOW

ALL = TaskFilters()


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    with unit_of_work() as opened:
        organisation.found(opened)
        yield opened


def actor(session: Session, login: str) -> Actor:
    return access.actor_of(org.find_user(session, login))


def put(session: Session, title: str = "电梯里没有信号", unit: str = "JN-NET-1", role: str = "HANDLER", **columns: Any) -> Task:
    """A task of an order with this title; ``for_`` is the login of whoever has it, ``due`` minutes from now."""
    person, due, order = columns.pop("for_", None), columns.pop("due", None), columns.pop("order", {})
    case = organisation.order(session, **order)
    case.title = title
    assignee = org.find_user(session, person).id if person else None
    task = organisation.task(session, case, unit, role, assignee, columns.pop("status", "claimed" if person else "open"))
    task.due_at = None if due is None else NOW + timedelta(minutes=due)
    task.rank_at = task.due_at or NO_LIMIT
    for name, value in columns.items():
        setattr(task, name, value)
    session.flush()
    return task


def titles(session: Session, login: str, view: queues.View, filters: TaskFilters = ALL, **how: Any) -> list[str]:
    page = queues.page(session, actor(session, login), view, filters, NOW, **how)
    return [task.order.title for task in page.items if task.order]


class TestViews:
    def test_what_nobody_has_lies_in_the_queue_and_what_somebody_has_in_his_list(self, session: Session) -> None:
        put(session, "谁都没接")
        put(session, "张伟的", for_="handler")
        put(session, "指名给张伟", for_="handler", status="open")
        put(session, "青岛的", unit="QD-NET")
        put(session, "前台的", unit="JN-FRONT", role="AGENT")
        assert titles(session, "handler", "unit") == ["谁都没接"]
        assert titles(session, "colleague", "unit") == ["谁都没接"]
        assert sorted(titles(session, "handler", "mine")) == ["张伟的", "指名给张伟"]
        assert titles(session, "colleague", "mine") == []
        assert sorted(titles(session, "admin", "all")) == ["前台的", "张伟的", "指名给张伟", "谁都没接", "青岛的"]

    def test_a_head_sees_what_his_people_have_and_not_the_neighbours(self, session: Session) -> None:
        put(session, "张伟的", for_="handler")
        put(session, "青岛的", unit="QD-NET", for_="handler-qd")
        assert titles(session, "head", "led") == ["张伟的"]
        assert titles(session, "head", "all") == ["张伟的"]
        assert titles(session, "handler", "led") == []

    def test_whoever_leads_hundreds_of_units_has_his_lists_too(self, session: Session) -> None:
        above = org.unit(session, "JN-NET-1")
        for number in range(300):
            each = Unit(code=f"JN-NET-1-{number}", name="小组", name_en="Team", kind="SECTION", parent_id=above.id, city=above.city)
            session.add(each)
        put(session, "张伟的", for_="handler")
        put(session, "小组的", unit="JN-NET-1-299")
        assert sorted(titles(session, "head", "led")) == ["小组的", "张伟的"]
        assert queues.counts(session, actor(session, "head"), NOW)["led"] == 2

    def test_four_eyes_whoever_may_not_do_it_does_not_find_it_in_the_queue(self, session: Session) -> None:
        handler = org.find_user(session, "handler").id
        put(session, "要另一个人", excluded=f" {handler} ")
        assert titles(session, "handler", "unit") == []
        assert titles(session, "colleague", "unit") == ["要另一个人"]
        assert queues.counts(session, actor(session, "handler"), NOW)["unit"] == 0
        assert queues.first_free(session, actor(session, "handler"), NOW) is None

    def test_what_is_done_moves_to_what_one_has_done(self, session: Session) -> None:
        task = put(session, "办完了", for_="handler", status="completed")
        task.completed_by_id = task.assignee_id
        session.flush()
        assert titles(session, "handler", "mine") == []
        assert titles(session, "handler", "done") == ["办完了"]
        assert titles(session, "colleague", "done") == []

    def test_what_is_on_hold_is_still_ones_own(self, session: Session) -> None:
        put(session, "挂起的", for_="handler", status="suspended")
        assert titles(session, "handler", "mine") == ["挂起的"]
        assert titles(session, "handler", "mine", TaskFilters(status="claimed")) == []
        assert queues.counts(session, actor(session, "handler"), NOW)["suspended"] == 1

    def test_somebody_without_a_unit_has_an_empty_queue(self, session: Session) -> None:
        put(session)
        nobody = actor(session, "analyst")
        assert queues.page(session, nobody, "unit", ALL, NOW).items == []


class TestOrder:
    def test_the_most_urgent_first_then_what_is_due_first_and_last_what_has_no_limit(self, session: Session) -> None:
        put(session, "没有时限")
        put(session, "快到期", due=5)
        put(session, "普通", due=60)
        put(session, "加急", due=600, priority=50)
        assert titles(session, "handler", "unit") == ["加急", "快到期", "普通", "没有时限"]
        assert titles(session, "handler", "unit", sort="due") == ["快到期", "普通", "加急", "没有时限"]
        assert titles(session, "handler", "unit", sort="created")[0] in {"没有时限", "快到期", "普通", "加急"}
        assert (
            queues.first_free(session, actor(session, "handler"), NOW) == session.scalars(select(Task.id).where(Task.priority == 50)).one()
        )

    def test_what_one_has_done_begins_with_what_one_did_last(self, session: Session) -> None:
        for minute in (0, 20, 10, 20, 5):
            task = put(session, f"{minute} 分钟前", for_="handler", status="completed")
            task.completed_by_id, task.closed_at = task.assignee_id, NOW - timedelta(minutes=minute)
        session.flush()
        newest_first = ["0 分钟前", "5 分钟前", "10 分钟前", "20 分钟前", "20 分钟前"]
        assert titles(session, "handler", "done", sort="closed") == newest_first
        found: list[UUID] = []
        cursor = None
        while cursor is not None or not found:
            page = queues.page(session, actor(session, "handler"), "done", ALL, NOW, sort="closed", cursor=cursor, limit=2)
            found += [task.id for task in page.items]
            cursor = page.next_cursor
        assert [session.get_one(Task, id_).order.title for id_ in found] == newest_first  # type: ignore[union-attr]
        assert len(set(found)) == len(found)

    @pytest.mark.parametrize("sort", ["title", "closed", "assignee_id", "priority; DROP TABLE task", ""])
    def test_a_list_is_sorted_by_what_is_allowed_only(self, session: Session, sort: str) -> None:
        with pytest.raises(UnknownSortError) as refused:
            queues.page(session, actor(session, "handler"), "unit", ALL, NOW, sort=sort)
        assert "priority, due time or age" in str(refused.value)


class TestFilters:
    def test_by_words_of_the_order(self, session: Session) -> None:
        put(session, "宽带太慢", order={"contact_phone": "13800000001"})
        put(session, "电梯里没有信号", order={"contact_phone": "13900000002"})
        for words, found in (("宽带", 1), ("1390000", 1), ("信号", 1), ("没有的词", 0), ("100%", 0), ("_", 2)):
            assert len(titles(session, "handler", "unit", TaskFilters(q=words))) == found, words

    def test_a_case_without_an_order_by_its_step_and_its_key(self, session: Session) -> None:
        task = organisation.task(session, None, "JN-NET-1", "HANDLER")
        task.name, task.instance.business_key = "批准采购", "PO-2026-17"
        of_order = put(session, "宽带太慢")
        of_order.name = "批准采购"
        session.flush()

        def found(**filters: Any) -> list[UUID]:
            return [each.id for each in queues.page(session, actor(session, "handler"), "unit", TaskFilters(**filters), NOW).items]

        for words in ("批准", "po-2026", "2026-17"):
            assert found(q=words) == [task.id], words
        assert found(q="宽带") == [of_order.id], "an order is known by what its customer said"
        assert found(q="PO-2027") == []
        assert found(q="批准", level="L1") == []

    def test_by_level_grade_step_and_case(self, session: Session) -> None:
        task = put(session, "一级", order={"level": "L1", "grade": "DIAMOND"})
        put(session, "三级", order={"level": "L3", "grade": "ORDINARY"}, element_id="check")
        assert titles(session, "handler", "unit", TaskFilters(level="L1")) == ["一级"]
        assert titles(session, "handler", "unit", TaskFilters(grade="ORDINARY")) == ["三级"]
        assert titles(session, "handler", "unit", TaskFilters(element_id="check")) == ["三级"]
        assert titles(session, "handler", "unit", TaskFilters(instance_id=task.instance_id)) == ["一级"]

    def test_late_is_late_and_soon_is_soon_and_what_stands_still_is_neither(self, session: Session) -> None:
        put(session, "超时", due=-1, for_="handler")
        put(session, "快了", due=30, for_="handler")
        put(session, "明天", due=24 * 60, for_="handler")
        put(session, "停着", due=-30, for_="handler", paused_at=NOW, status="suspended")
        assert titles(session, "handler", "mine", TaskFilters(late=True)) == ["超时"]
        assert titles(session, "handler", "mine", TaskFilters(due_within=timedelta(hours=4))) == ["快了"]
        counted = queues.counts(session, actor(session, "handler"), NOW)
        assert {name: counted[name] for name in ("mine", "late", "soon", "suspended")} == {"mine": 3, "late": 1, "soon": 1, "suspended": 1}


class TestPages:
    def walk(self, session: Session, sort: str, between: Any = None, limit: int = 3) -> list[UUID]:
        """Page after page to the end; something may happen between two of them."""
        seen: list[UUID] = []
        cursor = None
        while True:
            page = queues.page(session, actor(session, "handler"), "unit", ALL, NOW, sort=sort, cursor=cursor, limit=limit)
            assert len(page.items) <= limit
            seen += [task.id for task in page.items]
            if page.next_cursor is None:
                return seen
            cursor = page.next_cursor
            if between is not None:
                between(seen)

    @pytest.mark.parametrize("sort", ["priority", "due", "created"])
    def test_no_task_comes_twice_and_none_is_left_out(self, session: Session, sort: str) -> None:
        tasks = [put(session, priority=index % 3, due=[None, 10, 10, 20][index % 4]) for index in range(14)]
        seen = self.walk(session, sort)
        assert sorted(seen) == sorted(task.id for task in tasks)
        assert len(set(seen)) == len(seen)

    @pytest.mark.parametrize("sort", ["priority", "due", "created"])
    def test_nor_while_others_claim_and_new_ones_come(self, session: Session, sort: str) -> None:
        tasks = {task.id: task for task in [put(session, priority=index % 3, due=index) for index in range(14)]}
        claimed: set[UUID] = set()

        def meanwhile(seen: list[UUID]) -> None:
            colleague = org.find_user(session, "colleague").id
            for id_ in (seen[-1], next((id_ for id_ in tasks if id_ not in seen and id_ not in claimed), None)):
                if id_ in tasks:
                    tasks[id_].status, tasks[id_].assignee_id = "claimed", colleague
                    claimed.add(id_)
            put(session, priority=9, due=-100)
            session.flush()

        seen = self.walk(session, sort, meanwhile)
        assert len(set(seen)) == len(seen)
        assert set(tasks) - claimed <= set(seen)

    def test_the_same_order_in_one_long_page_and_in_many_short_ones(self, session: Session) -> None:
        for index in range(9):
            put(session, priority=index % 2, due=index % 3)
        assert self.walk(session, "priority", limit=2) == self.walk(session, "priority", limit=50)
        listed = [session.get_one(Task, id_) for id_ in self.walk(session, "priority")]
        ranks = [(-task.priority, task.rank_at) for task in listed]
        assert all(one <= next_ for one, next_ in pairwise(ranks))

    @pytest.mark.parametrize(
        "cursor",
        [
            "x",
            "é",
            "W10",
            cursor_of(1, 2, 3),
            cursor_of("1", NOW.isoformat(), "no id"),
            cursor_of(NOW, UUID(int=1)),
            cursor_of(1, NOW.replace(tzinfo=None).isoformat(), UUID(int=1)),
            cursor_of(str(10**30), NOW, UUID(int=1)),
            cursor_of({"a": 1}, NOW, UUID(int=1)),
            "bnVsbA",
        ],
    )
    def test_a_cursor_that_was_not_made_here_is_refused(self, session: Session, cursor: str) -> None:
        with pytest.raises(CursorError):
            queues.page(session, actor(session, "handler"), "unit", ALL, NOW, cursor=cursor)


class TestCounts:
    def test_nobody_counts_further_than_a_hundred(self, session: Session) -> None:
        case = organisation.order(session)
        running = organisation.instance(session)
        for _ in range(COUNT_LIMIT + 5):
            task = organisation.task(session, case, "JN-NET-1", "HANDLER")
            task.instance_id = running.id
        session.flush()
        assert queues.counts(session, actor(session, "handler"), NOW)["unit"] == COUNT_LIMIT


def test_after_one_step_the_next_is_offered_to_those_who_may_do_it(session: Session) -> None:
    task = put(session)
    following = [found.id for found in queues.following(session, actor(session, "handler"), task.instance_id)]
    assert following == [task.id]
    assert queues.following(session, actor(session, "agent-qd"), task.instance_id) == []
