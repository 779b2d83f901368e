"""Deploying processes: what belongs where, what is refused, which version is in use."""

import io
import re
import zipfile
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Thread
from uuid import UUID

import orjson
import pytest
from sqlalchemy import Engine, func, select

from bpm import access, definitions, notices
from bpm.connecting import Manifest, Operation, Registry, Retry
from bpm.definitions.rules import broken
from bpm.definitions.settings import SCHEMA
from bpm.errors import Finding, ForbiddenError, RefusedError
from bpm.models import Definition, Resource
from bpm.models.database import unit_of_work
from bpm.web.wording import compile_stale
from tests.bpm.organisation import NOW
from tests.bpm.together import until_it_waits

ANALYST = access.Actor(None, "analyst", "何静", "He Jing", roles=frozenset({"ANALYST"}))
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:baton="urn:baton:bpmn:1" targetNamespace="urn:test">'
)

RATES = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="rates" name="资费"><decisionTable>
  <output name="yuan" label="元"/><rule><outputEntry><text>5</text></outputEntry></rule>
</decisionTable></decision></definitions>""".encode()


def diagram(key: str, *steps: str, name: str = "流程") -> bytes:
    """A process that passes some steps in a row."""
    ids = ["start", *(f"step{number}" for number in range(len(steps))), "end"]
    flows = "".join(f'<sequenceFlow id="f{i}" sourceRef="{a}" targetRef="{b}"/>' for i, (a, b) in enumerate(pairwise(ids)))
    drawn = "".join(step.format(id=id_) for step, id_ in zip(steps, ids[1:], strict=False))
    body = f'<startEvent id="start"/>{drawn}<endEvent id="end"/>{flows}'
    return f'{_HEAD}<process id="{key}" name="{name}" isExecutable="true">{body}</process></definitions>'.encode()


def task(name: str = "处理", extensions: str = "") -> str:
    extensions += "" if "assignment" in extensions else '<baton:assignment role="HANDLER" unit="NETWORK"/>'
    return f'<userTask id="{{id}}" name="{name}"><extensionElements>{extensions}</extensionElements></userTask>'


def call(key: str) -> str:
    return f'<callActivity id="{{id}}" name="调用" calledElement="{key}"/>'


def visit(extensions: str) -> bytes:
    return diagram("visit", task("回访", extensions))


FORM = orjson.dumps({"title": "处理", "schema": {"type": "object", "properties": {"result": {"type": "string"}}}})
SETTINGS = {"key": "repair", "main": "repair.bpmn", "name": "报修", "order_type": "FAULT"}


def repair(**changes: object) -> dict[str, bytes]:
    """A process of several files."""
    return {
        "process.json": orjson.dumps({**SETTINGS, **changes}),
        "repair.bpmn": diagram("repair", task("修理", '<baton:form ref="mend"/>'), call("visit"), name="报修"),
        "visit.bpmn": diagram("visit", task("回访")),
        "forms/mend.json": FORM,
        "strings/en.json": orjson.dumps({"修理": "Mend"}),
    }


def deploy(files: dict[str, bytes], *, publish: bool = True, registry: Registry | None = None) -> list[Definition]:
    with unit_of_work() as session:
        return definitions.deploy(session, files, "analyst", NOW, publish=publish, registry=registry)


def refused(files: dict[str, bytes], *, registry: Registry | None = None) -> list[Finding]:
    with pytest.raises(RefusedError) as caught:
        deploy(files, registry=registry)
    return [finding for finding in caught.value.findings if finding.level == "error"]


def in_use(key: str) -> Definition:
    with unit_of_work(write=False) as session:
        return definitions.latest(session, key)


def names(definition_id: UUID) -> list[str]:
    with unit_of_work(write=False) as session:
        return [file.name for file in definitions.get(session, definition_id).files]


# ---- what becomes a definition


def test_a_bundle_is_one_definition_with_all_it_calls(database: Engine) -> None:
    (made,) = deploy(repair())
    assert (made.key, made.version, made.name, made.state, made.order_type) == ("repair", 1, "报修", "published", "FAULT")
    with unit_of_work(write=False) as session:
        engine = definitions.engine_definition(session, made.id)
        assert engine.process_ids() == ["repair", "visit"]
        with pytest.raises(definitions.DefinitionNotFoundError, match="visit"):
            definitions.latest(session, "visit")


def test_a_diagram_alone_is_a_process_of_its_own(database: Engine) -> None:
    (made,) = deploy({"whatever.bpmn": diagram("hello", task(), name="你好")})
    assert (made.key, made.version, made.name, made.order_type) == ("hello", 1, "你好", None)
    with unit_of_work(write=False) as session:
        assert definitions.settings_of(session, made.id) == definitions.ProcessSettings("hello", "whatever.bpmn", "你好")


def test_two_processes_in_files_of_the_same_name_are_kept_apart(database: Engine) -> None:
    deploy({"diagram.bpmn": diagram("one", task())})
    deploy({"diagram.bpmn": diagram("two", task())})
    assert [(in_use(key).version, names(in_use(key).id)) for key in ("one", "two")] == [(1, ["diagram.bpmn"])] * 2


def test_the_process_json_of_the_guide_is_one() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "extensions.md").read_text(encoding="utf-8")
    shown = next(part for part in re.findall(r"```json\n(.*?)```", guide, re.DOTALL) if '"main"' in part)
    assert broken("error", "process.json", "bad-settings", SCHEMA, orjson.loads(shown)) is None


def test_an_archive_of_a_folder_is_the_same_as_its_files(database: Engine) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in repair().items():
            archive.writestr(f"repair/{name}", content)
        archive.writestr("__MACOSX/repair/._repair.bpmn", b"?")
    (made,) = deploy(definitions.read_zip(packed.getvalue()))
    assert names(made.id) == sorted(repair())


def test_several_folders_are_several_processes(database: Engine) -> None:
    files = {f"repair/{name}": content for name, content in repair().items()}
    files["hello/process.json"] = orjson.dumps({"key": "hello", "main": "hello.bpmn", "name": "你好"})
    files["hello/hello.bpmn"] = diagram("hello", task())
    assert sorted(made.key for made in deploy(files)) == ["hello", "repair"]


# ---- versions


def test_the_same_process_again_is_the_next_version_and_the_one_before_is_retired(database: Engine) -> None:
    for _ in range(3):
        deploy({"a.bpmn": diagram("a", task())})
    deploy({"b.bpmn": diagram("b", task())})
    with unit_of_work(write=False) as session:
        every = [(each.version, each.state) for each in definitions.versions(session, "a")]
        assert every == [(3, "published"), (2, "retired"), (1, "retired")]
        assert definitions.latest(session, "b").version == 1


def test_the_content_of_a_file_is_kept_once(database: Engine) -> None:
    for _ in range(3):
        deploy({"a.bpmn": diagram("a", task())})
    with unit_of_work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Resource)) == 1


def test_a_draft_is_used_by_nobody_until_it_is_published(database: Engine) -> None:
    deploy(repair())
    (draft,) = deploy(repair(name="报修（新）"), publish=False)
    assert (in_use("repair").version, in_use("repair").name) == (1, "报修")
    with unit_of_work() as session:
        definitions.publish(session, draft.id, ANALYST, NOW)
    assert (in_use("repair").version, in_use("repair").name, in_use("repair").published_by) == (2, "报修（新）", "analyst")


def test_an_earlier_version_can_be_put_back_into_use(database: Engine) -> None:
    (first,) = deploy(repair())
    deploy(repair(name="不好用"))
    with unit_of_work() as session:
        definitions.publish(session, first.id, ANALYST, NOW)
    assert in_use("repair").version == 1


def test_a_draft_may_have_errors_but_cannot_be_published_with_them(database: Engine) -> None:
    files = repair()
    del files["forms/mend.json"]
    (draft,) = deploy(files, publish=False)
    with unit_of_work() as session:
        kept = definitions.findings(definitions.get(session, draft.id))
        assert [(each.level, each.code, each.element) for each in kept] == [("error", "form-missing", "step0")]
        with pytest.raises(RefusedError) as caught:
            definitions.publish(session, draft.id, ANALYST, NOW)
    assert caught.value.findings == kept


def test_only_analysts_publish(database: Engine) -> None:
    (draft,) = deploy(repair(), publish=False)
    agent = access.Actor(None, "agent", "李晓燕", "Li Xiaoyan", roles=frozenset({"AGENT"}))
    with unit_of_work() as session, pytest.raises(ForbiddenError):
        definitions.publish(session, draft.id, agent, NOW)


def test_the_process_of_a_type_of_order(database: Engine) -> None:
    deploy(repair())
    with unit_of_work(write=False) as session:
        assert definitions.for_order_type(session, "FAULT").key == "repair"
        with pytest.raises(definitions.NoProcessForTypeError, match="PRAISE"):
            definitions.for_order_type(session, "PRAISE")


def test_the_list_of_processes_goes_on_where_the_last_page_ended(database: Engine) -> None:
    for key in ("a", "b", "a", "c"):
        deploy({f"{key}.bpmn": diagram(key, task())})
    seen: list[tuple[str, int]] = []
    cursor = None
    with unit_of_work(write=False) as session:
        for _ in range(4):
            page = definitions.page(session, cursor=cursor, limit=1)
            seen += [(each.key, each.version) for each in page.items]
            cursor = page.next_cursor
        newest = [(each.key, each.version) for each in definitions.page(session, newest_only=True).items]
    assert (seen, cursor) == ([("a", 2), ("a", 1), ("b", 1), ("c", 1)], None)
    assert newest == [("a", 2), ("b", 1), ("c", 1)]


# ---- files over a version


def test_one_changed_table_form_or_diagram_lies_over_the_newest_version(database: Engine) -> None:
    deploy(repair())
    changed = orjson.dumps({"title": "修理", "schema": {"type": "object", "properties": {}}})
    (second,) = deploy({"forms/mend.json": changed})
    (third,) = deploy({"visit.bpmn": diagram("visit", task("上门回访"))})
    assert (second.key, second.version, third.key, third.version) == ("repair", 2, "repair", 3)
    with unit_of_work(write=False) as session:
        assert definitions.file(session, third.id, "forms/mend.json") == changed
        assert "上门回访".encode() in definitions.file(session, third.id, "visit.bpmn")
        assert definitions.settings_of(session, third.id).order_type == "FAULT"


def test_a_scenario_that_is_handed_in_alone_keeps_its_folder(database: Engine) -> None:
    deploy({**repair(), "scenarios/late.json": b"{}"}, publish=False)
    (second,) = deploy({"scenarios/late.json": b'{"name": "Late"}'}, publish=False)
    assert (second.version, "scenarios/late.json" in names(second.id)) == (2, True)


def test_what_was_taken_out_of_use_does_not_come_back_with_the_next_change(database: Engine) -> None:
    (first,) = deploy(repair())
    deploy({"visit.bpmn": diagram("visit", task("没有画完"))}, publish=False)
    deploy({"visit.bpmn": diagram("visit", task("派错了人"))})
    with unit_of_work() as session:
        definitions.publish(session, first.id, ANALYST, NOW)
    (next_one,) = deploy({"forms/mend.json": FORM})
    with unit_of_work(write=False) as session:
        assert (next_one.version, definitions.file(session, next_one.id, "visit.bpmn")) == (4, repair()["visit.bpmn"])


def test_whoever_lays_files_over_a_draft_is_told_what_comes_along(database: Engine) -> None:
    deploy(repair())
    deploy({"visit.bpmn": diagram("visit", task("回访", '<baton:form ref="rating"/>'))}, publish=False)
    missing, told = refused({"strings/en.json": b"{}"})[0], "These files lie over v2, a draft"
    assert missing.code == "form-missing"
    (third,) = deploy({"forms/mend.json": FORM, "forms/rating.json": FORM, "visit.bpmn": diagram("visit", task("上门回访"))})
    assert next(each.sentence for each in definitions.findings(third) if each.code == "over-draft").startswith(told)
    (fourth,) = deploy({"forms/mend.json": FORM})
    assert "over-draft" not in [each.code for each in definitions.findings(fourth)]


def test_a_diagram_that_was_renamed_takes_the_place_of_the_one_with_its_process(database: Engine) -> None:
    deploy(repair())
    (made,) = deploy({"回访 (2).bpmn": diagram("visit", task("上门回访"))})
    assert (made.key, names(made.id)) == ("repair", sorted(repair()))


def test_a_form_that_several_processes_have_needs_its_diagram_beside_it(database: Engine) -> None:
    for key in ("a", "b"):
        deploy({f"{key}.bpmn": diagram(key, task(extensions='<baton:form ref="x"/>')), "forms/x.json": FORM})
    assert [finding.code for finding in refused({"forms/x.json": FORM})] == ["several-processes"]
    assert [finding.code for finding in refused({"forms/unheard-of.json": FORM})] == ["no-process"]
    (made,) = deploy({"b.bpmn": diagram("b", task()), "forms/x.json": FORM})
    assert (made.key, made.version) == ("b", 2)


# ---- calls to other processes


def test_a_called_process_stays_as_it_was_when_the_caller_was_deployed(database: Engine) -> None:
    deploy({"visit.bpmn": diagram("visit", task("回访", '<baton:form ref="visit"/>')), "forms/visit.json": FORM})
    (caller,) = deploy({"main.bpmn": diagram("main", call("visit"))})
    deploy({"visit.bpmn": diagram("visit", task("上门回访"))})
    with unit_of_work(write=False) as session:
        assert definitions.form(session, caller.id, "visit")["title"] == "处理"
        assert "上门" not in definitions.file(session, caller.id, "called/visit/visit.bpmn").decode()
        packed = definitions.read_zip(definitions.archive(session, caller.id))
    assert list(packed) == ["main.bpmn"], "what is called is not the caller's to hand on"
    (again,) = deploy(packed)
    with unit_of_work(write=False) as session:
        assert "上门" in definitions.file(session, again.id, "called/visit/visit.bpmn").decode()


def test_processes_that_call_each_other_can_be_deployed_together(database: Engine) -> None:
    made = deploy(
        {"a.bpmn": diagram("a", task(), call("b")), "b.bpmn": diagram("b", task(), call("c")), "c.bpmn": diagram("c", task(), call("a"))}
    )
    assert [each.key for each in made] == ["a", "b", "c"]
    assert names(made[0].id) == ["a.bpmn", "called/b/b.bpmn", "called/c/c.bpmn"]


def test_a_call_that_leads_nowhere_is_told(database: Engine) -> None:
    (finding,) = refused({"a.bpmn": diagram("a", call("nowhere"))})
    assert (finding.file, finding.element) == ("a.bpmn", "step0")
    assert "nowhere" in finding.sentence


# ---- what is refused


def test_nothing_is_kept_of_a_bundle_with_an_error(database: Engine) -> None:
    files = repair()
    del files["forms/mend.json"]
    refused(files)
    with unit_of_work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Resource)) == 0
        assert definitions.versions(session, "repair") == []


@pytest.mark.parametrize(
    ("changes", "code", "file", "words"),
    [
        ({"process.json": b"{"}, "not-json", "process.json", "process.json"),
        ({"process.json": b'{"key": "x"}'}, "bad-settings", "process.json", "main"),
        ({"process.json": orjson.dumps({**SETTINGS, "main": "gone.bpmn"})}, "main-missing", "process.json", "gone.bpmn"),
        ({"process.json": orjson.dumps({**SETTINGS, "decisions": {"pause": "d11"}})}, "table-missing", "process.json", "d11"),
        ({"forms/mend.json": b"[]"}, "bad-form", "forms/mend.json", "mend"),
        ({"forms/mend.json": b'{"type": "object", "properties": {"a": {"type": "txt"}}}'}, "bad-form", "forms/mend.json", "properties/a"),
        (
            {"forms/mend.json": b'{"type": "object", "properties": {"a": {"type": "string", "x-default": "= 1 +"}}}'},
            "expression", "forms/mend.json", "1 +",
        ),
        ({"forms/mend.json": b'{"type": "object", "properties": {"a": true}}'}, "bad-form", "forms/mend.json", "properties.a"),
        ({"forms/mend.json": b'{"type": "object", "properties": {"a": {"x-options": "me"}}}'}, "bad-form", "forms/mend.json", "x-options"),
        ({"forms/mend.json": b'{"type": "object", "properties": {"a": {"x-rating": "stars"}}}'}, "bad-form", "forms/mend.json", "x-rating"),
        (
            {"forms/mend.json": b'{"type": "object", "properties": {}, "ui": {"fields": {"a": {"show": {"field": "b", "in": [1]}}}}}'},
            "field-missing", "forms/mend.json", "“b”",
        ),
        ({"strings/en.json": b'{"a": 1}'}, "bad-strings", "strings/en.json", "strings/en.json"),
        ({"strings/en.json": b"?"}, "not-json", "strings/en.json", "strings/en.json"),
        ({"visit.bpmn": visit('<baton:limit minutes="60" ladder="d7"/>')}, "ladder-missing", "visit.bpmn", "d7"),
        ({"visit.bpmn": visit('<baton:notice to="customer" text="hi"/>')}, "notice-missing", "visit.bpmn", "hi"),
        ({"visit.bpmn": b"<definitions"}, "not-xml", "visit.bpmn", "XML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(database: Engine, changes: dict[str, bytes], code: str, file: str, words: str) -> None:
    found = [(each.code, each.file, words in each.sentence) for each in refused({**repair(), **changes})]
    assert (code, file, True) in found


@pytest.mark.parametrize(
    ("changes", "english", "chinese"),
    [
        ({"process.json": b'{"key": "x"}'}, "process.json lacks “main”.", "process.json 缺“main”。"),
        ({"process.json": b"[]"}, "process.json must have named entries.", "process.json 必须是一组带名称的项。"),
        (
            {"process.json": orjson.dumps({**SETTINGS, "key": "a b"})},
            r"process.json: key is not written like this: ^[\w.-]{1,100}$.", r"process.json: key 的写法不对，要符合：^[\w.-]{1,100}$。",
        ),
        ({"process.json": orjson.dumps({**SETTINGS, "name": ""})}, "process.json: name is empty.", "process.json: name 是空的。"),
        (
            {"process.json": orjson.dumps({**SETTINGS, "decisions": {"pause": 11}})},
            "process.json: decisions.pause must be a text.", "process.json: decisions.pause 必须是文本。",
        ),
        (
            {"process.json": orjson.dumps({**SETTINGS, "order_columns": {"moon": "full"}})},
            "process.json: order_columns cannot have “moon”.", "process.json: order_columns 里不能有“moon”。",
        ),
        (
            {"process.json": orjson.dumps({**SETTINGS, "notices": {"n": {"subject": "a", "body": "b", "to": "c"}}})},
            "process.json: notices.n cannot have “to”.", "process.json: notices.n 里不能有“to”。",
        ),
        (
            {"forms/mend.json": b'{"type": "object", "properties": {"a": {"type": "array", "items": {"properties": 3}}}}'},
            "The form forms/mend.json is no valid JSON Schema: the value at “properties/a/items/properties” is not allowed.", None,
        ),
        (
            {"forms/mend.json": b'{"schema": {"type": "object", "properties": {}}, "ui": {"order": 3}}'},
            "forms/mend.json: ui.order must be a list.", "forms/mend.json: ui.order 必须是列表。",
        ),
        (
            {"rates.dmn": RATES.replace(b"5</text>", b"5 +</text>")},
            "Table “资费”, rule 1, column “元”: “5 +” ends too early: a value is missing, or a bracket or a quotation mark is not closed.",
            "决策表“资费”第 1 条规则的“元”列：“5 +”没有写完：缺少一个值，或者括号、引号没有闭合。",
        ),
    ],
)  # fmt: skip
def test_a_rule_that_is_broken_is_told_in_our_words_in_both_languages(
    database: Engine, changes: dict[str, bytes], english: str, chinese: str | None
) -> None:
    compile_stale()
    found = refused({**repair(), **changes})
    assert english in [each.sentence for each in found]
    if chinese:
        assert chinese in [each.told(partial(notices.in_language, language="zh"), "zh") for each in found]


def test_a_setting_that_nothing_reads_is_remarked_and_no_more(database: Engine) -> None:
    (made,) = deploy(repair(colour="red"))
    assert [(each.level, each.code) for each in definitions.findings(made)] == [("warning", "unread-setting")]


TO = '<baton:input name="to" value="1"/>'


def test_a_call_is_checked_against_the_connectors_manifest(database: Engine) -> None:
    given = {"to": {"type": "string"}, "times": {"type": "integer"}}
    inputs = {"type": "object", "required": ["to"], "additionalProperties": False, "properties": given}
    outputs = {"type": "object", "properties": {}, "additionalProperties": False}
    send = Operation("send", inputs, outputs, (), 5, Retry(1, 1, 1), idempotent=True)
    texts = {"title": "短信", "operations.send": "发送", "fields.to": "收件人", "fields.times": "次数"}
    manifest = Manifest("sms", {"send": send}, {}, {}, frozenset(), {"zh": texts, "en": texts})
    registry = Registry()
    registry.register(manifest, None)
    asked = '<baton:call connector="sms" operation="send"/>%s'
    service = f'<serviceTask id="{{id}}" name="发"><extensionElements>{asked}</extensionElements></serviceTask>'
    wrong = diagram("a", service % '<baton:input name="too" value="1"/>')
    assert sorted(each.code for each in refused({"a.bpmn": wrong}, registry=registry)) == ["call-input-missing", "call-input-unknown"]
    (unfit,) = refused({"a.bpmn": diagram("a", service % f'{TO}<baton:input name="times" value="twice"/>')}, registry=registry)
    assert (unfit.level, unfit.code, unfit.element) == ("error", "call-input-unfit", "step0")
    assert unfit.told(partial(notices.in_language, language="zh"), "zh") == "“发送”的“次数”不能填文字“twice”。请写成表达式，例如“= 1”。"
    for text in ("= n", "= 2", "{{{{ n }}}}"):
        deploy({"a.bpmn": diagram("a", service % f'{TO}<baton:input name="times" value="{text}"/>')}, registry=registry)
    (made,) = deploy({"a.bpmn": diagram("a", service % TO)}, registry=registry)
    assert [(each.level, each.code) for each in definitions.findings(made)] == [("warning", "connector-not-set-up")]


@pytest.mark.parametrize(
    "name", ["../evil.bpmn", "/etc/passwd.bpmn", "C:\\x.bpmn", "a//b.bpmn", "a/./b.bpmn", "a\x00.bpmn", "x" * 201, " .bpmn/x.json"]
)
def test_a_name_that_is_a_trick_is_refused(database: Engine, name: str) -> None:
    with pytest.raises(definitions.FileNameError):
        deploy({name: diagram("a", task())})


def test_what_is_no_file_of_a_process_is_remarked_and_left_out(database: Engine) -> None:
    (made,) = deploy({"a.bpmn": diagram("a", task()), "picture.png": b"\x89PNG"})
    assert names(made.id) == ["a.bpmn"]
    assert [(each.level, each.file) for each in definitions.findings(made)] == [("warning", "picture.png")]
    with pytest.raises(definitions.NothingToDeployError):
        deploy({"picture.png": b"\x89PNG"})


# ---- archives


def zipped(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def test_a_form_that_is_handed_in_alone_lies_among_the_forms() -> None:
    given = [("x.json", b"1"), ("process.json", b"2"), ("all.zip", zipped(("p/process.bpmn", b"3"), ("p/forms/y.json", b"4")))]
    found = {"forms/x.json": b"1", "process.json": b"2", "process.bpmn": b"3", "forms/y.json": b"4"}
    assert definitions.handed_in(given) == found


def test_an_archive_gives_its_files() -> None:
    assert definitions.read_zip(zipped(("a.bpmn", b"1"), ("forms\\b.json", b"2"))) == {"a.bpmn": b"1", "forms/b.json": b"2"}


@pytest.mark.parametrize(
    ("packed", "error"),
    [
        (zipped(("bomb.json", b"0" * 4_000_000)), definitions.ArchiveTooLargeError),
        (zipped(*((f"{number}.json", b"") for number in range(501))), definitions.ArchiveTooLargeError),
        (zipped(("../../etc/cron.json", b"1")), definitions.FileNameError),
        (b"PK\x03\x04 not really", definitions.ArchiveError),
        (zipped(("a.json", b"x" * 1000))[:-40], definitions.ArchiveError),
    ],
    ids=["bomb", "too many", "path", "no archive", "cut off"],
)
def test_an_archive_that_is_a_trap_is_refused(packed: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        definitions.read_zip(packed)


def test_an_archive_that_lies_about_its_sizes_is_refused() -> None:
    honest = zipped(("a.json", b"0" * 3_000_000))
    directory = honest.rindex(b"PK\x01\x02")
    lying = honest[: directory + 24] + (10).to_bytes(4, "little") + honest[directory + 28 :]
    with pytest.raises((definitions.ArchiveTooLargeError, definitions.ArchiveError)):
        definitions.read_zip(lying)


# ---- what others read


def test_a_message_that_nobody_awaits_begins_the_processes_that_are_in_use_for_it(database: Engine) -> None:
    start = '<startEvent id="called"><messageEventDefinition messageRef="m"/></startEvent>'
    start += '<sequenceFlow id="x" sourceRef="called" targetRef="step0"/>'
    drawn = (
        diagram("a", task())
        .decode()
        .replace("<process", '<message id="m" name="phone-rang"/><process')
        .replace("<userTask", start + "<userTask")
    )
    deploy({"a.bpmn": drawn.encode()})
    deploy({"b.bpmn": diagram("b", task())})
    with unit_of_work(write=False) as session:
        assert definitions.started_by(session, "message", "phone-rang") == [("a", "called")]
        assert definitions.started_by(session, "message", "doorbell") == []
    deploy({"a.bpmn": diagram("a", task())})
    with unit_of_work(write=False) as session:
        assert definitions.started_by(session, "message", "phone-rang") == []


def test_texts_of_the_drawing_in_the_readers_language(database: Engine) -> None:
    (made,) = deploy(repair())
    with unit_of_work(write=False) as session:
        shown = [definitions.text(session, made.id, zh, language) for zh, language in (("修理", "en"), ("修理", "zh"), ("回访", "en"))]
    assert shown == ["Mend", "修理", "回访"]


def test_what_the_engine_runs_is_built_once_and_shared_by_versions_that_draw_the_same(database: Engine) -> None:
    (first,) = deploy(repair())
    (second,) = deploy(repair(name="别名"))
    (third,) = deploy({"visit.bpmn": diagram("visit", task("上门"))})
    with unit_of_work(write=False) as session:
        built = [definitions.engine_definition(session, made.id) for made in (first, second, third)]
    assert built[0] is built[1]
    assert built[1] is not built[2]


def test_asking_for_what_is_not_there(database: Engine) -> None:
    (made,) = deploy(repair())
    with unit_of_work(write=False) as session:
        with pytest.raises(definitions.FileNotFoundInDefinitionError, match="forms/none"):
            definitions.form(session, made.id, "none")
        with pytest.raises(definitions.FileNotFoundInDefinitionError, match="“none"):
            definitions.file(session, made.id, "none.dmn")
        with pytest.raises(definitions.DefinitionNotFoundError):
            definitions.get(session, UUID(int=1))


def test_notices_and_columns_of_process_json(database: Engine) -> None:
    (made,) = deploy(repair(order_columns={"title": "title"}, notices={"done": {"subject": "好了", "body": "{{number}} 已修好"}}))
    with unit_of_work(write=False) as session:
        settings = definitions.settings_of(session, made.id)
    assert settings.order_columns == {"title": "title"}
    assert settings.notices["done"] == definitions.NoticeText("好了", "{{number}} 已修好")


def test_of_two_who_hand_in_the_same_at_one_moment_one_is_told_so(database: Engine) -> None:
    told: list[type[Exception] | None] = []

    def hand_in() -> None:
        try:
            deploy(repair())
            told.append(None)
        except definitions.DeployedMeanwhileError as error:
            told.append(type(error))

    other = Thread(target=hand_in)
    with unit_of_work() as session:
        definitions.deploy(session, repair(), "analyst", NOW, publish=True)
        session.flush()
        other.start()
        until_it_waits(session, other)
    other.join()
    assert told == [None if database.dialect.name == "sqlite" else definitions.DeployedMeanwhileError]
