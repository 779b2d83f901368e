"""What stands in conditions and in our own extension elements: known names, what is needed, expressions that can be read."""

import re

from bpm.engine import vocabulary as words
from bpm.engine.documents import BATON, Element, Notes, local, space, tag, text_of
from bpm.engine.expressions import is_expression, problem
from bpm.errors import N_

TEXTS = {  # our attributes that may hold an expression
    "assignment": (
        *("role", "unit", "city", "user", "sameAs", "exclude", "fallbackRole", "fallbackUnit"),
        *("starter", "headOf", "managerOf", "levels"),
    ),
    "limit": ("minutes", "calendar", "ladder"),
    "order": ("state", "tier"),
    "notice": ("to", "text"),
    "return": ("value",),
    "input": ("value",),
    "in": ("value",),
    "out": ("value",),
    "message": ("correlation",),
    "payload": ("value",),
}
NEEDED = {
    "form": ("ref",),
    "limit": ("minutes",),
    "notice": ("to", "text"),
    "return": ("variable", "value"),
    "why": ("text",),
    "call": ("connector", "operation"),
    "input": ("name", "value"),
    "decision": ("id",),
    "in": ("target", "value"),
    "out": ("target", "value"),
    "message": ("correlation",),
    "payload": ("name", "value"),
    "code": ("variable",),
}
FOREIGN = ("javascript", "ecmascript", "groovy", "ruby", "java")
KNOWN = frozenset({*TEXTS, *NEEDED, "compensation"})


def expressions(node: Element, text: str, notes: Notes, **place: str) -> None:
    """Remark on an expression that cannot be read; ``place`` tells in which part of the element it stands."""
    fault = problem(text) if text else None
    if fault:
        notes.wrong(node, fault, **place)


def conditions(root: Element, notes: Notes) -> None:
    """Remark on conditions, numbers and our own attributes that hold expressions which cannot be read."""
    for element in root.iter(
        *(tag(name) for name in ("conditionExpression", "condition", "completionCondition", "loopCondition", "loopCardinality"))
    ):
        owner = element.getparent()
        while owner is not None and local(owner) not in words.NODES | {"sequenceFlow", "process"}:
            owner = owner.getparent()
        if owner is not None:
            _condition(owner, element, notes)
    for element in root.iter():
        parent = element.getparent()
        holder = parent.getparent() if parent is not None else None
        if space(element) == BATON and holder is not None:
            _ours(holder, element, notes)


def _condition(owner: Element, element: Element, notes: Notes) -> None:
    language = (element.get("language") or "").lower()
    if any(foreign in language for foreign in FOREIGN) or any("resource" in str(name) for name in element.attrib):
        notes.refuse(owner, "language", N_("A condition of “{name}” is written in a language that does not run here."))
    else:
        expressions(owner, text_of(element), notes, extension="condition")


def _ours(holder: Element, element: Element, notes: Notes) -> None:
    name = local(element)
    if name not in KNOWN:
        notes.refuse(holder, "extension", N_("“{name}”: there is no extension baton:{extension}."), extension=name)
        return
    for attribute in NEEDED.get(name, ()):
        if not element.get(attribute):
            notes.refuse(holder, "extension", N_("“{name}”: baton:{extension} lacks its {attribute}."), extension=name, attribute=attribute)
    for attribute in TEXTS.get(name, ()):
        text = element.get(attribute) or ""
        if is_expression(text):
            expressions(holder, text.lstrip()[1:], notes, extension=name, attribute=attribute, input=element.get("name") or "")
    tries = element.get("tries")
    if name == "call" and tries is not None and not (tries.isdigit() and int(tries) > 0):
        notes.refuse(holder, "extension", N_("“{name}”: the number of tries must be a whole number above zero."))
    tier = element.get("tier") or ""
    if name == "order" and tier and not is_expression(tier) and not tier.strip().isdigit():
        notes.refuse(holder, "extension", N_("“{name}”: the tier must be a whole number."))
    if name == "assignment":
        _assignment(holder, element, notes)
    minutes = element.get("minutes") or ""
    if name == "limit" and minutes and not is_expression(minutes) and not re.fullmatch(r"\s*\d+(\.\d+)?\s*", minutes):
        notes.refuse(holder, "extension", N_("“{name}”: the minutes of the limit must be a number or an expression that begins with =."))


def _assignment(holder: Element, element: Element, notes: Notes) -> None:
    levels = element.get("levels") or ""
    if levels and not is_expression(levels) and not (levels.strip().isdigit() and int(levels) > 0):
        notes.refuse(holder, "extension", N_("“{name}”: how many levels up must be a whole number above zero."))
    everyone = element.get("everyone")
    if everyone not in (None, "true", "false"):
        notes.refuse(holder, "extension", N_("“{name}”: everyone is either true or false."))
    if everyone != "true":
        return
    if not (element.get("role") and element.get("unit")):
        notes.refuse(holder, "extension", N_("“{name}” is for everybody of a unit: say which unit and role."))
    if holder.find(tag("multiInstanceLoopCharacteristics")) is None:
        notes.refuse(holder, "extension", N_("“{name}” is for everybody of a unit, so it must be drawn as done several times."))
