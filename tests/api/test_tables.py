"""Decision tables in the making: checked, tried, searched, carried by Excel."""

import io
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from bpm.engine import tables
from bpm.engine.documents import Notes, parse
from bpm.engine.grids import grids
from tests.api.desk import API, PROCESSES, Desk

SHIPPED = {path.name: path.read_text(encoding="utf-8") for path in sorted((PROCESSES / "complaint").glob("*.dmn"))}
HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'


def dmn(policy: str, columns: dict[str, str], rows: list[tuple[str, ...]], key: str = "t") -> str:
    """A table; the last cell of a row is its result."""
    heads = "".join(
        f'<input id="i{at}" label="{name}"><inputExpression typeRef="{kind}"><text>{name}</text></inputExpression></input>'
        for at, (name, kind) in enumerate(columns.items())
    )
    cells = "".join(
        f'<rule id="r{at}">'
        + "".join(f'<inputEntry id="r{at}_{place}"><text><![CDATA[{text}]]></text></inputEntry>' for place, text in enumerate(row[:-1]))
        + f'<outputEntry id="r{at}_o"><text><![CDATA[{row[-1]}]]></text></outputEntry></rule>'
        for at, row in enumerate(rows)
    )
    return (
        f'{HEAD}<decision id="{key}" name="表"><decisionTable hitPolicy="{policy}">{heads}'
        f'<output id="o" name="r" typeRef="string"/>{cells}</decisionTable></decision></definitions>'
    )


GRADES = dmn("UNIQUE", {"grade": "string", "amount": "number"}, [('"GOLD"', "< 100", '"a"'), ('"GOLD"', ">= 50", '"b"')])


def ask(desk: Desk, what: str, body: Any, login: str = "analyst") -> TestResponse:
    return desk[login].post(f"/designer/tables/{what}", body)


def bring(desk: Desk, content: bytes, **more: str) -> TestResponse:
    program = desk["analyst"]
    data = {"file": (io.BytesIO(content), "t.xlsx"), **more}
    return program.client.post(f"{API}/designer/tables/import", data=data, headers=program.headers)


def workbook(rows: list[list[Any]], title: str = "派单") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


# ---- what is wrong


def test_a_wrong_cell_is_told_with_rule_and_column(desk: Desk) -> None:
    xml = dmn("FIRST", {"grade": "string", "amount": "number"}, [('"GOLD"', "> 5 5", '"a"'), ("SILVER", '"x"', "upper("), ("-", "-", "b")])
    found = ask(desk, "check", {"xml": xml, "fields": ["grade", "amount"]}).json["findings"]
    assert [(each["level"], each["rule"], each["column"], each["element"]) for each in found] == [
        ("error", "r0", "i1", "r0_1"),
        ("warning", "r1", "i0", "r1_0"),
        ("warning", "r1", "i1", "r1_1"),
        ("error", "r1", "o", "r1_o"),
        ("warning", "r2", "o", "r2_o"),
    ]
    assert "> 5 5" in found[0]["sentence"]
    assert '"SILVER"' in found[1]["sentence"]


def test_a_cell_of_another_type_matches_when_a_part_of_it_denies(desk: Desk) -> None:
    cells = ['"x"', 'not("x")', 'not ("x"),not("y")', '"x",not("y")', '"x",!= "y"', 'not("x']
    found = ask(desk, "check", {"xml": dmn("FIRST", {"amount": "number"}, [(cell, '"a"') for cell in cells])}).json["findings"]
    assert [(each["level"], each["rule"]) for each in found] == [("warning", "r0"), ("error", "r5")]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_tables_have_nothing_wrong(desk: Desk, name: str) -> None:
    assert ask(desk, "check", {"xml": SHIPPED[name]}).json == {"findings": []}


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "no xml",
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        f"{HEAD}</definitions>",
        f'{HEAD}<decision id="t"/></definitions>',
        f'{HEAD}<decision><decisionTable hitPolicy="ODD"><rule/></decisionTable></decision></definitions>',
        GRADES.replace("<inputEntry", "<entry", 1),
        GRADES.replace('id="t"', 'id="t" extra="&#1;"'),
    ],
)
def test_a_broken_file_gives_a_sentence_wherever_it_comes(desk: Desk, xml: str) -> None:
    for what, more in (("check", {}), ("analyse", {}), ("export", {}), ("try", {"decision": "t"}), ("fields", {"decision": "t"})):
        answer = ask(desk, what, {"xml": xml, **more})
        assert answer.status_code in {200, 422}, what
        if answer.status_code == 422:
            assert answer.json["detail"]
    for what in ("try", "fields"):
        assert ask(desk, what, {"xml": xml, "decision": "t"}).status_code == 422


def test_only_those_who_draw_processes_use_it(desk: Desk) -> None:
    for what in ("check", "analyse", "export"):
        assert ask(desk, what, {"xml": GRADES}, "agent").status_code == 403
    assert ask(desk, "try", {"decision": "t"}).status_code == 422


# ---- trying


def test_a_try_tells_the_result_the_rules_and_what_each_cell_saw(desk: Desk) -> None:
    asked = {"files": SHIPPED, "decision": "authority", "data": {"role": "AGENT", "grade": "SILVER", "amount": 50}}
    tried = ask(desk, "try", asked).json
    assert (tried["result"], tried["rules"]) == ({"may_settle": False, "approval": "DEPT_HEAD"}, ["authority_5"])
    assert (tried["why"], tried["problem"]) == ("2000 元以内由部门主任审批", None)
    assert tried["inputs"][2] == {"column": "authority_input_3", "value": 50}
    assert tried["cells"][0] == {"rule": "authority_1", "matches": [True, True, False]}


def test_a_table_that_has_no_single_answer_says_so_and_still_shows_its_cells(desk: Desk) -> None:
    tried = ask(desk, "try", {"xml": GRADES, "decision": "t", "data": {"grade": "GOLD", "amount": 70}}).json
    assert (tried["result"], tried["rules"]) == (None, ["r0", "r1"])
    assert "r0, r1" in tried["problem"]
    tried = ask(desk, "try", {"xml": GRADES, "decision": "t", "data": {"amount": 2**60}}).json
    assert [each["matches"] for each in tried["cells"]] == [[False, False], [False, True]]


def test_the_form_of_a_try_has_a_field_for_each_variable(desk: Desk) -> None:
    found = ask(desk, "fields", {"files": SHIPPED, "decision": "authority"}).json["fields"]
    assert [each["path"] for each in found] == ["role", "channel", "grade", "amount", "compensation"]
    assert found[2] == {
        "path": "grade",
        "label": "客户等级",
        "kind": "string",
        "values": ["ORDINARY", "SILVER", "GOLD", "DIAMOND", "GROUP"],
    }
    nested = ask(desk, "fields", {"files": SHIPPED, "decision": "customer_grade"}).json["fields"]
    assert "customer.arpu_3m" in [each["path"] for each in nested]


def test_rows_of_tests_are_run_and_compared(desk: Desk) -> None:
    rows = [
        {"data": {"grade": "GOLD", "amount": 10}, "expected": "a"},
        {"data": {"grade": "GOLD", "amount": 100}, "expected": "a"},
        {"data": {"grade": "SILVER"}, "expected": None},
        {"data": {"grade": "GOLD", "amount": 70}, "expected": None},
    ]
    results = ask(desk, "run", {"xml": GRADES, "decision": "t", "rows": rows}).json["results"]
    assert [(each["passed"], each["result"]) for each in results] == [(True, "a"), (False, "b"), (True, None), (False, None)]


# ---- gaps and overlaps


def test_gaps_and_overlaps_are_told_in_words_with_an_example(desk: Desk) -> None:
    found = ask(desk, "analyse", {"xml": GRADES}).json
    assert [(each["numbers"], each["words"], each["data"]) for each in found["overlaps"]] == [
        ([1, 2], "grade GOLD, amount at least 50 and less than 100", {"grade": "GOLD", "amount": 50})
    ]
    assert [each["words"] for each in found["gaps"] if not each["empty"]] == ["grade anything but GOLD"]
    assert [each["words"] for each in found["gaps"] if each["empty"]] == ["grade empty", "amount empty"]
    assert found["gaps"][0]["example"][0] == {"column": "i0", "label": "grade", "value": "other"}
    assert (found["unreachable"], found["skipped"], found["capped"]) == ([], [], False)


def test_an_overlap_of_a_unique_table_keeps_it_from_being_deployed(desk: Desk) -> None:
    from tests.api.drawings import ERRAND, FORM  # noqa: PLC0415 - the one test that deploys

    files = {"errand.bpmn": ERRAND, "forms/note.json": FORM, "process.json": '{"key": "errand", "main": "errand.bpmn", "name": "x"}'}
    answer = desk.deploy({**files, "t.dmn": GRADES})
    assert answer.status_code == 422
    [finding] = [each for each in answer.json["findings"] if each["level"] == "error"]
    assert (finding["file"], finding["element"], finding["code"]) == ("t.dmn", "t", "rules-overlap")
    assert (
        desk.deploy({**files, "t.dmn": GRADES.replace(">= 50", ">= 100"), "tests/t.json": '{"decision": "t", "rows": []}'}).status_code
        == 201
    )


# ---- Excel


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_table_comes_back_from_excel_as_it_went(desk: Desk, name: str, language: str) -> None:
    out = desk["analyst"].post("/designer/tables/export", {"xml": SHIPPED[name]}, **{"Accept-Language": language})
    assert out.mimetype.endswith("spreadsheetml.sheet")
    back = bring(desk, out.data)
    assert back.status_code == 200, back.text
    assert meaning(back.json["xml"]) == meaning(SHIPPED[name])


def meaning(xml: str) -> Any:
    root = parse("t.dmn", xml.encode(), Notes("t.dmn"))
    assert root is not None
    notes = Notes("t.dmn")
    tables.decisions(root, notes)
    assert notes.found == []
    return grids(root)


def test_nothing_that_excel_would_run_leaves_as_a_formula(desk: Desk) -> None:
    tricks = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")']
    xml = dmn("FIRST", {"grade": "string"}, [(trick, '"x"') for trick in tricks])
    out = ask(desk, "export", {"xml": xml})
    sheet = load_workbook(io.BytesIO(out.data)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value in tricks]
    assert [cell.value for cell in cells] == tricks
    assert all((cell.data_type, cell.quotePrefix, cell.number_format) == ("s", True, "@") for cell in cells)
    assert [row.tests[0].text for row in meaning_of_cells(bring(desk, out.data).json["xml"])] == tricks


def meaning_of_cells(xml: str) -> Any:
    root = parse("t.dmn", xml.encode(), Notes("t.dmn"))
    assert root is not None
    return grids(root)[0].rows


def test_a_plain_sheet_becomes_a_table(desk: Desk) -> None:
    rows = [
        ["客户档次（grade）", "金额 (amount)", "加急", "输出：级别 (level)", "out: hours"],
        ["金卡、钻卡", ">= 100", True, "L1", 4],
        ["银卡", "[10..100)", "-", "L2", 8.5],
        ["", "", "", "null", "=2*4"],
    ]
    answer = bring(desk, workbook(rows))
    assert answer.status_code == 200, answer.text
    root = parse("t.dmn", answer.json["xml"].encode(), Notes("t.dmn"))
    assert root is not None
    [grid] = grids(root)
    assert [(each.label, each.text, each.kind) for each in (*grid.inputs, *grid.outputs)] == [
        ("客户档次", "grade", "string"),
        ("金额", "amount", "number"),
        ("加急", "加急", "boolean"),
        ("级别", "level", "string"),
        ("hours", "hours", "number"),
    ]
    assert [cell.text for cell in (*grid.rows[0].tests, *grid.rows[0].results)] == ['"金卡", "钻卡"', ">= 100", "true", '"L1"', "4"]
    assert grid.rows[2].results[1].text == "=2*4", "a formula is text"
    tried = ask(
        desk,
        "try",
        {"xml": answer.json["xml"].replace("=2*4", "8"), "decision": grid.id, "data": {"grade": "钻卡", "amount": 100, "加急": True}},
    )
    assert tried.json["result"] == {"level": "L1", "hours": 4}


def test_the_outputs_of_a_plain_sheet_can_be_counted_from_the_end(desk: Desk) -> None:
    sheet = workbook([["a", "b", "c"], ["x", 1, 2]])
    assert bring(desk, sheet).json["code"] == "bad-spreadsheet"
    root = parse("t.dmn", bring(desk, sheet, outputs="2").json["xml"].encode(), Notes("t.dmn"))
    assert root is not None
    assert [len(part) for part in (grids(root)[0].inputs, grids(root)[0].outputs)] == [1, 2]


def test_copied_rows_get_ids_of_their_own(desk: Desk) -> None:
    out = ask(desk, "export", {"xml": SHIPPED["reopen.dmn"]})
    book = load_workbook(io.BytesIO(out.data))
    sheet = book.worksheets[0]
    sheet.append([cell.value for cell in sheet[sheet.max_row]])
    held = io.BytesIO()
    book.save(held)
    root = parse("t.dmn", bring(desk, held.getvalue()).json["xml"].encode(), Notes("t.dmn"))
    assert root is not None
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids))


def packed(content: bytes, change: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change.get(name, old.read(name)))
    return held.getvalue()


def test_an_error_names_sheet_row_and_column(desk: Desk) -> None:
    out = ask(desk, "export", {"xml": SHIPPED["reopen.dmn"]}).data
    book = load_workbook(io.BytesIO(out))
    book.worksheets[0]["B3"] = "SOMETIMES"
    held = io.BytesIO()
    book.save(held)
    answer = bring(desk, held.getvalue())
    assert answer.status_code == 422
    facts = answer.json["facts"]
    assert (facts["row"], facts["column"], facts["policy"]) == (3, "B", "SOMETIMES")
    assert facts["sheet"] in answer.json["detail"]
    assert bring(desk, workbook([["a", "", "out: b"], ["x", "y", "z"]])).json["facts"]["column"] == "B"
    assert bring(desk, workbook([["a", "out: b"], ["x" * 5000, "z"]])).json["facts"]["row"] == 2


def test_hostile_workbooks_are_refused_in_no_time(desk: Desk) -> None:
    good = workbook([["a", "out: b"], ["x", "y"]])
    sheet = "xl/worksheets/sheet1.xml"
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        plain = archive.read(sheet)
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    bomb = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">]><worksheet>&a;</worksheet>'
    assert bring(desk, packed(good, {sheet: plain.replace(b"</sheetData>", merged)})).status_code == 200
    assert bring(desk, packed(good, {sheet: plain.replace(b"</sheetData>", far)})).status_code in {200, 422}
    for wrong in (
        packed(good, {sheet: bomb}),
        packed(good, {sheet: bomb.decode().encode("utf-16")}),
        packed(good, {sheet: b"<worksheet"}),
        packed(good, {"xl/workbook.xml": b"<workbook/>"}),
        packed(good, {sheet: b" " * 6_000_000}),
        good[:400],
        b"",
        b"not a workbook",
        workbook([[]]),
    ):
        answer = bring(desk, wrong)
        assert (answer.status_code, bool(answer.json["detail"])) == (422, True)
    assert bring(desk, workbook([["x"] * 120])).json["facts"]["columns"] == 100
    program = desk["analyst"]
    assert program.client.post(f"{API}/designer/tables/import", headers=program.headers).json["code"] == "no-files"
