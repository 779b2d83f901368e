"""Every text stands in the catalogue, in Chinese, with the same places to be filled."""

import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bpm.web.wording import TRANSLATIONS, texts

CATALOGUE = TRANSLATIONS / "zh" / "LC_MESSAGES" / "messages.po"
PLACES = re.compile(r"%\(\w+\)[sd]|\{\w*\}|</?\w+>")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale="zh")


def test_every_text_is_translated(catalogue: Catalog) -> None:
    missing = sorted(text for text in texts() if (found := catalogue.get(text)) is None or not any(found.string or ()))
    assert missing == []


def test_no_translation_is_left_over(catalogue: Catalog) -> None:
    known = texts()
    assert [
        message.id for message in catalogue if message.id and (message.id if isinstance(message.id, str) else message.id[0]) not in known
    ] == []


def test_a_translation_fills_the_same_places(catalogue: Catalog) -> None:
    differing = []
    for message in catalogue:
        english = message.id if isinstance(message.id, str) else message.id[-1]
        chinese = message.string if isinstance(message.string, str) else message.string[0]
        if message.id and set(PLACES.findall(english)) != set(PLACES.findall(chinese)):
            differing.append(english)
    assert differing == []


def test_no_plural_stands_in_brackets() -> None:
    assert [text for text in texts() if re.search(r"\w\(e?s\)", text)] == []


def test_chinese_texts_are_written_the_chinese_way(catalogue: Catalog) -> None:
    """Full-width punctuation after Chinese letters, and none of the empty words of the house's list."""
    wrong = [
        chinese
        for message in catalogue
        if (chinese := message.string if isinstance(message.string, str) else message.string[0])
        and (re.search(r"[\u4e00-\u9fff][,;:!?](\s|$)|操作成功|系统错误|请注意", chinese))
    ]
    assert wrong == []
