"""The connectors that are shipped, as the program finds them: their folder, the operator's settings, their simulators."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import connectors
from bpm.connecting import load
from bpm.errors import LANGUAGES

FOLDER = Path(connectors.__path__[0])
ROOT = FOLDER.parent
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/manifest.json"))


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Every simulator runs; gives the settings to reach them all."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "customers.json").write_text("[]", encoding="utf-8")
    simulators: list[Any] = [importlib.import_module(f"connectors.{name}.simulator").for_demo(tmp_path, tmp_path) for name in NAMES]
    for simulator in simulators:
        simulator.start()
    yield {name: value for simulator in simulators for name, value in simulator.settings.items()}
    for simulator in simulators:
        simulator.stop()


def test_all_are_known_and_none_is_ready_before_it_is_set_up():
    registry = load(FOLDER, {})
    assert [manifest.name for manifest in registry.find()] == NAMES
    assert not any(registry.ready(name) for name in NAMES)


def test_all_are_ready_with_the_settings_of_their_simulators(outside):
    registry = load(FOLDER, outside)
    assert all(registry.ready(name) for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_operation_has_a_name_for_people(name, language):
    panel = load(FOLDER, {}).get(name).describe(language)
    texts = [panel["title"], *(operation["title"] for operation in panel["operations"])]
    assert all(text.strip() for text in texts)
    assert all(any(ord(letter) > 0x4E00 for letter in text) == (language == "zh") for text in texts)


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_names_every_operation_setting_and_error(name):
    manifest = load(FOLDER, {}).get(name)
    readme = (FOLDER / name / "README.md").read_text(encoding="utf-8")
    settings = [f"BATON_{name.upper()}_{setting.upper()}" for setting in manifest.settings["properties"]]
    assert [word for word in [*manifest.operations, *manifest.errors, *settings] if f"`{word}`" not in readme] == []
