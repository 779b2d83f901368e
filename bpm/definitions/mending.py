"""Where a finding is mended: the tab of the designer's panel and its field, and what can be done about it at one press."""

from typing import Any

from bpm.errors import Finding

_FIELDS = {
    # who does it
    "no-assignment": "who/role",
    "performer": "who/role",
    "unknown-unit": "who/unit",
    "unknown-role": "who/role",
    "unknown-city": "who/city",
    "unknown-user": "who/user",
    "unknown-step": "who/{attribute}",
    "unknown-calendar": "limit/calendar",
    # with what
    "form-missing": "form/ref",
    "bad-form": "form/ref",
    "field-missing": "form/fields",
    # when
    "ladder-missing": "limit/ladder",
    "timer": "limit/timer",
    "trigger": "general/trigger",
    # which way
    "condition": "way/condition",
    "language": "way/condition",
    "default": "way/default",
    "gateway": "way/condition",
    "flow": "way/condition",
    # whom it asks
    "call": "call/operation",
    "unknown-connector": "call/connector",
    "connector-not-set-up": "call/connector",
    "unknown-operation": "call/operation",
    "call-input-missing": "call/input.{name}",
    "call-input-unknown": "call/input.{name}",
    "call-input-unfit": "call/input.{name}",
    "decision": "table/ref",
    "decision-missing": "table/ref",
    "decision-circle": "table/ref",
    "rule-never-used": "table/ref",
    "no-input": "table/ref",
    "no-output": "table/ref",
    "table-missing": "table/ref",
    "no-table": "table/ref",
    "hit-policy": "table/ref",
    # the rest of a step
    "script": "script/lines",
    "loop": "general/loop",
    "called": "general/called",
    "reference": "general/reference",
    "boundary": "general/trigger",
    "triggers": "general/trigger",
    "once": "general/trigger",
    "start": "general/trigger",
    "adhoc": "general/name",
    "element": "general/name",
    "compensation": "general/trigger",
    "link": "general/trigger",
    "notice-missing": "notice/text",
    "executable": "general/name",
    "no-id": "general/name",
}
"""By the code of a finding: ``tab/field`` of the panel; ``{name}`` is filled from the finding's facts."""

_EXTENSIONS = {
    "assignment": "who/{attribute}",
    "form": "form/{attribute}",
    "limit": "limit/{attribute}",
    "order": "order/{attribute}",
    "notice": "notice/{attribute}",
    "return": "way/return",
    "why": "general/why",
    "call": "call/{attribute}",
    "input": "call/input.{input}",
    "decision": "table/ref",
    "in": "general/called",
    "out": "general/called",
    "message": "general/reference",
    "payload": "general/reference",
    "code": "general/reference",
    "condition": "way/condition",
    "script": "script/lines",
}
"""By the extension element (or the part of a drawing) in which something is wrong."""

_BY_PLACE = frozenset({"extension", "expression", "not-asked"})
_FIXES = {
    "default": "set-default",
    "no-assignment": "choose-who",
    "unknown-step": "remove-doer",
    "form-missing": "make-form",
    "call-input-missing": "fill-input",
    "call-input-unknown": "remove-input",
    "unreachable": "remove-element",
}


def field_of(finding: Finding) -> str | None:
    """The panel's ``tab/field`` that mends a finding; None where it belongs to no element, or to none of the panel's fields."""
    if finding.element is None:
        return None
    pattern = _FIELDS.get(finding.code)
    if finding.code in _BY_PLACE:
        pattern = _EXTENSIONS.get(str(finding.facts.get("extension")), "general/name")
    return None if pattern is None else pattern.format_map(_Filled(finding.facts)).rstrip("./")


def fix_of(finding: Finding) -> str | None:
    """The code of what the designer offers to do about a finding at one press; None where only a person can tell."""
    return None if finding.level == "info" else _FIXES.get(finding.code)


class _Filled(dict[str, Any]):
    """Facts, with nothing in place of those that a finding does not have."""

    def __missing__(self, name: str) -> str:
        return ""
