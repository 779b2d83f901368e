"""JSON Schema as forms may use it: nothing is fetched, nothing turns in circles, no answer takes long to check."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from jsonschema import Draft202012Validator, ValidationError, validators

from bpm.engine import expressions
from bpm.engine.faults import ExpressionError

MAX_DEPTH = 30
MAX_NODES = 5_000
MAX_PATTERNS = 100
MAX_PATTERN = 200  # characters

_FOREIGN = frozenset({"$ref", "$dynamicRef", "$recursiveRef", "$id", "$anchor", "$dynamicAnchor", "$vocabulary", "patternProperties"})
"""What points somewhere else: jsonschema would fetch an address over the network, or follow a circle to the end of the stack."""


def refused(schema: Mapping[str, Any]) -> str | None:
    """What in the schema of a form is not taken, as the name of the keyword or of the limit; None when it is fine."""
    left: list[tuple[Any, int]] = [(schema, 1)]
    nodes = patterns = 0
    while left:
        node, depth = left.pop()
        nodes += 1
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            return f"> {MAX_DEPTH} levels" if depth > MAX_DEPTH else f"> {MAX_NODES} parts"
        if isinstance(node, dict):
            foreign = _FOREIGN.intersection(node) or ({"$schema"} if depth > 1 and "$schema" in node else set())
            if foreign:
                return min(foreign)
            pattern = node.get("pattern")
            patterns += isinstance(pattern, str)
            if isinstance(pattern, str) and (patterns > MAX_PATTERNS or not _is_pattern(pattern)):
                return f"pattern {pattern[:MAX_PATTERN]}"
        inside = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        left.extend((each, depth + 1) for each in inside if isinstance(each, dict | list))
    return None


def _is_pattern(pattern: str) -> bool:
    if len(pattern) > MAX_PATTERN:
        return False
    try:
        _matches(pattern, "")
    except ExpressionError:
        return False
    return True


def _matches(pattern: str, text: str) -> bool:
    """Whether a text holds the pattern. Python's own engine can be made to try for years; this one reads each character once."""
    return bool(expressions.evaluate("matches(text, pattern)", {"text": text, "pattern": pattern}))


def _pattern(_validator: Any, pattern: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _matches(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _unique_items(_validator: Any, wanted: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if wanted and isinstance(instance, list):
        written = {orjson.dumps(each, option=orjson.OPT_SORT_KEYS) for each in instance}
        if len(written) < len(instance):
            yield ValidationError("has non-unique elements")


FormValidator: Any = validators.extend(Draft202012Validator, {"pattern": _pattern, "uniqueItems": _unique_items})  # type: ignore[no-untyped-call]  # jsonschema leaves it untyped
"""Checks answers. What needs long in the library is done here in the time that the answers are long."""
