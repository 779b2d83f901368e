"""The way of a case through its drawing: which elements it has left, in order, and by which flows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from bpm.definitions.sorting import CALLED
from bpm.engine import vocabulary as words
from bpm.engine.documents import Element, Notes, local, parse, tag

_ONE_WAY = frozenset({"exclusiveGateway", "eventBasedGateway"})
_ALL_WAYS_IN = frozenset({"parallelGateway", "inclusiveGateway"})
_NODES = words.NODES | {"adHocSubProcess"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is drawn: flow nodes by id with their tag, flows by id with both ends.

    ``hosts``: a start event and the activities that it is inside of. ``aside``: events that wait beside the way, at a border or as the
    start of an event sub-process.
    """

    nodes: Mapping[str, str] = field(default_factory=dict)
    flows: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    aside: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()  # nodes and flows that the bundle itself draws, not a process that it calls


def plan_of(files: Mapping[str, bytes]) -> Plan:
    """Read what the diagrams of a bundle draw, called ones included."""
    nodes: dict[str, str] = {}
    flows: dict[str, tuple[str, str]] = {}
    own: set[str] = set()
    starts: dict[str, str] = {}
    callers: dict[str, list[str]] = {}
    aside: set[str] = set()
    for name, content in sorted(files.items()):
        if not name.endswith(".bpmn"):
            continue
        drawn = _read(name, content)
        nodes |= drawn.nodes
        flows |= drawn.flows
        starts |= drawn.starts
        aside |= drawn.aside
        for called, activity in drawn.calls:
            callers.setdefault(called, []).append(activity)
        if not name.startswith(CALLED):
            own |= {*drawn.nodes, *drawn.flows}
    hosts = {start: (scope,) if scope in nodes else tuple(callers.get(scope, ())) for start, scope in starts.items()}
    return Plan(nodes, flows, hosts, frozenset(aside), frozenset(own))


@dataclass(frozen=True, slots=True)
class _Drawn:
    nodes: dict[str, str]
    flows: dict[str, tuple[str, str]]
    starts: dict[str, str]  # start event -> the process or sub-process that it begins
    calls: tuple[tuple[str, str], ...]  # called process, call activity
    aside: frozenset[str]


@lru_cache(128)
def _read(file: str, content: bytes) -> _Drawn:
    root = parse(file, content, Notes(file))
    found = list(root.iter()) if root is not None else []
    nodes = {id_: local(each) for each in found if (id_ := each.get("id")) and _is_node(each)}
    flows = {
        id_: (each.get("sourceRef") or "", each.get("targetRef") or "")
        for each in found
        if each.tag == tag("sequenceFlow") and (id_ := each.get("id"))
    }
    starts = {id_: _scope(each) for each in found if each.tag == tag("startEvent") and (id_ := each.get("id"))}
    calls = tuple(
        ((each.get("calledElement") or "").rpartition(":")[2], id_)
        for each in found
        if each.tag == tag("callActivity") and (id_ := each.get("id"))
    )
    aside = {id_ for each in found if (id_ := each.get("id")) and (each.get("attachedToRef") or _begins_aside(each))}
    return _Drawn(nodes, flows, starts, calls, frozenset(aside))


def _is_node(element: Element) -> bool:
    return element.tag == tag(local(element)) and local(element) in _NODES


def _scope(element: Element) -> str:
    parent = element.getparent()
    return (parent.get("id") or "") if parent is not None else ""


def _begins_aside(element: Element) -> bool:
    parent = element.getparent()
    return element.tag == tag("startEvent") and parent is not None and words.is_event_subprocess(parent)


@dataclass(slots=True)
class _Left:
    """An element that was left, and the flows by which its token may have gone on."""

    source: str
    ways: list[str]


@dataclass(slots=True)
class Trail:
    """Follows a case. The engine tells which elements were left; by which flow a token came follows from their order."""

    plan: Plan
    passed: list[str] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)
    entered: dict[str, None] = field(default_factory=dict)
    _open: list[_Left] = field(default_factory=list)

    def go(self, passed: Iterable[str], reached: Iterable[str]) -> None:
        """The case has left some elements, in this order, and now waits at others."""
        for element in passed:
            self._enter(element, passing=True)
            for host in self.plan.hosts.get(element, ()):
                self._enter(host, passing=True)
            self.passed.append(element)
            ways = [flow for flow, (source, _) in self.plan.flows.items() if source == element]
            if ways:
                self._open.append(_Left(element, ways))
        for element in reached:
            self._enter(element, passing=False)

    def _enter(self, element: str, *, passing: bool) -> None:
        self.entered[element] = None
        everywhere = self.plan.nodes.get(element) in _ALL_WAYS_IN
        for left in reversed(self._open):
            if not passing and self.plan.nodes.get(left.source) == "eventBasedGateway":
                continue
            flow = next((flow for flow in left.ways if self.plan.flows[flow][1] == element), None)
            if flow is None:
                continue
            self.taken[flow] = self.taken.get(flow, 0) + 1
            left.ways.remove(flow)
            if self.plan.nodes.get(left.source) in _ONE_WAY:
                left.ways.clear()
            if not everywhere:
                break
        self._open = [left for left in self._open if left.ways]
