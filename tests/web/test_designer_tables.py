"""Decision tables in a real browser: drawn by mouse, tried, searched for gaps, carried to Excel and back."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from bpm.engine.documents import Notes, parse
from bpm.engine.grids import Grid, grids
from tests.api.desk import PROCESSES
from tests.browsing import faults, log_in
from tests.web.office import Office
from tests.web.tables import Tables

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
FOLDER = PROCESSES / "complaint"
TABLES = sorted(path.name for path in FOLDER.glob("*.dmn"))

HOLDS = """async ([id, name, words]) => {
  for (let left = 50; left; left -= 1) {
    const { files } = await (await fetch(`/api/v1/drafts/${id}`)).json();
    if (files[name]?.includes(words)) return true;
    await new Promise((go) => { setTimeout(go, 200); });
  }
  return false;
}"""
"""A draft saves itself a moment after each change: whether a file of it comes to hold some words."""


class Studio(Tables):
    """An analyst with a draft of the complaint process open in the designer."""

    def __init__(self, office: Office, page: Page, address: str, change: dict[str, str]) -> None:
        super().__init__(page)
        self.office = office
        analyst = office["analyst"]
        log_in(page.context, analyst.client, address)
        self.id = self.begin(change)
        page.set_viewport_size({"width": 1440, "height": 850})
        page.set_default_timeout(8_000)
        page.goto(f"{address}/designer/{self.id}")
        page.wait_for_selector("#designer:not([aria-busy])")

    def begin(self, change: dict[str, str]) -> str:
        files = {str(path.relative_to(FOLDER)): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*") if path.is_file()}
        program = self.office["analyst"]
        definition = program.client.get("/api/v1/definitions?key=complaint").json["items"][0]["id"]
        headers = {"X-CSRF-Token": program.csrf}
        draft: Any = program.client.post("/api/v1/drafts", json={"definition_id": definition}, headers=headers).json
        if change:
            body = {"revision": draft["revision"], "files": {**{name: None for name in files if name in change}, **change}}
            program.client.post(f"/api/v1/drafts/{draft['id']}/files", json=body, headers=headers)
        return str(draft["id"])

    def files(self) -> dict[str, str]:
        """What the draft holds on the server."""
        answer: Any = self.office["analyst"].client.get(f"/api/v1/drafts/{self.id}").json
        return dict(answer["files"])

    def saved(self, name: str, words: str) -> None:
        """Wait until a file has been saved with these words."""
        assert self.page.evaluate(HOLDS, [self.id, name, words]), name


@pytest.fixture
def begin(office: Office, page: Page, address: str) -> Any:
    """Open a draft of the complaint process with these files changed."""
    return lambda **change: Studio(office, page, address, {name.replace("__", "."): text for name, text in change.items()})


def read(xml: str) -> list[Grid]:
    root = parse("t.dmn", xml.encode(), Notes("t.dmn"))
    assert root is not None
    return grids(root)


def test_a_table_is_begun_filled_in_tried_and_taken_to_excel_and_back(begin: Any, tmp_path: Path) -> None:
    studio: Studio = begin()
    studio.open()
    layer, page = studio.layer, studio.page
    layer.get_by_role("button", name="新建决策表").click()
    layer.get_by_label("新表的名称").fill("上门时限")
    page.keyboard.press("Enter")
    studio.head(0, "客户档次", "grade", "string")
    studio.another_input()
    studio.head(1, "金额", "amount", "number")
    studio.rules(('"GOLD"', "< 100", '"上午"'), ('"GOLD"', ">= 200", '"当天"'), ('not("GOLD")', "-", '"三天"'))
    studio.saved("table.dmn", "三天")
    [grid] = read(studio.files()["table.dmn"])
    assert [(column.label, column.text, column.kind) for column in grid.inputs] == [
        ("客户档次", "grade", "string"),
        ("金额", "amount", "number"),
    ]
    assert [[cell.text for cell in (*row.tests, *row.results)] for row in grid.rows][2] == ['not("GOLD")', "-", '"三天"']

    layer.get_by_label("客户档次").fill("GOLD")
    layer.get_by_label("金额").fill("250")
    layer.get_by_role("button", name="试一试").click()
    expect(layer.locator(".b-tables__outcome")).to_contain_text("当天")
    layer.get_by_role("button", name="存为测试").click()
    layer.get_by_role("button", name="全部运行").click()
    expect(layer).to_contain_text("1 条结果全部相符")
    expect(layer.get_by_label("期望结果")).to_have_value("当天")

    layer.get_by_role("tab", name="检查").click()
    gap = layer.locator(".b-tables__found li", has_text="没有规则").first
    expect(gap).to_contain_text("GOLD")
    gap.get_by_role("button", name="用这组值试算").click()
    expect(layer.locator(".b-tables__outcome")).to_contain_text("没有规则命中")

    with page.expect_download() as waited:
        layer.get_by_role("button", name="导出 Excel").click()
    path = tmp_path / "table.xlsx"
    waited.value.save_as(path)
    book = load_workbook(path)
    [changed] = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value == ">= 200"]
    changed.value = ">= 100"
    book.save(path)
    layer.locator("input[type=file]").set_input_files(path)
    expect(layer).to_contain_text("已换成 Excel 里的内容")
    expect(studio.cell(1, 1)).to_have_text(">= 100")
    expect(layer.locator(".b-tables__found li", has_text="没有规则")).to_have_count(0)
    studio.saved("table.dmn", "&gt;= 100")
    assert '"expected": "当天"' in studio.files()["tests/table.json"]

    page.keyboard.press("Escape")
    expect(layer).to_have_count(0)
    expect(page.locator("[data-tool=tables]")).to_be_focused()


def test_a_wrong_cell_is_marked_while_it_is_typed(begin: Any) -> None:
    studio: Studio = begin()
    studio.open()
    studio.write(0, 2, "<= 20 20")
    studio.layer.get_by_role("tab", name="检查").click()
    expect(studio.layer.locator(".b-tables__found .is-error")).to_contain_text("<= 20 20")
    marked = studio.layer.locator("tbody tr").first.locator("td.input-cell").nth(2)
    expect(marked).not_to_have_css("box-shadow", "none")
    studio.write(0, 2, "<= 20")
    expect(studio.layer.locator(".b-tables__found .is-error")).to_have_count(0)


def test_every_shipped_table_opens_and_is_saved_with_the_same_meaning(begin: Any) -> None:
    studio: Studio = begin()
    studio.open()
    for name in TABLES:
        [before] = read((FOLDER / name).read_text(encoding="utf-8"))
        studio.layer.get_by_role("button", name=before.id).click()
        title = studio.layer.locator(".decision-table-name .content-editable")
        expect(title).to_have_text(before.name)
        first = studio.cell(0, 0)
        text = before.rows[0].tests[0].text
        first.click()
        studio.page.keyboard.press("End")
        studio.page.keyboard.type(" ")
        studio.page.keyboard.press("Backspace")
        expect(first).to_have_text(text)
        studio.saved(name, before.id)
    studio.page.keyboard.press("Escape")
    expect(studio.layer).to_have_count(0)
    files = studio.files()
    for name in TABLES:
        assert read(files[name]) == read((FOLDER / name).read_text(encoding="utf-8")), name


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<no xml",
        "<other/>",
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
        '<definitions xmlns="http://www.omg.org/spec/DMN/20180521/MODEL/"><decision id="d"><decisionTable/></decision></definitions>',
        '<!DOCTYPE x [<!ENTITY e "x">]><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">&e;</definitions>',
    ],
)
def test_a_broken_file_gives_a_sentence_and_no_blank_layer(begin: Any, xml: str) -> None:
    studio: Studio = begin(aaa__dmn=xml or " ")
    studio.open()
    studio.layer.get_by_role("navigation").get_by_role("button").first.click()
    expect(studio.layer.get_by_role("alert").first).to_contain_text("无法显示为表格")
    studio.layer.get_by_role("button", name="补偿权限").click()
    expect(studio.layer.locator(".tjs-table")).to_be_visible()
    assert studio.files()["aaa.dmn"] == (xml or " ")


def test_a_table_is_renamed_deleted_and_brought_back(begin: Any) -> None:
    studio: Studio = begin()
    studio.open()
    layer = studio.layer
    layer.get_by_role("button", name="改名").click()
    layer.get_by_label("新名称").fill("谁能赔多少")
    studio.page.keyboard.press("Enter")
    expect(layer.get_by_role("button", name="谁能赔多少")).to_be_visible()
    layer.get_by_role("button", name="删除", exact=True).click()
    expect(layer.get_by_role("button", name="谁能赔多少")).to_have_count(0)
    layer.get_by_role("status").get_by_role("button", name="撤销").click()
    expect(layer.get_by_role("button", name="谁能赔多少")).to_be_visible()
    expect(layer.locator(".tjs-table")).to_be_visible()


def test_the_layer_has_no_serious_fault_and_shows_the_mark_of_bpmn_io(begin: Any) -> None:
    studio: Studio = begin()
    studio.open()
    expect(studio.layer.locator(".tjs-table")).to_be_visible()
    expect(studio.layer.locator(".bjs-powered-by")).to_be_visible()
    assert faults(studio.page) == []
