"""What other makers write in their own way, rewritten into ours where it means the same; the rest is told, never dropped in silence."""

import re
from collections.abc import Callable

from lxml import etree

from bpm.engine.documents import BATON, BPMN, Element, Notes, baton, local, space, tag, text_of
from bpm.errors import N_

CAMUNDA = ("http://camunda.org/schema/1.0/bpmn", "http://activiti.org/bpmn", "http://flowable.org/bpmn")
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

WORDS = (("eq", "=="), ("ne", "!="), ("gt", ">"), ("lt", "<"), ("ge", ">="), ("le", "<="), ("div", "/"), ("mod", "%"))
QUOTED = re.compile(r"('[^']*'|\"[^\"]*\")")
JUEL = re.compile(r"[$#]\{(.*)\}", re.DOTALL)
CODE = frozenset(
    {"executionListener", "taskListener", "inputOutput", "ioMapping", "preScript", "postScript", "connector", "field", "taskListeners"}
)
QUIET = frozenset(
    {"properties", "property", "formData", "userTaskForm", "failedJobRetryTimeCycle", "potentialStarter", "versionTag", "waitStateDetail"}
)
EXPRESSIONS = ("conditionExpression", "condition", "completionCondition", "loopCondition", "loopCardinality", "loopDataInputRef")
TIMES = ("timeDuration", "timeDate", "timeCycle")


def juel(text: str) -> str:
    """``${amount gt 100 && !done}`` in the words of our expressions; any other text as it is."""
    text = text.strip()
    match = JUEL.fullmatch(text)
    if not match or "${" in match[1]:
        return text
    parts = QUOTED.split(match[1])
    for index in range(0, len(parts), 2):
        part = re.sub(r"!(?!=)", " not ", parts[index].replace("&&", " and ").replace("||", " or "))
        for word, sign in WORDS:
            part = re.sub(rf"\b{word}\b", sign, part)
        parts[index] = re.sub(r"\bempty\s+(\w+)", r"(\1 == null or len(\1) == 0)", part)
    return "".join(parts).strip()


def bare(text: str) -> str:
    """An expression without the marks around it: ``${x}``, ``#{x}`` and ``= x`` are all x."""
    text = text.strip()
    if JUEL.fullmatch(text):
        return juel(text)
    return text[1:].strip() if text.startswith("=") and not text.startswith("==") else text


def marked(text: str) -> str:
    """An attribute of another maker as one of ours: ``${x}`` is ``= x``, other text stays as it is."""
    return "= " + juel(text) if JUEL.fullmatch(text.strip()) else text


def vendor(element: Element, name: str) -> str | None:
    """An attribute in one of the namespaces of Camunda 7 and its kin."""
    return next((element.get(f"{{{maker}}}{name}") for maker in CAMUNDA if element.get(f"{{{maker}}}{name}")), None)


def extensions(element: Element) -> Element:
    """The extension elements of an element, made when there are none."""
    found = element.find(tag("extensionElements"))
    if found is None:
        found = etree.Element(tag("extensionElements"))
        element.insert(0, found)
    return found


def ours(element: Element, name: str) -> list[Element]:
    """Our extension elements of this name."""
    found = element.find(tag("extensionElements"))
    return [] if found is None else found.findall(baton(name))


def extend(element: Element, name: str, **attributes: str) -> None:
    """Add one of our extension elements."""
    etree.SubElement(extensions(element), baton(name), attributes)


def translate(root: Element, notes: Notes) -> None:
    """Rewrite what other makers write, in place."""
    for element in list(root.iter()):
        if space(element) != BPMN:
            continue
        name = local(element)
        if name in EXPRESSIONS or name in TIMES:
            element.text = bare(element.text or "")
        for rule in RULES.get(name, ()):
            rule(element)
        _told(element, notes)


def _loop(element: Element) -> None:
    """collection and elementVariable of Camunda 7, loopCharacteristics of Zeebe."""
    zeebe = element.find(f"{tag('extensionElements')}/{{{ZEEBE}}}loopCharacteristics")
    given = {
        "loopDataInputRef": vendor(element, "collection"),
        "inputDataItem": vendor(element, "elementVariable"),
        "loopDataOutputRef": None,
        "outputDataItem": None,
    }
    if zeebe is not None:
        given = {
            "loopDataInputRef": zeebe.get("inputCollection"),
            "inputDataItem": zeebe.get("inputElement"),
            "loopDataOutputRef": zeebe.get("outputCollection"),
            "outputDataItem": bare(zeebe.get("outputElement") or "") or None,
        }
    for name, text in given.items():
        if text and element.find(tag(name)) is None:
            made = etree.SubElement(element, tag(name))
            if name.endswith("Item"):
                made.set("id", text)
            else:
                made.text = bare(text)


def _call(element: Element) -> None:
    """Variables in and out of a called process."""
    zeebe = element.find(f"{tag('extensionElements')}/{{{ZEEBE}}}calledElement")
    if zeebe is not None and not element.get("calledElement"):
        element.set("calledElement", zeebe.get("processId") or "")
    for mapping in [found for found in element.iter() if space(found) in CAMUNDA and local(found) in ("in", "out")]:
        source, target = mapping.get("source"), mapping.get("target")
        written = f"= {source}" if source else "= " + bare(mapping.get("sourceExpression") or "null")
        if target:
            extend(element, local(mapping), target=target, value=written)


def _task(element: Element) -> None:
    """Who does it and with which form."""
    assigned = element.find(f"{tag('extensionElements')}/{{{ZEEBE}}}assignmentDefinition")
    user = vendor(element, "assignee") or (assigned.get("assignee") if assigned is not None else None)
    group = vendor(element, "candidateGroups") or (assigned.get("candidateGroups") if assigned is not None else None)
    if (user or group) and not ours(element, "assignment"):
        extend(element, "assignment", **{key: marked(text) for key, text in (("user", user), ("role", group)) if text})
    definition = element.find(f"{tag('extensionElements')}/{{{ZEEBE}}}formDefinition")
    form = vendor(element, "formKey") or (definition.get("formKey") or definition.get("formId") if definition is not None else None)
    if form and not ours(element, "form"):
        extend(element, "form", ref=form)


def _rule(element: Element) -> None:
    """Which decision a business rule task asks."""
    if ours(element, "decision"):
        return
    zeebe = element.find(f"{tag('extensionElements')}/{{{ZEEBE}}}calledDecision")
    spiff = element.find(f"{tag('extensionElements')}/{{{SPIFF}}}calledDecisionId")
    key = vendor(element, "decisionRef") or (zeebe.get("decisionId") if zeebe is not None else None) or text_of(spiff)
    result = vendor(element, "resultVariable") or (zeebe.get("resultVariable") if zeebe is not None else None)
    if key:
        extend(element, "decision", **({"id": key, "result": result} if result else {"id": key}))


def _script(element: Element) -> None:
    """One expression with a result variable is an assignment."""
    zeebe = element.find(f"{tag('extensionElements')}/{{{ZEEBE}}}script")
    if zeebe is not None and element.find(tag("script")) is None:
        etree.SubElement(element, tag("script")).text = f"{zeebe.get('resultVariable')} = {bare(zeebe.get('expression') or 'null')}"
    script, result = element.find(tag("script")), vendor(element, "resultVariable")
    if script is not None and result:
        script.text = f"{result} = {bare(script.text or 'null')}"


def _code(element: Element) -> None:
    """The variable that gets the code of a caught error or escalation."""
    variable, parent = vendor(element, "errorCodeVariable") or vendor(element, "escalationCodeVariable"), element.getparent()
    if variable and parent is not None and not ours(parent, "code"):
        extend(parent, "code", variable=variable, plain="true")


def _send(element: Element) -> None:
    """A send task that calls a connector is a service task."""
    if ours(element, "call"):
        element.tag = tag("serviceTask")


def _message(element: Element) -> None:
    """The correlation key of Zeebe stands at the message."""
    zeebe = element.find(f"{tag('extensionElements')}/{{{ZEEBE}}}subscription")
    if zeebe is not None and zeebe.get("correlationKey"):
        element.set(baton("correlation"), "= " + bare(zeebe.get("correlationKey") or ""))


RULES: dict[str, tuple[Callable[[Element], None], ...]] = {
    "multiInstanceLoopCharacteristics": (_loop,),
    "callActivity": (_call,),
    "userTask": (_task,),
    "startEvent": (_task,),
    "businessRuleTask": (_rule,),
    "scriptTask": (_script,),
    "errorEventDefinition": (_code,),
    "escalationEventDefinition": (_code,),
    "sendTask": (_send,),
    "message": (_message,),
}
READ = frozenset(
    {"in", "out", "calledElement", "assignmentDefinition", "formDefinition", "calledDecision", "calledDecisionId", "script", "subscription"}
)
READ_TOO = frozenset({"loopCharacteristics", "userTask", "formId"})


def _told(element: Element, notes: Notes) -> None:
    """Say what another maker's extension asks for and does not happen here."""
    found = element.find(tag("extensionElements"))
    for extension in found if found is not None else ():
        name = local(extension)
        if space(extension) in CAMUNDA and name in ("in", "out") and not extension.get("target"):
            _unmapped(element, extension, found, notes)
        if space(extension) == BATON or name in READ or name in READ_TOO or name in QUIET:
            continue
        if name in CODE:
            notes.refuse(
                element,
                "extension",
                N_("“{name}”: {extension} of another maker would do something here, and it is not carried out."),
                extension=name,
            )
        elif space(extension) in (*CAMUNDA, ZEEBE, SPIFF):
            notes.add("warning", element, "extension", N_("“{name}”: {extension} of another maker is not carried out."), extension=name)


def _unmapped(element: Element, extension: Element, beside: Element | None, notes: Notes) -> None:
    """All variables alone is what we do without a mapping; beside others, or a business key, is something that we do not do."""
    others = [one for one in (beside if beside is not None else ()) if local(one) == local(extension) and one is not extension]
    if extension.get("variables") != "all" or others:
        notes.refuse(
            element,
            "extension",
            N_("“{name}”: the mapping {extension} without a target cannot be carried out."),
            extension=local(extension),
        )
