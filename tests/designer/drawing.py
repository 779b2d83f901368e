"""An analyst who draws in the designer by mouse, in the language of the page. The words here are the English ones of the designer."""

import json
import re
from functools import cache

from playwright.sync_api import Locator, Page, expect

from tests.api.desk import ROOT

SLOW = 20_000


@cache
def _chinese() -> dict[str, str]:
    files = sorted((ROOT / "designer" / "src").rglob("zh*.json"))
    return {english: text for file in files for english, text in json.loads(file.read_text(encoding="utf-8")).items()}


class Drawing:
    """An analyst's designer, used by mouse."""

    def __init__(self, page: Page, language: str = "zh") -> None:
        self.page, self._language = page, language
        page.set_viewport_size({"width": 1920, "height": 1000})
        page.set_default_timeout(10_000)
        expect(page.locator("#designer")).not_to_have_attribute("aria-busy", "true", timeout=SLOW)

    def word(self, english: str, **facts: str) -> str:
        """A word of the designer as the page shows it."""
        text = _chinese()[english] if self._language == "zh" else english
        return text.format(**facts)

    @property
    def shapes(self) -> set[str]:
        """The ids of what is drawn."""
        ids = (str(each.get_attribute("data-element-id")) for each in self.page.locator(".djs-shape").all())
        return {each for each in ids if not each.endswith("_label")}

    def choose(self, element: str, tab: str | None = None) -> Locator:
        """Click an element, and one of its tabs."""
        self.page.locator(".djs-container > svg").click(position={"x": 300, "y": 600})
        self.page.locator(f'[data-element-id="{element}"] .djs-hit').first.click(force=True)
        if tab is not None:
            self.page.locator(f"#tab-{tab}").click()
        return self.page.locator(f"#pan-{tab}")

    def follow(self, after: str, kind: str, name: str) -> str:
        """Draw what comes next with the + beside an element, and type its name; the id of what is new."""
        self.choose(after)
        before = self.shapes
        self.page.locator('.djs-context-pad [data-action="append.more"]').click()
        self.page.locator(".djs-popup .entry").get_by_text(self.word(kind), exact=True).click()
        expect(self.page.locator(".djs-popup")).to_have_count(0)
        (made,) = self.shapes - before
        typing = self.page.locator(".djs-direct-editing-content")
        if typing.count():
            typing.fill(name)
            self.page.keyboard.press("Enter")
        else:
            field = self.choose(made, "general").locator("input").first
            field.fill(name)
            field.press("Tab")
        return made

    def goes_to(self, element: str, unit: str, role: str) -> None:
        """Say who does a step."""
        panel = self.choose(element, "who")
        way = panel.get_by_label(self.word("Who does this step"))
        if way.input_value() != "queue":
            way.select_option("queue")
        for label, text in (("Unit", unit), ("Role", role)):
            box = panel.get_by_role("combobox", name=self.word(label), exact=True)
            box.fill(text)
            panel.locator("[role=listbox] [role=option]").first.click()

    def within(self, element: str, hours: str) -> None:
        """Say how long a step may take that has a ladder already."""
        box = self.choose(element, "limit").get_by_label(self.word("How long"))
        box.fill(hours)
        box.press("Tab")

    def limits(self, element: str, hours: str) -> None:
        """Give a step a limit round the clock and a ladder of its own."""
        panel = self.choose(element, "limit")
        panel.get_by_label(self.word("Time limit"), exact=True).select_option("fixed")
        panel.get_by_label(self.word("Counts in the hours of")).select_option("CAL-247")
        self.within(element, hours)
        panel.get_by_role("button", name=self.word("New ladder")).click()
        expect(panel.locator("fieldset.b-rung")).to_have_count(3)

    def asks(self, element: str, *fields: tuple[str, str, str]) -> None:
        """Give a step a new form with these fields: kind, Chinese label, English label."""
        page = self.page
        self.choose(element, "form").get_by_role("button", name=self.word("New form")).click()
        for kind, chinese, english in fields:
            page.locator(f"[data-kind={kind}]").click()
            page.locator("#f-label-zh").fill(chinese)
            page.locator("#f-label-en").fill(english)
            page.locator("#f-label-en").press("Tab")
            if kind == "radio":
                for at, texts in enumerate((("HIGH", "重大", "Grave"), ("LOW", "一般", "Plain"))):
                    for box, text in zip(page.locator(".f-choices__r").nth(at).locator("input").all(), texts, strict=True):
                        box.fill(text)
                        box.press("Tab")
        page.keyboard.press("Escape")
        expect(page.locator(".f-layer")).to_have_count(0)

    def calls(self, element: str, sought: str, operation: str, **inputs: str) -> None:
        """Let a system do something, found by what it does. An input is a text with [the label of a field] in it, or = and such a label."""
        panel = self.choose(element, "call")
        panel.get_by_label(self.word("What shall the system do?")).fill(sought)
        panel.get_by_role("button", name=operation).click()
        for label, value in inputs.items():
            given = panel.get_by_role("group", name=label)
            if value.startswith("="):
                given.get_by_label(self.word("{label}: where it comes from", label=label)).select_option("field")
                given.get_by_label(label, exact=True).last.select_option(label=value.removeprefix("="))
            else:
                box = given.get_by_label(label, exact=True).last
                for part in re.split(r"(\[.+?])", value):
                    if part.startswith("["):
                        given.get_by_label(self.word("Insert a field"), exact=True).select_option(label=part[1:-1])
                        expect(box).to_be_focused()
                    else:
                        box.press_sequentially(part)
                box.press("Tab")

    def branches(self, branch: str, field: str, value: str) -> None:
        """The first way out is taken where a field has a value, else the second."""
        panel = self.choose(branch, "way")
        ways = panel.locator(".b-ways > li")
        ways.nth(1).get_by_role("radio").check()
        ways.nth(0).locator(".b-way__t").click()
        row = ways.nth(0).locator(".b-row").first
        row.get_by_label(self.word("Field"), exact=True).select_option(label=field)
        row.get_by_label(self.word("Comparison")).select_option(index=0)
        box = row.get_by_label(self.word("Value"), exact=True)
        if box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(label=value)
        else:
            box.fill(value)
            box.press("Tab")
        expect(ways.nth(0).locator(".b-way__t")).to_contain_text(value)

    def has_no_error(self) -> None:
        """Nothing below the drawing is an error."""
        expect(self.page.locator(".b-under")).not_to_contain_text(self.word("Error"))

    def hands_in(self, note: str) -> str:
        """Ask for a review; the draft's path, for whoever reviews it."""
        page = self.page
        page.locator('[data-tool="review"]').click()
        page.get_by_label(self.word("Note: what was changed, or what is still to be done")).fill(note)
        page.get_by_role("button", name=self.word("Ask for a review")).click()
        expect(page.get_by_text(self.word("waits for a second person"))).to_be_visible()
        page.get_by_role("button", name=self.word("Close"), exact=True).click()
        return page.evaluate("location.pathname")  # type: ignore[no-any-return]  # a browser answers anything

    def approves(self) -> None:
        """Look at somebody's draft, and let it pass."""
        self.page.locator('[data-tool="review"]').click()
        self.page.get_by_role("button", name=self.word("Approve"), exact=True).click()
        expect(self.page.get_by_text(self.word("approved, can be published"))).to_be_visible()

    def publishes(self, note: str) -> None:
        """Put the draft into use."""
        self.page.locator('[data-tool="review"]').click()
        self.page.get_by_label(self.word("Note: what was changed, or what is still to be done")).fill(note)
        self.page.get_by_role("button", name=self.word("Publish"), exact=True).click()
        self.page.wait_for_url("**/definitions/**")
        expect(self.page.locator("main")).to_contain_text("v1")
