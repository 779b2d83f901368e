"""A repair process with one of each kind of element that the panel knows, in lanes, with forms and tables."""

from functools import cache

from tests.api.desk import PROCESSES

_REPAIR = PROCESSES / "templates" / "repair"
_MESSAGE = '<bpmn:messageEventDefinition id="{id}_m" messageRef="reply"/>'
_TIMER = '<bpmn:timerEventDefinition id="{id}_t"><bpmn:timeDuration>PT2H</bpmn:timeDuration></bpmn:timerEventDefinition>'
_CALL = '<baton:call connector="mail" operation="send_mail"/>'
_NOTICE = '<baton:notice to="HANDLER@NETWORK" text="repaired"/><baton:notice to="customer" text="repaired"/>'
_MORE = {  # id: kind, what is in it, extensions, x, y, size
    "ask": ("serviceTask", "", _CALL, 350, 640, 100),
    "reckon": ("scriptTask", "<bpmn:script>total = 2 * 3</bpmn:script>", "", 500, 640, 100),
    "hand_on": ("callActivity", "", '<baton:in target="title" value="= title"/>', 650, 640, 100),
    "answer": ("sendTask", "", '<baton:payload name="title" value="= title"/>', 800, 640, 100),
    "hear": ("intermediateCatchEvent", _MESSAGE, '<baton:message correlation="number"/>', 950, 672, 36),
    "tell": ("intermediateThrowEvent", "", _NOTICE, 1050, 672, 36),
    "late": ("boundaryEvent", _TIMER, "", 382, 722, 36),
}
KINDS = (
    "start",
    "register",
    "ask",
    "set_time",
    "reckon",
    "hand_on",
    "answer",
    "hear",
    "tell",
    "late",
    "is_fixed",
    "is_fixed_to_dispatch",
    "lane_3",
)


@cache
def _drawing() -> str:
    nodes = shapes = ""
    for name, (kind, inner, extensions, x, y, size) in _MORE.items():
        attached = ' attachedToRef="ask"' if kind == "boundaryEvent" else ""
        script = ' scriptFormat="baton"' if kind == "scriptTask" else ""
        nodes += f'<bpmn:{kind} id="{name}"{attached}{script}><bpmn:extensionElements>{extensions}</bpmn:extensionElements>'
        nodes += f"{inner.format(id=name)}</bpmn:{kind}>"
        bounds = f'<dc:Bounds x="{x}" y="{y}" width="{size}" height="{min(size, 80)}"/>'
        shapes += f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}">{bounds}</bpmndi:BPMNShape>'
    text = (_REPAIR / "repair.bpmn").read_text(encoding="utf-8").replace('height="520"', 'height="720"')
    for end, more in (("</bpmn:process>", nodes), ("</bpmndi:BPMNPlane>", shapes)):
        text = text.replace(end, more + end)
    return text.replace("</bpmn:process>", '</bpmn:process><bpmn:message id="reply" name="reply"/>')


def repair() -> dict[str, str]:
    """The repair process as it is offered to begin with."""
    return {str(path.relative_to(_REPAIR)): path.read_text(encoding="utf-8") for path in _REPAIR.rglob("*") if path.is_file()}


def files() -> dict[str, str]:
    """The repair process with one of each kind."""
    return {**repair(), "repair.bpmn": _drawing()}
