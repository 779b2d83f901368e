"""Reads DMN files into decisions and says what is wrong with them."""

from lxml import etree

from bpm.engine.decisions import AGGREGATIONS, HIT_POLICIES, Decision, Rule
from bpm.engine.documents import Element, Notes, drawn_name, local, text_of
from bpm.engine.expressions import evaluate, problem
from bpm.engine.faults import ExpressionError
from bpm.engine.unary import split, unary
from bpm.errors import N_

OTHER_LOGIC = frozenset(
    {"invocation", "context", "functionDefinition", "relation", "list", "conditional", "for", "every", "some", "filter"}
)
FOREIGN = frozenset({"python", "javascript", "groovy", "juel", "java"})

_IN_DECISION = N_("Decision “{name}”: ")
_IN_COLUMN = N_("Table “{name}”, column “{column}”: ")
_IN_CELL = N_("Table “{name}”, rule {rule}, column “{column}”: ")


def decisions(root: Element, notes: Notes) -> dict[str, Decision]:
    """The decisions of a DMN file by id. What is wrong stands in the notes."""
    found: dict[str, Decision] = {}
    for element in root.iter():
        if local(element) == "decision":
            decision = _Reader(element, notes).read()
            if decision.id in found:
                notes.refuse(element, "duplicate-id", N_("The id of the decision “{name}” is used twice."))
            found[decision.id] = decision
        elif local(element) in ("businessKnowledgeModel", "decisionService"):
            notes.refuse(
                element,
                "dmn-element",
                N_("“{name}”: {kind} is not supported; only decision tables and single expressions are."),
                kind=local(element),
            )
    return found


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if local(child) == name), None)


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if local(child) == name]


def _text(element: Element | None) -> str:
    """The text of the ``text`` element inside."""
    return "" if element is None else text_of(_child(element, "text"))


def _title(column: Element) -> str:
    """What a reader calls a column: an input without a label by what it looks at."""
    return column.get("label") or column.get("name") or _text(_child(column, "inputExpression")) or drawn_name(column)


class _Reader:
    """Reads one decision."""

    def __init__(self, element: Element, notes: Notes) -> None:
        self.element, self.notes = element, notes
        self.id = element.get("id") or ""
        self.name = drawn_name(element)

    def refuse(self, code: str, text: str, /, **facts: object) -> None:
        self.notes.refuse(self.element, code, text, **facts)

    def read(self) -> Decision:
        if not self.id:
            self.refuse("no-id", N_("A decision has no id."))
        variable = _child(self.element, "variable")
        decision = Decision(self.id, self.name, (variable.get("name") if variable is not None else None) or self.id, self.needs())
        for child in self.element:
            if local(child) in OTHER_LOGIC:
                self.refuse(
                    "dmn-element",
                    N_("“{name}”: {kind} is not supported; only decision tables and single expressions are."),
                    kind=local(child),
                )
        table, literal = _child(self.element, "decisionTable"), _child(self.element, "literalExpression")
        if table is not None:
            return self.table(decision, table)
        if literal is not None:
            self.language(literal)
            return Decision(decision.id, decision.name, decision.variable, decision.needs, self.expression(_text(literal), _IN_DECISION))
        self.refuse("no-table", N_("The decision “{name}” has neither a table nor an expression."))
        return decision

    def needs(self) -> tuple[str, ...]:
        required = [element for element in self.element.iter() if local(element) == "requiredDecision"]
        return tuple((element.get("href") or "").split("#")[-1] for element in required)

    def language(self, element: Element) -> None:
        if (element.get("expressionLanguage") or "").lower() in FOREIGN:
            self.refuse(
                "language",
                N_("The table “{name}” is written in {language}, which does not run here."),
                language=element.get("expressionLanguage"),
            )

    def expression(self, text: str, within: str, **place: str | int) -> str:
        text = text or "null"
        fault = problem(text)
        if fault:
            self.notes.wrong(self.element, fault, within, **place)
        return text

    def table(self, decision: Decision, table: Element) -> Decision:
        policy, aggregation = table.get("hitPolicy", "UNIQUE"), table.get("aggregation")
        inputs, outputs = _children(table, "input"), _children(table, "output")
        if policy not in HIT_POLICIES or (aggregation and aggregation not in AGGREGATIONS):
            self.refuse(
                "hit-policy", N_("The table “{name}” has an unknown hit policy: {policy}."), policy=f"{policy} {aggregation or ''}".strip()
            )
        if not outputs:
            self.refuse("no-output", N_("The table “{name}” has no output."))
        if aggregation and len(outputs) > 1:
            self.refuse("hit-policy", N_("The table “{name}” adds up its results, so it can have one output only."))
        for column in inputs:
            for expression in _children(column, "inputExpression"):
                self.language(expression)
        titles = [_title(column) for column in inputs], [_title(column) for column in outputs]
        return Decision(
            id=decision.id,
            name=decision.name,
            variable=decision.variable,
            needs=decision.needs,
            policy=HIT_POLICIES.get(policy, "U"),
            aggregation=aggregation,
            inputs=tuple(self.input(column) for column in inputs),
            outputs=tuple(output.get("name") or decision.variable for output in outputs),
            priorities=tuple(self.priorities(output) for output in outputs),
            rules=tuple(self.rule(row, number, *titles) for number, row in enumerate(_children(table, "rule"), start=1)),
        )

    def input(self, column: Element) -> str:
        text = _text(_child(column, "inputExpression"))
        if not text:
            self.refuse("no-input", N_("A column of the table “{name}” does not say what it looks at."))
        return self.expression(text, _IN_COLUMN, column=_title(column))

    def priorities(self, output: Element) -> tuple[object, ...]:
        text = _text(_child(output, "outputValues"))
        try:
            return tuple(evaluate(part, {}) for part in split(text) if part)
        except ExpressionError as error:
            self.notes.wrong(self.element, error, _IN_COLUMN, column=_title(output))
            return ()

    def rule(self, row: Element, number: int, inputs: list[str], outputs: list[str]) -> Rule:
        tests, results = ([_text(entry) for entry in _children(row, kind)] for kind in ("inputEntry", "outputEntry"))
        if (len(tests), len(results)) != (len(inputs), len(outputs)):
            self.refuse("row", N_("Rule {rule} of the table “{name}” has another number of cells than the table has columns."), rule=number)
        compiled = []
        for text, column in zip(tests, inputs, strict=False):
            try:
                compiled.append(unary(text))
            except ExpressionError as error:
                self.notes.wrong(self.element, error, _IN_CELL, rule=number, column=column)
        for text, column in zip(results, outputs, strict=False):
            self.expression(text, _IN_CELL, rule=number, column=column)
        told = [text_of(_child(row, "description")), *(_text(entry) for entry in _children(row, "annotationEntry"))]
        return Rule(
            row.get("id") or "", tuple(compiled), tuple(text or "null" for text in results), " ".join(part for part in told if part)
        )


def circles(found: dict[str, Decision], element_of: dict[str, Notes]) -> None:
    """Remark on decisions that need what is not there, or each other in a circle."""
    for decision in found.values():
        notes = element_of[decision.id]
        for need in decision.needs:
            if need not in found:
                notes.refuse(
                    _anchor(decision),
                    "decision-missing",
                    N_("The decision “{name}” needs the decision “{need}”, which is not in the files."),
                    need=need,
                )
        if _reaches(decision.id, decision.id, found, set()):
            notes.refuse(_anchor(decision), "decision-circle", N_("The decision “{name}” needs itself in a circle."))


def _anchor(decision: Decision) -> Element:
    return etree.Element("decision", id=decision.id, name=decision.name)


def _reaches(start: str, goal: str, found: dict[str, Decision], seen: set[str]) -> bool:
    for need in found[start].needs if start in found else ():
        if need == goal:
            return True
        if need not in seen:
            seen.add(need)
            if _reaches(need, goal, found, seen):
                return True
    return False
