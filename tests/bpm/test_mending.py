"""Whatever fails, and whatever a person says is to happen: the case goes on, or says why not and stays as it was."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bpm import caller, clock, definitions, incidents, instances, interventions, mending, running, suspension, work_items
from bpm.access import SYSTEM
from bpm.clockwork.handlers import HANDLERS
from bpm.connecting import Registry
from bpm.engine import commands as c
from bpm.engine.facts import StepFailed
from bpm.engine.process import Process
from bpm.models.database import unit_of_work
from bpm.models.incident import Incident
from bpm.models.instance import Instance
from bpm.models.task import Task
from bpm.models.work_item import WorkItem
from bpm.recording import Doing
from tests.bpm import organisation
from tests.bpm.casework import Casework, at
from tests.bpm.together import until_it_waits
from tests.engine.drawing import (
    after,
    baton,
    bound,
    catch,
    document,
    end,
    ext,
    gateway,
    model,
    node,
    process,
    script,
    service,
    several,
    start,
    sub,
    throw,
    timer,
    user,
    when,
)
from tests.story import audit

WHO = ext(baton("assignment", role="HANDLER", unit="JN-NET-1"))
LAST = user("v", inner=WHO) + end()
BILLING = baton("call", connector="billing", operation="customer", result="customer") + baton("input", name="number", value="138")
CALLING = node("callActivity", "ca", ext(baton("in", target="n", value="= a * 2")), calledElement="q")
CHOICE = start() + gateway("exclusive", "g") + user("a", inner=WHO) + LAST
JOIN = start() + gateway("exclusive", "x", default="f_x_a") + gateway("parallel", "j") + script("a", "n = 1") + script("b", "n = 2") + LAST


@dataclass(frozen=True)
class Kind:
    """A drawing that fails, and the ways out; each leads to ``v``, but where it is tried again to ``again``.

    ``good`` mends its variables; ``works`` is the kind of work item that fails in it.
    """

    drawn: bytes
    ways: set[str]
    variables: dict[str, Any] = field(default_factory=dict)
    good: dict[str, Any] = field(default_factory=dict)
    works: str | None = None
    again: str = "v"


ALL, NO_RESULT = {"retry", "skip", "result"}, {"retry", "skip"}
SOON = {"variables": {"soon": 1}, "good": {"soon": "PT1H"}}
KINDS = {
    "script": Kind(model(start() + script("x", "b = a * 2") + LAST, "s > x > v > e"), ALL, {"a": "zwölf"}, {"a": 12, "b": 24}),
    "person": Kind(
        model(start() + user("u", inner=ext(baton("assignment", user="= a * 2"))) + LAST, "s > u > v > e"),
        ALL,
        {"a": "zwölf"},
        {"a": 12},
        again="u",
    ),
    "units": Kind(model(start() + user("u", inner=several()) + LAST, "s > u > v > e"), ALL, {"units": "all"}, {"units": []}),
    "called": Kind(
        document(process(start() + CALLING + LAST, "s > ca > v > e"), process(start("qs") + end("qe"), "qs > qe", "q")),
        ALL,
        {"a": "zwölf"},
        {"a": 12},
    ),
    "gateway": Kind(model(CHOICE, "s > g; g > v [n == 1]; g > a [n == 2]; a > e; v > e"), {"retry", "result"}, {"n": 5}, {"n": 1}),
    "event gateway": Kind(
        model(
            start() + gateway("eventBased", "g") + catch("t", after("soon")) + catch("m", "message") + LAST,
            "s > g; g > t; g > m; t > v; m > e; v > e",
        ),
        {"retry", "result"},
        again="m t",
        **SOON,
    ),
    "attached timer": Kind(
        model(start() + LAST + bound("b", "v", after("soon")) + end("e2"), "s > v > e; b > e2"), ALL, again="b v", **SOON
    ),
    "timer": Kind(model(start() + catch("t", after("soon")) + LAST, "s > t > v > e"), ALL, again="t", **SOON),
    "message awaited": Kind(
        model(start() + catch("m", "message", ext(baton("message", correlation="= a * 2"))) + LAST, "s > m > v > e"),
        ALL,
        {"a": "zwölf"},
        {"a": 12},
        again="m",
    ),
    "message thrown": Kind(
        model(start() + throw("m", "message", ext(baton("payload", name="n", value="= a * 2"))) + LAST, "s > m > v > e"),
        ALL,
        {"a": "zwölf"},
        {"a": 12},
    ),
    "deadlock": Kind(model(JOIN, "s > x; x > a; x > b [n == 2]; a > j; b > j; j > v; v > e"), {"skip"}),
    "condition": Kind(model(start() + catch("c", when("go == true")) + LAST, "s > c > v > e"), {"result"}, good={"go": True}),
    "work: timer": Kind(model(start() + catch("t", after("PT1H")) + LAST, "s > t > v > e"), NO_RESULT, works="timer"),
    "work: call": Kind(model(start() + service("x", call=BILLING) + LAST, "s > x > v > e"), ALL, works="call"),
    "work: message": Kind(model(start() + catch("m", "message") + LAST, "s > m > v > e"), ALL, works="deliver"),
    "work: message thrown": Kind(model(start() + throw("m", "message") + LAST, "s > m > v > e"), NO_RESULT, works="throw"),
    "work: signal thrown": Kind(model(start() + throw("m", "signal") + LAST, "s > m > v > e"), NO_RESULT, works="throw"),
}


def fail(session: Session, item: WorkItem, now: datetime) -> None:
    """The last try of a work item has failed."""
    work_items.fail(item, "OSError")
    incidents.of_work(session, item, None, {}, now)


class Case:
    """An instance of a drawing in which something has failed."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        with unit_of_work() as session:
            organisation.found(session)
            definitions.deploy(session, {"p.bpmn": kind.drawn}, "analyst", clock.now(), publish=True)
            instances.deliver(session, "paid", None, {"early": True}, clock.now())  # kept: somebody will wait for it
            self.id = instances.start(session, "p", kind.variables, SYSTEM, clock.now()).id
        if kind.works:
            self.fail_work(kind.works)

    def fail_work(self, kind: str) -> None:
        with unit_of_work() as session:
            fail(session, self.item(session, kind), clock.now())

    def item(self, session: Session, kind: str) -> WorkItem:
        return session.scalars(select(WorkItem).where(WorkItem.kind == kind)).one()

    def incidents(self) -> list[Incident]:
        with unit_of_work(write=False) as session:
            return incidents.of_instance(session, self.id)

    def answer(self, way: str, result: dict[str, Any] | None = None) -> None:
        """What a person says at the one incident; on a process that is loaded anew."""
        (incident,) = self.incidents()
        running.cache.clear()
        with unit_of_work() as session:
            if way == "retry":
                mending.retry_incident(session, incident.id, SYSTEM, clock.now())
            else:
                mending.resolve_incident(session, incident.id, way, result, SYSTEM, clock.now())

    def mend_variables(self) -> None:
        with unit_of_work() as session:
            instances.apply(session, running.lock(session, self.id), c.SetData(self.kind.good), Doing(SYSTEM, clock.now()))

    def work(self) -> None:
        """What waits to be done without a person is done."""
        with unit_of_work() as session:
            item = self.item(session, self.kind.works or "")
            assert (item.state, item.attempts) == ("waiting", 0)
            if item.kind == "call":
                caller.settle(session, Registry(), item, caller.Outcome(result={"name": "刘海燕"}), clock.now())
            else:
                work_items.finish(item, clock.now())
                HANDLERS[item.kind](session, item, clock.now())

    @property
    def stands(self) -> tuple[str, list[str]]:
        """The status of the instance, and where it stands."""
        with unit_of_work(write=False) as session:
            instance = session.get_one(Instance, self.id)
            return instance.status, instance.active

    @property
    def faults(self) -> list[str]:
        """What does not fit: a failure that stands nowhere, an incident of nothing, a token that nothing will move."""
        running.cache.clear()
        with unit_of_work(write=False) as session:
            failed = running.look(session, session.get_one(Instance, self.id), _failures)["tokens"]
            told = [each.token_id for each in incidents.of_instance(session, self.id) if each.token_id]
            lost = [] if failed == told else [f"{failed} have failed, {told} are told"]
            return [*lost, *(fault for fault in audit.faults(session, clock.now()) if "overdue" not in fault)]


def _failures(process: Process) -> dict[str, Any]:
    return {"tokens": [fact.place.token_id for fact in process.awaited() if isinstance(fact, StepFailed)]}


@pytest.fixture
def case(database: Engine, request: pytest.FixtureRequest) -> Iterator[Case]:
    yield Case(KINDS[request.param])
    running.cache.clear()


@pytest.mark.parametrize("way", ["retry", "skip", "result"])
@pytest.mark.parametrize("case", KINDS, indirect=True)
def test_every_answer_to_every_kind_of_incident_leads_on_or_says_why_not(case: Case, way: str) -> None:
    (incident,) = case.incidents()
    assert incidents.ways_out(incident) == case.kind.ways
    before = case.stands
    assert before[0] == "incident"
    if way not in case.kind.ways:
        with pytest.raises(mending.NoWayOutError):
            case.answer(way)
        assert (case.stands, [each.id for each in case.incidents()]) == (before, [incident.id])
        return
    if way == "retry" and not case.kind.works:
        case.mend_variables()
    case.answer(way, case.kind.good if way == "result" else None)
    if way == "retry" and case.kind.works:
        case.work()
    tried = way == "retry" or (way == "result" and incidents.kind_of(incident) in ("gateway", "attached"))
    assert case.stands == ("running", (case.kind.again if tried else "v").split())
    assert case.incidents() == []
    assert case.faults == []


@pytest.mark.parametrize("case", [name for name, kind in KINDS.items() if kind.variables and "retry" in kind.ways], indirect=True)
def test_trying_again_without_mending_leaves_the_incident_where_it_is(case: Case) -> None:
    (incident,) = case.incidents()
    case.answer("retry")
    assert [each.id for each in case.incidents()] == [incident.id]
    assert case.stands[0] == "incident"


@pytest.mark.parametrize("case", ["gateway", "event gateway", "attached timer", "condition"], indirect=True)
def test_values_that_do_not_help_change_nothing_and_are_told(case: Case) -> None:
    (incident,) = case.incidents()
    with pytest.raises(mending.StillFailingError):
        case.answer("result", dict.fromkeys(case.kind.good, "neither"))
    assert [each.id for each in case.incidents()] == [incident.id]
    with unit_of_work(write=False) as session:
        assert instances.variables(session, session.get_one(Instance, case.id)) == case.kind.variables


class TestAnOrdersClocks:
    @pytest.fixture
    def desk(self, database: Engine) -> Casework:
        made = Casework()
        made.complain(limit=240)
        made.claim("handler")
        return made

    def passed_over(self, desk: Casework, kind: str) -> None:
        with desk.unit() as session:
            fail(session, session.scalars(select(WorkItem).where(WorkItem.kind == kind)).one(), desk.now)
        with desk.unit() as session:
            (incident,) = incidents.of_instance(session, desk.order(session).instance_id)
            mending.resolve_incident(session, incident.id, "skip", None, SYSTEM, desk.now)
        with desk.unit() as session:
            assert incidents.of_instance(session, desk.order(session).instance_id) == []

    def test_past_a_rung_that_could_not_ring_the_next_one_rings(self, desk: Casework) -> None:
        desk.wait("2026-11-02 14:29")
        self.passed_over(desk, "rung")
        desk.wait("2026-11-02 15:30")
        assert desk.told("handler", "warn") == []
        assert len(desk.told("head", "tier")) == 1

    def test_past_a_wake_that_failed_the_order_goes_on(self, desk: Casework) -> None:
        desk.do("handler", suspension.suspend, "WAIT_CUSTOMER", at("2026-11-03 10:00"), None)
        desk.now = at("2026-11-03 10:00")
        self.passed_over(desk, "wake")
        assert (desk.case.state, desk.step.status) == ("IN_PROGRESS", "claimed")

    def test_a_statutory_rung_that_fails_stands_at_its_order(self, desk: Casework) -> None:
        self.passed_over(desk, "statutory")
        assert desk.items("statutory") == []


def test_what_nobody_waits_for_any_more_is_no_incident(database: Engine) -> None:
    case = Case(
        Kind(model(start() + LAST + bound("b", "v", after("PT1H")) + user("w", inner=WHO) + end("e2"), "s > v > w > e; b > e2"), set())
    )
    case.fail_work("timer")
    with unit_of_work() as session:
        token = session.scalars(select(Task.token_id).where(Task.element_id == "v")).one()
        instances.apply(session, running.lock(session, case.id), c.CompleteTask(token), Doing(SYSTEM, clock.now()))
    assert (case.stands, case.incidents()) == (("running", ["w"]), [])


def test_what_is_told_to_others_and_fails_stands_though_its_process_has_ended(database: Engine) -> None:
    case = Case(Kind(model(start() + throw("m", "message") + end(), "s > m > e"), set(), works="throw"))
    assert (case.stands, len(case.incidents())) == (("completed", []), 1)
    case.answer("retry")
    case.work()
    assert (case.stands, case.incidents(), case.faults) == (("completed", []), [], [])


def test_what_was_to_be_told_to_others_is_not_forgotten_when_the_process_ends(database: Engine) -> None:
    case = Case(KINDS["work: message thrown"])
    with unit_of_work() as session:
        token = session.scalars(select(Task.token_id).where(Task.element_id == "v")).one()
        instances.apply(session, running.lock(session, case.id), c.CompleteTask(token), Doing(SYSTEM, clock.now()))
    assert (case.stands, len(case.incidents())) == (("completed", []), 1)
    case.answer("skip")
    assert (case.stands, case.incidents()) == (("completed", []), [])


def test_of_two_who_answer_at_one_moment_the_second_is_told_so(database: Engine) -> None:
    case = Case(KINDS["work: timer"])
    (incident,) = case.incidents()
    told: list[type[Exception]] = []

    def answer() -> None:
        try:
            with unit_of_work() as session:
                mending.retry_incident(session, incident.id, SYSTEM, clock.now())
        except incidents.IncidentClosedError as error:
            told.append(type(error))

    other = Thread(target=answer)
    with unit_of_work() as session:
        mending.resolve_incident(session, incident.id, "skip", None, SYSTEM, clock.now())
        session.flush()
        other.start()
        until_it_waits(session, other)
    other.join()
    assert (told, case.stands) == ([incidents.IncidentClosedError], ("running", ["v"]))


def test_a_stopped_process_is_resumed_before_its_incidents_are_answered(database: Engine) -> None:
    case = Case(KINDS["work: timer"])
    with unit_of_work() as session:
        interventions.suspend(session, case.id, SYSTEM, clock.now())
    for way in ("retry", "skip"):
        with pytest.raises(running.InstanceSuspendedError):
            case.answer(way)
    with unit_of_work() as session:
        interventions.resume(session, case.id, SYSTEM, clock.now())
    case.answer("skip")
    assert case.stands == ("running", ["v"])


@pytest.mark.parametrize("name", ["work: message thrown", "work: signal thrown"])
def test_a_stopped_process_stays_stopped_when_what_it_threw_before_fails(database: Engine, name: str) -> None:
    case = Case(replace(KINDS[name], works=None))
    with unit_of_work() as session:
        interventions.suspend(session, case.id, SYSTEM, clock.now())
    case.fail_work("throw")
    assert case.stands[0] == "suspended"
    with unit_of_work() as session:
        interventions.resume(session, case.id, SYSTEM, clock.now())
    assert case.stands[0] == "incident"
    case.answer("skip")
    assert (case.stands, case.incidents(), case.faults) == (("running", ["v"]), [], [])


@pytest.mark.parametrize("name", ["deadlock", "work: timer", "script"])
def test_a_step_that_has_failed_can_be_left_for_another(database: Engine, name: str) -> None:
    case = Case(KINDS[name])
    source = {"deadlock": "j", "work: timer": "t", "script": "x"}[name]
    with unit_of_work() as session:
        interventions.move(session, case.id, source, "v", SYSTEM, clock.now())
    assert (case.stands, case.incidents(), case.faults) == (("running", ["v"]), [], [])


def test_joins_that_wait_in_each_of_several_units_go_on_together(database: Engine) -> None:
    inside = (
        start("s2") + gateway("exclusive", "x", default="f_x_a") + gateway("parallel", "j") + script("a", "m = 1") + script("b", "m = 2")
    )
    unit = sub("units", inside + end("e2"), "s2 > x; x > a; x > b [m == 2]; a > j; b > j; j > e2", several())
    case = Case(Kind(model(start() + unit + LAST, "s > units > v > e"), set(), {"units": ["a", "b"]}))
    case.answer("skip")
    assert (case.stands, case.incidents(), case.faults) == (("running", ["v"]), [], [])


def test_all_that_has_come_to_a_join_goes_on_as_one(database: Engine) -> None:
    three = (
        start() + gateway("parallel", "f", "j") + script("a", "p = 1") + script("b", "q = 2") + gateway("exclusive", "x", default="f_x_e2")
    )
    ways = "s > f; f > a > j; f > b > j; f > x; x > j [n == 2]; x > e2; j > v; v > e"
    case = Case(Kind(model(three + LAST + end("e2"), ways), set()))
    case.answer("skip")
    assert (case.stands, case.incidents(), case.faults) == (("running", ["v"]), [], [])
    with unit_of_work(write=False) as session:
        assert instances.variables(session, session.get_one(Instance, case.id)) == {"p": 1, "q": 2}


def test_a_reminder_that_is_passed_over_comes_again(database: Engine) -> None:
    hourly = bound("b", "v", timer("timeCycle", "R3/PT1H"), stays=True) + script("note", "told = (told ?? 0) + 1") + end("e2")
    case = Case(Kind(model(start() + LAST + hourly, "s > v > e; b > note > e2"), set()))
    case.fail_work("timer")
    case.answer("skip")
    with unit_of_work(write=False) as session:
        assert case.item(session, "timer").state == "waiting"
    assert (case.stands, case.incidents(), case.faults) == (("running", ["b", "v"]), [], [])


def test_a_deadlock_is_told_once_and_of_two_joins_each_has_its_turn(database: Engine) -> None:
    twice = JOIN + gateway("parallel", "k") + script("d", "n = 3")
    case = Case(Kind(model(twice, "s > x; x > a; x > b [n == 2]; a > j; b > j; j > k; b > d > k; k > v; v > e"), set()))
    with unit_of_work() as session:
        instances.apply(session, running.lock(session, case.id), c.SetData({"n": 1}), Doing(SYSTEM, clock.now()))
    assert [each.element_id for each in case.incidents()] == ["j"]
    case.answer("skip")
    assert [each.element_id for each in case.incidents()] == ["k"]
    case.answer("skip")
    assert (case.stands, case.incidents()) == (("running", ["v"]), [])
