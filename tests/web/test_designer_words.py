"""The designer speaks both languages: nothing is said without its Chinese, and no Chinese is kept for what nobody says."""

import json
import re
from pathlib import Path

import pytest

from tests.api.desk import ROOT

DESIGNER = ROOT / "designer"
SOURCES = [path for path in (DESIGNER / "src").rglob("*.js*") if path.suffix in (".js", ".jsx")]
OWN = sorted((DESIGNER / "src").rglob("zh.json"))
OF_BPMN_JS = DESIGNER / "src" / "words" / "bpmn.json"
LIBRARIES = ("bpmn-js/lib", "diagram-js/lib")
OF_DMN_JS = DESIGNER / "src" / "tables" / "dmn.zh.json"
NOT_OFFERED = ("simple-date-time-edit", "simple-duration-edit", "simple-time-edit")  # editors of kinds that a column cannot have
EXAMPLES = {'"value"', '"value", "value", ...'}
KEYS = " + shift + "  # stands between two words of a tool tip
LITERAL = r"""('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
SAID = re.compile(r"\bt\(\s*" + LITERAL)
TITLES = re.compile(r"\btitle: " + LITERAL)
TRANSLATED = re.compile(r"\btranslate\(\s*" + LITERAL + r"\s*[,)]")
LABELLED = re.compile(r"\blabel: " + LITERAL)
CONSTANTS = re.compile(r"_MSG = " + LITERAL)


def _plain(literal: str) -> str:
    return re.sub(r"\\(.)", r"\1", literal[1:-1])


def _read(path: Path) -> dict[str, str]:
    words: dict[str, str] = json.loads(path.read_text("utf-8"))
    return words


def _feature(path: Path) -> str:
    return path.relative_to(DESIGNER / "src").parts[0]


def _chinese(feature: str) -> dict[str, str]:
    """Give what a feature knows in Chinese: no other feature's words count for it."""
    return {english: zh for path in OWN if _feature(path) == feature for english, zh in _read(path).items()}


def test_what_the_designer_says_is_there_in_chinese() -> None:
    said = {
        (_feature(path), _plain(literal))
        for path in SOURCES
        for literal in (*SAID.findall(path.read_text("utf-8")), *TITLES.findall(path.read_text("utf-8")))
    }
    assert len(said) > 100
    assert {(feature, text) for feature, text in said if text not in _chinese(feature)} == set()


def test_every_chinese_text_is_said_by_its_feature() -> None:
    unused = set()
    for feature in {_feature(path) for path in OWN}:
        code = "\n".join(path.read_text("utf-8") for path in SOURCES if _feature(path) == feature)
        said = {*map(_plain, re.findall(LITERAL, code)), *re.findall(r"\bzh\.(\w+)", code)}
        unused |= {(feature, english) for english in _chinese(feature) if english not in said}
    assert unused == set()


def test_a_feature_speaks_with_its_own_words() -> None:
    places = re.compile(r"import \{ t \} from '([./]*)(?:i18n|words)\.js'")
    imports = {(path, dots) for path in SOURCES for dots in places.findall(path.read_text("utf-8"))}
    assert len(imports) > 50
    assert {path.name for path, dots in imports if _feature((path.parent / dots / "i18n.js").resolve()) != _feature(path)} == set()


def test_placeholders_are_the_same_in_both_languages() -> None:
    places = re.compile(r"\{\w+\}")
    pairs = [pair for path in OWN for pair in _read(path).items()]
    assert [english for english, zh in pairs if sorted(places.findall(english)) != sorted(places.findall(zh))] == []


def test_no_plural_stands_in_brackets() -> None:
    assert [english for path in OWN for english in _read(path) if re.search(r"\w\(e?s\)", english)] == []


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
    assert sorted(words - set(_read(OF_BPMN_JS))) == []


@pytest.mark.skipif(not (DESIGNER / "node_modules" / "dmn-js").exists(), reason="the browser side is not installed")
def test_what_dmn_js_says_is_there_in_chinese() -> None:
    asked = re.compile(r"translate\(\s*" + LITERAL)
    unasked = re.compile(r'"(?:title|aria-label|placeholder)": ' + LITERAL)
    words: set[str] = set()
    for library in ("dmn-js-decision-table/lib", "dmn-js-shared/lib"):
        for path in (DESIGNER / "node_modules" / library).rglob("*.js"):
            if not set(path.parts) & set(NOT_OFFERED):
                code = path.read_text("utf-8")
                words |= {_plain(literal) for literal in (*asked.findall(code), *unasked.findall(code))}
    words -= EXAMPLES
    assert len(words) > 60
    assert sorted(words - set(_read(OF_DMN_JS))) == []
