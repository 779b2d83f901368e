# ruff: noqa: SLF001 (SpiffWorkflow names its hooks as private)
# mypy: disable-error-code="misc, no-untyped-call"
"""From normalised BPMN to steps. First all steps of a scope are made, then they are connected: no recursion along the flows."""

from typing import Any, cast

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser import event_parsers as events
from SpiffWorkflow.bpmn.parser import task_parsers as tasks
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit

from bpm.engine import elements, joins, loops, scopes, throwing
from bpm.engine import events as catching
from bpm.engine import vocabulary as words
from bpm.engine.compensation import compensated
from bpm.engine.documents import BATON, Element, baton, local, tag, text_of
from bpm.engine.normalise import OWN
from bpm.engine.structure import reachable
from bpm.engine.triggers import NONE, Trigger


def extensions_of(element: Element) -> dict[str, list[dict[str, str]]]:
    """Our extension elements, by name."""
    out: dict[str, list[dict[str, str]]] = {}
    for child in element.iterfind(f"{tag('extensionElements')}/*"):
        if isinstance(child.tag, str) and etree.QName(child).namespace == BATON:
            out.setdefault(local(child), []).append({str(key): str(text) for key, text in child.attrib.items()})
    return out


def trigger_of(event: Element) -> Trigger:
    """What an event waits for or throws."""
    found = words.definitions(event)
    if local(event) in ("sendTask", "receiveTask"):
        return _message(event, event)
    if not found:
        return NONE
    definition, kind = found[0], words.trigger(event)
    if kind == "timer":
        time = next(child for child in definition if local(child) in ("timeDate", "timeDuration", "timeCycle"))
        return Trigger(kind, form=local(time), text=text_of(time), calendar=definition.get(baton("calendar")))
    if kind == "message":
        return _message(event, definition)
    if kind == "conditional":
        return Trigger(kind, text=text_of(definition.find(tag("condition"))))
    extensions = extensions_of(event)
    caught = next(iter(extensions.get("code", [])), {})
    return Trigger(
        kind,
        name=definition.get(baton("name")) or "",
        payload=_payload(extensions),
        code=definition.get(baton("codeOf")) or None,
        variable=caught.get("variable"),
        plain=caught.get("plain") == "true",
        activity=definition.get("activityRef"),
    )


def _message(event: Element, definition: Element) -> Trigger:
    extensions = extensions_of(event)
    key = next(iter(extensions.get("message", [])), {}).get("correlation") or definition.get(baton("correlation"))
    return Trigger("message", name=definition.get(baton("name")) or "", correlation=key, payload=_payload(extensions))


def _payload(extensions: dict[str, list[dict[str, str]]]) -> tuple[tuple[str, str], ...]:
    return tuple((field["name"], field["value"]) for field in extensions.get("payload", []))


class StepParser:
    """Mixed into SpiffWorkflow's task parsers: ``build`` makes the step, ``connect_flows`` its ways out."""

    node: Element
    task: Any
    spec: Any
    process_parser: "Process"

    def parse_extensions(self, node: Element | None = None) -> dict[str, list[dict[str, str]]]:
        """Our extension elements."""
        return extensions_of(self.node if node is None else node)

    def get_position(self, node: Element | None = None) -> dict[str, float]:
        """Flows keep the order of the file, not that of the drawing."""
        return {"x": 0.0, "y": 0.0}

    def parse_node(self) -> Any:
        """Make the step with its loop and its attached events; answers where a token enters it."""
        self.task = self.create_task()  # type: ignore[attr-defined]
        self.task.extensions = self.parse_extensions()
        made = self.node.get(baton("made"))
        self.task.bpmn_id = (made or self.node.get("id") or "").removesuffix(OWN)
        self.task.drawn = made is None
        self._loop()
        attached = [
            event for event in self.process_parser.get_boundary_events(self.node.get("id")) if event.getparent() is self.node.getparent()
        ]
        return self._attach(attached) if attached else self.task

    def _loop(self) -> None:
        loop = next((child for child in self.node if local(child) in words.LOOPS), None)
        if loop is None:
            return
        inner = self.spec.task_specs.pop(self.task.name)
        options = {"bpmn_name": self.node.get("name"), "lane": inner.lane}
        make = self._rounds if local(loop) == "standardLoopCharacteristics" else self._units
        self.task = make(loop, inner.name, options)
        self.task.bpmn_id = inner.bpmn_id
        self._copy_task_attrs(inner, loop)  # type: ignore[attr-defined]
        inner.completed_event.connect(self.task.merge_child)

    def _rounds(self, loop: Element, name: str, options: dict[str, Any]) -> Any:
        maximum, before = loop.get("loopMaximum"), loop.get("testBefore") == "true"
        condition = text_of(loop.find(tag("loopCondition"))) or None
        return loops.Loop(self.spec, name, maximum=int(maximum) if maximum else None, condition=condition, test_before=before, **options)

    def _units(self, loop: Element, name: str, options: dict[str, Any]) -> Any:
        def text(child: str) -> str | None:
            return text_of(loop.find(tag(child))) or None

        def variable(child: str) -> str | None:
            found = loop.find(tag(child))
            return None if found is None else found.get("id")

        return loops.MultiInstance(
            self.spec,
            name,
            sequential=loop.get("isSequential") == "true",
            cardinality=text("loopCardinality"),
            source=text("loopDataInputRef"),
            item=variable("inputDataItem"),
            output=text("loopDataOutputRef"),
            output_item=variable("outputDataItem"),
            condition=text("completionCondition"),
            **options,
        )

    def _attach(self, attached: list[Element]) -> Any:
        known = self.node.get("id")
        split = BoundaryEventSplit(self.spec, f"{known}.BoundaryEventSplit", lane=self.task.lane)
        join = catching.BoundaryJoin(self.spec, f"{known}.BoundaryEventJoin", lane=self.task.lane, split_task=split.name, cancel=True)
        split.connect(self.task)
        self.task.connect(join)
        for event in attached:
            step = self.process_parser.parse_node(event)
            split.connect(step)
            if step.cancel_activity:  # one that does not interrupt ends nothing, so nothing waits for its end
                step.connect(join)
        return split

    def connect_flows(self) -> None:
        """Connect the ways out, in the order of the file."""
        flows = self.process_parser.get_outgoing_sequence_flows(self.node.get("id"))
        default = self.node.get("default")
        if (
            len(flows) == 1
            and local(self.node) in ("exclusiveGateway", "inclusiveGateway")
            and flows[0].find(tag("conditionExpression")) is None
        ):
            default = flows[0].get("id")
        for flow in flows:
            self.connect_outgoing(self.process_parser.entry(flow.get("targetRef")), flow, flow.get("id") == default)  # type: ignore[attr-defined]


def _start(self: Any) -> Any:
    step = self._create_task(trigger_of(self.node))
    self.spec.start.connect(step)
    return step


def _end(self: Any) -> Any:
    step = self._create_task(trigger_of(self.node))
    step.connect(self.spec.end)
    return step


def _event(self: Any) -> Any:
    return self._create_task(trigger_of(self.node))


def _boundary(self: Any) -> Any:
    return self._create_task(trigger_of(self.node), self.node.get("cancelActivity", "true") == "true")


def _gateway(self: Any) -> Any:
    return catching.EventGateway(self.spec, self.bpmn_id, **self.bpmn_attributes)


def _embedded(self: Any) -> Any:
    inner = tasks.SubprocessParser.get_subprocess_spec(self)
    return self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=inner, **self.bpmn_attributes)


def _parser(base: type, create_task: Any = None) -> type:
    return type(base.__name__, (StepParser, base), {"create_task": create_task} if create_task else {})


class Process(ProcessParser):
    """Makes the steps of one process or sub-process."""

    node: Element
    spec: Any

    def create_spec(self) -> Any:
        """The empty process."""
        return joins.ProcessSpec(name=self.bpmn_id, description=self.get_name(), filename=self.filename)

    def parse_node(self, node: Element) -> Any:
        """Make a step that is not made yet; answers where a token enters it."""
        known = str(node.get("id"))
        if known not in self.made:
            parser_class, spec_class = self.parser._get_parser_class(node.tag)
            parser = parser_class(self, spec_class, node, self.nsmap, lane=self.lane)
            self.made[known] = parser.parse_node()
            self.steps.append(parser)
        return self.made[known]

    def entry(self, known: str | None) -> Any:
        """Where a token enters a step."""
        return self.made[str(known)]

    def add_tasks(self) -> None:
        """Make and connect all steps that a token can come to."""
        self.made: dict[str, Any] = {}
        self.steps: list[Any] = []
        here = reachable(self.node)
        for node in words.nodes(self.node):
            if node.get("id") in here:
                self.parse_node(node)
        for parser in self.steps:
            parser.connect_flows()
        for node in words.nodes(self.node):
            if words.is_handler(node):
                self._handler(self.made[str(node.get("id"))])
            elif words.is_event_subprocess(node):
                self._event_subprocess(node, self.made[str(node.get("id"))])

    def _handler(self, step: Any) -> None:
        step._inputs.append("Start")  # SpiffWorkflow wants every step to have a way in
        step.completed_event.connect(compensated)

    def _event_subprocess(self, node: Element, host: Any) -> None:
        """Start -> listener -> sub-process -> end."""
        inner = self.parser.process_parsers[node.get("id")].get_spec()
        start = inner.bpmn_start_events[0]
        drawn = cast(Element, node.find(tag("startEvent")))
        interrupting = drawn.get("isInterrupting", "true") == "true"
        listener = catching.Listener(
            self.spec, f"{start.name}.listener", start.bpmn_id, start.event_definition, interrupting, bpmn_name=drawn.get("name")
        )
        listener.bpmn_name = drawn.get("name")
        listener.extensions = start.extensions
        listener.drawn, start.drawn, start.extensions = start.drawn, False, {}
        start.event_definition = NONE
        if listener.event_definition.kind == "compensate":
            host.completed_event.connect(compensated)
        self.spec.start.connect(listener)
        listener.connect(host)
        host.connect(self.spec.end)


class Parser(BpmnParser):
    """Which parser and which step belongs to which BPMN element."""

    PROCESS_PARSER_CLASS = Process
    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012 - SpiffWorkflow's table
        tag(kind): pair
        for kind, pair in {
            "startEvent": (_parser(events.StartEventParser, _start), catching.StartEvent),
            "endEvent": (_parser(events.EndEventParser, _end), throwing.EndEvent),
            "userTask": (_parser(TaskParser), elements.UserTask),
            "manualTask": (_parser(TaskParser), elements.ManualTask),
            "task": (_parser(TaskParser), elements.PlainTask),
            "scriptTask": (_parser(tasks.ScriptTaskParser), elements.ScriptTask),
            "serviceTask": (_parser(TaskParser), elements.ServiceTask),
            "businessRuleTask": (_parser(TaskParser), elements.RuleTask),
            "subProcess": (_parser(tasks.SubWorkflowParser, _embedded), scopes.SubProcess),
            "transaction": (_parser(tasks.SubWorkflowParser, _embedded), scopes.Transaction),
            "callActivity": (_parser(tasks.CallActivityParser), scopes.CallActivity),
            "exclusiveGateway": (_parser(tasks.ConditionalGatewayParser), elements.ExclusiveGateway),
            "inclusiveGateway": (_parser(tasks.ConditionalGatewayParser), joins.InclusiveGateway),
            "parallelGateway": (_parser(tasks.GatewayParser), joins.ParallelGateway),
            "eventBasedGateway": (_parser(events.EventBasedGatewayParser, _gateway), catching.EventGateway),
            "intermediateCatchEvent": (_parser(events.IntermediateCatchEventParser, _event), catching.CatchEvent),
            "intermediateThrowEvent": (_parser(events.IntermediateThrowEventParser, _event), throwing.ThrowEvent),
            "boundaryEvent": (_parser(events.BoundaryEventParser, _boundary), catching.BoundaryEvent),
            "sendTask": (_parser(events.SendTaskParser, _event), throwing.SendTask),
            "receiveTask": (_parser(events.ReceiveTaskParser, _event), catching.ReceiveTask),
        }.items()
    }

    def add(self, root: Element, file: str) -> None:
        """Take up the processes of a normalised file; references are already worked out."""
        self._add_diagram_indexes(root)
        self._add_processes(root, file)

    def specs(self) -> dict[str, Any]:
        """The steps of every process and sub-process, by id."""
        return cast(dict[str, Any], self.find_all_specs())
