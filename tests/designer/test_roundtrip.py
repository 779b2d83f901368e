"""What other tools draw, and what we ship, opens in the designer and is saved with no change of meaning; what it cannot keep, it says."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from lxml import etree

from bpm import definitions
from bpm.models.database import unit_of_work
from tests.api.desk import PROCESSES
from tests.designer.canonical import differences, facts
from tests.designer.conftest import RoundTrip

CORPUS = Path(__file__).parent / "corpus"
MANIFEST: dict[str, dict[str, Any]] = json.loads((CORPUS / "manifest.json").read_text(encoding="utf-8"))
SHIPPED = sorted(PROCESSES.rglob("*.bpmn"))
NOT_DRAWN = "no diagram to display"

OF_THE_INSTALLATION = {"connector-not-set-up", "unknown-calendar"}
"""What is found because the tests' server knows no addresses and no calendars, and not because of the drawing."""


def test_the_manifest_tells_of_each_file() -> None:
    assert set(MANIFEST) == {path.name for path in CORPUS.glob("*.bpmn")}
    assert len(MANIFEST) >= 40
    assert len({entry["tool"] for entry in MANIFEST.values()}) >= 12
    assert all(entry["tool"] and entry["special"] for entry in MANIFEST.values())


@pytest.mark.browser
@pytest.mark.parametrize("name", sorted(name for name, entry in MANIFEST.items() if entry["expect"] == "same"))
def test_a_diagram_of_another_tool_comes_back_unchanged(roundtrip: RoundTrip, name: str) -> None:
    xml = (CORPUS / name).read_bytes()
    said = roundtrip(xml)
    assert differences(facts(xml), facts(said["xml"])) == []
    assert said["losses"] == [], "nothing may be called lost that is kept"
    assert said["error"] in (None, NOT_DRAWN)


@pytest.mark.browser
@pytest.mark.parametrize("name", sorted(name for name, entry in MANIFEST.items() if entry["expect"] != "same"))
def test_what_a_diagram_would_lose_is_named(roundtrip: RoundTrip, name: str) -> None:
    xml = (CORPUS / name).read_bytes()
    said = roundtrip(xml)
    assert differences(facts(xml), facts(said["xml"])) != [], "if this is kept now, the manifest should say so"
    named = " ".join(f"{loss['id']} {loss['what']} {loss['value']}" for loss in said["losses"])
    for word in MANIFEST[name]["expect"]:
        assert word in named


@pytest.mark.browser
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.relative_to(PROCESSES).as_posix())
def test_a_shipped_diagram_comes_back_unchanged(roundtrip: RoundTrip, path: Path) -> None:
    said = roundtrip(path.read_bytes())
    assert (said["error"], said["warnings"], said["losses"]) == (None, [], [])
    assert differences(facts(path.read_bytes()), facts(said["xml"])) == []


@pytest.mark.browser
@pytest.mark.parametrize("folder", sorted({path.parent for path in SHIPPED}), ids=lambda path: path.name)
def test_a_shipped_process_has_no_finding_after_it_was_saved(roundtrip: RoundTrip, server: Flask, folder: Path) -> None:
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.suffix != ".md" and path.is_file()
    }
    saved = {name: roundtrip(content)["xml"].encode() if name.endswith(".bpmn") else content for name, content in files.items()}
    with unit_of_work() as session:
        found = definitions.examine(session, saved, server.extensions["connectors"])
    assert [(each.file, each.element, each.code) for each in found if each.code not in OF_THE_INSTALLATION] == []


def test_the_comparison_sees_what_matters_and_nothing_else() -> None:
    name = "camunda7-event-subprocess.bpmn"
    text = (CORPUS / name).read_text(encoding="utf-8")
    before = facts(text)
    assert differences(before, facts(etree.tostring(etree.fromstring(text.encode()), pretty_print=False))) == []
    assert differences(before, facts(text.replace("bpmn:", "b:").replace("xmlns:bpmn=", "xmlns:b="))) == []
    assert differences(before, facts(text.replace('attachedToRef="visit"', 'attachedToRef="visit" parallelMultiple="false"'))) == []
    for old, new in (
        ("R3/PT1H", "R3/PT2H"),
        ('cancelActivity="false"', 'cancelActivity="true"'),
        ('camunda:elementVariable="engineer"', 'camunda:elementVariable="e"'),
        ("&gt;= 0.6", "&gt;= 0.7"),
        ('triggeredByEvent="true"', ""),
        ('x="', 'x="1'),
        ('messageRef="M_off"', ""),
        ('name="Go there"', 'name="Go  there"'),
    ):
        assert old in text
        assert differences(before, facts(text.replace(old, new, 1))) != [], old
