from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine

from bpm import access, clock, inbox, instances, interventions, journal, mending, messages
from bpm.access import SYSTEM
from bpm.errors import BatonError, ForbiddenError, NotFoundError
from bpm.inbox import NotForYouError, TaskAlreadyClaimedError, TaskDoneError, TaskNotClaimedError
from bpm.interventions import NotHereError, UnknownElementError
from bpm.models.database import unit_of_work
from bpm.running import InstanceEndedError, InstanceSuspendedError
from tests.bpm.relay import Relay


@pytest.fixture
def relay(database: Engine, tmp_path: Path) -> Iterator[Relay]:
    running = Relay(tmp_path)
    yield running
    running.close()


def together(*acts: Callable[[], Any]) -> list[BatonError | None]:
    """Let several people act at the same moment; what each was told, None where it was done."""
    barrier, told = Barrier(len(acts)), [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            act()
        except BatonError as error:
            told[index] = error

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


class TestTwoPeopleAtOnce:
    def test_one_task_one_of_them_wins_and_the_other_reads_why_not(self, relay: Relay) -> None:
        task, handler = relay.task("measure"), relay.person("handler")
        relay.do(inbox.claim, task, handler)

        def complete() -> None:
            with unit_of_work() as session:
                instances.complete_task(session, task, {"found": "弱覆盖"}, handler, clock.now())

        told = together(complete, complete)

        assert sorted(error is None for error in told) == [False, True]
        loser = next(error for error in told if error)
        assert isinstance(loser, TaskDoneError)
        assert "done already" in str(loser)
        assert relay.open_steps() == {"check"}

    def test_two_claims_of_one_task_only_one_holds(self, relay: Relay) -> None:
        task = relay.task("measure")
        people = [relay.person(login) for login in ("handler", "colleague")]

        def claim(person: access.Actor) -> Callable[[], None]:
            def act() -> None:
                with unit_of_work() as session:
                    inbox.claim(session, task, person, clock.now())

            return act

        told = together(*(claim(person) for person in people))

        loser = next(error for error in told if error)
        assert [error is None for error in told].count(True) == 1
        assert isinstance(loser, TaskAlreadyClaimedError)
        assert any(name in str(loser) for name in ("张伟", "赵磊"))

    def test_parallel_tasks_of_one_case_both_go_through(self, relay: Relay) -> None:
        work = [("measure", "handler", {"found": "弱覆盖"}), ("check", "agent", {"checked": True})]
        acts = []
        for element, login, answers in work:
            task, person = relay.task(element), relay.person(login)
            relay.do(inbox.claim, task, person)

            def act(task: Any = task, person: Any = person, answers: Any = answers) -> None:
                with unit_of_work() as session:
                    instances.complete_task(session, task, answers, person, clock.now())

            acts.append(act)

        assert together(*acts) == [None, None]
        relay.clockwork.advance(timedelta(0))
        assert relay.open_steps() == {"approve"}
        assert relay.variables["found"] == "弱覆盖"
        assert relay.variables["checked"] is True


class TestWhoMayDoIt:
    def test_a_task_says_why_it_came(self, relay: Relay) -> None:
        with unit_of_work(write=False) as session:
            task = inbox.get(session, relay.task("measure"), relay.person("handler"))
            assert task.why == "电梯里 报障，由网络处理"
            assert inbox.claimable_by(session, task) == ["colleague", "handler"]

    def test_completing_needs_a_claim(self, relay: Relay) -> None:
        with pytest.raises(TaskNotClaimedError):
            relay.do(instances.complete_task, relay.task("measure"), {}, relay.person("handler"))

    def test_a_stranger_does_not_learn_that_the_task_exists(self, relay: Relay) -> None:
        with pytest.raises(NotFoundError):
            relay.do(inbox.claim, relay.task("measure"), relay.person("agent-qd"))

    def test_four_eyes_the_one_who_measured_may_not_approve(self, relay: Relay) -> None:
        relay.until_approval()
        with pytest.raises(NotForYouError):
            relay.do(inbox.claim, relay.task("approve"), relay.person("handler"))
        relay.complete("approve", "colleague")
        assert relay.instance.active == ["wait"]

    def test_a_head_reassigns_but_not_to_the_excluded_one(self, relay: Relay) -> None:
        relay.until_approval()
        task, head = relay.task("approve"), relay.person("head")
        with pytest.raises(NotForYouError):
            relay.do(inbox.reassign, task, head, user="handler")
        assert relay.do(inbox.reassign, task, head, user="colleague").assignee.login == "colleague"

    def test_released_work_goes_back_to_the_queue(self, relay: Relay) -> None:
        task, handler = relay.task("measure"), relay.person("handler")
        relay.do(inbox.claim, task, handler)
        with unit_of_work() as session:
            inbox.release(session, task, handler)
        assert relay.do(inbox.claim, task, relay.person("colleague")).assignee.login == "colleague"


class TestReturning:
    def test_without_a_drawn_way_back_the_step_before_is_done_again(self, relay: Relay) -> None:
        relay.until_approval()
        task, colleague = relay.task("approve"), relay.person("colleague")
        relay.do(inbox.claim, task, colleague)
        with unit_of_work() as session:
            instances.return_task(session, task, "INCOMPLETE", "缺测试数据", colleague, clock.now())
        assert relay.open_steps() <= {"measure", "check"}
        assert relay.open_steps()
        with unit_of_work(write=False) as session:
            kinds = [entry.kind for entry in journal.entries(session, relay.id)]
            assert "task-returned" in kinds


class TestCalls:
    def test_the_answer_of_billing_joins_the_case(self, relay: Relay) -> None:
        relay.until_approval()
        assert relay.variables["customer"]["name"] == "刘海燕"

    def test_a_dead_billing_is_tried_again_with_the_same_key(self, relay: Relay) -> None:
        relay.billing.billing.faults.extend(relay.fault("500", 2))
        relay.until_approval()
        relay.clockwork.advance(timedelta(hours=1))
        calls = [call for call in relay.billing.billing.calls if call["operation"] == "customer"]
        assert len(calls) == 3
        assert len({call["key"] for call in calls}) == 1
        assert relay.open_steps() == {"approve"}
        assert relay.incidents() == []

    def test_when_all_tries_are_used_up_an_incident_stands_and_a_retry_mends_it(self, relay: Relay) -> None:
        relay.billing.billing.faults.extend(relay.fault("500", 20))
        relay.until_approval()
        relay.clockwork.advance(timedelta(days=1))
        (incident,) = relay.incidents()
        assert (incident.element_id, relay.instance.status) == ("ask_billing", "incident")
        assert relay.open_steps() == set()

        relay.billing.billing.faults.clear()
        relay.do(mending.retry_incident, incident.id, SYSTEM)
        relay.clockwork.advance(timedelta(0))

        assert relay.instance.status == "running"
        assert relay.open_steps() == {"approve"}
        assert len({call["key"] for call in relay.billing.billing.calls}) == 1

    @pytest.mark.parametrize(("action", "result"), [("skip", None), ("result", {"customer": {"name": "手工填写"}})])
    def test_a_person_passes_over_the_call_or_gives_its_result(self, relay: Relay, action: str, result: dict[str, Any] | None) -> None:
        relay.billing.billing.faults.extend(relay.fault("500", 20))
        relay.until_approval()
        relay.clockwork.advance(timedelta(days=1))
        (incident,) = relay.incidents()
        relay.do(mending.resolve_incident, incident.id, action, result, SYSTEM)
        assert relay.incidents() == []
        assert relay.open_steps() == {"approve"}
        assert relay.variables.get("customer") == (result or {}).get("customer")

    def test_only_operators_may_touch_incidents(self, relay: Relay) -> None:
        relay.billing.billing.faults.extend(relay.fault("500", 20))
        relay.until_approval()
        relay.clockwork.advance(timedelta(days=1))
        (incident,) = relay.incidents()
        with pytest.raises(ForbiddenError):
            relay.do(mending.retry_incident, incident.id, relay.person("handler"))


class TestMessages:
    def waiting(self, relay: Relay) -> None:
        relay.until_approval()
        relay.complete("approve", "colleague")

    def test_a_message_wakes_the_case_of_its_key_and_twice_is_once(self, relay: Relay) -> None:
        self.waiting(relay)
        first = relay.do(instances.deliver, "go-on", "13800000001", {"by": "网管"}, message_id="m-1")
        again = relay.do(instances.deliver, "go-on", "13800000001", {"by": "又来"}, message_id="m-1")
        assert [found.id for found in first] == [found.id for found in again] == [relay.id]
        assert relay.instance.status == "completed"
        assert relay.variables["by"] == "网管"

    def test_another_key_is_another_case(self, relay: Relay) -> None:
        self.waiting(relay)
        assert relay.do(instances.deliver, "go-on", "13900000009", {}) == []
        assert relay.instance.active == ["wait"]

    def test_the_business_key_names_the_case_as_well(self, relay: Relay) -> None:
        self.waiting(relay)
        assert relay.do(instances.deliver, "go-on", None, {}, business_key="K-1")
        assert relay.instance.status == "completed"

    def test_a_message_that_came_too_early_is_kept_for_the_case(self, relay: Relay) -> None:
        assert relay.do(instances.deliver, "go-on", "13800000001", {"early": True}) == []
        self.waiting(relay)
        relay.clockwork.advance(timedelta(0))
        assert relay.instance.status == "completed"
        assert relay.variables["early"] is True

    def test_but_not_for_longer_than_its_time_to_live(self, relay: Relay) -> None:
        relay.do(instances.deliver, "go-on", "13800000001", {})
        relay.clockwork.advance(messages.KEPT_FOR + timedelta(minutes=1))
        self.waiting(relay)
        relay.clockwork.advance(timedelta(0))
        assert relay.instance.active == ["wait"]


class TestOperators:
    def test_a_stopped_instance_takes_no_commands_and_its_timers_wait(self, relay: Relay) -> None:
        relay.until_approval()
        with unit_of_work() as session:
            interventions.suspend(session, relay.id, SYSTEM, clock.now())
        with pytest.raises(InstanceSuspendedError):
            relay.complete("approve", "colleague")
        relay.clockwork.advance(timedelta(hours=5))
        assert "reminded" not in relay.variables

        with unit_of_work() as session:
            interventions.resume(session, relay.id, SYSTEM, clock.now())
        relay.clockwork.advance(timedelta(0))
        assert relay.instance.status == "running"
        assert relay.variables["reminded"] is True

    def test_a_message_for_a_stopped_instance_is_not_lost(self, relay: Relay) -> None:
        relay.until_approval()
        relay.complete("approve", "colleague")
        with unit_of_work() as session:
            interventions.suspend(session, relay.id, SYSTEM, clock.now())
        relay.do(instances.deliver, "go-on", "13800000001", {})
        relay.clockwork.advance(timedelta(0))
        assert relay.instance.status == "suspended"
        with unit_of_work() as session:
            interventions.resume(session, relay.id, SYSTEM, clock.now())
        relay.clockwork.advance(timedelta(0))
        assert relay.instance.status == "completed"

    def test_a_token_is_moved_by_hand(self, relay: Relay) -> None:
        relay.until_approval()
        with unit_of_work() as session:
            interventions.move(session, relay.id, "approve", "wait", SYSTEM, clock.now())
        assert relay.instance.active == ["wait"]
        assert relay.open_steps() == set()

    @pytest.mark.parametrize(("source", "target", "error"), [("wait", "end", NotHereError), ("measure", "nowhere", UnknownElementError)])
    def test_a_move_that_makes_no_sense_is_refused(self, relay: Relay, source: str, target: str, error: type[BatonError]) -> None:
        with pytest.raises(error), unit_of_work() as session:
            interventions.move(session, relay.id, source, target, SYSTEM, clock.now())
        assert relay.open_steps() == {"measure", "check"}

    def test_a_cancelled_instance_leaves_nothing_behind(self, relay: Relay) -> None:
        relay.until_approval()
        task, colleague = relay.task("approve"), relay.person("colleague")
        relay.do(inbox.claim, task, colleague)
        with unit_of_work() as session:
            interventions.cancel(session, relay.id, SYSTEM, clock.now())
        assert relay.instance.status == "cancelled"
        assert {item.state for item in relay.items("timer")} == {"cancelled"}
        with pytest.raises(TaskDoneError):
            relay.do(instances.complete_task, task, {}, colleague)
        with pytest.raises(InstanceEndedError), unit_of_work() as session:
            interventions.cancel(session, relay.id, SYSTEM, clock.now())

    def test_whatever_happened_stands_in_an_unbroken_chain(self, relay: Relay) -> None:
        relay.until_approval()
        relay.complete("approve", "colleague")
        relay.do(instances.deliver, "go-on", "13800000001", {})
        with unit_of_work(write=False) as session:
            kinds = [entry.kind for entry in journal.entries(session, relay.id)]
            assert journal.verify(session) == []
        assert kinds[0] == "started"
        assert kinds[-1] == "message"
        assert {"task-opened", "task-completed", "call-requested", "call-finished", "instance-completed"} <= set(kinds)
