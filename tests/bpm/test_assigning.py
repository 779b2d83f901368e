"""Who is meant by his place: the starter, the head of a unit, the manager so many levels up, everybody of a unit."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bpm import access, assigning, clock, definitions, inbox, instances, org, running
from bpm.assigning import Before
from bpm.engine.facts import Assignment
from bpm.models.database import unit_of_work
from bpm.models.definition import Definition
from bpm.models.instance import Instance
from bpm.models.org import Membership, Unit
from bpm.models.task import OPEN, Task
from tests.bpm import organisation
from tests.engine.drawing import baton, end, ext, model, start, user


def before(session: Session, **done: str) -> Callable[[Sequence[str]], Before | None]:
    return lambda elements: next((Before(org.find_user(session, done[each]), "", "") for each in elements if each in done), None)


def settled(
    session: Session, wanted: Assignment, *, out: tuple[str, ...] = (), starter: str = "agent", **done: str
) -> tuple[str | None, ...]:
    around = assigning.Around(lambda: "JN", starter, before(session, **done))
    found = assigning.settle(session, wanted, around, [org.find_user(session, login).id for login in out])
    return found.user, found.unit, found.role


class TestByPlace:
    @pytest.fixture
    def session(self, database: Engine) -> Iterator[Session]:
        with unit_of_work() as session:
            organisation.found(session)
        with unit_of_work(write=False) as session:
            yield session

    def test_the_starter(self, session: Session) -> None:
        assert settled(session, Assignment(starter=True, role="AGENT")) == ("agent", None, "AGENT")
        assert settled(session, Assignment(starter=True), starter="customer") == (None, None, None)

    def test_the_head_of_a_unit_by_code_and_by_function(self, session: Session) -> None:
        assert settled(session, Assignment(head_of="JN-NET")) == ("depthead", "JN-NET", "DEPT_HEAD")
        assert settled(session, Assignment(head_of="NETWORK")) == ("head", "JN-NET-1", "SECTION_HEAD")

    def test_where_a_unit_has_no_head_the_one_above_leads(self, session: Session) -> None:
        assert settled(session, Assignment(head_of="JN-FRONT")) == ("manager", "JN-CS", "CS_MANAGER")

    def test_a_head_who_did_the_step_before_is_passed_over(self, session: Session) -> None:
        assert settled(session, Assignment(head_of="NETWORK"), out=("head",)) == ("depthead", "JN-NET", "DEPT_HEAD")

    @pytest.mark.parametrize(("levels", "login"), [(1, "head"), (2, "depthead"), (9, "depthead")])
    def test_the_manager_of_whoever_did_a_step_so_many_levels_up(self, session: Session, levels: int, login: str) -> None:
        assert settled(session, Assignment(manager_of=("handle",), levels=levels), handle="handler")[0] == login

    def test_nobody_is_his_own_manager(self, session: Session) -> None:
        assert settled(session, Assignment(manager_of=("head",)))[0] == "depthead"

    def test_the_manager_of_the_starter(self, session: Session) -> None:
        assert settled(session, Assignment(manager_of=("starter",)))[0] == "manager"

    def test_who_is_named_by_login_stays(self, session: Session) -> None:
        assert settled(session, Assignment(user="kam", head_of="NETWORK"))[0] == "kam"


def run(drawing: bytes, starter: str = "agent") -> Instance:
    """Deploy a drawing and let somebody start it."""
    running.cache.clear()
    with unit_of_work() as session:
        organisation.found(session)
        definitions.deploy(session, {"errand.bpmn": drawing}, "analyst", clock.now(), publish=True)
        key = session.scalars(select(Definition.key)).one()
        return instances.start(session, key, {"city": "JN"}, access.actor_of(org.find_user(session, starter)), clock.now())


def tasks() -> list[tuple[str, str | None, str]]:
    with unit_of_work(write=False) as session:
        rows = session.scalars(select(Task).where(Task.status.in_(OPEN)))
        return sorted((row.element_id, row.assignee.login if row.assignee else None, row.queue) for row in rows)


def errand(inner: str, *, before: str = "") -> bytes:
    return model(
        start() + (user("ask", inner=before) if before else "") + user("do", inner=inner) + end(), f"s > {'ask > ' if before else ''}do > e"
    )


def done(element: str, login: str) -> None:
    with unit_of_work() as session:
        actor = access.actor_of(org.find_user(session, login))
        task = session.scalars(select(Task).where(Task.element_id == element, Task.status.in_(OPEN))).first()
        assert task is not None
        inbox.claim(session, task.id, actor, clock.now())
        instances.complete_task(session, task.id, {}, actor, clock.now())


@pytest.mark.usefixtures("database")
class TestInAProcess:
    def test_a_step_comes_back_to_whoever_started(self) -> None:
        run(errand(ext(baton("assignment", starter="true"))))
        assert tasks() == [("do", "agent", "JN-FRONT:AGENT")]

    def test_the_manager_of_the_handler_gets_the_approval(self) -> None:
        asked = ext(baton("assignment", role="HANDLER", unit="NETWORK", city="JN"))
        run(errand(ext(baton("assignment", managerOf="ask", levels="2")), before=asked))
        done("ask", "handler")
        assert tasks() == [("do", "depthead", "JN-NET:DEPT_HEAD")]

    def test_an_absent_head_is_stood_in_for(self) -> None:
        with unit_of_work() as session:
            people = organisation.found(session)
            people["head"].absent_until, people["head"].deputy_id = clock.now() + timedelta(days=2), people["colleague"].id
            definitions.deploy(
                session, {"e.bpmn": errand(ext(baton("assignment", headOf="NETWORK", city="JN")))}, "analyst", clock.now(), publish=True
            )
            instances.start(session, session.scalars(select(Definition.key)).one(), {}, access.SYSTEM, clock.now())
        assert tasks() == [("do", "colleague", "JN-NET-1:SECTION_HEAD")]

    def test_where_nobody_leads_the_fallback_does_it(self) -> None:
        run(errand(ext(baton("assignment", headOf="CATERING", fallbackRole="QA", fallbackUnit="SD-CS"))))
        assert tasks() == [("do", None, "SD-CS:QA")]

    def test_the_starter_may_not_approve_what_he_asked_for(self) -> None:
        run(errand(ext(baton("assignment", headOf="NETWORK", city="JN", exclude="starter"))), starter="head")
        assert tasks() == [("do", "depthead", "JN-NET:DEPT_HEAD")]

    def test_everybody_of_a_unit_gets_a_task_and_who_joins_later_counts_for_the_next_case(self) -> None:
        asked = ext(baton("assignment", role="HANDLER", unit="NETWORK", city="= city", everyone="true", user="= member"))
        loop = '<multiInstanceLoopCharacteristics><inputDataItem id="i" name="member"/></multiInstanceLoopCharacteristics>'
        instance = run(errand(asked + loop))
        assert tasks() == [("do", login, "JN-NET-1:HANDLER") for login in ("colleague", "handler")]
        with unit_of_work() as session:
            unit = session.scalars(select(Unit).where(Unit.code == "JN-NET-1")).one()
            joined = org.find_user(session, "kam")
            joined.memberships.append(Membership(unit=unit, role="HANDLER", head=False))
            session.flush()
            instances.start(session, instance.definition_key, {"city": "JN"}, access.SYSTEM, clock.now())
        assert sorted(filter(None, (login for _, login, _ in tasks()))).count("kam") == 1
