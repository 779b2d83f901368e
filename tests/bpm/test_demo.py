"""The demonstration fills an empty database, once, and its parts fit together."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bpm import access, calendars, classes, customers, definitions, demo, forms, org
from bpm.access import tries
from bpm.errors import RefusedError
from bpm.models import Customer, Definition, User
from bpm.models.database import unit_of_work
from bpm.models.org import Membership, Unit
from tests.bpm.organisation import NOW

DEMO = Path(__file__).parents[2] / "demo"


@pytest.fixture
def loaded(database: Engine) -> Iterator[Session]:
    with unit_of_work() as session:
        assert demo.load(session, DEMO, NOW)
    with unit_of_work(write=False) as session:
        yield session


def test_a_second_start_changes_nothing(loaded: Session) -> None:
    before = loaded.scalar(select(func.count()).select_from(User))
    loaded.rollback()
    with unit_of_work() as session:
        assert not demo.load(session, DEMO, NOW)
        assert session.scalar(select(func.count()).select_from(User)) == before
        assert session.scalar(select(func.max(Definition.version))) == 1


def test_half_a_demonstration_is_none(database: Engine, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "process.json").write_text("{}")
    with pytest.raises(RefusedError), unit_of_work() as session:
        demo.load(session, DEMO, NOW, processes=tmp_path)
    with unit_of_work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0


def test_every_announced_account_can_log_in(loaded: Session) -> None:
    announced = demo.accounts(loaded)
    assert tuple(account.login for account in announced) == demo.ACCOUNTS
    assert all(account.roles and account.unit and account.unit_en for account in announced)
    hashes = set(loaded.scalars(select(User.password_hash).where(User.login.in_(demo.ACCOUNTS))))
    assert len(hashes) == 1, "worked out once"
    with patch.object(tries, "wrong_passwords", tries.Tries()):
        assert access.check_password(loaded, "agent", "baton", "127.0.0.1", NOW).login == "agent"


def test_the_accounts_play_what_they_are_called(loaded: Session) -> None:
    actors = {account.login: access.actor_of(org.find_user(loaded, account.login)) for account in demo.accounts(loaded)}
    cities = {city for login, actor in actors.items() if login not in {"admin", "analyst", "vp"} for city in actor.cities}
    assert len(cities) == 1, "all of one city"
    assert actors["admin"].is_admin
    assert [login for login, actor in actors.items() if actor.sees_all] == ["admin", "manager", "vp", "qa"]


def test_a_late_step_of_the_handler_climbs_to_the_named_people(loaded: Session) -> None:
    (unit,) = access.actor_of(org.find_user(loaded, "handler")).units
    city = org.unit(loaded, unit).city
    posts: list[org.Post] = ["section_head", "department_head", "customer_service_head", "vice_president"]
    assert [[user.login for user in org.superior(loaded, unit, post, city, NOW)] for post in posts] == [
        ["head"],
        ["depthead"],
        ["manager"],
        ["vp"],
    ]


def test_whoever_is_late_in_any_unit_is_told_of_to_somebody_nearer_than_the_vice_president(loaded: Session) -> None:
    working = select(Membership.unit_id).where(Membership.role.in_(("AGENT", "REVIEWER", "DISPATCHER", "HANDLER", "VISITOR", "KAM")))
    posts: list[org.Post] = ["section_head", "department_head", "customer_service_head"]
    for unit in loaded.scalars(select(Unit).where(Unit.id.in_(working))):
        for post in posts:
            told = [user.login for user in org.superior(loaded, unit.code, post, unit.city, NOW)]
            assert told not in ([], ["vp"]), (unit.code, post)


def test_no_desk_is_led_by_its_only_agent(loaded: Session) -> None:
    for desk in loaded.scalars(select(Unit).where(Unit.function == "FRONT")):
        assert org.superior(loaded, desk.code, "section_head", desk.city, NOW) != org.members(loaded, desk.code, "AGENT"), desk.code


def test_an_ordinary_complaint_goes_to_the_handler_by_defaults(loaded: Session) -> None:
    definition = definitions.for_order_type(loaded, "COMPLAINT")
    city = org.unit(loaded, access.actor_of(org.find_user(loaded, "handler")).units[0]).city
    register = forms.resolved(loaded, definition.id, "register", {"title": "电梯里没有信号"}, language="zh", city=city)
    code = register.fields["class_code"]["default"]
    data = {"class_code": code, "level": "L3", "city": city, "channel": "PHONE_1860", "sp_code": None}
    data["route"] = definitions.engine_definition(loaded, definition.id).decide("routing", data).result
    dispatch = forms.resolved(loaded, definition.id, "dispatch", data, language="zh", city=city)
    lead = dispatch.fields["lead_unit"]["default"]
    assert "handler" in [user.login for user in org.members(loaded, lead, "HANDLER")]


def test_every_unit_works_by_a_calendar_that_is_there(loaded: Session) -> None:
    known = calendars.all(loaded)
    for branch in org.units(loaded):
        assert org.calendar_of(loaded, branch.unit.code) in known
    assert not calendars.get(loaded, "CAL-BIZ").is_working(NOW.replace(month=10, day=1))


def test_the_classes_hang_together_and_name_functions_that_exist(loaded: Session) -> None:
    for top in classes.children(loaded, None):
        assert len(classes.path(loaded, top.code)) == 1
    found = classes.search(loaded, "电梯")
    assert found
    assert [step.level for step in classes.path(loaded, found[0].code)] == [1, 2, 3, 4]
    assert org.resolve_unit(loaded, found[0].function or "", "531") is not None


def test_customers_of_the_key_account_manager_are_known(loaded: Session) -> None:
    known = loaded.scalars(select(Customer).where(Customer.kam == "kam")).all()
    assert [customers.find(loaded, customer.number) for customer in known] == known != []


def test_every_shipped_process_is_in_use_without_a_finding(loaded: Session) -> None:
    shipped = sorted(path.parent.name for path in (DEMO.parent / "processes").glob("*/process.json"))
    in_use = {each.key: each for each in definitions.page(loaded, newest_only=True).items}
    assert sorted(in_use) == shipped
    assert {key: [finding.sentence for finding in definitions.findings(each)] for key, each in in_use.items()} == {
        key: [] for key in shipped
    }
