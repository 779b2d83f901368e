"""Rewrites the structure of one process or sub-process: links, compensation, implicit splits, starts and ends that are not drawn."""

from lxml import etree

from bpm.engine import vocabulary as words
from bpm.engine.dialects import extensions
from bpm.engine.documents import Element, Notes, baton, local, tag
from bpm.errors import N_


def rewrite(scope: Element, notes: Notes) -> None:
    """Rewrite a scope in place."""
    _Scope(scope, notes).rewrite()


class _Scope:
    """One process or sub-process while it is rewritten."""

    def __init__(self, scope: Element, notes: Notes) -> None:
        self.scope, self.notes = scope, notes
        self.nodes = {str(node.get("id")): node for node in words.nodes(scope)}
        self.out: dict[str, list[Element]] = {}
        self.into: dict[str, list[Element]] = {}
        for flow in words.flows(scope):
            self.know(flow)

    def know(self, flow: Element) -> None:
        self.out.setdefault(str(flow.get("sourceRef")), []).append(flow)
        self.into.setdefault(str(flow.get("targetRef")), []).append(flow)

    def flow(self, source: str, target: str, known: str) -> None:
        """Add a flow."""
        self.know(etree.SubElement(self.scope, tag("sequenceFlow"), {"id": known, "sourceRef": source, "targetRef": target}))

    def make(self, kind: str, known: str, stands_for: str) -> Element:
        """Add a node that stands for what was drawn there."""
        return etree.SubElement(self.scope, tag(kind), {"id": known, baton("made"): stands_for})

    def rewrite(self) -> None:
        self.links()
        self.compensation()
        for known, node in list(self.nodes.items()):
            self.split(known, node)
            self.defaults(known, node)
        self.starts()
        self.ends()
        self.unreached()

    def links(self) -> None:
        """A link is a flow that was not drawn through."""
        goals: dict[str | None, str] = {}
        for known, node in self.nodes.items():
            link = node.find(tag("linkEventDefinition"))
            if link is not None and local(node) == "intermediateCatchEvent":
                if link.get("name") in goals:
                    self.notes.refuse(node, "link", N_("“{name}”: there are two goals for the link {link}."), link=link.get("name"))
                goals[link.get("name")] = known
                node.remove(link)
                node.set(baton("link"), "true")
        for known, node in self.nodes.items():
            link = node.find(tag("linkEventDefinition"))
            if link is not None:
                node.remove(link)
                goal = goals.get(link.get("name"))
                if goal is None:
                    self.notes.refuse(node, "link", N_("“{name}”: there is no goal for the link {link}."), link=link.get("name"))
                else:
                    self.flow(known, goal, known + "__link")

    def compensation(self) -> None:
        """A compensation event and its association become an extension of the activity that is undone."""
        lines: dict[str | None, list[str]] = {}
        for line in self.scope.getroottree().getroot().iter(tag("association")):
            lines.setdefault(line.get("sourceRef"), []).append(str(line.get("targetRef")))
        for known, node in list(self.nodes.items()):
            if local(node) != "boundaryEvent" or words.trigger(node) != "compensate":
                continue
            handlers = [handler for handler in lines.get(known, []) if handler in self.nodes]
            if not handlers:
                self.notes.refuse(node, "compensation", N_("“{name}” undoes a step, but no line leads to the step that does it."))
                continue
            undone = self.nodes[str(node.get("attachedToRef"))]
            etree.SubElement(extensions(undone), baton("compensation"), {"handler": handlers[0]})
            self.scope.remove(node)
            del self.nodes[known]
            self.nodes[handlers[0]].set("isForCompensation", "true")

    def split(self, known: str, node: Element) -> None:
        """Several flows out of a step are a gateway that was not drawn."""
        ways = self.out.get(known, [])
        if local(node) in words.GATEWAYS or local(node) == "endEvent":
            return
        conditional = any(flow.find(tag("conditionExpression")) is not None for flow in ways)
        if len(ways) < 2 and not conditional:
            return
        gateway = self.make("inclusiveGateway" if conditional else "parallelGateway", known + "__split", known)
        if conditional:
            if node.get("default"):
                gateway.set("default", str(node.attrib.pop("default")))
            self.always([flow for flow in ways if flow.get("id") != gateway.get("default")])
        for flow in ways:
            flow.set("sourceRef", known + "__split")
        self.out[known], self.out[known + "__split"] = [], ways
        self.flow(known, known + "__split", known + "__out")

    @staticmethod
    def always(ways: list[Element]) -> bool:
        """A flow without a condition is always taken. Tells whether there was one."""
        free = [flow for flow in ways if flow.find(tag("conditionExpression")) is None]
        for flow in free:
            etree.SubElement(flow, tag("conditionExpression")).text = "true"
        return bool(free)

    def defaults(self, known: str, node: Element) -> None:
        """A gateway that asks has at most one flow without a condition: its default."""
        ways = self.out.get(known, [])
        if local(node) not in ("exclusiveGateway", "inclusiveGateway") or len(ways) < 2:
            return
        default = node.get("default")
        if local(node) == "inclusiveGateway":
            if self.always([flow for flow in ways if flow.get("id") != default]):
                self.notes.add("info", node, "default", N_("The flows out of “{name}” that have no condition are always taken."))
            return
        free = [flow for flow in ways if flow.find(tag("conditionExpression")) is None and flow.get("id") != default]
        if len(free) > 1 or (free and default):
            self.notes.refuse(node, "condition", N_("More than one flow out of “{name}” has no condition."))
        elif free:
            node.set("default", str(free[0].get("id")))
            self.notes.add("info", node, "default", N_("The flow out of “{name}” that has no condition is taken as the default."))
        elif not default:
            self.notes.add("warning", node, "default", N_("“{name}” has no default flow: if no condition holds, an incident stops it."))

    def begins(self, known: str, node: Element) -> bool:
        """Tell whether a step begins by itself where no start is drawn."""
        apart = words.is_handler(node) or words.is_event_subprocess(node) or node.get(baton("link")) == "true"
        return known not in self.into and local(node) != "boundaryEvent" and not apart

    def starts(self) -> None:
        """BPMN allows a process and a sub-process without a start: every step that no flow leads to begins."""
        if self.scope.find(tag("startEvent")) is not None:
            return
        own = str(self.scope.get("id"))
        first = [known for known, node in self.nodes.items() if self.begins(known, node)]
        start = own + "__start"
        self.make("startEvent", start, own)
        if len(first) > 1:
            self.make("parallelGateway", own + "__fork", own)
            self.flow(start, own + "__fork", own + "__forth")
            start = own + "__fork"
        for known in first:
            self.flow(start, known, known + "__in")

    def ends(self) -> None:
        """A path that just stops has ended."""
        for known, node in list(self.nodes.items()):
            apart = words.is_handler(node) or words.is_event_subprocess(node)
            if not self.out.get(known) and local(node) != "endEvent" and not apart:
                self.make("endEvent", known + "__end", known)
                self.flow(known, known + "__end", known + "__last")
        if self.scope.find(tag("endEvent")) is None:
            own = str(self.scope.get("id"))
            self.make("endEvent", own + "__end", own)
            if not self.nodes:
                self.flow(own + "__start", own + "__end", own + "__through")

    def unreached(self) -> None:
        """Steps that no token can come to stay out, and the analyst is told."""
        reached = reachable(self.scope)
        for known, node in self.nodes.items():
            if known not in reached:
                self.notes.add("warning", node, "unreachable", N_("No way leads to “{name}”: it will never be done."))


def reachable(scope: Element) -> set[str]:
    """The ids of the steps of a scope that a token can come to."""
    out: dict[str, list[str]] = {}
    for flow in words.flows(scope):
        out.setdefault(str(flow.get("sourceRef")), []).append(str(flow.get("targetRef")))
    todo = []
    for node in words.nodes(scope):
        known = str(node.get("id"))
        if local(node) == "boundaryEvent":
            out.setdefault(str(node.get("attachedToRef")), []).append(known)
        elif local(node) == "startEvent" or words.is_handler(node) or words.is_event_subprocess(node):
            todo.append(known)
    seen: set[str] = set()
    while todo:
        known = todo.pop()
        if known not in seen:
            seen.add(known)
            todo += out.get(known, ())
    return seen
