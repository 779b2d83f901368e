"""The rules of the house that no other tool keeps."""

import ast
import json
import os
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLATFORM = sorted((ROOT / "bpm").rglob("*.py"))
SHIPPED = [*PLATFORM, *sorted((ROOT / "connectors").rglob("*.py")), ROOT / "app.py"]
CONNECTORS = sorted(path.parent for path in (ROOT / "connectors").glob("*/__init__.py"))
GUIDES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """The full names of the modules that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def pinned(file: str) -> set[str]:
    lines = (ROOT / file).read_text().splitlines()
    return {canonical(re.split(r"[\[=]", line)[0]) for line in lines if "==" in line}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_nobody_imports_the_composition_root() -> None:
    assert [place(path) for path in SHIPPED if "app" in {name.split(".")[0] for name in imports(path)}] == []


def test_what_the_code_imports_stands_pinned_in_the_requirements() -> None:
    distributions = packages_distributions()
    known = pinned("requirements.txt")
    missing = {
        f"{place(path)}: {name}"
        for path in SHIPPED
        for name in {full.split(".")[0] for full in imports(path)} - set(sys.stdlib_module_names) - {"bpm", "connectors", "app"}
        if not known & {canonical(distribution) for distribution in distributions.get(name, ())}
    }
    assert missing == set()


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_name_packages_and_versions_and_no_place_to_fetch_them_from(file: str) -> None:
    for line in (ROOT / file).read_text().splitlines():
        assert re.fullmatch(r"#.*|-r requirements\.txt|[A-Za-z0-9._-]+(\[[a-z]+\])?==[0-9][A-Za-z0-9.]*", line), line


def test_the_lock_file_names_no_place_to_fetch_packages_from() -> None:
    packages = json.loads((ROOT / "designer/package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in packages.items() if name)


def test_what_is_special_about_a_process_is_no_python() -> None:
    assert [place(path) for path in (ROOT / "processes").rglob("*.py")] == []


def test_no_code_branches_on_the_key_of_a_process() -> None:
    keys = {path.name for path in (ROOT / "processes").iterdir() if path.is_dir()}
    assert keys
    found = []
    for path in PLATFORM:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            asked = (
                [node.left, *node.comparators]
                if isinstance(node, ast.Compare)
                else [node.value]
                if isinstance(node, ast.MatchValue)
                else []
            )
            constants = {leaf.value for part in asked for leaf in ast.walk(part) if isinstance(leaf, ast.Constant)}
            if constants & keys:
                found.append(f"{place(path)}:{node.lineno}")
    assert found == []


@pytest.mark.parametrize("folder", CONNECTORS, ids=lambda path: path.name)
def test_a_connector_is_complete(folder: Path) -> None:
    for name in ("manifest.json", "connector.py", "simulator.py", "README.md", "strings/zh.json", "strings/en.json"):
        assert (folder / name).is_file(), name
    chinese, english = (json.loads((folder / f"strings/{language}.json").read_text(encoding="utf-8")) for language in ("zh", "en"))
    assert chinese.keys() == english.keys()
    assert all(chinese.values())
    assert all(english.values())


def test_names_of_files_say_what_is_in_them() -> None:
    empty_words = {"util", "utils", "helper", "helpers", "common", "manager", "handler", "service", "misc"}
    assert [place(path) for path in SHIPPED if path.stem in empty_words] == []


@pytest.mark.parametrize(
    ("pattern", "allowed"),
    [
        (r"\bsession\.(commit|rollback)\(", set()),
        (r"\bos\.(environ|getenv)\b", set()),
        (r"\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(|\btime\.time\(", {"bpm/clock.py"}),
        (r"\btime\.sleep\(", set()),
    ],
    ids=["only a unit of work commits", "settings are read once", "one clock", "nobody waits by sleeping"],
)
def test_some_things_are_done_in_one_place_only(pattern: str, allowed: set[str]) -> None:
    found = {place(path) for path in PLATFORM if re.search(pattern, path.read_text(encoding="utf-8"))}
    assert found - allowed == set()


def test_the_promised_commands_are_there() -> None:
    assert {"help", "run", "test", "check", "bench", "campaign", "demo-replay", "screenshots", "clean"} <= TARGETS
    assert os.access(ROOT / ".ci/run", os.X_OK)


@pytest.mark.parametrize("guide", GUIDES, ids=place)
def test_a_guide_names_only_commands_that_exist(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))
    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", code)) - TARGETS == set()
    commands = set(re.findall(r'\badd\("([a-z-]+)"', (ROOT / "app.py").read_text()))
    assert set(re.findall(r"\bapp\.py ([a-z][a-z-]*)", code)) - commands == set()


def test_the_walk_names_what_is_there() -> None:
    table = re.findall(r"^\| (`[^|]*)\|([^|]*)\|", (ROOT / "docs/walk.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert table
    gone = []
    for files, names in table:
        first, *others = re.findall(r"`([^`]+)`", files)
        paths = [ROOT / first, *((ROOT / first).parent / Path(other).name for other in others)]
        sources = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*.*"))]
        text = "\n".join(f"{file.name}\n{file.read_text(encoding='utf-8')}" for file in sources if file.suffix in {".py", ".js", ".jsx"})
        words = {word for name in re.findall(r"`([^`]+)`", names) for word in name.removesuffix(".jsx").removesuffix(".js").split(".")}
        gone += [f"{first}: {word}" for word in sorted(words) if not re.search(rf"\b{word}\b", text)]
    assert gone == []


@pytest.mark.parametrize("decision", DECISIONS, ids=place)
def test_a_function_that_a_decision_names_beside_its_file_is_there(decision: Path) -> None:
    pairs = re.findall(r"`([\w/]+\.py)`, `(\w+)`", decision.read_text(encoding="utf-8"))
    assert [
        f"{file}: {name}"
        for file, name in pairs
        for source in ["".join(path.read_text(encoding="utf-8") for path in SHIPPED if f"/{place(path)}".endswith(f"/{file}"))]
        if not re.search(rf"^(\s*(def|class) )?{name}\b", source, re.MULTILINE)
    ] == []


def test_every_decision_stands_in_the_list_of_guides() -> None:
    listed = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    assert [place(path) for path in DECISIONS if f"(adr/{path.name})" not in listed] == []
