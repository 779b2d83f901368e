"""Whatever is wrong with a draft's files, the designer says it in a sentence, and the rest of the draft can be used."""

import json
import re
from itertools import cycle

import pytest

from tests.designer.built import DESIGNER
from tests.designer.conftest import Studio
from tests.designer.damages import DAMAGES, OTHER

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
OPENING = DESIGNER / "src" / "opening"
SHELL = {"Back to the list of flows"}
SENTENCE = re.compile(r"(?:text: |\bt\()'((?:[^'\\]|\\.)+)'")
CHINESE = re.compile("[\u4e00-\u9fff]")


def test_there_are_fifty_damages() -> None:
    assert len(DAMAGES) >= 50


def test_each_sentence_stands_in_both_languages() -> None:
    words = json.loads((OPENING / "zh.json").read_text(encoding="utf-8"))
    said = {text for path in OPENING.glob("*.js*") for text in SENTENCE.findall(path.read_text(encoding="utf-8")) if path.suffix != ".json"}
    assert said
    assert {text.replace("\\'", "'") for text in said} - words.keys() - SHELL == set()
    assert all(CHINESE.search(text) for text in words.values())
    assert not any(CHINESE.search(text) for text in words)


@pytest.mark.parametrize(("name", "language"), [*zip(DAMAGES, cycle(("zh", "en")), strict=False)])
def test_a_damage_becomes_a_sentence_and_the_rest_can_be_used(studio: Studio, name: str, language: str) -> None:
    damage = DAMAGES[name]
    page = studio.open(studio.fill(damage.files()), language)
    said = " ".join(page.locator(".b-notices .b-note").all_text_contents())
    assert studio.crashes == [], "nothing may fail unsaid"
    assert bool(CHINESE.search(said)) == (language == "zh"), said
    assert said.strip()
    assert [word for word in damage.words if word not in said] == [], said
    assert page.title() != "caught"
    if damage.file != OTHER and page.locator("#diagram").count():  # the other diagram can be shown
        page.select_option("#diagram", OTHER)
        page.locator('[data-element-id="Activity_0a"]').wait_for()
    else:
        page.locator(".djs-shape").first.wait_for()
