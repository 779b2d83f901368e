"""Who gets in, and who sees what."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bpm import access
from bpm.access import logins, tries
from bpm.errors import ForbiddenError
from bpm.models import ApiToken, Customer, LoginSession, Task, User, WorkOrder
from bpm.models.database import unit_of_work
from tests.bpm.organisation import NOW, found, order, task

PASSWORD = "接力棒 2026"
HASH = access.hash_password(PASSWORD)


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> Iterator[None]:
    with patch.object(tries, "wrong_passwords", tries.Tries()):
        yield


@pytest.fixture
def people(database: Engine) -> dict[str, User]:
    with unit_of_work() as session:
        people = found(session)
        people["agent"].password_hash = HASH
        people["handler"].password_hash = HASH
    return people


def log_in(login: str, password: str, at: datetime = NOW, address: str = "10.0.0.1") -> tuple[LoginSession, str]:
    with unit_of_work() as session:
        return access.log_in(session, login, password, address, at)


def login_at(secret: str, at: datetime) -> LoginSession | None:
    with unit_of_work(write=False) as session:
        return access.session_of(session, secret, at)


# ---- the door


@pytest.mark.usefixtures("people")
def test_an_agent_comes_in_and_goes() -> None:
    opened, secret = log_in("agent", PASSWORD)
    known = login_at(secret, NOW)
    assert known is not None
    assert (known.id, known.user.login) == (opened.id, "agent")
    with unit_of_work() as session:
        access.log_out(session, secret)
    assert login_at(secret, NOW) is None


@pytest.mark.usefixtures("people")
def test_the_secret_itself_is_kept_nowhere() -> None:
    opened, secret = log_in("agent", PASSWORD)
    assert secret not in (opened.secret_hash, opened.csrf)
    assert HASH.startswith("$argon2id$v=19$m=65536,t=3,")


def test_an_unknown_login_looks_like_a_wrong_password(people: dict[str, User]) -> None:
    with unit_of_work() as session:
        session.add(people["handler"])
        people["handler"].active = False
    told = []
    for login, password in (("agent", "wrong"), ("nobody", PASSWORD), ("handler", PASSWORD), ("qa", PASSWORD), ("\0", "x")):
        with patch.object(logins, "_verify", wraps=logins._verify) as verify, pytest.raises(access.LoginFailedError) as caught:
            log_in(login, password)
        told.append((str(caught.value), caught.value.facts, verify.call_count))
    assert told == [("The staff number or the password is wrong. Try again.", {}, 1)] * 5, "same words, same work"


@pytest.mark.usefixtures("people")
def test_after_five_wrong_passwords_even_the_right_one_must_wait() -> None:
    for minute in range(5):
        with pytest.raises(access.LoginFailedError):
            log_in("agent", "wrong", NOW + timedelta(minutes=minute), address=f"10.0.0.{minute}")
    with pytest.raises(access.TooManyTriesError) as caught:
        log_in("AGENT", PASSWORD, NOW + timedelta(minutes=5), address="10.0.1.1")
    assert caught.value.facts == {"minutes": 10, "seconds": 600}
    assert log_in("handler", PASSWORD, NOW + timedelta(minutes=5))[0]
    assert log_in("agent", PASSWORD, NOW + timedelta(minutes=15))[0]


@pytest.mark.usefixtures("people")
def test_who_tries_many_accounts_from_one_address_is_stopped() -> None:
    for number in range(tries.OF_ADDRESS):
        with pytest.raises(access.LoginFailedError):
            log_in(f"nobody{number}", "wrong", address="10.9.9.9")
    with pytest.raises(access.TooManyTriesError):
        log_in("agent", PASSWORD, address="10.9.9.9")
    assert log_in("agent", PASSWORD, address="10.0.0.1")[0]


@pytest.mark.usefixtures("people")
def test_a_right_password_forgives_the_wrong_ones() -> None:
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(access.LoginFailedError):
                log_in("agent", "wrong")
        assert log_in("agent", PASSWORD)[0]


@pytest.mark.usefixtures("people")
def test_a_login_ends_after_half_an_hour_of_nothing_and_after_twelve_hours_at_the_latest() -> None:
    opened, secret = log_in("agent", PASSWORD)
    assert login_at(secret, NOW + timedelta(minutes=30)) is not None
    assert login_at(secret, NOW + timedelta(minutes=31)) is None
    for quarter in range(1, 49):
        with unit_of_work() as session:
            access.touch(session, opened.id, NOW + quarter * timedelta(minutes=15))
    assert login_at(secret, NOW + timedelta(hours=12)) is not None
    assert login_at(secret, NOW + timedelta(hours=12, seconds=1)) is None


@pytest.mark.usefixtures("people")
def test_only_a_login_not_seen_for_a_while_needs_a_write() -> None:
    opened, _ = log_in("agent", PASSWORD)
    assert not access.is_stale(opened, NOW + timedelta(seconds=59))
    assert access.is_stale(opened, NOW + timedelta(seconds=60))


@pytest.mark.usefixtures("people")
def test_a_form_of_another_site_is_known_by_its_missing_value() -> None:
    opened, _ = log_in("agent", PASSWORD)
    assert access.is_csrf(opened, opened.csrf)
    assert not access.is_csrf(opened, None)
    assert not access.is_csrf(opened, "别的")


def test_who_was_switched_off_is_out_at_once(people: dict[str, User]) -> None:
    _, secret = log_in("agent", PASSWORD)
    with unit_of_work() as session:
        token = access.issue_token(session, people["agent"], NOW)
        session.get_one(User, people["agent"].id).active = False
    assert login_at(secret, NOW) is None
    with unit_of_work(write=False) as session:
        assert access.token_user(session, token) is None


def test_a_program_comes_with_a_token_until_it_is_taken_back(people: dict[str, User]) -> None:
    with unit_of_work() as session:
        token = access.issue_token(session, people["agent"], NOW)
    with unit_of_work() as session:
        known = access.token_user(session, token)
        assert known is not None
        assert known.login == "agent"
        assert access.token_user(session, token + "x") is None
        assert session.scalars(select(ApiToken.secret_hash)).one() != token
        access.revoke_tokens(session, known, NOW)
    with unit_of_work(write=False) as session:
        assert access.token_user(session, token) is None


# ---- the policy


def seen_orders(session: Session, person: User) -> set[str]:
    actor = access.actor_of(person)
    orders = session.scalars(select(WorkOrder)).all()
    by_filter = set(session.scalars(select(WorkOrder.title).where(access.visible_orders(actor))))
    one_by_one = {each.title for each in orders if access.may_see_order(session, actor, each)}
    assert by_filter == one_by_one, "one policy, asked in two ways"
    return by_filter


def test_everybody_sees_the_orders_that_are_his_business_and_no_others(people: dict[str, User]) -> None:
    with unit_of_work() as session:
        session.add(Customer(number="13900000001", name="大客户", kam="kam", snapshot={}, fetched_at=NOW))
        lift = order(session, city="JN")
        bill = order(session, city="QD", customer_number="13900000001")
        roaming = order(session, city="QD", first_owner="agent")
        for each, title in ((lift, "lift"), (bill, "bill"), (roaming, "roaming")):
            each.title = title
        task(session, lift, "JN-NET-1", "HANDLER", status="completed")
        task(session, roaming, "QD-NET", "HANDLER")
        task(session, bill, "JN-FRONT", "AGENT", assignee=people["analyst"].id)
        session.flush()
        seen = {login: seen_orders(session, session.get_one(User, person.id)) for login, person in people.items()}
    assert seen == {
        "admin": {"lift", "bill", "roaming"},
        "qa": {"lift", "bill", "roaming"},
        "vp": {"lift", "bill", "roaming"},
        "manager": {"lift", "bill", "roaming"},
        "manager-sd": {"lift", "bill", "roaming"},
        "reviewer-sd": {"lift", "bill", "roaming"},  # the province's desk: every city
        "agent": {"lift", "roaming"},  # his city, and what he took in first
        "agent-qd": {"bill", "roaming"},
        "handler": {"lift"},  # was in his section, though done
        "colleague": {"lift"},
        "handler-qd": {"roaming"},
        "head": {"lift"},
        "depthead": {"lift"},  # in a section below
        "kam": {"bill"},
        "analyst": {"bill"},  # has it in hand
    }


def test_the_customer_sees_nothing_by_these_doors_and_the_system_everything(people: dict[str, User]) -> None:
    with unit_of_work() as session:
        lift = order(session)
        task(session, lift, "JN-NET-1", "HANDLER")
        counted = [
            (
                len(session.scalars(select(WorkOrder).where(access.visible_orders(who))).all()),
                len(session.scalars(select(Task).where(access.visible_tasks(who))).all()),
            )
            for who in (access.CUSTOMER, access.SYSTEM)
        ]
    assert counted == [(0, 0), (1, 1)]


def test_the_tasks_one_sees(people: dict[str, User]) -> None:
    with unit_of_work() as session:
        lift = order(session)
        in_queue = task(session, lift, "JN-NET-1", "HANDLER")
        given = task(session, lift, "JN-FRONT", "AGENT", assignee=people["handler"].id)
        done = task(session, lift, "QD-FRONT", "AGENT", status="completed")
        done.completed_by_id = people["handler"].id
        in_queue.name, given.name, done.name = "in queue", "given", "done"
        session.flush()
        seen = {
            login: set(
                session.scalars(select(Task.name).where(access.visible_tasks(access.actor_of(session.get_one(User, people[login].id)))))
            )
            for login in ("handler", "colleague", "agent", "depthead", "manager", "admin", "analyst")
        }
    assert seen == {
        "handler": {"in queue", "given", "done"},
        "colleague": {"in queue"},
        "agent": {"given"},  # stands in his queue
        "depthead": {"in queue"},  # leads the department above
        "manager": {"given"},
        "admin": {"in queue", "given", "done"},
        "analyst": set(),
    }


def test_a_role_is_asked_for_by_name(people: dict[str, User]) -> None:
    with unit_of_work() as session:
        agent = access.actor_of(session.get_one(User, people["agent"].id))
        admin = access.actor_of(session.get_one(User, people["admin"].id))
    access.require(agent, "AGENT", "QA")
    access.require(admin, "QA")
    with pytest.raises(ForbiddenError):
        access.require(agent, "QA")


def test_what_an_actor_carries(people: dict[str, User]) -> None:
    with unit_of_work() as session:
        head = access.actor_of(session.get_one(User, people["head"].id))
    assert (head.queues, head.units, head.cities, head.heads) == (("JN-NET-1:SECTION_HEAD",), ("JN-NET-1",), ("JN",), ("JN-NET-1",))
    assert not head.sees_all
