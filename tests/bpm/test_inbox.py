"""What people do with tasks."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bpm import inbox, org, queues, workorders
from bpm.models.task import Task
from tests.bpm.casework import Casework, two_units_at_work


@pytest.fixture
def desk(database: Engine) -> Casework:
    case = Casework()
    case.complain()
    return case


def goes_on(desk: Casework, login: str) -> Task | None:
    """What falls to somebody next in the case, claimed."""
    with desk.unit() as session:
        actor, task = desk.actor(session, login), desk.task(session)
        return inbox.take_on(session, queues.following(session, actor, task.instance_id), actor, desk.now)


def test_nobody_takes_from_a_queue_what_a_colleague_could_do_as_well(desk: Casework) -> None:
    assert goes_on(desk, "handler") is None
    assert desk.step.status == "open"


def test_what_nobody_else_may_do_falls_to_the_one_who_may(desk: Casework) -> None:
    with desk.unit() as session:
        desk.task(session).excluded = f" {desk.actor(session, 'colleague').user_id} "
    assert goes_on(desk, "colleague") is None
    assert goes_on(desk, "handler") is not None
    assert desk.step.status == "claimed"


def test_what_was_given_to_somebody_falls_to_him(desk: Casework) -> None:
    with desk.unit() as session:
        inbox.reassign(session, desk.task(session).id, desk.actor(session, "head"), desk.now, user="colleague")
    assert goes_on(desk, "handler") is None
    assert goes_on(desk, "colleague") is not None
    assert desk.step.status == "claimed"


def test_four_eyes_see_through_a_deputy(desk: Casework) -> None:
    """Whoever may not do a task does not get it as the deputy of somebody who is away."""
    with desk.unit() as session:
        colleague, handler = org.find_user(session, "colleague"), org.find_user(session, "handler")
        assert colleague is not None
        assert handler is not None
        handler.absent_until, handler.deputy_id = desk.now + timedelta(days=1), colleague.id
        desk.task(session).excluded = f" {colleague.id} "
    with pytest.raises(inbox.NotForYouError), desk.unit() as session:
        inbox.reassign(session, desk.task(session).id, desk.actor(session, "head"), desk.now, user="handler")


def test_when_one_of_two_units_is_done_the_order_is_with_the_other(database: Engine) -> None:
    desk = two_units_at_work()
    desk.claim("handler-qd")
    assert (desk.case.current_unit, desk.case.current_user, desk.case.current_step) == ("QD-NET", "handler-qd", "写进展")
    with desk.unit() as session:
        first, _ = workorders.open_tasks(session, desk.order(session))
        inbox.release(session, first.id, desk.actor(session, "handler"))
    assert (desk.case.current_unit, desk.case.current_user) == ("QD-NET", "handler-qd"), "who releases his task releases no other"
    desk.finish("handler-qd")
    assert (desk.case.current_unit, desk.case.current_user, desk.case.current_step) == ("JN-NET-1", None, "处理")
