"""The designer in a real browser, with a small process that is drawn wide enough to be pointed at."""

from collections.abc import Mapping

import orjson
from lxml import etree
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bpm import clock, drafts
from bpm.models.database import unit_of_work
from bpm.models.draft import Draft
from tests.bpm.test_definitions import ANALYST
from tests.browsing import log_in
from tests.web.office import Office

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BATON = "{urn:baton:bpmn:1}"
_NODES = {  # id: kind, name, x, y, width, height, extensions
    "begin": ("startEvent", "开始", 180, 222, 36, 36, ""),
    "check": (
        "userTask",
        "查看",
        270,
        200,
        100,
        80,
        '<baton:assignment role="HANDLER" unit="JN-NET-1"/><baton:form ref="check"/>',
    ),
    "choose": ("exclusiveGateway", "怎么办？", 425, 215, 50, 50, ""),
    "mend": ("userTask", "抢修", 540, 80, 100, 80, '<baton:assignment role="HANDLER" unit="JN-NET-1"/>'),
    "ask": ("serviceTask", "查客户", 540, 200, 100, 80, ""),
    "done": ("endEvent", "办完", 720, 222, 36, 36, ""),
}
_FLOWS = {"f1": ("begin", "check"), "f2": ("check", "choose"), "f3": ("choose", "mend"), "f4": ("choose", "ask")}
_FLOWS |= {"f5": ("ask", "done"), "f6": ("mend", "done")}
_FORM = {
    "title": "查看",
    "schema": {
        "type": "object",
        "properties": {
            "level": {
                "type": "string",
                "title": "级别",
                "oneOf": [{"const": "L1", "title": "重大"}, {"const": "L2", "title": "紧急"}, {"const": "L3", "title": "一般"}],
            },
            "amount": {"type": "number", "title": "金额"},
            "urgent": {"type": "boolean", "title": "加急"},
            "phone": {"type": "string", "title": "手机号码"},
        },
    },
    "ui": {},
}


def files(conditions: Mapping[str, str] | None = None) -> dict[str, bytes]:
    """A repair: look at it, then mend it or ask billing. ``conditions`` stand on its flows."""
    settings = {"key": "repair", "main": "main.bpmn", "name": "报修"}
    return {"process.json": orjson.dumps(settings), "main.bpmn": _drawing(conditions or {}), "forms/check.json": orjson.dumps(_FORM)}


def _drawing(conditions: Mapping[str, str]) -> bytes:
    nodes, shapes = [], []
    for name, (kind, title, x, y, width, height, extensions) in _NODES.items():
        inner = f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>" if extensions else ""
        nodes.append(f'<bpmn:{kind} id="{name}" name="{title}">{inner}</bpmn:{kind}>')
        bounds = f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/>'
        shapes.append(f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}">{bounds}</bpmndi:BPMNShape>')
    for name, (source, target) in _FLOWS.items():
        written = conditions.get(name, "").replace("&", "&amp;").replace("<", "&lt;")
        inner = f"<bpmn:conditionExpression>{written}</bpmn:conditionExpression>" if written else ""
        nodes.append(f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>')
        points = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in (_middle(source), _middle(target)))
        shapes.append(f'<bpmndi:BPMNEdge id="{name}_di" bpmnElement="{name}">{points}</bpmndi:BPMNEdge>')
    return (
        '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
        ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:baton="urn:baton:bpmn:1" id="d" targetNamespace="urn:t">'
        f'<bpmn:process id="repair" name="报修" isExecutable="true">{"".join(nodes)}</bpmn:process>'
        f'<bpmndi:BPMNDiagram id="di"><bpmndi:BPMNPlane id="plane" bpmnElement="repair">{"".join(shapes)}</bpmndi:BPMNPlane>'
        "</bpmndi:BPMNDiagram></bpmn:definitions>"
    ).encode()


def _middle(node: str) -> tuple[int, int]:
    _, _, x, y, width, height, _ = _NODES[node]
    return x + width // 2, y + height // 2


class Studio:
    """A draft open in the designer."""

    def __init__(self, office: Office, page: Page, address: str, content: Mapping[str, bytes]) -> None:
        with unit_of_work() as session:
            self.draft_id = drafts.begin(session, "repair", "报修", content, ANALYST, clock.now()).id
        log_in(page.context, office["analyst"].client, address)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{address}/designer/{self.draft_id}")
        expect(page.locator("#designer")).not_to_have_attribute("aria-busy", "true", timeout=20_000)
        self.page = page
        self.panel = page.locator(".b-props")

    def select(self, element: str, tab: str) -> None:
        """Point at an element and open a tab of its panel."""
        shape = self.page.locator(f'.djs-shape[data-element-id="{element}"] .djs-hit').first
        y = 70 if _NODES[element][5] > 50 else 42
        shape.click(position={"x": 8, "y": y})  # beside the flows, the mark of a problem, and the name
        self.panel.get_by_role("tab", name=tab, exact=True).click()

    def saved(self) -> etree._Element:
        """The diagram as the draft holds it when all is saved."""
        with self.page.expect_response(lambda answer: answer.url.endswith("/files") and answer.ok):
            pass
        return self.kept()

    def kept(self) -> etree._Element:
        """The diagram as the draft holds it."""
        with unit_of_work(write=False) as session:
            draft = session.scalars(select(Draft).where(Draft.id == self.draft_id)).one()
            return etree.fromstring(drafts.files(session, draft)["main.bpmn"])
