"""The designer speaks both languages: nothing is said without its Chinese, and no Chinese is kept for what nobody says."""

import json
import re

import pytest

from tests.api.desk import ROOT

DESIGNER = ROOT / "designer"
SOURCES = [path for path in (DESIGNER / "src").rglob("*.js*") if path.suffix in (".js", ".jsx")]
DICTIONARIES = sorted({*(DESIGNER / "src").rglob("zh*.json"), *(DESIGNER / "src").rglob("*.zh.json")})
OWN = [path for path in DICTIONARIES if path.name == "zh.json"]
LIBRARIES = ("bpmn-js/lib", "diagram-js/lib")
KEYS = " + shift + "  # stands between two words of a tool tip
LITERAL = r"""('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
SAID = re.compile(r"\bt\(\s*" + LITERAL)
TITLES = re.compile(r"\btitle: " + LITERAL)
TRANSLATED = re.compile(r"\btranslate\(\s*" + LITERAL + r"\s*[,)]")
LABELLED = re.compile(r"\blabel: " + LITERAL)
CONSTANTS = re.compile(r"_MSG = " + LITERAL)


def _plain(literal: str) -> str:
    return re.sub(r"\\(.)", r"\1", literal[1:-1])


def _chinese() -> dict[str, str]:
    return {
        english: zh
        for path in (*DICTIONARIES, DESIGNER / "src" / "words" / "bpmn.json")
        for english, zh in json.loads(path.read_text("utf-8")).items()
    }


def test_what_the_designer_says_is_there_in_chinese() -> None:
    said = {
        _plain(literal): path.name
        for path in SOURCES
        for literal in (*SAID.findall(path.read_text("utf-8")), *TITLES.findall(path.read_text("utf-8")))
    }
    assert len(said) > 100
    assert {text: name for text, name in said.items() if text not in _chinese()} == {}


def test_every_chinese_text_is_said_somewhere() -> None:
    code = "\n".join(path.read_text("utf-8") for path in SOURCES).replace("\\'", "'")
    unused = {(path.parent.name, english) for path in OWN for english in json.loads(path.read_text("utf-8")) if english not in code}
    assert unused == set()


def test_placeholders_are_the_same_in_both_languages() -> None:
    places = re.compile(r"\{\w+\}")
    pairs = [pair for path in OWN for pair in json.loads(path.read_text("utf-8")).items()]
    assert [english for english, zh in pairs if sorted(places.findall(english)) != sorted(places.findall(zh))] == []


@pytest.mark.skipif(not (DESIGNER / "node_modules" / "bpmn-js").exists(), reason="the browser side is not installed")
def test_what_bpmn_js_says_is_there_in_chinese() -> None:
    words: set[str] = set()
    for library in LIBRARIES:
        for path in (DESIGNER / "node_modules" / library).rglob("*.js"):
            code = "\n".join(line for line in path.read_text("utf-8").splitlines() if not line.lstrip().startswith("*"))
            words |= {_plain(literal) for literal in (*TRANSLATED.findall(code), *CONSTANTS.findall(code))}
            if path.name in ("ReplaceOptions.js", "PopupEntries.js"):
                words |= {_plain(literal) for literal in LABELLED.findall(code)}
    words.discard(KEYS)
    assert len(words) > 90
    assert sorted(words - set(_chinese())) == []
