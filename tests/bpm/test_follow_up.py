"""What comes after a complaint was told: urging, adding, withdrawing, reopening."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bpm import contacts, follow_up, interventions, suspension, tracking
from bpm.access import Actor
from bpm.models.work_order import Pause, WorkOrder
from bpm.running import InstanceSuspendedError
from tests.bpm.casework import Casework, at, local, two_units_at_work


@pytest.fixture
def desk(database: Engine) -> Casework:
    case = Casework()
    case.complain(limit=240)
    case.claim("handler")
    return case


def stop(session: Session, order: WorkOrder, actor: Actor, now: datetime) -> None:
    """An operator stops the process of an order."""
    assert order.instance_id is not None
    interventions.suspend(session, order.instance_id, actor, now)


def go_on(session: Session, order: WorkOrder, actor: Actor, now: datetime) -> None:
    """An operator lets it go on."""
    assert order.instance_id is not None
    interventions.resume(session, order.instance_id, actor, now)


class TestUrging:
    def test_an_urge_raises_the_priority_and_tells_the_first_owner(self, desk: Casework) -> None:
        assert desk.do("customer", follow_up.urge, "怎么还没好？")
        case = desk.case
        assert (case.urge_count, case.priority, desk.step.priority) == (1, 35, 35)
        assert desk.told("agent") == [f"{desk.number} was urged (1): 怎么还没好？"]

    def test_of_several_within_half_an_hour_one_counts_and_all_are_shown(self, desk: Casework) -> None:
        assert desk.do("customer", follow_up.urge, "第一次")
        desk.wait(timedelta(minutes=29))
        assert not desk.do("customer", follow_up.urge, "第二次")
        assert desk.case.urge_count == 1
        assert [contact.text for contact in desk.contacts("urge")] == ["第一次", "第二次"]
        assert len(desk.told("handler", "urge")) == 1  # what does not count is drawn nowhere, yet a customer is always heard

    def test_after_half_an_hour_it_counts_again_and_the_drawing_raises_the_tier(self, desk: Casework) -> None:
        desk.do("customer", follow_up.urge, "第一次")
        desk.wait(timedelta(minutes=30))
        assert desk.do("customer", follow_up.urge, "第二次")
        case = desk.case
        assert (case.urge_count, case.escalation_tier, case.priority) == (2, 1, 40)

    def test_a_key_account_manager_counts_twice(self, desk: Casework) -> None:
        desk.do("kam", follow_up.urge, "大客户在等")
        assert (desk.case.urge_count, desk.case.escalation_tier) == (2, 1)

    def test_what_is_closed_cannot_be_urged(self, desk: Casework) -> None:
        desk.finish("handler")
        with pytest.raises(follow_up.OrderClosedError):
            desk.do("customer", follow_up.urge, "?")

    def test_it_does_not_set_the_ladder_of_a_stopped_instance_free(self, desk: Casework) -> None:
        desk.do("admin", stop)
        desk.do("customer", follow_up.urge, "?")
        assert desk.items("rung") == []
        desk.wait("2026-11-03 10:00")
        assert desk.told("head", "tier") == []
        desk.do("admin", go_on)
        desk.wait(timedelta(minutes=1))
        assert len(desk.told("head", "tier")) == 1


class TestTwoUnitsAtWork:
    @pytest.fixture
    def shared(self, database: Engine) -> Casework:
        """The drawing knows of the newer one."""
        desk = two_units_at_work()
        desk.wait("2026-11-02 11:00")
        return desk

    def test_an_urge_reaches_both(self, shared: Casework) -> None:
        shared.do("customer", follow_up.urge, "第二次")
        assert shared.told("handler", "urge") == [f"{shared.number} was urged (2): 第二次"]

    def test_what_the_customer_adds_reaches_both(self, shared: Casework) -> None:
        shared.do("customer", follow_up.inform, "是在地下二层")
        assert len(shared.told("handler", "information")) == len(shared.told("handler-qd", "information")) == 1

    def test_both_hear_that_it_was_withdrawn(self, shared: Casework) -> None:
        shared.do("customer", follow_up.withdraw, "算了")
        assert shared.told("handler", "withdrawn") == [f"{shared.number} was withdrawn. Nothing is left to do for it."]


class TestInformation:
    def test_what_the_customer_adds_reaches_the_handler_and_the_first_owner(self, desk: Casework) -> None:
        desk.do("customer", follow_up.inform, "是在地下二层")
        sentence = f"New information on {desk.number}: 是在地下二层"
        assert desk.told("handler") == desk.told("agent") == [sentence]
        (contact,) = desk.contacts("information")
        assert (contact.direction, contact.public) == ("in", True)

    def test_after_closing_it_is_kept_and_nothing_moves(self, desk: Casework) -> None:
        desk.finish("handler")
        desk.do("customer", follow_up.inform, "谢谢")
        assert desk.case.state == "CLOSED"
        assert desk.told("agent") == [f"New information on {desk.number}: 谢谢"]

    def test_nothing_said_is_nothing(self, desk: Casework) -> None:
        with pytest.raises(contacts.NothingSaidError):
            desk.do("customer", follow_up.inform, "  ")


class TestWithdrawing:
    def test_the_work_ends_and_nobody_climbs_any_more(self, desk: Casework) -> None:
        desk.do("customer", follow_up.withdraw, "已经好了")
        assert desk.case.state == "WITHDRAWN"
        assert desk.step.status == "cancelled"
        assert desk.items("rung") == desk.items("statutory") == []

    def test_an_order_on_hold_can_be_withdrawn(self, desk: Casework) -> None:
        desk.do("handler", suspension.suspend, "WAIT_CUSTOMER", None, None)
        desk.do("customer", follow_up.withdraw, "算了")
        assert desk.case.state == "WITHDRAWN"
        assert desk.items("wake") == []

    def test_only_once(self, desk: Casework) -> None:
        desk.do("customer", follow_up.withdraw, "算了")
        with pytest.raises(follow_up.OrderClosedError):
            desk.do("customer", follow_up.withdraw, "算了")


class TestReopening:
    def test_the_same_number_goes_on_with_a_fresh_tier(self, desk: Casework) -> None:
        desk.wait("2026-11-03 10:30")
        assert desk.case.escalation_tier == 2
        desk.finish("handler")
        desk.wait("2026-11-04 10:30")
        desk.do("customer", follow_up.reopen, "还是没有信号")
        case, step = desk.case, desk.step
        assert (case.state, case.reopen_count, case.escalation_tier) == ("IN_PROGRESS", 1, 0)
        assert (step.status, step.tier, step.rung) == ("open", 0, 0)
        assert (case.answered_at, case.closed_at) == (None, None)

    def test_the_time_between_answer_and_reopening_counts_against_nobody(self, desk: Casework) -> None:
        desk.wait("2026-11-02 15:00")
        desk.finish("handler")
        assert local(desk.case.due_at) == "2026-11-09 10:00"
        desk.wait("2026-11-04 15:00")
        desk.do("customer", follow_up.reopen, "还是没有信号")
        assert local(desk.case.due_at) == "2026-11-11 10:00"
        with desk.unit() as session:
            assert session.scalars(select(Pause.minutes).where(Pause.reason == "CLOSED")).one() == 900

    def test_the_law_s_fifteen_days_begin_anew(self, desk: Casework) -> None:
        desk.finish("handler")
        desk.wait("2026-11-20 10:00")
        desk.do("customer", follow_up.reopen, "又坏了")
        assert desk.case.statutory_due_at == at("2026-12-05 10:00")
        desk.wait("2026-12-02 09:59")
        assert desk.told("vp", "tier") == []
        desk.wait("2026-12-02 10:00")
        assert len(desk.told("vp", "tier")) == 1

    def test_after_thirty_days_it_is_a_new_complaint(self, desk: Casework) -> None:
        desk.finish("handler")
        desk.wait(timedelta(days=30, minutes=1))
        with pytest.raises(follow_up.NewOrderNeededError, match=desk.number):
            desk.do("customer", follow_up.reopen, "又坏了")

    def test_what_was_withdrawn_is_a_new_complaint(self, desk: Casework) -> None:
        desk.do("customer", follow_up.withdraw, "算了")
        with pytest.raises(follow_up.NewOrderNeededError):
            desk.do("customer", follow_up.reopen, "还是要")

    def test_what_an_operator_has_stopped_is_not_reopened(self, desk: Casework) -> None:
        desk.finish("handler")
        desk.do("admin", stop)
        with pytest.raises(InstanceSuspendedError):
            desk.do("customer", follow_up.reopen, "又坏了")
        desk.do("admin", go_on)
        desk.do("customer", follow_up.reopen, "又坏了")
        assert desk.case.reopen_count == 1

    def test_nor_is_it_withdrawn_and_nobody_is_told_that_it_was(self, desk: Casework) -> None:
        desk.do("admin", stop)
        with pytest.raises(InstanceSuspendedError):
            desk.do("customer", follow_up.withdraw, "算了")
        assert (desk.contacts("withdraw"), desk.told("handler", "withdrawn")) == ([], [])
        desk.do("admin", go_on)
        desk.do("customer", follow_up.withdraw, "算了")
        assert desk.case.state == "WITHDRAWN"

    def test_nor_does_it_ask_the_customer_anything(self, database: Engine) -> None:
        desk = Casework(
            {
                "casework.bpmn": lambda drawn: drawn.replace('<baton:order state="CLOSED" />', '<baton:order state="TO_VISIT" />'),
                "process.json": lambda settings: settings.replace('"messages": {', '"messages": {"visit_answered": "order-reopened", '),
            }
        )
        desk.complain()
        desk.claim("handler")
        desk.finish("handler")
        for change, asks in ((None, True), (stop, False), (go_on, True)):
            if change is not None:
                desk.do("admin", change)
            with desk.unit() as session:
                assert tracking.progress(session, desk.order(session), desk.now).asks_rating is asks
                if not asks:
                    with pytest.raises(tracking.NotAskedError):
                        tracking.rate(session, desk.order(session), 3, "", desk.now, solved=True)
        assert desk.contacts("rating") == []

    def test_what_is_open_is_not_reopened(self, desk: Casework) -> None:
        with pytest.raises(follow_up.OrderNotClosedError):
            desk.do("customer", follow_up.reopen, "快点")
