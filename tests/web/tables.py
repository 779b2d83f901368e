"""The layer of decision tables, used by mouse."""

import re
from typing import Any

from playwright.sync_api import Page, expect


class Tables:
    """The tables of the draft that is open in the designer."""

    def __init__(self, page: Page, name: str = "决策表") -> None:
        self.page, self._name = page, name

    def open(self) -> None:
        self.page.locator("[data-tool=tables]").click()
        expect(self.layer).to_be_visible()

    @property
    def layer(self) -> Any:
        return self.page.get_by_role("dialog", name=self._name)

    def cell(self, row: int, column: int) -> Any:
        return self.layer.locator("tbody tr").nth(row).locator("td.input-cell, td.output-cell").nth(column)

    def write(self, row: int, column: int, text: str) -> None:
        cell = self.cell(row, column)
        cell.locator(".content-editable").click()
        expect(cell.locator(".content-editable")).to_be_focused()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        expect(cell).to_have_text(text)

    def rules(self, *rules: tuple[str, ...]) -> None:
        """Fill a new table, a rule after the other."""
        for row, cells in enumerate(rules):
            if row:
                self.layer.locator(".add-rule-add button").click()
                expect(self.layer.locator("tbody tr")).to_have_count(row + 1)
            for column, text in enumerate(cells):
                self.write(row, column, text)

    def another_input(self) -> None:
        self.layer.locator(".add-input button").click()
        self.away()

    def head(self, column: int, label: str, expression: str, kind: str) -> None:
        """Say what an input column looks at."""
        self.layer.locator("th.input-cell").nth(column).locator(".edit-button").click()
        menu = self.layer.locator(".context-menu")
        menu.get_by_label(re.compile("类型|Type")).select_option(kind)
        for place, text in ((".dms-input-label", label), (".ref-text", expression)):
            menu.locator(place).click()
            self.page.keyboard.press("Control+a")
            self.page.keyboard.type(text)
        self.away()

    def away(self) -> None:
        """Click beside the table: an open menu closes."""
        self.layer.locator(".b-tables__sheet").click(position={"x": 30, "y": 700})
        expect(self.layer.locator(".context-menu")).to_have_count(0)
