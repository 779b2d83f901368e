"""Forms: what is served, what is accepted, and how a fault is told."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from werkzeug.datastructures import MultiDict

from bpm import definitions, forms
from bpm.errors import RefusedError
from bpm.forms import mail
from bpm.models import ServiceClass
from bpm.models.database import unit_of_work
from tests.bpm.organisation import NOW, found
from tests.bpm.test_definitions import diagram, task

SHANGHAI = ZoneInfo("Asia/Shanghai")
HANDLE = {
    "title": "处理",
    "schema": {
        "type": "object",
        "properties": {
            "outcome": {
                "type": "string", "title": "办了没有", "oneOf": [{"const": "DONE", "title": "已办"}, {"const": "RETURN", "title": "退回"}]
            },
            "findings": {"type": "string", "title": "内部说明", "maxLength": 20},
            "amount": {"type": "number", "minimum": 0, "maximum": 200},
            "visits": {"type": "integer", "minimum": 1},
            "solved": {"type": "boolean"},
            "from": {"type": "string", "title": "开始", "format": "date-time"},
            "to": {"type": "string", "format": "date-time", "x-after": "from"},
            "units": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
            "files": {"type": "array", "items": {"type": "string"}, "format": "files"},
            "mail": {"type": "string", "format": "email"},
            "reason": {"type": "string", "enum": ["WRONG_UNIT", "INCOMPLETE"]},
        },
        "required": ["outcome", "solved", "files"],
        "allOf": [
            {
                "if": {"properties": {"outcome": {"const": "DONE"}}, "required": ["outcome"]},
                "then": {"required": ["findings", "visits", "units", "files"]},
                "else": {"required": ["reason"]},
            }
        ],
    },
    "ui": {
        "order": ["outcome"],
        "groups": [{"title": "结果", "fields": ["outcome"]}],
        "fields": {
            "findings": {"show": {"field": "outcome", "in": ["DONE"]}, "help": "只有内部人员看得到"},
            "reason": {"show": {"field": "outcome", "in": ["RETURN"]}},
        },
        "primary": "提交",
    },
}  # fmt: skip
ENGLISH = {
    "处理": "Handle",
    "已办": "Done",
    "退回": "Return",
    "办了没有": "Done?",
    "结果": "Result",
    "提交": "Submit",
    "只有内部人员看得到": "Staff only",
}
GOOD = {"outcome": "DONE", "findings": "天线松动", "visits": 1, "solved": True, "units": ["JN-NET"], "amount": 8.5}


def deploy(form: dict[str, Any]) -> UUID:
    files = {
        "p.bpmn": diagram("p", task(extensions='<baton:form ref="handle"/>')),
        "forms/handle.json": orjson.dumps(form),
        "strings/en.json": orjson.dumps(ENGLISH),
    }
    with unit_of_work() as session:
        return definitions.deploy(session, files, "analyst", NOW, publish=True)[0].id


def resolve(form: dict[str, Any], data: dict[str, Any] | None = None, language: str = "zh", city: str | None = "JN") -> forms.Form:
    definition_id = deploy(form)
    with unit_of_work(write=False) as session:
        return forms.resolved(session, definition_id, "handle", data or {}, language=language, city=city)


def one_field(**rule: Any) -> dict[str, Any]:
    return {"title": "一项", "schema": {"type": "object", "properties": {"field": rule}, "required": ["field"]}}


def default(data: Any = None, **rule: Any) -> Any:
    return resolve(one_field(**rule), data).fields["field"].get("default")


def faults(answers: dict[str, Any], **options: bool) -> dict[str, str]:
    form = forms.Form("handle", "处理", HANDLE["schema"], HANDLE["ui"])  # type: ignore[arg-type]
    try:
        forms.check(form, answers, **options)
    except forms.AnswersError as error:
        fields: dict[str, str] = error.facts["fields"]
        return fields
    return {}


# ---- what is served


def test_every_text_is_in_the_readers_language(database: Engine) -> None:
    english, chinese = resolve(HANDLE, language="en"), resolve(HANDLE, language="zh")
    assert (english.title, english.ui["primary"], english.ui["groups"][0]["title"]) == ("Handle", "Submit", "Result")
    assert (english.fields["outcome"]["title"], english.fields["outcome"]["oneOf"][0]) == ("Done?", {"const": "DONE", "title": "Done"})
    assert english.ui["fields"]["findings"]["help"] == "Staff only"
    assert english.fields["findings"]["title"] == "内部说明", "what nobody has translated stays as it is"
    assert (chinese.title, chinese.fields["outcome"]["oneOf"][0]["title"]) == ("处理", "已办")


def test_a_program_can_walk_by_taking_defaults(database: Engine) -> None:
    form = resolve(HANDLE)
    defaults = {name: rule.get("default") for name, rule in form.fields.items()}
    required = {"outcome": "DONE", "visits": 1, "solved": False, "units": [], "reason": "WRONG_UNIT"}
    assert {name: defaults[name] for name in required} == required
    assert "files" not in form.schema["required"]
    assert "files" not in form.schema["allOf"][0]["then"]["required"]
    answers = {name: value for name, value in defaults.items() if value is not None}
    assert forms.check(form, {**answers, "findings": "天线松动"})["outcome"] == "DONE"


def test_a_default_is_worked_out_from_the_case(database: Engine) -> None:
    assert default({"limits": {"handle": 60}}, type="integer", **{"x-default": "= limits.handle / 2"}) == 30
    assert default({"title": "没信号"}, type="string", **{"x-default": "= title"}) == "没信号"
    assert default(type="string", **{"x-default": "照旧"}) == "照旧"


def test_a_default_that_would_not_be_accepted_gives_way_to_the_written_one(database: Engine) -> None:
    assert default({"minutes": -5}, type="integer", minimum=1, default=7, **{"x-default": "= minutes"}) == 7
    assert default({}, type="integer", default=7, **{"x-default": "= missing + 1"}) == 7
    assert default({"level": "L9"}, type="string", oneOf=[{"const": "L3"}, {"const": "L1"}], **{"x-default": "= level"}) == "L3"
    assert default(type="string", **{"x-default": "= title"}) is None, "free text has none"


def test_the_classes_to_choose_from_are_the_finest_with_their_path(database: Engine) -> None:
    with unit_of_work() as session:
        for code, parent, level, name, name_en, gone in (
            ("01", None, 1, "网络", "Network", None),
            ("01010101", "01", 4, "电梯", "Lift", None),
            ("01010102", "01", 4, "旧的", "Old", "01010101"),
        ):
            session.add(ServiceClass(code=code, parent=parent, level=level, name=name, name_en=name_en, replaced_by=gone))
    form = one_field(type="string", **{"x-options": "classes"})
    assert resolve(form).fields["field"]["oneOf"] == [{"const": "01010101", "title": "网络 › 电梯"}]
    assert resolve(form, language="en").fields["field"]["oneOf"] == [{"const": "01010101", "title": "Network › Lift"}]
    assert resolve(form).fields["field"]["default"] == "01010101"


def test_the_units_to_choose_from_are_the_citys_and_the_provinces(database: Engine) -> None:
    with unit_of_work() as session:
        found(session)
    offered = resolve(one_field(type="string", **{"x-options": "units", "x-default": "NETWORK"})).fields["field"]
    assert [choice["const"] for choice in offered["oneOf"]] == ["JN-CS", "JN-FRONT", "JN-NET", "JN-NET-1", "SD-CS", "SD-DATA", "SD-NET"]
    assert offered["default"] == "JN-NET-1", "the function is made definite by the city"
    several = resolve(one_field(type="array", items={"type": "string"}, **{"x-options": "units", "x-default": '= ["SD-NET", "NOWHERE"]'}))
    assert several.fields["field"]["default"] == ["SD-NET"]
    assert {"const": "SD-NET", "title": "单位 SD-NET"} in several.fields["field"]["items"]["oneOf"]


def test_people_to_choose_from_play_the_role_here(database: Engine) -> None:
    with unit_of_work() as session:
        found(session)
    offered = resolve(one_field(type="string", **{"x-options": "users:HANDLER"}), language="en").fields["field"]["oneOf"]
    assert offered == [{"const": "colleague", "title": "Zhao Lei"}, {"const": "handler", "title": "Zhang Wei"}]


# ---- what is accepted


def test_good_answers_come_back_in_the_forms_order_and_nothing_else(database: Engine) -> None:
    form = resolve(HANDLE)
    accepted = forms.check(form, {"admin": True, **dict(reversed(GOOD.items())), "reason": "INCOMPLETE"})
    assert list(accepted.items()) == [(name, GOOD[name]) for name in ("outcome", "findings", "amount", "visits", "solved", "units")]


def test_a_text_that_was_cleared_is_none(database: Engine) -> None:
    assert forms.check(resolve(HANDLE), {**GOOD, "mail": "  ", "amount": None}) == {**GOOD, "mail": None, "amount": None}


def test_a_character_that_no_database_keeps_is_dropped(database: Engine) -> None:
    assert forms.check(resolve(HANDLE), {**GOOD, "findings": "天线\0松动"}) == GOOD


def test_a_draft_may_be_half_done_but_not_wrong() -> None:
    assert faults({"outcome": "DONE"}, partial=True) == {}
    assert faults({"outcome": "LATER"}, partial=True) == {"outcome": "This is not one of the choices: DONE, RETURN."}


def test_what_is_asked_for_depends_on_the_answer_before() -> None:
    assert faults({"outcome": "DONE", "solved": True, "findings": " "}) == dict.fromkeys(
        ("findings", "visits", "units", "files"), "Fill this in."
    )
    assert faults({"outcome": "RETURN", "solved": True, "files": []}) == {"reason": "Fill this in."}
    assert faults({"outcome": "RETURN", "solved": True, "files": [], "reason": "WRONG_UNIT", "findings": "x" * 99}) == {}, "hidden"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("findings", "x" * 21, "At most 20 characters; there are 21 now."),
        ("findings", 5, "This must be a text."),
        ("amount", "a lot", "This is not a number."),
        ("amount", -1, "It must be at least 0."),
        ("amount", 201, "It must be at most 200."),
        ("visits", 1.5, "This is not a whole number."),
        ("solved", "perhaps", "Answer yes or no."),
        ("outcome", "MAYBE", "This is not one of the choices: DONE, RETURN."),
        ("units", "JN-NET", "This must be a list."),
        ("units", ["a", "a"], "Each may be chosen only once."),
        ("from", "yesterday", "This is no date and time. Write it like 2026-11-24T15:10."),
        ("mail", "wang at example", "This is no e-mail address."),
    ],
)
def test_a_fault_is_told_in_plain_words_beside_its_field(field: str, value: Any, sentence: str) -> None:
    assert faults({**GOOD, "files": [], field: value}) == {field: sentence}


def test_what_must_come_after_something_else_is_told() -> None:
    answers = {**GOOD, "files": [], "from": "2026-11-24T15:10:00+08:00"}
    assert faults({**answers, "to": "2026-11-24T07:00:00+00:00"}) == {"to": "This must be after “开始”."}
    assert faults({**answers, "to": "2026-11-24T07:11:00+00:00"}) == {}


def test_a_sentence_can_be_told_in_another_language() -> None:
    told = faults({**GOOD, "files": [], "findings": "x" * 21})["findings"]
    assert isinstance(told, forms.FieldSentence)
    assert (told.template, told.facts) == ("At most {limit} characters; there are {length} now.", {"limit": 20, "length": 21})


# ---- what a browser sends


def sent(*pairs: tuple[str, str]) -> dict[str, Any]:
    form = forms.Form("handle", "处理", HANDLE["schema"], HANDLE["ui"])  # type: ignore[arg-type]
    return forms.from_html(form, MultiDict(list(pairs)), SHANGHAI)


def test_the_texts_of_a_browser_become_what_the_form_asks_for() -> None:
    read = sent(
        ("outcome", "DONE"),
        ("findings", " 天线\r\n松动 "),
        ("amount", "１,208.50"),
        ("visits", "2"),
        *(("solved", "false"), ("solved", "true")),  # a hidden no before the ticked box
        ("from", "2026-11-24T15:10"),
        ("to", "2026-11-24T16:10+00:00"),
        *(("units", "JN-NET"), ("units", ""), ("units", "QD-NET")),
        ("mail", ""),
        ("csrf", "x"),
    )
    assert read == {
        "outcome": "DONE", "findings": "天线\n松动", "amount": 1208.5, "visits": 2, "solved": True, "from": "2026-11-24T15:10:00+08:00",
        "to": "2026-11-24T16:10:00+00:00", "units": ["JN-NET", "QD-NET"], "mail": None, "reason": None,
    }  # fmt: skip


def test_an_empty_page_answers_no_and_nothing() -> None:
    read = sent()
    assert (read["solved"], read["units"], read["amount"], read["from"]) == (False, [], None, None)


def test_what_is_no_number_is_told_and_not_swallowed() -> None:
    read = sent(*((name, str(value)) for name, value in GOOD.items() if name != "amount"), ("amount", "一百"), ("from", "明天"))
    assert set(faults({**read, "files": []})) == {"amount", "from"}


@given(st.text(max_size=40))
def test_no_text_of_a_browser_breaks_the_reading(text: str) -> None:
    fields = ("outcome", "findings", "amount", "visits", "solved", "from", "to", "units", "mail", "reason")
    assert set(sent(*((name, text) for name in fields))) == set(fields)
    faults(sent(*((name, text) for name in fields)))


# ---- tables of rows, money, people, sections, notes

PARTS = {
    "title": "领料",
    "schema": {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "title": "方式", "oneOf": [{"const": "SWAP", "title": "更换"}, {"const": "LATER", "title": "以后"}]},
            "parts": {
                "type": "array", "title": "材料", "minItems": 1, "maxItems": 3,
                "items": {
                    "type": "object", "required": ["what"],
                    "properties": {
                        "what": {"type": "string", "title": "名称"},
                        "many": {"type": "integer", "title": "数量", "minimum": 1},
                        "price": {"type": "number", "format": "money", "title": "单价"},
                        "spare": {"type": "boolean", "title": "备件"},
                        "by": {"type": "string", "title": "领料人", "x-options": "users:HANDLER"},
                    },
                },
            },
            "cost": {"type": "number", "format": "money", "title": "合计"},
            "who": {"type": "string", "title": "验收人", "x-options": "users:HANDLER"},
            "seen": {"type": "string", "title": "情况"},
        },
        "required": ["kind"],
        "allOf": [{"if": {"properties": {"kind": {"enum": ["SWAP"]}}, "required": ["kind"]}, "then": {"required": ["parts", "seen"]}}],
    },
    "ui": {
        "order": ["kind", "hint", "parts", "cost", "who", "seen"],
        "groups": [{"title": "材料与费用", "help": "照实填写", "fields": ["parts", "cost"], "show": {"field": "kind", "in": ["SWAP"]}}],
        "notes": {"hint": {"help": "先断电，再动手。"}},
        "fields": {"who": {"widget": "search"}},
    },
}  # fmt: skip


def of_parts(data: dict[str, Any] | None = None, read_only: tuple[str, ...] = (), language: str = "zh") -> forms.Form:
    with unit_of_work(write=False) as session:
        texts = {"名称": "Name", "先断电，再动手。": "Switch off first.", "照实填写": "As it was"}
        return forms.made_ready(
            session,
            "parts",
            PARTS,
            lambda zh: texts.get(zh, zh) if language == "en" else zh,
            data or {},
            language=language,
            city="JN",
            read_only=read_only,
        )


def wrong_with(form: forms.Form, answers: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(forms.AnswersError) as refused:
        forms.check(form, answers)
    return dict(refused.value.facts["fields"])


def test_the_rows_of_a_table_are_kept_without_what_they_do_not_say(database: Engine) -> None:
    rows = [{"what": " 光缆 ", "many": 2, "price": 8.55, "admin": True}, {"what": " ", "spare": False}, {"what": "接头\0"}]
    kept = forms.check(of_parts(), {"kind": "SWAP", "parts": rows, "seen": "断了"})
    assert kept["parts"] == [{"what": " 光缆 ", "many": 2, "price": 8.55}, {"what": "接头"}]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "Fill in at least this many rows: 1."),
        ([{"what": "a"}] * 4, "Fill in at most this many rows: 3."),
        ([{"what": "a"}, {"many": 3}], "Row 2, “名称”: Fill this in."),
        ([{"what": "a", "many": 0}], "Row 1, “数量”: It must be at least 1."),
        ([{"what": "a", "price": 1.005}], "Row 1, “单价”: Write an amount of money with at most two decimals."),
        ([{"what": "a"}, "b"], "Row 2: This is not what is asked for here."),
    ],
)
def test_what_is_wrong_in_a_table_is_told_with_its_row_and_column(database: Engine, rows: Any, sentence: str) -> None:
    assert wrong_with(of_parts(), {"kind": "SWAP", "parts": rows, "seen": "断了"}) == {"parts": sentence}


def test_a_sentence_about_a_row_is_translated_whole(database: Engine) -> None:
    told = wrong_with(of_parts(), {"kind": "SWAP", "parts": [{"many": 3}], "seen": "断了"})["parts"]
    assert isinstance(told, forms.FieldSentence)
    words = {"Row {row}, “{column}”: {problem}": "第 {row} 行“{column}”：{problem}", "Fill this in.": "请填写。"}
    assert forms.said(told, words.__getitem__) == "第 1 行“名称”：请填写。"


def test_the_rows_that_a_browser_sends_are_read_by_their_numbers(database: Engine) -> None:
    pairs = [
        *(("parts", "0"), ("parts.0.what", "光缆"), ("parts.0.many", "２"), ("parts.0.spare", "true"), ("parts.0.price", "")),
        *(("parts", "7"), ("parts.7.what", "接头"), ("parts.7.by", "张伟 (handler)")),
        *(("parts", "3"), ("parts.3.what", " "), ("parts", "x"), ("parts.x.what", "no"), ("parts.9.what", "not among the numbers")),
    ]
    read = forms.from_html(of_parts(), MultiDict(pairs), SHANGHAI)["parts"]
    assert [{name: value for name, value in row.items() if value not in (None, False)} for row in read] == [
        {"what": "光缆", "many": 2, "spare": True},
        {"what": "接头", "by": "张伟 (handler)"},
    ]


def test_no_page_sends_rows_without_end(database: Engine) -> None:
    pairs = [pair for row in range(500) for pair in (("parts", str(row)), (f"parts.{row}.what", "a"))]
    assert len(forms.from_html(of_parts(), MultiDict(pairs), SHANGHAI)["parts"]) == 200


def test_a_person_is_found_by_name_by_code_or_as_offered(database: Engine) -> None:
    with unit_of_work() as session:
        found(session)
    form = of_parts(language="en")
    for text in ("Zhang Wei", "handler", "Zhang Wei (handler)"):
        assert forms.from_html(form, MultiDict([("who", text)]), SHANGHAI)["who"] == "handler"
    read = forms.from_html(form, MultiDict([("who", "Zhang")]), SHANGHAI)
    assert wrong_with(form, {**read, "kind": "LATER"}) == {"who": "This is not one of the choices: colleague, handler."}
    columns = form.fields["parts"]["items"]["properties"]
    assert [choice["const"] for choice in columns["by"]["oneOf"]] == ["colleague", "handler"], "a column's choices are filled in, too"


def test_money_has_two_decimals_and_so_has_what_is_worked_out(database: Engine) -> None:
    assert wrong_with(of_parts(), {"kind": "SWAP", "parts": [{"what": "a"}], "seen": "断了", "cost": 3.333}).keys() == {"cost"}
    assert default({"a": 10}, type="number", format="money", **{"x-default": "= a / 3"}) == 3.33


def test_a_hidden_section_asks_for_none_of_its_fields_and_keeps_none(database: Engine) -> None:
    assert forms.check(of_parts(), {"kind": "LATER", "parts": [{"what": "a"}], "cost": 5}) == {"kind": "LATER"}


def test_notes_and_the_help_of_sections_are_in_the_readers_language(database: Engine) -> None:
    ui = of_parts(language="en").ui
    assert (ui["notes"]["hint"]["help"], ui["groups"][0]["help"]) == ("Switch off first.", "As it was")


# ---- what a step only shows


def test_a_field_that_is_only_read_takes_no_answer_and_is_not_asked_for(database: Engine) -> None:
    form = of_parts({"kind": "SWAP", "seen": "断了", "parts": [{"what": "光缆"}]}, ("kind", "seen", "parts"))
    assert forms.check(form, {"kind": "LATER", "seen": "没断", "parts": [], "cost": 5}) == {"cost": 5}, "its section shows by what stands"
    assert forms.from_html(form, MultiDict([("kind", "LATER"), ("cost", "5")]), SHANGHAI).keys() == {"cost", "who"}
    assert form.schema["required"] == []
    assert form.fields["seen"]["readOnly"] is True
    assert form.fields["seen"]["default"] == "断了"


def test_what_stands_in_a_field_that_is_only_read_is_not_held_against_the_reader(database: Engine) -> None:
    form = of_parts({"kind": "GONE", "cost": "much"}, ("kind", "cost"))
    assert forms.check(form, {"seen": "断了"}) == {"seen": "断了"}


def test_a_form_can_say_itself_what_is_only_read(database: Engine) -> None:
    form = resolve(one_field(type="number", readOnly=True, **{"x-default": "= price * 2"}), {"price": 4, "field": 1})
    assert form.fixed == {"field": 8}, "what it works out comes before the variable of its name"
    assert forms.check(form, {"field": 9}) == {}


def test_the_step_says_in_the_drawing_what_is_only_read(database: Engine) -> None:
    files = {
        "p.bpmn": diagram("p", task(extensions='<baton:form ref="handle" readOnly="amount nothing"/>')),
        "forms/handle.json": orjson.dumps(HANDLE),
    }
    with unit_of_work() as session, pytest.raises(RefusedError) as refused:
        definitions.deploy(session, files, "analyst", NOW, publish=True)
    assert [finding.sentence for finding in refused.value.findings if finding.level == "error"] == [
        "“处理” lets the field “nothing” only be read, but the form “handle” has no such field."
    ]


@pytest.mark.parametrize(
    "ui",
    [
        {"groups": 5},
        {"groups": [{"fields": "kind"}]},
        {"order": [1]},
        {"notes": {"hint": {"text": "?"}}},
        {"notes": {"kind": {"help": "the name of a field"}}},
        {"notes": {"hint": {"help": "?", "show": {"field": "gone", "in": []}}}},
        {"groups": [{"title": "?", "fields": [], "show": {"field": "gone", "in": []}}]},
        {"fields": {"kind": {"widget": ["tree"]}}},
    ],
)
def test_a_form_whose_hints_cannot_be_drawn_is_not_taken(ui: dict[str, Any]) -> None:
    assert [finding.level for finding in definitions.form_faults("forms/f.json", {**PARTS, "ui": ui})] == ["error"]


def test_a_column_with_unknown_choices_is_not_taken() -> None:
    form = {"type": "object", "properties": {"t": {"type": "array", "items": {"type": "object", "properties": {"c": {"x-options": 5}}}}}}
    assert [finding.level for finding in definitions.form_faults("forms/f.json", form)] == ["error"]


# ---- as a mail


def test_a_mail_asks_for_every_field_behind_its_number(database: Engine) -> None:
    with unit_of_work() as session:
        found(session)
    told = mail.write(of_parts({"kind": "SWAP", "cost": 8.5}, ("cost",)), str, {"工单": "20261124-0001"})
    assert told.subject == "[Baton] 领料"
    for line in (
        "工单: 20261124-0001", "1. 方式 *", "   [x] 更换", "   [ ] 以后", "   先断电，再动手。", "2. 材料", "   2>", "合计", "   8.5",
        "   (one line for each row, columns separated by | : 名称 | 数量 | 单价 | 备件 | 领料人)", "   [ ] 张伟", "4. 情况",
    ):  # fmt: skip
        assert line in told.text.splitlines(), line


def test_a_mail_of_hostile_words_is_one_line_of_subject_and_no_markup(database: Engine) -> None:
    bad = "<script>alert(1)</script>\r\nBcc: all@example.com"
    form = resolve({**one_field(type="string", title=bad, oneOf=[{"const": "a", "title": bad}]), "title": bad})
    told = mail.write(form, str, {bad: bad})
    assert "\n" not in told.subject
    assert "\r" not in told.subject
    assert "<script>" not in told.html
