"""Customers as last seen."""

from datetime import timedelta

from sqlalchemy import Engine

from bpm import customers
from bpm.models.database import unit_of_work
from tests.bpm.organisation import NOW

SNAPSHOT = {
    "number": "13906310001",
    "name": "王建国",
    "name_en": "Wang Jianguo",
    "city": "JN",
    "kam": None,
    "email": "wang@example.org",
    "arpu_3m": 88.5,
}


def test_the_last_answer_of_billing_is_kept(database: Engine) -> None:
    with unit_of_work() as session:
        customers.remember(session, SNAPSHOT, "SILVER", NOW)
    with unit_of_work() as session:
        customers.remember(session, {**SNAPSHOT, "city": "QD"}, "GOLD", NOW + timedelta(days=1))
    with unit_of_work(write=False) as session:
        kept = customers.find(session, "13906310001")
        assert kept is not None
        assert (kept.name, kept.city, kept.grade, kept.email) == ("王建国", "QD", "GOLD", "wang@example.org")
        assert kept.snapshot == {**SNAPSHOT, "city": "QD"}
        assert customers.find(session, "13906310002") is None


def test_a_late_answer_does_not_overwrite_a_newer_one_and_no_grade_leaves_the_old(database: Engine) -> None:
    with unit_of_work() as session:
        customers.remember(session, SNAPSHOT, "GOLD", NOW)
        customers.remember(session, {**SNAPSHOT, "name": "旧名"}, "ORDINARY", NOW - timedelta(hours=1))
        kept = customers.remember(session, SNAPSHOT, None, NOW + timedelta(hours=1))
        assert (kept.name, kept.grade) == ("王建国", "GOLD")


def test_a_customer_is_found_by_the_beginning_of_the_number_or_by_name(database: Engine) -> None:
    with unit_of_work() as session:
        customers.remember(session, SNAPSHOT, "GOLD", NOW)
        customers.remember(session, {"number": "13800000009"}, None, NOW)
    with unit_of_work(write=False) as session:
        found = {
            text: [each.number for each in customers.search(session, text)] for text in ("139063", "建国", "jianguo", "0001", " ", "1%9")
        }
    assert found == {"139063": ["13906310001"], "建国": ["13906310001"], "jianguo": ["13906310001"], "0001": [], " ": [], "1%9": []}
