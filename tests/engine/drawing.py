"""A short way to draw BPMN in a test: ``model(start() + user("u") + end(), "s > u > e")``."""

from itertools import pairwise

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:baton="urn:baton:bpmn:1" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">'
    '<message id="M" name="paid"/><message id="M2" name="withdrawn"/><signal id="SG" name="alarm"/>'
    '<error id="ER" name="err" errorCode="E1"/>'
    '<error id="ER2" name="err2" errorCode="E2"/><escalation id="ES" name="esc" escalationCode="late"/>'
)
EVENTS = {
    "message": '<messageEventDefinition messageRef="M"/>',
    "withdrawn": '<messageEventDefinition messageRef="M2"/>',
    "signal": '<signalEventDefinition signalRef="SG"/>',
    "error": '<errorEventDefinition errorRef="ER"/>',
    "error2": '<errorEventDefinition errorRef="ER2"/>',
    "any error": "<errorEventDefinition/>",
    "escalation": '<escalationEventDefinition escalationRef="ES"/>',
    "cancel": "<cancelEventDefinition/>",
    "terminate": "<terminateEventDefinition/>",
    "compensate": "<compensateEventDefinition/>",
}
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def attributes(**given: str) -> str:
    return " ".join(f'{key.rstrip("_").replace("__", ":")}="{text}"' for key, text in given.items())


def node(tag: str, known: str, inner: str = "", /, **given: str) -> str:
    return f'<{tag} id="{known}" {attributes(**{"name": known, **given})}>{inner}</{tag}>'


def ext(*xml: str) -> str:
    return f"<extensionElements>{''.join(xml)}</extensionElements>"


def baton(name: str, /, **given: str) -> str:
    return f"<baton:{name} {attributes(**given)}/>"


def timer(form: str, text: str, calendar: str = "") -> str:
    at = f'baton:calendar="{calendar}"' if calendar else ""
    return f"<timerEventDefinition {at}><{form}>{text}</{form}></timerEventDefinition>"


def after(text: str, calendar: str = "") -> str:
    return timer("timeDuration", text, calendar)


def when(condition: str) -> str:
    return f"<conditionalEventDefinition><condition><![CDATA[{condition}]]></condition></conditionalEventDefinition>"


def event(kind: str) -> str:
    return EVENTS.get(kind, kind)


def start(known: str = "s", kind: str = "", inner: str = "", **given: str) -> str:
    return node("startEvent", known, inner + event(kind), **given)


def end(known: str = "e", kind: str = "", inner: str = "") -> str:
    return node("endEvent", known, inner + event(kind))


def user(*known: str, inner: str = "", **given: str) -> str:
    return "".join(node("userTask", one, inner, **given) for one in known)


def script(known: str, text: str) -> str:
    return node("scriptTask", known, f"<script><![CDATA[{text}]]></script>")


def service(known: str, inner: str = "", call: str = "", **given: str) -> str:
    asked = call or baton("call", connector="sms", operation="send", result="answer") + baton("input", name="to", value="= phone")
    return node("serviceTask", known, ext(asked) + inner, **given)


def rule(known: str, decision: str, **given: str) -> str:
    return node("businessRuleTask", known, ext(baton("decision", id=decision, **given)))


def bound(known: str, to: str, kind: str, inner: str = "", *, stays: bool = False) -> str:
    return node("boundaryEvent", known, inner + event(kind), attachedToRef=to, cancelActivity=str(not stays).lower())


def catch(known: str, kind: str, inner: str = "") -> str:
    return node("intermediateCatchEvent", known, inner + event(kind))


def throw(known: str, kind: str = "", inner: str = "") -> str:
    return node("intermediateThrowEvent", known, inner + event(kind))


def gateway(kind: str, *known: str, **given: str) -> str:
    return "".join(node(f"{kind}Gateway", one, **given) for one in known)


def sub(known: str, body: str, ways: str = "", inner: str = "", tag: str = "subProcess", **given: str) -> str:
    return node(tag, known, inner + body + flows(ways), **given)


def event_sub(kind: str, *, stays: bool = False, body: str = "", ways: str = "ess > h > ese") -> str:
    """An event sub-process ``es`` with a start ``ess`` and, if nothing else is given, a user task ``h``."""
    inside = body or user("h") + end("ese")
    return sub("es", start("ess", kind, isInterrupting=str(not stays).lower()) + inside, ways, triggeredByEvent="true")


def several(inner: str = "", *, at_once: bool = True) -> str:
    """Multi-instance over ``units``; each unit's ``answer`` goes to ``answers``."""
    lists = "<loopDataInputRef>units</loopDataInputRef><loopDataOutputRef>answers</loopDataOutputRef>"
    over = lists + '<inputDataItem id="unit"/><outputDataItem id="answer"/>'
    return f'<multiInstanceLoopCharacteristics isSequential="{str(not at_once).lower()}">{over}{inner}</multiInstanceLoopCharacteristics>'


def times(number: int, *, at_once: bool = True) -> str:
    inner = f"<loopCardinality>{number}</loopCardinality>"
    return f'<multiInstanceLoopCharacteristics isSequential="{str(not at_once).lower()}">{inner}</multiInstanceLoopCharacteristics>'


def enough(condition: str) -> str:
    return f"<completionCondition><![CDATA[{condition}]]></completionCondition>"


def loop(condition: str = "", **given: str) -> str:
    inner = f"<loopCondition><![CDATA[{condition}]]></loopCondition>" if condition else ""
    return f"<standardLoopCharacteristics {attributes(**given)}>{inner}</standardLoopCharacteristics>"


def flows(text: str) -> str:
    """``a > b > c; b > d [amount > 1]``"""
    out = ""
    for chain in filter(None, (part.strip() for part in text.split(";"))):
        path, _, condition = chain.partition("[")
        steps = [step.strip() for step in path.split(">")]
        inside = f"<conditionExpression><![CDATA[{condition.rstrip().rstrip(']')}]]></conditionExpression>" if condition else ""
        for source, target in pairwise(steps):
            out += f'<sequenceFlow id="f_{source}_{target}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'
    return out


def process(body: str, ways: str, known: str = "p", **given: str) -> str:
    return f'<process id="{known}" isExecutable="true" {attributes(**given)}>{body}{flows(ways)}</process>'


def document(*processes: str) -> bytes:
    return (HEAD + "".join(processes) + "</definitions>").encode()


def model(body: str, ways: str) -> bytes:
    return document(process(body, ways))


def lanes(**of: str) -> str:
    return (
        "<laneSet>" + "".join(f'<lane name="{name}"><flowNodeRef>{step}</flowNodeRef></lane>' for step, name in of.items()) + "</laneSet>"
    )


def table(
    policy: str, rules: list[tuple[str, str]], *, aggregation: str = "", look_at: str = "amount", outputs: str = "", known: str = "D"
) -> bytes:
    column = outputs or '<output id="o" name="r"><outputValues><text>"high","mid","low"</text></outputValues></output>'
    rows = "".join(
        f'<rule id="r{number}"><description>rule {number}</description><inputEntry><text><![CDATA[{test}]]></text></inputEntry>'
        f"<outputEntry><text><![CDATA[{result}]]></text></outputEntry></rule>"
        for number, (test, result) in enumerate(rules)
    )
    how = f'aggregation="{aggregation}"' if aggregation else ""
    return (
        f'<definitions xmlns="{DMN}"><decision id="{known}" name="{known}"><decisionTable hitPolicy="{policy}" {how}>'
        f'<input id="i"><inputExpression><text>{look_at}</text></inputExpression></input>{column}{rows}'
        "</decisionTable></decision></definitions>"
    ).encode()
