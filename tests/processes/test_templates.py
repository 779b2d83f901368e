"""The templates from which new flows begin: whole, readable, in both languages."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from lxml import etree
from sqlalchemy import select

from bpm import access, clock, demo, instances, org
from bpm.connecting.loading import load
from bpm.definitions import deploy, examine
from bpm.drafts import every_template
from bpm.drafts.templates import PROCESSES, files
from bpm.models.database import unit_of_work
from bpm.models.instance import Instance
from bpm.models.task import OPEN, Task
from bpm.replay import staff

ROOT = PROCESSES.parent
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
BATON = "{urn:baton:bpmn:1}"
CHINESE = re.compile("[\u4e00-\u9fff]")
OWN = sorted(path.parent for path in (PROCESSES / "templates").glob("*/process.json"))
DRAWINGS = sorted(path for folder in OWN for path in folder.glob("*.bpmn"))


def english(folder: Path) -> dict[str, str]:
    return dict(json.loads((folder / "strings" / "en.json").read_text(encoding="utf-8")))


def test_every_folder_is_offered_and_every_offer_is_there() -> None:
    assert {f"templates/{path.name}" for path in OWN} == {each.folder for each in every_template()} - {"complaint"}
    for each in every_template():
        assert "process.json" in files(each.id)
        assert set(each.name) == set(each.description) == {"zh", "en"}


@pytest.mark.parametrize("folder", OWN, ids=lambda path: path.name)
def test_it_has_no_finding_in_the_organisation_of_the_demo(folder: Path, database: Any) -> None:
    registry = load(ROOT / "connectors", {})
    with unit_of_work() as session:
        demo.load(session, ROOT / "demo", clock.now(), processes=ROOT / "docs", registry=registry)
        session.flush()
        assert examine(session, files(folder.name), registry) == []


@pytest.mark.parametrize("template", ["approval", "repair", "consultation"])
def test_begun_at_a_desk_it_comes_to_its_end_among_the_people_of_that_city(template: str, database: Any) -> None:
    with unit_of_work() as session:
        demo.load(session, ROOT / "demo", clock.now(), processes=ROOT / "docs", registry=load(ROOT / "connectors", {}))
        session.flush()
        key = deploy(session, files(template), "analyst", clock.now(), publish=True)[0].key
        agent = access.actor_of(org.find_user(session, "agent"))
        instance_id = instances.start(session, key, {"title": "投影机"}, agent, clock.now()).id
    seen = []
    while (task := _next_task(instance_id)) is not None:
        seen.append(task.element_id)
        assert task.unit_code.startswith("531-"), (task.element_id, task.unit_code)
        with unit_of_work() as session:
            assert staff.take(session, task.id, clock.now()), (task.element_id, task.queue)
        with unit_of_work() as session:
            assert staff.finish(session, task.id, {"steps": {}, "classes": {}}, clock.now())
    with unit_of_work(write=False) as session:
        assert session.get_one(Instance, instance_id).status == "completed"
    assert seen


def _next_task(instance_id: UUID) -> Task | None:
    with unit_of_work(write=False) as session:
        found = select(Task).where(Task.instance_id == instance_id, Task.status.in_(OPEN)).order_by(Task.id)
        return session.scalars(found.limit(1)).first()


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_it_is_drawn_with_straight_lines_that_do_not_cross(path: Path) -> None:
    root = etree.parse(path).getroot()
    lines: dict[str, list[tuple[tuple[float, float], tuple[float, float]]]] = {}
    for edge in root.iter(f"{DI}BPMNEdge"):
        points = [(float(each.get("x")), float(each.get("y"))) for each in edge.iter("{http://www.omg.org/spec/DD/20100524/DI}waypoint")]
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points)), edge.get("id")
        lines[edge.get("bpmnElement")] = list(pairwise(points))
    assert set(lines) == {flow.get("id") for flow in root.iter(f"{BPMN}sequenceFlow")}
    parts = [(flow, part) for flow, drawn in lines.items() for part in drawn]
    crossing = [(one, two) for one, a in parts for two, b in parts if one < two and _cross(a, b)]
    assert crossing == []


def _cross(one: Any, two: Any) -> bool:
    """A level line and an upright one that meet within both."""
    for level, upright in ((one, two), (two, one)):
        (ax, ay), (bx, by) = level
        (cx, cy), (dx, dy) = upright
        if ay == by and cx == dx and min(ax, bx) < cx < max(ax, bx) and min(cy, dy) < ay < max(cy, dy):
            return True
    return False


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_every_step_has_its_person_its_form_its_limit_and_its_why(path: Path) -> None:
    for task in etree.parse(path).getroot().iter(f"{BPMN}userTask"):
        for name in ("assignment", "limit", "form", "why"):
            assert task.find(f"{BPMN}extensionElements/{BATON}{name}") is not None, (task.get("id"), name)


@pytest.mark.parametrize("folder", OWN, ids=lambda path: path.name)
def test_every_chinese_text_has_its_english_one_and_no_other_stands_there(folder: Path) -> None:
    told = english(folder)
    drawn = set(_texts_of(folder))
    assert set(told) == drawn
    assert [text for text in told.values() if not text or CHINESE.search(text)] == []
    place = re.compile(r"\{\{.*?\}\}")
    assert [zh for zh, en in told.items() if sorted(place.findall(zh)) != sorted(place.findall(en))] == []


def _texts_of(folder: Path) -> Iterator[str]:
    for path in [*folder.glob("*.bpmn"), *folder.glob("*.dmn")]:
        for element in etree.parse(path).getroot().iter(etree.Element):
            found = [element.get("name"), element.get("label"), element.get("text") if element.tag == f"{BATON}why" else None]
            found += [element.text] if etree.QName(element).localname == "description" else []
            yield from (text for text in found if text and CHINESE.search(text))
    for path in [*folder.glob("forms/*.json"), folder / "process.json"]:
        yield from (text for text in _strings(json.loads(path.read_text(encoding="utf-8"))) if CHINESE.search(text))


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from _strings(value)
    elif isinstance(node, str):
        yield node
