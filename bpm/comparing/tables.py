"""Two states of a decision table, rule by rule."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from lxml import etree

from bpm.comparing import changes
from bpm.comparing.changes import Change, Label, Properties, Value
from bpm.comparing.fields import Field
from bpm.engine.documents import Element, Notes, drawn_name, local, parse, text_of
from bpm.errors import N_

_TABLE, _RULE = N_("decision table"), N_("rule")
_POLICY, _COLUMNS, _EXPRESSION = N_("how rules count"), N_("columns"), N_("expression")
_WHEN, _THEN, _REMARK = N_("conditions"), N_("results"), N_("remark")


@dataclass
class _Table:
    name: str
    properties: dict[Label, Value]
    rules: list[dict[Label, Value]] = field(default_factory=list)


def compare(file: str, before: bytes | None, after: bytes | None) -> Iterator[Change]:
    """The differences of two states of a file of tables; one that cannot be read counts as empty."""
    old, new = _tables(file, before), _tables(file, after)
    for id_ in old.keys() - new.keys():
        yield changes.removed(file, id_, old[id_].name, _TABLE)
    for id_, table in new.items():
        if id_ not in old:
            yield changes.added(file, id_, table.name, _TABLE)
            continue
        yield from changes.of_properties(file, id_, table.name, old[id_].properties, table.properties)
        yield from _rules(file, id_, table.name, old[id_].rules, table.rules)


def names_of(file: str, content: bytes) -> Iterator[tuple[str, str]]:
    """The tables by their ids."""
    return ((id_, table.name) for id_, table in _tables(file, content).items())


def fields_of(file: str, content: bytes) -> Iterator[tuple[str, Field]]:
    """The results of the tables, by their names; with a dot before it, what is kept in a variable."""
    root = parse(file, content, Notes(file))
    for each in root.iter(etree.Element) if root is not None else ():
        name, label = each.get("name"), each.get("label")
        if local(each) == "output" and name and label:
            yield name, Field(label)
            yield f".{name}", Field(label)


def _rules(file: str, id_: str, name: str, before: list[dict[Label, Value]], after: list[dict[Label, Value]]) -> Iterator[Change]:
    keys_before, keys_after = [_key(each) for each in before], [_key(each) for each in after]
    for how, a, b, c, d in SequenceMatcher(a=keys_before, b=keys_after, autojunk=False).get_opcodes():
        if how == "equal":
            continue
        paired = min(b - a, d - c)
        for offset in range(paired):
            title = f"{name} #{c + offset + 1}"
            yield from changes.of_properties(file, id_, title, before[a + offset], after[c + offset])
        for at in range(a + paired, b):
            yield changes.removed(file, id_, f"{name} #{at + 1}: {_said(before[at])}", _RULE)
        for at in range(c + paired, d):
            yield changes.added(file, id_, f"{name} #{at + 1}: {_said(after[at])}", _RULE)


def _key(rule: Properties) -> str:
    return "\n".join(map(str, rule.values()))


def _said(rule: Properties) -> str:
    return f"{rule[_WHEN]} → {rule[_THEN]}"


def _tables(file: str, content: bytes | None) -> dict[str, _Table]:
    root = None if content is None else parse(file, content, Notes(file))
    if root is None:
        return {}
    return {each.get("id") or "": _table(each) for each in root.iter() if local(each) == "decision"}


def _table(decision: Element) -> _Table:
    found = _Table(drawn_name(decision), {})
    for child in decision:
        if local(child) == "decisionTable":
            columns = [each for each in child if local(each) in ("input", "output")]
            found.properties[_POLICY] = " ".join(filter(None, [child.get("hitPolicy", "UNIQUE"), child.get("aggregation")]))
            found.properties[_COLUMNS] = " | ".join(_column(each) for each in columns)
            found.rules = [_rule(each) for each in child if local(each) == "rule"]
        elif local(child) == "literalExpression":
            found.properties[_EXPRESSION] = _text(child)
    return found


def _column(column: Element) -> str:
    expression = next((_text(each) for each in column if local(each) == "inputExpression"), "")
    label = column.get("label") or column.get("name") or ""
    return " ".join(filter(None, [label, f"({expression or column.get('name') or ''})"]))


def _rule(rule: Element) -> dict[Label, Value]:
    remarks = [text_of(each) for each in rule if local(each) == "description"]
    return {
        _WHEN: " | ".join(_text(each) or "-" for each in rule if local(each) == "inputEntry"),
        _THEN: " | ".join(_text(each) or "-" for each in rule if local(each) == "outputEntry"),
        _REMARK: " ".join(remarks),
    }


def _text(element: Element) -> str:
    return next((text_of(each) for each in element if local(each) == "text"), "")
