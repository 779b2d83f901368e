"""Messages reach whom they are for and nobody else, once, whoever comes at the same moment and whatever the key looks like."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from bpm import clock, connecting, definitions, instances, interventions, running
from bpm.access import SYSTEM
from bpm.clockwork.embedded import Embedded
from bpm.models.database import unit_of_work
from bpm.models.instance import Instance
from bpm.models.task import WORKABLE, Task
from tests.bpm import organisation
from tests.bpm.together import until_it_waits
from tests.engine.drawing import baton, bound, catch, end, event, ext, gateway, model, node, start, throw, user

DRAWING = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:baton="urn:baton:bpmn:1" id="d" targetNamespace="urn:test">
  <bpmn:message id="m" name="paid" />
  <bpmn:process id="bill" name="账单" isExecutable="true">
    <bpmn:startEvent id="start" />
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="cool" />
    <bpmn:intermediateCatchEvent id="cool" name="冷静期">
      <bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="f2" sourceRef="cool" targetRef="paid" />
    <bpmn:intermediateCatchEvent id="paid" name="收款">%s<bpmn:messageEventDefinition messageRef="m" /></bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="f3" sourceRef="paid" targetRef="end" />
    <bpmn:endEvent id="end" />
  </bpmn:process>
</bpmn:definitions>
"""
LONG = "".join(chr(0x4E00 + n * n * 7919 % 20000) for n in range(3000))
CORRELATED = '<bpmn:extensionElements><baton:message correlation="= ref" /></bpmn:extensionElements>'


class Till:
    """Bills that wait for their payment."""

    def __init__(self, key: str = "") -> None:
        self.clockwork = Embedded(connecting.Registry())
        with unit_of_work() as session:
            definitions.deploy(session, {"bill.bpmn": (DRAWING % key).encode()}, "analyst", clock.now(), publish=True)

    def begin(self, business_key: str | None = None, **variables: Any) -> UUID:
        with unit_of_work() as session:
            return instances.start(session, "bill", variables, SYSTEM, clock.now(), business_key=business_key).id

    def wait(self, hours: int) -> None:
        self.clockwork.advance(timedelta(hours=hours))

    def pay(self, correlation: Any = None, **how: Any) -> list[UUID]:
        with unit_of_work() as session:
            return [found.id for found in instances.deliver(session, "paid", correlation, {"by": "bank"}, clock.now(), **how)]

    @staticmethod
    def paid(*bills: UUID) -> list[bool]:
        with unit_of_work(write=False) as session:
            return [session.get_one(Instance, bill).status == "completed" for bill in bills]

    @staticmethod
    def status(bill: UUID) -> str:
        with unit_of_work(write=False) as session:
            return session.get_one(Instance, bill).status


@pytest.fixture
def _clean(database: Engine) -> Iterator[None]:
    running.cache.clear()
    yield
    running.cache.clear()


@pytest.fixture
def till(_clean: None) -> Till:
    """Bills whose drawing names no key: only their business key tells them apart."""
    return Till()


@pytest.fixture
def keyed(_clean: None) -> Till:
    """Bills that wait for the payment of their ``ref``."""
    return Till(CORRELATED)


def test_an_early_message_for_one_case_is_kept_for_that_case(till: Till) -> None:
    first, second = till.begin("B-1"), till.begin("B-2")
    assert till.pay(business_key="B-2") == []
    till.wait(hours=2)
    assert till.paid(first, second) == [False, True]


@pytest.mark.parametrize("early", [True, False])
def test_a_step_without_a_key_takes_a_message_with_one_whether_it_comes_early_or_late(till: Till, early: bool) -> None:
    bill = till.begin()
    if not early:
        till.wait(hours=2)
    assert till.pay("R-1") == ([] if early else [bill])
    till.wait(hours=2)
    assert till.paid(bill) == [True]


def test_an_early_message_without_a_key_is_not_for_a_step_that_names_one(keyed: Till) -> None:
    bill = keyed.begin(ref="R-1")
    assert keyed.pay() == []
    keyed.wait(hours=2)
    assert keyed.paid(bill) == [False]


def test_a_message_for_a_stopped_case_is_handed_to_no_other_when_it_goes_on(till: Till) -> None:
    first, second = till.begin("B-1"), till.begin("B-2")
    till.wait(hours=2)
    with unit_of_work() as session:
        interventions.suspend(session, first, SYSTEM, clock.now())
    assert till.pay(business_key="B-1") == [first]
    with unit_of_work() as session:
        interventions.resume(session, first, SYSTEM, clock.now())
    till.wait(hours=0)
    assert till.paid(first, second) == [True, False]


def test_a_case_without_the_value_of_its_key_does_not_take_what_is_for_others(keyed: Till) -> None:
    nobodys = keyed.begin()
    keyed.wait(hours=2)
    assert keyed.status(nobodys) == "incident"
    assert keyed.pay("R-1") == []
    assert keyed.paid(nobodys) == [False]


@pytest.mark.parametrize(("ref", "sent"), [(LONG, LONG), (5, 5.0), ("5", 5), (True, True), (1e308, 1e308), ({"a": [1]}, {"a": [1]})])
def test_a_key_may_be_long_a_number_or_anything_else(keyed: Till, ref: Any, sent: Any) -> None:
    bill, other = keyed.begin(ref=ref), keyed.begin(ref="R-2")
    keyed.wait(hours=2)
    assert keyed.pay(sent) == [bill]
    assert keyed.paid(bill, other) == [True, False]


def test_a_message_that_comes_early_may_have_a_long_key_too(keyed: Till) -> None:
    bill = keyed.begin(ref=LONG)
    assert keyed.pay(LONG) == []
    keyed.wait(hours=2)
    assert keyed.paid(bill) == [True]


def test_the_same_message_eight_times_at_once_reaches_its_case_once(keyed: Till) -> None:
    bill = keyed.begin(ref="R-1")
    keyed.wait(hours=2)
    answers: list[list[UUID]] = []

    def send() -> None:
        answers.append(keyed.pay("R-1", message_id="bank-1"))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [[bill]] * 8
    assert keyed.paid(bill) == [True]


def test_a_message_finds_a_case_that_begins_to_wait_at_the_same_moment(keyed: Till) -> None:
    bill = keyed.begin(ref="R-1")
    sender = threading.Thread(target=keyed.pay, args=("R-1",))
    with unit_of_work() as session:
        interventions.move(session, bill, "cool", "paid", SYSTEM, clock.now())
        session.flush()
        sender.start()
        until_it_waits(session, sender)
    sender.join()
    keyed.wait(hours=0)
    assert keyed.paid(bill) == [True]


@pytest.mark.usefixtures("_clean")
def test_a_signal_takes_its_receivers_in_the_order_in_which_everybody_does() -> None:
    """Of two who each hold what the other one waits for, PostgreSQL breaks one off."""
    with unit_of_work() as session:
        drawn = model(start() + catch("heard", "signal") + end(), "s > heard > e")
        definitions.deploy(session, {"p.bpmn": drawn}, "analyst", clock.now(), publish=True)
        cases = sorted(instances.start(session, "p", {}, SYSTEM, clock.now()).id for _ in range(30))

    def sound() -> None:
        with unit_of_work() as session:
            instances.signal(session, "alarm", {}, clock.now())

    other = threading.Thread(target=sound)
    with unit_of_work() as session:
        running.lock(session, cases[0])
        other.start()
        until_it_waits(session, other)
        for case in cases:
            running.lock(session, case)
    other.join()
    assert {Till.status(case) for case in cases} == {"completed"}


@pytest.mark.usefixtures("_clean")
def test_a_signal_that_a_case_throws_wakes_whoever_waits_and_starts_what_begins_with_it() -> None:
    with unit_of_work() as session:
        for key, drawn in {
            "thrower": model(start() + throw("t", "signal") + end(), "s > t > e"),
            "waiter": model(start() + catch("c", "signal") + end(), "s > c > e"),
            "begun": model(start("s", "signal") + node("task", "v") + end(), "s > v > e"),
        }.items():
            definitions.deploy(session, {"p.bpmn": drawn.replace(b'id="p"', f'id="{key}"'.encode())}, "analyst", clock.now(), publish=True)
        instances.start(session, "waiter", {}, SYSTEM, clock.now())
        instances.start(session, "thrower", {}, SYSTEM, clock.now())
    Embedded(connecting.Registry()).advance(timedelta(0))
    with unit_of_work(write=False) as session:
        found = session.execute(select(Instance.definition_key, Instance.status).order_by(Instance.definition_key)).all()
    assert [tuple(row) for row in found] == [("begun", "completed"), ("thrower", "completed"), ("waiter", "completed")]


class Line:
    """One case of a drawing, begun; ``move`` takes it on from one of its tasks, by hand and without a person."""

    def __init__(self, body: str, ways: str) -> None:
        self.clockwork = Embedded(connecting.Registry())
        with unit_of_work() as session:
            organisation.found(session)
            definitions.deploy(session, {"p.bpmn": model(body, ways)}, "analyst", clock.now(), publish=True)
            self.case = instances.start(session, "p", {"n": 1}, SYSTEM, clock.now()).id

    def send(self, name: str = "paid", correlation: Any = None) -> int:
        with unit_of_work() as session:
            return len(instances.deliver(session, name, correlation, {}, clock.now()))

    def move(self, element: str, to: str) -> None:
        with unit_of_work() as session:
            interventions.move(session, self.case, element, to, SYSTEM, clock.now())
        self.settle()

    def settle(self) -> None:
        self.clockwork.advance(timedelta(0))

    def stop(self) -> None:
        with unit_of_work() as session:
            interventions.suspend(session, self.case, SYSTEM, clock.now())

    def go_on(self) -> None:
        with unit_of_work() as session:
            interventions.resume(session, self.case, SYSTEM, clock.now())
        self.settle()

    @property
    def active(self) -> list[str]:
        with unit_of_work(write=False) as session:
            return sorted(session.get_one(Instance, self.case).active)

    @property
    def tasks(self) -> list[str]:
        with unit_of_work(write=False) as session:
            return sorted(session.scalars(select(Task.element_id).where(Task.status.in_(WORKABLE))))


BY_N = ext(baton("message", correlation="= n"))
BOTH = start() + gateway("parallel", "g") + catch("any", "message") + catch("one", "message", BY_N) + user("x", "y") + end()
BOTH_WAYS = "s > g; g > any > x > e; g > one > y > e"


@pytest.mark.usefixtures("_clean")
def test_whoever_throws_a_signal_hears_it_once() -> None:
    body = start() + user("a") + gateway("parallel", "g") + user("u", "v") + bound("b", "u", "signal", stays=True) + throw("t", "signal")
    line = Line(body + end(), "s > a > g; g > u > e; g > t > e; b > v > e")
    line.move("a", "g")
    assert line.tasks == ["u", "v"]


@pytest.mark.usefixtures("_clean")
def test_a_step_that_begins_to_wait_after_a_signal_was_thrown_waits_for_the_next_one() -> None:
    line = Line(start() + throw("t", "signal") + catch("k", "signal") + end(), "s > t > k > e")
    line.settle()
    assert line.active == ["k"]


@pytest.mark.usefixtures("_clean")
def test_a_signal_reaches_a_stopped_case_when_it_goes_on() -> None:
    line = Line(start() + catch("k", "signal") + user("u") + end(), "s > k > u > e")
    line.stop()
    with unit_of_work() as session:
        instances.signal(session, "alarm", {}, clock.now())
    line.settle()
    assert line.active == ["k"]
    line.go_on()
    assert line.active == ["u"]


@pytest.mark.usefixtures("_clean")
def test_of_two_early_messages_for_one_choice_the_other_is_still_there_afterwards() -> None:
    choice = gateway("eventBased", "g") + catch("k", "message") + catch("w", event("withdrawn"))
    body = start() + user("a") + choice + user("b") + catch("later", event("withdrawn")) + user("c") + end()
    line = Line(body, "s > a > g; g > k > b > later > c > e; g > w > b")
    assert (line.send("paid"), line.send("withdrawn")) == (0, 0)
    line.move("a", "g")
    assert line.active == ["b"]
    line.move("b", "later")
    assert line.active == ["c"]


@pytest.mark.usefixtures("_clean")
def test_a_message_with_a_key_goes_first_to_the_step_that_names_it() -> None:
    line = Line(BOTH, BOTH_WAYS)
    assert line.send(correlation=1) == 1
    assert line.active == ["any", "y"]


@pytest.mark.usefixtures("_clean")
def test_an_early_message_with_a_key_goes_first_to_the_step_that_names_it() -> None:
    line = Line(start() + user("a") + BOTH.removeprefix(start()), BOTH_WAYS.replace("s > g", "s > a > g"))
    assert line.send(correlation=1) == 0
    line.move("a", "g")
    assert line.active == ["any", "y"]


@pytest.mark.usefixtures("_clean")
def test_messages_that_waited_for_a_stopped_case_keep_their_keys() -> None:
    line = Line(BOTH, BOTH_WAYS)
    line.stop()
    assert (line.send(correlation="other"), line.send(correlation="other")) == (1, 1)
    line.go_on()
    assert line.active == ["one", "x"], "what is for nobody here opens no step that waits for another key"
