"""What stands on a person's desk beside the tasks themselves."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bpm import access, desk, org
from bpm.desk import DeskStep
from bpm.models.database import unit_of_work
from tests.bpm import organisation


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    with unit_of_work() as opened:
        organisation.found(opened)
        yield opened


def put(session: Session, element_id: str, name: str, login: str) -> None:
    task = organisation.task(session, None, "JN-NET-1", "HANDLER", org.find_user(session, login).id, "claimed")
    task.element_id, task.name = element_id, name
    session.flush()


def test_how_much_of_what_one_has_to_do_the_most_first(session: Session) -> None:
    for element_id, name, login in [
        ("handle", "处理", "handler"),
        ("review", "复核", "handler"),
        ("review", "复核", "handler"),
        ("handle", "处理", "colleague"),
    ]:
        put(session, element_id, name, login)
    me = access.actor_of(org.find_user(session, "handler"))
    assert desk.steps(session, me, "zh") == [DeskStep("review", "复核", 2), DeskStep("handle", "处理", 1)]
