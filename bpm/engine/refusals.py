"""What cannot be run truly is refused by name, in plain words. Nothing that is drawn may do nothing, or something else, in silence."""

import re
from collections import Counter

from bpm.engine import attributes
from bpm.engine import vocabulary as words
from bpm.engine.documents import BATON, BPMN, Element, Notes, baton, drawn_name, local, space, tag, text_of
from bpm.engine.expressions import problem
from bpm.engine.faults import ExpressionError
from bpm.engine.scripts import assignments
from bpm.engine.timers import LITERAL, span, unreadable
from bpm.errors import N_


def names(root: Element, notes: Notes) -> None:
    """Refuse elements that are not known here, at every place where they could run. Before anything is rewritten."""
    for element in root:
        if space(element) == BPMN and local(element) not in words.IN_FILE:
            _unknown(element, notes)
    for scope in root.iter(tag("process"), *(tag(name) for name in words.SCOPES)):
        for child in scope:
            if space(child) == BPMN and local(child) not in words.IN_SCOPE:
                _unknown(child, notes)
            elif local(child) in words.NODES and local(child) not in words.SCOPES:
                _inside(child, notes)


def _inside(node: Element, notes: Notes) -> None:
    event = local(node) in words.EVENTS
    for child in node:
        name = local(child)
        if space(child) != BPMN or name in words.IN_NODE or (event and name in words.IN_EVENT):
            continue
        if name.endswith(words.SUFFIX) and event and name.removesuffix(words.SUFFIX) in words.TRIGGERS:
            continue
        _unknown(child, notes)


def _unknown(element: Element, notes: Notes) -> None:
    name = local(element)
    owner = element if element.get("id") and name not in ("ioSpecification", "eventDefinitionRef") else element.getparent()
    if name == "complexGateway":
        notes.refuse(
            owner, "element", N_("“{name}” is a complex gateway, which cannot be run truly. Use an inclusive or a parallel gateway.")
        )
    elif name in ("dataStore", "dataStoreReference"):
        notes.refuse(owner, "element", N_("“{name}” is a data store; nothing would be kept there. Call a connector instead."))
    elif name == "ioSpecification":
        notes.refuse(
            owner,
            "element",
            N_("“{name}” declares data inputs and outputs of a step (ioSpecification), which are not carried out. Use variables."),
        )
    else:
        notes.refuse(owner, "element", N_("“{name}”: the BPMN element {kind} is not supported."), kind=name)


def shape(root: Element, notes: Notes) -> None:
    """Refuse what is drawn in a way that has no meaning: ids, flows, events at the wrong place, activities that lack what they need."""
    _ids(root, notes)
    for scope in root.iter(tag("process"), *(tag(name) for name in words.SCOPES)):
        _flows(scope, notes)
        _starts(scope, notes)
        for node in words.nodes(scope):
            _node(scope, node, notes)


def _ids(root: Element, notes: Notes) -> None:
    seen: Counter[str] = Counter()
    for element in root.iter():
        known = element.get("id") if space(element) == BPMN and local(element) in words.NODES | {"process", "sequenceFlow"} else None
        if known:
            seen[known] += 1
            if seen[known] == 2:
                notes.refuse(element, "duplicate-id", N_("The id {id} is used twice in this file."), id=known)


def _flows(scope: Element, notes: Notes) -> None:
    here = {node.get("id"): node for node in words.nodes(scope)}
    for flow in words.flows(scope):
        source, target = here.get(flow.get("sourceRef")), here.get(flow.get("targetRef"))
        if source is None or target is None:
            if {flow.get("sourceRef"), flow.get("targetRef")} <= {child.get("id") for child in scope}:
                continue  # a step of an unknown kind, which was refused by its name
            _astray(flow, notes)
            continue
        if local(target) in ("startEvent", "boundaryEvent"):
            notes.refuse(target, "flow", N_("A flow leads into “{name}”, which can only begin something."))
        if local(source) == "endEvent":
            notes.refuse(source, "flow", N_("A flow leads out of the end “{name}”."))
        for step in (source, target):
            if words.is_event_subprocess(step) or words.is_handler(step):
                notes.refuse(step, "flow", N_("“{name}” is started by an event, so no flow may lead in or out."))
        if flow.find(tag("conditionExpression")) is not None and local(source) in ("parallelGateway", "eventBasedGateway"):
            notes.refuse(source, "condition", N_("A condition behind “{name}” would never be asked: this kind of gateway knows none."))


def _astray(flow: Element, notes: Notes) -> None:
    drawn = {node.get("id"): drawn_name(node) for node in flow.getroottree().iter(*map(tag, words.NODES))}
    ends = [flow.get(end) or "" for end in ("sourceRef", "targetRef")]
    missing = next((end for end in ends if end not in drawn), None)
    apart = N_("A flow leads from “{source}” to “{target}”, which is not in the same process or sub-process.")
    nowhere = N_("A flow leads from “{source}” to “{target}”, but there is no step “{missing}” in this file.")
    source, target = (drawn.get(end, end) for end in ends)
    notes.refuse(flow, "flow", apart if missing is None else nowhere, source=source, target=target, missing=missing)


def _starts(scope: Element, notes: Notes) -> None:
    starts = scope.findall(tag("startEvent"))
    plain = [start for start in starts if words.trigger(start) == "none"]
    if words.is_event_subprocess(scope):
        if len(starts) != 1 or plain:
            notes.refuse(scope, "start", N_("The event sub-process “{name}” needs exactly one start, with a trigger."))
        for node in words.nodes(scope):
            if local(node) == "boundaryEvent" and node.get("attachedToRef") == scope.get("id"):
                notes.refuse(node, "boundary", N_("“{name}” hangs at an event sub-process."))
    elif local(scope) != "process":
        if len(starts) > 1 or len(plain) != len(starts):
            notes.refuse(scope, "start", N_("The sub-process “{name}” may have one start only, without a trigger."))
    elif len(plain) > 1:
        notes.refuse(plain[1], "start", N_("The process has more than one plain start; “{name}” is one of them."))


def _node(scope: Element, node: Element, notes: Notes) -> None:
    kind = local(node)
    if kind in words.EVENTS:
        _event(scope, node, notes)
    elif kind == "eventBasedGateway":
        _event_gateway(scope, node, notes)
    elif kind in words.ACTIVITIES:
        _activity(scope, node, notes)


def _event(scope: Element, node: Element, notes: Notes) -> None:
    kind, found, trigger = local(node), words.definitions(node), words.trigger(node)
    if len(found) > 1:
        notes.refuse(node, "triggers", N_("“{name}” has more than one trigger. Draw one event for each."))
        return
    if kind == "startEvent":
        allowed = words.EVENT_SUBPROCESS_START if words.is_event_subprocess(scope) else words.PROCESS_START
        if trigger not in allowed and (local(scope) == "process" or words.is_event_subprocess(scope)):
            notes.refuse(node, "trigger", N_("The start “{name}” cannot have the trigger {trigger}."), trigger=trigger)
        if trigger == "error" and node.get("isInterrupting") == "false":
            notes.refuse(node, "trigger", N_("“{name}” catches an error, which always interrupts."))
    elif trigger not in words.ALLOWED[kind]:
        text = N_("“{name}” has no trigger.") if trigger == "none" else N_("“{name}” cannot have the trigger {trigger} at this place.")
        notes.refuse(node, "trigger", text, trigger=trigger)
    if kind == "boundaryEvent":
        _boundary(scope, node, trigger, notes)
    if kind == "endEvent" and trigger == "cancel":
        _cancel(scope, node, notes)
    _once(node, trigger, notes)
    for definition in found:
        _definition(node, definition, notes)


def _once(node: Element, trigger: str, notes: Notes) -> None:
    """Tell of events that one could take for events that come again."""
    stays = node.get("cancelActivity") == "false" or node.get("isInterrupting") == "false"
    cycles = any(definition.find(tag("timeCycle")) is not None for definition in words.definitions(node))
    if trigger == "conditional" and stays:
        notes.add("warning", node, "once", N_("“{name}” happens once, when its condition first holds."))
    if cycles and not stays and local(node) != "startEvent":
        notes.add("warning", node, "once", N_("The timer “{name}” repeats, but here it happens once: the first time goes on."))


def _cancel(scope: Element, node: Element, notes: Notes) -> None:
    """A cancel end leaves its transaction by the cancel event that is attached to it."""
    around = scope.getparent()
    beside = words.nodes(around) if around is not None else []
    if local(scope) != "transaction":
        notes.refuse(node, "trigger", N_("The cancel end “{name}” must stand in a transaction."))
    elif not any(one.get("attachedToRef") == scope.get("id") and words.trigger(one) == "cancel" for one in beside):
        notes.refuse(
            node, "trigger", N_("The cancel end “{name}” needs a cancel event attached to its transaction; no other way leads out.")
        )


def _boundary(scope: Element, node: Element, trigger: str, notes: Notes) -> None:
    host = next((one for one in words.nodes(scope) if one.get("id") == node.get("attachedToRef")), None)
    if host is None or local(host) not in words.ACTIVITIES:
        notes.refuse(node, "boundary", N_("“{name}” is not attached to an activity of the same process or sub-process."))
        return
    if trigger == "error" and node.get("cancelActivity") == "false":
        notes.refuse(node, "trigger", N_("“{name}” catches an error, which always interrupts."))
    if trigger == "cancel" and local(host) != "transaction":
        notes.refuse(node, "trigger", N_("The cancel event “{name}” must be attached to a transaction."))
    if words.is_event_subprocess(host) or words.is_handler(host):
        notes.refuse(node, "boundary", N_("“{name}” is attached to “{host}”, which carries no events."), host=drawn_name(host))


def _definition(node: Element, definition: Element, notes: Notes) -> None:
    kind = local(definition)
    if kind == "timerEventDefinition":
        _timer(node, definition, notes)
    elif kind == "conditionalEventDefinition" and not text_of(definition.find(tag("condition"))):
        notes.refuse(node, "condition", N_("“{name}” waits for a condition, but none is given."))
    elif kind == "compensateEventDefinition":
        _compensation(node, definition, notes)


def _compensation(node: Element, definition: Element, notes: Notes) -> None:
    undone = definition.get("activityRef")
    if undone and not any(step.get("id") == undone for step in node.getroottree().iter(*map(tag, words.ACTIVITIES))):
        notes.refuse(node, "reference", N_("“{name}” undoes {reference}, but there is no such step in this file."), reference=undone)
    if definition.get("waitForCompletion") == "false":
        notes.add(
            "warning", node, "compensation", N_("“{name}” goes on when everything is undone; that it should not wait is not carried out.")
        )


def _timer(node: Element, definition: Element, notes: Notes) -> None:
    times = [child for child in definition if local(child) in ("timeDate", "timeDuration", "timeCycle")]
    if len(times) != 1 or not text_of(times[0]):
        notes.refuse(node, "timer", N_("The timer “{name}” needs exactly one time: a date, a duration or a repeat."))
        return
    form, text = local(times[0]), text_of(times[0]).strip("\"'")
    calendar = definition.get(baton("calendar"))
    begins = local(node) == "startEvent" and local(next(node.iterancestors())) == "process"
    if LITERAL.match(text) or (text[:1] in "0*@" and " " in text):
        fault = unreadable(form, text, working=calendar is not None)
        if fault:
            notes.wrong(node, fault)
        elif calendar is not None and form == "timeDuration" and span(text).rest.days:
            notes.add("warning", node, "timer", N_("The timer “{name}” counts in working time: each of its days is 24 working hours."))
    elif problem(text_of(times[0])):
        notes.refuse(
            node,
            "timer",
            N_("“{name}”: “{text}” is no ISO 8601 time and no expression. Cron texts are not supported."),
            text=text_of(times[0])[:80],
        )
    elif begins:
        notes.refuse(node, "timer", N_("The start “{name}” knows no variable yet. Write its time out: R/2026-01-01T09:00:00/P1D."))
    if begins and form == "timeCycle" and re.match(r"R\d+/P", text):
        notes.refuse(
            node, "timer", N_("The start “{name}” repeats a number of times, so it needs a first date: R3/2026-01-01T09:00:00/P1D.")
        )


def _event_gateway(scope: Element, node: Element, notes: Notes) -> None:
    here = {one.get("id"): one for one in words.nodes(scope)}
    if node.get("instantiate") == "true" or node.get("eventGatewayType") == "Parallel":
        notes.refuse(node, "gateway", N_("“{name}” begins a process or waits for all of its events, which is not supported."))
    ways = [
        here[flow.get("targetRef")]
        for flow in words.flows(scope)
        if flow.get("sourceRef") == node.get("id") and flow.get("targetRef") in here
    ]
    if not ways:
        notes.refuse(node, "gateway", N_("No event follows “{name}”."))
    for way in ways:
        if local(way) not in ("intermediateCatchEvent", "receiveTask"):
            notes.refuse(way, "gateway", N_("“{name}” follows an event-based gateway, but it does not wait for an event."))
        if sum(flow.get("targetRef") == way.get("id") for flow in words.flows(scope)) > 1:
            notes.refuse(way, "gateway", N_("“{name}” follows an event-based gateway, so no other flow may lead in."))
        if any(one.get("attachedToRef") == way.get("id") for one in here.values()):
            notes.refuse(way, "gateway", N_("“{name}” follows an event-based gateway, so no event may be attached to it."))


def _activity(scope: Element, node: Element, notes: Notes) -> None:
    kind = local(node)
    loops = [child for child in node if local(child) in words.LOOPS]
    if len(loops) > 1:
        notes.refuse(node, "loop", N_("“{name}” is both a loop and done several times at once. Only one is possible."))
    for loop in loops:
        _loop(node, loop, notes)
    if node.get("startQuantity", "1") != "1" or node.get("completionQuantity", "1") != "1":
        notes.refuse(
            node, "quantity", N_("“{name}” wants more than one token (startQuantity, completionQuantity), which is not supported.")
        )
    if any(local(child) in words.ROLES for child in node):
        notes.add(
            "warning",
            node,
            "performer",
            N_("“{name}”: the performer that is drawn is not carried out. Say who does it with baton:assignment."),
        )
    if words.is_event_subprocess(node) and loops:
        notes.refuse(node, "loop", N_("The event sub-process “{name}” cannot be done several times."))
    if kind == "receiveTask" and node.get("instantiate") == "true":
        notes.refuse(node, "start", N_("“{name}” would begin the process. Draw a start with a message."))
    if (
        words.is_handler(node)
        and words.nodes(node)
        and any(local(one) == "boundaryEvent" for one in words.nodes(scope) if one.get("attachedToRef") == node.get("id"))
    ):
        notes.refuse(node, "boundary", N_("“{name}” undoes another step, so no event may be attached to it."))
    _equipment(kind, node, notes)


def _equipment(kind: str, node: Element, notes: Notes) -> None:
    """Each kind of task has what it needs to do anything at all."""
    have = {local(one) for one in node.iterfind(f"{tag('extensionElements')}/*") if space(one) == BATON}
    if kind == "serviceTask" and "call" not in have:
        notes.refuse(node, "call", N_("“{name}” does not say which system does it."))
    elif kind == "businessRuleTask" and "decision" not in have:
        notes.refuse(node, "decision", N_("“{name}” does not say which decision table is asked."))
    elif kind == "callActivity":
        called = node.get("calledElement") or ""
        if not called or called.startswith(("${", "#{", "=")):
            notes.refuse(node, "called", N_("“{name}” must name the process that it calls by its id; an expression is not supported."))
    elif kind == "scriptTask":
        _script(node, notes)


def _script(node: Element, notes: Notes) -> None:
    text = text_of(node.find(tag("script")))
    if not text:
        notes.refuse(node, "script", N_("The script task “{name}” has no script."))
        return
    try:
        lines = assignments(text)
    except ExpressionError as error:
        notes.wrong(node, error, extension="script")
        return
    for _, expression in lines:
        attributes.expressions(node, expression, notes, extension="script")


def _loop(node: Element, loop: Element, notes: Notes) -> None:
    if local(loop) == "standardLoopCharacteristics":
        maximum = loop.get("loopMaximum")
        if maximum is not None and not maximum.isdigit():
            notes.refuse(node, "loop", N_("The largest number of rounds of “{name}” is no number: {text}."), text=maximum[:40])
        if maximum is None and not text_of(loop.find(tag("loopCondition"))):
            notes.refuse(node, "loop", N_("The loop “{name}” needs a condition or a largest number of rounds."))
        return
    have = {local(child) for child in loop if text_of(child) or child.get("id") or child.get("name")}
    if any(one.get("everyone") == "true" for one in node.iterfind(f"{tag('extensionElements')}/{baton('assignment')}")):
        have.add("loopDataInputRef")
    if ("loopCardinality" in have) == ("loopDataInputRef" in have):
        notes.refuse(node, "loop", N_("“{name}” is done several times: give either a number or a list, not both and not neither."))
    if ("loopDataOutputRef" in have) != ("outputDataItem" in have):
        notes.refuse(node, "loop", N_("“{name}” collects results: give both the list and the variable that each unit adds to it."))
    if (
        loop.get("behavior", "All") != "All"
        or loop.get("noneBehaviorEventRef")
        or "complexBehaviorDefinition" in {local(child) for child in loop}
    ):
        notes.refuse(node, "loop", N_("“{name}” throws events while its units end (behavior), which is not supported."))
    attributes.expressions(node, text_of(loop.find(tag("loopDataInputRef"))), notes)
