"""A process that throws what begins it would begin itself without an end."""

from bpm.engine import vocabulary as words
from bpm.engine.documents import Element, Notes, baton, local, tag
from bpm.errors import N_

PASSED = frozenset(["intermediateThrowEvent", "endEvent", "sendTask", "scriptTask", "businessRuleTask", "task", "parallelGateway"])
"""Steps that neither wait nor choose."""


def refuse(process: Element, notes: Notes) -> None:
    """Refuse a step that throws what has begun its case, where no step before it waits and no gateway chooses."""
    for start in process.findall(tag("startEvent")):
        begun_by = _spoken(start)
        for node in _surely_reached(process, start) if begun_by is not None else ():
            if _spoken(node) == begun_by:
                text = N_("“{name}” throws what begins this process: each case would begin another one at once, without an end.")
                notes.refuse(node, "runaway", text)


def _surely_reached(process: Element, start: Element) -> list[Element]:
    """The steps that every case comes to from this start without a pause."""
    flows = list(words.flows(process))
    choosing = {flow.get("sourceRef") for flow in flows if flow.find(tag("conditionExpression")) is not None}
    free = [flow for flow in flows if flow.get("sourceRef") not in choosing]
    into = [flow.get("targetRef") for flow in flows]
    joins = {known for known in into if into.count(known) > 1}
    passed = [node for node in words.nodes(process) if local(node) in PASSED]
    here = {node.get("id"): node for node in passed if local(node) != "parallelGateway" or node.get("id") not in joins}  # a join waits
    reached, todo = dict[str | None, Element](), [start.get("id")]
    while todo:
        known = todo.pop()
        ahead = {flow.get("targetRef") for flow in free if flow.get("sourceRef") == known}
        new = {step: here[step] for step in ahead if step in here and step not in reached}
        reached.update(new)
        todo += new
    return list(reached.values())


def _spoken(node: Element) -> tuple[str, str | None] | None:
    """Which message or signal a step speaks of: its kind and its name; None where it speaks of none."""
    if local(node) == "sendTask":
        return "message", node.get(baton("name"))
    kind = words.trigger(node)
    return (kind, words.definitions(node)[0].get(baton("name"))) if kind in ("message", "signal") else None
