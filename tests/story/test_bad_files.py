"""The shipped complaint process, damaged in every way somebody might: refused with file, element and sentence; nothing is changed."""

import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, func, select

import app
from bpm import access, clock, connecting, definitions, inbox, instances, intake, org, running
from bpm.access import CUSTOMER
from bpm.clockwork.embedded import Embedded
from bpm.errors import BatonError, Finding, InvalidError, RefusedError, told
from bpm.models import Definition, DefinitionFile, Resource
from bpm.models.database import configure, engine_options, unit_of_work
from bpm.models.instance import Instance
from bpm.models.task import Task
from bpm.notices import in_language
from bpm.settings import Settings
from tests.api.desk import CONNECTORS, PROCESSES, found

Files = dict[str, bytes]
Damage = Callable[[Files], Files]

FOLDER = PROCESSES / "complaint"
SHIPPED: Files = {
    path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.suffix in {".bpmn", ".dmn", ".json"}
}
BPMN, VISIT, ROUTING = "complaint.bpmn", "return_visit.bpmn", "routing.dmn"
FORM, SETTINGS = "forms/visit.json", "process.json"


def swap(file: str, old: str, new: str, times: int = 1) -> Damage:
    """Replace some text of a file, which must be there."""

    def damage(files: Files) -> Files:
        text = files[file].decode()
        assert old in text, f"{file} has no {old}"
        return {**files, file: text.replace(old, new, times).encode()}

    return damage


def cut(file: str, pattern: str, new: str = "") -> Damage:
    """Replace what a pattern finds first, which must be there."""

    def damage(files: Files) -> Files:
        text, count = re.subn(pattern, new, files[file].decode(), count=1, flags=re.DOTALL)
        assert count == 1, f"{file} has no {pattern}"
        return {**files, file: text.encode()}

    return damage


def whole(file: str, content: bytes) -> Damage:
    """Another file under this name."""
    return lambda files: {**files, file: content}


def without(file: str) -> Damage:
    return lambda files: {name: content for name, content in files.items() if name != file}


def changed(file: str, change: Callable[[Any], Any]) -> Damage:
    """Another content of a JSON file."""
    return lambda files: {**files, file: orjson.dumps(change(orjson.loads(files[file])))}


def into(file: str, element: str) -> Damage:
    """One more element at the end of the first process."""
    return swap(file, "</bpmn:process>", f"{element}</bpmn:process>")


def deep(levels: int) -> str:
    return "".join(f'<bpmn:subProcess id="deep{n}">' for n in range(levels)) + "</bpmn:subProcess>" * levels


def timer(kind: str, text: str) -> Damage:
    return cut(BPMN, r"<bpmn:timeDuration[^>]*>.*?</bpmn:timeDuration>", f"<bpmn:{kind}>{text}</bpmn:{kind}>")


def script(text: str) -> Damage:
    return cut(BPMN, r"(?<=<bpmn:script>)allowed_minutes.*?(?=</bpmn:script>)", text.replace("\\", r"\\"))


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


@dataclass(frozen=True)
class Bad:
    """One damage, and where it is to be found. ``element`` None: the file as a whole."""

    damage: Damage
    file: str
    element: str | None = None


DAMAGED: Mapping[str, Bad] = {
    # ---- files that cannot be read at all
    "cut off": Bad(lambda files: {**files, BPMN: files[BPMN][: len(files[BPMN]) // 2]}, BPMN),
    "empty": Bad(whole(BPMN, b""), BPMN),
    "not XML": Bad(whole(BPMN, b"\x89PNG\r\n\x1a\n" + bytes(200)), BPMN),
    "not UTF-8": Bad(lambda files: {**files, BPMN: files[BPMN].decode().encode("gbk")}, BPMN),
    "a DOCTYPE": Bad(swap(BPMN, HEAD, HEAD + "<!DOCTYPE definitions>"), BPMN),
    "entities that laugh": Bad(swap(BPMN, HEAD, HEAD + LAUGHS), BPMN),
    "an entity from the disk": Bad(swap(BPMN, HEAD, HEAD + OUTSIDE), BPMN),
    "another kind of XML": Bad(whole(BPMN, b'<?xml version="1.0"?><html><body>hello</body></html>'), BPMN),
    "the wrong namespace": Bad(
        swap(BPMN, "http://www.omg.org/spec/BPMN/20100524/MODEL", "http://www.omg.org/spec/BPMN/20990101/MODEL"), BPMN
    ),
    "a prefix that means nothing": Bad(swap(BPMN, "<bpmn:process ", "<zzz:process "), BPMN),
    "nested without end": Bad(into(BPMN, deep(400)), BPMN),
    "a table that is cut off": Bad(lambda files: {**files, ROUTING: files[ROUTING][:900]}, ROUTING),
    "an empty table": Bad(whole(ROUTING, b""), ROUTING),
    # ---- the drawing
    "an unknown element": Bad(into(BPMN, '<bpmn:teleportTask id="beam" name="传送"/>'), BPMN, "beam"),
    "a flow into nothing": Bad(cut(BPMN, r'targetRef="find_customer"', 'targetRef="nowhere"'), BPMN, "is_known_to_find_customer"),
    "a flow out of nothing": Bad(into(BPMN, '<bpmn:sequenceFlow id="stray" sourceRef="nowhere" targetRef="register"/>'), BPMN, "stray"),
    "a default that is none": Bad(swap(BPMN, 'default="is_known_to_find_customer"', 'default="is_on_spot_to_review"'), BPMN, "is_known"),
    "two things of one id": Bad(into(BPMN, '<bpmn:userTask id="register" name="又一个"/>'), BPMN, "register"),
    "two starts in a sub-process": Bad(
        into(
            BPMN,
            '<bpmn:subProcess id="twice" name="两头"><bpmn:startEvent id="s1"/><bpmn:startEvent id="s2"/>'
            '<bpmn:endEvent id="e1"/><bpmn:sequenceFlow id="x1" sourceRef="s1" targetRef="e1"/>'
            '<bpmn:sequenceFlow id="x2" sourceRef="s2" targetRef="e1"/></bpmn:subProcess>',
        ),
        BPMN,
        "twice",
    ),
    "a boundary on nothing": Bad(swap(BPMN, 'attachedToRef="find_customer"', 'attachedToRef="nobody"'), BPMN, "lookup_failed"),
    "an escalation that is not declared": Bad(
        swap(BPMN, 'escalationRef="Escalation_pending"', 'escalationRef="Escalation_none"'), BPMN, "ask_again_later"
    ),
    "an unknown called process": Bad(swap(BPMN, 'calledElement="handle_order"', 'calledElement="nobody_home"'), BPMN, "handle_orders"),
    "a called process that is not there": Bad(without("handle_order.bpmn"), BPMN, "handle_orders"),
    # ---- time
    "a cron timer": Bad(timer("timeCycle", "0 0 9 * * ?"), BPMN, "draft_waits"),
    "a negative duration": Bad(timer("timeDuration", "-PT30M"), BPMN, "draft_waits"),
    "no duration": Bad(timer("timeDuration", "half an hour"), BPMN, "draft_waits"),
    "an empty duration": Bad(timer("timeDuration", ""), BPMN, "draft_waits"),
    "a limit that is no number": Bad(swap(BPMN, 'limit minutes="30"', 'limit minutes="soon"'), BPMN, "register"),
    # ---- expressions and scripts
    "Python in a script": Bad(script("import os\nos.system('rm -rf /')"), BPMN, "split_orders"),
    "a script that reads the wall clock": Bad(script("today = d()"), BPMN, "split_orders"),
    "a script of half a sentence": Bad(script("a = (1 + "), BPMN, "split_orders"),
    "an expression without end": Bad(script("a = " + " + ".join(["1"] * 5000)), BPMN, "split_orders"),
    "brackets without end": Bad(script("a = " + "(" * 500 + "1" + ")" * 500), BPMN, "split_orders"),
    "maps in maps in maps": Bad(script("a = map([1..1000], map([1..1000], map([1..1000], map([1..1000], #))))"), BPMN, "split_orders"),
    "a condition that is none": Bad(
        cut(BPMN, r"(<bpmn:conditionExpression[^>]*>).*?(</bpmn:conditionExpression>)", r"\1level ==== 3\2"),
        BPMN,
        "which_urge_to_urge_again",
    ),
    # ---- what the drawing asks of others
    "an unknown connector": Bad(swap(BPMN, 'connector="billing"', 'connector="telepathy"'), BPMN, "find_customer"),
    "an unknown operation": Bad(swap(BPMN, 'operation="customer"', 'operation="erase"'), BPMN, "find_customer"),
    "an unknown input": Bad(swap(BPMN, '<baton:input name="number"', '<baton:input name="colour"'), BPMN, "find_customer"),
    "a form that is not there": Bad(without("forms/register.json"), BPMN, "register"),
    "a ladder that is not there": Bad(swap(BPMN, 'ladder="escalation_ladder"', 'ladder="to_heaven"'), BPMN, "register"),
    "a notice that is not there": Bad(swap(BPMN, 'text="draft_waiting"', 'text="unheard_of"'), BPMN, "remind_front"),
    "an unknown decision": Bad(swap(BPMN, '<baton:decision id="routing"', '<baton:decision id="oracle"'), BPMN, "propose_route"),
    "an unknown attribute of ours": Bad(swap(BPMN, '<baton:form ref="register"', '<baton:form reff="register"'), BPMN, "register"),
    "an unknown element of ours": Bad(swap(BPMN, "<baton:form ref", "<baton:fromm ref"), BPMN, "register"),
    # ---- decision tables
    "an unknown hit policy": Bad(swap(ROUTING, 'hitPolicy="FIRST"', 'hitPolicy="GUESS"'), ROUTING, "routing"),
    "a cell that is no test": Bad(cut(ROUTING, r'<text>"01"</text>', '<text>"01" or else</text>'), ROUTING, "routing"),
    "an answer that is no expression": Bad(cut(ROUTING, r'<text>"NETWORK"</text>', "<text>NETWORK +</text>"), ROUTING, "routing"),
    "a rule with a cell too few": Bad(cut(ROUTING, r'<inputEntry id="routing_1_in_4">.*?</inputEntry>'), ROUTING, "routing"),
    "a table without answers": Bad(cut(ROUTING, r"<output id=.*<output id[^>]*/>"), ROUTING, "routing"),
    "two tables of one id": Bad(lambda files: {**files, "routing2.dmn": files[ROUTING]}, "routing2.dmn"),
    # ---- forms
    "a form that is no JSON": Bad(whole(FORM, b'{"title": '), FORM),
    "a form that is no schema": Bad(whole(FORM, b'{"title": "x", "schema": {"type": "sometimes"}}'), FORM),
    "a form with a character that no database keeps": Bad(changed(FORM, lambda f: {**f, "title": "回访\0"}), FORM),
    "settings with a character that no database keeps": Bad(changed(SETTINGS, lambda s: {**s, "name": "投诉\0"}), SETTINGS),
    "a form of a list": Bad(whole(FORM, b"[1, 2, 3]"), FORM),
    "a field of an unknown type": Bad(changed(FORM, lambda f: _with_field(f, "x", {"type": "colour"})), FORM),
    "a default of half a sentence": Bad(changed(FORM, lambda f: _with_field(f, "x", {"type": "string", "x-default": "= (1 +"})), FORM, "x"),
    "a hint for a field that is not there": Bad(changed(FORM, lambda f: {**f, "ui": {"fields": {"ghost": {"width": 6}}}}), FORM, "ghost"),
    "a field that must be given and is not there": Bad(
        changed(FORM, lambda f: {**f, "schema": {**f["schema"], "required": ["ghost"]}}), FORM, "ghost"
    ),
    "a choice of nothing": Bad(changed(FORM, lambda f: _with_field(f, "x", {"type": "string", "enum": []})), FORM, "x"),
    "a form that fetches from outside": Bad(
        changed(FORM, lambda f: _with_field(f, "x", {"$ref": "https://example.org/schema.json"})), FORM
    ),
    # ---- process.json and strings
    "settings that are no JSON": Bad(whole(SETTINGS, b"{'key': 'complaint'}"), SETTINGS),
    "settings that are empty": Bad(whole(SETTINGS, b""), SETTINGS),
    "settings of a list": Bad(whole(SETTINGS, b"[]"), SETTINGS),
    "settings without a key": Bad(changed(SETTINGS, lambda s: {k: v for k, v in s.items() if k != "key"}), SETTINGS),
    "a main drawing that is not there": Bad(changed(SETTINGS, lambda s: {**s, "main": "gone.bpmn"}), SETTINGS),
    "a main drawing that is a form": Bad(changed(SETTINGS, lambda s: {**s, "main": FORM}), FORM),
    "a decision for nothing": Bad(changed(SETTINGS, lambda s: {**s, "decisions": {"priority": "gone"}}), SETTINGS),
    "a column that no order has": Bad(changed(SETTINGS, lambda s: {**s, "order_columns": {"password": "title"}}), SETTINGS),
    "a column that is the platform's": Bad(changed(SETTINGS, lambda s: {**s, "order_columns": {"token": "title"}}), SETTINGS),
    "a type of order that is none": Bad(changed(SETTINGS, lambda s: {**s, "order_type": 5}), SETTINGS),
    "strings that are none": Bad(whole("strings/en.json", b'{"x": 1}'), "strings/en.json"),
}


def _with_field(form: Any, name: str, rule: Any) -> Any:
    form["schema"]["properties"][name] = rule
    return form


class House:
    """A database with the process in use and a case that runs."""

    def __init__(self, folder: Path, empty: Path) -> None:
        path = folder / "house.db"
        shutil.copyfile(empty, path)
        self.engine: Engine = create_engine(f"sqlite:///{path}", **engine_options("sqlite"))
        self.registry = connecting.load(CONNECTORS, {})
        self.enter()
        with unit_of_work() as session:
            found(session)
            definitions.deploy(session, SHIPPED, "analyst", clock.now(), publish=True, registry=self.registry)
        fields = {"title": "电梯里没有信号", "channel": "WEB_FORM", "contact_phone": "13800000001", "city": "JN"}
        with unit_of_work() as session:
            self.instance = intake.take(session, fields, CUSTOMER, clock.now()).instance_id
        Embedded(self.registry).advance(timedelta(0))

    def enter(self) -> None:
        configure(self.engine)
        clock.set_zone("Asia/Shanghai")
        running.cache.clear()

    def rows(self) -> list[Any]:
        """All there is of definitions."""
        with unit_of_work(write=False) as session:
            versions = [
                (d.key, d.version, d.state) for d in session.scalars(select(Definition).order_by(Definition.key, Definition.version))
            ]
            counts = [session.scalar(select(func.count()).select_from(table)) for table in (DefinitionFile, Resource)]
        return [*versions, *counts]

    def token(self) -> str:
        """What lets a program act as the analyst."""
        with unit_of_work() as session:
            return access.issue_token(session, org.find_user(session, "analyst"), clock.wall())

    def deploy(self, files: Files) -> list[Definition]:
        with unit_of_work() as session:
            return definitions.deploy(session, files, "analyst", clock.now(), publish=True, registry=self.registry)


@pytest.fixture(scope="module")
def _house(tmp_path_factory: pytest.TempPathFactory, _empty_sqlite: Path) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("house"), _empty_sqlite)
    yield made
    made.engine.dispose()


@pytest.fixture
def house(_house: House) -> House:
    _house.enter()
    return _house


@pytest.fixture(scope="module")
def _server(_house: House, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    url = _house.engine.url.render_as_string(hide_password=False)
    return app.create_app(Settings(data=tmp_path_factory.mktemp("data"), database_url=url, secret_key="a secret of the tests " * 2))


@pytest.fixture
def server(_server: Flask, house: House) -> Flask:
    """The whole application on the database of the house."""
    return _server


def in_both_languages(text: str, facts: Mapping[str, Any]) -> None:
    """The sentence is filled in, in English and in Chinese."""
    english, chinese = told(text, facts, "en"), told(in_language(text, "zh"), facts, "zh")
    assert re.search(r"[a-z]{3}", english), english
    assert re.search(r"[\u4e00-\u9fff]", in_language(text, "zh")), f"no Chinese for: {text}"
    assert "{" not in re.sub(r"“[^”]*”", "", chinese), chinese


@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_wrong_is_said_and_nothing_is_changed(house: House, name: str) -> None:
    bad, before = DAMAGED[name], house.rows()
    with pytest.raises(RefusedError) as refused:
        house.deploy(bad.damage(SHIPPED))
    errors = [finding for finding in refused.value.findings if finding.level == "error"]
    assert (bad.file, bad.element) in {(finding.file, finding.element) for finding in errors}, [_told(e) for e in errors]
    for finding in refused.value.findings:
        in_both_languages(finding.text, finding.facts)
        assert not re.search(r"Traceback|File \"|0x[0-9a-f]{6}|<class|lxml|\.py\b", finding.sentence), finding.sentence
        assert len(finding.sentence) < 1000
    assert house.rows() == before


def _told(finding: Finding) -> tuple[str, str | None, str, str]:
    return finding.file, finding.element, finding.code, finding.sentence


def zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


ARCHIVES = {
    "a path upwards": zipped({**SHIPPED, "../../evil.bpmn": b"x"}),
    "an absolute path": zipped({"/etc/cron.d/evil.json": b"{}"}),
    "a path of another system": zipped({"..\\..\\evil.json": b"{}"}),
    "a drive": zipped({"C:evil.json": b"{}"}),
    "a bomb": zipped({"process.json": bytes(50_000_000)}),
    "a thousand files": zipped({f"f{n}.json": b"{}" for n in range(1000)}),
    "cut off": zipped(SHIPPED)[:-200],
    "no archive": b"PK\x03\x04 not really",
    "nothing": b"",
    "two files of one name": zipped({**SHIPPED, "forms\\visit.json": b"{}"}),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_that_is_a_trick_is_refused_in_words(house: House, name: str) -> None:
    before = house.rows()
    with pytest.raises(InvalidError) as refused:
        house.deploy(definitions.read_zip(ARCHIVES[name]))
    in_both_languages(refused.value.sentence, refused.value.facts)
    assert house.rows() == before


def test_a_damaged_file_alone_over_the_version_in_use_is_refused_too(house: House) -> None:
    before = house.rows()
    for name in ("cut off", "a cell that is no test", "a form that is no schema", "an unknown connector"):
        bad = DAMAGED[name]
        with pytest.raises(BatonError):
            house.deploy({bad.file: bad.damage(SHIPPED)[bad.file]})
    assert house.rows() == before


@pytest.mark.parametrize(
    "name", ["cut off", "an unknown element", "a cell that is no test", "a form that is no schema", "Python in a script"]
)
@pytest.mark.parametrize(("language", "letters"), [("en", r"[a-z]{4}"), ("zh", r"[\u4e00-\u9fff]{2}")])
def test_a_program_reads_every_finding_in_its_language(server: Flask, house: House, name: str, language: str, letters: str) -> None:
    bad, before = DAMAGED[name], house.rows()
    headers = {"Authorization": f"Bearer {house.token()}", "Accept-Language": language, "Content-Type": "application/zip"}
    answer = server.test_client().post("/api/v1/deployments", data=zipped(bad.damage(SHIPPED)), headers=headers)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    findings = answer.get_json()["findings"]
    assert (bad.file, bad.element) in {(finding["file"], finding["element"]) for finding in findings}
    assert all(re.search(letters, finding["sentence"]) and finding["code"] for finding in findings)
    assert house.rows() == before


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_program_that_sends_a_trick_is_told_so(server: Flask, house: House, name: str) -> None:
    headers = {"Authorization": f"Bearer {house.token()}", "Content-Type": "application/zip"}
    answer = server.test_client().post("/api/v1/deployments", data=ARCHIVES[name], headers=headers)
    assert answer.status_code == 422
    assert answer.get_json()["detail"]


def test_the_shipped_files_themselves_are_right(house: House) -> None:
    (made,) = house.deploy(SHIPPED)
    assert [finding for finding in definitions.findings(made) if finding.level == "error"] == []


def test_running_cases_have_gone_on_all_the_while(house: House) -> None:
    with pytest.raises(RefusedError):
        house.deploy(DAMAGED["an unknown element"].damage(SHIPPED))
    with unit_of_work() as session:
        agent = access.actor_of(org.find_user(session, "agent"))
        task = session.scalars(select(Task).where(Task.instance_id == house.instance, Task.status == "open")).one()
        assert task.element_id == "register"
        inbox.claim(session, task.id, agent, clock.now())
        instances.complete_task(session, task.id, {"title": "没有信号", "class_code": "01010102", "city": "JN"}, agent, clock.now())
    with unit_of_work(write=False) as session:
        assert "review" in session.get_one(Instance, house.instance).active
