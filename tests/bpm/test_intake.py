"""A complaint is told once, whichever way it comes; what is wrong with it is said field by field."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bpm import access, clock, contacts, definitions, instances, intake, journal, org, running
from bpm.access import CUSTOMER, Actor
from bpm.errors import NotFoundError
from bpm.forms import AnswersError
from bpm.models.database import unit_of_work
from bpm.models.instance import Instance
from bpm.models.work_order import Contact, WorkOrder
from tests.api.desk import PROCESSES, found
from tests.bpm.organisation import NOW

FOLDER = PROCESSES / "complaint"
FILES = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.suffix in {".bpmn", ".dmn", ".json"}}
FIELDS = {"title": "电梯里没有信号", "channel": "PHONE_1860", "contact_phone": "13800000001"}
DAY = timedelta(days=1)


@pytest.fixture
def branch(database: Engine) -> None:
    clock.set_zone("Asia/Shanghai")
    running.cache.clear()
    with unit_of_work() as session:
        found(session)
        definitions.deploy(session, FILES, "analyst", NOW, publish=True, registry=None)


@pytest.fixture
def session(branch: None) -> Iterator[Session]:
    with unit_of_work() as opened:
        yield opened


def actor(session: Session, login: str) -> Actor:
    return access.actor_of(org.find_user(session, login))


def take(session: Session, who: Actor = CUSTOMER, now: Any = NOW, external_id: str | None = None, **fields: Any) -> WorkOrder:
    return intake.take(session, FIELDS | fields, who, now, external_id)


def variables(session: Session, order: WorkOrder) -> dict[str, Any]:
    return instances.variables(session, session.get_one(Instance, order.instance_id))


class TestTakingIn:
    def test_it_gets_its_number_and_its_process_and_what_was_said_is_written_down(self, session: Session) -> None:
        order = take(session, description="每天早上都这样")
        assert order.number == "SD-JN-20261124-000001"
        instance = session.get_one(Instance, order.instance_id)
        assert (instance.business_key, instance.status) == (order.number, "running")
        assert [contact.text for contact in contacts.of_order(session, order)] == ["每天早上都这样"]
        assert {"started", "received"} <= {entry.kind for entry in journal.entries(session, instance.id)}

    def test_whoever_of_the_staff_takes_it_in_owns_it_to_the_end(self, session: Session) -> None:
        order = take(session, actor(session, "agent"))
        assert (order.first_owner, order.first_owner_unit, order.city) == ("agent", "JN-FRONT", "JN")

    def test_a_complaint_from_the_web_has_no_owner_yet(self, session: Session) -> None:
        order = take(session, channel="WEB_FORM")
        assert (order.first_owner, order.city) == (None, "JN")
        assert variables(session, order)["registered"] is False

    def test_the_same_contact_again_is_the_same_order(self, session: Session) -> None:
        first = take(session, external_id="mail-1")
        again = take(session, external_id="mail-1", title="换了标题")
        assert again is first
        assert again.title == FIELDS["title"]
        assert session.scalar(select(func.count()).select_from(WorkOrder)) == 1
        assert session.scalar(select(func.count()).select_from(Contact)) == 1
        assert take(session, external_id="mail-2") is not first

    def test_no_name_of_the_channel_is_no_name_that_could_be_taken(self, session: Session) -> None:
        first, second = (take(session, external_id="") for _ in range(2))
        assert first is not second

    def test_nor_two_at_the_same_moment_are_two(self, branch: None) -> None:
        barrier, told = Barrier(3), []

        def send() -> None:
            barrier.wait()
            try:
                with unit_of_work() as session:
                    told.append(take(session, external_id="mail-1").number)
            except Exception as error:  # noqa: BLE001 -- whatever it is, the test tells it
                told.append(repr(error))

        threads = [Thread(target=send) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(told)) == 1, told
        with unit_of_work(write=False) as session:
            assert session.scalar(select(func.count()).select_from(Instance)) == 1

    def test_a_kind_that_has_no_process_is_refused(self, session: Session) -> None:
        with pytest.raises(NotFoundError):
            take(session, type="PRAISE")


class TestWrongFields:
    @pytest.mark.parametrize(
        ("fields", "name", "words"),
        [
            ({"title": None}, "title", "Fill this in"),
            ({"title": ""}, "title", "Fill this in"),
            ({"title": "   \n"}, "title", "Fill this in"),
            ({"title": "长" * 201}, "title", "at most 200"),
            ({"channel": None}, "channel", "Fill this in"),
            ({"channel": "TELEPATHY"}, "channel", "not one of the choices"),
            ({"type": "ANGER"}, "type", "not one of the choices"),
            ({"class": "99999999"}, "class", "not one of the choices"),
            ({"city": "火星"}, "city", "not one of the choices"),
            ({"contact_phone": None}, "contact_phone", "telephone number or an e-mail"),
            ({"contact_phone": "打给我妈"}, "contact_phone", "3 to 15 digits"),
            ({"contact_phone": "1" * 16}, "contact_phone", "3 to 15 digits"),
            ({"customer_number": "12x34"}, "customer_number", "3 to 15 digits"),
            ({"contact_email": "nobody"}, "contact_email", "no e-mail address"),
            ({"contact_email": "a@b.cn\nBcc: x@y.cn"}, "contact_email", "no e-mail address"),
            ({"amount_disputed": -1}, "amount_disputed", "not negative"),
            ({"amount_disputed": "many"}, "amount_disputed", "not negative"),
            ({"amount_disputed": float("nan")}, "amount_disputed", "not negative"),
            ({"affected_users": True}, "affected_users", "not negative"),
            ({"on_the_spot": "yes"}, "on_the_spot", "yes or no"),
            ({"description": "长" * 10_001}, "description", "at most 10000"),
            ({"state": "CLOSED"}, "state", "no such field"),
            ({"number": "1"}, "number", "no such field"),
        ],
    )
    def test_each_is_named_with_a_sentence(self, session: Session, fields: dict[str, Any], name: str, words: str) -> None:
        with pytest.raises(AnswersError) as refused:
            take(session, **fields)
        wrong = refused.value.facts["fields"]
        assert list(wrong) == [name]
        assert words in wrong[name]
        assert session.scalar(select(func.count()).select_from(WorkOrder)) == 0

    @pytest.mark.parametrize(
        "written", ["（0531）8888-1234", "０５３１８８８８１２３４", "0531 8888 1234", "0531.8888.1234", "0531–8888·1234"]
    )
    def test_a_number_is_understood_as_people_write_it(self, session: Session, written: str) -> None:
        assert take(session, contact_phone=written).contact_phone == "053188881234"

    def test_all_are_told_at_once(self, session: Session) -> None:
        with pytest.raises(AnswersError) as refused:
            intake.take(session, {"title": "", "channel": "X", "contact_phone": "x", "nonsense": 1}, CUSTOMER, NOW)
        assert set(refused.value.facts["fields"]) == {"title", "channel", "contact_phone", "nonsense"}

    def test_a_character_that_no_database_keeps_is_left_out(self, session: Session) -> None:
        order = take(session, title="电梯\0里", description="没\0有信号", contact_name="刘\0")
        assert (order.title, order.description, order.contact_name) == ("电梯里", "没有信号", "刘")


class TestRepeats:
    def told(self, session: Session, **fields: Any) -> dict[str, Any]:
        known = variables(session, take(session, **fields))
        return {name: known[name] for name in ("orders_90d", "open_orders", "repeat_30d", "repeat_flag")}

    def test_the_first_is_the_first(self, session: Session) -> None:
        assert self.told(session) == {"orders_90d": 0, "open_orders": 0, "repeat_30d": 1, "repeat_flag": False}

    def test_about_the_same_thing_within_thirty_days_is_a_repeat(self, session: Session) -> None:
        take(session, now=NOW - DAY * 20, **{"class": "01010102"})
        told = self.told(session, **{"class": "01010102"})
        assert (told["repeat_30d"], told["repeat_flag"], told["orders_90d"]) == (2, True, 1)

    @pytest.mark.parametrize(("days", "counted"), [(31, 1), (91, 0)])
    def test_what_is_long_ago_is_none(self, session: Session, days: int, counted: int) -> None:
        take(session, now=NOW - DAY * days, **{"class": "01010102"})
        told = self.told(session, **{"class": "01010102"})
        assert (told["repeat_flag"], told["orders_90d"]) == (False, counted)

    def test_nor_is_what_somebody_else_said(self, session: Session) -> None:
        take(session, contact_phone="13900000009", **{"class": "01010102"})
        assert self.told(session, **{"class": "01010102"})["orders_90d"] == 0

    def test_whom_the_complaint_is_about_and_whom_to_call_are_both_the_customer(self, session: Session) -> None:
        take(session, contact_phone="13900000009", customer_number="13800000001")
        assert self.told(session)["orders_90d"] == 1

    def test_without_a_number_nobody_repeats(self, session: Session) -> None:
        mail = {"contact_phone": None, "contact_email": "liu@example.org"}
        take(session, **mail)
        assert self.told(session, **mail)["repeat_flag"] is False

    def test_only_open_ones_count_as_open(self, session: Session) -> None:
        take(session).state = "CLOSED"
        take(session)
        session.flush()
        told = self.told(session)
        assert (told["orders_90d"], told["open_orders"]) == (2, 1)


class TestByKey:
    def test_a_process_that_is_a_kind_of_order_makes_its_order(self, session: Session) -> None:
        given = {"title": "没有信号", "contact_phone": "13800000001", "own": 7}
        instance = intake.start(session, "complaint", given, None, actor(session, "agent"), NOW)
        order = session.scalars(select(WorkOrder).where(WorkOrder.instance_id == instance.id)).one()
        assert (order.title, instance.business_key) == ("没有信号", order.number)
        assert instances.variables(session, instance)["own"] == 7

    def test_with_nothing_said_it_is_called_as_the_process(self, session: Session) -> None:
        instance = intake.start(session, "complaint", {}, None, actor(session, "admin"), NOW)
        order = session.scalars(select(WorkOrder).where(WorkOrder.instance_id == instance.id)).one()
        assert order.title == definitions.latest(session, "complaint").name

    def test_wrong_variables_are_wrong_fields(self, session: Session) -> None:
        with pytest.raises(AnswersError):
            intake.start(session, "complaint", {"contact_phone": "x"}, None, actor(session, "admin"), NOW)

    def test_a_process_that_is_not_there_is_not_there(self, session: Session) -> None:
        with pytest.raises(NotFoundError):
            intake.start(session, "nowhere", {}, None, actor(session, "admin"), NOW)
