"""The words of BPMN: what is an activity, which trigger may stand on which event, what is only drawn."""

from bpm.engine.documents import Element, local, tag

TASKS = frozenset(["task", "userTask", "manualTask", "scriptTask", "serviceTask", "businessRuleTask", "sendTask", "receiveTask"])
SCOPES = frozenset({"subProcess", "transaction"})
ACTIVITIES = TASKS | SCOPES | {"callActivity"}
EVENTS = frozenset(["startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"])
GATEWAYS = frozenset(["exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"])
NODES = ACTIVITIES | EVENTS | GATEWAYS
LOOPS = frozenset({"standardLoopCharacteristics", "multiInstanceLoopCharacteristics"})

DRAWN = frozenset(
    [
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "association",
        "textAnnotation",
        "group",
        "laneSet",
        "auditing",
        "monitoring",
        "property",
    ]
)
ROLES = frozenset(["resourceRole", "performer", "humanPerformer", "potentialOwner"])
IN_SCOPE = NODES | DRAWN | ROLES | LOOPS | frozenset(["sequenceFlow", "dataObject", "dataObjectReference", "supportedInterfaceRef"])
IN_NODE = DRAWN | ROLES | LOOPS | frozenset(["script", "rendering", "dataInputAssociation", "dataOutputAssociation"])
IN_EVENT = frozenset(["dataInput", "dataOutput", "inputSet", "outputSet"])
IN_FILE = frozenset(
    [
        "process",
        "collaboration",
        "message",
        "signal",
        "error",
        "escalation",
        "itemDefinition",
        "import",
        "category",
        "relationship",
        "resource",
        "interface",
        "endPoint",
        "correlationProperty",
        "partnerEntity",
        "partnerRole",
        "documentation",
        "extensionElements",
    ]
)
TRIGGERS = frozenset(
    ["none", "message", "timer", "signal", "conditional", "error", "escalation", "cancel", "terminate", "compensate", "link"]
)

PROCESS_START = frozenset({"none", "message", "timer", "signal"})
EVENT_SUBPROCESS_START = frozenset({"message", "timer", "signal", "conditional", "error", "escalation", "compensate"})
ALLOWED = {
    "intermediateCatchEvent": frozenset({"message", "timer", "signal", "conditional", "link"}),
    "boundaryEvent": frozenset({"message", "timer", "signal", "conditional", "error", "escalation", "cancel", "compensate"}),
    "intermediateThrowEvent": frozenset({"none", "message", "signal", "escalation", "link", "compensate"}),
    "endEvent": frozenset({"none", "message", "signal", "error", "escalation", "cancel", "terminate", "compensate"}),
}
SUFFIX = "EventDefinition"


def nodes(scope: Element) -> list[Element]:
    """The flow nodes that stand directly in a process or sub-process."""
    return [child for child in scope if isinstance(child.tag, str) and child.tag in _NODE_TAGS]


def flows(scope: Element) -> list[Element]:
    """The sequence flows that stand directly in a process or sub-process."""
    return scope.findall(tag("sequenceFlow"))


def definitions(event: Element) -> list[Element]:
    """The event definitions of an event."""
    return [child for child in event if local(child).endswith(SUFFIX)]


def trigger(event: Element) -> str:
    """What triggers an event: none, message, timer ..."""
    found = definitions(event)
    return local(found[0]).removesuffix(SUFFIX) if found else "none"


def is_event_subprocess(element: Element) -> bool:
    """Tell whether a sub-process is started by an event."""
    return element.get("triggeredByEvent") == "true"


def is_handler(element: Element) -> bool:
    """Tell whether an activity only undoes another one."""
    return element.get("isForCompensation") == "true"


_NODE_TAGS = frozenset(tag(name) for name in NODES)
