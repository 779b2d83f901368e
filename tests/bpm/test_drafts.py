"""Drafts: saved as they are drawn, never over somebody else's work; looked at by a second person; published; brought back."""

from collections import Counter
from datetime import datetime, timedelta
from threading import Thread
from uuid import UUID

import orjson
import pytest
from lxml import etree
from sqlalchemy import Engine, select

from bpm import access, clock, definitions, drafts
from bpm.access import Actor
from bpm.connecting import Registry
from bpm.definitions.settings import settings_of
from bpm.definitions.sources import check
from bpm.drafts import ids
from bpm.drafts.templates import PROCESSES
from bpm.errors import ConflictError, ForbiddenError, InvalidError, RefusedError
from bpm.models import Draft, Notice, User
from bpm.models.database import unit_of_work
from tests.bpm import organisation
from tests.bpm.organisation import NOW
from tests.bpm.together import until_it_waits

FILE = "process.bpmn"


class Studio:
    """An organisation that draws: each act is a unit of work of its own, at a moment that the test moves."""

    def __init__(self) -> None:
        self.now = NOW
        with unit_of_work() as session:
            people = organisation.found(session)
            self.people = {login: access.actor_of(user) for login, user in people.items()}
        self.draft_id = self.begin()

    def actor(self, login: str) -> Actor:
        return self.people[login]

    def begin(self, name: str = "报修") -> UUID:
        with unit_of_work() as session:
            return drafts.begin_template(session, drafts.BLANK, name, self.actor("analyst"), self.now).id

    @property
    def draft(self) -> Draft:
        with unit_of_work(write=False) as session:
            return session.get_one(Draft, self.draft_id)

    def text(self, name: str = FILE) -> str:
        with unit_of_work(write=False) as session:
            return drafts.files(session, session.get_one(Draft, self.draft_id))[name].decode()

    def save(self, text: str, seen: int | None, login: str = "analyst") -> int:
        with unit_of_work() as session:
            return drafts.save(session, self.draft_id, {"forms/a.json": text.encode()}, seen, self.actor(login), self.now).revision

    def revisions(self) -> list[tuple[int, str | None]]:
        with unit_of_work(write=False) as session:
            return [(each.revision, each.mark) for each in drafts.revisions(session, session.get_one(Draft, self.draft_id))]

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def gone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody has said for a while that he has the draft open."""
        moment = clock.wall() + timedelta(minutes=10)
        monkeypatch.setattr(clock, "wall", lambda: moment)

    def ready(self) -> None:
        """Draw a step that somebody does."""
        step = '<bpmn:endEvent id="End" name="完"/><bpmn:sequenceFlow id="f" sourceRef="Start" targetRef="End"/></bpmn:process>'
        with unit_of_work() as session:
            drawn = self.text().replace("</bpmn:process>", step).encode()
            drafts.save(session, self.draft_id, {FILE: drawn}, None, self.actor("analyst"), self.now)

    def approved(self) -> None:
        self.ready()
        with unit_of_work() as session:
            drafts.ask_for_review(session, self.draft_id, self.actor("analyst"), "qa", "请看", self.now)
            drafts.approve(session, self.draft_id, self.actor("qa"), session.get_one(Draft, self.draft_id).revision, "", self.now)

    def publish(self, note: str = "第一版", *, anyway: bool = False) -> definitions.ProcessSettings:
        with unit_of_work() as session:
            made = drafts.publish(session, self.draft_id, self.actor("analyst"), note, Registry(), self.now, anyway=anyway)
            return definitions.settings_of(session, made.id)


@pytest.fixture
def studio(database: Engine) -> Studio:
    return Studio()


# ---- beginning


@pytest.mark.parametrize(
    ("name", "key"), [("Line repair", "line-repair"), ("宽带报修", "process-2"), ("7 days", "process-7-days"), ("  A   b ", "a-b")]
)
def test_a_key_is_made_of_the_name(studio: Studio, name: str, key: str) -> None:
    studio.draft_id = studio.begin(name)
    assert (studio.draft.key, studio.draft.name) == (key, " ".join(name.split()))
    told = orjson.loads(studio.text("process.json"))
    assert (told["key"], told["name"], told["main"]) == (key, " ".join(name.split()), FILE)
    assert f'id="{key}"' in studio.text()


def test_no_two_processes_have_one_key(studio: Studio) -> None:
    keys = []
    for _ in range(3):
        studio.draft_id = studio.begin("Repair")
        keys.append(studio.draft.key)
    assert keys == ["repair", "repair-2", "repair-3"]


def test_a_name_that_is_the_id_of_a_step_makes_no_double(studio: Studio) -> None:
    with unit_of_work() as session:
        draft = drafts.begin_template(session, "approval", "Check", studio.actor("analyst"), NOW)
        assert [each for each in definitions.examine(session, drafts.files(session, draft), None) if each.level == "error"] == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "a\0b"])
def test_a_name_is_a_name(studio: Studio, name: str) -> None:
    with pytest.raises(InvalidError):
        studio.begin(name)


# ---- saving


def test_saves_of_one_person_within_minutes_share_a_row_and_the_beginning_stays(studio: Studio) -> None:
    first = studio.text()
    for number in range(2, 12):
        assert studio.save(f"{number}", number - 1) == number
        studio.later(seconds=20)
    assert studio.revisions() == [(11, None), (1, "begun")]
    studio.later(minutes=3)
    assert studio.save("later", 11) == 12
    assert studio.revisions() == [(12, None), (11, None), (1, "begun")]
    with unit_of_work() as session:
        drafts.restore(session, studio.draft_id, 1, studio.actor("analyst"), studio.now)
    assert studio.text() == first
    assert studio.revisions()[:2] == [(13, "restored 1"), (12, "kept")]
    studio.save("after", 13)
    assert [number for number, _ in studio.revisions()] == [14, 13, 12, 11, 1]


def test_what_was_there_before_a_restore_can_be_brought_back_as_well(studio: Studio) -> None:
    studio.save("mine", 1)
    for revision in (1, 2):
        with unit_of_work() as session:
            drafts.restore(session, studio.draft_id, revision, studio.actor("analyst"), studio.now)
    assert studio.text("forms/a.json") == "mine"


def test_a_save_that_changes_nothing_is_none(studio: Studio) -> None:
    assert studio.save("a", 1) == studio.save("a", 2) == 2


def test_who_has_seen_an_older_revision_does_not_write_over_the_newer(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.save("mine", 1)
    studio.gone(monkeypatch)
    with pytest.raises(drafts.DraftChangedError, match="何静"):
        studio.save("theirs", 1, "admin")
    assert studio.text("forms/a.json") == "mine"
    assert studio.save("theirs", None, "admin") == 3
    assert (2, "kept") in studio.revisions(), "what was written over can be brought back"


def test_the_second_reads_until_he_takes_the_pen_and_then_the_first_keeps_a_copy(studio: Studio) -> None:
    with unit_of_work() as session:
        drafts.beat(session, studio.draft_id, studio.actor("analyst"))
        draft = drafts.beat(session, studio.draft_id, studio.actor("admin"))
        assert drafts.present(session, draft) == drafts.Present("analyst", ("admin", "analyst"))
    with pytest.raises(drafts.DraftTakenError):
        studio.save("theirs", 1, "admin")
    with unit_of_work() as session:
        drafts.beat(session, studio.draft_id, studio.actor("admin"), take_over=True)
    assert studio.save("theirs", 1, "admin") == 2
    with pytest.raises(drafts.DraftTakenError):
        studio.save("mine", 1)
    with unit_of_work() as session:
        copy = drafts.copy(session, studio.draft_id, {"forms/a.json": b"mine"}, "我的", studio.actor("analyst"), studio.now)
        assert drafts.files(session, copy)["forms/a.json"] == b"mine"
        assert copy.key == studio.draft.key
    assert studio.text("forms/a.json") == "theirs"


def test_whoever_leaves_or_is_gone_gives_the_pen_away(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    with unit_of_work() as session:
        drafts.beat(session, studio.draft_id, studio.actor("analyst"))
        drafts.beat(session, studio.draft_id, studio.actor("analyst"), leave=True)
        assert drafts.present(session, drafts.beat(session, studio.draft_id, studio.actor("admin"))).editor == "admin"
    studio.gone(monkeypatch)
    with unit_of_work() as session:
        draft = drafts.beat(session, studio.draft_id, studio.actor("analyst"))
        assert drafts.present(session, draft) == drafts.Present("analyst", ("analyst",))


def test_who_only_reads_never_gets_the_pen(studio: Studio) -> None:
    with unit_of_work() as session:
        draft = drafts.beat(session, studio.draft_id, studio.actor("qa"), take_over=True)
        assert drafts.present(session, draft) == drafts.Present(None, ("qa",))


# ---- comments


def test_who_is_named_in_a_comment_is_told_and_nobody_else(studio: Studio) -> None:
    with unit_of_work() as session:
        made = drafts.comment(session, studio.draft_id, studio.actor("analyst"), "@qa 看看 @handler @nobody", NOW, (FILE, "Start"))
        told = session.execute(select(User.login, Notice.facts).join(Notice, Notice.user_id == User.id)).all()
        assert [(login, facts["draft_id"]) for login, facts in told] == [("qa", str(studio.draft_id))]
        drafts.resolve_comment(session, studio.draft_id, made.id, studio.actor("qa"), NOW)
        assert (made.resolved_by, made.element_id) == ("qa", "Start")
        drafts.reopen_comment(session, studio.draft_id, made.id, studio.actor("qa"))
        assert made.resolved_at is None


# ---- from draft to version


def test_nobody_approves_what_he_has_drawn_or_asked_for(studio: Studio) -> None:
    studio.ready()
    with unit_of_work() as session:
        drafts.ask_for_review(session, studio.draft_id, studio.actor("analyst"), None, "", NOW)
    with pytest.raises(ConflictError), unit_of_work() as session:
        drafts.approve(session, studio.draft_id, studio.actor("analyst"), studio.draft.revision, "", NOW)
    with pytest.raises(drafts.DraftChangedError), unit_of_work() as session:
        drafts.approve(session, studio.draft_id, studio.actor("qa"), 1, "", NOW)
    with pytest.raises(ForbiddenError), unit_of_work() as session:
        drafts.approve(session, studio.draft_id, studio.actor("agent"), studio.draft.revision, "", NOW)


def test_a_change_after_the_approval_has_to_be_approved_again(studio: Studio) -> None:
    studio.approved()
    studio.save("{}", None)
    assert studio.draft.state == "open"
    with pytest.raises(ConflictError):
        studio.publish()


def test_an_approved_draft_is_published_with_a_note(studio: Studio) -> None:
    studio.approved()
    with pytest.raises(InvalidError):
        studio.publish("  ")
    assert studio.publish().key == "process-1"
    with unit_of_work(write=False) as session:
        made = definitions.latest(session, "process-1")
        steps = [step.what for step in drafts.steps(session, session.get_one(Draft, studio.draft_id))]
    assert (made.note, made.published_by, studio.draft.published_id) == ("第一版", "analyst", made.id)
    assert steps == ["asked", "approved", "published"]
    with pytest.raises(drafts.DraftClosedError):
        studio.save("x", None)


def test_what_has_an_error_or_a_failing_scenario_is_not_published(studio: Studio) -> None:
    scenario = {"name": "走一遍", "script": {"steps": []}, "expect": {"ended": False}}
    with unit_of_work() as session:
        drafts.save(session, studio.draft_id, {"scenarios/one.json": orjson.dumps(scenario)}, 1, studio.actor("analyst"), NOW)
    studio.approved()
    with pytest.raises(RefusedError) as caught:
        studio.publish()
    assert [finding.code for finding in caught.value.findings if finding.level == "error"] == ["scenario-failed"]
    with unit_of_work(write=False) as session:
        assert definitions.find_published(session, "process-1") is None


def test_what_somebody_else_published_meanwhile_is_not_undone_unseen(studio: Studio) -> None:
    studio.approved()
    studio.publish()
    with unit_of_work() as session:
        base = definitions.latest(session, "process-1")
        first = drafts.begin_from(session, base.id, studio.actor("analyst"), NOW)
        definitions.publish(session, base.id, studio.actor("analyst"), NOW)
        files = drafts.files(session, first)
        definitions.deploy(session, files, "admin", NOW, publish=True)
        studio.draft_id = first.id
        drafts.ask_for_review(session, first.id, studio.actor("analyst"), "qa", "", NOW)
        drafts.approve(session, first.id, studio.actor("qa"), first.revision, "", NOW)
    with pytest.raises(ConflictError, match="Version 2"):
        studio.publish()
    studio.publish(anyway=True)
    with unit_of_work(write=False) as session:
        assert definitions.latest(session, "process-1").version == 3


def test_a_deleted_draft_can_be_brought_back_for_thirty_days(studio: Studio) -> None:
    def deleted(now: datetime) -> list[UUID]:
        with unit_of_work(write=False) as session:
            return [each.id for each in drafts.page(session, drafts.Wanted(states=("discarded",)), studio.actor("qa"), now).items]

    with unit_of_work() as session:
        drafts.discard(session, studio.draft_id, studio.actor("analyst"), NOW)
    assert deleted(NOW + timedelta(days=29)) == [studio.draft_id]
    with unit_of_work() as session:
        drafts.bring_back(session, studio.draft_id, studio.actor("analyst"), NOW + timedelta(days=29))
        drafts.discard(session, studio.draft_id, studio.actor("analyst"), NOW)
    assert deleted(NOW + timedelta(days=31)) == []
    with pytest.raises(ConflictError), unit_of_work() as session:
        drafts.bring_back(session, studio.draft_id, studio.actor("analyst"), NOW + timedelta(days=31))
    other = studio.begin("another")
    with unit_of_work() as session:
        drafts.discard(session, other, studio.actor("analyst"), NOW + timedelta(days=31))
        assert session.get(Draft, studio.draft_id) is None


# ---- what nobody asks for


def _sources(change: tuple[str, str, str]) -> list[tuple[str | None, str]]:
    folder = PROCESSES / "templates" / "approval"
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    name, old, new = change
    assert old in files[name].decode()
    files[name] = files[name].decode().replace(old, new).encode()
    return [(found.element, found.facts["name"]) for found in check(files, settings_of(orjson.loads(files["process.json"])))]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("approval.bpmn", "审批", "审批"), []),
        (("approval.bpmn", 'opinion == "CHANGE"', 'opinon == "CHANGE"'), [("is_agreed_to_fill", "opinon")]),
        (("approval.bpmn", 'minutes="= limit_minutes"', 'minutes="= limit"'), [("check", "limit"), ("head", "limit")]),
        (("approval.bpmn", 'opinion == "CHANGE"', 'head_opinion == "CHANGE"'), [("is_agreed_to_fill", "head_opinion")]),
        (("approval.bpmn", 'opinion == "CHANGE"', "(opinon ?? 1) == 2"), []),
        (("approval_level.dmn", 'name="needs_head"', 'name="big"'), [("is_big_to_approved", "needs_head")]),
        (("forms/decide_head.json", '"head_opinion"', '"opinion"'), [("head_agreed_to_rejected_by_head", "head_opinion")]),
        (("approval.bpmn", '<baton:form ref="decide"', '<baton:form ref="gone"'), []),
        (
            ("approval.bpmn", '<baton:form ref="decide"', '<baton:input value="{{limit}} {{ now }}" /><baton:form ref="decide"'),
            [("check", "limit")],
        ),
    ],
)
def test_a_name_that_nobody_gives_before_is_told(change: tuple[str, str, str], found: list[tuple[str, str]]) -> None:
    assert _sources(change) == found


# ---- ids of other tools


def test_each_of_very_many_ids_is_replaced_as_quickly_as_one_of_few() -> None:
    looks = []
    for count in (500, 5_000):
        names = _Counted()
        numbers = Counter[str]()
        for number in range(count):
            names.add(ids._new(etree.Element("task"), f"步骤{number}", names, numbers))
        looks.append(names.looks / count)
    assert looks[0] == looks[1]


class _Counted(set[str]):
    """A set that counts how often it is asked."""

    looks = 0

    def __contains__(self, name: object) -> bool:
        self.looks += 1
        return super().__contains__(name)


def test_two_may_begin_with_the_same_template_at_one_moment(studio: Studio) -> None:
    begun: list[UUID] = []
    with unit_of_work() as session:
        begun.append(drafts.begin_template(session, "repair", "报修", studio.actor("analyst"), NOW).id)
        session.flush()
        other = Thread(target=lambda: begun.append(begin_repair(studio)))
        other.start()
        until_it_waits(session, other)
    other.join()
    assert len(set(begun)) == 2


def begin_repair(studio: Studio) -> UUID:
    with unit_of_work() as session:
        return drafts.begin_template(session, "repair", "报修", studio.actor("analyst"), NOW).id
