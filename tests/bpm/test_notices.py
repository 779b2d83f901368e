"""Who is told what: in the page always, outside by the first way that is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bpm import contacts, notices
from bpm.connecting import Registry, read_manifest
from bpm.connecting.contract import Json
from bpm.errors import N_
from bpm.models.org import User
from tests.bpm.casework import Casework

CONNECTORS = Path(__file__).parents[2] / "connectors"
TEXT = N_("“{step}” of {number} is due soon: {minutes} min left.")


class Post:
    """Stands where the mail connector stands; nobody is written to before the work item is carried out."""

    def perform(self, operation: str, inputs: Json, key: str) -> Json:
        raise AssertionError


@pytest.fixture
def desk(database: Engine) -> Iterator[Casework]:
    case = Casework()
    case.complain(contact_email="wang@example.org", customer={"language": "zh"})
    yield case
    notices.configure(None)


@pytest.fixture
def _mail() -> None:
    registry = Registry()
    registry.register(read_manifest(CONNECTORS / "mail"), Post())
    notices.configure(registry, "https://baton.example.org")


def tell(desk: Casework, *logins: str, ways: tuple[str, ...] = ("popup",)) -> None:
    with desk.unit() as session:
        people = [session.get_one(User, desk.actor(session, login).user_id) for login in logins]
        facts = {"step": "处理", "number": desk.number, "minutes": 60}
        notices.tell(session, people, "warn", TEXT, facts, now=desk.now, order=desk.order(session), ways=ways)


class TestStaff:
    def test_a_person_is_told_once_in_the_page(self, desk: Casework) -> None:
        tell(desk, "handler", "handler")
        assert desk.told("handler") == [f"“处理” of {desk.number} is due soon: 60 min left."]
        assert desk.items("notice") == []

    def test_what_was_read_is_no_longer_unread(self, desk: Casework) -> None:
        tell(desk, "handler")
        tell(desk, "handler", "head")
        with desk.unit() as session:
            me = desk.actor(session, "handler")
            first = notices.unread(session, me)[0]
            assert first.popup
            notices.mark_read(session, me, desk.now, first.id)
            assert len(notices.unread(session, me)) == 1
            notices.mark_read(session, me, desk.now)
            assert notices.unread(session, me) == []
            assert len(notices.unread(session, desk.actor(session, "head"))) == 1

    def test_nobody_reads_another_s_notice_away(self, desk: Casework) -> None:
        tell(desk, "handler")
        with desk.unit() as session:
            (mine,) = notices.unread(session, desk.actor(session, "handler"))
            notices.mark_read(session, desk.actor(session, "head"), desk.now, mine.id)
            assert mine.read_at is None

    @pytest.mark.usefixtures("_mail")
    def test_outside_goes_the_first_way_that_is_there(self, desk: Casework) -> None:
        tell(desk, "handler", ways=("sms", "mail", "popup"))
        (item,) = desk.items("notice")
        assert (item.payload["connector"], item.payload["operation"]) == ("mail", "send")
        assert item.payload["inputs"]["to"] == "handler@example.org"
        assert item.payload["inputs"]["subject"].count(desk.number) == 1
        assert "电梯里没有信号" in item.payload["inputs"]["text"]
        assert item.payload["inputs"]["text"].endswith(f"https://baton.example.org/orders/{desk.number}")
        (entry,) = desk.journal("way-missing")
        assert entry.facts == {"ways": ["sms"], "to": "handler"}

    @pytest.mark.usefixtures("_mail")
    def test_where_no_way_is_there_a_mail_goes(self, desk: Casework) -> None:
        tell(desk, "handler", ways=("sms", "oa"))
        (item,) = desk.items("notice")
        assert item.payload["connector"] == "mail"

    def test_a_way_that_is_not_there_is_written_down(self, desk: Casework) -> None:
        tell(desk, "handler", ways=("mail",))
        assert desk.items("notice") == []
        (entry,) = desk.journal("way-missing")
        assert entry.facts == {"ways": ["mail"], "to": "handler"}
        assert len(desk.told("handler")) == 1

    def test_a_text_of_the_process_reaches_the_staff_too(self, desk: Casework) -> None:
        with desk.unit() as session:
            head = session.get_one(User, desk.actor(session, "head").user_id)
            notices.tell_staff(session, [head], desk.order(session), "delayed", desk.now)
        assert desk.told("head", language="zh")[0].startswith("处理比预期的慢，最迟 2026-11-09 10:00 答复。")


class TestLanguages:
    """Whoever changes the language of his pages reads what he was told before in the new one."""

    def test_a_text_of_the_process_is_told_in_the_reader_s_language(self, desk: Casework) -> None:
        with desk.unit() as session:
            head = session.get_one(User, desk.actor(session, "head").user_id)
            notices.tell_staff(session, [head], desk.order(session), "delayed", desk.now)
        assert desk.told("head", language="zh")[0].startswith("处理比预期的慢")
        assert desk.told("head", language="en")[0].startswith("This takes longer than expected; we answer until 2026-11-09 10:00.")

    def test_steps_and_people_are_named_in_the_reader_s_language(self, desk: Casework) -> None:
        desk.claim("handler")
        desk.wait("2026-11-02 15:30")
        zh = f"{desk.number} 的“处理”已用时限的 100%（升级到第 1 级），目前在张伟手里。"
        en = f"“Handle” of {desk.number} has used 100% of its time (tier 1). It is with Zhang Wei."
        assert [desk.told("head", language=language) for language in ("zh", "en")] == [[zh], [en]]

    @pytest.mark.usefixtures("_mail")
    def test_a_mail_goes_in_the_language_of_whoever_gets_it(self, desk: Casework) -> None:
        with desk.unit() as session:
            session.get_one(User, desk.actor(session, "head").user_id).language = "en"
        desk.wait("2026-11-02 15:30")
        texts = {item.payload["inputs"]["to"]: item.payload["inputs"]["text"] for item in desk.items("notice")}
        assert "has used 100% of its time" in texts["head@example.org"]


class TestCustomer:
    @pytest.mark.usefixtures("_mail")
    def test_it_stands_on_the_tracking_page_and_goes_out_by_mail(self, desk: Casework) -> None:
        with desk.unit() as session:
            order = desk.order(session)
            notices.tell_customer(session, order, "delayed", {}, desk.now)
            link = f"https://baton.example.org/track/{order.token}"
        (contact,) = desk.contacts("delayed")
        assert (contact.direction, contact.public, contact.channel) == ("out", True, "EMAIL")
        (item,) = desk.items("notice")
        inputs = item.payload["inputs"]
        assert inputs == {
            "to": "wang@example.org",
            "subject": f"[{desk.number}] 您的投诉 {desk.number} 延误",
            "text": f"处理比预期的慢，最迟 2026-11-09 10:00 答复。进度：{link}",
        }

    @pytest.mark.usefixtures("_mail")
    def test_who_complained_in_english_is_written_to_in_english(self, desk: Casework) -> None:
        with desk.unit() as session:
            order = desk.order(session)
            order.language = "en"
            notices.tell_customer(session, order, "delayed", {}, desk.now)
        (item,) = desk.items("notice")
        assert item.payload["inputs"]["subject"] == f"[{desk.number}] Your complaint {desk.number} is delayed"
        (contact,) = desk.contacts("delayed")
        assert contacts.said(contact, "zh").startswith("处理比预期的慢")
        assert contacts.said(contact, "en") == contact.text

    def test_without_mail_it_stands_on_the_tracking_page_and_the_journal_says_why(self, desk: Casework) -> None:
        with desk.unit() as session:
            notices.tell_customer(session, desk.order(session), "suspended", {"suspend_note": "电梯编号"}, desk.now)
        (contact,) = desk.contacts("suspended")
        assert (contact.text, contact.channel) == ("请补充：电梯编号", "WEB_SELF")
        (entry,) = desk.journal("way-missing")
        assert entry.facts == {"ways": ["mail"], "to": "customer"}

    def test_a_place_that_nobody_fills_is_left_empty(self, desk: Casework) -> None:
        with desk.unit() as session:
            contact = notices.tell_customer(session, desk.order(session), "suspended", {}, desk.now)
            assert contact.text == "请补充："

    def test_a_place_names_a_member_as_everywhere_in_a_drawing(self) -> None:
        facts = {"bill": {"sum": 30, "month": "九月"}}
        assert notices.filled("{{ bill.sum }} 元，{{bill.month}}{{ nobody.knows }}", facts) == "30 元，九月"
